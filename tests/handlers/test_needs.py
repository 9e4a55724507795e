"""The needs file by clicks: written, contradicted, confirmed, compared, and asked for again when stale."""

from datetime import date, timedelta

from bot.domain.need import NeedForm, NeedStatus
from bot.sandbox import ActingPerson, View
from bot.views import customers as customer_views
from bot.views import followups as followup_views
from bot.views import needs as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, field, fields, press, prose, shown
from tests.world import World


async def file(person: ActingPerson, typed: str, channel: str) -> View:
    await person.command("/customer", typed, channel)
    await press(person, person.messages(channel)[-1], customer_views.NEEDS)
    return person.views()[-1]


async def choose(person: ActingPerson, what: str, row: int = 0) -> View:
    """From the menu of a need in the window that is open."""
    view = person.views()[-1]
    menu = element(view, views.MENU, row)
    value = next(each["value"] for each in menu["options"] if each["value"].startswith(f"{what}|"))
    await person.press(view, menu["action_id"], selected=value)
    return person.views()[-1]


async def test_a_need_from_first_heard_to_met(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Every step leaves its words in the history, and the window below shows where it stands."""
    await cast.customer(lin)
    await lin.command("/visit", "远大纺织 年底要五百万备货")
    note = lin.views()[-1]
    assert (await lin.submit(note, entered(note))).closed
    opened = await file(lin, "远大纺织", east)
    assert "还没有记过需求" in shown(opened)
    await press(lin, opened, views.ADD)
    form = lin.views()[-1]
    source = field(form, "source")["options"][1]["value"]
    typed = entered(
        form, statement="年底备货", amount="500万", sentence="年底要五百万", source=source, status="assumed"
    )
    assert (await lin.submit(form, typed)).closed
    await world.slack.wait_for(lambda: "年底备货 · 500万（推测）" in shown(lin.views()[-1]))
    world.clock.advance(timedelta(minutes=1))
    form = await choose(lin, views.CHANGE)
    assert (await lin.submit(form, entered(form, amount="800万", sentence="至少八百万", priority="1"))).closed
    await world.slack.wait_for(lambda: "金额说法不一" in shown(lin.views()[-1]))
    world.clock.advance(timedelta(minutes=1))
    form = await choose(lin, "confirmed")
    assert fields(form) == ["sentence", "on", "source"]
    assert "年底要五百万" in shown(form)
    assert (await lin.submit(form, entered(form, sentence="总经理点头了"))).closed
    await world.slack.wait_for(lambda: "年底备货 · 800万（已确认）" in shown(lin.views()[-1]))
    assert "说法不一" not in shown(lin.views()[-1])
    history = await choose(lin, "timeline")
    told = shown(history)
    assert told.index("总经理点头了") < told.index("至少八百万") < told.index("年底要五百万")
    assert "出自拜访记录" in told
    await lin.close_view(history)
    world.clock.advance(timedelta(minutes=1))
    form = await choose(lin, "met")
    assert (await lin.submit(form, entered(form, sentence="已经放款"))).closed
    await world.slack.wait_for(lambda: "已满足 · 1" in shown(lin.views()[-1]))
    await lin.command("/customer", "远大纺织", east)
    assert "未满足的需求" not in prose(lin.messages(east)[-1])


async def test_two_days_are_compared_in_place(world: World, cast: Cast, grace: ActingPerson, east: str) -> None:
    """In English; other days can be chosen in the same window, and the wrong way round is told."""
    customer = await cast.customer(grace, "Northlight Textiles")
    actor = await cast.actor(grace)
    first = NeedForm("V1", customer.id, date(2026, 11, 2), "they buy cotton", statement="Stock", amount="5m")
    (need,) = (await world.services.needs.add(actor, first)).needs
    second = NeedForm(
        "V2", customer.id, date(2026, 11, 20), "rather 8m", need.id, amount="8m", status=NeedStatus.CONFIRMED
    )
    await world.services.needs.add(actor, second)
    await press(grace, await file(grace, "northlight", east), views.COMPARE)
    form = grace.views()[-1]
    result = await grace.submit(form, entered(form, before="2026-11-20", after="2026-11-10"))
    assert list(result.errors) == ["after"]
    await grace.submit(form, entered(form, before="2026-11-10", after="2026-11-20"))
    told = shown(grace.views()[-1])
    assert "Amount: 5m → 8m" in told
    assert "Status: assumed → confirmed" in told


async def test_a_form_left_open_does_not_turn_back_what_others_wrote(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Only what was touched is a change."""
    customer = await cast.customer(lin)
    first = NeedForm("V1", customer.id, date(2026, 11, 2), "要周转", statement="备货", amount="500万")
    (need,) = (await world.services.needs.add(await cast.actor(lin), first)).needs
    await file(lin, "远大纺织", east)
    form = await choose(lin, views.CHANGE)
    theirs = NeedForm("V2", customer.id, date(2026, 11, 20), "要八百万", need.id, amount="800万")
    await world.services.needs.add(await cast.actor(zhou), theirs)
    assert (await lin.submit(form, entered(form, why="旺季", sentence="因为旺季"))).closed
    (after,) = (await world.services.needs.file(await cast.actor(lin), customer.id)).needs
    assert (after.amount, after.why) == ("800万", "旺季")


async def test_a_stale_need_is_asked_for_in_the_daily_message(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Its button opens the needs file; once confirmed, the row is done."""
    customer = await cast.customer(lin, last_contact_on="2026-11-23")
    old = NeedForm("V1", customer.id, date(2026, 8, 20), "要周转", statement="年底备货")
    await world.services.needs.add(await cast.actor(lin), old)
    message = await cast.nudge(lin)
    assert "需求从8月20日（周四）以后没再确认，请再问一次：年底备货" in prose(message)
    await press(lin, message, followup_views.NEEDS)
    form = await choose(lin, "confirmed")
    assert (await lin.submit(form, entered(form, sentence="还要"))).closed
    await world.slack.wait_for(lambda: "✓ 远大纺织" in prose(message))


async def test_another_customers_need_is_not_found(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """A form sent with somebody else's customer adds nothing to it."""
    theirs = await cast.customer(chen, "霁川电子")
    mine = await cast.customer(lin)
    await press(lin, await file(lin, "远大纺织", east), views.ADD)
    form = lin.views()[-1]
    form.definition["private_metadata"] = form.private_metadata.replace(mine.id, theirs.id)
    result = await lin.submit(form, entered(form, statement="偷看", sentence="偷看"))
    assert "没有找到这个客户" in next(iter(result.errors.values()))
    assert (await world.services.needs.file(await cast.actor(chen), theirs.id)).changes == ()
