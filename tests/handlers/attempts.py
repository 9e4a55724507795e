"""What somebody tries with a customer, each beside the listener that takes it: did it reach the customer?"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex
from typing import Any, Final

from bot.domain import tierform
from bot.domain.cadence import CadenceRules
from bot.domain.case import Case
from bot.domain.customer import Customer, Risk, Tier
from bot.domain.customerform import marks as form_marks
from bot.domain.dossier import Dossier
from bot.domain.due import contact_due
from bot.domain.followup import DropReason, SnoozeLength, SnoozeReason, contact_id
from bot.domain.note import Brief, Draft
from bot.domain.policy import Relation
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import Asked, Override, TierRecord
from bot.domain.user import Member
from bot.domain.visit import Channel, Visit
from bot.domain.workspace import Retention
from bot.sandbox import View
from bot.storage import keys
from bot.storage.visits import Consequences
from bot.text import load
from bot.views import boards as board_views
from bot.views import cases as case_views
from bot.views import deals as deal_views
from bot.views import dossiers as dossier_views
from bot.views import endings as ending_views
from bot.views import finishing as finishing_views
from bot.views import followups as followup_views
from bot.views import leavers as leaver_views
from bot.views import library as library_views
from bot.views import riskflags as riskflag_views
from bot.views import sharing as sharing_views
from bot.views import tiering as tiering_views
from bot.views import visitform
from bot.views import visits as visit_views
from bot.views.blocks import actions, button, input_block, modal, option, overflow, packed, section, select
from bot.views.shown import Shown
from tests.handlers.reading import block_id, element, entered
from tests.handlers.scene import SECRET, Scene, typed
from tests.world import TEAM

NOTE: Final = "看了厂房"


async def find_reply(scene: Scene, question: str) -> None:
    state = scene.world.slack.state
    message = state.post(state.new_message(scene.cast.east, scene.cast.id("lin"), question))
    await scene.me.shortcut(library_views.FIND_REPLY, message)


async def mention(scene: Scene, question: str) -> None:
    """The answer comes after the event was taken."""
    known = len(scene.me.messages(scene.cast.east))
    await scene.me.mention(scene.cast.east, question)
    await scene.world.slack.wait_for(lambda: len(scene.me.messages(scene.cast.east)) > known + 1 or None)


async def message(scene: Scene, question: str) -> None:
    known = len(scene.me.dm_messages())
    await scene.me.dm(question)
    await scene.world.slack.wait_for(lambda: len(scene.me.dm_messages()) > known + 1 or None)


def carded(customer: Customer) -> str:
    """What the button of a card remembers."""
    return Shown("cost/fee-too-high", "zh", customer_id=customer.id).packed()


async def type_ahead(scene: Scene, customer: Customer) -> None:
    await scene.me.suggest(_visit_form(scene, Draft()), visitform.CUSTOMER, typed(customer))


async def pick(scene: Scene, customer: Customer) -> bool:
    """The window then shows what is open at the customer's."""
    marks = scene.marks()
    view = _visit_form(scene, Draft())
    found = element(view, visitform.CUSTOMER)
    leaf = {"selected_option": option("x", customer.id)}
    await scene.me.act(view, block_id(view, "customer"), found, leaf, None)
    await scene.world.quiet()
    return any(call.method == "views.update" for call in scene.world.slack.calls[marks[0] :])


async def save(scene: Scene, customer: Customer) -> bool:
    store, team_id = scene.world.services.visits.store, scene.team_of(customer)
    before = len(await store.latest(team_id, customer.id, 99))
    view = _visit_form(scene, Draft(customer, "x"))
    await scene.me.submit(view, entered(view, note=NOTE))
    await scene.world.quiet()
    return len(await store.latest(team_id, customer.id, 99)) > before


async def noted(scene: Scene, customer: Customer, objection_ids: tuple[str, ...] = ()) -> str:
    """The id of a note about the customer, whoever wrote it."""
    store, team_id = scene.world.services.visits.store, scene.team_of(customer)
    visit = Visit(
        id=f"v-{customer.id}",
        customer_id=customer.id,
        author_id="U0SOMEBODY",
        on=scene.world.clock().date(),
        channel=Channel.VISIT,
        note=f"{SECRET}{customer.id}",
        objection_ids=objection_ids,
        created_at=scene.world.clock(),
    )
    await store.record(team_id, visit, (), lambda stored, _: Consequences(stored or customer, ()))
    return visit.id


