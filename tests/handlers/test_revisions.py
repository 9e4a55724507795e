"""Changing the playbook in Slack: suggested by one person, approved by another, in force for all."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from bot.domain.user import Role
from bot.sandbox import ActingPerson, Message, View
from bot.views import entryform as forms
from bot.views import entrywindow
from bot.views import playbook as playbook_views
from bot.views import revisions as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, field, fields, has, labels, press, prose, shown
from tests.world import TEAM, World

HIDDEN = "cost/hidden-fees"
SAY = "say.zh"
ASKED = "客户怕有隐藏费用"
NEW_SAY = "所有费用写在一张表里，表外的一分不收。"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def editorial(world: World, cast: Cast) -> AsyncIterator[None]:
    """Zhou approves and Chen edits; afterwards the workspace has neither roles nor entries of its own."""
    await give(cast, zhou={Role.APPROVER}, chen={Role.ACCOUNT_MANAGER, Role.EDITOR})
    yield
    store = world.services.members.store  # where nobody minds that the last admin goes
    for name in ("zhou", "chen", "grace", "lin"):
        await store.change(TEAM, cast.id(name), lambda found: found.given(frozenset(), None))
    await forgotten(world)


async def forgotten(world: World) -> None:
    """The workspace has changed nothing."""
    redis = world.services.revisions.store.records.redis
    for kind in ("own-entr*", "revision*"):
        async for key in redis.scan_iter(f"factormate:{{{TEAM}}}:{kind}"):
            await redis.delete(key)
    world.services.playbook.forget(TEAM)


async def give(cast: Cast, **roles: set[Role]) -> None:
    for name, each in roles.items():
        await cast.world.services.members.set_roles(TEAM, cast.id(name), frozenset(each), None, by="test")


async def card(person: ActingPerson, channel: str, line: str = ASKED) -> Message:
    await person.command("/objection", line, channel)
    return person.messages(channel)[-1]


async def form_of(person: ActingPerson, channel: str) -> View:
    """The form, from the card's menu."""
    answer = await card(person, channel)
    menu = element(answer, playbook_views.MENU)
    chosen = next(each for each in menu["options"] if each["value"] == f"{playbook_views.EDIT}:{HIDDEN}")
    await person.press(answer, menu["action_id"], selected=chosen)
    return person.views()[-1]


async def suggested(
    world: World, person: ActingPerson, approver: ActingPerson, channel: str, **changes: Any
) -> Message:
    """A suggestion that has reached the approver; `changes` by input."""
    view = await form_of(person, channel)
    known = len(approver.dm_messages())
    result = await person.submit(view, typed(view, **changes or {SAY: NEW_SAY}))
    assert not result.errors
    return await world.slack.wait_for(lambda: next(iter(approver.dm_messages()[known:]), None))


def typed(view: View, why: str = "客户反复问", **changes: Any) -> dict[str, Any]:
    return entered(view, **{forms.WHY: why, **changes})


async def test_the_form_holds_the_entry_in_both_languages(world: World, lin: ActingPerson, east: str) -> None:
    """With what an item carries before its Chinese words; the many examples are left alone and only added to."""
    entry, view = world.objection(HIDDEN), await form_of(lin, east)
    assert view.title == "修改话术"
    assert field(view, "say.zh")["initial_value"] == entry.say.zh
    assert field(view, "say.en")["initial_value"] == entry.say.en
    assert field(view, "steps.zh")["initial_value"].startswith(f"{entry.steps[0].technique}: {entry.steps[0].zh}\n")
    assert field(view, "steps.en")["initial_value"].startswith(f"{entry.steps[0].en}\n")
    assert field(view, "never.zh")["initial_value"].startswith(f"{entry.never[0].rule}: ")
    assert {each["value"] for each in field(view, "related")["initial_options"]} == set(entry.related)
    assert "more_examples.zh" in fields(view)
    assert "examples.zh" not in fields(view)


