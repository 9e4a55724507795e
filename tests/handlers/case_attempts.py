"""What somebody tries to show risk, or to see for it: did it reach the customer?"""

from secrets import token_hex

from bot.domain.case import Case
from bot.domain.customer import Customer, Risk
from bot.domain.dossier import Dossier
from bot.domain.user import Member
from bot.text import load
from bot.views import cases as case_views
from bot.views import riskflags as riskflag_views
from tests.handlers.reading import entered
from tests.handlers.scene import Scene
from tests.world import TEAM


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


async def set_flag(scene: Scene, customer: Customer) -> bool:
    """Red; and back again, so that it can be tried by the next."""
    store, team_id = scene.world.services.customers.customers, scene.team_of(customer)
    view = scene.window(riskflag_views.form(Dossier(customer), load("zh")))
    await scene.me.submit(view, entered(view, risk="red", reason="确权章看起来不对"))
    await scene.world.quiet()
    found = await store.get(team_id, customer.id)
    await store.change(team_id, customer.id, lambda _: customer)
    return found.risk is Risk.RED
