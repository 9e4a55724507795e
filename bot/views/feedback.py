"""Whether an answer helped: the two buttons under a card, and what is asked after a 👎."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.gap import MISSING_LIMIT
from bot.text import Text
from bot.views.blocks import (
    BUTTON_LIMIT,
    Block,
    View,
    actions,
    context,
    input_block,
    modal,
    numbered,
    packed,
    plain,
    section,
)

VOTE: Final = "entry_vote"
MISSING_MODAL: Final = "vote_missing_modal"
NOTED_MODAL: Final = "vote_noted_modal"
MISSING: Final = "missing"
_VOTES: Final = "entry_votes"
_THANKS: Final = "entry_vote_thanks"


def buttons(values: Mapping[str, Any], text: Text, row: int) -> Block:
    """Slack's own; `values` come back with the vote in `v`."""
    sides = {
        f"{side}_button": {
            "text": plain(text(f"feedback.{vote}"), BUTTON_LIMIT),
            "value": packed({**values, "v": vote}),
            "accessibility_label": text(f"feedback.{vote}_label"),
        }
        for side, vote in (("positive", "up"), ("negative", "down"))
    }
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": numbered(VOTE, row), **sides}],
    }


def plain_buttons(values: Mapping[str, Any], text: Text) -> Block:
    """The same in a window, which does not take Slack's own."""
    return {**_plain(buttons(values, text, 0)), "block_id": _VOTES}


def thanked(view: Mapping[str, Any], text: Text) -> View:
    """The window as Slack knows it, with a word of thanks under its buttons."""
    kept = [block for block in view["blocks"] if block["block_id"] != _THANKS]
    at = next(number for number, block in enumerate(kept, start=1) if block["block_id"] == _VOTES)
    thanks = {**context(text("feedback.thanks")), "block_id": _THANKS}
    known = {name: view[name] for name in ("type", "callback_id", "title", "close", "private_metadata")}
    return {**known, "blocks": [*kept[:at], thanks, *kept[at:]]}


def is_native(blocks: Sequence[Block]) -> bool:
    return any(block["type"] == "context_actions" for block in blocks)


def made_plain(blocks: Sequence[Block]) -> list[Block]:
    """With two plain buttons in the place of Slack's own, which not every workspace takes."""
    return [_plain(block) if block["type"] == "context_actions" else block for block in blocks]


def missing_modal(vote_id: str, text: Text) -> View:
    element = {
        "type": "plain_text_input",
        "action_id": MISSING,
        "multiline": True,
        "max_length": MISSING_LIMIT,
        "placeholder": plain(text("feedback.missing_prompt"), 150),
    }
    return modal(
        MISSING_MODAL,
        text("feedback.title"),
        [input_block(MISSING, text("feedback.missing"), element, optional=True)],
        close=text("feedback.skip"),
        submit=text("feedback.send"),
        metadata={"q": vote_id},
    )


def noted_modal(text: Text) -> View:
    return modal(NOTED_MODAL, text("feedback.title"), [section(text("feedback.noted"))], close=text("entry.close"))


def _plain(block: Block) -> Block:
    native = block["elements"][0]
    return actions(
        [
            {"type": "button", "action_id": f"{native['action_id']}.{side}", **native[f"{side}_button"]}
            for side in ("positive", "negative")
        ]
    )
