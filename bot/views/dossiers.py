"""A customer's file: the form of its own fields, its contacts, buyers and finance lines, and the hand-over."""

from collections.abc import Mapping
from typing import Any, Final

from bot.domain.brief import Brief
from bot.domain.customer import Buyer, Confirms, Contact, Customer, FinanceLine, Size
from bot.domain.customerform import PART_FIELDS, YES, Part, Values, rows_of
from bot.domain.dossier import Dossier
from bot.domain.handover import HandOver
from bot.domain.visit import WAYS
from bot.text import Text
from bot.views import riskflags
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    escape,
    header,
    input_block,
    modal,
    numbered,
    option,
    packed,
    section,
    select,
)
from bot.views.customers import buttons, contact_lines, need_line

EDIT_MODAL: Final = "dossier_edit"
FILE_MODAL: Final = "dossier_file"
PART_MODAL: Final = "dossier_part"
HAND_OVER_MODAL: Final = "dossier_hand_over"
PART: Final = "dossier_part_open"
REMOVE: Final = "remove"
TO: Final = "to"
NONE: Final = "-"
"""The option of a menu that stands for nothing chosen."""
STEPS_SHOWN: Final = 20
_LIMITS: Final[Mapping[str, int]] = {
    "aliases": 600,
    "quiet_reason": 200,
    "reach": 200,
    "disputes": 200,
    "pledge": 200,
}
_DAYS: Final[Mapping[str, tuple[int, int]]] = {
    "preferred_every_days": (1, 365),
    "terms_days": (0, 720),
    "paid_days": (0, 1500),
}
_DATES: Final = ("contract_expires_on", "quiet_until", "expires_on")
_MENUS: Final[Mapping[str, tuple[str, ...]]] = {
    "size": (NONE, *Size),
    "preferred_channel": (NONE, *WAYS),
    "confirms": tuple(Confirms),
}
"""Field → what may be chosen."""
_REQUIRED: Final = ("name", "role", "lender", "confirms")


def edit_form(customer_id: str, typed: Values, opened: Values, text: Text, stored: Values | None = None) -> View:
    """`stored` names the fields that somebody else has changed meanwhile, with what stands there now."""
    return modal(
        EDIT_MODAL,
        text("dossier.title_edit"),
        _fields(typed, stored or {}, text),
        close=text("visit.cancel"),
        submit=text("visit.submit"),
        metadata={"c": customer_id, "o": dict(opened)},
    )


def file(found: Dossier, text: Text, *, may_edit: bool) -> View:
    """Who is there, who owes them, and who else lends to them; rows are changed in a window of their own."""
    customer = found.customer
    blocks: list[Block] = [section(f"*{escape(customer.name)}*\n{_registered(customer, text)}")]
    if flags := found.details.flags:
        blocks.append(section(riskflags.line(flags[-1], text)))
    row = 0
    for part in Part:
        blocks.append(header(text(f"dossier.part_{part}")))
        rows = rows_of(found, part)
        if not rows:
            blocks.append(context(text("dossier.nothing")))
        for each in rows:
            value = packed({"c": customer.id, "p": part, "i": each.id})
            change = button(text("dossier.change"), numbered(PART, row), value) if may_edit else None
            blocks.append(section(_row(each, text), accessory=change))
            row += 1
        if may_edit:
            value = packed({"c": customer.id, "p": part})
            blocks.append(actions([button(text(f"dossier.add_{part}"), numbered(PART, row), value)]))
            row += 1
    metadata = {"c": customer.id}
    return modal(FILE_MODAL, text("customer.open_file"), blocks, close=text("entry.close"), metadata=metadata)


def part_form(
    customer_id: str,
    part: Part,
    row_id: str,
    typed: Values,
    opened: Values,
    text: Text,
    *,
    is_new: bool,
    stored: Values | None = None,
) -> View:
    blocks = _fields(typed, stored or {}, text, part)
    if not is_new:
        gone = [option(text("dossier.remove"), YES)]
        element = {"type": "checkboxes", "action_id": REMOVE, "options": gone}
        blocks.append(input_block(REMOVE, text("dossier.remove_label"), element, optional=True))
    return modal(
        PART_MODAL,
        text(f"dossier.title_{part}"),
        blocks,
        close=text("visit.cancel"),
        submit=text("visit.submit"),
        metadata={"c": customer_id, "p": part, "i": row_id, "o": dict(opened), "n": is_new},
    )


def hand_over_form(found: Dossier, text: Text, escalated_id: str = "") -> View:
    """`escalated_id`: the follow-up about which a lead was asked, who answers by this."""
    customer = found.customer
    goes = text(
        "handover.goes",
        customer=escape(customer.name),
        steps=sum(each.status == "open" for each in found.followups),
        needs=sum(each.status.is_open for each in found.needs),
        contacts=len(found.contacts),
    )
    who = select("users_select", TO, text("handover.to_prompt"))
    return modal(
        HAND_OVER_MODAL,
        text("handover.title"),
        [section(goes), input_block(TO, text("handover.to"), who), context(text("handover.effect"))],
        close=text("visit.cancel"),
        submit=text("handover.submit"),
        metadata={"c": customer.id, **({"e": escalated_id} if escalated_id else {})},
    )