async def test_suggested_approved_and_live_for_all(
    world: World, lin: ActingPerson, grace: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """The approver sees old, new and why; afterwards everybody gets the new words, and the author is told."""
    request = await suggested(world, lin, zhou, east)
    old = world.objection(HIDDEN).say.zh
    assert f"原来：{old}" in prose(request)
    assert f"现在：{NEW_SAY}" in prose(request)
    assert "客户反复问" in prose(request)
    assert world.objection(HIDDEN).say.en not in prose(request)
    assert "已提交给" in shown(lin.views()[-1])
    assert old in prose(await card(grace, east))
    await press(zhou, request, views.APPROVE)
    news = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if "已经生效" in m.text), None))
    assert f"<@{zhou.id}>" in news.text
    settled = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if "已通过" in prose(m)), None))
    assert labels(settled) == []
    assert NEW_SAY in prose(await card(grace, east))
    library = await world.services.playbook.library(TEAM)
    assert library.entry(HIDDEN).verified_on.isoformat() == "2026-11-24"


async def test_nobody_approves_a_change_of_his_own(world: World, zhou: ActingPerson, cast: Cast, east: str) -> None:
    """An approver's own suggestion goes to the admins when there is no second approver."""
    grace = cast.person("grace")
    await give(cast, grace={Role.ADMIN})
    request = await suggested(world, zhou, grace, east)
    revision_id = element(request, views.APPROVE)["value"]
    own = await world.services.revisions.get(await cast.actor(zhou), revision_id)
    assert own.author_id == zhou.id
    assert [m for m in zhou.dm_messages() if has(m, views.APPROVE)] == []
    await press(grace, request, views.APPROVE)
    await world.slack.wait_for(lambda: [m for m in zhou.dm_messages() if "已经生效" in m.text])


async def test_a_forged_click_of_the_author_is_refused(
    world: World, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, cast: Cast, east: str
) -> None:
    """The button's value can be copied; who may approve is looked up."""
    request = await suggested(world, lin, zhou, east)
    revision_id = element(request, views.APPROVE)["value"]
    other = await suggested(world, chen, zhou, east, **{"reply.zh": "一句话说清。"})
    await give(cast, zhou=set(), chen={Role.APPROVER})
    element(other, views.APPROVE)["value"] = revision_id
    await press(zhou, other, views.APPROVE)
    await world.slack.wait_for(lambda: [m for m in zhou.dm_messages() if m.text == "话术的修改由审批人决定。"])
    assert (await world.services.revisions.get(await cast.actor(zhou), revision_id)).is_pending


async def test_sent_back_with_a_reason_and_taken_up_again(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """The author reads why, and finds the words as they were typed."""
    request = await suggested(world, lin, zhou, east)
    await press(zhou, request, views.SEND_BACK)
    (asked,) = zhou.views()
    result = await zhou.submit(asked, entered(asked, **{views.REASON: "说得太满"}))
    assert result.closed
    news = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if has(m, views.AGAIN)), None))
    assert "说得太满" in news.text
    settled = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if "已退回" in prose(m)), None))
    assert labels(settled) == []
    await press(lin, news, views.AGAIN)
    view = lin.views()[-1]
    assert field(view, SAY)["initial_value"] == NEW_SAY
    result = await lin.submit(view, typed(view, **{SAY: "费用都写在表里。"}))
    assert not result.errors
    again = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if has(m, views.APPROVE)), None))
    assert "费用都写在表里" in prose(again)


async def test_the_second_to_decide_is_told_kindly(
    world: World, lin: ActingPerson, zhou: ActingPerson, cast: Cast, east: str
) -> None:
    """Whether it is another approver or a second click: nothing happens twice, and the request shows how it ended."""
    grace = cast.person("grace")
    await give(cast, grace={Role.APPROVER})
    request = await suggested(world, lin, zhou, east)
    other = await world.slack.wait_for(lambda: next((m for m in grace.dm_messages() if has(m, views.APPROVE)), None))
    assert "suggests a change" in other.text
    await press(zhou, request, views.APPROVE)
    await press(grace, other, views.SEND_BACK)
    assert grace.views() == []
    await world.slack.wait_for(lambda: [m for m in grace.dm_messages() if "decided already" in m.text])
    await world.slack.wait_for(lambda: [m for m in grace.dm_messages() if "Approved by" in prose(m)])
    await world.slack.wait_for(lambda: [m for m in lin.dm_messages() if "已经生效" in m.text])
    assert len(lin.dm_messages()) == 1


