"""What an operator's programs see of a running bot: its health, its figures, its log, and that `deploy` fits them."""

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.customer import NewCustomer, Tier
from bot.sandbox.signing import signed_headers
from bot.settings import LogFormat
from handlers import health
from tests import servers
from tests.fakes import FixedClock
from tests.jobs.office import until
from tests.logged import configured
from tests.servers import Server, free_ports
from tests.telemetry.files import alerts, documented, needs_promtool, panels, promtool
from tests.world import CHEN, LIN, SECRET, TEAM, ZHOU, World, opened_world

NAME, TYPED = "远大纺织 Yuanda", "绝密 mark-7c1e"
OUR_METRIC: Final = re.compile(r"\b(?:factormate|process)_[a-z_]+")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True, repr=False)
class Watched:
    """A bot whose store can be killed, and what can be asked of it."""

    world: World
    store: Server
    http: aiohttp.ClientSession
    operators: str

    @property
    def public(self) -> str:
        return self.world.bot_url.removesuffix("/slack/events")

    async def get(self, url: str) -> tuple[int, str]:
        async with self.http.get(url) as answer:
            return answer.status, await answer.text()

    async def checks(self) -> tuple[int, dict[str, str]]:
        status, told = await self.get(f"{self.public}/readyz")
        found: dict[str, str] = json.loads(told)["checks"]
        return status, found

    async def is_failing(self, *names: str) -> bool:
        """Exactly these."""
        status, found = await self.checks()
        failing = {name for name, told in found.items() if told != "ok"}
        return failing == set(names) and (status == 200) is (not names)

    async def figures(self) -> dict[str, list[tuple[dict[str, str], float]]]:
        """Each sample's labels and value, by the sample's name."""
        status, page = await self.get(f"{self.operators}/metrics")
        assert status == 200
        found: dict[str, list[tuple[dict[str, str], float]]] = {}
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
        return found

    async def figure(self, name: str, **labels: str) -> float:
        samples = (await self.figures()).get(name, [])
        return sum(value for found, value in samples if labels.items() <= found.items())

    async def slack_says(self, command: str, text: str, **headers: str) -> tuple[str, str]:
        """The answer to a command, and the request's id that came with it."""
        fields = {"command": command, "text": text, "team_id": TEAM, "user_id": LIN, "channel_id": "C1"}
        fields |= {"trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/commands/x"}
        body = urlencode(fields).encode()
        sent = {"Content-Type": "application/x-www-form-urlencoded", **signed_headers(SECRET, body, time.time())}
        async with self.http.post(self.world.bot_url, data=body, headers={**sent, **headers}) as answer:
            assert answer.status == 200
            return await answer.text(), answer.headers["X-Request-Id"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> AsyncIterator[Watched]:
    """Slack is looked at ten times a second here, so that nobody has to wait for half a minute."""
    port, operators = free_ports(2)
    with pytest.MonkeyPatch.context() as patch, servers.running(tmp_path_factory.mktemp("store"), port) as store:
        patch.setattr(health, "SLACK_EVERY", 0.1)
        patch.setattr(health, "AGAIN", 0.1)
        url = f"redis://127.0.0.1:{port}/0"
        async with (
            opened_world(url, models_dir, FixedClock(), metrics_port=operators) as world,
            aiohttp.ClientSession() as http,
        ):
            actor = await world.services.members.actor(TEAM, LIN)
            await world.services.customers.create(actor, NewCustomer(NAME, Tier.A))
            yield Watched(world, store, http, f"http://127.0.0.1:{operators}")


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is written with LOG_FORMAT=json and LOG_LEVEL=DEBUG."""
    out, root = StringIO(), logging.getLogger()
    handlers, level, raises = root.handlers[:], root.level, logging.raiseExceptions
    root.handlers = []
    configured("DEBUG", LogFormat.JSON)
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    yield out
    root.handlers, logging.raiseExceptions = handlers, raises
    root.setLevel(level)


async def test_a_bot_that_is_well(bot: Watched) -> None:
    """On both ports; figures only on the operator's."""
    assert await bot.get(f"{bot.public}/healthz") == (200, "ok")
    assert await bot.get(f"{bot.operators}/healthz") == (200, "ok")
    await until(lambda: bot.is_failing())
    assert await bot.checks() == (200, {"store": "ok", "slack": "ok", "jobs": "ok"})
    assert (await bot.get(f"{bot.operators}/readyz"))[0] == 200
    assert (await bot.get(f"{bot.public}/metrics"))[0] == 404


async def test_what_people_do_is_counted(bot: Watched) -> None:
    """A question, a brief, a forged request, a delivery that Slack sends again."""
    lin = bot.world.slack.person(LIN)
    wanted = {
        ("factormate_answers_total", "decision", "one"): 1,
        ("factormate_request_seconds_count", "kind", "command"): 3,
        ("factormate_acks_total", "outcome", "in_time"): 3,
        ("factormate_turned_away_total", "status", "401"): 1,
    }
    before = {(name, label, value): await bot.figure(name, **{label: value}) for name, label, value in wanted}
    retries = await bot.figure("factormate_slack_retries_total")
    await lin.command("/objection", "客户嫌费率高")
    await lin.command("/customer", NAME)
    await bot.slack_says("/customer", NAME, **{"X-Slack-Retry-Num": "1"})
    async with bot.http.post(bot.world.bot_url, data=b"x") as answer:
        assert answer.status == 401
    await bot.world.quiet()
    for (name, label, value), more in wanted.items():
        now = await bot.figure(name, **{label: value})
        assert now - before[name, label, value] == more, (name, value)
    assert await bot.figure("factormate_slack_retries_total") - retries == 1
    assert await bot.figure("factormate_store_seconds_count") > 0
    assert await bot.figure("factormate_slack_call_seconds_count", method="auth.test") >= 1


async def test_what_slack_refuses_is_counted_by_method(bot: Watched) -> None:
    """A limit that was waited out, too; a code nobody knows is one of the others."""
    counted = "factormate_slack_errors_total"
    before = [
        await bot.figure(counted, method="views.open", error=error) for error in ("ratelimited", "other", "no_answer")
    ]
    bot.world.slack.faults.add("views.open", "ratelimited", retry_after=0)
    bot.world.slack.faults.add("views.open", "error", error="thought_of_tomorrow")
    lin = bot.world.slack.person(LIN)
    await lin.command("/visit", NAME)
    await lin.command("/visit", NAME)
    bot.world.slack.faults.clear()
    after = [
        await bot.figure(counted, method="views.open", error=error) for error in ("ratelimited", "other", "no_answer")
    ]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 0]


