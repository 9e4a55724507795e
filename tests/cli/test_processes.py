"""`worker`: one more process for jobs."""

import asyncio
import signal
from datetime import date

from bot.domain.notice import NoticeState
from tests.cli.conftest import PATIENCE, Company, Processes
from tests.world import LIN, TEAM

LONG_AGO = date(2026, 3, 2)


async def test_a_worker_does_the_jobs_of_the_store_and_stops_when_told(processes: Processes, company: Company) -> None:
    """It asks Slack for whom it works, and settles a message that somebody else planned and whose day is over."""
    lin = await company.services.members.actor(TEAM, LIN)
    assert await company.services.nudges.plan_today(lin) == LONG_AGO
    process = await processes.start("-m", "bot", "worker", **company.environment)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            ready = (await process.stdout.readline()).decode()
            while await company.services.notices.under_way(TEAM):  # noqa: ASYNC110 - a store tells nobody of changes
                await asyncio.sleep(0.1)
            process.send_signal(signal.SIGINT)
            _, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert "ready" in ready
    assert TEAM in ready
    assert (process.returncode, err.decode()) == (0, "")
    digest = await company.services.nudges.find(TEAM, LIN, LONG_AGO)
    assert digest is not None
    assert digest.state is NoticeState.FAILED
