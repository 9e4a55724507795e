"""What would go wrong with blocks in Slack: its limits as the emulator enforces them, pings, blank and torn text."""

import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.surfaces import check_message_blocks, check_view, is_too_large
from bot.views.blocks import Block, View

NASTY = "<!channel> & <@U1|x> <https://x.example|y>"
"""What somebody may type as a name, a note or a step."""


def message_faults(blocks: list[Block]) -> list[str]:
    return [*check_message_blocks(blocks), *_text_faults(blocks)]


def view_faults(view: View) -> list[str]:
    faults = [*check_view(view, home=view["type"] == "home"), *_text_faults(view)]
    return [*faults, "more than 250 KB"] if is_too_large(view) else faults


def shown(content: Any) -> list[str]:
    """Every text a person reads, in order: headings, sections, labels, options, prompts."""
    return [str(found["text"]) for found in _texts(content)]


def written(blocks: list[Block]) -> str:
    """What sections and contexts say, without the buttons."""
    return "\n".join(shown([block for block in blocks if block["type"] in ("header", "section", "context")]))


def elements(content: Any, kind: str) -> list[Block]:
    """Every element of one type, in order."""
    return [found for found in _dicts(content) if found.get("type") == kind]


def _text_faults(content: Any) -> Iterator[str]:
    for found in _texts(content):
        text = found["text"]
        if not text.strip():
            yield f"blank text in {found}"
        if found["type"] == "mrkdwn" and re.search(r"<!|<@U1\b|<https?:", text):
            yield f"a ping or a link of somebody's own: {text}"
        if re.search(r"&(?!amp;|lt;|gt;)", text) and found["type"] == "mrkdwn":
            yield f"a torn or raw entity: {text}"


def _texts(content: Any) -> Iterator[dict[str, Any]]:
    return (found for found in _dicts(content) if found.get("type") in ("plain_text", "mrkdwn"))


def _dicts(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from _dicts(each)
