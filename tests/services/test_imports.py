"""Imports: whose customers people may bring in, and what changes with a customer."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from bot import text as texts
from bot.domain.customer import NewCustomer, Tier
from bot.domain.customertable import COLUMNS, CUSTOMERS
from bot.domain.importplan import Effect, Planned
from bot.domain.table import Line
from bot.domain.tierrecord import Cause
from bot.domain.user import User
from bot.services.imports import AT_ONCE, Plan
from bot.text import Text
from bot.views.imports import sentence
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, WEST, ZHOU, Desk

HEADER = ["name", "tier", "owner", "external_id", "aliases"]
ZH, EN = texts.load("zh"), texts.load("en")


def table(*rows: Sequence[str]) -> list[Line]:
    return list(enumerate([HEADER, *rows], start=1))


async def brought(desk: Desk, actor: User | None, *rows: Sequence[str]) -> Plan:
    service = desk.services.imports
    plan = await service.plan(TEAM, table(*rows), actor)
    await service.apply(TEAM, plan, by="test")
    return plan


async def test_an_account_manager_brings_in_ones_own(desk: Desk) -> None:
    """An owner need not be named; somebody else's are told, whether they exist or not."""
    plan = await brought(desk, await desk.actor(), ["甲乙公司", "A", "", ""], ["丙丁公司", "A", CHEN, ""])
    assert [(each.row.owner, each.effect) for each in plan.rows if isinstance(each, Planned)] == [(LIN, Effect.ADDED)]
    assert [(each.line, each.key) for each in plan.faults] == [(3, "table.not_yours")]
    assert [each.name for each in await desk.services.customers.suggest(await desk.actor(), "")] == ["甲乙公司"]


async def test_a_lead_brings_in_the_teams(desk: Desk) -> None:
    plan = await brought(desk, await desk.actor(ZHOU), ["甲乙公司", "A", CHEN, ""], ["丙丁公司", "A", WEST, ""])
    assert [each.row.owner for each in plan.rows if isinstance(each, Planned)] == [CHEN]
    assert [each.key for each in plan.faults] == ["table.not_yours"]


async def test_who_keeps_no_customers_gets_none(desk: Desk) -> None:
    plan = await brought(
        desk, None, ["甲乙公司", "A", REED, ""], ["丙丁公司", "A", "U0NOBODY", ""], ["己庚", "A", "", ""]
    )
    assert plan.rows == ()
    assert [each.key for each in plan.faults] == ["table.no_manager", "table.no_manager", "table.owner"]


async def test_another_tier_moves_the_next_contact(desk: Desk) -> None:
    """As if the tier had been changed by hand."""
    created = await desk.services.customers.create(await desk.actor(), NewCustomer("远大纺织", Tier.C))
    before = (await desk.services.customers.brief(await desk.actor(), created.id)).contact.due_on
    await brought(desk, None, ["远大纺织", "A", LIN, "CRM-1"])
    brief = await desk.services.customers.brief(await desk.actor(), created.id)
    assert (brief.customer.tier, brief.customer.external_id) == (Tier.A, "CRM-1")
    assert MONDAY < brief.contact.due_on < before
    [stored] = (await desk.services.followups.store.get_many(TEAM, [brief.contact.id])).values()
    assert stored.due_on == brief.contact.due_on


async def test_a_later_contact_moves_the_next_one(desk: Desk) -> None:
    """Whoever was called yesterday, as the other system has it, is not overdue today."""
    created = await desk.services.customers.create(
        await desk.actor(), NewCustomer("远大纺织", Tier.C, last_contact_on=MONDAY - timedelta(days=200))
    )
    before = (await desk.services.customers.brief(await desk.actor(), created.id)).contact.due_on
    service = desk.services.imports
    header = ["name", "tier", "owner", "last_contact_on"]
    lines = [(1, header), (2, ["远大纺织", "C", LIN, MONDAY.isoformat()])]
    await service.apply(TEAM, await service.plan(TEAM, lines, None), by="test")
    assert (await desk.services.customers.brief(await desk.actor(), created.id)).contact.due_on > max(before, MONDAY)


async def test_one_file_imported_twice_at_once_creates_nothing_twice(desk: Desk) -> None:
    """A double click: neither the customers nor what is due."""
    service = desk.services.imports
    plans = [await service.plan(TEAM, table(["甲乙公司", "A", LIN, ""]), None) for _ in range(2)]
    await asyncio.gather(*(service.apply(TEAM, each, by="test", form_id="F1") for each in plans))
    found = await desk.redis.keys(f"factormate:{{{TEAM}}}:customer:*")
    assert len(found) == 1