async def change_note(scene: Scene, customer: Customer) -> None:
    await scene.press(visit_views.EDIT, await noted(scene, customer))


async def see_versions(scene: Scene, customer: Customer) -> None:
    """From a window that is open."""
    window = scene.window(
        modal("x", "x", [actions([button("x", visitform.HISTORY, await noted(scene, customer))])], close="x")
    )
    await scene.me.press(window, visitform.HISTORY)


def _visit_form(scene: Scene, draft: Draft) -> View:
    services = scene.world.services
    today = scene.world.clock().date()
    form = visitform.form(visitform.Form(draft, today), services.playbook.shipped.playbook, load("zh"))
    return scene.window(form)


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


async def open_home(scene: Scene, customer: Customer) -> None:
    await scene.me.open_home()


async def open_from_home(scene: Scene, customer: Customer) -> None:
    """The menu of a row on Home, whose value somebody forges."""
    state = scene.world.slack.state
    row = [section("x", overflow(board_views.MENU, [option("x", f"open|{customer.id}")]))]
    message = state.post(state.from_bot(state.dm_id(scene.me.id), "x", blocks=row))
    await scene.me.press(message, board_views.MENU, selected=f"open|{customer.id}")


async def suggest_meeting(scene: Scene, customer: Customer) -> None:
    await scene.me.suggest(scene.window(board_views.prepare_modal(load("zh"))), board_views.PICK, typed(customer))


async def prepare_from_home(scene: Scene, customer: Customer) -> None:
    view = scene.window(board_views.prepare_modal(load("zh")))
    found, leaf = element(view, board_views.PICK), {"selected_option": option("x", customer.id)}
    await scene.me.act(view, str(view.blocks[0]["block_id"]), found, leaf, None)


async def send_to_risk(scene: Scene, customer: Customer) -> bool:
    before = len(await _cases(scene, customer))
    risk = Member(user_id=scene.cast.id("reed"))
    view = scene.window(case_views.send_modal(customer, [(risk, "Reed")], load("zh")))
    await scene.me.submit(view, entered(view, reason="确权章看起来不对"))
    await scene.world.quiet()
    return len(await _cases(scene, customer)) > before


async def break_glass(scene: Scene, customer: Customer) -> bool:
    before = len(await _cases(scene, customer))
    view = scene.window(case_views.glass_modal(customer.name, load("zh")))
    await scene.me.submit(view, entered(view, reason="抽查反洗钱"))
    await scene.world.quiet()
    return len(await _cases(scene, customer)) > before


async def pick_channel(scene: Scene, customer: Customer) -> None:
    view = _share_form(scene, customer)
    await scene.me.press(view, sharing_views.TARGET, value=scene.cast.east)


async def share(scene: Scene, customer: Customer) -> bool:
    """The form comes back with a preview first, for whoever may."""
    marks, channel = scene.marks(), {sharing_views.TARGET: scene.cast.east}
    view = _share_form(scene, customer)
    await scene.me.submit(view, entered(view, **channel))
    if (again := scene.me.views()) and customer.name in str(again[-1].blocks):
        await scene.me.submit(again[-1], entered(again[-1], **channel))
    await scene.world.quiet()
    calls = scene.world.slack.calls[marks[0] :]
    return any(call.method == "chat.postMessage" and call.args["channel"] == scene.cast.east for call in calls)


def _share_form(scene: Scene, customer: Customer) -> View:
    contact = contact_due(customer, CadenceRules(), lambda day: True)
    found = Brief(customer, contact, [], [], scene.world.clock().date())
    view = sharing_views.form(found, None, scene.me.id, load("zh"))
    return scene.window({**view, "blocks": view["blocks"][:1]})


