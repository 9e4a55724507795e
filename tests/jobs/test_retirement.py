"""Plays that nobody uses: told in a message that was really sent, and a week later the approvers are asked once."""

import asyncio
from datetime import date

import pytest

from bot import approvals
from bot.domain.notice import NoticeState
from bot.domain.review import MAX_REVIEWS
from bot.domain.user import Role
from bot.sandbox import Message
from bot.views import revisions as views
from tests.jobs.office import Office, until
from tests.servers import free_ports
from tests.world import GRACE, LIN, TEAM, ZHOU

MONDAY = date(2027, 5, 31)
AT_NINE, A_WEEK_ON = "2027-05-31T09:00:00+08:00", "2027-06-07T09:00:00+08:00"
FEE = "cost/fee-too-high"


@pytest.fixture
async def quiet(office: Office) -> Office:
    """Half a year went by without customers and questions. Zhou and Grace approve; Lin and Chen have left."""
    await office.services.members.set_roles(TEAM, LIN, frozenset(), None, by="test")
    for user_id in (ZHOU, GRACE):
        await office.services.members.set_roles(TEAM, user_id, frozenset({Role.APPROVER}), None, by="test")
    office.clock.set(AT_NINE)
    return office


@pytest.fixture
async def due(quiet: Office) -> Office:
    """The approvers, whose languages are known, are to be asked about one play."""
    for user_id in (ZHOU, GRACE):
        await quiet.services.members.actor(TEAM, user_id)
    await quiet.services.retirements.name(TEAM, {FEE: date(2027, 6, 7)})
    quiet.clock.set(A_WEEK_ON)
    return quiet


async def named(office: Office) -> dict[str, date]:
    return dict(await office.services.retirements.store.named(TEAM))


async def ask(office: Office) -> None:
    """What a sweep and its jobs do about it."""
    client = await office.worker().client_for(TEAM)
    for revision_id in await office.services.retirements.propose(TEAM):
        await approvals.ask_all(revision_id, client, TEAM, office.services)


def requests(office: Office, user_id: str) -> list[Message]:
    found = office.slack.person(user_id).dm_messages()
    return [each for each in found if views.APPROVE in str(each.blocks)]


async def is_settled(office: Office) -> bool:
    return FEE not in await named(office)


@pytest.mark.parametrize("kind", [None, "drop_before", "drop"], ids=["answered", "not posted", "posted, no answer"])
async def test_a_notice_counts_once_its_message_is_there(quiet: Office, kind: str | None) -> None:
    """For the plays that it shows, not for those further down the list."""
    await quiet.plan()
    if kind is not None:
        quiet.slack.faults.add("chat.postMessage", kind)  # type: ignore[arg-type]
        assert (await quiet.deliver(ZHOU, MONDAY)).state is NoticeState.POSTING
        assert await named(quiet) == {}
        await quiet.settle(ZHOU, MONDAY)
    digest = await quiet.deliver(ZHOU, MONDAY)
    assert digest.state is NoticeState.SENT
    assert await named(quiet) == digest.retirements == dict.fromkeys(digest.review_ids[:MAX_REVIEWS], date(2027, 6, 7))
    (message,) = quiet.digests(ZHOU)
    assert str(message.blocks).count("2027-06-07 起会提请审批人下架") == MAX_REVIEWS


async def test_what_slack_refused_was_not_told(quiet: Office) -> None:
    quiet.slack.faults.add("chat.postMessage", "error", error="user_disabled")
    await quiet.plan()
    assert (await quiet.deliver(ZHOU, MONDAY)).state is NoticeState.FAILED
    assert await named(quiet) == {}


async def test_a_week_later_each_approver_is_asked_once_in_their_own_language(due: Office) -> None:
    """Whatever processes there are; the author is the app, not a person."""
    async with due.engine() as one, due.engine() as two:
        await asyncio.gather(one(), two(), one(), two())
        await due.slack.wait_for(lambda: requests(due, ZHOU) and requests(due, GRACE), timeout=15)
        await until(lambda: is_settled(due))
        await asyncio.gather(one(), two())
    (chinese,), (english,) = requests(due, ZHOU), requests(due, GRACE)
    assert chinese.text == "factormate 提交了一条话术变更（下架）：*费用太高*"
    assert english.text == "factormate suggests taking it out of the playbook: *The fee is too high*"
    assert "180 天没人用过，也没人复核（上次核对 2026-11-24）" in str(chinese.blocks)
    assert "Nobody has used it for 180 days" in str(english.blocks)


@pytest.mark.parametrize(
    ("kind", "posts", "arrived"),
    [("ratelimited", 3, 1), ("drop", 2, 1), ("error", 2, 0)],
    ids=["not now", "no answer", "refused for good"],
)
async def test_slack_on_a_bad_day(due: Office, kind: str, posts: int, arrived: int) -> None:
    """Who was certainly not reached, and may be, is asked with the next sweep; nobody is written to twice."""
    due.slack.faults.add("chat.postMessage", kind, error="user_disabled")  # type: ignore[arg-type]
    for _ in range(3):
        await ask(due)
    first, second = await due.services.revisions.approver_ids(TEAM, "factormate")
    assert (len(requests(due, first)), len(requests(due, second)), len(due.posts)) == (arrived, 1, posts)
    assert await named(due) == {}


async def test_slack_cannot_be_reached(due: Office) -> None:
    reachable = due.slack.base_url
    (port,) = free_ports(1)
    due.slack.base_url = f"http://127.0.0.1:{port}"
    await ask(due)
    due.slack.base_url = reachable
    assert await named(due) == {FEE: date(2027, 6, 7)}
    await ask(due)
    assert (len(requests(due, ZHOU)), await named(due)) == (1, {})


async def test_decided_before_anybody_was_asked(due: Office) -> None:
    """An approver found it on Home."""
    (revision_id,) = await due.services.retirements.propose(TEAM)
    actor = await due.services.members.actor(TEAM, ZHOU)
    await due.services.revisions.approve(actor, revision_id)
    await ask(due)
    assert (due.posts, await named(due)) == ([], {})
