"""Playbook entries: what an account manager says, asks and never says when a customer objects."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Lang = Literal["zh", "en"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
RuleId = Annotated[str, StringConstraints(pattern=r"^RL-\d\d$")]

MIN_EXAMPLES: Mapping[Lang, int] = {"zh": 20, "en": 12}


class Category(StrEnum):
    """The families of objections, in the order they are browsed."""

    COST = "cost"
    TERMS = "terms"
    DISCLOSURE = "disclosure"
    SERVICE = "service"
    TRUST = "trust"
    NEED = "need"
    BUYER = "buyer"


EntryId = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(Category)})/[a-z0-9-]+$", max_length=60)]


class OwnerRole(StrEnum):
    """Who in the company keeps an entry true."""

    PRICING = "pricing"
    LEGAL = "legal"
    RISK = "risk"
    COMPLIANCE = "compliance"
    OPERATIONS = "operations"
    SALES = "sales"


class Technique(StrEnum):
    """How a step handles the objection; the letters are those editors write in the files."""

    RESTATE = "R"
    VALUE = "V"
    CLAUSE_LOGIC = "K"
    DATA_BOUNDARY = "D"
    EVIDENCE = "E"
    CONCEDE = "H"
    FULL_COST = "C"
    PACKAGES = "M"
    PILOT = "P"
    THIRD_PARTY = "T"
    STAKEHOLDERS = "S"
    PARK = "N"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Strict):
    """One sentence or paragraph in both languages."""

    zh: Line
    en: Line

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Step(_Strict):
    """One move of the conversation after listening and acknowledging."""

    technique: Technique
    zh: Line
    en: Line

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Evidence(_Strict):
    """A proof that can be shown, and where it comes from."""

    zh: Line
    en: Line
    source: str
    article: Bilingual | None = None

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Never(_Strict):
    """What must not be said here, under the red line it would cross."""

    rule: RuleId
    zh: Line
    en: Line

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Action(_Strict):
    """A follow-up to schedule, counted from the day of the conversation."""

    due: Annotated[str, StringConstraints(pattern=r"^\d{1,3}(wd|d)$")]
    owner: Literal["account_manager", "team_lead", "specialist"]
    zh: Line
    en: Line

    @property
    def days(self) -> int:
        return int(self.due.removesuffix("wd").removesuffix("d"))

    @property
    def is_working_days(self) -> bool:
        return self.due.endswith("wd")

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Examples(_Strict):
    """What people really type or say when they mean this entry; the matcher learns from them."""

    zh: tuple[Line, ...]
    en: tuple[Line, ...]

    def in_(self, lang: Lang) -> tuple[str, ...]:
        return self.zh if lang == "zh" else self.en

    @model_validator(mode="after")
    def _enough_and_distinct(self) -> Self:
        for lang, least in MIN_EXAMPLES.items():
            lines = self.in_(lang)
            if len(lines) < least:
                raise ValueError(f"needs at least {least} {lang} examples, has {len(lines)}")
            if len({line.casefold() for line in lines}) < len(lines):
                raise ValueError(f"the same {lang} example is listed twice")
        return self


class Entry(_Strict):
    """One objection and how to handle it. Editors write it as `playbooks/objections/<category>/<name>.yml`."""

    id: EntryId
    owner: OwnerRole
    verified_on: date
    review_days: int = Field(ge=7, le=365)
    title: Bilingual
    worry: Bilingual
    diagnostic: Bilingual
    genuine_if: Bilingual
    excuse_if: Bilingual
    say: Bilingual
    reply: Bilingual
    steps: tuple[Step, ...] = Field(min_length=2, max_length=6)
    evidence: tuple[Evidence, ...] = Field(min_length=1, max_length=5)
    never: tuple[Never, ...] = Field(min_length=1, max_length=4)
    follow_up: tuple[Action, ...] = Field(min_length=1, max_length=3)
    related: tuple[EntryId, ...] = Field(min_length=1, max_length=5)
    sources: tuple[str, ...] = Field(min_length=1)
    examples: Examples

    @property
    def category(self) -> Category:
        return Category(self.id.split("/")[0])

    @property
    def review_due_on(self) -> date:
        return self.verified_on + timedelta(days=self.review_days)

    def texts(self, lang: Lang) -> Iterator[tuple[str, str]]:
        """Every text of the entry in one language, as (field, text)."""
        for name in ("title", "worry", "diagnostic", "genuine_if", "excuse_if", "say", "reply"):
            yield name, getattr(self, name).in_(lang)
        for name in ("steps", "evidence", "never", "follow_up"):
            for index, item in enumerate(getattr(self, name)):
                yield f"{name}.{index}", item.in_(lang)
        for index, line in enumerate(self.examples.in_(lang)):
            yield f"examples.{index}", line

    @model_validator(mode="after")
    def _sources_cover_evidence(self) -> Self:
        missing = {item.source for item in self.evidence} - set(self.sources)
        if missing:
            raise ValueError(f"evidence names sources that the entry does not list: {', '.join(sorted(missing))}")
        return self


class RedLine(_Strict):
    """Something nobody may say or do, and what to say instead."""

    id: RuleId
    never: Bilingual
    instead: Bilingual


class Source(_Strict):
    """Where a fact comes from. Grade A statute or court text, B regulator, C trade press, own: a company document."""

    id: str
    title: Bilingual
    dated: str
    grade: Literal["A", "B", "C", "own"]


class Playbook(_Strict):
    """All entries with the red lines and sources they refer to."""

    entries: Mapping[str, Entry]
    red_lines: Mapping[str, RedLine]
    sources: Mapping[str, Source]

    def find(self, entry_id: str) -> Entry | None:
        return self.entries.get(entry_id)

    @property
    def categories(self) -> tuple[Category, ...]:
        """Those that hold entries."""
        return tuple(category for category in Category if self.in_category(category))

    def in_category(self, category: Category) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries.values() if entry.category is category)
