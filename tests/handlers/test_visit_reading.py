"""What a note seems to say is offered for correction; what is confirmed is stored, and answered with something back."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.domain.facts import Attendee, Side
from bot.domain.followup import FollowUp
from bot.domain.need import needs
from bot.domain.visit import Visit
from bot.sandbox import ActingPerson, Message, View
from bot.sandbox.forms import Values
from bot.views import playbook as playbook_views
from bot.views import visitform as views
from bot.views import visitheard
from tests.handlers.cast import Cast
from tests.handlers.reading import Json, block_id, entered, field, press, prose, shown
from tests.world import TEAM, World

NOTE: Final = (
    "昨天下午电话聊的，财务总监和老板都在。嫌费率高。我们报了年化 8.5%。"
    "我们周五前给报价。客户答应下周三发审计报告。他们缺 200 万备货款，年底前要用。供应商起诉了他们。"
)
ENGLISH: Final = (
    "Called the CFO yesterday. They find the fee too high. We quoted 8.5% a year. "
    "We will send a cost sheet by Friday. They promised to send the audit report next Wednesday."
)


async def opened(world: World, person: ActingPerson, line: str) -> View:
    assert await person.command("/visit", line) == 200
    await world.quiet()
    return person.views()[-1]


def offered(view: View, kind: str) -> list[str]:
    return [each["text"]["text"] for each in field(view, kind)["options"]]


def ticked(view: View, kind: str) -> list[str]:
    return [each["text"]["text"] for each in field(view, kind).get("initial_options", ())]


def values(view: View, kind: str) -> list[str]:
    return [each["value"] for each in field(view, kind)["options"]]


async def stored(world: World, customer_id: str) -> Visit:
    (visit,) = await world.services.visits.store.latest(TEAM, customer_id, 9)
    return visit


async def steps(world: World, cast: Cast, person: ActingPerson, customer_id: str) -> list[FollowUp]:
    return await world.services.customers.open_steps(await cast.actor(person), customer_id)


async def confirmation(world: World, person: ActingPerson) -> Message:
    return await world.slack.wait_for(lambda: next((m for m in person.dm_messages() if m.is_bot), None))


async def test_what_a_note_says_is_filled_in_and_ticked(cast: Cast, world: World, lin: ActingPerson) -> None:
    """Each guess with the words it came from; signals and risk flags wait for a tick."""
    await cast.customer(lin)
    view = await opened(world, lin, f"远大纺织 {NOTE}")
    assert field(view, "on")["initial_date"] == "2026-11-23"
    assert field(view, "channel")["initial_option"]["value"] == "phone"
    assert offered(view, "promise") == [
        "我方，11月27日（周五）前：我们给报价",
        "对方，12月2日（周三）前：客户答应发审计报告",
    ]
    assert ticked(view, "promise") == offered(view, "promise")
    assert ticked(view, "attendee") == ["财务总监", "老板"]
    assert ticked(view, "figure") == ["8.5% · 年化"]
    assert offered(view, "risk") == ["被起诉"]
    assert ticked(view, "risk") == []
    assert ticked(view, "need")[0].startswith("流动性 · ¥2,000,000 · 12月31日（周四）")
    assert "原文“昨天下午”" in shown_all(view)


async def test_what_is_confirmed_is_stored_and_followed_up(cast: Cast, world: World, lin: ActingPerson) -> None:
    """Both promises are in the list, the need in its file with its sentence; the answer names all of that."""
    customer = await cast.customer(lin)
    view = await opened(world, lin, f"远大纺织 {NOTE}")
    await save(lin, view)
    visit = await stored(world, customer.id)
    assert visit.facts.attendees == (Attendee.CFO, Attendee.OWNER)
    assert [(each.by, each.due_on) for each in visit.facts.promises] == [
        (Side.OURS, date(2026, 11, 27)),
        (Side.THEIRS, date(2026, 12, 2)),
    ]
    assert [each.number for each in visit.facts.figures] == [Decimal("8.5")]
    assert visit.facts.risks == ()
    found = await steps(world, cast, lin, customer.id)
    assert [(each.by, each.due_on) for each in found] == [
        (Side.OURS, date(2026, 11, 27)),
        (Side.THEIRS, date(2026, 12, 2)),
    ]
    (need,) = needs(await world.services.visits.needs.of(TEAM, customer.id))
    assert (need.amount, need.wanted_by, need.changes[0].source_id) == ("¥2,000,000", "2026-12-31", visit.id)
    assert need.changes[0].sentence == "他们缺 200 万备货款，年底前要用。"
    told = await confirmation(world, lin)
    assert "对方，12月2日（周三）前：客户答应发审计报告" in prose(told)
    assert "还没满足的需求" in prose(told)
    assert world.objection("cost/fee-too-high").variants[0].say.zh in prose(told)
    await press(lin, told, playbook_views.MORE)
    assert world.objection("cost/fee-too-high").worry.zh in shown(lin.views()[-1])


async def test_a_promise_said_again_moves_the_one_in_the_list(cast: Cast, world: World, lin: ActingPerson) -> None:
    """The form says so, and the answer; unticked there, both stand in the list."""
    customer = await cast.customer(lin)
    await save(lin, await opened(world, lin, "远大纺织 我们周五前给报价单"))
    view = await opened(world, lin, "远大纺织 我们下周三前把报价单给他们")
    assert offered(view, "again") == ["“我们给报价单”，11月27日（周五）到期：是同一件事"]
    assert ticked(view, "again") == offered(view, "again")
    await save(lin, view)
    (step,) = await steps(world, cast, lin, customer.id)
    assert (step.due_on, step.title) == (date(2026, 12, 2), "我们给报价单")
    told = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if "已改到这一天" in prose(m)), None))
    assert "我们把报价单给他们" in prose(told)
    apart = await opened(world, lin, "远大纺织 我们下周四给报价单")
    await save(lin, apart, entered(apart, again=[]))
    found = await steps(world, cast, lin, customer.id)
    assert [each.due_on for each in found] == [date(2026, 12, 2), date(2026, 12, 3)]


async def test_what_is_unticked_vanishes(cast: Cast, world: World, lin: ActingPerson) -> None:
    """Nothing is stored of it, and no follow-up comes."""
    customer = await cast.customer(lin)
    view = await opened(world, lin, f"远大纺织 {NOTE}")
    nothing: dict[str, Any] = {name: [] for name in ("promise", "need", "attendee", "figure", "objections")}
    await save(lin, view, entered(view, **nothing))
    visit = await stored(world, customer.id)
    assert (visit.facts.promises, visit.facts.attendees, visit.facts.figures) == ((), (), ())
    assert await steps(world, cast, lin, customer.id) == []
    assert await world.services.visits.needs.of(TEAM, customer.id) == []


async def test_a_promise_gets_the_day_that_was_picked(cast: Cast, world: World, lin: ActingPerson) -> None:
    customer = await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 我们周五前给报价")
    (due,) = [each["block_id"] for each in view.blocks if each["block_id"].startswith("due:")]
    state = {due: {due: {"selected_date": "2026-11-30"}}}
    await save(lin, view, state)
    assert [each.due_on for each in await steps(world, cast, lin, customer.id)] == [date(2026, 11, 30)]


async def test_a_doubted_promise_waits_for_a_tick(cast: Cast, world: World, lin: ActingPerson) -> None:
    """Unchosen it vanishes; ticked it is kept and followed up as any other."""
    customer = await cast.customer(lin)
    for is_ticked in (False, True):
        view = await opened(world, lin, "远大纺织 财务周五前想办法弄一下")
        (doubted,) = values(view, "perhaps")
        assert ticked(view, "perhaps") == []
        await save(lin, view, entered(view, perhaps=[doubted] if is_ticked else []))
        kept = await steps(world, cast, lin, customer.id)
        assert len(kept) == is_ticked
    assert (kept[0].title, kept[0].due_on) == ("财务想办法弄一下", date(2026, 11, 27))


async def test_several_faults_are_told_at_once(cast: Cast, world: World, lin: ActingPerson) -> None:
    """Each at its field, the promise's at its day."""
    await cast.customer(lin)
    view = await opened(world, lin, "远大纺织 我们周五前给报价")
    (due,) = [each["block_id"] for each in view.blocks if each["block_id"].startswith("due:")]
    state = entered(view, next_step="发合同", on="2026-11-25") | {due: {due: {"selected_date": "2026-11-28"}}}
    result = await lin.submit(view, state)
    assert result.errors == {
        block_id(view, "on"): "日期不能晚于今天",
        block_id(view, "next_step_on"): "写了下一步，请选一个完成日期",
        due: "这天不上班，请选一个工作日",
    }


