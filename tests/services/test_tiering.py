"""The rounds in which tiers are looked at: any number at once, each customer once, ended ones not at all."""

import asyncio
from datetime import timedelta

import pytest

from bot.domain import tierform
from bot.domain.customer import Customer, Tier
from bot.domain.customerform import marks
from bot.domain.tierinputs import TierInputs
from bot.domain.user import Role
from bot.errors import CustomerNotFoundError, NotCustomerOwnerError, NotTeamLeadError
from tests.builders import MONDAY, TEAM
from tests.services.conftest import CHEN, LIN, WEST, ZHOU, Desk

FIGURES = {"buyers": "70", "contribution": "2.1", "volume_12m": "1000", "volume_6m": "500"}
BLANK = tierform.values(TierInputs())


async def tell(desk: Desk, customer: Customer, by: str = LIN, **figures: str) -> None:
    typed = BLANK | FIGURES | {"customer_since": "2020-01-05"} | figures
    await desk.services.tiering.tell(await desk.actor(by), customer.id, marks(BLANK), typed)


async def test_several_bots_go_round_at_once(desk: Desk) -> None:
    """The customer has run out of its 180 days: one decision, one line in the audit log."""
    customer = await desk.create(tier=Tier.B)
    await tell(desk, customer, last_drawdown_on=str(MONDAY - timedelta(days=170)))
    desk.clock.set("2026-03-20T09:00:00+08:00")
    service = desk.services.tiering
    await asyncio.gather(*(service.run(TEAM) for _ in range(4)))
    found = await service.explained(await desk.actor(), customer.id)
    assert found.customer.tier is Tier.D
    assert [each.cause for each in found.record.history] == ["dormant"]
    lines = [each.action for each in await desk.services.workspaces.audit.newest(TEAM, 20)]
    assert lines.count("tier.decide") == 1
    assert await service.run(TEAM) == 0


async def test_an_ended_customer_is_left_alone(desk: Desk) -> None:
    customer = await desk.create(tier=Tier.B)
    await tell(desk, customer)
    await desk.services.retention.end(TEAM, customer.id, MONDAY, by="test")
    desk.clock.set("2026-04-01T09:00:00+08:00")
    assert await desk.services.tiering.is_due(TEAM)
    assert await desk.services.tiering.run(TEAM) == 0
    assert not await desk.services.tiering.is_due(TEAM)
    assert await desk.services.tiering.store.volumes(TEAM) == []


async def test_a_percentile_is_among_the_customers_with_figures(desk: Desk) -> None:
    """Of all account managers in the workspace."""
    mine, other = await desk.create(tier=Tier.B), await desk.create("顺达物流", by=CHEN, tier=Tier.B)
    await tell(desk, other, CHEN, volume_12m="3000")
    await tell(desk, mine)
    score = (await desk.services.tiering.explained(await desk.actor(), mine.id)).record.score
    assert score is not None
    assert (score.rank, score.of) == (2, 2)


async def test_the_others_follow_a_new_volume_in_the_next_night(desk: Desk) -> None:
    """Their percentile is another one by then; what was to be looked at sooner still is."""
    mine, other = await desk.create(tier=Tier.B), await desk.create("顺达物流", by=CHEN, tier=Tier.B)
    await tell(desk, mine)
    await desk.services.tiering.run(TEAM)
    await tell(desk, other, CHEN, volume_12m="3000")
    assert not await desk.services.tiering.is_due(TEAM)
    desk.clock.set("2026-03-03T00:10:00+08:00")
    await desk.services.tiering.run(TEAM)
    score = (await desk.services.tiering.explained(await desk.actor(), mine.id)).record.score
    assert score is not None
    assert (score.rank, score.of, score.on) == (2, 2, MONDAY + timedelta(days=1))
    assert not await desk.services.tiering.is_due(TEAM)


async def test_who_may_look_and_who_may_set(desk: Desk) -> None:
    """Its account manager looks, and sets nothing; a lead of another team does not know that it exists."""
    customer = await desk.create(tier=Tier.B)
    service = desk.services.tiering
    with pytest.raises(NotTeamLeadError):
        await service.to_set(await desk.actor(), customer.id)
    with pytest.raises(CustomerNotFoundError):
        await service.to_set(await desk.actor(WEST), customer.id)
    with pytest.raises(CustomerNotFoundError):
        await tell(desk, customer, CHEN)
    await desk.services.customers.customers.change(
        TEAM, customer.id, lambda found: found.model_copy(update={"stand_in_id": CHEN})
    )
    assert not (await service.explained(await desk.actor(CHEN), customer.id)).may_edit
    with pytest.raises(NotCustomerOwnerError):
        await tell(desk, customer, CHEN)
    assert await service.questions(await desk.actor()) == []


async def test_an_admin_runs_the_numbers_and_sees_no_customer(desk: Desk) -> None:
    customer = await desk.create(tier=Tier.B)
    await desk.services.members.set_roles(TEAM, CHEN, frozenset({Role.ADMIN}), None, by="test")
    with pytest.raises(CustomerNotFoundError):
        await desk.services.tiering.explained(await desk.actor(CHEN), customer.id)


async def test_the_lead_is_told_once_of_a_customer_that_does_not_draw(desk: Desk) -> None:
    """On day 90, a Saturday, nothing is sent: on Monday then, and not on Tuesday; to nobody but the lead."""
    customer = await desk.create(tier=Tier.B)
    saturday = MONDAY + timedelta(days=19)
    await tell(desk, customer, last_drawdown_on=str(saturday - timedelta(days=90)))
    told = []
    for day in (18, 21, 22):
        desk.clock.set(f"{MONDAY + timedelta(days=day)}T09:00:00+08:00")
        await desk.services.tiering.run(TEAM)
        daily = await desk.services.daily.of(await desk.actor(ZHOU), desk.today)
        told.append([(each.customer.id, each.days) for each in daily.idle])
        assert not (await desk.services.daily.of(await desk.actor(), desk.today)).idle
    assert told == [[], [(customer.id, 92)], []]
