"""What somebody tries with a customer, each beside the listener that takes it: did it reach the customer?"""

from bot.domain.brief import Brief
from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.due import contact_due
from bot.domain.policy import Relation
from bot.domain.workspace import Retention
from bot.sandbox import View
from bot.storage import keys
from bot.text import load
from bot.views import boards as board_views
from bot.views import deals as deal_views
from bot.views import dossiers as dossier_views
from bot.views import endings as ending_views
from bot.views import leavers as leaver_views
from bot.views import library as library_views
from bot.views import sharing as sharing_views
from bot.views.blocks import input_block, modal, option, overflow, packed, section, select
from bot.views.shown import Shown
from tests.handlers.reading import element, entered
from tests.handlers.scene import Scene, typed


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
