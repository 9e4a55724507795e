"""From a question without an answer to everybody who asked being told of one."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest_asyncio

from bot.calendars import WorkCalendar
from bot.domain.gap import GapRow, GapState
from bot.domain.question import Question, Reason
from bot.domain.user import Role
from bot.sandbox import ActingPerson, Message, View
from bot.storage import keys
from bot.views import entryform as form_views
from bot.views import gaps as views
from bot.views import library as library_views
from bot.views import playbook as playbook_views
from bot.views import revisions as revision_views
from tests.handlers.cast import Cast
from tests.handlers.reading import Json, element, entered, field, has, labels, press, prose, shown
from tests.handlers.test_home import home
from tests.world import TEAM, World

BITCOIN, ALIKE, WIFI = "能用比特币付货款吗", "可以用比特币付货款吗", "what is the wifi password"
PAY = "terms/account-control"
SIGNAL = {"zh": "客户提到比特币", "en": "They bring up bitcoin"}


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def no_gaps(world: World, cast: Cast) -> AsyncIterator[None]:
    """What other tests asked in vain is gone, their editors too, and Zhou edits the playbook; all is as shipped again
    in the end."""
    await world.quiet()
    redis = world.services.gaps.gaps.records.redis
    await redis.delete(keys.gaps(TEAM), keys.ungrouped(TEAM))
    await no_editors(world)
    roles = frozenset({Role.EDITOR, Role.APPROVER})
    await world.services.members.set_roles(TEAM, cast.id("zhou"), roles, None, by="test")
    yield
    await world.quiet()
    await no_editors(world)
    own = await world.services.playbook.revisions.own_entries(TEAM)
    await redis.delete(keys.own_entries(TEAM), keys.own_entries_version(TEAM))
    for entry_id in own:
        await redis.delete(keys.own_entry(TEAM, entry_id))
    world.services.playbook.forget(TEAM)


async def no_editors(world: World) -> None:
    """Nor admins, not even a last one: at the store itself nobody minds."""
    members = world.services.members
    for each in await members.all(TEAM):
        if each.roles & {Role.EDITOR, Role.APPROVER, Role.ADMIN}:
            await members.store.change(TEAM, each.user_id, lambda found: found.given(frozenset(), None))


async def ask(world: World, person: ActingPerson, channel: str, line: str = BITCOIN) -> Message:
    """The answer, once what follows from the question has happened."""
    await person.command("/objection", line, channel)
    message = person.messages(channel)[-1]
    await world.quiet()
    return message


async def waiting(world: World) -> list[GapRow]:
    gaps = world.services.gaps
    await gaps.group(TEAM)
    found = [gap for gap in await gaps.gaps.latest(TEAM, 99) if gap.state in (GapState.OPEN, GapState.WAITING)]
    return [GapRow(gap, await gaps.questions.all(TEAM, gap.question_ids)) for gap in found]


async def the_question(world: World) -> Question:
    ((question,),) = [row.questions for row in await waiting(world)]
    return question


def said(person: ActingPerson, pattern: str) -> Message | None:
    return next(
        (each for each in person.dm_messages() if each.is_bot and re.search(pattern, each.text + prose(each))), None
    )


async def answer_it(world: World, zhou: ActingPerson, surface: View | Message, entry_id: str = PAY) -> None:
    await press(zhou, surface, views.ANSWER)
    form = zhou.views()[-1]
    assert (await zhou.submit(form, entered(form, entry=entry_id))).closed


async def test_a_gap_is_answered_and_those_who_asked_are_told(
    world: World, lin: ActingPerson, chen: ActingPerson, grace: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Two ask alike; one click on Home makes the question an example, live at once; each is told once, in private."""
    for person, line in ((lin, BITCOIN), (chen, ALIKE), (lin, BITCOIN)):
        await ask(world, person, east, line)
    view = await home(world, zhou)
    told = prose(view)
    assert "话术缺口" in told
    assert "*3 次* · 没有话术" in told
    assert BITCOIN in told
    assert ALIKE in told
    await answer_it(world, zhou, view)
    await world.slack.wait_for(lambda: said(zhou, "已加进.*的例句"))
    for person, line in ((lin, BITCOIN), (chen, ALIKE)):
        await world.quiet()
        message = said(person, "现在有话术了")
        assert message is not None
        assert line in prose(message)
        assert message.pings == ()
        await press(person, message, playbook_views.PICK)
        await world.quiet()
        assert has(message, playbook_views.MORE)
    await world.quiet()
    assert len([each for each in lin.dm_messages() if each.is_bot]) == 1
    assert await waiting(world) == []
    assert "目前没有缺口" in prose(await home(world, zhou))
    await grace.command("/objection", BITCOIN, east)
    assert world.objection(PAY).title.zh in prose(grace.messages(east)[-1])


