"""Changes to the playbook as people meet them: the approver's request, the author's news, an entry's history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from bot.domain.checks import Finding
from bot.domain.entry import Entry, Lang
from bot.domain.revision import APP, REASON_LIMIT, SHIPPED, Change, Difference, Revision, State, differences
from bot.domain.variant import Audience
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    context,
    divider,
    escape,
    header,
    input_block,
    modal,
    numbered,
    packed,
    section,
)
from bot.views.variants import for_whom

REVIEW: Final = "revision_review"
APPROVE: Final = "revision_approve"
SEND_BACK: Final = "revision_send_back"
REVIEW_MODAL: Final = "revision_review_modal"
SEND_BACK_MODAL: Final = "revision_send_back_modal"
AGAIN: Final = "revision_again"
RESTORE: Final = "revision_restore"
HISTORY_MODAL: Final = "entry_history_modal"
RETIRE_MODAL: Final = "entry_retire_modal"
NOTICE_MODAL: Final = "revision_notice"
REASON: Final = "reason"

MAX_CHANGES: Final = 5
"""On Home, which has a hundred blocks for more than this; the next come up as these are decided."""
_TEXT_LIMIT: Final = 2800
"""Of a section, with room for the label."""
_BLOCKS: Final = 44
"""A message holds 50; heading, reason, warnings and buttons are among them."""
_SHOWN_OF_HISTORY: Final = 30


@dataclass(frozen=True, slots=True)
class Proposal:
    """A revision with the entry it was written on, and what the rules of the house say of the new words."""

    revision: Revision
    before: Entry | None
    warnings: Sequence[Finding] = ()

    @property
    def entry(self) -> Entry | None:
        return self.revision.entry or self.before

    def title(self, text: Text) -> str:
        return escape(self.entry.title.in_(text.lang)) if self.entry else self.revision.entry_id


def waiting(proposals: Sequence[Proposal], text: Text, zone: tzinfo) -> list[Block]:
    """For who decides about them: what, by whom and since when, oldest first."""
    blocks = [header(text("revision.waiting"))]
    for number, each in enumerate(proposals[:MAX_CHANGES]):
        revision = each.revision
        line = text(
            "revision.row",
            title=each.title(text),
            change=text(f"revision.change_{revision.change}"),
            author=_author(revision),
            on=revision.written_at.astimezone(zone).date(),
        )
        blocks.append(section(line, button(text("revision.review"), numbered(REVIEW, number), revision.id)))
    if len(proposals) > MAX_CHANGES:
        blocks.append(context(text("revision.more", count=len(proposals) - MAX_CHANGES)))
    return blocks


def review_modal(proposal: Proposal, text: Text) -> View:
    """The request where there is no message: to be decided about, or as it was decided."""
    blocks = request(proposal, text) if proposal.revision.is_pending else decided(proposal, text)
    return modal(REVIEW_MODAL, text("revision.review_title"), blocks, close=text("entry.close"))


def request(proposal: Proposal, text: Text) -> list[Block]:
    """What the approver decides about: old and new of every field that changes."""
    revision = proposal.revision
    blocks = _told(proposal, text)
    buttons = [
        button(text("revision.approve"), APPROVE, revision.id, style="primary"),
        button(text("revision.send_back"), SEND_BACK, revision.id),
    ]
    return [*blocks, actions(buttons)]


def decided(proposal: Proposal, text: Text) -> list[Block]:
    """The request after somebody has decided: nothing to click any more."""
    return [*_told(proposal, text), context(_decision(proposal.revision, text))]


def request_line(proposal: Proposal, text: Text) -> str:
    """For notifications and screen readers, and the request's first line."""
    revision = proposal.revision
    change = text(f"revision.change_{revision.change}")
    return text("revision.request", author=_author(revision), change=change, title=proposal.title(text))


def news(proposal: Proposal, text: Text) -> str:
    """What the author is told."""
    revision = proposal.revision
    key = "revision.author_approved" if revision.state is State.APPROVED else "revision.author_sent_back"
    return text(key, by=revision.decided_by, title=proposal.title(text), reason=escape(revision.reason))


def news_blocks(proposal: Proposal, text: Text) -> list[Block]:
    """What was sent back can be taken up where it was left."""
    blocks = [section(news(proposal, text))]
    revision = proposal.revision
    if revision.state is State.SENT_BACK and revision.values is not None and revision.change is not Change.RESTORE:
        blocks.append(actions([button(text("revision.again"), AGAIN, revision.id)]))
    return blocks


def reason_modal(revision_id: str, channel_id: str, message_ts: str, text: Text) -> View:
    """Asks the approver why; `channel_id` and `message_ts` are where the request stands, empty in a window."""
    return modal(
        SEND_BACK_MODAL,
        text("revision.send_back_title"),
        [_reason(text("revision.reason"))],
        close=text("visit.cancel"),
        submit=text("revision.send_back"),
        metadata={"r": revision_id, "c": channel_id, "t": message_ts},
    )


def retire_modal(entry: Entry, day: str, text: Text) -> View:
    """`day` names the daily message it was opened from."""
    told = text("revision.retire_intro", title=escape(entry.title.in_(text.lang)))
    return modal(
        RETIRE_MODAL,
        text("entry.retire"),
        [section(told), _reason(text("edit.why"))],
        close=text("visit.cancel"),
        submit=text("edit.submit"),
        metadata={"e": entry.id, "d": day},
    )


def notice(proposal: Proposal, told: str, text: Text) -> View:
    """Where a form stood: what becomes of what was sent, and what its author may want to look at again."""
    blocks = [section(told), *_warnings(proposal, text)]
    return modal(NOTICE_MODAL, text("revision.sent_title"), blocks, close=text("entry.close"))


