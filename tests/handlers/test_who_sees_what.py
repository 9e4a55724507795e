"""Every listener of the app, tried by every role on customers to which the person stands in every way.

What may come of it is read from docs/privacy-and-roles.md. A listener that is in no row fails the first test: add a
row to ROWS that tries it; only what shows no customer, or is tried elsewhere, goes to NOT_TRIED_HERE.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from secrets import token_hex
from typing import Any, Final, cast

import pytest
import pytest_asyncio
from slack_bolt.async_app import AsyncApp

import handlers
from bot.domain.case import Case
from bot.domain.customer import Customer, Tier
from bot.domain.followup import SnoozeLength, SnoozeReason, contact_due, contact_id
from bot.domain.note import Brief, Draft, NewCustomer
from bot.domain.policy import Action, Relation, Work
from bot.domain.user import Member, Role
from bot.domain.visit import Channel, Visit
from bot.sandbox import ActingPerson, Message, View
from bot.sandbox.payloads import Payloads
from bot.storage.visits import Consequences
from bot.text import load
from bot.views import cases as case_views
from bot.views import customers as customer_views
from bot.views import dossiers as dossier_views
from bot.views import followups as followup_views
from bot.views import leavers as leaver_views
from bot.views import library as library_views
from bot.views import needs as need_views
from bot.views import playbook as playbook_views
from bot.views import search as search_views
from bot.views import sharing as sharing_views
from bot.views import visitform
from bot.views import visits as visit_views
from bot.views.blocks import actions, button, input_block, modal, option, packed, section, select
from bot.views.shown import Shown
from tests.docs import tables
from tests.handlers.cast import Cast
from tests.handlers.reading import block_id, element, entered
from tests.world import TEAM, World

pytestmark = pytest.mark.usefixtures("at_once")
ELSEWHERE: Final = "T0OTHER"
"""Another workspace, in which the person has the same id and the same roles."""
TYPED: Final = "甲壹"
SECRET: Final = "密语"
"""Customers are called by both; only the first is ever typed."""
FOR_TIER_A: Final = "结果书面给您"
"""Part of what is said to a customer of that tier only."""
NOTE: Final = "看了厂房"
ON_CUSTOMERS, AT_WORK = tables()


@dataclass(slots=True)
class Scene:
    """One person, and a customer for each relation; the person's roles change while the scene lasts."""

    world: World
    cast: Cast
    me: ActingPerson
    customers: dict[Relation, Customer] = field(default_factory=dict)
    elsewhere: Customer | None = None

    def said_since(self, marks: tuple[int, int]) -> str:
        """All that the app has sent since then, to anybody."""
        calls, deliveries = self.world.slack.calls[marks[0] :], self.world.slack.deliveries[marks[1] :]
        return json.dumps([[call.args for call in calls], [each.answer for each in deliveries]], ensure_ascii=False)

    def marks(self) -> tuple[int, int]:
        return len(self.world.slack.calls), len(self.world.slack.deliveries)

    def message(self, action_id: str, value: str) -> Message:
        """A message with that button: what somebody forges who knows an id."""
        state = self.world.slack.state
        blocks = [actions([button("x", action_id, value)])]
        return state.post(state.from_bot(state.dm_id(self.me.id), "x", blocks=blocks))

    def window(self, view: dict[str, Any]) -> View:
        """An open window, filled in by whoever forges it."""
        return self.world.slack.state.views.open(self.me.id, view)

    def case(self, customer: Customer, case_id: str) -> Case:
        """Open to the person or, where that is not the relation, to somebody else."""
        reader = self.me.id if customer is self.customers[Relation.CASE] else self.cast.id("reed")
        return Case(
            id=case_id,
            customer_id=customer.id,
            reader_ids=(reader,),
            opened_by="U0SOMEBODY",
            opened_at=self.world.clock(),
            reason="请看一下",
        )

    def team_of(self, customer: Customer) -> str:
        return ELSEWHERE if customer is self.elsewhere else TEAM

    async def becomes(self, role: Role | None) -> None:
        """Here and in the other workspace."""
        given = partial(Member.given, roles=frozenset({role} if role else ()), team=None)
        for team_id in (TEAM, ELSEWHERE):
            await self.world.services.members.store.change(team_id, self.me.id, given)

    async def press(self, action_id: str, value: str) -> None:
        await self.me.press(self.message(action_id, value), action_id)


