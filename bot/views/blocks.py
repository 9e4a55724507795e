"""Block Kit in plain dicts, cut to Slack's limits (docs.slack.dev, Block Kit reference)."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from bot.errors import OutdatedError

T = TypeVar("T")

Block = dict[str, Any]
View = dict[str, Any]

SECTION_LIMIT: Final = 3000
HEADER_LIMIT: Final = 150
BUTTON_LIMIT: Final = 75
OPTION_LIMIT: Final = 75
TITLE_LIMIT: Final = 24
VALUE_LIMIT: Final = 2000
PLACEHOLDER_LIMIT: Final = 150
MAX_OPTIONS: Final = 100
MAX_CHECKBOXES: Final = 10

_TORN: Final = re.compile(r"&[a-z]{0,3}…$")


def escape(text: str) -> str:
    """User text inside mrkdwn: without this `<!channel>` would ring everyone (Slack: escape & < > only)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = SECTION_LIMIT) -> Block:
    """Cut between characters as people see them: half an `&amp;` would be shown as it stands."""
    if len(text) > limit:
        text = _TORN.sub("…", clip(text, limit))
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER_LIMIT)}


def section(text: str, accessory: Block | None = None, block_id: str | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    if block_id is not None:
        block["block_id"] = block_id
    return block


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text)]}


def quote(parts: Iterable[tuple[str, bool]]) -> Block:
    """Text as it was written, the parts with True in bold: unlike `*…*` that also works inside Chinese sentences."""
    elements = [{"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})} for text, bold in parts]
    return {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": elements}]}


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Sequence[Block], block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements)}
    if block_id is not None:
        block["block_id"] = block_id
    return block


def button(text: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    block: Block = {
        "type": "button",
        "text": plain(text, BUTTON_LIMIT),
        "action_id": action_id,
        "value": clip(value, VALUE_LIMIT),
    }
    if style is not None:
        block["style"] = style
    return block


def link_button(text: str, action_id: str, url: str) -> Block:
    """Opens an address; Slack tells of the click all the same."""
    return {"type": "button", "text": plain(text, BUTTON_LIMIT), "action_id": action_id, "url": url}


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def option(text: str, value: str) -> Block:
    return {"text": plain(text, OPTION_LIMIT), "value": value}


def option_group(label: str, options: Sequence[Block]) -> Block:
    return {"label": plain(label, OPTION_LIMIT), "options": list(options)[:MAX_OPTIONS]}


def select(kind: str, action_id: str, placeholder: str, **properties: Any) -> Block:
    """A select of the given type; properties left None are left out."""
    given = {name: value for name, value in properties.items() if value is not None}
    return {"type": kind, "action_id": action_id, "placeholder": plain(placeholder, PLACEHOLDER_LIMIT), **given}


def input_block(
    block_id: str, label: str, element: Block, *, optional: bool = False, dispatch: bool = False, hint: str = ""
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, SECTION_LIMIT),
        "element": element,
        "optional": optional,
    }
    if dispatch:
        block["dispatch_action"] = True
    if hint:
        block["hint"] = plain(hint, VALUE_LIMIT)
    return block


def modal(
    callback_id: str,
    title: str,
    blocks: Iterable[Block],
    *,
    close: str,
    submit: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> View:
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE_LIMIT),
        "close": plain(close, TITLE_LIMIT),
        "blocks": list(blocks),
        "private_metadata": packed(metadata or {}),
    }
    if submit is not None:
        view["submit"] = plain(submit, TITLE_LIMIT)
    return view


def packed(values: Mapping[str, Any]) -> str:
    """What a button or a modal remembers. Anybody can send it back altered: it is state, not proof of rights."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> dict[str, Any]:
    """Empty when the text is not what `packed` makes."""
    try:
        values = json.loads(text)
        json.dumps(values, ensure_ascii=False).encode()  # half of a surrogate pair can be neither stored nor sent
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


class Fields(dict[str, T]):
    """Of a form, by action id. Raises OutdatedError for one that it lacks: an older release's form had others."""

    def __missing__(self, name: str) -> T:
        raise OutdatedError


def leaves_of(view: Mapping[str, Any]) -> Fields[dict[str, Any]]:
    """What a submitted view says of each of its fields."""
    return Fields({action_id: leaf for block in view["state"]["values"].values() for action_id, leaf in block.items()})


def numbered(action_id: str, index: int | str) -> str:
    """Action ids must be unique in a message; rows of the same kind add their number."""
    return f"{action_id}.{index}"