async def test_an_editors_answer_goes_to_the_approver(
    world: World, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Who asked is told once it is approved, not before."""
    for person, role in ((zhou, Role.EDITOR), (chen, Role.APPROVER)):
        await world.services.members.set_roles(TEAM, person.id, frozenset({role}), None, by="test")
    await ask(world, lin, east)
    await answer_it(world, zhou, await home(world, zhou))
    request = await world.slack.wait_for(lambda: next((m for m in chen.dm_messages() if m.is_bot), None))
    await world.quiet()
    assert BITCOIN in shown(request)
    assert said(zhou, "已提交给审批人")
    assert said(lin, "现在有话术了") is None
    assert "已提交，等审批" in prose(await home(world, zhou))
    await press(chen, request, revision_views.APPROVE)
    await world.quiet()
    assert said(lin, "现在有话术了")
    assert said(zhou, "现在已经生效")
    assert await waiting(world) == []


# a new entry


async def written(zhou: ActingPerson, surface: View | Message) -> View:
    """The form of a new signal, opened from a gap's window."""
    await press(zhou, surface, views.ANSWER)
    await press(zhou, zhou.views()[-1], views.NEW_ENTRY)
    form = zhou.views()[-1]
    await zhou.press(form, form_views.CATEGORY, selected="signal/wording", state=entered(form, why="老有人问"))
    return zhou.views()[-1]


def filled(form: View) -> dict[str, dict[str, Json]]:
    words = ("observation", "hypothesis", "check", "approach", "do_not_conclude", "title")
    said = {f"{name}.zh": "客户提到比特币" for name in words} | {
        f"{name}.en": "They bring up bitcoin" for name in words
    }
    said |= {"follow_up.zh": "2wd account_manager: 问清楚", "follow_up.en": "Find out why"}
    return entered(form, **said, owner="legal", related=[PAY], why="老有人问")


async def test_a_new_entry_answers_the_gap(
    world: World, lin: ActingPerson, grace: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """From the same window; the questions are its examples by language, and those who asked are told once another
    approves it, however often the form was sent."""
    await world.services.members.set_roles(TEAM, chen.id, frozenset({Role.APPROVER}), None, by="test")
    await ask(world, lin, east, f"13912345678，{BITCOIN}")
    form = await written(zhou, await home(world, zhou))
    assert len(zhou.views()) == 1
    assert field(form, "examples.zh")["initial_value"] == f"•••，{BITCOIN}"
    world.slack.deliver_twice("view_submission", together=True)
    result = await zhou.submit(form, filled(form))
    assert not result.errors
    request = await world.slack.wait_for(lambda: next((m for m in chen.dm_messages() if m.is_bot), None))
    await world.quiet()
    assert len(chen.dm_messages()) == 1
    assert BITCOIN in shown(request)
    assert "已提交，等审批" in prose(zhou.home() or request)
    assert [each for each in zhou.dm_messages() if has(each, revision_views.APPROVE)] == []
    assert said(lin, "现在有话术了") is None
    await press(chen, request, revision_views.APPROVE)
    await world.quiet()
    told = said(lin, "现在有话术了")
    assert told is not None
    assert "客户提到比特币" in prose(told)
    assert await waiting(world) == []
    await grace.command("/playbook", BITCOIN, east)
    assert "客户提到比特币" in prose(grace.messages(east)[-1])


async def test_a_new_entry_sent_back_opens_the_gap_and_taken_up_again_answers_it(
    world: World, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    await world.services.members.set_roles(TEAM, chen.id, frozenset({Role.APPROVER}), None, by="test")
    await ask(world, lin, east)
    form = await written(zhou, await home(world, zhou))
    await zhou.submit(form, filled(form))
    request = await world.slack.wait_for(lambda: next((m for m in chen.dm_messages() if m.is_bot), None))
    await press(chen, request, revision_views.SEND_BACK)
    asked = chen.views()[-1]
    await chen.submit(asked, entered(asked, reason="说得不清楚"))
    await world.quiet()
    assert [row.gap.state for row in await waiting(world)] == [GapState.OPEN]
    news = next(m for m in zhou.dm_messages() if has(m, revision_views.AGAIN))
    await press(zhou, news, revision_views.AGAIN)
    form = zhou.views()[-1]
    assert not (await zhou.submit(form, filled(form))).errors
    await world.quiet()
    assert [row.gap.state for row in await waiting(world)] == [GapState.WAITING]
    await press(chen, [m for m in chen.dm_messages() if has(m, revision_views.APPROVE)][-1], revision_views.APPROVE)
    await world.quiet()
    assert said(lin, "现在有话术了")
    assert await waiting(world) == []


async def test_a_form_sent_twice_answers_once(world: World, lin: ActingPerson, zhou: ActingPerson, east: str) -> None:
    """A double click on the button."""
    await ask(world, lin, east, "食堂中午几点开饭")
    await press(zhou, await home(world, zhou), views.ANSWER)
    form = zhou.views()[-1]
    values = entered(form, entry="service/slow-approval")
    world.slack.deliver_twice("view_submission", together=True)
    await zhou.submit(form, values)
    await world.slack.wait_for(lambda: said(lin, "现在有话术了"))
    await world.quiet()
    assert len([each for each in lin.dm_messages() if each.is_bot]) == 1


async def test_a_gap_closed_by_somebody_else_says_so(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """At the field, so that the form stays."""
    await ask(world, lin, east, "打印机卡纸了怎么办")
    await press(zhou, await home(world, zhou), views.ANSWER)
    form = zhou.views()[-1]
    await press(zhou, zhou.home() or form, views.DISMISS, selected=field_value(zhou, "|covered|"))
    result = await zhou.submit(form, entered(form, entry=PAY))
    assert "已经有人处理" in result.errors[views.ENTRY]


def field_value(zhou: ActingPerson, why: str) -> str:
    view = zhou.home()
    assert view is not None
    return str(next(each["value"] for each in element(view, views.DISMISS)["options"] if why in each["value"]))


async def test_a_gap_is_dismissed_with_its_reason(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    await ask(world, lin, east, WIFI)
    await press(zhou, await home(world, zhou), views.DISMISS, selected=field_value(zhou, "|out_of_scope|"))
    await world.slack.wait_for(lambda: zhou.home() and "目前没有缺口" in prose(zhou.home()))  # type: ignore[arg-type]
    assert await waiting(world) == []


async def test_a_gap_gets_an_owner_and_a_day(
    world: World, lin: ActingPerson, zhou: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Oneself in a week, unless another is picked."""
    await ask(world, lin, east)
    await press(zhou, await home(world, zhou), views.ASSIGN)
    (form,) = zhou.views()
    assert field(form, views.OWNER)["initial_user"] == zhou.id
    assert field(form, views.DUE)["initial_date"] == "2026-12-01"
    await zhou.submit(form, entered(form, owner=chen.id, due="2026-12-03"))
    await world.slack.wait_for(lambda: zhou.home() and f"由 <@{chen.id}> 处理，12月3日" in prose(zhou.home()))  # type: ignore[arg-type]


async def test_only_editors_see_gaps(world: World, lin: ActingPerson, reed: ActingPerson, east: str) -> None:
    await ask(world, lin, east)
    for person in (lin, reed):
        view = await home(world, person)
        assert "话术缺口" not in prose(view)
        assert not has(view, views.ANSWER)


async def test_once_a_week_gaps_come_with_the_days_message(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """On the day of the reviews, to editors; closed in place."""
    await ask(world, lin, east)
    world.clock.set("2026-11-30T09:00:00+08:00")
    message = await cast.nudge(zhou)
    assert "话术缺口" in message.text
    assert BITCOIN in prose(message)
    chosen = next(each["value"] for each in element(message, views.DISMISS)["options"] if "unclear" in each["value"])
    await press(zhou, message, views.DISMISS, selected=chosen)
    await world.quiet()
    assert "目前没有缺口" in prose(message)
    assert not has(message, views.ANSWER)


async def test_on_other_days_gaps_do_not_make_a_message(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    await ask(world, lin, east)
    actor = await cast.actor(zhou)
    gaps, is_work = world.services.gaps, WorkCalendar()
    assert await gaps.of_week(actor, date(2026, 12, 1), is_work) is None
    assert await gaps.of_week(actor, date(2026, 11, 30), is_work)
    assert await gaps.of_week(await cast.actor(lin), date(2026, 11, 30), is_work) is None


# what counts as a gap


async def test_a_play_opened_by_hand_is_remembered(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """From the menu under a “none”: the form of the gap then suggests it."""
    message = await ask(world, lin, east)
    await press(lin, message, library_views.BROWSE, selected="terms/recourse")
    await world.quiet()
    question = await the_question(world)
    assert (question.reason, question.found_id) == (Reason.BROWSED, "terms/recourse")
    await press(zhou, await home(world, zhou), views.ANSWER)
    assert field(zhou.views()[-1], views.ENTRY)["initial_option"]["value"] == "terms/recourse"


async def test_asking_again_in_other_words_is_a_gap(world: World, lin: ActingPerson, east: str) -> None:
    """Within two minutes: the first wording, with where the second led."""
    await ask(world, lin, east, "客户嫌费率高，能不能便宜点")
    await ask(world, lin, east, "客户嫌费率太高了，要便宜点")
    question = await the_question(world)
    assert (question.text, question.reason) == ("客户嫌费率高，能不能便宜点", Reason.REPHRASED)
    assert question.found_id is not None


async def test_two_different_questions_are_no_gap(world: World, lin: ActingPerson, east: str) -> None:
    await ask(world, lin, east, "客户嫌费率高")
    await ask(world, lin, east, "不想让买方知道")
    assert await waiting(world) == []


async def test_customers_and_numbers_are_hidden_from_editors(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    await cast.customer(lin, "栎川机械")
    await ask(world, lin, east, f"问了栎川机械的13912345678，{BITCOIN}")
    told = shown(await home(world, zhou))
    assert f"问了•••的•••，{BITCOIN}" in told
    assert "栎川" not in told


# asking somebody


async def test_the_owner_is_asked_and_the_reply_comes_back(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """One message to one person, however often it is pressed; the reply by DM; then it is for the playbook."""
    message = await ask(world, lin, east)
    assert labels(message)[-1] == "请人来答"
    for _ in range(2):
        await press(lin, message, views.ASK)
    await world.slack.wait_for(lambda: any(f"<@{zhou.id}>" in each.text for each in lin.messages(east)))
    asked = await world.slack.wait_for(lambda: said(zhou, "答不上来"))
    assert BITCOIN in prose(asked)
    assert len([each for each in zhou.dm_messages() if each.is_bot]) == 1
    await press(zhou, asked, views.REPLY)
    (form,) = zhou.views()
    await zhou.submit(form, entered(form, text="不收，\n只收人民币 <!channel>"))
    replied = await world.slack.wait_for(lambda: said(lin, "的回复"))
    assert set(replied.pings) <= {zhou.id}
    assert "不收，\n>只收人民币 &lt;!channel&gt;" in prose(replied)
    offered = await world.slack.wait_for(lambda: said(zhou, "补进话术"))
    await answer_it(world, zhou, offered)
    assert await waiting(world) == []


async def test_nobody_to_ask(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """The question is kept all the same."""
    await world.services.members.set_roles(TEAM, cast.id("zhou"), frozenset(), None, by="test")
    message = await ask(world, lin, east)
    await press(lin, message, views.ASK)
    await world.slack.wait_for(lambda: any("没人可以转给" in each.text for each in lin.messages(east)))


async def test_a_message_that_did_not_get_through_can_be_sent_again(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    message = await ask(world, lin, east)
    world.slack.faults.add("chat.postMessage", "error", error="channel_not_found")
    await press(lin, message, views.ASK)
    await world.slack.wait_for(lambda: any("编号" in each.text for each in lin.messages(east)))
    assert said(zhou, "答不上来") is None
    await press(lin, message, views.ASK)
    await world.slack.wait_for(lambda: said(zhou, "答不上来"))


async def test_an_empty_reply_stays_in_its_form(world: World, lin: ActingPerson, zhou: ActingPerson, east: str) -> None:
    message = await ask(world, lin, east)
    await press(lin, message, views.ASK)
    await press(zhou, await world.slack.wait_for(lambda: said(zhou, "答不上来")), views.REPLY)
    (form,) = zhou.views()
    assert (await zhou.submit(form, entered(form, text=" \n "))).errors