async def test_the_queue_has_a_depth(bot: Watched) -> None:
    """Sweep, retention and the others wait for their next time; nobody is behind."""
    assert await bot.figure("factormate_jobs_waiting", state="scheduled") >= 3
    assert await bot.figure("factormate_jobs_waiting", state="overdue") == 0
    assert {each["state"] for each, _ in (await bot.figures())["factormate_jobs_waiting"]} == {
        *("ready", "running", "scheduled", "overdue")
    }
    await until(lambda: _has_swept(bot))


async def _has_swept(bot: Watched) -> bool:
    return await bot.figure("factormate_job_seconds_count", task="sweep") > 0


async def test_figures_tell_of_nobody(bot: Watched) -> None:
    """However many people and customers there are, labels are few and hold none of them."""
    _, page = await bot.get(f"{bot.operators}/metrics")
    samples = [line for line in page.splitlines() if not line.startswith("#")]
    assert len(samples) < 1000
    for secret in (TEAM, LIN, CHEN, ZHOU, NAME, "Yuanda", "U0", "费率"):
        assert not [line for line in samples if secret in line]


async def test_the_log_is_json_and_tells_of_nobody(bot: Watched, log: StringIO) -> None:
    """At the most talkative setting, with a failure in it."""
    _, request_id = await bot.slack_says("/objection", TYPED)
    assert re.fullmatch("[0-9a-f]{8}", request_id)
    bot.world.slack.faults.add("views.open", "error", error="internal_error")
    answer, failed_id = await bot.slack_says("/visit", f"{NAME} {TYPED}", **{"X-Request-Id": "proxy-4711"})
    bot.world.slack.faults.clear()
    await bot.world.quiet()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert failed_id == "proxy-4711"
    assert "proxy-4711" in json.loads(answer)["text"], "what the person is told is what the operator looks for"
    (incident,) = [each for each in lines if "incident" in each]
    assert (incident["incident"], incident["request_id"], incident["level"]) == (failed_id, failed_id, "error")
    for each in lines:
        assert {"timestamp", "level", "logger", "event"} <= set(each)
        assert not re.search("mark-7c1e|绝密|远大|Yuanda", json.dumps(each, ensure_ascii=False)) or each[
            "logger"
        ].startswith("bot.sandbox")