async def test_a_click_and_a_form_sent_twice_count_once(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Slack and networks repeat themselves."""
    view = await form_of(lin, east)
    world.slack.deliver_twice("view_submission", together=True)
    await lin.submit(view, typed(view, **{SAY: NEW_SAY}))
    request = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if has(m, views.APPROVE)), None))
    await world.slack.settled()
    assert len(zhou.dm_messages()) == 1
    assert len(await world.services.revisions.pending(TEAM)) == 1
    world.slack.deliver_twice("block_actions")
    await press(zhou, request, views.APPROVE)
    await world.slack.wait_for(lambda: [m for m in lin.dm_messages() if "已经生效" in m.text])
    assert len([m for m in lin.dm_messages() if "已经生效" in m.text]) == 1


async def test_faults_are_told_at_their_fields_and_nothing_is_lost(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Line counts, marks and lengths; the form stays as typed and nobody is asked to approve."""
    view = await form_of(lin, east)
    wrong = {"steps.zh": "R: 只有一步", "never.zh": "没写红线", "never.en": "no mark"}
    result = await lin.submit(view, typed(view, **wrong))
    assert set(result.errors) == {"steps.en", "never.zh"}
    assert "中文有 1 行" in result.errors["steps.en"]
    assert "RL-03" in result.errors["never.zh"]
    assert lin.views()[-1] is view
    result = await lin.submit(view, typed(view, **{"never.zh": "RL-99: 没有这条", "never.en": "no such line"}))
    assert result.errors
    assert await world.services.revisions.pending(TEAM) == []


async def test_a_red_line_is_not_crossed(world: World, lin: ActingPerson, east: str) -> None:
    """The form says which words, which line, and what to say instead."""
    view = await form_of(lin, east)
    result = await lin.submit(view, typed(view, **{SAY: "您放心，包过，一定能批下来。"}))
    assert set(result.errors) == {SAY}
    assert "RL-01" in result.errors[SAY]


async def test_what_is_worth_a_second_look_stops_nothing(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Author and approver both see it."""
    request = await suggested(world, lin, zhou, east, **{SAY: "费用都写在这张表里,表外的一分不收。"})
    for surface in (lin.views()[-1], request):
        assert "这样说（中文）: 中文里夹着英文标点" in prose(surface)


async def test_an_example_of_another_play_is_refused(world: World, lin: ActingPerson, east: str) -> None:
    """The matcher would learn that both are right."""
    other = world.objection("cost/fee-too-high").examples.zh[0]
    view = await form_of(lin, east)
    result = await lin.submit(view, typed(view, **{"more_examples.zh": other}))
    assert "cost/fee-too-high" in result.errors["more_examples.zh"]


async def test_a_form_sent_unchanged_says_so(lin: ActingPerson, east: str) -> None:
    view = await form_of(lin, east)
    result = await lin.submit(view, typed(view))
    assert result.errors == {forms.WHY: "还没有改动任何内容。"}


async def test_an_edit_on_an_older_version_is_not_taken(
    world: World, lin: ActingPerson, grace: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Else it would silently undo what was approved meanwhile."""
    late = await form_of(grace, east)
    await press(zhou, await suggested(world, lin, zhou, east), views.APPROVE)
    result = await grace.submit(late, typed(late, **{"worry.zh": "怕被坑。"}))
    assert "changed since" in next(iter(result.errors.values()))


async def test_examples_are_added(world: World, lin: ActingPerson, zhou: ActingPerson, east: str) -> None:
    """The approver sees the new lines only; the question is answered as soon as it is approved."""
    line = "您家那些弯弯绕绕的小钱儿能不能一次说明白"
    request = await suggested(world, lin, zhou, east, **{"more_examples.zh": line})
    assert prose(request).count("现在：") == 1
    await press(zhou, request, views.APPROVE)
    entry = (await world.services.playbook.library(TEAM)).entry(HIDDEN)
    assert entry.examples.zh == (*world.objection(HIDDEN).examples.zh, line)
    assert "匹配依据" in prose(await card(lin, east, line))


async def test_a_new_play_from_a_message(
    world: World, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """The message is its first example; the fields follow the kind that is picked; typed words stay."""
    message = await lin.say(east, "客户说：你们的合同能不能用区块链存证？")
    await chen.shortcut(forms.SHORTCUT, message)
    view = chen.views()[-1]
    assert field(view, "examples.zh")["initial_value"] == message.text
    title = typed(view, **{"title.zh": "区块链存证", "title.en": "Blockchain evidence"})
    await chen.press(view, forms.CATEGORY, selected="signal/wording", state=title)
    view = chen.views()[-1]
    assert "observation.zh" in fields(view)
    words = ("observation", "hypothesis", "check", "approach", "do_not_conclude")
    said = {f"{name}.zh": "客户提到存证" for name in words} | {f"{name}.en": "They bring up evidence" for name in words}
    said |= {"follow_up.zh": "2wd account_manager: 发资料", "follow_up.en": "Send the papers"}
    said |= {"title.zh": "区块链存证", "title.en": "Blockchain evidence", "examples.zh": message.text}
    result = await chen.submit(view, typed(view, **said, owner="legal", related=[HIDDEN]))
    assert not result.errors
    request = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if has(m, views.APPROVE)), None))
    assert "新增" in request.text
    await press(zhou, request, views.APPROVE)
    made = (await world.services.playbook.library(TEAM)).entry("signal/blockchain-evidence")
    assert (made.title.zh, made.examples.zh, made.category) == ("区块链存证", (message.text,), "wording")


