"""What somebody tries with the forms of a customer's file: did it reach the customer?"""

from datetime import timedelta
from secrets import token_hex

from bot.domain.customer import Customer, Details
from bot.domain.customerform import Part, customer_values, marks, new_row_id, part_values
from bot.domain.dossier import Dossier
from bot.domain.need import NeedChange
from bot.storage import keys
from bot.text import load
from bot.views import dossiers as dossier_views
from bot.views import needs as need_views
from bot.views import objections as objection_views
from bot.views.blocks import packed
from tests.builders import make_change
from tests.handlers.note_attempts import noted
from tests.handlers.reading import element, entered
from tests.handlers.scene import SECRET, Scene

ZH = load("zh")


async def edit(scene: Scene, customer: Customer) -> bool:
    """The form as it was opened, with another industry; afterwards it is as it was."""
    values = customer_values(customer, Details())
    view = scene.window(dossier_views.edit_form(customer.id, values, marks(values), ZH))
    await scene.me.submit(view, entered(view, industry="造船"))
    await scene.world.quiet()
    store, team_id = scene.world.services.customers.customers, scene.team_of(customer)
    found = await store.get(team_id, customer.id)
    await store.change(team_id, customer.id, lambda now: now.model_copy(update={"industry": customer.industry}))
    return found.industry == "造船"


async def keep_part(scene: Scene, customer: Customer) -> bool:
    """Somebody new to talk to."""
    values = part_values(Part.CONTACT, None)
    row_id = new_row_id()
    form = dossier_views.part_form(customer.id, Part.CONTACT, row_id, values, marks(values), ZH, is_new=True)
    view = scene.window(form)
    await scene.me.submit(view, entered(view, role="财务总监", name="王芳"))
    await scene.world.quiet()
    contacts, _ = await scene.world.services.dossiers.store.people(scene.team_of(customer), customer.id)
    return row_id in [each.id for each in contacts]


async def need_menu(scene: Scene, customer: Customer) -> None:
    """*Change* of a need, whose words the form then shows."""
    today = scene.world.clock().date()
    found = Dossier(customer, changes=(await _needed(scene, customer),))
    view = scene.window(need_views.file(found, today, ZH))
    menu = element(view, need_views.MENU)
    value = next(each["value"] for each in menu["options"] if each["value"].startswith(f"{need_views.CHANGE}|"))
    await scene.me.press(view, menu["action_id"], selected=value)


async def compare(scene: Scene, customer: Customer) -> None:
    """Two days between which a need was heard."""
    today, change = scene.world.clock().date(), await _needed(scene, customer)
    view = scene.window(need_views.compare_form(customer, change.on - timedelta(days=1), today, ZH))
    await scene.me.submit(view, entered(view))


async def save_need(scene: Scene, customer: Customer) -> bool:
    said = f"要{token_hex(4)}"
    view = scene.window(need_views.change_form(customer, None, [], scene.world.clock().date(), ZH))
    await scene.me.submit(view, entered(view, statement=said, sentence="他们说的"))
    await scene.world.quiet()
    found = await scene.world.services.dossiers.store.find(scene.team_of(customer), customer.id)
    return found is not None and said in [each.statement for each in found.changes]


async def mark(scene: Scene, customer: Customer) -> bool:
    """Whether a play held against what a note mentions; nothing of it is left for the next who tries."""
    entry_id = "cost/fee-too-high"
    visit_id = await noted(scene, customer, objection_ids=(entry_id,))
    await scene.press(objection_views.HELD, packed({"v": visit_id, "e": entry_id}))
    await scene.world.quiet()
    store, team_id = scene.world.services.objections.store, scene.team_of(customer)
    outcomes = await store.outcomes(team_id, customer.id)
    await store.records.redis.delete(keys.objections(team_id, customer.id))
    return visit_id in [each.visit_id for each in outcomes]


def need_of(customer: Customer) -> str:
    """The words of the need that `_needed` puts on file."""
    return f"{SECRET}{customer.id}"


async def _needed(scene: Scene, customer: Customer) -> NeedChange:
    change = make_change(
        id=f"h-{customer.id}",
        need_id=f"n-{customer.id}",
        customer_id=customer.id,
        on=scene.world.clock().date() - timedelta(days=1),
        statement=need_of(customer),
    )
    store = scene.world.services.dossiers.store
    await store.change(scene.team_of(customer), customer.id, lambda found: found.with_change(change))
    return change