async def test_a_customer_somebody_created_meanwhile_stops_nothing_else(desk: Desk) -> None:
    service = desk.services.imports
    plan = await service.plan(TEAM, table(["甲乙公司", "A", LIN, ""], ["丙丁公司", "A", LIN, ""]), None)
    await desk.services.customers.create(await desk.actor(), NewCustomer("甲乙公司", Tier.B))
    done = await service.apply(TEAM, plan, by="test")
    assert ([each.name for each in done.rows], [each.key for each in done.faults]) == (
        ["丙丁公司"],
        ["table.meanwhile"],
    )


async def test_a_hidden_customer_s_number_is_told_to_nobody(desk: Desk) -> None:
    """A number of another team's customer is as free as any."""
    await brought(desk, None, ["别队客户", "A", WEST, "CRM-9"])
    plan = await brought(desk, await desk.actor(), ["甲乙公司", "A", "", "CRM-9"])
    assert (plan.count(Effect.ADDED), plan.faults) == (1, ())


async def test_the_same_table_again_does_nothing(desk: Desk) -> None:
    rows = [[f"客户{number}号", "B", LIN, f"CRM-{number}"] for number in range(250)]
    told: list[tuple[int, int]] = []
    service = desk.services.imports
    await service.apply(TEAM, await service.plan(TEAM, table(*rows), None), "test", lambda *each: told.append(each))
    assert told == [(done, 250) for done in (*range(AT_ONCE, 250, AT_ONCE), 250)]
    again = await service.plan(TEAM, table(*rows), None)
    assert (again.count(Effect.SAME), again.lines) == (250, 250)


async def test_faults_name_columns_as_the_file_has_them(desk: Desk) -> None:
    """In a Chinese table the Chinese ones; a column that is not there by what it would be called."""
    lines = [(1, ["客户", "等级", "最近联系"]), (2, ["甲乙公司", "E", "昨天"])]
    plan = await desk.services.imports.plan(TEAM, lines, None)
    assert [sentence(each, ZH) for each in plan.faults] == [
        "等级：要填 A、B、C 或 D。",
        "最近联系：要写成 2026-03-05 这样的日期。",
    ]
    lines = [(1, ["客户", "等级"]), (2, ["甲乙公司", "A"])]
    plan = await desk.services.imports.plan(TEAM, lines, None)
    assert [sentence(each, ZH) for each in plan.faults] == ["客户经理：要填客户经理的 Slack 编号，例如 U0123ABCD。"]
    plan = await desk.services.imports.plan(TEAM, [(1, ["客户", "颜色"])], None)
    assert "“颜色”" in sentence(plan.faults[0], ZH)
    plan = await desk.services.imports.plan(TEAM, [(1, ["客户"])], None)
    assert sentence(plan.faults[0], ZH).startswith("表头缺 客户等级；可用的列：客户名称 · 客户等级 · 客户经理 · ")


@pytest.mark.parametrize("text", [ZH, EN], ids=["zh", "en"])
def test_the_columns_that_are_named_are_understood(text: Text) -> None:
    """Whoever makes a header of what a fault says has a right one."""
    header = [text(f"table.column_{each}") for each in COLUMNS]
    assert list(CUSTOMERS.headings(header)) == list(COLUMNS)


@pytest.mark.parametrize(
    "row",
    [
        ["新名称", "A", CHEN, "CRM-2", "秘密客户"],
        ["秘密客户", "A", CHEN, "CRM-9", ""],
        ["新名称", "A", LIN, "CRM-1", ""],
    ],
    ids=["a name it has", "another number", "a number that a colleague's has"],
)
async def test_an_admins_import_tells_nothing_of_other_peoples_customers(desk: Desk, row: list[str]) -> None:
    """Neither a name or number they have, nor which cell met one: an admin may bring customers in, not look at them."""
    kept = (["机密纺织集团", "A", CHEN, "CRM-1", "秘密客户;机密"], ["顺达物流", "B", CHEN, "CRM-2", ""])
    await brought(desk, None, *kept)
    lines, asked = table(["无关客户", "A", CHEN, "", ""], row), desk.with_admins(REED)
    (fault,) = (await asked.services.imports.plan(TEAM, lines, await asked.actor(REED))).faults
    assert (fault.line, fault.key, fault.column, fault.values) == (3, "table.hidden", "", {"owner": row[2]})
    assert not [word for word in ("机密", "秘密", "顺达", "CRM") if word in sentence(fault, ZH)]
    (fault,) = (await desk.services.imports.plan(TEAM, lines, await desk.actor(ZHOU))).faults
    assert fault.key in ("table.taken", "table.other_id", "table.other_owner"), "who sees them is told what to mend"


