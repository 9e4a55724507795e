"""The audit log: who did what to which record, and when. It names ids, never people, customers or what was written."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    at: datetime
    who: str
    """A person's id, `operator` for the command line, `retention` for the daily job."""
    action: str
    """Subject and verb: `customer.read`, `roles.set`, `revision.approve`."""
    subject: str
    """The id of what it was done to."""
    detail: str = ""
    """What more there is to know: roles, counts, ids."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found."""

    rows: int
    """Those that hang together, from the first one on."""
    head: str
    """The last one's hash: whoever notes it elsewhere can tell later that nothing was cut off at the end."""
    fault: str | None = None
    """What is wrong with the row after them; None: the chain is whole."""
