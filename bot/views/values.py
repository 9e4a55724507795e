"""Passing on what is worth knowing: what it says and whom it concerns, then how many customers of whom that is."""

from typing import Any, Final

from bot.domain.need import NeedType
from bot.domain.valueitem import Barrier, Reach, ValueItem, ValueType
from bot.domain.visit import STEP_LIMIT
from bot.text import Text
from bot.views.blocks import View, context, escape, input_block, modal, option, section, select

OPEN: Final = "value_open"
FORM_MODAL: Final = "value_form"
PREVIEW_MODAL: Final = "value_preview"
TYPE: Final = "type"
TEXT: Final = "text"
INDUSTRY: Final = "industry"
NEEDS: Final = "needs"
BUYER: Final = "buyer"
MANAGERS_SHOWN: Final = 40


def form(text: Text) -> View:
    types = [option(text(f"value.type_{each}"), each) for each in ValueType]
    needs = [option(text(f"need.type_{each}"), each) for each in NeedType]
    said: dict[str, Any] = {"type": "plain_text_input", "action_id": TEXT, "multiline": True, "max_length": STEP_LIMIT}
    blocks = [
        context(text("value.intro")),
        input_block(
            TYPE,
            text("value.type"),
            select("static_select", TYPE, text("value.type"), options=types, initial_option=types[0]),
        ),
        input_block(TEXT, text("value.text"), said, hint=text("value.text_hint")),
        input_block(
            INDUSTRY, text("value.industry"), _typed(INDUSTRY), optional=True, hint=text("value.industry_hint")
        ),
        input_block(
            NEEDS,
            text("value.needs"),
            select("multi_static_select", NEEDS, text("value.needs"), options=needs),
            optional=True,
        ),
        input_block(BUYER, text("value.buyer"), _typed(BUYER), optional=True, hint=text("value.buyer_hint")),
    ]
    return modal(FORM_MODAL, text("value.title"), blocks, close=text("visit.cancel"), submit=text("value.next"))


def preview(item: ValueItem, reach: Reach, text: Text) -> View:
    """Whose customers, by number; with nobody to send it to there is nothing to start."""
    blocks = [section(f"*{text(f'value.type_{item.type}')}*\n{escape(item.text)}"), section(told(reach, text))]
    metadata = {
        "i": item.id,
        "t": item.type.value,
        "x": item.text,
        "n": sorted(item.needs),
        "d": item.industry,
        "b": item.buyer,
    }
    return modal(
        PREVIEW_MODAL,
        text("value.title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("value.start") if reach.managers else None,
        metadata=metadata,
    )


def told(reach: Reach, text: Text) -> str:
    lines = [text("value.reach", count=reach.managers.total())]
    most = reach.managers.most_common(MANAGERS_SHOWN)
    lines += [text("value.manager", user=user_id, count=count) for user_id, count in most]
    lines += [text(f"value.barred_{each}", count=reach.barred[each]) for each in Barrier if reach.barred[each]]
    return "\n".join(lines)


def _typed(action_id: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "action_id": action_id, "max_length": 60}
