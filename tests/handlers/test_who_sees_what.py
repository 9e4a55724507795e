"""Every listener of the app, tried by every role on customers to which the person stands in every way.

What may come of it is read from docs/privacy-and-roles.md. A listener that is in no row fails the first test: add a
row to ROWS that tries it (in a way of scene.py, or of its own among the attempts of its subject); only what shows no
customer, or is tried elsewhere, goes to NOT_TRIED_HERE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import pytest
import pytest_asyncio
from slack_bolt.async_app import AsyncApp

import handlers
from bot.domain.followup import contact_id
from bot.domain.policy import Action, Relation, Work
from bot.domain.user import Role
from bot.sandbox.payloads import Payloads
from bot.views import cases as case_views
from bot.views import customers as customer_views
from bot.views import dossiers as dossier_views
from bot.views import followups as followup_views
from bot.views import needs as need_views
from bot.views import playbook as playbook_views
from bot.views import riskflags as riskflag_views
from bot.views import search as search_views
from bot.views import sharing as sharing_views
from bot.views import tiering as tiering_views
from bot.views import unfurls as unfurl_views
from bot.views.blocks import packed
from tests.docs import tables
from tests.handlers.attempts import (
    carded,
    end,
    find_reply,
    hand_over,
    mention,
    message,
    open_from_home,
    open_home,
    pick_channel,
    prepare_from_home,
    reassign,
    record_deal,
    share,
    suggest_meeting,
)
from tests.handlers.case_attempts import break_glass, close_case, send_to_risk, set_flag
from tests.handlers.cast import Cast
from tests.handlers.file_attempts import compare, edit, keep_part, mark, need_menu, need_of, save_need
from tests.handlers.followup_attempts import drop, finish, snooze, snooze_until
from tests.handlers.note_attempts import NOTE, change_note, pick, save, see_versions, type_ahead
from tests.handlers.scene import (
    ELSEWHERE,
    SECRET,
    TYPED,
    Scene,
    Try,
    asking,
    command,
    pressing,
    rest_of_name,
    seeing,
    staged,
    typed,
)
from tests.handlers.tier_attempts import approve_tier, decline_tier, lift_tier, set_tier, tell_figures
from tests.handlers.ways_out import export, operators_export, operators_look, webhook
from tests.world import World

FOR_TIER_A: Final = "结果书面给您"
"""Part of what is said to a customer of that tier only."""
ON_CUSTOMERS, AT_WORK = tables()


@dataclass(frozen=True, slots=True)
class Row:
    """`attempt` tells whether it reached the customer. Which action it takes; by default alike for each relation."""

    attempt: Try
    action: Action | None = None
    by: Mapping[Relation, Action] = field(default_factory=dict)
    work: Work | None = None
    """Open to whoever does that work, about any customer of the workspace."""
    is_operators: bool = False
    """Reaches every customer of the workspace, whatever role the person has in Slack."""

    def is_open(self, role: Role | None, relation: Relation) -> bool:
        if self.is_operators:
            return True
        if role is None:
            return False
        if self.work is not None:
            return self.work in AT_WORK[role]
        action = self.by.get(relation) if self.by else self.action
        return action in ON_CUSTOMERS[role][relation]


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
    "dossiers.edit": Row(edit, Action.EDIT),
    "dossiers.keep_part": Row(keep_part, Action.EDIT),
    "deals.form": Row(pressing(customer_views.DEAL), Action.EDIT),
    "deals.save": Row(record_deal, Action.EDIT),
    "endings.form": Row(pressing(customer_views.END), Action.EDIT),
    "endings.settle": Row(end, Action.EDIT),
    "needs.open_file": Row(pressing(customer_views.NEEDS), Action.WRITE),
    "needs.add": Row(pressing(need_views.ADD, secret=lambda customer: customer.id), Action.WRITE),
    "needs.timeline": Row(pressing(need_views.TIMELINE), Action.WRITE),
    "needs.compare_form": Row(pressing(need_views.COMPARE, secret=lambda customer: customer.id), Action.WRITE),
    "needs.menu": Row(seeing(need_menu, need_of), Action.WRITE),
    "needs.compare": Row(seeing(compare, need_of), Action.WRITE),
    "needs.save": Row(save_need, Action.WRITE),
    "preparation.mark": Row(mark, Action.WRITE),
    "preparation.prep": Row(command("/prep"), Action.WRITE),
    "preparation.show": Row(pressing(customer_views.PREPARE), Action.WRITE),
    "playbook.objection": Row(asking(lambda scene, line: scene.me.command("/objection", line)), Action.WRITE),
    "assistant.direct_message": Row(asking(message), Action.WRITE),
    "playbook.mention": Row(asking(mention), Action.WRITE),
    "library.playbook": Row(asking(lambda scene, line: scene.me.command("/playbook", line)), Action.WRITE),
    "library.find_reply": Row(asking(find_reply), Action.WRITE),
    "playbook.show": Row(pressing(playbook_views.SWITCH, carded, lambda customer: FOR_TIER_A), Action.WRITE),
    "playbook.more": Row(pressing(playbook_views.MORE, carded, lambda customer: customer.id), Action.WRITE),
    "visits.from_answer": Row(pressing(playbook_views.VISIT, carded), Action.WRITE),
    "preferences.factormate": Row(command("/factormate customer"), Action.SEE),
    "search.find": Row(command("/find"), Action.WRITE),
    "search.turn": Row(
        pressing(search_views.TURN, lambda customer: packed({"q": typed(customer), "f": 0})), Action.WRITE
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
        Action.WRITE,
    ),
    "followups.followups": Row(command("/followups"), Action.WRITE),
    "followups.snooze": Row(snooze, Action.WRITE),
    "followups.snooze_until": Row(snooze_until, Action.WRITE),
    "followups.drop": Row(drop, Action.WRITE),
    # whose row it is not sees no form, and one's own Home anew
    "followups.done_form": Row(
        pressing(followup_views.DONE, lambda customer: packed({"f": contact_id(customer.id)})),
        by={
            Relation.OWN: Action.WRITE,
            Relation.STAND_IN: Action.WRITE,
            Relation.TEAM: Action.WRITE,
            Relation.CASE: Action.SEE,
            Relation.LEFT_BEHIND: Action.HAND_OVER,
        },
    ),
    "followups.done": Row(finish, Action.WRITE),
    "home.opened": Row(
        seeing(open_home),
        by={
            Relation.OWN: Action.WRITE,
            Relation.TEAM: Action.SEE,
            Relation.CASE: Action.SEE,
            Relation.LEFT_BEHIND: Action.HAND_OVER,
        },
    ),
    "boards.menu": Row(seeing(open_from_home), Action.SEE),
    "boards.suggest": Row(seeing(suggest_meeting), Action.WRITE),
    "boards.pick": Row(seeing(prepare_from_home), Action.WRITE),
    "leavers.reassign": Row(reassign, by={Relation.LEFT_BEHIND: Action.HAND_OVER}),
    "tiering.why": Row(pressing(tiering_views.WHY), Action.WRITE),
    "tiering.tell_form": Row(pressing(tiering_views.TELL, secret=lambda customer: customer.id), Action.EDIT),
    "tiering.tell": Row(tell_figures, Action.EDIT),
    "tiering.set_form": Row(pressing(tiering_views.SET, secret=rest_of_name), Action.SET_TIER),
    "tiering.set_tier": Row(set_tier, Action.SET_TIER),
    "tiering.lift": Row(lift_tier, Action.SET_TIER),
    "tiering.approve": Row(approve_tier, Action.SET_TIER),
    "tiering.decline_form": Row(
        pressing(tiering_views.DECLINE, lambda customer: packed({"c": customer.id, "a": "x"})), Action.SET_TIER
    ),
    "tiering.decline": Row(decline_tier, Action.SET_TIER),
    "riskflags.set_form": Row(pressing(riskflag_views.SET), Action.FLAG),
    "riskflags.set_flag": Row(set_flag, Action.FLAG),
    "cases.send_form": Row(pressing(case_views.SEND), Action.SEND_TO_RISK),
    "cases.send": Row(send_to_risk, Action.SEND_TO_RISK),
    "cases.break_glass": Row(break_glass, work=Work.BREAK_GLASS),
    "unfurls.open_customer": Row(pressing(unfurl_views.OPEN), Action.SEE),
    "cases.show": Row(pressing(case_views.SHOW), Action.SEE),
    "sharing.form": Row(pressing(sharing_views.SHARE), Action.SHARE),
    "sharing.picked": Row(seeing(pick_channel), Action.SHARE),
    "sharing.share": Row(share, Action.SHARE),
    "cases.close": Row(close_case, Action.CLOSE_CASE),
}
WAYS_OUT: Final[Mapping[str, Row]] = {
    "an export": Row(export, Action.WRITE),
    "the operator's export": Row(operators_export, is_operators=True),
    "the operator's commands": Row(operators_look, is_operators=True),
    "a webhook": Row(webhook, is_operators=True),
}
"""What is no listener: whoever runs the app decides on these, for a whole workspace and no other."""
NOT_TRIED_HERE: Final = frozenset(
    {
        "cases.glass_form",  # shows what was typed
        "visits.from_home",  # an empty form
        "visits.from_message",  # a form with the words of the message; tests/handlers/test_visit_message.py
        # one's own form and drafts; tests/handlers/test_visit_reading.py and test_visit_drafts.py
        *(f"visitform.{name}" for name in ("changed", "continue_draft", "discard_draft", "closed")),
        # the playbook, its changes and its gaps, which keep no customer's name
        *(f"entryform.{name}" for name in ("menu", "edit", "again", "from_message", "category_picked", "submit")),
        *(f"feedback.{name}" for name in ("vote", "missing", "closed", "usage")),
        *(f"gaps.{name}" for name in ("answer_form", "answer", "new_entry", "assign_form", "assign", "dismiss")),
        *(f"gaps.{name}" for name in ("ask_owner", "reply_form", "reply")),
        *(f"exchange.{name}" for name in ("file_sent", "bring_in", "leave")),  # tests/handlers/test_exchange.py
        "library.choose_kind",
        "playbook.related",  # in the window of playbook.more, by its code
        "playbook.closed",
        *(f"playsharing.{name}" for name in ("share", "share_to")),
        *(f"reviews.{name}" for name in ("verify", "edit", "retire")),
        *(f"revisions.{name}" for name in ("show_history", "retire", "verify", "retire_sent", "restore", "review")),
        *(f"revisions.{name}" for name in ("approve", "send_back", "send_back_sent")),
        "followups.undo",  # only what one has done oneself; tests/handlers/test_finishing.py
        "steps.step",  # by the rights of who runs the workflow; tests/handlers/test_steps.py
        "unfurls.shared",  # shows no customer; tests/handlers/test_unfurls.py
        "rephrasing.rephrase",  # off here; a line of a play, tests/test_rephrasing.py
        "home.ask",
        "firstruns.how_to_import",  # the same words for all who may import
        "assistant.opened",  # questions to click on, the same for all
        *(f"installations.{name}" for name in ("uninstalled", "revoked")),  # Slack's news; tests/test_installations.py
        "boards.prepare",  # an empty form
        # what home.opened shows, in another order; tests/handlers/test_boards.py
        *(f"boards.{name}" for name in ("tab", "turn", "narrow", "tier")),
        *(f"settings.{name}" for name in ("open_settings", "save")),  # one's own; tests/handlers/test_settings.py
        *(f"privacy.{name}" for name in ("export", "ask", "read")),  # one's own; tests/handlers/test_privacy.py
        "leavers.changed",  # shows nothing; tests/handlers/test_leavers.py
        # numbers without a customer; tests/handlers/test_rules.py
        *(f"rules.{name}" for name in ("show", "change_form", "preview", "save")),
        "figures.show",  # numbers without a customer; tests/handlers/test_reports.py
        # tells numbers only, tests/handlers/test_values.py
        *(f"values.{name}" for name in ("open_form", "preview", "start")),
        # numbers without a customer; tests/handlers/test_rules.py
        *(f"rules.{name}" for name in ("show", "change_form", "preview", "save")),
        *(f"retention.{name}" for name in ("form", "settle")),  # tests/handlers/test_retention.py
        # only who was asked about the customer; tests/handlers/test_escalations.py, tests/jobs/test_escalations.py
        *(f"escalations.{name}" for name in ("take", "nudge", "reassign_form", "quiet_form", "quiet")),
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
async def scene(world: World, cast: Cast) -> Scene:
    """Chen, with a customer in each relation."""
    return await staged(world, cast)


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


@pytest.mark.parametrize("name", WAYS_OUT)
async def test_what_leaves_the_app(scene: Scene, name: str) -> None:
    """What one may see; and never what another workspace keeps."""
    await walk(scene, WAYS_OUT[name], FIRST)


@pytest.mark.soak
async def test_what_an_export_holds_in_other_roles(scene: Scene) -> None:
    """The team's customers for its lead, nothing for who keeps none."""
    await walk(scene, WAYS_OUT["an export"], [role for role in Role if role not in FIRST])


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
        body = Payloads(state, slack.base_url).command(scene.me.person, place, name, typed(customer))
        marks = scene.marks()
        await slack.deliver("slash_commands", body | {"team_id": ELSEWHERE})
        await scene.world.quiet()
        found[customer.name] = customer.name.removeprefix(TYPED) in scene.said_since(marks)
    assert list(found.values()) == [False, False, True]
