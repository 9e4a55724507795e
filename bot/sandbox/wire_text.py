"""Text between what a person types, what goes over the wire, and whom it rings."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from bot.sandbox.shapes import Json
from bot.sandbox.workspace import Channel, Person

_CHOSEN: Final = re.compile(r"<@[UW][A-Z0-9]+>|<#C[A-Z0-9]+(?:\|[^>]*)?>")
_LINK: Final = re.compile(r"https?://[^\s<>|]+")
_EVERYBODY: Final = ("channel", "here", "everyone")
_RING: Final = re.compile(
    r"<!(channel|here|everyone)(?:\|[^>]*)?>|<!subteam\^([A-Z0-9]+)[^>]*>|<@([UW][A-Z0-9]+)[^>]*>"
)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_sent(typed: str, people: Sequence[Person], channels: Sequence[Channel]) -> str:
    """As Slack's client sends it: `@name` and links become tokens, typed angle brackets are escaped.

    Tokens of people and channels are kept, since that is what choosing one from the suggestions gives.
    """
    tokens = _tokens(people, channels)
    names = "|".join(re.escape(name) for name in sorted(tokens, key=len, reverse=True))
    pattern = re.compile(f"(?P<chosen>{_CHOSEN.pattern})|(?P<link>{_LINK.pattern})|(?P<name>{names})")
    parts: list[str] = []
    position = 0
    for found in pattern.finditer(typed):
        parts.append(escape(typed[position : found.start()]))
        parts.append(_token(found, tokens))
        position = found.end()
    return "".join([*parts, escape(typed[position:])])


def _token(found: re.Match[str], tokens: dict[str, str]) -> str:
    if found["chosen"]:
        return found["chosen"]
    if found["link"]:
        return f"<{escape(found['link'])}>"
    return tokens[found["name"]]


def _tokens(people: Sequence[Person], channels: Sequence[Channel]) -> dict[str, str]:
    tokens = {f"@{name}": f"<!{name}>" for name in _EVERYBODY}
    for person in people:
        tokens |= {f"@{person.name}": f"<@{person.id}>", f"@{person.real_name}": f"<@{person.id}>"}
    for channel in channels:
        tokens[f"#{channel.name}"] = f"<#{channel.id}|{'' if channel.is_private else channel.name}>"
    return tokens


def rings(text: str, blocks: Sequence[Json]) -> tuple[str, ...]:
    """Whom a posted message notifies: `channel`, `here`, `everyone`, user and user group ids."""
    texts = [text, *_mrkdwn_in(list(blocks))]
    named = [next(filter(None, found.groups())) for each in texts for found in _RING.finditer(each)]
    return tuple(dict.fromkeys([*named, *_rich_mentions(list(blocks))]))


def rings_by_name(text: str) -> tuple[str, ...]:
    """`parse: full` turns plain `@channel` into a mention too."""
    return tuple(name for name in _EVERYBODY if re.search(rf"(?<![\w<!])@{name}\b", text))


def _mrkdwn_in(value: Any) -> Iterator[str]:
    """Every text that Slack parses for mentions; plain_text never rings."""
    if isinstance(value, list):
        for each in value:
            yield from _mrkdwn_in(each)
    elif isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "markdown") and isinstance(value.get("text"), str):
            yield value["text"]
        else:
            yield from _mrkdwn_in(list(value.values()))


def _rich_mentions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _rich_mentions(each)
    elif isinstance(value, dict):
        name = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}.get(str(value.get("type")))
        if name and isinstance(value.get(name), str):
            yield value[name]
        yield from _rich_mentions(list(value.values()))
