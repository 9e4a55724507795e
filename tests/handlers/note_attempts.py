"""What somebody tries with notes about a customer: did it reach the customer?"""

from typing import Final

from bot.domain.customer import Customer
from bot.domain.draft import Draft
from bot.domain.visit import Channel, Visit
from bot.sandbox import View
from bot.storage.visits import Consequences
from bot.text import load
from bot.views import visitform
from bot.views import visits as visit_views
from bot.views.blocks import actions, button, modal, option
from tests.handlers.reading import block_id, element, entered
from tests.handlers.scene import SECRET, Scene, typed

NOTE: Final = "看了厂房"


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
