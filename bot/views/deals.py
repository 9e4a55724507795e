"""Recording a deal or a renewal from the customer's brief."""

from collections.abc import Sequence
from typing import Final

from bot.domain.customer import Customer
from bot.domain.deal import Deal, DealKind, DealResult
from bot.text import Text
from bot.views.blocks import Block, View, context, escape, input_block, modal, option, section, select

MODAL: Final = "deal_form"
KIND: Final = "kind"
BEGAN: Final = "began_on"
RESULT: Final = "result"
CLOSED: Final = "closed_on"
FINANCED: Final = "financed"
ENDS: Final = "ends_on"
MAX_SHOWN: Final = 8


def form(customer: Customer, deals: Sequence[Deal], text: Text) -> View:
    """With what is recorded already; one that is open is filled in, to say how it ended."""
    still_open = next((each for each in reversed(deals) if each.result is DealResult.OPEN), None)
    kind = still_open.kind if still_open else DealKind.RENEWAL if customer.contract_expires_on else DealKind.NEW
    began = still_open.began_on if still_open else customer.contract_expires_on
    kinds = [option(text(f"deal.kind_{each}"), each) for each in DealKind]
    results = [option(text(f"deal.result_{each}"), each) for each in DealResult]
    blocks = [section(text("deal.intro", customer=escape(customer.name)))]
    if deals:
        blocks.append(context("\n".join(line(each, text) for each in list(deals)[-MAX_SHOWN:])))
    day: Block = {"type": "datepicker", "action_id": BEGAN}
    if began is not None:
        day["initial_date"] = began.isoformat()
    financed: Block = {"type": "plain_text_input", "action_id": FINANCED, "max_length": 20}
    if still_open is not None and still_open.volume is not None:
        financed["initial_value"] = str(still_open.volume)
    closed: Block = {"type": "datepicker", "action_id": CLOSED}
    ends: Block = {"type": "datepicker", "action_id": ENDS}
    return modal(
        MODAL,
        text("deal.title"),
        [
            *blocks,
            input_block(KIND, text("deal.kind"), _menu(KIND, kinds, kind, text)),
            input_block(BEGAN, text("deal.began_on"), day, hint=text("deal.hint_began_on")),
            input_block(RESULT, text("deal.result"), _menu(RESULT, results, DealResult.SIGNED, text)),
            input_block(CLOSED, text("deal.closed_on"), closed, optional=True, hint=text("deal.hint_closed_on")),
            input_block(ENDS, text("deal.ends_on"), ends, optional=True, hint=text("deal.hint_ends_on")),
            input_block(FINANCED, text("deal.financed"), financed, optional=True),
        ],
        close=text("visit.cancel"),
        submit=text("deal.save"),
        metadata={"c": customer.id},
    )


def line(deal: Deal, text: Text) -> str:
    kind, result = text(f"deal.kind_{deal.kind}"), text(f"deal.result_{deal.result}")
    if deal.closed_on is None:
        return text("deal.line_open", kind=kind, began=deal.began_on, result=result)
    told = text("deal.line", kind=kind, began=deal.began_on, result=result, closed=deal.closed_on)
    return told if deal.ends_on is None else text("deal.line_ends", line=told, ends=deal.ends_on)


def _menu(action_id: str, options: list[Block], value: str, text: Text) -> Block:
    chosen = next(each for each in options if each["value"] == value)
    return select("static_select", action_id, text("deal.choose"), options=options, initial_option=chosen)
