"""Addresses outside Slack that people are pointed to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    docs: str | None = None
    """Where the company has put these docs."""
