"""Who reads a conversation. What cannot be found out counts as people from outside."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """A person in a conversation; guests and people of other workspaces are outsiders."""

    user_id: str
    name: str
    is_outsider: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """`is_known` is False where Slack does not tell, or where there are too many people to look at each."""

    channel_id: str
    readers: tuple[Reader, ...] = ()
    is_shared: bool = False
    """With another company or workspace, or about to be."""
    is_known: bool = False

    @property
    def outsiders(self) -> tuple[Reader, ...]:
        return tuple(each for each in self.readers if each.is_outsider)

    @property
    def is_inside(self) -> bool:
        """Everybody who reads there is known to be of the company."""
        return self.is_known and not self.is_shared and not self.outsiders

    @property
    def mark(self) -> str:
        """Tells whether somebody has come or gone since a preview."""
        ids = ",".join(sorted(each.user_id for each in self.readers))
        return hashlib.sha256(f"{self.channel_id}/{self.is_shared}/{self.is_known}/{ids}".encode()).hexdigest()[:12]
