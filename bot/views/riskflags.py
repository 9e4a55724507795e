"""The risk flag: the form by which risk sets or clears it, and what is said of it."""

from typing import Final

from bot.domain.customer import Customer, FlagChange, Risk
from bot.domain.dossier import Dossier
from bot.domain.riskflag import LONGEST_REASON, SHORTEST_REASON
from bot.domain.tierrecord import BY_RULE
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    button,
    context,
    escape,
    input_block,
    modal,
    option,
    section,
    select,
)

SET: Final = "riskflag_set"
SET_MODAL: Final = "riskflag_form"
RISK: Final = "risk"
REASON: Final = "reason"
HISTORY_SHOWN: Final = 6


def offered(customer: Customer, text: Text) -> Block:
    """The button of the brief of a case."""
    return button(text("riskflag.set"), SET, customer.id)


def form(found: Dossier, text: Text) -> View:
    """With the flags the customer has had."""
    customer = found.customer
    offers = [option(text(f"riskflag.flag_{each}"), each) for each in Risk]
    current = next(each for each in offers if each["value"] == customer.risk)
    flag = select("static_select", RISK, text("riskflag.flag"), options=offers, initial_option=current)
    reason: Block = {"type": "plain_text_input", "action_id": REASON, "multiline": True}
    reason |= {"min_length": SHORTEST_REASON, "max_length": LONGEST_REASON}
    blocks = [
        section(text("riskflag.intro", customer=escape(customer.name))),
        input_block(RISK, text("riskflag.flag"), flag),
        input_block(REASON, text("riskflag.reason"), reason),
    ]
    if found.details.flags:
        lines = [line(each, text) for each in reversed(found.details.flags[-HISTORY_SHOWN:])]
        blocks.append(context("\n".join(lines)))
    title, submit = text("riskflag.set"), text("visit.submit")
    metadata = {"c": customer.id}
    return modal(SET_MODAL, title, blocks, close=text("visit.cancel"), submit=submit, metadata=metadata)


def line(change: FlagChange, text: Text) -> str:
    """When the flag became what it is, by whom and why."""
    who = text("tiering.by_rule") if change.by == BY_RULE else f"<@{change.by}>"
    flag = text(f"riskflag.flag_{change.after}")
    return text("riskflag.line", on=change.at.date(), flag=flag, who=who, reason=_why(change, text))


def told(customer: Customer, by: str, reason: str, text: Text) -> str:
    """For who answers for the customer."""
    flag = text(f"riskflag.flag_{customer.risk}")
    return text("riskflag.told", user=by, customer=escape(customer.name), flag=flag, reason=escape(reason))


def _why(change: FlagChange, text: Text) -> str:
    if change.reason:
        return escape(change.reason)
    return " · ".join(text(f"visit.risk_{each}") for each in change.events)