async def test_a_version_is_brought_back_from_the_history(
    world: World, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """An editor asks for it, an approver decides; the history keeps who, when and why."""
    await press(zhou, await suggested(world, chen, zhou, east), views.APPROVE)
    await press(chen, await card(chen, east), playbook_views.MORE)
    await press(chen, chen.views()[-1], playbook_views.HISTORY)
    view = chen.views()[-1]
    assert f"<@{chen.id}>" in prose(view)
    assert "客户反复问" in prose(view)
    assert f"<@{zhou.id}> 已通过" in prose(view)
    await press(chen, view, views.RESTORE, -1)
    await world.quiet()
    request = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if has(m, views.APPROVE)), None))
    assert "恢复旧版" in request.text
    await press(zhou, request, views.APPROVE)
    assert (await world.services.playbook.library(TEAM)).entry(HIDDEN).speak == world.objection(HIDDEN).speak


async def test_retired_entries_are_gone(world: World, chen: ActingPerson, zhou: ActingPerson, east: str) -> None:
    """Only after approval; an old card then says so."""
    answer = await card(chen, east)
    await press(chen, answer, playbook_views.MORE)
    await press(chen, chen.views()[-1], entrywindow.RETIRE)
    view = chen.views()[-1]
    result = await chen.submit(view, entered(view, **{views.REASON: "已并入收费明细"}))
    assert not result.errors
    request = await world.slack.wait_for(lambda: next((m for m in zhou.dm_messages() if has(m, views.APPROVE)), None))
    assert "下架" in request.text
    assert (await world.services.playbook.library(TEAM)).playbook.find(HIDDEN)
    await press(zhou, request, views.APPROVE)
    assert (await world.services.playbook.library(TEAM)).playbook.find(HIDDEN) is None
    await press(chen, answer, playbook_views.MORE)
    await world.slack.wait_for(lambda: [m for m in chen.messages(east) if "已经下架" in m.text])


async def test_still_right_moves_the_date_at_once(
    world: World, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """It needs no second person, and does not get in the way of a change that waits."""
    request = await suggested(world, lin, zhou, east)
    world.clock.set("2027-06-01T10:00:00+08:00")
    await press(zhou, await card(zhou, east), playbook_views.MORE)
    assert "已过复核期" in prose(zhou.views()[-1])
    await press(zhou, zhou.views()[-1], entrywindow.VERIFY)
    assert "2027-06-01 核对" in prose(zhou.views()[-1])
    await press(zhou, request, views.APPROVE)
    await world.slack.wait_for(lambda: [m for m in lin.dm_messages() if "已经生效" in m.text])


async def test_what_a_colleague_without_a_role_may_do(world: World, reed: ActingPerson, east: str) -> None:
    """Suggest and read the history; not edit, retire or vouch."""
    await press(reed, await card(reed, east), playbook_views.MORE)
    view = reed.views()[-1]
    assert "Suggest a change" in labels(view)
    assert {"Edit", "Retire", "Still right"}.isdisjoint(labels(view))
    await press(reed, view, playbook_views.EDIT)
    assert reed.views()[-1].title == "Change the play"


async def test_with_nobody_to_approve_the_author_is_told(
    world: World, lin: ActingPerson, cast: Cast, east: str
) -> None:
    await give(cast, zhou=set(), chen=set())
    view = await form_of(lin, east)
    await lin.submit(view, typed(view, **{SAY: NEW_SAY}))
    assert "roles set USER --role approver" in shown(lin.views()[-1])
    assert len(await world.services.revisions.pending(TEAM)) == 1
