"""What happens before any listener: repeated deliveries are dropped, and everybody is known."""

from pathlib import Path

import pytest

from bot import surroundings
from bot.sandbox import ActingPerson
from bot.settings import Settings
from tests.fakes import FixedClock
from tests.handlers.cast import Cast
from tests.handlers.conftest import NOW
from tests.handlers.reading import prose
from tests.world import LIN, World, opened_world

QUESTION = "客户嫌费率高"


def answers(person: ActingPerson) -> list[str]:
    return [prose(each) for each in person.dm_messages() if each.is_bot]


@pytest.mark.parametrize("together", [False, True], ids=["after", "together"])
async def test_event_delivered_twice_is_handled_once(world: World, lin: ActingPerson, together: bool) -> None:
    """Slack repeats an event it thinks unanswered, under the same event_id."""
    world.slack.deliver_twice("event", together=together)
    await lin.dm(QUESTION)
    await world.slack.wait_for(lambda: len(world.slack.deliveries) >= 2 and answers(lin))
    await world.slack.settled()
    assert len(answers(lin)) == 1
    asked = [each for each in world.slack.deliveries if each.body["event"]["user"] == lin.id]
    assert [each.status for each in asked] == [200, 200]
    assert len({each.body["event_id"] for each in asked}) == 1


async def test_event_that_failed_is_handled_when_it_comes_again(world: World, lin: ActingPerson) -> None:
    """Only what was handled is remembered."""
    world.slack.faults.add("chat.postMessage", "error", error="internal_error")
    world.slack.deliver_twice("event")
    await lin.dm(QUESTION)
    await world.slack.wait_for(lambda: any("这样说" in each for each in answers(lin)))


async def test_same_question_twice_is_answered_twice(world: World, lin: ActingPerson) -> None:
    """Two messages are two questions, even in the same words."""
    await lin.dm(QUESTION)
    await lin.dm(QUESTION)
    await world.slack.wait_for(lambda: len(answers(lin)) == 2)


async def test_claims_expire(world: World, lin: ActingPerson) -> None:
    """What is remembered of deliveries is forgotten in time: every such key has an end."""
    await lin.dm(QUESTION)
    await world.slack.wait_for(lambda: answers(lin))
    await world.slack.settled()
    redis = world.services.workspaces.store.redis
    seen = [key async for key in redis.scan_iter(match="*seen*")]
    assert seen
    endless = -1
    assert endless not in [await redis.ttl(key) for key in seen]


async def test_slow_users_info_does_not_hold_up_the_answer(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """Who is asking is looked up for a second and a half at most; the answer comes within Slack's three. Whoever has a
    role is known to be of the company."""
    await cast.staff()
    world.slack.faults.add("users.info", "timeout")
    assert await lin.command("/objection", QUESTION, east) == 200
    assert "*Say*" in prose(lin.messages(east)[-1])


async def test_profile_is_asked_for_once(world: World, lin: ActingPerson, east: str) -> None:
    """Slack's word on a person is kept for an hour."""
    for _ in range(3):
        await lin.command("/objection", QUESTION, east)
    asked = [each for each in world.slack.calls if each.method == "users.info" and each.args.get("user") == lin.id]
    assert len(asked) <= 1


async def test_other_settings_of_bolt_in_the_environment_change_nothing(
    store_url: str, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a client id and secret around Bolt would ignore our token; the program forgets them first."""
    settings = Settings(_env_file=None)
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SCOPES", "SLACK_VERIFICATION_TOKEN"):
        monkeypatch.setenv(name, "from-somewhere")
    surroundings.forget_environment(settings)
    async with opened_world(store_url, models_dir, FixedClock(NOW)) as world:
        lin = world.slack.person(LIN)
        await lin.dm(QUESTION)
        await world.slack.wait_for(lambda: any("这样说" in each for each in answers(lin)))
        assert {each.token for each in world.slack.calls if each.token} == {"xoxb-test-token"}
