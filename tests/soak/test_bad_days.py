"""Faults, restarts, sweeps and duplicated jobs: other ones each time, and many more of them."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.domain.playbook import Playbook
from tests.jobs.machine import bad_days_on


def test_hundreds_of_bad_days(store_url: str, playbook: Playbook) -> None:
    """A failure prints the shortest such day that was found."""
    run_state_machine_as_test(
        bad_days_on(store_url, playbook),
        settings=settings(
            max_examples=200,
            stateful_step_count=25,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
