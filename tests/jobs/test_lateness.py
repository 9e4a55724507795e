"""What comes long after its time is counted as late."""

import pytest

from bot.telemetry import metrics
from tests.jobs.office import Office
from tests.world import LIN, TEAM


@pytest.mark.parametrize(
    ("planned_at", "sent_at", "outcome"),
    [
        ("09:00", "09:14", "sent"),
        ("09:00", "09:16", "late"),
        ("11:00", "11:00", "late"),
    ],
    ids=["slow", "held up", "nobody worked until then"],
)
async def test_what_comes_long_after_its_time_is_counted_as_late(
    office: Office, planned_at: str, sent_at: str, outcome: str
) -> None:
    """By the person's hour, not by when somebody got round to it; once."""
    await office.overdue(LIN, "远大纺织")
    office.clock.set(f"2026-11-24T{planned_at}:00+08:00")
    await office.plan()
    office.clock.set(f"2026-11-24T{sent_at}:00+08:00")
    before = {name: counted(name) for name in ("sent", "late")}
    await office.deliver()
    await office.deliver()
    assert {name: counted(name) - before[name] for name in before} == {"sent": 0, "late": 0, outcome: 1}


async def test_who_joins_in_the_afternoon_is_not_late(office: Office) -> None:
    """Today's message comes at once: nobody has kept it waiting."""
    await office.overdue(LIN, "远大纺织")
    await office.services.nudges.store.unschedule(TEAM, LIN)
    office.clock.set("2026-11-24T15:00:00+08:00")
    await office.services.nudges.join(TEAM, LIN)
    await office.plan()
    before = counted("sent"), counted("late")
    await office.deliver()
    assert (counted("sent"), counted("late")) == (before[0] + 1, before[1])


def counted(outcome: str) -> float:
    """Daily messages that this process has seen end so."""
    labels = {"kind": "digest", "outcome": outcome}
    return metrics.REGISTRY.get_sample_value("factormate_nudges_total", labels) or 0.0
