"""`worker`: one more process for jobs."""

import asyncio
import json
import signal
from datetime import date

import aiohttp
import pytest

from bot.domain.notice import NoticeState
from bot.domain.workspace import SCHEMA_VERSION
from bot.storage import keys
from bot.storage.sealing import new_key
from tests.cli.conftest import PATIENCE, Company, Processes
from tests.servers import free_ports
from tests.world import LIN, TEAM

LONG_AGO = date(2026, 3, 2)


async def test_a_worker_does_the_jobs_of_the_store_and_stops_when_told(processes: Processes, company: Company) -> None:
    """It asks Slack for whom it works, and settles a message that somebody else planned and whose day is over."""
    lin = await company.services.members.actor(TEAM, LIN)
    assert await company.services.nudges.plan_today(lin) == LONG_AGO
    (port,) = free_ports(1)
    settings = {"LOG_LEVEL": "WARNING", "METRICS_PORT": str(port), "HOST": "127.0.0.1", **company.environment}
    process = await processes.start("-m", "bot", "worker", **settings)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            ready = (await process.stdout.readline()).decode()
            while await company.services.notices.under_way(TEAM):  # noqa: ASYNC110 - a store tells nobody of changes
                await asyncio.sleep(0.1)
            health, figures = [await told(f"http://127.0.0.1:{port}/{each}") for each in ("readyz", "metrics")]
            process.send_signal(signal.SIGTERM)
            _, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert json.loads(health)["checks"] == {"store": "ok", "slack": "ok", "jobs": "ok"}
    assert 'factormate_nudges_total{kind="digest",outcome="failed"} 1.0' in figures
    assert "ready" in ready
    assert TEAM in ready
    assert (process.returncode, err.decode()) == (0, "")
    digest = await company.services.nudges.find(TEAM, LIN, LONG_AGO)
    assert digest is not None
    assert digest.state is NoticeState.FAILED


async def told(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"FIELD_KEYS": new_key()}, 1, "FIELD_KEYS"),
        ({"SLACK_BOT_TOKEN": "xoxb-nobodys"}, 1, "Slack"),
        ({"FIELD_KEYS": ""}, 2, "FIELD_KEYS"),
    ],
    ids=["other keys", "a token Slack refuses", "no keys"],
)
async def test_a_worker_refuses_what_the_bot_refuses(
    processes: Processes, company: Company, change: dict[str, str], code: int, told: str
) -> None:
    """1: found a fault; 2: wrong settings. One sentence each."""
    ran = await processes("worker", **{**company.environment, **change})
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.soak
async def test_a_worker_leaves_data_of_a_newer_release_alone(processes: Processes, company: Company) -> None:
    await company.services.workspaces.store.redis.set(keys.schema(TEAM), SCHEMA_VERSION + 2)
    ran = await processes("worker", **company.environment)
    assert (ran.code, ran.out) == (1, "")
    assert f"{SCHEMA_VERSION + 2}" in ran.err


@pytest.mark.soak
async def test_a_worker_can_be_stopped_while_it_starts(processes: Processes, company: Company) -> None:
    """It would wait ten seconds for a Slack that does not answer."""
    company.slack.faults.add("auth.test", "timeout")
    process = await processes.start("-m", "bot", "worker", LOG_LEVEL="WARNING", **company.environment)
    await company.slack.wait_for(
        lambda: any(each.method == "auth.test" for each in company.slack.calls), timeout=PATIENCE
    )
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        out, err = await process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")  # it never said that it was ready
