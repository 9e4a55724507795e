"""The main ways through the product once more over Socket Mode, as a first real install uses it."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.sandbox import ActingPerson, Workspace
from bot.sandbox.signing import signed_headers
from bot.storage.embedded import EmbeddedStore
from bot.views import customers as customer_views
from bot.views import followups as followup_views
from bot.views import library as library_views
from bot.views import playbook as playbook_views
from bot.views import visitform as visit_views
from tests.conftest import must_start_in_ci
from tests.fakes import FixedClock
from tests.handlers.cast import Cast
from tests.handlers.conftest import NOW
from tests.handlers.reading import element, entered, field, has, press, prose, shown
from tests.world import TEAM, World, opened_world


@pytest.fixture(scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two bots on one store would share their jobs."""
    with must_start_in_ci():
        store = EmbeddedStore.start(tmp_path_factory.mktemp("socket"))
    yield store.url
    store.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running_world(own_store: str, models_dir: Path, people_for_all: Workspace) -> AsyncIterator[World]:
    """Takes the place of the bot on HTTP."""
    clock = FixedClock(NOW)
    async with opened_world(own_store, models_dir, clock, workspace=people_for_all, socket_mode=True) as world:
        yield world


async def test_objection_by_command(lin: ActingPerson, chen: ActingPerson, east: str) -> None:
    """The answer travels in the acknowledgement, for the asker only."""
    await lin.command("/objection", "客户嫌费率高 payload", east)
    (answer,) = lin.messages(east)
    assert answer.is_ephemeral
    assert has(answer, playbook_views.MORE) or has(answer, playbook_views.PICK)
    assert chen.messages(east) == []


async def test_objection_by_dm_and_mention(world: World, lin: ActingPerson, east: str) -> None:
    """Events come over the socket too."""
    await lin.dm("客户嫌费率高")
    await lin.mention(east, "客户嫌费率高")
    by_dm = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if m.is_bot), None))
    by_mention = await world.slack.wait_for(lambda: next((m for m in lin.messages(east) if m.is_bot), None))
    assert shown(by_dm) == shown(by_mention)


async def test_buttons_of_a_card(world: World, lin: ActingPerson, chen: ActingPerson, east: str) -> None:
    """The whole entry, the other language, and sharing."""
    entry = world.objection("cost/fee-too-high")
    await lin.command("/objection", "客户嫌费率高", east)
    await press(lin, lin.messages(east)[0], playbook_views.MORE)
    assert entry.worry.zh in shown(lin.views()[-1])
    await press(lin, lin.messages(east)[0], playbook_views.SWITCH)
    await world.slack.wait_for(lambda: entry.speak.en in prose(lin.messages(east)[0]))
    await press(lin, lin.messages(east)[0], playbook_views.SHARE)
    (shared,) = await world.slack.wait_for(lambda: chen.messages(east))
    assert entry.speak.en in prose(shared)


async def test_visit_with_a_new_customer(world: World, cast: Cast, grace: ActingPerson) -> None:
    """Search, the fields of a new customer, an error at its field, saving, confirmation; a repetition adds nothing."""
    await grace.command("/visit")
    view = grace.views()[-1]
    await grace.suggest(view, visit_views.CUSTOMER, "Northlight")
    await grace.press(view, visit_views.CUSTOMER, selected="new:Northlight")
    wrong = await grace.submit(view, entered(view, new_tier="B", note="First call", on="2026-12-24"))
    assert list(wrong.errors) == ["on"]
    world.slack.deliver_twice("view_submission")
    assert (await grace.submit(view, entered(view, on="2026-11-24"))).closed
    told = await world.slack.wait_for(lambda: next((m for m in grace.dm_messages() if m.is_bot), None))
    assert "Next contact: *Thu 24 Dec*" in prose(told)
    (customer,) = await world.services.customers.suggest(await cast.actor(grace), "")
    assert len(await world.services.visits.store.latest(TEAM, customer.id, 10)) == 1


async def test_brief_and_its_button(cast: Cast, zhou: ActingPerson, chen: ActingPerson, east: str) -> None:
    """The lead looks at a colleague's customer; an outsider to the team learns nothing."""
    customer = await cast.customer(chen)
    await zhou.command("/customer", "远大纺织", east)
    await press(zhou, zhou.messages(east)[0], customer_views.LOG)
    assert field(zhou.views()[-1], "customer")["initial_option"]["value"] == customer.id
    outsider = cast.person("reed")
    await outsider.command("/customer", "远大纺织", east)
    assert "can't find that customer" in outsider.messages(east)[0].text


async def test_daily_message_logged_and_snoozed(world: World, cast: Cast, lin: ActingPerson) -> None:
    """One row ticked off, one put off, both in place; Home empty afterwards."""
    for name in ("远大纺织", "霁川电子"):
        await cast.customer(lin, name, last_contact_on="2026-11-02")
    message = await cast.nudge(lin)
    await press(lin, message, followup_views.LOG, 0)
    view = lin.views()[-1]
    assert (await lin.submit(view, entered(view, note="谈妥了"))).closed
    await world.slack.wait_for(lambda: "✓" in prose(message))
    await press(lin, message, followup_views.SNOOZE, 0, selected="1wd|other")
    await world.slack.wait_for(lambda: "»" in prose(message))
    home = await world.slack.wait_for(lin.home)
    await world.slack.wait_for(lambda: "今天没有到期的跟进" in shown(home))


async def test_duplicates_and_failures(world: World, lin: ActingPerson, east: str) -> None:
    """A repeated event is answered once; what fails is acknowledged and said with a number."""
    world.slack.deliver_twice("event")
    await lin.dm("客户嫌费率高")
    await world.slack.wait_for(lambda: [each for each in lin.dm_messages() if each.is_bot])
    world.slack.faults.add("views.open", "error", error="internal_error")
    assert await lin.command("/visit", "", east) == 200
    assert "编号" in lin.messages(east)[-1].text
    await world.slack.settled()
    assert len([each for each in lin.dm_messages() if each.is_bot]) == 1


async def test_browsing_over_a_renewed_connection(world: World, lin: ActingPerson, east: str) -> None:
    """Slack renews the connection every few hours; the bot comes back and goes on."""
    await world.slack.refresh_sockets()
    await world.slack.wait_for(lambda: world.slack.connected_sockets or None, timeout=15)
    assert await lin.command("/objection", "", east) == 200
    assert element(lin.messages(east)[-1], library_views.BROWSE)


async def test_a_failure_has_the_envelopes_number(
    world: World, lin: ActingPerson, production_log: pytest.LogCaptureFixture
) -> None:
    """The person and the operator name it alike; so does Slack, whose id it is."""
    world.slack.faults.add("views.open", "error", error="internal_error")
    await lin.command("/visit", "绝密 mark-7c1e")
    (incident,) = [each for each in production_log.records if hasattr(each, "incident")]
    assert incident.incident in lin.dm_messages()[-1].text
    assert len(incident.incident) == 36


async def test_nobody_gets_in_beside_the_socket(world: World) -> None:
    """Without a signing secret nobody could be told from Slack there, so there is no such door."""
    body = b"command=/objection&text=x"
    async with ClientSession() as http:
        for secret in ("", "socket-mode-needs-none", "test-signing-secret"):
            headers = signed_headers(secret, body, time.time())
            async with http.post(world.bot_url, data=body, headers=headers) as response:
                assert response.status == 404
