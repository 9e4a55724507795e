"""What somebody tries with what is due at a customer: did it reach the customer?"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.domain.customer import Customer
from bot.domain.followup import DropReason, SnoozeLength, SnoozeReason, contact_id
from bot.views import finishing as finishing_views
from bot.views import followups as followup_views
from bot.views.blocks import actions, input_block, modal, option, packed, select
from tests.handlers.note_attempts import NOTE
from tests.handlers.reading import entered
from tests.handlers.scene import Scene


async def snooze(scene: Scene, customer: Customer) -> bool:
    store, followup_id = scene.world.services.followups.store, contact_id(customer.id)
    before = await store.get(scene.team_of(customer), followup_id)
    choice = option("x", f"{SnoozeLength.WEEK}|{SnoozeReason.TRAVELLING}")
    block = actions([select("static_select", followup_views.SNOOZE, "x", options=[choice])])
    state = scene.world.slack.state
    block["block_id"] = packed({"f": followup_id, "d": ""})
    message = state.post(state.from_bot(state.dm_id(scene.me.id), "x", blocks=[block]))
    await scene.me.press(message, followup_views.SNOOZE, selected=choice)
    await scene.world.quiet()
    return await store.get(scene.team_of(customer), followup_id) != before


async def drop(scene: Scene, customer: Customer) -> bool:
    """And back again, so that the next can try."""
    choice = option("x", DropReason.OTHER)
    block = actions([select("static_select", followup_views.DROP, "x", options=[choice])])
    block["block_id"] = packed({"f": contact_id(customer.id)})

    async def act() -> None:
        state = scene.world.slack.state
        message = state.post(state.from_bot(state.dm_id(scene.me.id), "x", blocks=[block]))
        await scene.me.press(message, followup_views.DROP, selected=choice)

    return await _changes(scene, customer, act)


async def finish(scene: Scene, customer: Customer) -> bool:
    line = input_block(finishing_views.LINE, "x", {"type": "plain_text_input", "action_id": finishing_views.LINE})
    return await _submits(scene, customer, finishing_views.DONE_MODAL, line, line=NOTE)


async def snooze_until(scene: Scene, customer: Customer) -> bool:
    day = (scene.world.clock().date() + timedelta(days=3)).isoformat()
    picker: dict[str, Any] = {"type": "datepicker", "action_id": finishing_views.UNTIL, "initial_date": day}
    why = option("x", SnoozeReason.OTHER)
    menu = select("static_select", finishing_views.REASON, "x", options=[why], initial_option=why)
    until = input_block(finishing_views.UNTIL, "x", picker)
    return await _submits(
        scene, customer, finishing_views.UNTIL_MODAL, until, input_block(finishing_views.REASON, "x", menu)
    )


async def _submits(scene: Scene, customer: Customer, callback_id: str, *blocks: dict[str, Any], **values: str) -> bool:
    """A window about the customer's contact, filled in by whoever forges it."""
    form = modal(callback_id, "x", blocks, close="x", submit="x", metadata={"f": contact_id(customer.id)})

    async def act() -> None:
        view = scene.window(form)
        await scene.me.submit(view, entered(view, **values))

    return await _changes(scene, customer, act)


async def _changes(scene: Scene, customer: Customer, act: Callable[[], Awaitable[None]]) -> bool:
    """Whether the contact is another then; it is put back, so that the next can try."""
    store, team_id, followup_id = scene.world.services.followups.store, scene.team_of(customer), contact_id(customer.id)
    before, customers = await store.get(team_id, followup_id), scene.world.services.customers.customers
    stored = await customers.get(team_id, customer.id)
    await act()
    await scene.world.quiet()
    after = await store.get(team_id, followup_id)
    await customers.change(team_id, customer.id, lambda _: stored)
    await store.change(team_id, followup_id, lambda _: before)
    return after != before
