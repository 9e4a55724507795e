"""What somebody tries with a customer's tier: did it reach the customer?"""

from dataclasses import replace
from datetime import timedelta

from bot.domain import tierform
from bot.domain.customer import Customer, Tier
from bot.domain.customerform import marks as form_marks
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import Asked, Override, TierRecord
from bot.text import load
from bot.views import tiering as tiering_views
from bot.views.blocks import input_block, modal, option, packed, select
from tests.handlers.reading import entered
from tests.handlers.scene import Scene


async def tell_figures(scene: Scene, customer: Customer) -> bool:
    values = tierform.values(TierInputs())
    view = scene.window(tiering_views.tell_form(customer, values, form_marks(values), load("zh")))
    await scene.me.submit(view, entered(view, buyers="90"))
    return (await _tiering(scene, customer)).inputs.buyers == 90


async def set_tier(scene: Scene, customer: Customer) -> bool:
    tier = input_block(
        tiering_views.TIER, "x", select("static_select", tiering_views.TIER, "x", options=[option("x", "B")])
    )
    until = input_block(tiering_views.UNTIL, "x", {"type": "datepicker", "action_id": tiering_views.UNTIL})
    why = input_block(tiering_views.REASON, "x", {"type": "plain_text_input", "action_id": tiering_views.REASON})
    blocks = [tier, until, why]
    view = scene.window(modal(tiering_views.SET_MODAL, "x", blocks, close="x", submit="x", metadata={"c": customer.id}))
    day = (scene.world.clock() + timedelta(days=9)).date().isoformat()
    await scene.me.submit(view, entered(view, tier="B", until=day, reason="集团战略客户"))
    return (await _tiering(scene, customer)).override is not None


async def lift_tier(scene: Scene, customer: Customer) -> bool:
    until = scene.world.clock().date()
    override = Override(tier=Tier.B, reason="集团战略客户", until=until, by="U0SOMEBODY")
    await _put_tiering(scene, customer, TierRecord(override=override))
    await scene.press(tiering_views.LIFT, customer.id)
    return (await _tiering(scene, customer)).override is None


async def approve_tier(scene: Scene, customer: Customer) -> bool:
    value = await _asked(scene, customer)
    await scene.press(tiering_views.APPROVE, packed(value))
    return (await _tiering(scene, customer)).asked is None


async def decline_tier(scene: Scene, customer: Customer) -> bool:
    value = await _asked(scene, customer)
    why = input_block(tiering_views.REASON, "x", {"type": "plain_text_input", "action_id": tiering_views.REASON})
    view = scene.window(modal(tiering_views.DECLINE_MODAL, "x", [why], close="x", submit="x", metadata=value))
    await scene.me.submit(view, entered(view, reason="先看一个季度"))
    return (await _tiering(scene, customer)).asked is None


async def _asked(scene: Scene, customer: Customer) -> dict[str, str]:
    asked = Asked(id="q1", on=scene.world.clock().date(), score=None, by="U0SOMEBODY")  # no look at scores settles it
    await _put_tiering(scene, customer, TierRecord(standing=Tier.B, asked=asked))
    return {"c": customer.id, "a": "q1"}


async def _put_tiering(scene: Scene, customer: Customer, record: TierRecord) -> None:
    await scene.world.services.dossiers.store.change(
        scene.team_of(customer), customer.id, lambda found: replace(found, tiering=record)
    )


async def _tiering(scene: Scene, customer: Customer) -> TierRecord:
    """As it was left; then as if nothing had been."""
    await scene.world.quiet()
    found = await scene.world.services.dossiers.store.find(scene.team_of(customer), customer.id)
    assert found is not None
    await scene.world.services.dossiers.store.change(
        scene.team_of(customer), customer.id, lambda each: replace(each, customer=customer, tiering=TierRecord())
    )
    return found.tiering