Try = Callable[[Scene, Customer], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Row:
    """`attempt` tells whether it reached the customer. Which action it takes; by default alike for each relation."""

    attempt: Try
    action: Action | None = None
    by: Mapping[Relation, Action] = field(default_factory=dict)
    work: Work | None = None
    """Open to whoever does that work, about any customer of the workspace."""

    def is_open(self, role: Role | None, relation: Relation) -> bool:
        if role is None:
            return False
        if self.work is not None:
            return self.work in AT_WORK[role]
        action = self.by.get(relation) if self.by else self.action
        return action in ON_CUSTOMERS[role][relation]


def rest_of_name(customer: Customer) -> str:
    """What was never typed."""
    return customer.name.removeprefix(TYPED)


def seeing(act: Callable[[Scene, Customer], Awaitable[None]], secret: Callable[[Customer], str] = rest_of_name) -> Try:
    """Whether the app then says what it may say to those only who see the customer."""

    async def attempt(scene: Scene, customer: Customer) -> bool:
        marks = scene.marks()
        await act(scene, customer)
        await scene.world.quiet()
        return secret(customer) in scene.said_since(marks)

    return attempt


def command(name: str, rest: str = "") -> Try:
    async def act(scene: Scene, customer: Customer) -> None:
        await scene.me.command(name.split()[0], " ".join([*name.split()[1:], f"{_typed(customer)} {rest}".strip()]))

    return seeing(act)


def pressing(
    action_id: str,
    value: Callable[[Customer], str] = lambda customer: customer.id,
    secret: Callable[[Customer], str] = rest_of_name,
) -> Try:
    async def act(scene: Scene, customer: Customer) -> None:
        await scene.press(action_id, value(customer))

    return seeing(act, secret)


def asking(ask: Callable[[Scene, str], Awaitable[Any]]) -> Try:
    """A question that begins with the whole name: whether the answer is for that customer, which it then remembers."""

    async def attempt(scene: Scene, customer: Customer) -> bool:
        marks = scene.marks()
        await ask(scene, f"{customer.name} 嫌费率高")
        await scene.world.quiet()
        return customer.id in scene.said_since(marks)

    return attempt


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


def _typed(customer: Customer) -> str:
    """Enough of the name to be found by."""
    return customer.name.split(SECRET)[0]


async def type_ahead(scene: Scene, customer: Customer) -> None:
    await scene.me.suggest(_visit_form(scene, Draft()), visitform.CUSTOMER, _typed(customer))


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


async def noted(scene: Scene, customer: Customer) -> str:
    """The id of a note about the customer, whoever wrote it."""
    store, team_id = scene.world.services.visits.store, scene.team_of(customer)
    visit = Visit(
        id=f"v-{customer.id}",
        customer_id=customer.id,
        author_id="U0SOMEBODY",
        on=scene.world.clock().date(),
        channel=Channel.VISIT,
        note=f"{SECRET}{customer.id}",
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


async def open_home(scene: Scene, customer: Customer) -> None:
    await scene.me.open_home()


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
    contact = contact_due(customer, dict.fromkeys(Tier, 14), lambda day: True)
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


HANDED_OVER: Final = {Relation.OWN: Action.HAND_OVER, Relation.TEAM: Action.HAND_OVER}
"""What was left behind goes another way: leavers.reassign."""
ROWS: Final[Mapping[str, Row]] = {
    "customers.customer": Row(command("/customer"), Action.SEE),
    "customers.show": Row(pressing(customer_views.SHOW), Action.SEE),
    "dossiers.open_file": Row(pressing(customer_views.FILE), Action.WRITE),
    "dossiers.open_edit": Row(pressing(customer_views.EDIT), Action.EDIT),
    "dossiers.open_part": Row(
        pressing(dossier_views.PART, lambda customer: packed({"c": customer.id, "p": "contact"}), lambda each: each.id),
        Action.EDIT,
    ),
    "dossiers.open_hand_over": Row(pressing(customer_views.HAND_OVER), by=HANDED_OVER),
    "dossiers.hand_over": Row(hand_over, by=HANDED_OVER),
    "needs.open_file": Row(pressing(customer_views.NEEDS), Action.WRITE),
    "needs.add": Row(pressing(need_views.ADD, secret=lambda customer: customer.id), Action.WRITE),
    "needs.timeline": Row(pressing(need_views.TIMELINE), Action.WRITE),
    "needs.compare_form": Row(pressing(need_views.COMPARE, secret=lambda customer: customer.id), Action.WRITE),
    "preparation.prep": Row(command("/prep"), Action.WRITE),
    "preparation.show": Row(pressing(customer_views.PREPARE), Action.WRITE),
    "playbook.objection": Row(asking(lambda scene, line: scene.me.command("/objection", line)), Action.WRITE),
    "playbook.direct_message": Row(asking(message), Action.WRITE),
    "playbook.mention": Row(asking(mention), Action.WRITE),
    "library.playbook": Row(asking(lambda scene, line: scene.me.command("/playbook", line)), Action.WRITE),
    "library.find_reply": Row(asking(find_reply), Action.WRITE),
    "playbook.show": Row(pressing(playbook_views.SWITCH, carded, lambda customer: FOR_TIER_A), Action.WRITE),
    "playbook.more": Row(pressing(playbook_views.MORE, carded, lambda customer: customer.id), Action.WRITE),
    "visits.from_answer": Row(pressing(playbook_views.VISIT, carded), Action.WRITE),
    "preferences.factormate": Row(command("/factormate customer"), Action.SEE),
    "search.find": Row(command("/find"), Action.WRITE),
    "search.turn": Row(
        pressing(search_views.TURN, lambda customer: packed({"q": _typed(customer), "f": 0})), Action.WRITE
    ),
    "search.open_hit": Row(
        pressing(search_views.OPEN, lambda customer: packed({"c": customer.id, "k": "customer", "i": customer.id})),
        Action.WRITE,
    ),
    "visits.visit": Row(command("/visit", NOTE), Action.WRITE),
    "visitform.suggest": Row(seeing(type_ahead), Action.WRITE),
    "visitform.customer_picked": Row(pick, Action.WRITE),
    "visits.edit": Row(seeing(change_note), Action.WRITE),
    "visits.history": Row(seeing(see_versions, lambda customer: f"{SECRET}{customer.id}"), Action.WRITE),
    "visits.save": Row(save, Action.WRITE),
    "visits.from_customer": Row(pressing(customer_views.LOG), Action.WRITE),
    "visits.from_followup": Row(
        pressing(followup_views.LOG, lambda customer: packed({"f": contact_id(customer.id)})),
        by={Relation.OWN: Action.WRITE, Relation.TEAM: Action.WRITE},
    ),
    "followups.snooze": Row(snooze, by={Relation.OWN: Action.WRITE, Relation.TEAM: Action.WRITE}),
    "home.opened": Row(
        seeing(open_home),
        by={Relation.OWN: Action.WRITE, Relation.CASE: Action.SEE, Relation.LEFT_BEHIND: Action.HAND_OVER},
    ),
    "leavers.reassign": Row(reassign, by={Relation.LEFT_BEHIND: Action.HAND_OVER}),
    "cases.send_form": Row(pressing(case_views.SEND), Action.SEND_TO_RISK),
    "cases.send": Row(send_to_risk, Action.SEND_TO_RISK),
    "cases.break_glass": Row(break_glass, work=Work.BREAK_GLASS),
    "cases.show": Row(pressing(case_views.SHOW), Action.SEE),
    "sharing.form": Row(pressing(sharing_views.SHARE), Action.SHARE),
    "sharing.picked": Row(seeing(pick_channel), Action.SHARE),
    "sharing.share": Row(share, Action.SHARE),
    "cases.close": Row(close_case, Action.CLOSE_CASE),
}

NOT_TRIED_HERE: Final = frozenset(
    {
        "cases.glass_form",  # shows what was typed
        "visits.from_home",  # an empty form
        "visits.from_message",  # a form with the words of the message; tests/handlers/test_visit_message.py
        # one's own form and drafts; tests/handlers/test_visit_reading.py and test_visit_drafts.py
        *(f"visitform.{name}" for name in ("changed", "continue_draft", "discard_draft", "closed")),
        # with forms of many fields: tests/handlers/test_dossiers.py, test_needs.py and test_preparation.py try them
        *(f"dossiers.{name}" for name in ("edit", "keep_part")),
        *(f"needs.{name}" for name in ("menu", "compare", "save")),
        "preparation.mark",
        # the playbook, its changes and its gaps, which keep no customer's name
        *(f"entryform.{name}" for name in ("menu", "edit", "again", "from_message", "category_picked", "submit")),
        *(f"feedback.{name}" for name in ("vote", "missing", "closed", "usage")),
        *(f"gaps.{name}" for name in ("answer_form", "answer", "new_entry", "assign_form", "assign", "dismiss")),
        *(f"gaps.{name}" for name in ("ask_owner", "reply_form", "reply")),
        *(f"exchange.{name}" for name in ("file_sent", "bring_in", "leave")),  # tests/handlers/test_exchange.py
        "library.choose_kind",
        "playbook.related",  # in the window of playbook.more, by its code
        *(f"playbook.{name}" for name in ("share", "share_to", "closed")),
        *(f"reviews.{name}" for name in ("verify", "edit", "retire")),
        *(f"revisions.{name}" for name in ("show_history", "retire", "verify", "retire_sent", "restore", "review")),
        *(f"revisions.{name}" for name in ("approve", "send_back", "send_back_sent")),
        "home.ask",
        "leavers.changed",  # shows nothing; tests/handlers/test_leavers.py
        # people and their roles; tests/handlers/test_staff.py
        *(f"staff.{name}" for name in ("show", "page", "give_form", "change_form", "give")),
    }
)


class Recorder:
    """Stands in for Bolt's app while handlers register, and keeps who listens."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getattr__(self, kind: str) -> Any:
        def decorated(constraint: Any, **_: Any) -> Any:
            return self._keep

        return decorated

    def _keep(self, listener: Any) -> Any:
        self.names.add(f"{listener.__module__.removeprefix('handlers.')}.{listener.__name__}")
        return listener


def test_every_listener_is_in_a_row() -> None:
    """A new one says whether it touches customers, and which right it takes."""
    recorder = Recorder()
    handlers.register_all(cast("AsyncApp", recorder))
    assert recorder.names == ROWS.keys() | NOT_TRIED_HERE
    assert not ROWS.keys() & NOT_TRIED_HERE


@pytest_asyncio.fixture(loop_scope="session")
async def scene(world: World, cast: Cast) -> AsyncIterator[Scene]:
    """Chen, with a customer in each relation."""
    yield await staged(world, cast)
    # Or the lists of later tests would be full of what he left behind.
    await world.services.members.store.change(TEAM, cast.id("zhou"), partial(Member.given, roles=frozenset(), team=""))


async def staged(world: World, cast: Cast) -> Scene:
    scene = Scene(world, cast, cast.person("chen"))
    give = world.services.members.set_roles  # nobody joins the daily round, whose messages would come in between
    manager, team = frozenset({Role.ACCOUNT_MANAGER}), f"East {cast.number}"
    await give(TEAM, cast.id("grace"), manager, f"West {cast.number}", by="test")
    await give(TEAM, cast.id("zhou"), manager, f"South {cast.number}", by="test")
    await give(TEAM, cast.id("reed"), frozenset({Role.RISK}), "", by="test")
    await give(TEAM, scene.me.id, manager, team, by="test")
    owners = {Relation.OWN: "chen", Relation.TEAM: "lin", Relation.LEFT_BEHIND: "zhou"}
    for relation in Relation:
        owner = cast.person(owners.get(relation, "grace"))
        name = f"{TYPED}{relation.replace('_', '')}{cast.number}{SECRET}{relation.replace('_', '')}"
        scene.customers[relation] = await cast.customer(owner, name, Tier.A, last_contact_on="2026-10-01")
    await world.services.members.store.change(TEAM, cast.id("zhou"), Member.gone)
    await world.services.customers.customers.change(
        TEAM,
        scene.customers[Relation.STAND_IN].id,
        lambda found: found.model_copy(update={"stand_in_id": scene.me.id}),
    )
    with_case = scene.customers[Relation.CASE]
    await world.services.cases.store.open(TEAM, scene.case(with_case, f"k-{with_case.id}"))
    await give(ELSEWHERE, scene.me.id, manager, team, by="test")
    stranger = await world.services.members.actor(ELSEWHERE, scene.me.id)
    new = NewCustomer(f"{TYPED}elsewhere{cast.number}{SECRET}elsewhere", Tier.A, last_contact_on=None)
    scene.elsewhere = await world.services.customers.create(stranger, new)
    return scene


FIRST: Final = (None, Role.ACCOUNT_MANAGER)
"""Tried at every change; the other roles in the long tests."""


@pytest.mark.parametrize("name", ROWS)
async def test_who_sees_what(scene: Scene, name: str) -> None:
    """An account manager, and who has no role, on all relations; and neither reaches into another workspace."""
    await walk(scene, ROWS[name], FIRST)


@pytest.mark.soak
@pytest.mark.parametrize("name", ROWS)
async def test_who_sees_what_in_other_roles(scene: Scene, name: str) -> None:
    """Leads, risk and admins see what the table gives them; who keeps the playbook sees no customer for that."""
    await walk(scene, ROWS[name], [role for role in Role if role not in FIRST])


async def walk(scene: Scene, row: Row, roles: Sequence[Role | None]) -> None:
    came_of_it, told = {}, {}
    for role in roles:
        await scene.becomes(role)
        for relation, customer in scene.customers.items():
            came_of_it[role, relation] = await row.attempt(scene, customer)
            told[role, relation] = row.is_open(role, relation)
        assert scene.elsewhere is not None
        assert not await row.attempt(scene, scene.elsewhere), role
    assert came_of_it == told


@pytest.mark.parametrize("name", ["/customer", "/prep", "/visit"])
async def test_a_request_from_another_workspace_finds_what_is_there_only(scene: Scene, name: str) -> None:
    """Same person, same id, same role: what was typed is looked for where the request came from."""
    await scene.becomes(Role.TEAM_LEAD)
    assert scene.elsewhere is not None
    state, slack = scene.world.slack.state, scene.world.slack
    place = state.get_place(state.dm_id(scene.me.id))
    found = {}
    for customer in (scene.customers[Relation.OWN], scene.customers[Relation.TEAM], scene.elsewhere):
        body = Payloads(state, slack.base_url).command(scene.me.person, place, name, _typed(customer))
        marks = scene.marks()
        await slack.deliver("slash_commands", body | {"team_id": ELSEWHERE})
        await scene.world.quiet()
        found[customer.name] = customer.name.removeprefix(TYPED) in scene.said_since(marks)
    assert list(found.values()) == [False, False, True]
