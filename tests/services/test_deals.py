"""Deals and renewals: who records them, what a table of them does, and the key figures made of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.deal import DealForm, DealKind, DealResult
from bot.domain.erasure import CustomerErasure
from bot.domain.followup import renewal_id
from bot.domain.importplan import Effect
from bot.domain.kpi import Share
from bot.domain.user import Role
from bot.errors import CustomerNotFoundError, FieldError, NotAllowedError, NotCustomerOwnerError
from bot.storage import keys
from bot.storage.privacy import PrivacyStore
from bot.storage.records import Records
from tests.builders import TEAM
from tests.services.conftest import CHEN, LIN, WEST, ZHOU, Desk

SIGNED = DealForm(DealKind.NEW, date(2026, 1, 5), DealResult.SIGNED, date(2026, 2, 10), Decimal("8000000.00"))
HEADER = ["客户", "类型", "开始", "结果", "结束", "年融资额(元)", "客户经理"]


async def customer(desk: Desk, owner: str = LIN, name: str = "远大纺织") -> Customer:
    return await desk.services.customers.create(await desk.actor(owner), NewCustomer(name, Tier.B))


@pytest.mark.parametrize(
    ("user_id", "error"), [(LIN, None), (ZHOU, None), (CHEN, NotCustomerOwnerError), (WEST, CustomerNotFoundError)]
)
async def test_the_owner_and_the_lead_record_it(desk: Desk, user_id: str, error: type[Exception] | None) -> None:
    """Whoever stands in only reads; others do not even learn that there is such a customer."""
    found = await customer(desk)
    stands_in = found.model_copy(update={"stand_in_id": CHEN})
    await desk.services.customers.customers.change(TEAM, found.id, lambda _: stands_in)
    deals, actor = desk.services.deals, await desk.actor(user_id)
    if error is not None:
        with pytest.raises(error):
            await deals.record(actor, found.id, SIGNED)
        assert await deals.store.of(TEAM, found.id) == []
        return
    await deals.record(actor, found.id, SIGNED)
    (deal,) = await deals.store.of(TEAM, found.id)
    assert (deal.owner_id, deal.result, deal.volume) == (LIN, DealResult.SIGNED, Decimal("8000000.00"))
    assert "8000000" not in str(await desk.redis.get(keys.deal(TEAM, deal.id)))


async def test_told_again_it_is_brought_up_to_date(desk: Desk) -> None:
    """One of a kind and day, open at first; another day is another one."""
    found, actor = await customer(desk), await desk.actor()
    deals = desk.services.deals
    await deals.record(actor, found.id, replace(SIGNED, result=DealResult.OPEN, closed_on=None))
    await deals.record(actor, found.id, SIGNED)
    await deals.record(actor, found.id, SIGNED)
    await deals.record(actor, found.id, replace(SIGNED, kind=DealKind.RENEWAL))
    assert [each.result for each in await deals.store.of(TEAM, found.id)] == [DealResult.SIGNED, DealResult.SIGNED]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (replace(SIGNED, closed_on=None), "closed_on"),
        (replace(SIGNED, closed_on=date(2026, 1, 4)), "closed_on"),
        (replace(SIGNED, closed_on=date(2026, 3, 3)), "closed_on"),
        (replace(SIGNED, result=DealResult.OPEN), "closed_on"),
        (replace(SIGNED, began_on=date(2026, 3, 3)), "began_on"),
        (replace(SIGNED, ends_on=date(2027, 1, 5)), "ends_on"),
        (replace(SIGNED, kind=DealKind.RENEWAL, ends_on=date(2026, 1, 5)), "ends_on"),
    ],
)
async def test_what_cannot_be_names_its_field(desk: Desk, form: DealForm, field: str) -> None:
    """Today is 2 March 2026."""
    found = await customer(desk)
    with pytest.raises(FieldError) as caught:
        await desk.services.deals.record(await desk.actor(), found.id, form)
    assert caught.value.field == field


async def test_a_table_of_deals_is_told_by_its_columns(desk: Desk) -> None:
    """Through the same import as customers; brought in again it changes nothing, and what is wrong is told by line."""
    found = await customer(desk)
    await customer(desk, WEST, "西部化工")
    rows = [
        [found.name, "首单", "2026/1/5", "签约", "2026-02-10", "8,000,000", ""],
        [found.name, "续约", "2026-01-31", "进行中", "", "", LIN],
        [found.name, "首单", "2026-01-05", "丢单", "2026-02-01", "", ""],
        ["没有这家", "首单", "2026-01-05", "进行中", "", "", ""],
        ["西部化工", "首单", "2026-01-05", "进行中", "", "", ""],
        [found.name, "别的", "哪天", "签约", "", "很多", "张三"],
        [found.name, "首单", "2026-01-06", "签约", "", "", ""],
        [found.name, "首单", "2026-01-07", "丢单", "2026-03-09", "", ""],
    ]
    service, actor = desk.services.imports, await desk.actor()
    lines = list(enumerate([HEADER, *rows], start=1))
    plan = await service.plan(TEAM, lines, actor)
    assert [(each.line, each.effect) for each in plan.rows] == [(2, Effect.ADDED), (3, Effect.ADDED)]
    assert sorted({(each.line, each.heading) for each in plan.faults}) == [
        *((4, ""), (5, "客户"), (6, "客户")),
        *((7, each) for each in sorted(["类型", "开始", "年融资额(元)", "客户经理"])),
        *((8, "结束"), (9, "结束")),
    ]
    await service.apply(TEAM, plan, by=actor.user_id)
    first, second = await desk.services.deals.store.of(TEAM, found.id)
    assert (first.volume, second.kind) == (Decimal("8000000.00"), DealKind.RENEWAL)
    again = await service.plan(TEAM, lines, actor)
    assert {each.effect for each in again.rows} == {Effect.SAME}
    assert "deals.import" in {row.action for row in await desk.services.workspaces.audit.newest(TEAM)}


async def test_a_signed_renewal_moves_the_contracts_end(desk: Desk) -> None:
    """With its milestones; corrected it moves again, and an older renewal brought in later takes nothing back."""
    found, actor, deals = await customer(desk), await desk.actor(), desk.services.deals
    old, new = date(2026, 3, 20), date(2027, 3, 19)
    ends = {"contract_expires_on": old}
    await desk.services.customers.customers.change(TEAM, found.id, lambda each: each.model_copy(update=ends))
    renewal = DealForm(DealKind.RENEWAL, old, DealResult.SIGNED, date(2026, 3, 2), ends_on=new)

    async def end() -> date | None:
        return (await desk.services.customers.get(actor, found.id)).contract_expires_on

    await deals.record(actor, found.id, replace(renewal, ends_on=None))
    assert await end() == old
    for told in (new, new, new - timedelta(days=10)):
        await deals.record(actor, found.id, replace(renewal, ends_on=told))
        assert await end() == told
    assert (await desk.services.followups.store.get(TEAM, renewal_id(found.id))).about_on == new - timedelta(days=10)
    rows = [[*HEADER, "新合同到期"], [found.name, "续约", "2025-03-20", "签约", "2025-03-01", "", "", "2026-03-20"]]
    plan = await desk.services.imports.plan(TEAM, list(enumerate(rows, start=1)), actor)
    await desk.services.imports.apply(TEAM, plan, by=actor.user_id)
    assert len(await deals.store.of(TEAM, found.id)) == 2
    assert await end() == new - timedelta(days=10)


async def test_it_is_exported_and_goes_with_its_customer(desk: Desk) -> None:
    """What is exported can be brought in again; erasing leaves nothing of it."""
    found, actor = await customer(desk), await desk.actor()
    await desk.services.deals.record(actor, found.id, SIGNED)
    sheet = (await desk.services.exports.seen_by(actor)).sheets()["deals"]
    plan = await desk.services.imports.plan(TEAM, list(enumerate(sheet, start=1)), actor)
    assert ([each.effect for each in plan.rows], plan.faults) == ([Effect.SAME], ())
    store = PrivacyStore(Records(desk.redis), desk.services.deals.store.sealer)
    await store.erase(TEAM, CustomerErasure(found.id, found.names))
    assert [key async for key in desk.redis.scan_iter("*deal*")] == []
    with pytest.raises(CustomerNotFoundError):
        await desk.services.deals.save(TEAM, plan.rows[0].deal)  # type: ignore[union-attr]


async def test_a_lead_gets_the_teams_figures_and_an_admin_everybodys(desk: Desk) -> None:
    """An account manager none."""
    for owner, name in ((LIN, "远大纺织"), (WEST, "西部化工")):
        found = await customer(desk, owner, name)
        began = replace(SIGNED, began_on=date(2025, 3, 3), closed_on=date(2025, 4, 1))
        await desk.services.deals.record(await desk.actor(owner), found.id, began)
    figures = desk.services.figures
    assert (await figures.asked(await desk.actor(ZHOU))).conversion == Share(1, 1)
    admin = (await desk.actor(CHEN)).model_copy(update={"roles": frozenset({Role.ADMIN})})
    assert (await figures.asked(admin)).conversion == Share(2, 2)
    with pytest.raises(NotAllowedError):
        await figures.asked(await desk.actor(CHEN))