async def reassign(scene: Scene, customer: Customer) -> bool:
    """To Lin; and back again, so that it can be tried by the next."""
    state, store = scene.world.slack.state, scene.world.services.customers.customers
    menu = select("users_select", leaver_views.REASSIGN, "x")
    block = section("x", menu, block_id=packed({"c": customer.id}))
    message = state.post(state.from_bot(state.dm_id(scene.me.id), "x", blocks=[block]))
    await scene.me.press(message, leaver_views.REASSIGN, value=scene.cast.id("lin"))
    await scene.world.quiet()
    found = await store.get(scene.team_of(customer), customer.id)
    await store.change(scene.team_of(customer), customer.id, lambda _: customer)
    return found.owner_id != customer.owner_id


async def hand_over(scene: Scene, customer: Customer) -> bool:
    """To Lin or, where it is Lin's, to Grace; and back again."""
    store, team_id = scene.world.services.customers.customers, scene.team_of(customer)
    to = scene.cast.id("grace" if customer is scene.customers[Relation.TEAM] else "lin")
    who = input_block(dossier_views.TO, "x", select("users_select", dossier_views.TO, "x"))
    form = modal(dossier_views.HAND_OVER_MODAL, "x", [who], close="x", submit="x", metadata={"c": customer.id})
    view = scene.window(form)
    await scene.me.submit(view, entered(view, **{dossier_views.TO: to}))
    await scene.world.quiet()
    before = await store.get(team_id, customer.id)
    await scene.world.services.dossiers.store.change(
        team_id, customer.id, lambda found: found.handed_over(customer.owner_id)
    )
    await store.change(team_id, customer.id, lambda _: customer)
    return before.owner_id != customer.owner_id


async def end(scene: Scene, customer: Customer) -> bool:
    """And it goes on again afterwards."""
    store, team_id = scene.world.services.customers.customers, scene.team_of(customer)
    found = Dossier(customer)
    view = scene.window(ending_views.form(found, Retention(), scene.world.clock().date(), load("zh")))
    await scene.me.submit(view, entered(view))
    await scene.world.quiet()
    ended = await store.get(team_id, customer.id)
    if ended.ended_on is not None:
        await scene.world.services.retention.reopen(team_id, customer.id, by="test")
    return ended.ended_on is not None


async def record_deal(scene: Scene, customer: Customer) -> bool:
    """And it is forgotten afterwards."""
    store, team_id = scene.world.services.deals.store, scene.team_of(customer)
    view = scene.window(deal_views.form(customer, [], load("zh")))
    await scene.me.submit(view, entered(view, kind="new", began_on="2026-01-05", closed_on="2026-02-10"))
    await scene.world.quiet()
    found = await store.of(team_id, customer.id)
    await store.records.redis.delete(
        keys.deals_of(team_id, customer.id), *(keys.deal(team_id, each.id) for each in found)
    )
    return bool(found)


async def close_case(scene: Scene, customer: Customer) -> bool:
    """One that was opened to the person where there is any."""
    store = scene.world.services.cases.store
    case = scene.case(customer, f"k-{token_hex(8)}")
    await store.open(TEAM, case)
    await scene.press(case_views.CLOSE, case.id)
    await scene.world.quiet()
    found = await store.find(TEAM, case.id)
    return found is not None and found.closed_at is not None


async def _cases(scene: Scene, customer: Customer) -> list[Case]:
    return await scene.world.services.cases.store.about(TEAM, customer.id, scene.world.clock())


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


async def set_flag(scene: Scene, customer: Customer) -> bool:
    """Red; and back again, so that it can be tried by the next."""
    store, team_id = scene.world.services.customers.customers, scene.team_of(customer)
    view = scene.window(riskflag_views.form(Dossier(customer), load("zh")))
    await scene.me.submit(view, entered(view, risk="red", reason="确权章看起来不对"))
    await scene.world.quiet()
    found = await store.get(team_id, customer.id)
    await store.change(team_id, customer.id, lambda _: customer)
    return found.risk is Risk.RED


async def _asked(scene: Scene, customer: Customer) -> dict[str, str]:
    asked = Asked(id="q1", on=scene.world.clock().date(), score=Decimal(90))
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
