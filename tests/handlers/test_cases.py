"""Customers sent to risk and compliance, and the glass they break."""

from typing import Any

import pytest

from bot.domain.entry import OwnerRole
from bot.domain.user import Role
from bot.errors import CaseClosedError
from bot.sandbox import ActingPerson, Message, View
from bot.storage import keys
from bot.views import cases as views
from bot.views import customers as customer_views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, has, press, prose, shown
from tests.world import TEAM, World

pytestmark = pytest.mark.usefixtures("risk")

NOT_FOUND = "没有找到这个客户"
NAME = "远大纺织"


async def look(person: ActingPerson, channel: str, typed: str = NAME) -> Message:
    assert await person.command("/customer", typed, channel) == 200
    return person.messages(channel)[-1]


async def sent(person: ActingPerson, brief: Message, **values: Any) -> None:
    await press(person, brief, views.SEND)
    view = person.views()[-1]
    assert (await person.submit(view, entered(view, **{"reason": "买方确权章看起来不对", **values}))).closed


async def broken(person: ActingPerson, channel: str, typed: str, reason: str = "抽查反洗钱") -> View:
    """The window after a name and a reason were given."""
    await press(person, await look(person, channel, typed), views.GLASS)
    view = person.views()[-1]
    await person.submit(view, entered(view, reason=reason))
    return person.views()[-1]


def asked(person: ActingPerson) -> Message:
    return next(each for each in person.dm_messages() if has(each, views.SHOW))


async def actions(world: World, who: ActingPerson) -> list[str]:
    """What the audit list says the person did, newest first."""
    return [line.action for line in await world.services.workspaces.audit.newest(TEAM) if line.who == who.id]


