"""What the doctor says."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    FINE = "✓"
    NOTE = "!"
    FAULT = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    mark: Mark
    what: str
    todo: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.what}" + (f"\n    → {self.todo}" if self.todo else "")


def fine(what: str) -> Finding:
    return Finding(Mark.FINE, what)


def note(what: str, todo: str) -> Finding:
    """Worth knowing, but nothing is broken."""
    return Finding(Mark.NOTE, what, todo)


def fault(what: str, todo: str) -> Finding:
    return Finding(Mark.FAULT, what, todo)
