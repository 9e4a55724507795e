"""Addresses outside Slack: where people read on, and permanent links to plays and customers, which hold an id and
nothing of what they lead to."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit


class Target(StrEnum):
    """What a permanent link leads to; the first part of its path."""

    PLAY = "p"
    CUSTOMER = "c"


_PATH: Final = re.compile(r"/(?P<what>[pc])/(?P<id>[A-Za-z0-9_-]{1,60}(?:/[a-z0-9-]{1,60})?)/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Links:
    public: str | None = None
    """The https address people reach the app at, without a slash at its end; None: there are no permanent links."""
    docs: str | None = None
    """Where the company has put the docs."""

    def to(self, what: Target, target_id: str) -> str | None:
        return f"{self.public}/{what}/{target_id}" if self.public else None

    def read(self, url: str) -> tuple[Target, str] | None:
        """What one of our links leads to; None for every other address, however alike."""
        if self.public is None:
            return None
        try:
            at, ours = urlsplit(url), urlsplit(self.public)
        except ValueError:
            return None
        if (at.scheme, at.netloc.lower()) != (ours.scheme, ours.netloc.lower()) or not at.path.startswith(ours.path):
            return None
        found = _PATH.fullmatch(at.path.removeprefix(ours.path))
        return (Target(found["what"]), found["id"]) if found else None
