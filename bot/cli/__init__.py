"""The operator's edge: one file a subject says what its commands do, commands/ how each is called."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


class OperatorError(Exception):
    """Something whoever typed the command can put right. Its sentence is all that is printed."""

    def __init__(self, sentence: str, exit_code: int = 2) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
