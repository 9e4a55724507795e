"""When something goes wrong: the person gets a sentence with a number, the log the rest without what was typed."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.sandbox import ActingPerson, Message
from bot.storage import keys
from bot.views import entrywindow
from bot.views import playbook as playbook_views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, press
from tests.world import TEAM, World

TYPED = "绝密客户甲乙丙 mark-7c1e"


def number_in(told: str) -> str:
    """The incident's."""
    found = re.search(r"(?:编号|number) ([0-9a-f]{8})", told)
    assert found is not None, told
    return found[1]


def assert_logged(log: pytest.LogCaptureFixture, number: str) -> None:
    """Under its number: what kind and where, without a word that was typed."""
    (line,) = [each.getMessage() for each in log.records if number in each.getMessage()]
    assert re.search(r"Error at \w+\.py:\d+", line)
    assert "mark-7c1e" not in log.text
    assert "绝密" not in log.text


async def first(world: World, person: ActingPerson) -> Message:
    return await world.slack.wait_for(lambda: next((m for m in person.dm_messages() if m.is_bot), None))


async def test_command_that_fails(world: World, lin: ActingPerson, production_log: pytest.LogCaptureFixture) -> None:
    """Slack gets its 200, the person a sentence with the incident's number where the command was typed."""
    world.slack.faults.add("views.open", "error", error="internal_error")
    assert await lin.command("/visit", TYPED) == 200
    (told,) = lin.dm_messages()
    assert told.is_ephemeral
    assert "出了点问题" in told.text
    assert_logged(production_log, number_in(told.text))


async def test_command_that_fails_in_english(world: World, grace: ActingPerson) -> None:
    """In the person's language."""
    world.slack.faults.add("views.open", "error", error="internal_error")
    await grace.command("/visit", TYPED)
    assert "Something went wrong" in grace.dm_messages()[0].text


@pytest.mark.parametrize("fault", ["server_error", "drop", "drop_before"])
async def test_slack_that_does_not_answer_properly(world: World, lin: ActingPerson, fault: str) -> None:
    """No JSON, no answer, a cut line: all the same to the person."""
    world.slack.faults.add("views.open", fault, times=3)  # type: ignore[arg-type]
    assert await lin.command("/visit", TYPED) == 200
    told = lin.dm_messages()[-1].text
    assert "出了点问题" in told or "失效" in told


async def test_click_that_fails(
    world: World, lin: ActingPerson, east: str, production_log: pytest.LogCaptureFixture
) -> None:
    """The sentence stands beside the message that was clicked, which stays."""
    await lin.command("/objection", "客户嫌费率高", east)
    world.slack.faults.add("views.open", "error", error="internal_error")
    assert await press(lin, lin.messages(east)[0], playbook_views.MORE) == 200
    told = await world.slack.wait_for(lambda: next(iter(lin.messages(east)[1:]), None))
    assert told.is_ephemeral
    assert_logged(production_log, number_in(told.text))
    assert has(lin.messages(east)[0], playbook_views.MORE)


async def test_click_in_a_window_that_fails(world: World, lin: ActingPerson, east: str) -> None:
    """There is no message to stand beside, so the sentence comes by DM."""
    await lin.command("/objection", "客户嫌费率高", east)
    await press(lin, lin.messages(east)[0], playbook_views.MORE)
    world.slack.faults.add("views.update", "error", error="hash_conflict")
    assert await press(lin, lin.views()[0], entrywindow.RELATED) == 200
    number_in((await first(world, lin)).text)


async def test_direct_message_that_fails(
    world: World, cast: Cast, lin: ActingPerson, production_log: pytest.LogCaptureFixture
) -> None:
    """An answer that Slack refuses to take: at least the person hears that something went wrong."""
    world.slack.faults.add("chat.postMessage", "error", error="msg_too_long")
    await lin.dm(f"客户嫌费率高 {TYPED}")
    told = await first(world, lin)
    assert_logged(production_log, number_in(told.text))
    await world.slack.settled()
    assert cast.delivered(lin)[0].status == 200


async def test_window_that_waited_too_long(world: World, lin: ActingPerson) -> None:
    """Slack's three seconds to open a window are over: a sentence that says so, without a number."""
    world.slack.faults.add("views.open", "error", error="expired_trigger_id")
    await lin.command("/visit", TYPED)
    (told,) = lin.dm_messages()
    assert "失效" in told.text
    assert "编号" not in told.text


