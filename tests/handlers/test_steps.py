"""Steps of Workflow Builder: each ends once, by the rights of who runs it, and its outputs name no customer."""

import json
from datetime import date
from typing import Any

import pytest

from bot.sandbox import ActingPerson
from bot.sandbox.executions import Execution
from bot.sandbox.payloads import Payloads
from bot.text import load
from tests.handlers.cast import Cast
from tests.handlers.reading import prose
from tests.handlers.test_playbook import FEE_EN, FEE_ZH
from tests.world import TEAM, World

ZH, EN = load("zh"), load("en")


async def run(world: World, person: ActingPerson, step: str, **inputs: Any) -> Execution:
    execution = person.run_step(step, **inputs)
    await world.slack.wait_for(lambda: not execution.is_running)
    await world.quiet()
    return execution


def ends(world: World, execution: Execution) -> list[str]:
    """The methods by which the app has ended it."""
    return [
        each.method
        for each in world.slack.calls
        if each.method.startswith("functions.") and each.args["function_execution_id"] == execution.id
    ]


async def test_the_right_play_is_found(world: World, grace: ActingPerson, lin: ActingPerson) -> None:
    """What may be said to the customer, in the question's language; nothing of what is internal."""
    entry = world.objection("cost/fee-too-high")
    done = await run(world, grace, "find_play", said=FEE_EN)
    assert done.outputs == {"found": True, "title": entry.title.en, "say": entry.say.en}
    assert (await run(world, lin, "find_play", said=FEE_ZH)).outputs == {
        "found": True,
        "title": entry.title.zh,
        "say": entry.say.zh,
    }
    assert ends(world, done) == ["functions.completeSuccess"]


async def test_nothing_that_fits_is_said_so_and_kept(world: World, lin: ActingPerson) -> None:
    """As with /objection: the editors see what the playbook lacks."""
    done = await run(world, lin, "find_play", said="今天天气不错")
    assert done.outputs == {"found": False, "title": "", "say": ""}


async def test_a_note_is_logged_for_ones_own_customer(world: World, cast: Cast, lin: ActingPerson) -> None:
    """The person is told; the workflow learns no more than the day of the next contact."""
    customer = await cast.customer(lin)
    done = await run(
        world, lin, "log_note", customer="远大纺织", note="嫌费率高", next_step="发报价", next_step_on="2026-11-25"
    )
    (visit,) = await world.services.visits.store.latest(TEAM, customer.id, 9)
    assert (visit.note, visit.on, visit.author_id) == ("嫌费率高", date(2026, 11, 24), lin.id)
    assert visit.objection_ids == ("cost/fee-too-high",)
    assert done.outputs is not None
    assert done.outputs.keys() == {"next_contact_on"}
    assert "远大纺织" in lin.dm_messages()[-1].text


@pytest.mark.parametrize(
    ("inputs", "key"),
    [
        ({"customer": "远大", "note": "嫌费率高"}, "steps.error_customer"),
        ({"customer": "泓砾精密", "note": "嫌费率高"}, "steps.error_customer"),
        ({"customer": "远大纺织", "note": " "}, "steps.error_no_note"),
        ({"customer": "远大纺织", "note": "嫌费率高", "channel": "fax"}, "steps.error_channel"),
        ({"customer": "远大纺织", "note": "嫌费率高", "on": "2026-12-24"}, "visit.error_future"),
        ({"customer": "远大纺织", "note": "嫌费率高", "next_step": "发报价"}, "visit.error_step_without_date"),
    ],
    ids=["nearly the name", "a colleague's", "empty", "way", "future", "no day"],
)
async def test_what_is_amiss_is_told_and_nothing_saved(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, inputs: dict[str, Any], key: str
) -> None:
    customer = await cast.customer(lin)
    await cast.customer(chen, "泓砾精密")
    failed = await run(world, lin, "log_note", **inputs)
    assert failed.error == ZH(key)
    assert ends(world, failed) == ["functions.completeError"]
    assert await world.services.visits.store.latest(TEAM, customer.id, 9) == []


async def test_the_due_list_goes_to_the_person_alone(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A workflow may post its outputs anywhere: they are numbers."""
    await cast.customer(lin, last_contact_on="2026-10-09")
    done = await run(world, lin, "list_due", span="今天")
    assert done.outputs == {"count": 1, "overdue": 1}
    assert "远大纺织" in prose(lin.dm_messages()[-1])


async def test_rights_are_those_of_who_runs_it(world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson) -> None:
    """Somebody without a role gets plays, and no list; a guest gets nothing."""
    await cast.customer(lin, last_contact_on="2026-10-09")
    assert (await run(world, reed, "list_due")).error == EN("error.not_allowed")
    assert (await run(world, reed, "log_note", customer="远大纺织", note="x")).error == EN("error.not_allowed")
    assert (await run(world, reed, "find_play", said=FEE_EN)).outputs is not None
    guest = world.slack.person("U0GUEST")
    assert (await run(world, guest, "find_play", said=FEE_EN)).error == EN("error.outsider")


async def test_the_same_run_told_twice_is_done_once(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Under another event id, too: one note, one end."""
    customer = await cast.customer(lin)
    done = await run(world, lin, "log_note", customer="远大纺织", note="嫌费率高")
    (first,) = [each for each in world.slack.deliveries if done.id in json.dumps(each.body)]
    again = Payloads(world.slack.state, world.slack.base_url).event(first.body["event"])
    await world.slack.deliver("events_api", again)
    await world.quiet()
    assert ends(world, done) == ["functions.completeSuccess"]
    assert len(await world.services.visits.store.latest(TEAM, customer.id, 9)) == 1


async def test_without_a_runner_it_ends_with_what_to_do(world: World, lin: ActingPerson) -> None:
    """A run that never ended would hold up the workflow."""
    failed = await run(world, lin, "log_note", customer="x", note="y", runner={})
    assert failed.error == EN("steps.error_runner")
