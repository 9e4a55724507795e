"""The clauses with a day still ahead, and what the rules see in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.commitments import denials, whose
from bot.domain.commitments.due import day_due, is_deadline
from bot.domain.commitments.meetings import is_contact, is_told
from bot.domain.commitments.splitting import whole
from bot.domain.commitments.words import GIVE
from bot.domain.dates import Dated, Writing, find_days
from bot.domain.facts import Side


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause with a day still ahead, which is `text[start:end]`: what may be a promise.

    `before` and `after` stand beside it in the note; `by` is who would have promised it, and `signs` is what the rules
    saw in it, by name: "promise" where they take it for one.
    """

    text: str
    start: int
    end: int
    before: str
    after: str
    by: Side
    signs: frozenset[str]


@dataclass(frozen=True, slots=True)
class DatedClause:
    """A clause and the day something in it is due; `is_contact` where it is the next meeting or call."""

    part: Clause
    due: Dated
    candidate: Candidate
    is_contact: bool


def dated(note: str, parts: Sequence[Clause], writing: Writing, called: Sequence[str] = ()) -> list[DatedClause]:
    """Every clause with a day still ahead, but for those whose promise is taken back right after."""
    found: list[DatedClause] = []
    carried: Side | None = None
    sentence, last_start, is_dated, is_conditional = 0, 0, False, False
    for part in whole(note, parts, writing):
        if part.sentence != sentence:
            sentence, carried, is_conditional = part.sentence, None, False
        due = day_due(part.text, writing)
        is_right_behind = bool(found) and found[-1].part.end >= last_start
        if not due and is_right_behind and not found[-1].is_contact and denials.TAKEN_BACK.search(part.text):
            found.pop()
        last_start = part.start
        is_conditional = is_conditional or bool(denials.CONDITION.match(part.text))
        if due:
            is_meeting = is_contact(part.text)
            may_be = not is_conditional and not denials.is_no_promise(part, due)
            is_next = may_be and is_meeting and not is_told(part, due, writing, is_first=not is_dated)
            candidate = _candidate(
                note,
                part,
                due,
                carried,
                called,
                may_be=may_be and not is_meeting and not denials.TOGETHER.search(part.text),
            )
            found.append(DatedClause(part, due, candidate, is_next))
        carried = whose.subject_of(part) or carried
        is_dated = is_dated or bool(find_days(part.text, writing))
    return found


_AROUND: Final = 20
"""Characters of the note beside a candidate."""


def _candidate(
    note: str, part: Clause, due: Dated, carried: Side | None, called: Sequence[str], *, may_be: bool
) -> Candidate:
    side = whose.side_of(part, due.end, carried, called)
    is_limited, gives = is_deadline(part.text, due), bool(GIVE.search(part.text))
    is_firm = side is Side.OURS or not denials.TRIED.search(part.text)
    is_promise = may_be and is_firm and (bool(part.label) or gives or is_limited)
    named = whose.named_by(part, due.end)
    signs = {
        "promise": is_promise,
        f"promise of {side}": is_promise,
        f"by {side}": True,
        "may be": may_be,
        "deadline": is_limited,
        "promise with a deadline": is_promise and is_limited,
        "meeting": is_contact(part.text),
        f"label {part.label}": part.label is not None,
        "open label": part.is_open,
        "their voice": part.is_their_voice,
        f"subject {named}": True,
        f"carried {carried}": True,
        "nobody named": named is None and carried is None,
        "either of two days": len(due.days) > 1,
        "long": len(part.text) > _LONG,
        "gives": gives,
        "gives behind": bool(GIVE.search(part.text, due.end)),
        **{name: bool(pattern.search(part.text)) for name, pattern in (denials.SIGNS | whose.SIGNS).items()},
    }
    return Candidate(
        part.text,
        due.start,
        due.end,
        note[max(0, part.start - _AROUND) : part.start],
        note[part.end : part.end + _AROUND],
        side,
        frozenset(name for name, is_seen in signs.items() if is_seen),
    )


_LONG: Final = 40
