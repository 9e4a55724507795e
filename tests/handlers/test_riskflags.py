"""The risk flag: red at once upon a hard event, else set and cleared by risk, and by nobody else."""

from datetime import date

import pytest

from bot.domain.customer import Customer, Risk
from bot.domain.facts import RiskEvent
from bot.domain.note import VisitForm
from bot.domain.visit import Channel, Facts
from bot.sandbox import ActingPerson, View
from bot.views import cases as case_views
from bot.views import riskflags as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, press, prose
from tests.world import TEAM, World

pytestmark = pytest.mark.usefixtures("risk")


async def note(world: World, cast: Cast, customer: Customer, form_id: str, *events: RiskEvent, on: str) -> None:
    """Lin saves a note that tells of these events."""
    form = VisitForm(
        form_id=f"{form_id}-{customer.id}",
        customer=customer.id,
        on=date.fromisoformat(on),
        channel=Channel.PHONE,
        note="聊了近况",
        facts=Facts(risks=events),
    )
    await world.services.visits.save(await cast.actor(cast.person("lin")), form)


async def found(world: World, customer: Customer) -> Customer:
    return await world.services.customers.customers.get(TEAM, customer.id)


async def case_of(world: World, person: ActingPerson) -> View:
    """The brief behind the first row of risk's Home."""
    await person.open_home()
    await world.quiet()
    home = person.home()
    assert home is not None
    await press(person, home, case_views.SHOW)
    return person.views()[-1]


async def flag(world: World, person: ActingPerson, risk: str, reason: str) -> None:
    await press(person, await case_of(world, person), views.SET)
    form = person.views()[-1]
    assert (await person.submit(form, entered(form, risk=risk, reason=reason))).closed
    await world.quiet()


async def test_a_hard_event_makes_it_red_and_opens_it_to_risk(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    """Risk clears it with a reason; its account manager is told, and saving the same note again changes nothing."""
    customer = await cast.customer(lin)
    await note(world, cast, customer, "one", RiskEvent.FORGERY, on="2026-11-23")
    assert (await found(world, customer)).risk is Risk.RED
    brief = await case_of(world, reed)
    assert "A note tells of" in prose(brief)
    await flag(world, reed, "green", "Checked the original: genuine")
    assert (await found(world, customer)).risk is Risk.GREEN
    assert "风险标记定为绿：Checked the original: genuine" in lin.dm_messages()[-1].text
    await note(world, cast, customer, "one", RiskEvent.FORGERY, on="2026-11-23")
    assert (await found(world, customer)).risk is Risk.GREEN
    flags = (await world.services.dossiers.get(await cast.actor(lin), customer.id)).details.flags
    assert [(each.after, each.by) for each in flags] == [(Risk.RED, "rules"), (Risk.GREEN, reed.id)]


async def test_two_soft_events_ask_risk_for_amber(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    """Within 60 days, and not the same one told twice; the flag stays until risk has decided."""
    customer = await cast.customer(lin)
    await note(world, cast, customer, "old", RiskEvent.NEW_PLEDGE, on="2026-08-03")
    await note(world, cast, customer, "first", RiskEvent.LAWSUIT, on="2026-10-12")
    await note(world, cast, customer, "again", RiskEvent.LAWSUIT, on="2026-10-19")
    assert await world.services.cases.store.about(TEAM, customer.id, world.clock()) == []
    await note(world, cast, customer, "second", RiskEvent.CREDIT_NOTES, on="2026-11-23")
    (case,) = await world.services.cases.store.about(TEAM, customer.id, world.clock())
    assert (case.proposes, case.events) == (Risk.AMBER, (RiskEvent.CREDIT_NOTES, RiskEvent.LAWSUIT))
    assert (await found(world, customer)).risk is Risk.GREEN
    assert "Is the flag to be amber?" in prose(await case_of(world, reed))
    await flag(world, reed, "amber", "Lawsuit confirmed")
    assert (await found(world, customer)).risk is Risk.AMBER


async def test_sales_has_no_way_to_the_flag(
    world: World, cast: Cast, lin: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Neither in the brief nor in the form of the customer."""
    customer = await cast.customer(lin)
    await note(world, cast, customer, "one", RiskEvent.INSOLVENCY, on="2026-11-23")
    for person in (lin, zhou):
        await person.command("/customer", customer.name, east)
        brief = person.messages(east)[-1]
        assert "风险标记：红" in prose(brief)
        assert not has(brief, views.SET)


async def test_a_reason_is_needed_and_another_flag(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    customer = await cast.customer(lin)
    await note(world, cast, customer, "one", RiskEvent.INSOLVENCY, on="2026-11-23")
    await press(reed, await case_of(world, reed), views.SET)
    form = reed.views()[-1]
    result = await reed.submit(form, entered(form, risk="green", reason="      "))
    assert result.errors == {"reason": "Please say why, in at least 5 characters."}
    result = await reed.submit(form, entered(form, risk="red", reason="as it was before"))
    assert result.errors == {"risk": "That is the flag it has."}