async def test_typing_on_suggests_what_is_new_and_unticks_nothing(cast: Cast, world: World, lin: ActingPerson) -> None:
    """A guess that was unticked by hand stays so; what is new is offered without a tick."""
    await cast.customer(lin)
    view = await opened(world, lin, f"远大纺织 {NOTE}")
    first, second = values(view, "promise")
    await lin.press(view, f"{visitheard.HEARD}.promise", selected=[first], state=entered(view, note=NOTE))
    more = f"{NOTE}我们下周一寄合同。"
    await lin.press(view, views.NOTE, value=more, state=entered(view, note=more))
    await world.quiet()
    assert len(values(view, "promise")) == 3
    chosen = view.entered[block_id(view, "promise")][f"{visitheard.HEARD}.promise"]["selected_options"]
    assert [each["value"] for each in chosen] == [first]
    assert second in values(view, "promise")
    assert view.entered[block_id(view, "note")][views.NOTE]["value"] == more


async def test_in_english(cast: Cast, world: World, grace: ActingPerson) -> None:
    """The same from an English note."""
    customer = await cast.customer(grace, "Northlight")
    view = await opened(world, grace, f"Northlight {ENGLISH}")
    assert field(view, "on")["initial_date"] == "2026-11-23"
    ours, theirs = offered(view, "promise")
    assert ours.startswith("Ours, by Fri 27 Nov: ")
    assert theirs.startswith("Theirs, by Wed 25 Nov or Wed 2 Dec: ")
    assert "CFO" in ticked(view, "attendee")
    result = await grace.submit(view, entered(view, promise=values(view, "promise")))
    which = next(
        each["block_id"] for each in view.blocks if each["element"]["type"] == "static_select" and each["optional"]
    )
    assert result.errors == {which: "It could be either day; pick one, or untick the promise"}
    picked = {
        "selected_option": next(each for each in view.blocks if each["block_id"] == which)["element"]["options"][1]
    }
    await save(grace, view, {which: {which: picked}})
    assert [each.due_on for each in await steps(world, cast, grace, customer.id)] == [
        date(2026, 11, 27),
        date(2026, 12, 2),
    ]
    assert len(await steps(world, cast, grace, customer.id)) == 2
    assert "Promises, in the follow-ups by their day" in prose(await confirmation(world, grace))


async def test_others_customers_are_never_guessed(
    cast: Cast, world: World, lin: ActingPerson, chen: ActingPerson, lunch: str
) -> None:
    """A colleague's customer named in a message stays unknown."""
    await cast.customer(chen, "霁川电子")
    await lin.shortcut("visit_from_message", await lin.say(lunch, "霁川电子嫌费率高"))
    await world.quiet()
    assert "initial_option" not in field(lin.views()[-1], "customer")


async def save(person: ActingPerson, view: View, values: Values | None = None) -> None:
    """Reading the advice, if there is any, and passing it over."""
    result = await person.submit(view, values)
    assert not result.errors
    assert result.closed or (await person.submit(view)).closed


def shown_all(view: View) -> str:
    hints: list[Json] = [each["hint"] for each in view.blocks if "hint" in each]
    return "\n".join([shown(view), *(each["text"] for each in hints)])
