"""Customers as their managers, their leads and everybody else see them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.domain.brief import Brief
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.user import Role, User
from bot.domain.visit import WAYS
from bot.domain.workspace import WorkspaceSettings
from bot.errors import BotError, CustomerExistsError, CustomerNotFoundError, NotAllowedError
from bot.services import Services
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, WEST, ZHOU, Desk

strangers = pytest.mark.parametrize("who", [CHEN, WEST, REED], ids=["colleague", "other team's lead", "outsider"])

READS: dict[str, Callable[[Services, User, str], Awaitable[object]]] = {
    "get": lambda services, actor, customer_id: services.customers.get(actor, customer_id),
    "brief": lambda services, actor, customer_id: services.customers.brief(actor, customer_id),
    "steps": lambda services, actor, customer_id: services.customers.open_steps(actor, customer_id),
}


async def told(call: Awaitable[object]) -> tuple[type[BotError], str, str]:
    """All that somebody can learn from a refusal."""
    with pytest.raises(BotError) as refusal:
        await call
    return type(refusal.value), str(refusal.value), refusal.value.key


@strangers
@pytest.mark.parametrize("read", READS)
async def test_a_hidden_customer_is_refused_like_a_missing_one(desk: Desk, who: str, read: str) -> None:
    """By id nobody can tell that it exists."""
    hidden = await desk.create()
    actor = await desk.actor(who)
    refusals = [await told(READS[read](desk.services, actor, each)) for each in (hidden.id, "gone")]
    assert refusals[0] == refusals[1]
    assert refusals[0][0] is CustomerNotFoundError


@strangers
async def test_a_hidden_customer_is_not_found_by_name(desk: Desk, who: str) -> None:
    """Not by the whole name, a part, an alias or pinyin; nor is it suggested."""
    await desk.create(aliases=("小远",))
    actor = await desk.actor(who)
    for typed in ("远大纺织", "远大", "小远", "yuanda", "ydfz"):
        assert await desk.services.customers.named(actor, typed) == []
        assert await desk.services.customers.brief_named(actor, typed) == []
        assert await desk.services.customers.suggest(actor, typed) == []
    assert await desk.services.customers.suggest(actor, "") == []


async def test_a_name_is_not_taken_by_a_hidden_customer(desk: Desk) -> None:
    """Creating one of the same name works: a refusal would tell that somebody else has it."""
    await desk.create(by=LIN)
    assert (await desk.create(by=CHEN)).owner_id == CHEN


async def test_a_lead_sees_the_teams_customers(desk: Desk) -> None:
    """By id and by name; both managers' of the same name."""
    lins, chens = await desk.create(by=LIN), await desk.create(by=CHEN)
    zhou = await desk.actor(ZHOU)
    assert await desk.services.customers.get(zhou, lins.id) == lins
    found = await desk.services.customers.named(zhou, "远大纺织")
    assert sorted(each.owner_id for each in found) == [LIN, CHEN]
    own = await desk.create("顺达物流", by=ZHOU)
    assert (await desk.services.customers.suggest(zhou, ""))[0] == own, "one's own come first in the form"
    assert {each.id for each in await desk.services.customers.suggest(zhou, "远大")} == {lins.id, chens.id}
    assert chens in found


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("远大纺织", ["远大纺织"]),
        (" 远大 纺织 ", ["远大纺织"]),
        ("远大", ["远大纺织", "远大物流"]),
        ("物流", ["远大物流", "顺达物流"]),
        ("yuandafz", []),
        ("yuandafangzhi", ["远大纺织"]),
        ("sdwl", ["顺达物流"]),
        ("小顺", ["顺达物流"]),
        ("不存在", []),
    ],
    ids=["name", "spaces", "beginning", "contained", "no mixture", "pinyin", "initials", "alias", "none"],
)
async def test_customers_are_found_as_people_type_them(desk: Desk, typed: str, expected: list[str]) -> None:
    """The closest only: whoever types a whole name does not want all that contain it."""
    for name, aliases in {"远大纺织": (), "远大物流": (), "顺达物流": ("小顺",)}.items():
        await desk.create(name, aliases=aliases)
    found = await desk.services.customers.named(await desk.actor(), typed)
    assert sorted(each.name for each in found) == sorted(expected)


async def test_an_exact_name_wins_over_longer_ones(desk: Desk) -> None:
    """Two characters may be a whole name."""
    await desk.create("远大")
    await desk.create("远大纺织")
    assert [each.name for each in await desk.services.customers.named(await desk.actor(), "远大")] == ["远大"]


