"""The numbers of the rules, changed from Home after a look at what that does."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest_asyncio

from bot.domain import tierform
from bot.domain.customer import Tier
from bot.domain.customerform import marks
from bot.domain.followup import contact_id
from bot.domain.tierinputs import TierInputs
from bot.domain.user import Member, Role
from bot.sandbox import ActingPerson, View
from bot.storage import keys
from bot.views import rules as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, has, press, prose, shown
from tests.world import TEAM, World

ROW = {"tier_a": 0, "tier_b": 1, "clock": 4, "score": 5, "decisions": 6, "calendar": 10}


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def admins(world: World, cast: Cast) -> AsyncIterator[None]:
    """Reed and Zhou are; whatever they change is forgotten in the end."""
    for name in ("reed", "zhou"):
        await _given(world, cast.id(name), frozenset({Role.ADMIN}))
    yield
    for name in ("reed", "zhou"):
        await _given(world, cast.id(name), frozenset())
    await world.services.workspaces.store.redis.delete(keys.settings(TEAM))


async def _given(world: World, user_id: str, roles: frozenset[Role]) -> None:
    await world.services.members.store.change(TEAM, user_id, partial(Member.given, roles=roles, team=None))


async def opened(world: World, person: ActingPerson, subject: str) -> View:
    await person.open_home()
    await world.quiet()
    home = person.home()
    assert home is not None
    await press(person, home, views.OPEN)
    await press(person, person.views()[-1], views.CHANGE, ROW[subject])
    return person.views()[-1]


async def previewed(world: World, person: ActingPerson, form: View, **typed: object) -> View:
    result = await person.submit(form, entered(form, **typed))
    assert result.errors == {}
    await world.quiet()
    return person.views()[-1]


async def test_a_change_is_shown_before_it_is_saved_and_then_every_customer_follows(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    """The window tells how many days move and how many become due; the round moves them, and the audit log has it."""
    customer = await cast.customer(lin, tier=Tier.A, last_contact_on="2026-11-13")
    form = await opened(world, reed, "tier_a")
    view = await previewed(world, reed, form, max_gap="10", ideal_gap="7")
    assert "Longest gap (days): 14 → *10*" in prose(view)
    assert "become due today" in prose(view)
    assert "No customer changes its tier by this." in prose(view)
    before = await world.services.followups.store.get(TEAM, contact_id(customer.id))
    assert str(before.due_on) == "2026-11-27"
    assert (await reed.submit(view, {})).closed
    await world.quiet()
    (below,) = reed.views()
    assert "Longest gap (days) 10 (shipped: 14)" in prose(below)
    assert await world.services.recounts.store.find(TEAM) is not None
    assert await world.services.recounts.run(TEAM) >= 1
    assert await world.services.recounts.store.find(TEAM) is None
    after = await world.services.followups.store.get(TEAM, contact_id(customer.id))
    assert str(after.due_on) == "2026-11-23"
    lines = await world.services.workspaces.audit.newest(TEAM, 20)
    line = next(each for each in lines if each.action == "rules.set")
    assert (line.who, line.subject) == (reed.id, "tier_a")
    assert line.detail == "max_gap 14>10; ideal_gap 10>7"


async def test_two_admins_change_the_same_number(
    world: World, cast: Cast, reed: ActingPerson, zhou: ActingPerson
) -> None:
    """The second sees what the first has saved, also between preview and saving; nothing typed is lost."""
    mine = await previewed(world, reed, await opened(world, reed, "clock"), amber_percent="70")
    theirs = await previewed(world, zhou, await opened(world, zhou, "clock"), amber_percent="60", red_percent="40")
    assert (await zhou.submit(theirs, {})).closed
    assert not (await reed.submit(mine, {})).closed
    again = reed.views()[-1]
    assert "60" in prose(again)
    view = await previewed(world, reed, again, amber_percent="70")
    assert (await reed.submit(view, {})).closed
    cadence = (await world.services.workspaces.settings(TEAM)).cadence
    assert (cadence.amber_percent, cadence.red_percent) == (70, 40)


async def test_numbers_that_cannot_be_are_told_at_their_field(world: World, reed: ActingPerson) -> None:
    """All at once, and the form stays."""
    form = await opened(world, reed, "score")
    result = await reed.submit(form, entered(form, volume="40"))
    assert result.errors == {"volume": "The six weights have to add up to 100; these make 105."}
    result = await reed.submit(form, entered(form, volume="35", a_from="50"))
    assert "begin below" in str(result.errors)


async def test_a_workspace_counts_by_the_working_days_of_its_own_country(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    """The days follow as after any other change, and a country that nobody knows is told at its field."""
    customer = await cast.customer(lin, tier=Tier.A, last_contact_on="2026-11-13")
    before = await world.services.followups.store.get(TEAM, contact_id(customer.id))
    assert str(before.due_on) == "2026-11-27"
    form = await opened(world, reed, "calendar")
    refused = await reed.submit(form, entered(form, country="XX"))
    assert refused.errors == {"country": "The holidays of XX are not known. A code such as CN, SG or DE-BY, please."}
    view = await previewed(world, reed, form, country="sa")
    assert "Holidays and weekends of: CN → *SA*" in prose(view)
    assert "contact day" in prose(view)
    assert "*0* contact days" not in prose(view)
    assert (await reed.submit(view, {})).closed
    await world.services.recounts.run(TEAM)
    after = await world.services.followups.store.get(TEAM, contact_id(customer.id))
    assert str(after.due_on) == "2026-11-26"
    _, is_work = await world.services.workspaces.counting(TEAM)
    friday, sunday = date(2026, 12, 4), date(2026, 12, 6)
    assert (is_work(friday), is_work(sunday)) == (False, True)
    actor = await cast.actor(lin)
    eve = datetime(2026, 12, 3, 12, tzinfo=ZoneInfo(actor.tz))
    assert (await world.services.nudges.next_digest_at(actor, eve)).date() == sunday


async def test_who_is_no_admin_finds_no_numbers(world: World, lin: ActingPerson) -> None:
    await lin.open_home()
    await world.quiet()
    home = lin.home()
    assert home is not None
    assert not has(home, views.OPEN)


async def test_a_preview_says_who_would_score_for_another_tier(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson
) -> None:
    """From which tier to which."""
    customer = await cast.customer(lin, tier=Tier.B)
    actor = await cast.actor(lin)
    typed = {
        "buyers": "70",
        "potential": "70",
        "cooperation": "70",
        "contribution": "2.1",
        "customer_since": "2024-01-05",
    }
    blank = dict.fromkeys(("volume_12m", "volume_6m", "drawdowns", "last_drawdown_on"), "")
    untouched = marks(tierform.values(TierInputs()))
    await world.services.tiering.tell(actor, customer.id, untouched, {**blank, **typed})
    low = await previewed(world, reed, await opened(world, reed, "score"), known_percent="45")
    assert "customers in all" in shown(low)
    again = await previewed(world, reed, await opened(world, reed, "score"), known_percent="45", b_from="75")
    assert "B→C" in prose(again)
    assert "downgrades after 2 quarters in a row" in prose(again)