async def test_the_docs_list_every_figure(bot: Watched) -> None:
    """With its type and its labels, and none besides."""
    _, page = await bot.get(f"{bot.operators}/metrics")
    types = dict(re.findall(r"^# TYPE (factormate_\w+) (\w+)", page, re.MULTILINE))
    exposed = {name: kind for name, kind in types.items() if not name.endswith("_created")}
    assert {name: kind for name, (kind, _) in documented().items()} == exposed
    figures = await bot.figures()
    for name, (kind, labels) in documented().items():
        for found, _ in figures.get(f"{name}_count" if kind == "histogram" else name, []):
            assert set(found) == labels, name


async def test_alerts_and_dashboard_ask_for_what_there_is(bot: Watched) -> None:
    """Every metric they name is exposed, with every label they look at."""
    _, page = await bot.get(f"{bot.operators}/metrics")
    families = dict(re.findall(r"^# TYPE (\S+) (\S+)", page, re.MULTILINE))
    names = set(families)
    for family in [name for name, kind in families.items() if kind == "histogram"]:
        names |= {f"{family}_{part}" for part in ("bucket", "sum", "count")}
    labels = {"job", "instance", "le"}.union(*(labels for _, labels in documented().values()))
    for title, expression in {**alerts(), **panels()}.items():
        asked = set(OUR_METRIC.findall(expression))
        assert asked <= names, title
        assert asked or "up{" in expression, title
        looked_at = re.findall(r"(\w+)=~?\"", expression)
        for by in re.findall(r"by \(([^)]*)\)", expression):
            looked_at += by.replace(" ", "").split(",")
        assert set(looked_at) <= labels, title


@needs_promtool
async def test_prometheus_takes_the_page(bot: Watched) -> None:
    """As it would be scraped, without a remark about names or help texts."""
    _, page = await bot.get(f"{bot.operators}/metrics")
    assert await asyncio.to_thread(promtool, "check", "metrics", given=page) == ""


async def test_probes_do_not_load_slack(bot: Watched) -> None:
    """A hundred at once are one look."""
    bot.world.slack.calls.clear()
    started = time.monotonic()
    answers = await asyncio.gather(*(bot.checks() for _ in range(100)))
    looks = [each for each in bot.world.slack.calls if each.method == "api.test"]
    assert len(looks) <= 1 + (time.monotonic() - started) / health.SLACK_EVERY
    assert {status for status, _ in answers} == {200}


async def test_slack_that_is_gone_is_named(bot: Watched) -> None:
    """And nothing else; it is well again as soon as Slack is."""
    bot.world.slack.faults.add("api.test", "drop_before", times=1000)
    await until(lambda: bot.is_failing("slack"))
    assert (await bot.get(f"{bot.public}/healthz"))[0] == 200
    assert await bot.figure("factormate_ready", check="slack") == 0
    bot.world.slack.faults.clear()
    await until(lambda: bot.is_failing())


async def test_a_store_that_is_gone_is_named(bot: Watched) -> None:
    """With the jobs, which live in it. The process is alive, and its figures are to be had; the last test here."""
    bot.store.kill()
    await until(lambda: bot.is_failing("store", "jobs"), 30)
    assert await bot.get(f"{bot.public}/healthz") == (200, "ok")
    figures = await bot.figures()
    assert "factormate_jobs_waiting" not in figures
    assert await bot.figure("factormate_ready", check="store") == 0
    assert await bot.figure("factormate_store_errors_total") > 0
    bot.store.start()
    await until(lambda: bot.is_failing(), 30)
