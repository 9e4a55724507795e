"""The fields of a playbook entry as lines and sections, wherever they are shown."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from bot.domain.entry import Action, Bilingual, Entry, Evidence, Lang, Step
from bot.domain.playbook import Playbook
from bot.text import Text
from bot.views.blocks import (
    Block,
    escape,
    section,
)

SPOKEN: Final = frozenset({"say", "diagnostic", "check", "question", "next_questions", "phrases"})
"""Fields that are said to the customer as they stand."""


def texts_of(entry: Entry, name: str) -> tuple[Bilingual, ...]:
    """A field's texts, whether it holds one or several."""
    value = getattr(entry, name)
    return (value,) if isinstance(value, Bilingual) else tuple(value)


def field(entry: Entry, name: str, lang: Lang, text: Text, most: int | None = None) -> Block:
    """A field under its label. What is to be spoken aloud stands as a quotation; `most` items are shown."""
    said = texts_of(entry, name)
    if most is not None and len(said) > most:
        title = text(f"field.{name}")
        lines = [*(f"• {escape(each.in_(lang))}" for each in said[:most]), text("entry.rest", count=len(said) - most)]
        return titled(title, lines)
    if name in SPOKEN:
        lines = [f">{escape(each.in_(lang))}" for each in said]
    elif name == "steps":
        lines = [
            f"{number}. *{text(f'technique.{step.technique}')}* {escape(step.in_(lang))}"
            for number, step in enumerate(said, start=1)
            if isinstance(step, Step)
        ]
    elif name == "needs_fields":
        lines = [escape(" · ".join(each.in_(lang) for each in said))]
    elif len(said) > 1:
        lines = [f"• {escape(each.in_(lang))}" for each in said]
    else:
        lines = [escape(each.in_(lang)) for each in said]
    return titled(text(f"field.{name}"), lines)


def titled(title: str, lines: Iterable[str]) -> Block:
    body = "\n".join(lines)
    return section(f"*{title}*\n{body}")


def follow_up_line(action: Action, lang: Lang, text: Text) -> str:
    due = text("entry.due_wd" if action.is_working_days else "entry.due_d", count=action.days)
    return text("entry.follow_up", action=escape(action.in_(lang)), due=due, owner=text(f"actor.{action.owner}"))


def kept_line(entry: Entry, text: Text, today: date) -> str:
    key = "entry.stale" if today > entry.review_due_on else "entry.checked"
    return text(key, owner=text(f"owner.{entry.owner}"), date=entry.verified_on.isoformat())


def source_line(evidence: Evidence, playbook: Playbook, lang: Lang, text: Text) -> str:
    name = playbook.sources[evidence.source].title.in_(lang)
    article = f" {evidence.article.in_(lang)}" if evidence.article else ""
    return text("entry.source", source=escape(name + article))


def unbroken(rule: str) -> str:
    """With a hyphen at which no line ends."""
    return rule.replace("-", "\N{NON-BREAKING HYPHEN}")
