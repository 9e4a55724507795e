"""Failures on demand: what Slack's API does on a bad day, and deliveries that arrive twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal, get_args

FaultKind = Literal["ratelimited", "server_error", "timeout", "accept_late", "drop", "drop_before", "error"]
EVERY_METHOD: Final = "*"
RESPONSE_URL: Final = "response_url"
"""Stands in for a method name where posts to a response_url should fail."""


@dataclass(slots=True)
class Fault:
    """`delay` None means that the answer never comes; `effect_after` and `delay` both count from the request."""

    method: str
    kind: FaultKind
    times: int = 1
    retry_after: int = 1
    status: int = 500
    error: str = "internal_error"
    delay: float | None = None
    effect_after: float = 0.0


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._often: tuple[float, Sequence[FaultKind], Random] | None = None

    def often(self, share: float, kinds: Sequence[FaultKind], rng: Random) -> None:
        """From now on this share of all calls fails, each in one of these ways."""
        self._often = (share, kinds, rng)

    def add(
        self,
        method: str,
        kind: FaultKind,
        times: int = 1,
        *,
        retry_after: int = 1,
        status: int = 500,
        error: str = "internal_error",
        delay: float | None = None,
        effect_after: float = 0.0,
    ) -> Fault:
        """The next calls of the method (`*` for any, `response_url` for replies) fail in this way."""
        if kind not in get_args(FaultKind):
            raise ValueError(f"no fault {kind}; there are {', '.join(get_args(FaultKind))}")
        fault = Fault(method, kind, times, retry_after, status, error, delay, effect_after)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()
        self._often = None

    def take(self, method: str) -> Fault | None:
        """The fault meant for this call, used up once."""
        for fault in self._faults:
            if fault.times > 0 and fault.method in (method, EVERY_METHOD):
                fault.times -= 1
                return fault
        if self._often is not None:
            share, kinds, rng = self._often
            if rng.random() < share:
                return Fault(method, rng.choice(kinds))
        return None


class Duplicates:
    """Which of the next deliveries go out twice."""

    def __init__(self) -> None:
        self._kinds: list[tuple[str, bool]] = []

    def add(self, kind: str, *, together: bool) -> None:
        self._kinds.append((kind, together))

    def take(self, *kinds: str) -> Literal["no", "after", "together"]:
        """Whether a delivery that goes by any of these kinds is to be sent again, and when."""
        for entry in self._kinds:
            if entry[0] in kinds:
                self._kinds.remove(entry)
                return "together" if entry[1] else "after"
        return "no"