async def test_recent_customers_are_suggested_first(desk: Desk) -> None:
    """With nothing typed; what was typed counts more than the day."""
    for days, name in enumerate(["远大机械", "宏图纺织", "大宏物流"]):
        await desk.create(name, last_contact_on=MONDAY - timedelta(days=days))
    actor = await desk.actor()
    suggested = [each.name for each in await desk.services.customers.suggest(actor, " ")]
    assert suggested == ["远大机械", "宏图纺织", "大宏物流"]
    fitting = [each.name for each in await desk.services.customers.suggest(actor, "大")]
    assert fitting == ["大宏物流", "远大机械"]


async def test_all_that_fit_are_suggested(desk: Desk) -> None:
    """However many: the view cuts to what Slack takes."""
    for each in range(120):
        await desk.create(f"客户{each}号")
    assert len(await desk.services.customers.suggest(await desk.actor(), "客户")) == 120


async def test_a_brief_counts_by_what_the_operator_settled(desk: Desk) -> None:
    """Also where the workspace has settled something else, and whichever way the brief was asked for."""
    customer = await desk.create(last_contact_on=MONDAY - timedelta(days=30))
    rules = CadenceRules()
    tiers = {tier: each.model_copy(update={"max_gap": 300, "stale_after": 400}) for tier, each in rules.tiers.items()}
    lenient = WorkspaceSettings(cadence=rules.model_copy(update={"tiers": tiers}))
    workspaces = replace(desk.services.workspaces, defaults=lenient)
    customers = replace(desk.services.customers, workspaces=workspaces)
    await workspaces.set_heads(TEAM, (ZHOU,), by=REED)
    by_name = await customers.brief_named(await desk.actor(), customer.name)
    assert by_name == await customers.brief(await desk.actor(), customer.id)
    assert isinstance(by_name, Brief)
    assert by_name.stale_after == 400


async def test_a_brief_is_what_to_know_before_a_call(desk: Desk) -> None:
    """The three newest notes, open steps, the next contact with its reason."""
    customer = await desk.create()
    for days in (40, 30, 20, 10):
        await desk.log(customer, form_id=f"V{days}", on=MONDAY - timedelta(days=days), note=f"{days} 天前")
    await desk.log(customer, form_id="V0", on=MONDAY - timedelta(days=5), next_step="报价", next_step_on=MONDAY)
    brief = await desk.services.customers.brief(await desk.actor(), customer.id)
    assert [visit.note for visit in brief.visits] == ["嫌费率高", "10 天前", "20 天前"]
    assert [step.title for step in brief.steps] == ["报价"]
    assert (brief.contact.due_on, brief.contact.shown_on) == (MONDAY, date(2026, 3, 11)), "the step stands for it"
    assert brief.contact.explanation is not None
    assert brief.contact.explanation.counted_from == MONDAY - timedelta(days=5)
    assert brief.today == MONDAY


@pytest.mark.parametrize("typed", ["远大纺织", "小远", "yuandafangzhi", "远大"])
@pytest.mark.parametrize("who", [LIN, ZHOU])
async def test_a_brief_by_name_is_the_same(desk: Desk, typed: str, who: str) -> None:
    """Read in one round trip, or found by a part of the name first."""
    customer = await desk.create(aliases=("小远",))
    await desk.log(customer, next_step="报价", next_step_on=MONDAY)
    actor = await desk.actor(who)
    by_name = await desk.services.customers.brief_named(actor, typed)
    assert isinstance(by_name, Brief)
    by_id = await desk.services.customers.brief(actor, customer.id)
    assert replace(by_name, visits=[*by_name.visits], steps=[*by_name.steps]) == by_id


async def test_a_brief_is_kept_only_as_long_as_it_is_true(desk: Desk) -> None:
    """Whatever it is made of changes: what is written, the day, the workspace's numbers, who asks and as what."""
    customer = await desk.create()
    store = desk.services.workspaces.store

    async def colleague_takes_over() -> None:
        await desk.services.customers.customers.change(
            TEAM, customer.id, lambda found: found.model_copy(update={"stand_in_id": CHEN})
        )

    async def next_day() -> None:
        desk.clock.set("2026-03-03T09:00:00+08:00")

    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.log(customer, next_step="报价", next_step_on=MONDAY),
        next_day,
        lambda: store.save_settings(TEAM, WorkspaceSettings(cadence=CadenceRules().with_gaps({Tier.A: 7}))),
        lambda: desk.services.members.set_roles(TEAM, LIN, frozenset({Role.TEAM_LEAD}), "East", by="test"),
        colleague_takes_over,
    ]
    told = []
    for change in changes:
        for who in (LIN, ZHOU):
            assert await desk.services.customers.brief_named(await desk.actor(who), "远大纺织")
        await change()
        for who in (LIN, ZHOU):
            by_name = await desk.services.customers.brief_named(await desk.actor(who), "远大纺织")
            assert isinstance(by_name, Brief)
            by_id = await desk.services.customers.brief(await desk.actor(who), customer.id)
            assert replace(by_name, visits=[*by_name.visits], steps=[*by_name.steps]) == by_id
            told.append(by_id)
    assert all(one != other for one, other in pairwise(told[::2]))