@dataclass(frozen=True, slots=True)
class History:
    """Every revision of an entry, newest first; `current` is none while it is retired, `shipped` if it is their own."""

    entry_id: str
    revisions: Sequence[Revision]
    current: Entry | None
    shipped: Entry | None

    @property
    def title_of(self) -> Entry | None:
        last = (each.entry for each in self.revisions if each.entry is not None)
        return self.current or self.shipped or next(last, None)


def history(found: History, text: Text, zone: tzinfo, *, restores: bool) -> View:
    """A version that once was in force can be brought back, and so can the shipped one."""
    entry, revisions, shipped = found.current, found.revisions, found.shipped
    title = found.title_of.title.in_(text.lang) if found.title_of else found.entry_id
    blocks = [section(f"*{escape(title)}*")]
    versions = {each.id: each.entry for each in revisions}
    for number, each in enumerate(revisions[:_SHOWN_OF_HISTORY]):
        before = versions.get(each.replaces) if each.replaces else shipped
        can_return = each.state is State.APPROVED and each.values is not None and each.entry != entry
        accessory = _restore(found.entry_id, each.id, number, text) if restores and can_return else None
        blocks += [divider(), section(_version(each, before, text, zone), accessory)]
    if shipped is not None:
        accessory = _restore(found.entry_id, SHIPPED, SHIPPED, text) if restores and shipped != entry else None
        blocks += [divider(), section(text("revision.as_shipped"), accessory)]
    return modal(HISTORY_MODAL, text("revision.history_title"), blocks, close=text("entry.close"))


def _told(proposal: Proposal, text: Text) -> list[Block]:
    revision = proposal.revision
    blocks = [section(request_line(proposal, text))]
    if why := _why(revision, proposal.before, text):
        blocks.append(section(text("revision.why", why=_quoted(why))))
    for each in differences(proposal.before, revision.entry) if revision.values is not None else ():
        blocks += _difference(each, text)
    if len(blocks) > _BLOCKS:
        blocks = [*blocks[:_BLOCKS], context(text("revision.cut"))]
    return blocks + _warnings(proposal, text)


def _author(revision: Revision) -> str:
    return APP if revision.is_by_app else f"<@{revision.author_id}>"


def _why(revision: Revision, before: Entry | None, text: Text) -> str:
    """What the author wrote; the app has one reason only."""
    if revision.is_by_app and before is not None:
        return text("revision.unused", checked=before.verified_on.isoformat())
    return revision.why


def _warnings(proposal: Proposal, text: Text) -> list[Block]:
    if not proposal.warnings:
        return []
    lines = [f"• {_warning(each, text)}" for each in proposal.warnings]
    return [section("\n".join([text("revision.warnings"), *lines]))]


def _warning(finding: Finding, text: Text) -> str:
    told = escape(text(finding.key, **finding.values))
    name = finding.field.partition(".")[0]
    return f"{_label(name, finding.lang, text)}: {told}" if name else told


def _label(name: str, lang: Lang | None, text: Text) -> str:
    label = text(f"field.{name}")
    return text(f"edit.in_{lang}", field=label) if lang else label


def _difference(found: Difference, text: Text) -> list[Block]:
    label = _label(found.field, found.lang, text)
    lines = [text("revision.old", line=escape(_spelled(found.field, each, text))) for each in found.before]
    lines += [text("revision.new", line=escape(_spelled(found.field, each, text))) for each in found.after]
    return [section(f"*{label}*\n{part}") for part in _parts(lines)]


def _spelled(field: str, value: str, text: Text) -> str:
    """Roles, categories and audiences by name."""
    if field == "variants":
        code, _, said = value.partition(" ")
        return f"{for_whom(Audience.decoded(code), text)}  {said}"
    if field == "owner":
        return text(f"owner.{value}")
    return text(f"category.{value}") if field == "category" else value


def _parts(lines: Iterable[str]) -> list[str]:
    """As few texts as Slack's limit allows."""
    parts = [""]
    for line in lines:
        if parts[-1] and len(parts[-1]) + len(line) > _TEXT_LIMIT:
            parts.append("")
        parts[-1] += f"{line}\n"
    return parts


def _version(revision: Revision, before: Entry | None, text: Text, zone: tzinfo) -> str:
    on = revision.written_at.astimezone(zone).date().isoformat()
    change = text(f"revision.change_{revision.change}")
    lines = [text("revision.version", on=on, change=change, author=_author(revision)), _decision(revision, text)]
    if revision.change in (Change.EDIT, Change.RESTORE):
        changed = dict.fromkeys(text(f"field.{each.field}") for each in differences(before, revision.entry))
        lines.append(text("revision.changed", fields=" · ".join(changed)))
    if why := _why(revision, before, text):
        lines.append(_quoted(why))
    return "\n".join(lines)


def _decision(revision: Revision, text: Text) -> str:
    return text(f"revision.state_{revision.state}", by=revision.decided_by, reason=escape(revision.reason))


def _restore(entry_id: str, version: str, row: int | str, text: Text) -> Block:
    return button(text("revision.restore"), numbered(RESTORE, row), packed({"e": entry_id, "v": version}))


def _reason(label: str) -> Block:
    element = {"type": "plain_text_input", "action_id": REASON, "multiline": True, "max_length": REASON_LIMIT}
    return input_block(REASON, label, element)


def _quoted(typed: str) -> str:
    return "\n".join(f">{escape(line)}" for line in typed.splitlines())
