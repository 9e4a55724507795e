"""What a message may hold, checked the same for the Web API, response_url posts and command replies."""

from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.args import Args
from bot.sandbox.errors import ApiError, refused_blocks
from bot.sandbox.shapes import Json, size_in_bytes
from bot.sandbox.surfaces import check_message_blocks
from bot.sandbox.wire_text import rings, rings_by_name

TEXT_KEPT: Final = 40_000
MARKDOWN_TEXT: Final = 12_000
ATTACHMENTS: Final = 100
METADATA_BYTES: Final = 8_000
"""Slack names the error but not the number; this one is ours and on the cautious side."""


@dataclass(slots=True)
class Content:
    """None means «not mentioned», which an edit leaves as it was."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None
    rings: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)


def read_content(args: Args) -> Content:
    """The sound content of a message, or the ApiError that Slack would answer."""
    text = _text(args)
    blocks = args.blocks()
    if blocks is not None and (problems := check_message_blocks(blocks)):
        raise refused_blocks("invalid_blocks", problems)
    return Content(text, blocks, _attachments(args), _metadata(args), _rings(args, text, blocks))


def _text(args: Args) -> str | None:
    markdown = args.text("markdown_text")
    if not markdown:
        return args.text("text")[:TEXT_KEPT] if "text" in args else None
    if args.text("text") or "blocks" in args:
        raise ApiError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_TEXT:
        raise ApiError("msg_too_long")
    return markdown


def _attachments(args: Args) -> list[Json] | None:
    attachments = args.structure("attachments", "invalid_attachments")
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise ApiError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise ApiError("too_many_attachments")
    problems = [problem for each in attachments for problem in check_message_blocks(each.get("blocks") or [])]
    if problems:
        raise refused_blocks("invalid_blocks", problems)
    return attachments


def _metadata(args: Args) -> Json | None:
    metadata: Any = args.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    if metadata and not (
        isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    ):
        raise ApiError("invalid_metadata_schema")
    if size_in_bytes(metadata) > METADATA_BYTES:
        raise ApiError("metadata_too_large")
    return metadata


def _rings(args: Args, text: str | None, blocks: list[Json] | None) -> tuple[str, ...]:
    parsed = "" if "mrkdwn" in args and not args.flag("mrkdwn") else text or ""
    by_name = rings_by_name(parsed) if args.text("parse") == "full" else ()
    return (*rings(parsed, blocks or []), *by_name)
