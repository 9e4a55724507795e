"""One line on the terminal that says how far it got; nothing where nobody watches."""

import sys


class Line:
    def __init__(self) -> None:
        self._shown = 0

    def show(self, words: str) -> None:
        """In the place of what it said before."""
        if sys.stderr.isatty():
            print(f"\r{words.ljust(self._shown)}", end="", file=sys.stderr, flush=True)
            self._shown = len(words)

    def end(self) -> None:
        """What comes next is written below."""
        if self._shown:
            print(file=sys.stderr, flush=True)
            self._shown = 0