async def test_a_customer_sent_to_risk_is_read_until_the_case_is_closed(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """By those it was sent to, in their language and with nothing to write with."""
    await cast.customer(lin)
    await sent(lin, await look(lin, east))
    await world.quiet()
    request = asked(reed)
    assert f"<@{lin.id}> asks you to look at *远大纺织*" in prose(request)
    await press(reed, request, views.SHOW)
    window = reed.views()[-1]
    assert "Tier A · 纺织" in prose(window)
    assert "买方确权章看起来不对" in prose(window)
    assert not has(window, customer_views.LOG)
    found = await look(reed, east, "远大")
    assert "Tier A · 纺织" in prose(found)
    assert not has(found, customer_views.LOG)
    assert not has(found, views.SEND)
    await press(reed, found, views.CLOSE)
    await world.quiet()
    assert f"<@{reed.id}> 关闭了 *远大纺织* 的案件" in lin.dm_messages()[-1].text
    assert "24 hours" in prose(await look(reed, east))
    await press(reed, request, views.SHOW)
    await world.quiet()
    assert "can't find that customer" in reed.dm_messages()[-1].text
    assert await actions(world, reed) == ["case.close", "case.read", "case.read"]


async def test_only_those_it_was_sent_to_read_it(
    world: World, cast: Cast, lin: ActingPerson, grace: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """Another one of risk breaks the glass like for any other customer."""
    await world.services.staff.set_roles(TEAM, grace.id, frozenset({Role.RISK}), None, by="test")
    await cast.customer(lin)
    await sent(lin, await look(lin, east), readers=[reed.id])
    await world.quiet()
    assert not any(has(each, views.SHOW) for each in grace.dm_messages())
    assert "Tier A" in prose(await look(reed, east))
    assert "Tier A" not in prose(await look(grace, east))


async def test_the_lead_sees_the_open_case_and_closes_it_but_the_owner_does_not(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """Whoever lives on the customer's business cannot shut risk out."""
    await cast.customer(lin)
    await sent(lin, await look(lin, east))
    assert not has(await look(lin, east), views.CLOSE)
    found = await look(zhou, east)
    assert f"风控 <@{reed.id}> 正在看" in prose(found)
    close = element(found, views.CLOSE)
    assert await press(zhou, found, views.CLOSE) == 200
    await world.quiet()
    assert "Tier A" not in prose(await look(reed, east))
    mine = await look(lin, east)
    element(mine, views.SEND)["action_id"] = views.CLOSE
    element(mine, views.CLOSE)["value"] = close["value"]
    await press(lin, mine, views.CLOSE)
    await world.quiet()
    assert "这个案件已经关闭了" in lin.messages(east)[-1].text


async def test_a_suspicion_goes_to_risk_and_not_up_the_line(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """The lead is not told, finds nothing in the brief, and a click on a button from elsewhere closes nothing."""
    customer = await cast.customer(lin)
    await sent(lin, await look(lin, east), suspicion=["yes"])
    await world.quiet()
    assert "nobody in the business line was told" in prose(asked(reed))
    assert "您的主管不会看到" in lin.dm_messages()[-1].text
    assert zhou.dm_messages() == []
    brief = await look(zhou, east)
    assert "买方确权章" not in prose(brief)
    assert not has(brief, views.CLOSE)
    (case,) = await world.services.cases.store.about(TEAM, customer.id, world.clock())
    with pytest.raises(CaseClosedError):
        await world.services.cases.close(await cast.actor(zhou), case.id)


async def test_a_data_leak_reaches_who_answers_for_personal_data_and_legal(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, grace: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """Compliance by the case, even where only somebody else was ticked; legal without learning whose data it was."""
    await world.services.staff.set_roles(TEAM, grace.id, frozenset({Role.RISK}), None, by="test")
    for role, person in ((OwnerRole.COMPLIANCE, reed), (OwnerRole.LEGAL, zhou)):
        await world.services.workspaces.set_owners(TEAM, role, (person.id,))
    await cast.customer(lin)
    await sent(lin, await look(lin, east), readers=[grace.id], leak=["yes"])
    await world.quiet()
    assert "Contain it now" in prose(asked(reed))
    assert has(grace.dm_messages()[-1], views.SHOW)
    told = zhou.dm_messages()[-1].text
    assert f"<@{lin.id}> 报告客户资料泄露" in told
    assert NAME not in told
    assert "case.leak" in await actions(world, lin)
    await world.services.workspaces.store.redis.delete(keys.settings(TEAM))


async def test_a_form_sent_twice_is_one_case(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    await cast.customer(lin)
    world.slack.deliver_twice("view_submission")
    await sent(lin, await look(lin, east))
    await world.quiet()
    assert len([each for each in reed.dm_messages() if has(each, views.SHOW)]) == 1


async def test_nobody_of_risk(world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str) -> None:
    """Said before a reason is typed in vain."""
    await cast.customer(lin)
    await world.services.staff.set_roles(TEAM, reed.id, frozenset(), None, by="test")
    await press(lin, await look(lin, east), views.SEND)
    await world.quiet()
    assert "还没有人是“风控合规”角色" in lin.messages(east)[-1].text
    assert lin.views() == []


async def test_a_customer_of_somebody_else_is_not_sent(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """A forged button looks as if there was no such customer."""
    theirs = await cast.customer(chen, "霁川电子")
    await cast.customer(lin)
    mine = await look(lin, east)
    element(mine, views.SEND)["value"] = theirs.id
    await press(lin, mine, views.SEND)
    await world.quiet()
    assert NOT_FOUND in lin.messages(east)[-1].text


async def test_glass_is_offered_for_whatever_was_typed(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """So that the offer does not tell whether there is such a customer: the same words but for the name."""
    await cast.customer(lin, "远大纺织")
    answers = []
    for typed in ("远大纺织", "查无此家"):
        blocks = (await look(reed, east, typed)).blocks
        answers.append(str([{**each, "block_id": ""} for each in blocks]).replace(typed, "…"))
    assert answers[0] == answers[1]


async def test_broken_glass_opens_the_brief_for_a_day_and_the_owner_is_told(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    customer = await cast.customer(lin, "破窗物流")
    window = await broken(reed, east, "破窗物流")
    await world.quiet()
    told = lin.dm_messages()[-1].text
    assert f"风控合规的 <@{reed.id}> 打开了您的客户 *破窗物流* 的简报" in told
    assert "抽查反洗钱" in told
    await press(reed, window, views.SHOW)
    assert "Tier A · 纺织" in prose(reed.views()[-1])
    world.clock.set("2026-11-25T09:59:00+08:00")
    assert "until Wed 25 Nov, 10:00" in prose(await look(reed, east, "破窗物流"))
    world.clock.set("2026-11-25T10:00:00+08:00")
    assert has(await look(reed, east, "破窗物流"), views.GLASS)
    assert "case.break_glass" in await actions(world, reed)
    (case,) = [each for each in await world.services.cases.newest(TEAM, 999) if each.customer_id == customer.id]
    assert case.reason == "抽查反洗钱"


async def test_that_there_is_no_such_customer_is_said_after_the_reason_was_kept(
    world: World, cast: Cast, reed: ActingPerson, east: str
) -> None:
    """Audited like a look at one that exists."""
    window = await broken(reed, east, "查无此家")
    assert "no customer of exactly this name" in prose(window)
    (newest, *_) = await world.services.workspaces.audit.newest(TEAM, 1)
    assert (newest.who, newest.action) == (reed.id, "case.break_glass")
    kept = await world.services.cases.newest(TEAM, 999)
    assert [(each.customer_id, each.reason) for each in kept if each.id == newest.subject] == [("", "抽查反洗钱")]


@pytest.mark.parametrize("typed", ["整名", "zmzc"])
async def test_glass_needs_the_whole_name(
    cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str, typed: str
) -> None:
    """A part of it would be a way to browse."""
    await cast.customer(lin, "整名轴承")
    assert "no customer of exactly this name" in prose(await broken(reed, east, typed))


async def test_two_managers_with_a_customer_of_that_name_are_both_told(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, reed: ActingPerson, east: str
) -> None:
    for owner in (lin, chen):
        await cast.customer(owner, "双主机械")
    world.slack.deliver_twice("view_submission")
    window = await broken(reed, east, "双主机械")
    await world.quiet()
    assert all(f"<@{owner.id}>" in prose(window) for owner in (lin, chen))
    for owner in (lin, chen):
        assert len([each for each in owner.dm_messages() if "双主机械" in each.text]) == 1


async def test_spaces_are_no_reason(cast: Cast, reed: ActingPerson, east: str) -> None:
    await press(reed, await look(reed, east), views.GLASS)
    view = reed.views()[-1]
    assert "write a reason" in (await reed.submit(view, entered(view, reason="       "))).errors[views.REASON]


async def test_who_is_no_longer_of_risk_reads_nothing(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """Not even a case that is still open, nor with a form that was open already."""
    await cast.customer(lin)
    await sent(lin, await look(lin, east))
    await world.quiet()
    await press(reed, await look(reed, east, "查无此家"), views.GLASS)
    view = reed.views()[-1]
    await world.services.staff.set_roles(TEAM, reed.id, frozenset({Role.EDITOR}), None, by="test")
    assert "can't find that customer" in (await look(reed, east)).text
    result = await reed.submit(view, entered(view, name=NAME, reason="抽查反洗钱"))
    assert "Only risk and compliance" in "".join(result.errors.values())


async def test_open_cases_stand_on_the_home_of_risk(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """With the way to the brief; nobody else has that part."""
    await cast.customer(lin)
    await sent(lin, await look(lin, east))
    for person in (reed, lin):
        await person.open_home()
    home = await world.slack.wait_for(reed.home)
    assert "Cases open to you" in prose(home)
    assert "买方确权章看起来不对" in prose(home)
    await press(reed, home, views.SHOW)
    assert "Tier A" in prose(reed.views()[-1])
    assert "案件" not in shown(await world.slack.wait_for(lin.home))
