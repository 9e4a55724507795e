"""Exports: what one may see, all of it, and nothing else."""

import json

from bot import tables
from bot.domain.customer import NewCustomer, Tier
from bot.domain.export import Form
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, REED, WEST, ZHOU, Desk


async def names(desk: Desk, who: str) -> list[str]:
    return [each.name for each in (await desk.services.exports.seen_by(await desk.actor(who))).customers]


async def test_everybody_gets_the_customers_he_sees(desk: Desk) -> None:
    await desk.create("远大纺织", LIN)
    await desk.create("恒通电子", CHEN)
    await desk.create("别队客户", WEST)
    assert await names(desk, LIN) == ["远大纺织"]
    assert sorted(await names(desk, ZHOU)) == sorted(["恒通电子", "远大纺织"])
    assert await names(desk, REED) == []
    assert len((await desk.services.exports.whole(TEAM, by="operator")).customers) == 3


async def test_it_holds_notes_and_open_steps_and_is_logged(desk: Desk) -> None:
    created = await desk.create("=危险()公司", LIN)
    await desk.log(created, note="嫌费率高", next_step="给报价", next_step_on=MONDAY)
    kept = await desk.services.exports.seen_by(await desk.actor())
    content = json.loads(tables.exported(kept, Form.JSON))
    assert [(each["customer"], each["note"]) for each in content["visits"]] == [("=危险()公司", "嫌费率高")]
    assert [(each["title"], each["due_on"]) for each in content["followups"]] == [("给报价", MONDAY.isoformat())]
    (first, *_) = await desk.services.workspaces.audit.newest(TEAM)
    assert (first.who, first.action) == (LIN, "customers.export")


async def test_an_exported_table_can_be_imported_again_and_changes_nothing(desk: Desk) -> None:
    new = NewCustomer("+86 贸易", Tier.C, "贸易", ("八六",), MONDAY)
    await desk.services.customers.create(await desk.actor(), new)
    kept = await desk.services.exports.seen_by(await desk.actor())
    for form in (Form.CSV, Form.XLSX):
        lines = tables.read(tables.exported(kept, form))
        plan = await desk.services.imports.plan(TEAM, lines, await desk.actor())
        assert ([each.effect for each in plan.rows], plan.faults) == (["same"], ())