async def test_confirmation_that_cannot_be_sent(
    world: World, cast: Cast, lin: ActingPerson, production_log: pytest.LogCaptureFixture
) -> None:
    """The note is stored and the form closes all the same; the log says what failed, without the note."""
    customer = await cast.customer(lin)
    await lin.command("/visit", f"远大纺织 {TYPED}")
    world.slack.faults.add("chat.postMessage", "error", error="internal_error", times=5)
    assert (await lin.submit(lin.views()[-1])).closed
    await world.slack.wait_for(lambda: [each for each in world.slack.calls if each.method == "chat.postMessage"])
    assert len(await world.services.visits.store.latest(TEAM, customer.id, 10)) == 1
    await world.slack.wait_for(lambda: "background work failed" in production_log.text or None)
    assert "mark-7c1e" not in production_log.text


async def test_broken_form_is_logged_without_its_text(
    world: World, cast: Cast, lin: ActingPerson, production_log: pytest.LogCaptureFixture
) -> None:
    """An unexpected failure while saving: the form stays with a number, the log has the place."""
    customer = await cast.customer(lin)
    await lin.command("/visit", f"远大纺织 {TYPED}")
    view = lin.views()[-1]
    async with damaged(world, keys.customer(TEAM, customer.id)):
        result = await lin.submit(view, entered(view, on="2026-11-23"))
    assert_logged(production_log, number_in(result.errors["note"]))


async def test_altered_form_is_told_so(
    world: World, cast: Cast, lin: ActingPerson, production_log: pytest.LogCaptureFixture
) -> None:
    """What no form of this release says: the window stays with a sentence, and nobody is called out of bed."""
    await cast.customer(lin)
    await lin.command("/visit", f"远大纺织 {TYPED}")
    view = lin.views()[-1]
    await lin.submit(view, entered(view, on="2026-12-01"))
    body = cast.delivered(lin)[-1].body
    values = body["view"]["state"]["values"]["channel"]
    values["channel"] = {"type": "static_select", "selected_option": {"value": TYPED}}
    answer = (await world.slack.deliver("interactive", body)).answer
    assert "旧版本" in str(answer["errors"])
    assert "incident" not in production_log.text


async def test_broken_suggestion_is_an_empty_list(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The menu shows that nothing was found instead of Slack's own complaint."""
    await cast.customer(lin)
    async with damaged(world, keys.customers_of(TEAM, lin.id)):
        await lin.command("/visit")
        assert await lin.suggest(lin.views()[-1], "visit_customer", "远大") == []
    assert cast.delivered(lin)[-1].status == 200


@asynccontextmanager
async def damaged(world: World, key: str) -> AsyncIterator[None]:
    """What stands there is none of ours for a while: nothing foresees that. Afterwards it is whole: others look too."""
    redis = world.services.customers.customers.records.redis
    await redis.rename(key, f"{key}:whole")
    await redis.set(key, "{")
    yield
    await redis.rename(f"{key}:whole", key)


async def test_no_log_quotes_what_was_typed(
    world: World, cast: Cast, lin: ActingPerson, east: str, production_log: pytest.LogCaptureFixture
) -> None:
    """Command, DM, mention, a form, a search: at the most talkative setting none of it is in the log."""
    await cast.customer(lin, "甲乙丙厂")
    await lin.command("/objection", TYPED, east)
    await lin.command("/customer", TYPED, east)
    await lin.command("/visit", f"甲乙丙厂 {TYPED}", east)
    view = lin.views()[-1]
    await lin.suggest(view, "visit_customer", TYPED)
    await lin.submit(view, entered(view, note=TYPED, next_step=TYPED, next_step_on="2026-11-26"))
    await lin.mention(east, TYPED)
    await lin.dm(TYPED)
    await world.slack.wait_for(lambda: len([m for m in lin.dm_messages() if m.is_bot]) == 2)
    await world.slack.settled()
    ours = [each.getMessage() for each in production_log.records if not each.name.startswith("bot.sandbox")]
    assert not [each for each in ours if "mark-7c1e" in each or "甲乙丙" in each]


async def test_a_record_that_a_newer_release_wrote(
    world: World, cast: Cast, lin: ActingPerson, production_log: pytest.LogCaptureFixture
) -> None:
    """Whoever asks for it learns why it can't be read; a list goes without it, and the record stays as it is."""
    customer = await cast.customer(lin, "远大纺织", last_contact_on="2026-10-09")
    await cast.customer(lin, "霁川电子", last_contact_on="2026-10-09")
    redis, key = world.services.workspaces.store.redis, keys.customer(TEAM, customer.id)
    readable = str(await redis.get(key))
    row = readable.replace('"tier":"A"', '"tier":"S"')
    await redis.set(key, row)
    await lin.command("/customer", "远大纺织")
    await world.quiet()
    assert "Customer.tier" in lin.dm_messages()[-1].text
    await lin.command("/followups")
    await world.quiet()
    assert "霁川电子" in str(lin.dm_messages()[-1].blocks)
    assert "远大" not in str(lin.dm_messages()[-1].blocks)
    assert any("field='tier'" in each for each in production_log.messages)
    assert await redis.get(key) == row
    await redis.set(key, readable)  # later tests go through everybody's customers
