"""How long things are kept: the form for admins."""

from collections.abc import Mapping
from typing import Final

from bot.domain.workspace import KEPT_DAYS, Retention
from bot.text import Text
from bot.views.blocks import View, context, input_block, modal, section

OPEN: Final = "retention_open"
MODAL: Final = "retention_form"


def form(typed: Mapping[str, str], text: Text, agreed: Retention | None = None, lost: tuple[int, int] = (0, 0)) -> View:
    """`agreed` is what the person was told would erase `lost` customers and questions, and may now insist on."""
    blocks = [section(text("retention.intro"))]
    if agreed is not None:
        customers, questions = lost
        blocks.insert(0, section(f":warning: {text('retention.loses', customers=customers, questions=questions)}"))
    for name in Retention.model_fields:
        element = {
            "type": "number_input",
            "action_id": name,
            "is_decimal_allowed": False,
            "min_value": str(KEPT_DAYS[0]),
            "max_value": str(KEPT_DAYS[-1]),
            **({"initial_value": typed[name]} if typed.get(name) else {}),
        }
        blocks.append(
            input_block(name, text(f"retention.{name}"), element, optional=True, hint=text(f"retention.{name}_hint"))
        )
    blocks.append(context(text("retention.others")))
    return modal(
        MODAL,
        text("retention.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("visit.submit"),
        metadata={"a": agreed.model_dump(mode="json") if agreed else None},
    )
