"""Counting everybody's follow-ups anew: after new rules, in a job that may be cut short at any point."""

import pytest

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Tier
from bot.domain.customerform import marks
from bot.domain.followup import contact_id
from bot.domain.user import Role
from bot.domain.workspace import WorkspaceSettings
from bot.services import recounts
from bot.storage import keys
from tests.builders import MONDAY, TEAM
from tests.services.conftest import REED, Desk
from tests.services.test_tiering import BLANK


async def due_on(desk: Desk, *customer_ids: str) -> set[int]:
    """In how many days their contacts are due."""
    wanted = [contact_id(each) for each in customer_ids]
    found = await desk.services.followups.store.get_many(TEAM, wanted)
    assert len(found) == len(wanted)
    return {(each.due_on - MONDAY).days for each in found.values()}


async def settle(desk: Desk, cadence: CadenceRules) -> None:
    def step(found: WorkspaceSettings) -> WorkspaceSettings:
        return found.model_copy(update={"cadence": cadence})

    await desk.services.recounts.store.set_rules(TEAM, desk.services.workspaces.defaults, step)


async def test_new_rules_move_everybody_in_a_job(desk: Desk) -> None:
    """Not in the click; afterwards nothing is left to do."""
    found = [await desk.create(f"客户{number}") for number in range(3)]
    service, ids = desk.services.recounts, [each.id for each in found]
    assert await service.run(TEAM) == 3
    assert await service.store.find(TEAM) is None
    await settle(desk, CadenceRules().with_gaps({Tier.A: 7}))
    assert (await due_on(desk, *ids), await service.store.find(TEAM) is not None) == ({14}, True)
    assert (await service.run(TEAM), await service.run(TEAM)) == (3, 0)
    assert await due_on(desk, *ids) == {7}


async def test_cut_short_it_goes_on_where_it_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers done before are not counted again; rules changed on the way make it begin anew."""
    monkeypatch.setattr(recounts, "PAGE", 2)
    ids = sorted([(await desk.create(f"客户{number}")).id for number in range(5)])
    service = desk.services.recounts
    await settle(desk, CadenceRules().with_gaps({Tier.A: 7}))
    begun = await service.store.find(TEAM)
    assert begun is not None
    for customer_id in ids[:2]:
        await service.one(TEAM, customer_id)
    assert await service.store.came_to(TEAM, begun, ids[1])
    assert (await due_on(desk, *ids[:2]), await due_on(desk, *ids[2:])) == ({7}, {14})
    assert await service.run(TEAM) == 3
    assert await due_on(desk, *ids) == {7}
    await settle(desk, CadenceRules())
    assert await service.store.came_to(TEAM, begun, ids[1]) is None, "what is under way is for rules of before"
    assert await service.run(TEAM) == 5


async def test_a_note_of_an_earlier_release_counts_as_if_saved_now(desk: Desk) -> None:
    """With its way, its objection that nobody has marked; and once only."""
    customer = await desk.create()
    await desk.log(customer, objection_ids=("cost/fee-too-high",))
    old: dict[str, object] = {"contacted_on": {}, "told_contact_on": None}
    await desk.services.customers.customers.change(TEAM, customer.id, lambda each: each.model_copy(update=old))
    await desk.services.recounts.one(TEAM, customer.id)
    now = await desk.services.customers.customers.get(TEAM, customer.id)
    assert list(now.contacted_on.values()) == [MONDAY]
    found = await desk.services.followups.store.open_ids(TEAM, customer.id)
    assert found == [f"objection-{customer.id}-cost/fee-too-high"]


async def test_the_recount_of_a_customer_that_is_gone_does_nothing(desk: Desk) -> None:
    await desk.services.recounts.one(TEAM, "gone")
    assert await desk.services.recounts.run(TEAM) == 0


async def test_what_cannot_be_read_holds_up_nobody(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """A newer release has written one of the customers: it is left alone by everything that goes through all of them,
    and what is to be done about it is still to be done afterwards."""
    known, newer = await desk.create("霁川电子"), await desk.create("远大纺织")
    services, redis = desk.services, desk.services.workspaces.store.redis
    await services.members.set_roles(TEAM, REED, frozenset({Role.ADMIN}), None, by="test")
    typed = BLANK | {"volume_12m": "900", "customer_since": "2020-01-05"}
    for each in (known, newer):
        await services.tiering.tell(await desk.actor(), each.id, marks(BLANK), typed)
    key = keys.customer(TEAM, newer.id)
    row = str(await redis.get(key)).replace('"tier":"A"', '"tier":"S"')
    await redis.set(key, row)
    await settle(desk, CadenceRules().with_gaps({Tier.A: 7}))
    assert await services.recounts.run(TEAM) == 2
    assert await due_on(desk, known.id) == {7}
    after = (await services.workspaces.settings(TEAM)).model_copy(update={"cadence": CadenceRules()})
    assert (await services.rules.preview(await desk.actor(REED), after)).customers == 1
    desk.clock.set("2026-09-01T09:00:00+08:00")
    await services.tiering.run(TEAM)
    record = (await services.tiering.explained(await desk.actor(), known.id)).record
    assert record.looks_on is not None
    assert record.looks_on > desk.today
    assert await services.tiering.is_due(TEAM), "a release that can read it looks at it"
    assert await redis.get(key) == row
    assert "field='tier'" in caplog.text
