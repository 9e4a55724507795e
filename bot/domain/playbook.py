"""The playbook: all entries with the red lines and sources they refer to."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.domain.entry import Bilingual, Category, Entry, Kind, Lang, RuleId


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Shipped(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phrases(_Shipped):
    """Words that give a crossed red line away, as regular expressions."""

    zh: tuple[Pattern, ...] = ()
    en: tuple[Pattern, ...] = ()

    def in_(self, lang: Lang) -> tuple[str, ...]:
        return self.zh if lang == "zh" else self.en


class RedLine(_Shipped):
    """Something nobody may say or do, and what to say instead."""

    id: RuleId
    never: Bilingual
    instead: Bilingual
    phrases: Phrases = Phrases()


class Source(_Shipped):
    """Where a fact comes from. Grade A statute or court text, B regulator, C trade press, own: a company document."""

    id: str
    title: Bilingual
    dated: str
    grade: Literal["A", "B", "C", "D", "own"]


class Playbook(_Shipped):
    """All entries with the red lines and sources they refer to."""

    entries: Mapping[str, Entry]
    red_lines: Mapping[str, RedLine]
    sources: Mapping[str, Source]

    def __repr__(self) -> str:
        """Not all of it, which would fill a screen for every service that holds it."""
        return f"Playbook({len(self.entries)} entries)"

    def find(self, entry_id: str) -> Entry | None:
        return self.entries.get(entry_id)

    def overlaid(self, own: Mapping[str, Entry | None]) -> Self:
        """With entries added, replaced or (None) taken away."""
        kept = {entry_id: entry for entry_id, entry in {**self.entries, **own}.items() if entry is not None}
        return self.model_copy(update={"entries": kept})

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Those that hold entries."""
        return tuple(kind for kind in Kind if self.of_kind(kind))

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries.values() if entry.KIND is kind)

    def by_category(self, kind: Kind) -> Mapping[Category, tuple[Entry, ...]]:
        """Of one kind; categories without an entry are left out."""
        grouped: dict[Category, list[Entry]] = {each: [] for each in Category}
        for entry in self.of_kind(kind):
            grouped[entry.category].append(entry)
        return {each: tuple(found) for each, found in grouped.items() if found}
