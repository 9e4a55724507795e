"""What the playbook lacks: the list on Home, how a gap is closed, and the messages to and from those who asked."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.entry import Entry, Kind, Lang
from bot.domain.gap import REPLY_LIMIT, Dismissal, GapRow, GapState
from bot.domain.masking import masked
from bot.domain.playbook import Playbook
from bot.domain.question import Question, Reason
from bot.text import Text
from bot.views.blocks import (
    PLACEHOLDER_LIMIT,
    Block,
    View,
    actions,
    button,
    clip,
    context,
    escape,
    header,
    input_block,
    modal,
    numbered,
    option,
    option_group,
    packed,
    plain,
    section,
    select,
)
from bot.views.playbook import PICK
from bot.views.shown import Shown

ANSWER: Final = "gap_answer"
NEW_ENTRY: Final = "gap_new_entry"
ASSIGN: Final = "gap_assign"
DISMISS: Final = "gap_dismiss"
ASK: Final = "gap_ask_owner"
REPLY: Final = "gap_reply"
ANSWER_MODAL: Final = "gap_answer_modal"
ASSIGN_MODAL: Final = "gap_assign_modal"
REPLY_MODAL: Final = "gap_reply_modal"
ENTRY: Final = "entry"
OWNER: Final = "owner"
DUE: Final = "due"
TEXT: Final = "text"

MAX_GAPS: Final = 5
"""On Home, which has its hundred blocks for more than this; the next come up as these are closed."""
EXAMPLE_SHOWN: Final = 200


def overview(rows: Sequence[GapRow], text: Text, day: date | None = None) -> list[Block]:
    """For those who edit the playbook. `day` names the daily message it stands in, so that a click can update it."""
    blocks = [header(text("gap.title"))]
    if not rows:
        blocks.append(section(text("gap.nothing")))
    for number, row in enumerate(rows[:MAX_GAPS]):
        blocks += _row(row, number, day, text)
    if len(rows) > MAX_GAPS:
        blocks.append(context(text("gap.more", count=len(rows) - MAX_GAPS)))
    return blocks


def fallback(rows: Sequence[GapRow], text: Text) -> str:
    """For notifications and screen readers."""
    return f"{text('gap.title')}: {len(rows)}"


def answer_modal(row: GapRow, day: str, playbook: Playbook, text: Text) -> View:
    """Which entry the questions belong to; the one that those who asked got to in the end is filled in.

    Where none does, a new one is written.
    """
    groups = [
        option_group(
            f"{text(f'kind.{kind}')} · {text(f'category.{category}')}",
            [option(entry.title.in_(text.lang), entry.id) for entry in entries],
        )
        for kind in Kind
        for category, entries in playbook.by_category(kind).items()
    ]
    suggested = playbook.find(row.suggested_id) if row.suggested_id else None
    initial = option(suggested.title.in_(text.lang), suggested.id) if suggested else None
    entry = select("static_select", ENTRY, text("gap.answer_entry"), option_groups=groups, initial_option=initial)
    about = {"g": row.gap.id, "d": day}
    write = button(text("gap.new_entry"), NEW_ENTRY, packed(about))
    return modal(
        ANSWER_MODAL,
        text("gap.answer_title"),
        [
            section(_examples(row, text)),
            context(text("gap.answer_intro")),
            input_block(ENTRY, text("gap.answer_entry"), entry),
            section(text("gap.new_intro"), write),
        ],
        close=text("visit.cancel"),
        submit=text("gap.answer_submit"),
        metadata=about,
    )


def assign_modal(row: GapRow, day: str, owner_id: str, due_on: date, text: Text) -> View:
    gap = row.gap
    owner = select("users_select", OWNER, text("gap.assign_owner"), initial_user=gap.owner_id or owner_id)
    due = {"type": "datepicker", "action_id": DUE, "initial_date": (gap.due_on or due_on).isoformat()}
    return modal(
        ASSIGN_MODAL,
        text("gap.assign_title"),
        [
            section(_examples(row, text)),
            input_block(OWNER, text("gap.assign_owner"), owner),
            input_block(DUE, text("gap.assign_due"), due),
        ],
        close=text("visit.cancel"),
        submit=text("gap.assign_submit"),
        metadata={"g": gap.id, "d": day},
    )


def ask_owner(question_id: str, text: Text) -> Block:
    """Under an answer that says no play fits."""
    return actions([button(text("gap.ask"), ASK, question_id)])


def asked(question: Question, text: Text) -> list[Block]:
    """To the colleague who is asked."""
    told = text("gap.asked", user=question.asked_by, text=_quoted(masked(question.text)))
    return [section(told), actions([button(text("gap.reply"), REPLY, question.id, style="primary")])]


def reply_modal(question: Question, text: Text) -> View:
    element = {
        "type": "plain_text_input",
        "action_id": TEXT,
        "multiline": True,
        "max_length": REPLY_LIMIT,
        "placeholder": plain(text("gap.reply_prompt"), PLACEHOLDER_LIMIT),
    }
    if question.reply:
        element["initial_value"] = question.reply
    return modal(
        REPLY_MODAL,
        text("gap.reply_title"),
        [section(f">{_quoted(masked(question.text))}"), input_block(TEXT, text("gap.reply_text"), element)],
        close=text("visit.cancel"),
        submit=text("gap.reply_submit"),
        metadata={"q": question.id},
    )


def replied(question: Question, text: Text) -> list[Block]:
    """To whoever asked."""
    reply = _quoted(question.reply)
    told = text("gap.replied", text=escape(clip(question.text, EXAMPLE_SHOWN)), user=question.asked_of, reply=reply)
    return [section(told)]


def reply_sent(question: Question, text: Text, *, edits: bool) -> list[Block]:
    """To whoever replied; an editor can put the question into the playbook with the next click."""
    blocks = [section(text("gap.reply_sent", user=question.asked_by))]
    if edits and question.gap_id is not None:
        blocks.append(actions([button(text("gap.answer"), numbered(ANSWER, 0), packed({"g": question.gap_id}))]))
    return blocks


def told(question: Question, entry: Entry, lang: Lang, text: Text) -> list[Block]:
    """To everybody who asked, once it is answered."""
    line = text("gap.told", text=escape(clip(question.text, EXAMPLE_SHOWN)), title=escape(entry.title.in_(lang)))
    show = button(text("gap.show"), numbered(PICK, 0), Shown(entry.id, lang).packed())
    return [section(line), actions([show])]


def _row(row: GapRow, number: int, day: date | None, text: Text) -> list[Block]:
    gap = row.gap
    found = Counter(each.reason for each in row.questions)
    reasons = " · ".join(text(f"gap.reason_{reason}") for reason in Reason if found[reason])
    lines = [text("gap.row", count=gap.count, reasons=reasons), _examples(row, text)]
    if gap.owner_id and gap.due_on:
        lines.append(text("gap.owned", owner=gap.owner_id, due=gap.due_on))
    else:
        lines.append(text("gap.unowned"))
    if gap.state is GapState.WAITING:
        lines.append(text("gap.waiting"))
    on = day.isoformat() if day else ""
    value = packed({"g": gap.id, "d": on})
    reasons_not = [option(text(f"gap.dismiss_{why}"), f"{gap.id}|{why}|{on}") for why in Dismissal]
    buttons = [
        button(text("gap.answer"), numbered(ANSWER, number), value, style="primary" if number == 0 else None),
        button(text("gap.assign"), numbered(ASSIGN, number), value),
        select("static_select", numbered(DISMISS, number), text("gap.dismiss"), options=reasons_not),
    ]
    return [section("\n".join(lines)), actions(buttons)]


def _examples(row: GapRow, text: Text) -> str:
    """Masked once more: what was kept by an earlier release was not."""
    lines = [text("gap.example", text=_said(each)) for each in row.examples]
    lines += [text("gap.missing", text=_said(each)) for each in row.missing]
    return "\n".join(lines)


def _said(words: str) -> str:
    return escape(clip(" ".join(masked(words).split()), EXAMPLE_SHOWN))


def _quoted(words: str) -> str:
    """As one mrkdwn quotation that fits a section."""
    return escape(clip(words, REPLY_LIMIT)).replace("\n", "\n>")
