"""The weekly review in the daily message: once a week, to who keeps the plays true, finished in place."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.domain.entry import OwnerRole
from bot.domain.notice import NoticeState
from bot.domain.review import MAX_REVIEWS, due_for_review
from bot.domain.user import Role
from bot.sandbox import ActingPerson, Message
from bot.views import entryform as forms
from bot.views import reviews as views
from bot.views import revisions as revision_views
from tests.handlers.cast import Cast
from tests.handlers.reading import elements, entered, has, press, prose
from tests.handlers.test_revisions import forgotten, give
from tests.world import TEAM, World

MONDAY = "2027-03-01T09:00:00+08:00"
TUESDAY = "2027-03-02T09:00:00+08:00"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def owners(world: World, cast: Cast) -> AsyncIterator[None]:
    """Reed stands for prices and Chen approves; three months after the plays were checked, all are due."""
    await give(cast, reed={Role.EDITOR}, chen={Role.APPROVER}, lin=set(), grace=set(), zhou=set())
    await world.services.reviews.set_owners(TEAM, OwnerRole.PRICING, (cast.id("reed"),), by="test")
    world.clock.set(MONDAY)
    yield
    await give(cast, reed=set(), chen=set())
    await world.services.reviews.set_owners(TEAM, OwnerRole.PRICING, (), by="test")
    await forgotten(world)


def rows(message: Message) -> int:
    return sum(each["action_id"].startswith(views.VERIFY) for each in elements(message))


async def test_the_owner_gets_what_is_due_as_part_of_the_days_message(
    world: World, cast: Cast, reed: ActingPerson, chen: ActingPerson
) -> None:
    """Without customers it is all there is; entries of other owners go to the approver."""
    message = await cast.nudge(reed)
    library = await world.services.playbook.library(TEAM)
    due = due_for_review(library.playbook, (await cast.actor(reed)).today(world.clock()))
    mine = [entry for entry in due if entry.owner is OwnerRole.PRICING]
    assert rows(message) == min(len(mine), MAX_REVIEWS)
    assert mine[0].title.en in prose(message)
    assert "Playbook review" in message.text
    digest = await world.services.nudges.find(TEAM, reed.id, world.clock().date())
    assert digest is not None
    assert digest.review_ids == tuple(entry.id for entry in mine)
    others = await cast.nudge(chen)
    assert "话术复核" in prose(others)
    assert mine[0].title.zh not in prose(others)


async def test_on_other_days_of_the_week_nobody_is_asked(world: World, cast: Cast, reed: ActingPerson) -> None:
    world.clock.set(TUESDAY)
    await world.services.nudges.join(TEAM, reed.id)
    await world.running.sweep()
    day = world.clock().date()

    async def state() -> NoticeState | None:
        digest = await world.services.nudges.find(TEAM, reed.id, day)
        return digest.state if digest else None

    while await state() not in (NoticeState.EMPTY, NoticeState.SENT):
        await world.slack.settled()
    assert await state() is NoticeState.EMPTY
    assert reed.dm_messages() == []


async def test_still_right_in_place(world: World, cast: Cast, reed: ActingPerson) -> None:
    """The row goes, the next one comes up, and the card says today."""
    message = await cast.nudge(reed)
    digest = await world.services.nudges.find(TEAM, reed.id, world.clock().date())
    assert digest is not None
    first = digest.review_ids[0]
    await press(reed, message, views.VERIFY)
    await world.slack.wait_for(lambda: "One dealt with" in prose(reed.dm_messages()[0]))
    entry = (await world.services.playbook.library(TEAM)).entry(first)
    assert entry.verified_on.isoformat() == "2027-03-01"
    assert len(reed.dm_messages()) == 1


async def test_a_click_sent_twice_counts_once(world: World, cast: Cast, reed: ActingPerson) -> None:
    message = await cast.nudge(reed)
    world.slack.deliver_twice("block_actions")
    await press(reed, message, views.VERIFY)
    await world.slack.wait_for(lambda: "One dealt with" in prose(reed.dm_messages()[0]))
    assert len(await world.services.revisions.store.own_entries(TEAM)) == 1


@pytest.mark.parametrize("action", [views.EDIT, views.RETIRE])
async def test_edit_and_retire_in_place(
    world: World, cast: Cast, reed: ActingPerson, chen: ActingPerson, action: str
) -> None:
    """They go to the approver; the row is dealt with as soon as they are sent."""
    await press(reed, await cast.nudge(reed), action)
    view = reed.views()[-1]
    if action == views.EDIT:
        values = entered(view, **{"title.en": "Quite another title", forms.WHY: "clearer"})
    else:
        values = entered(view, **{revision_views.REASON: "nobody says that any more"})
    result = await reed.submit(view, values)
    assert not result.errors
    await world.slack.wait_for(lambda: "One dealt with" in prose(reed.dm_messages()[0]))
    await world.slack.wait_for(lambda: [m for m in chen.dm_messages() if has(m, revision_views.APPROVE)])


async def test_a_forged_still_right_is_refused(world: World, cast: Cast, reed: ActingPerson) -> None:
    """The value of a button can name another's entry."""
    message = await cast.nudge(reed)
    button = next(each for each in elements(message) if each["action_id"].startswith(views.VERIFY))
    button["value"] = '{"e":"terms/recourse","d":"2027-03-01"}'
    assert (await world.services.playbook.library(TEAM)).entry("terms/recourse").owner is not OwnerRole.PRICING
    await press(reed, message, views.VERIFY)
    await world.slack.wait_for(lambda: [m for m in reed.dm_messages() if "Only approvers" in m.text])
    assert await world.services.revisions.store.own_entries(TEAM) == {}