async def test_two_rows_of_one_file_are_told_apart_to_anybody(desk: Desk) -> None:
    """That is in the file."""
    admin = await desk.with_admins(REED).actor(REED)
    rows = (["甲乙公司", "A", CHEN, "", ""], ["甲乙公司", "B", CHEN, "", ""])
    plan = await desk.with_admins(REED).services.imports.plan(TEAM, table(*rows), admin)
    assert [(each.key, each.column) for each in plan.faults] == [("table.twice", "name")]


async def test_figures_in_a_table_decide_the_tier_in_the_next_round(desk: Desk) -> None:
    """The same table again changes nothing, not even the tier that it names and the score has overruled."""
    created = await desk.services.customers.create(await desk.actor(), NewCustomer("远大纺织", Tier.D))
    header = ["name", "tier", "owner", "buyers", "contribution", "volume_12m", "volume_6m", "customer_since"]
    row = ["远大纺织", "D", LIN, "70%", "2.1", "1,000", "500", "2020-01-05"]
    lines: list[Line] = list(enumerate([header, row], start=1))
    service, tiering = desk.services.imports, desk.services.tiering
    await service.apply(TEAM, await service.plan(TEAM, lines, None), by="operator")
    assert await tiering.is_due(TEAM)
    assert await tiering.run(TEAM) == 1
    assert not await tiering.is_due(TEAM)
    found = await tiering.explained(await desk.actor(), created.id)
    assert found.customer.tier is Tier.B
    assert (found.record.inputs.source, found.record.inputs.by) == ("imported", "operator")
    again = await service.plan(TEAM, lines, None)
    assert [each.effect for each in again.rows] == [Effect.SAME]
    kept = await desk.services.exports.whole(TEAM, by="operator")
    (out,) = kept.objects()["customers"]
    assert (out["tier"], out["buyers"], out["volume_12m"]) == ("B", "70", "1000")
    assert [each["cause"] for each in kept.objects()["tiers"]] == ["upgraded"]


async def test_a_tier_that_a_table_brings_is_in_the_history(desk: Desk) -> None:
    created = await desk.services.customers.create(await desk.actor(), NewCustomer("远大纺织", Tier.C))
    await brought(desk, None, ["远大纺织", "B", LIN, ""])
    record = (await desk.services.tiering.explained(await desk.actor(), created.id)).record
    assert [(each.cause, each.before, each.after, each.by) for each in record.history] == [
        (Cause.GIVEN, Tier.C, Tier.B, "test")
    ]


async def test_tier_a_of_an_account_managers_table_waits_for_the_lead(desk: Desk) -> None:
    """A new customer, and one that is known, are of tier B until the lead agrees; the table again asks nothing anew,
    and neither does a round in which there is still no score."""
    rows = ["甲乙公司", "A", "", ""], ["远大纺织", "A", "", ""]
    await desk.services.customers.create(await desk.actor(), NewCustomer("远大纺织", Tier.C))
    plan = await brought(desk, await desk.actor(), *rows)
    assert [(each.effect, each.asks_for_a) for each in plan.rows] == [(Effect.ADDED, True), (Effect.CHANGED, True)]
    found = {each.name: each for each in await desk.services.customers.suggest(await desk.actor(), "")}
    assert {each.tier for each in found.values()} == {Tier.B}
    again = await desk.services.imports.plan(TEAM, table(*rows), await desk.actor())
    assert [(each.effect, each.asks_for_a) for each in again.rows] == [(Effect.SAME, False)] * 2
    await desk.services.tiering.run(TEAM)
    tiering, zhou = desk.services.tiering, await desk.actor(ZHOU)
    questions = {each.customer.name: each for each in await tiering.questions(zhou)}
    assert sorted(questions) == sorted(found)
    for name, answer in (("甲乙公司", tiering.approve), ("远大纺织", partial(tiering.decline, reason="量还不够"))):
        asked = questions[name].record.asked
        assert asked is not None
        assert asked.by == "test"
        await answer(zhou, found[name].id, asked.id)
    after = {each.name: each.tier for each in await desk.services.customers.suggest(await desk.actor(), "")}
    assert after == {"甲乙公司": Tier.A, "远大纺织": Tier.B}
    declined = await desk.services.imports.plan(TEAM, table(*rows), await desk.actor())
    assert [each.effect for each in declined.rows] == [Effect.SAME, Effect.SAME], "not asked again in this quarter"


async def test_tier_a_is_the_leads_the_admins_and_the_operators_to_bring_in(desk: Desk) -> None:
    for number, actor in enumerate([await desk.actor(ZHOU), await desk.with_admins(REED).actor(REED), None]):
        plan = await brought(desk, actor, [f"客户{number}号", "A", CHEN, ""])
        assert [each.asks_for_a for each in plan.rows] == [False]
    assert {each.tier for each in await desk.services.customers.suggest(await desk.actor(CHEN), "")} == {Tier.A}