def received(told: HandOver, brief: Brief, found: Dossier, text: Text) -> list[Block]:
    """The hand-over list, for whoever takes over. Telephone numbers stay in the file."""
    customer = found.customer
    blocks = [
        section(text("handover.received", from_=told.from_id, customer=escape(customer.name))),
        section(contact_lines(brief, text)),
    ]
    steps = [text("customer.step", title=escape(each.title), due=each.due_on) for each in brief.steps[:STEPS_SHOWN]]
    needs = [need_line(each, brief.stale_after, brief.today, text) for each in brief.needs]
    people = [_person(each) for each in found.contacts]
    for key, lines in (("customer.steps", steps), ("customer.needs", needs), ("dossier.part_contact", people)):
        blocks.append(section(f"*{text(key)}*\n" + ("\n".join(lines) or text("dossier.nothing"))))
    blocks.append(actions(buttons(customer, text, may_edit=True)))
    return blocks


def _fields(typed: Values, stored: Values, text: Text, part: Part | None = None) -> list[Block]:
    names = PART_FIELDS[part] if part is not None else tuple(typed)
    blocks: list[Block] = []
    if stored:
        blocks.append(section(f":warning: {text('dossier.conflict')}"))
    for name in names:
        if name in stored:
            now = _said(name, stored[name], text)
            told = text("dossier.conflict_field", field=_label(name, part, text), now=now)
            blocks.append(context(f":warning: {told}"))
        is_optional = name not in _REQUIRED
        label = _label(name, part, text)
        blocks.append(input_block(name, label, _element(name, typed.get(name, ""), label, text), optional=is_optional))
    return blocks


def _label(name: str, part: Part | None, text: Text) -> str:
    """A contact has a name, a buyer another one."""
    if name == "name":
        return text(f"dossier.name_{part}" if part is not None else "dossier.name")
    return text(f"dossier.{name}")


def _element(name: str, value: str, label: str, text: Text) -> Block:
    initial: dict[str, Any]
    if name in _MENUS:
        options = [option(_option(name, each, text), each) for each in _MENUS[name]]
        chosen = next((each for each in options if each["value"] == (value or NONE)), options[0])
        return select("static_select", name, label, options=options, initial_option=chosen)
    if name in _DATES:
        return {"type": "datepicker", "action_id": name, **({"initial_date": value} if value else {})}
    if name == "stand_in_id":
        # A menu of several with room for one: Slack lets nobody empty a menu of one.
        users = {"initial_users": [value]} if value else {}
        return select("multi_users_select", name, text("dossier.stand_in_prompt"), max_selected_items=1, **users)
    if name == "is_opted_out":
        options = [option(text("dossier.opted_out"), YES)]
        initial = {"initial_options": options} if value else {}
        return {"type": "checkboxes", "action_id": name, "options": options, **initial}
    initial = {"initial_value": value} if value else {}
    if name in _DAYS:
        least, most = (str(each) for each in _DAYS[name])
        limits = {"is_decimal_allowed": False, "min_value": least, "max_value": most}
        return {"type": "number_input", "action_id": name, **limits, **initial}
    return {"type": "plain_text_input", "action_id": name, "max_length": _LIMITS.get(name, 60), **initial}


def _option(name: str, value: str, text: Text) -> str:
    if value == NONE:
        return text("need.none")
    if name == "preferred_channel":
        return text(f"visit.channel_{value}")
    return text(f"dossier.{name}_{value}")


def _said(name: str, value: str, text: Text) -> str:
    """What stands in a field, in words."""
    if name == "is_opted_out":
        return text("dossier.opted_out") if value else text("need.none")
    if not value:
        return text("need.none")
    if name in _MENUS:
        return _option(name, value, text)
    return f"<@{value}>" if name == "stand_in_id" else escape(value)


def _registered(customer: Customer, text: Text) -> str:
    found = [text("dossier.tier_is", tier=customer.tier)]
    if customer.industry:
        found.append(escape(customer.industry))
    if customer.size is not None:
        found.append(_option("size", customer.size, text))
    if customer.external_id:
        found.append(text("dossier.external_is", id=escape(customer.external_id)))
    return " · ".join(found)


def _row(row: Contact | Buyer | FinanceLine, text: Text) -> str:
    match row:
        case Contact():
            return _person(row) + (f"\n{escape(row.reach)}" if row.reach else "")
        case Buyer():
            return buyer_line(row, text)
        case FinanceLine():
            said = [f"*{escape(row.lender)}*", *(escape(each) for each in (row.amount, row.pledge) if each)]
            until = [text("dossier.until", on=row.expires_on)] if row.expires_on else []
            return " · ".join([*said, *until])


def _person(contact: Contact) -> str:
    return " · ".join(escape(each) for each in (contact.name, contact.role) if each)


def buyer_line(buyer: Buyer, text: Text) -> str:
    """How long it should take and takes, whether it confirms, and what is in dispute."""
    found = [f"*{escape(buyer.name)}*"]
    if buyer.terms_days is not None:
        found.append(text("dossier.terms_is", count=buyer.terms_days))
    if buyer.paid_days is not None:
        found.append(text("dossier.paid_is", count=buyer.paid_days))
    if buyer.days_late:
        found.append(text("dossier.late_by", count=buyer.days_late))
    if buyer.confirms is not Confirms.UNKNOWN:
        found.append(_option("confirms", buyer.confirms, text))
    if buyer.disputes:
        found.append(text("dossier.disputes_is", disputes=escape(buyer.disputes)))
    return " · ".join(found)
