"""Small valid objects; a test names only the fields it is about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.domain import followup
from bot.domain.cadence import Counted, Explanation
from bot.domain.customer import Buyer, Contact, Customer, Tier
from bot.domain.entry import MIN_EXAMPLES, Entry, Kind
from bot.domain.finishing import snoozed_until
from bot.domain.followup import DueItem, FollowUp, Snooze, SnoozeLength, SnoozeReason
from bot.domain.kinds import Objection
from bot.domain.need import NeedChange
from bot.domain.notice import Notice
from bot.domain.playbook import Playbook, RedLine, Source
from bot.domain.question import Question
from bot.domain.revision import Change, Revision
from bot.domain.table import Line
from bot.domain.tierinputs import TierInputs
from bot.domain.user import Role, User
from bot.domain.visit import Channel, Visit
from bot.domain.workcalendar import IsWorkingDay

TEAM = "T1"
LIN = "U01LIN"
MONDAY = date(2026, 3, 2)
"""An ordinary week: no public holiday from here to the 20th."""


def weekdays(day: date) -> bool:
    """A calendar without holidays."""
    return day.weekday() < 5


def make_user(user_id: str = LIN, *roles: Role, **changes: Any) -> User:
    """An account manager in Shanghai, unless other roles are given."""
    return User(**{"team_id": TEAM, "user_id": user_id, "roles": frozenset(roles or {Role.ACCOUNT_MANAGER}), **changes})


def make_customer(**changes: Any) -> Customer:
    values = {"id": "c1", "name": "远大纺织", "tier": Tier.A, "owner_id": LIN, "created_on": date(2026, 1, 5)}
    return Customer(**{**values, **changes})


def make_table(header: Sequence[str], *rows: str) -> list[Line]:
    """As it is read from a file; cells have commas between them."""
    return [(line, cells) for line, cells in enumerate([header, *(row.split(",") for row in rows)], start=1)]


def make_inputs(**changes: Any) -> TierInputs:
    """Everything a score is made of at its best: growth of half as much again as before, and so on."""
    values = {"volume_12m": 400, "volume_6m": 240, "contribution": 3, "buyers": 100, "potential": 100}
    return TierInputs.model_validate({**values, "cooperation": 100, **changes})


def make_contact(**changes: Any) -> FollowUp:
    """The contact follow-up of a tier-A customer, due on MONDAY."""
    why = Explanation(tier=Tier.A, base_gap=14, gap=14, counted=Counted.VISIT, counted_from=date(2026, 2, 16), grace=2)
    values = {"id": "contact-c1", "kind": followup.Kind.CONTACT, "customer_id": "c1", "owner_id": LIN, "due_on": MONDAY}
    return FollowUp(**{**values, "explanation": why, **changes})


def make_followup(**changes: Any) -> FollowUp:
    """A next step, due on MONDAY."""
    values = {"id": "step-1", "kind": followup.Kind.STEP, "customer_id": "c1", "owner_id": LIN, "due_on": MONDAY}
    return FollowUp(**{**values, "title": "给报价", **changes})


def put_off(
    item: FollowUp, length: SnoozeLength, today: date, is_work: IsWorkingDay, by: str = LIN, **changes: Any
) -> FollowUp:
    """Of a customer of tier B, unless another is given."""
    tier = changes.pop("tier", Tier.B)
    until = snoozed_until(length, today, is_work)
    return item.snoozed(
        Snooze(**{"by": by, "on": today, "until": until, "reason": SnoozeReason.OTHER, **changes}), tier
    )


def make_change(**changes: Any) -> NeedChange:
    """Of a need that nobody has heard of before, on MONDAY."""
    values = {"id": "h1", "need_id": "n1", "customer_id": "c1", "on": MONDAY, "author_id": LIN, "sentence": "备货缺钱"}
    values |= {"at": datetime(2026, 3, 2, 8, 0, tzinfo=UTC)}
    return NeedChange(**{**values, **changes})


def make_contact_person(**changes: Any) -> Contact:
    return Contact(**{"id": "p1", "role": "财务总监", "name": "王芳", "reach": "13800000000", **changes})


def make_buyer(**changes: Any) -> Buyer:
    return Buyer(**{"id": "b1", "name": "华瑞百货", "terms_days": 60, "paid_days": 85, **changes})


def make_due(item: FollowUp | None = None, **customer: Any) -> DueItem:
    due = item or make_contact()
    return DueItem(followup=due, customer=make_customer(**{"id": due.customer_id, **customer}))


def make_visit(**changes: Any) -> Visit:
    values = {
        "id": "v1",
        "customer_id": "c1",
        "author_id": LIN,
        "on": MONDAY,
        "channel": Channel.VISIT,
        "note": "嫌费率高，周三前给报价",
        "created_at": datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    }
    return Visit(**{**values, **changes})


def make_question(**changes: Any) -> Question:
    values = {"id": "q1", "asked_by": LIN, "asked_at": datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "text": "能用比特币付吗"}
    return Question(**{**values, **changes})


def make_digest(**changes: Any) -> Notice:
    return Notice(**{"user_id": LIN, "day": MONDAY, **changes})


def entry_values(entry_id: str = "cost/fee-too-high", **changes: Any) -> dict[str, Any]:
    """What an editor's file says, as plain values."""

    def both(field: str) -> dict[str, str]:
        return {"zh": f"{entry_id} 的{field}", "en": f"{field} of {entry_id}"}

    least = MIN_EXAMPLES[Kind.OBJECTION]
    values: dict[str, Any] = {
        "id": entry_id,
        "owner": "pricing",
        "verified_on": "2026-02-01",
        "review_days": 30,
        "steps": [{"technique": "R", **both("first")}, {"technique": "C", **both("second")}],
        "evidence": [{"source": "civil-code", **both("evidence")}],
        "never": [{"rule": "RL-03", **both("never")}],
        "follow_up": [{"due": "2wd", "owner": "account_manager", **both("follow_up")}],
        "related": ["cost/thin-margin"],
        "sources": ["civil-code"],
        "examples": {lang: [f"{entry_id} {lang} {each}" for each in range(n)] for lang, n in least.items()},
    }
    for field in ("title", "worry", "diagnostic", "genuine_if", "excuse_if", "say", "reply"):
        values[field] = both(field)
    return {**values, **changes}


