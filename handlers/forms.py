"""What a person typed or chose in a window, as plain words by field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.domain.customerform import YES
from bot.errors import FieldError, OutdatedError
from bot.text import Text
from bot.views.blocks import Fields, leaves_of


async def refuse(ack: AsyncAck, text: Text, *faults: FieldError) -> None:
    """Tells each fault at its field; the window stays open with all that was typed."""
    await ack(response_action="errors", errors={each.field: text(each.key, **each.values) for each in faults})


@contextmanager
def understood() -> Iterator[None]:
    """Around what reads back what our own buttons and forms say: raises OutdatedError for what none of them would."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError):
        raise OutdatedError from None


def by_field(about: dict[str, Any], name: str) -> dict[str, str]:
    """Something that a window remembers of each of its fields; empty where it is no such thing."""
    found = about.get(name)
    return {field: str(value) for field, value in found.items()} if isinstance(found, dict) else {}


def typed(view: dict[str, Any]) -> dict[str, str]:
    """Every field of a submitted view; empty where nothing was given. A menu's "-" stands for nothing."""
    return Fields({name: _word(leaf) for name, leaf in leaves_of(view).items()})


def _word(leaf: dict[str, Any]) -> str:
    match leaf["type"]:
        case "datepicker":
            word = leaf.get("selected_date")
        case "static_select":
            word = (leaf.get("selected_option") or {}).get("value")
        case "users_select":
            word = leaf.get("selected_user")
        case "multi_users_select":
            word = next(iter(leaf.get("selected_users") or ()), "")
        case "checkboxes":
            word = YES if leaf.get("selected_options") else ""
        case _:
            word = (leaf.get("value") or "").strip()
    return "" if word in (None, "-") else str(word)
