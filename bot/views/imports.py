"""What an import would do or did, in words and as a table of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.dealtable import PlannedDeal
from bot.domain.importplan import Effect, Planned
from bot.domain.table import Fault
from bot.text import Text
from bot.views.blocks import Block, actions, button, clip, context, escape, packed, section

IMPORT: Final = "customers_import"
LEAVE: Final = "customers_leave"
NAME_SHOWN: Final = 100
SHOWN: Final = 5
"""Faults in the message; the file beside it has them all."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that somebody sent, and what it would do."""

    file_id: str
    name: str
    rows: Sequence[Planned | PlannedDeal]
    faults: Sequence[Fault]


def summary(rows: Sequence[Planned | PlannedDeal], faults: Sequence[Fault], text: Text) -> str:
    """One line: how many are new, changed, unchanged, wrong."""
    counts = {effect.value: sum(each.effect is effect for each in rows) for effect in Effect}
    return text("table.summary", **counts, wrong=len({each.line for each in faults}))


def _asked(rows: Sequence[Planned | PlannedDeal], text: Text) -> list[Block]:
    count = sum(each.asks_for_a for each in rows)
    return [context(text("table.asks", count=count))] if count else []


def _effect(each: Planned | PlannedDeal, text: Text) -> str:
    said = text(f"table.effect_{each.effect}")
    return text("table.effect_asks", effect=said) if each.asks_for_a else said


def sentence(fault: Fault, text: Text) -> str:
    """Columns by the name they have in the file, else by one that the language reads."""
    values = {
        name: " · ".join(text(f"table.column_{each}") for each in value) if isinstance(value, tuple) else value
        for name, value in fault.values.items()
    }
    said = text(fault.key, **values)
    if not fault.column:
        return said
    return text("table.in_column", column=fault.heading or text(f"table.column_{fault.column}"), fault=said)


def report(rows: Sequence[Planned | PlannedDeal], faults: Sequence[Fault], text: Text) -> list[list[str]]:
    """One line for each row of the table, in its order, with a header."""
    lines = [(each.line, each.name, _effect(each, text), "") for each in rows]
    lines += [(each.line, "", text("table.wrong"), sentence(each, text)) for each in faults]
    header = [text(f"table.report_{name}") for name in ("line", "name", "effect", "fault")]
    return [header, *([str(line), *rest] for line, *rest in sorted(lines))]


def preview(found: Preview, text: Text) -> list[Block]:
    """What the file would do, its first faults, and the buttons for what can be done."""
    blocks = [section(f"*{escape(found.name)}*\n{summary(found.rows, found.faults, text)}")]
    if found.faults:
        told = [f"• {_where(each, text)}" for each in found.faults[:SHOWN]]
        more = len(found.faults) - SHOWN
        blocks.append(section("\n".join([*told, *([text("table.more", count=more)] if more > 0 else [])])))
    count = sum(each.effect is not Effect.SAME for each in found.rows)
    if not count:
        return [*blocks, context(text("table.nothing_good" if found.faults else "table.nothing_new"))]
    label = text("table.import_rest" if found.faults else "table.import_all", count=count)
    value = packed({"f": found.file_id, "n": clip(found.name, NAME_SHOWN)})
    buttons = [button(label, IMPORT, value, style="primary"), button(text("table.leave"), LEAVE, value)]
    return [*blocks, *_asked(found.rows, text), actions(buttons), context(text("table.not_yet"))]


def under_way(name: str, done: int, total: int, text: Text) -> list[Block]:
    return [section(f"*{escape(name)}*\n{text('table.under_way', done=done, total=total)}")]


def finished(name: str, rows: Sequence[Planned | PlannedDeal], faults: Sequence[Fault], text: Text) -> list[Block]:
    return [section(f"*{escape(name)}*\n{text('table.finished')} {summary(rows, faults, text)}"), *_asked(rows, text)]


def left(name: str, text: Text) -> list[Block]:
    return [section(f"*{escape(name)}*\n{text('table.left')}")]


def _where(fault: Fault, text: Text) -> str:
    return escape(text("table.at_line", line=fault.line, fault=sentence(fault, text)))