def variant_values(audience: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A line for some customers, as an editor's file has it."""
    words = {part: {"zh": f"变通的{part}", "en": f"{part} for some"} for part in ("say", "note")}
    return {"for": dict(audience), **words, **changes}


def make_entry(entry_id: str = "cost/fee-too-high", **changes: Any) -> Entry:
    return Objection.model_validate(entry_values(entry_id, **changes))


def make_revision(revision_id: str = "r1", **changes: Any) -> Revision:
    """Lin's edit of an entry, which waits for an approver."""
    values: dict[str, Any] = {"id": revision_id, "entry_id": "cost/fee-too-high", "change": Change.EDIT}
    values |= {"author_id": LIN, "values": entry_values(), "written_at": datetime(2026, 3, 2, 1, 0, tzinfo=UTC)}
    return Revision.model_validate({**values, **changes})


def make_playbook(entries: Iterable[Entry] = ()) -> Playbook:
    """Two entries of a category, unless others are given."""
    found = list(entries) or [make_entry(), make_entry("cost/thin-margin", related=["cost/fee-too-high"])]
    line = {"zh": "说一个，做一个", "en": "say one, do another"}
    red_line = RedLine.model_validate({"id": "RL-03", "never": line, "instead": line})
    source = Source.model_validate({"id": "civil-code", "title": line, "dated": "2021", "grade": "A"})
    return Playbook(
        entries={entry.id: entry for entry in found},
        red_lines={red_line.id: red_line},
        sources={source.id: source},
    )


def kind_values(kind: Kind, **changes: Any) -> dict[str, Any]:
    """An entry of another kind than an objection, as plain values, with as little as it may have."""

    def both(field: str) -> dict[str, str]:
        return {"zh": f"{kind} 的{field}", "en": f"{field} of a {kind}"}

    values: dict[str, Any] = {
        "id": f"{kind}/one",
        "owner": "sales",
        "verified_on": "2026-02-01",
        "review_days": 90,
        "title": both("title"),
        "related": ["cost/thin-margin"],
        "examples": {"zh": [f"{kind} 例句"], "en": [f"{kind} example"]},
    }
    words, lists = _OF_KIND[kind]
    values |= {field: both(field) for field in words}
    values |= {field: [both(f"{field} {number}") for number in range(3)] for field in lists}
    values |= {Kind.SIGNAL: {"reading": "wording"}, Kind.DISCOVERY: {"technique": "open"}}.get(kind, {})
    values |= {Kind.NEGOTIATION: {"area": "money"}, Kind.RELATIONSHIP: {"area": "visits"}}.get(kind, {})
    if kind is Kind.SIGNAL:
        values["follow_up"] = [{"due": "2wd", "owner": "account_manager", **both("follow_up")}]
    return {**values, **changes}


_OF_KIND: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.SIGNAL: (("observation", "hypothesis", "check", "approach", "do_not_conclude"), ()),
    Kind.DISCOVERY: (("question", "purpose"), ("listen_for", "needs_fields", "next_questions")),
    Kind.NEGOTIATION: (
        ("summary", "say", "authority", "anchor", "walk_away", "win_win"),
        ("give", "get", "phrases", "checklist"),
    ),
    Kind.RELATIONSHIP: (("purpose", "say"), ("items", "rules")),
}