async def test_a_name_that_fits_several_gives_all_of_them(desk: Desk) -> None:
    """Whether they only begin with it or two managers have a customer of this name."""
    one, two = await desk.create("远大纺织"), await desk.create("远大物流")
    found = await desk.services.customers.brief_named(await desk.actor(), "远大")
    assert isinstance(found, list)
    assert {each.id for each in found} == {one.id, two.id}
    await desk.create("远大纺织", by=CHEN)
    both = await desk.services.customers.brief_named(await desk.actor(ZHOU), "远大纺织")
    assert isinstance(both, list)
    assert {each.owner_id for each in both} == {LIN, CHEN}


async def test_a_workspace_has_its_own_gaps(desk: Desk) -> None:
    """In the brief by id and by name alike."""
    await desk.create()
    rules = CadenceRules().with_gaps({Tier.A: 7})
    await desk.services.workspaces.store.save_settings(TEAM, WorkspaceSettings(cadence=rules))
    brief = await desk.services.customers.brief_named(await desk.actor(), "远大纺织")
    assert isinstance(brief, Brief)
    assert brief.contact.due_on == MONDAY + timedelta(days=7)
    assert (await desk.services.customers.brief(await desk.actor(), brief.customer.id)).contact == brief.contact


async def test_a_created_customer_is_the_actors_own(desk: Desk) -> None:
    """Counted from today until it is contacted, and written down as done by whoever did it."""
    customer = await desk.create("宏达机械", industry="机械", tier=Tier.B)
    assert customer == Customer(
        id=customer.id, name="宏达机械", tier=Tier.B, industry="机械", owner_id=LIN, created_on=MONDAY
    )
    (line,) = await desk.services.workspaces.audit.newest(TEAM, 1)
    assert (line.who, line.action, line.subject) == (LIN, "customer.create", customer.id)


async def test_the_audit_list_names_the_operator_who_did_it_for_somebody(desk: Desk) -> None:
    """An import makes customers of other people's."""
    actor = await desk.actor()
    await desk.services.customers.create(actor, NewCustomer("宏达机械", Tier.B), by="operator")
    assert [each.who for each in await desk.services.workspaces.audit.newest(TEAM, 1)] == ["operator"]


async def test_the_same_id_creates_once(desk: Desk) -> None:
    """An import run twice adds nothing."""
    actor = await desk.actor()
    new = NewCustomer("宏达机械", Tier.B)
    first = await desk.services.customers.create(actor, new, customer_id="c-1")
    assert await desk.services.customers.create(actor, new, customer_id="c-1") == first
    assert len(await desk.services.customers.suggest(actor, "")) == 1


async def test_an_own_name_is_taken(desk: Desk) -> None:
    """Also as an alias of another customer."""
    await desk.create(aliases=("小远",))
    with pytest.raises(CustomerExistsError):
        await desk.create("小远")


async def test_who_keeps_no_customers_creates_none(desk: Desk) -> None:
    """Told plainly: it is no secret that the role is missing."""
    with pytest.raises(NotAllowedError):
        await desk.create(by=REED)


async def test_every_channel_is_a_contact(desk: Desk) -> None:
    """A recorded message counts as much as a visit."""
    for number, channel in enumerate(WAYS):
        customer = await desk.create(f"客户{number}号")
        recorded = await desk.log(customer, form_id=f"V{number}", channel=channel)
        assert recorded.customer.last_contact_on == MONDAY


async def test_whoever_reads_a_colleagues_customer_is_written_down(desk: Desk) -> None:
    """The lead's look at Lin's customer, by name and by id; Lin's own leaves no trace."""
    customer = await desk.create()
    lin, lead = await desk.actor(), await desk.actor(ZHOU)
    await desk.services.customers.brief(lin, customer.id)
    assert (await desk.services.workspaces.audit.newest(TEAM, 1))[0].action == "customer.create"
    await desk.services.customers.brief_named(lead, customer.name)
    await desk.services.customers.brief(lead, customer.id)
    found = await desk.services.workspaces.audit.newest(TEAM, 2)
    assert {(each.who, each.action, each.subject) for each in found} == {(ZHOU, "customer.read", customer.id)}
