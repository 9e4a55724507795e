"""Plays that nobody uses, as their owner and the approver meet them in Slack."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.domain.entry import OwnerRole
from bot.domain.review import MAX_REVIEWS
from bot.domain.revision import APP
from bot.domain.usage import Use
from bot.domain.user import Role
from bot.sandbox import ActingPerson, Message
from bot.storage import keys
from bot.views import reviews as review_views
from bot.views import revisions as views
from tests.handlers.cast import Cast
from tests.handlers.reading import has, press, prose
from tests.handlers.test_revisions import forgotten, give
from tests.world import TEAM, World

MONDAY, A_WEEK_ON = "2027-05-31T09:00:00+08:00", "2027-06-07T09:00:00+08:00"
"""Half a year after the plays were checked, and the Monday after that."""
NOTICE = "from 2027-06-07 the approvers will be asked to take it out"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def owners(world: World, cast: Cast) -> AsyncIterator[None]:
    """Reed stands for prices and Chen approves; afterwards nobody does, and nothing was used."""
    await give(cast, reed={Role.EDITOR}, chen={Role.APPROVER}, lin=set(), grace=set(), zhou=set())
    await world.services.reviews.set_owners(TEAM, OwnerRole.PRICING, (cast.id("reed"),), by="test")
    world.clock.set(MONDAY)
    yield
    await world.quiet()
    await give(cast, reed=set(), chen=set())
    await world.services.reviews.set_owners(TEAM, OwnerRole.PRICING, (), by="test")
    await world.services.revisions.store.records.redis.delete(keys.last_used(TEAM), keys.retirements(TEAM))
    await forgotten(world)


def requests(person: ActingPerson) -> list[Message]:
    return [each for each in person.dm_messages() if has(each, views.APPROVE)]


async def test_told_ended_by_a_click_or_a_use_and_else_put_to_the_approver(
    world: World, cast: Cast, reed: ActingPerson, chen: ActingPerson
) -> None:
    """Never retired by itself: what comes up in place of a row that was dealt with has its week as well."""
    message = await cast.nudge(reed)
    assert prose(message).count(NOTICE) == MAX_REVIEWS
    digest = await world.services.nudges.find(TEAM, reed.id, world.clock().date())
    assert digest is not None
    checked, *others, left = digest.review_ids[: MAX_REVIEWS + 1]
    await press(reed, message, review_views.VERIFY)
    await world.slack.wait_for(lambda: "One dealt with" in prose(reed.dm_messages()[0]))
    assert prose(reed.dm_messages()[0]).count(NOTICE) == MAX_REVIEWS
    await world.quiet()
    await world.services.feedback.count(await cast.actor(reed), Use.ASKED, others)
    world.clock.set(A_WEEK_ON)
    await world.running.sweep()
    request = await world.slack.wait_for(lambda: next(iter(requests(chen)), None))
    entry = world.services.playbook.shipped.entry(left)
    assert request.text == f"factormate 提交了一条话术变更（下架）：*{entry.title.zh}*"
    assert (await world.services.playbook.library(TEAM)).playbook.find(left) is not None
    await press(chen, request, views.APPROVE)
    await world.slack.wait_for(lambda: any("已通过" in prose(each) for each in chen.dm_messages()))
    await world.quiet()
    assert APP not in {each.args.get("channel") for each in world.slack.calls}, "no author to be told"
    assert (await world.services.playbook.library(TEAM)).playbook.find(left) is None
    assert (await world.services.playbook.library(TEAM)).playbook.find(checked) is not None
    assert requests(chen) == []
