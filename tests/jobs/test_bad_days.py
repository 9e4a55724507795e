"""Faults, restarts, sweeps and duplicated jobs in random order (the long run of it is a soak test)."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.domain.playbook import Playbook
from tests.jobs.machine import bad_days_on


def test_at_most_one_and_in_the_end_exactly_one(store_url: str, playbook: Playbook) -> None:
    """The same short run every time."""
    run_state_machine_as_test(
        bad_days_on(store_url, playbook),
        settings=settings(
            max_examples=10,
            stateful_step_count=16,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
