"""Playbook entries: what all kinds of them have in common. The kinds themselves are in `kinds`, one file an entry."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bot.domain.stored import Stored

Lang = Literal["zh", "en"]
LANGS: Final[tuple[Lang, ...]] = ("zh", "en")
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
RuleId = Annotated[str, StringConstraints(pattern=r"^RL-\d\d$")]


class Kind(StrEnum):
    """What an entry helps with, in the order people browse."""

    OBJECTION = "objection"
    SIGNAL = "signal"
    DISCOVERY = "discovery"
    NEGOTIATION = "negotiation"
    RELATIONSHIP = "relationship"

    @property
    def folder(self) -> str:
        """Where its files lie under `playbooks/`; also how the command line calls it."""
        return f"{self}s" if self in (Kind.OBJECTION, Kind.SIGNAL) else str(self)


MIN_EXAMPLES: Final[Mapping[Kind, Mapping[Lang, int]]] = {
    Kind.OBJECTION: {"zh": 20, "en": 12},
    Kind.SIGNAL: {"zh": 12, "en": 8},
    Kind.DISCOVERY: {"zh": 12, "en": 8},
    Kind.NEGOTIATION: {"zh": 12, "en": 8},
    Kind.RELATIONSHIP: {"zh": 12, "en": 8},
}
"""What an entry that ships must have. One that a company writes in Slack may begin with fewer."""


class Category(StrEnum):
    """What entries of a kind are grouped by, in the order they are browsed."""

    # objections: the family the id begins with
    COST = "cost"
    TERMS = "terms"
    DISCLOSURE = "disclosure"
    SERVICE = "service"
    TRUST = "trust"
    NEED = "need"
    BUYER = "buyer"
    # signals: how they are read
    NON_VERBAL = "non_verbal"
    WORDING = "wording"
    BEHAVIOUR = "behaviour"
    # discovery: the technique of the question
    OPEN = "open"
    HYPOTHETICAL = "hypothetical"
    IMPLICATION = "implication"
    NEED_PAYOFF = "need_payoff"
    INDUSTRY = "industry"
    RECAP = "recap"
    # negotiation: what is on the table
    PREPARATION = "preparation"
    MONEY = "money"
    PROTECTION = "protection"
    COOPERATION = "cooperation"
    CLOSING = "closing"
    # relationship: what is cared for
    TIERS = "tiers"
    VISITS = "visits"
    VALUE = "value"
    RULES = "rules"
    LIFECYCLE = "lifecycle"


OBJECTION_FAMILIES: Final = (
    Category.COST,
    Category.TERMS,
    Category.DISCLOSURE,
    Category.SERVICE,
    Category.TRUST,
    Category.NEED,
    Category.BUYER,
)
NAME: Final = "[a-z0-9-]+"
EntryId = Annotated[str, StringConstraints(pattern=rf"^[a-z]+/{NAME}$", max_length=60)]
ObjectionId = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(OBJECTION_FAMILIES)})/{NAME}$", max_length=60)]


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


class Bilingual(Stored):
    """One sentence or paragraph in both languages."""

    zh: Line
    en: Line

    def in_(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en


class Step(Bilingual):
    """One move of the conversation after listening and acknowledging."""

    technique: Technique


class Evidence(Bilingual):
    """A proof that can be shown, and where it comes from."""

    source: str
    article: Bilingual | None = None


class Never(Bilingual):
    """What must not be said here, under the red line it would cross."""

    rule: RuleId


class Action(Bilingual):
    """A follow-up to schedule, counted from the day of the conversation."""

    due: Annotated[str, StringConstraints(pattern=r"^\d{1,3}(wd|d)$")]
    owner: Literal["account_manager", "team_lead", "specialist"]

    @property
    def days(self) -> int:
        return int(self.due.removesuffix("wd").removesuffix("d"))

    @property
    def is_working_days(self) -> bool:
        return self.due.endswith("wd")


class Examples(Stored):
    """What people really type or say when they mean this entry; the matcher learns from them."""

    zh: tuple[Line, ...]
    en: tuple[Line, ...]
    misspelt: tuple[Line, ...] = ()
    """Of either language, as hurried people type: learnt from, never shown."""

    def in_(self, lang: Lang) -> tuple[str, ...]:
        return self.zh if lang == "zh" else self.en

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for lang in LANGS:
            lines = self.in_(lang)
            if len({line.casefold() for line in lines}) < len(lines):
                raise ValueError(f"the same {lang} example is listed twice")
        return self


class Entry(Stored):
    """What all kinds have in common, and how a kind is shown."""

    KIND: ClassVar[Kind]
    SPEAK: ClassVar[str]
    """The field with the line that is ready to be spoken."""
    SCREEN: ClassVar[tuple[str, ...]]
    """The fields that follow it on the one-screen card."""
    WHOLE: ClassVar[tuple[str, ...]]
    """The fields that follow it where the whole entry is shown."""
    DESCRIBES: ClassVar[tuple[str, ...]]
    """The fields that put into words when the entry is meant; the matcher learns from them too."""

    id: EntryId
    owner: OwnerRole
    verified_on: date
    review_days: int = Field(ge=7, le=365)
    title: Bilingual
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=5)
    never: tuple[Never, ...] = Field(default=(), max_length=4)
    follow_up: tuple[Action, ...] = Field(default=(), max_length=3)
    related: tuple[EntryId, ...] = Field(min_length=1, max_length=5)
    sources: tuple[str, ...] = ()
    examples: Examples

    @property
    @abstractmethod
    def category(self) -> Category:
        """What it is grouped under when people browse."""

    @property
    def speak(self) -> Bilingual:
        line: Bilingual = getattr(self, self.SPEAK)
        return line

    @property
    def review_due_on(self) -> date:
        return self.verified_on + timedelta(days=self.review_days)

    def texts(self, lang: Lang) -> Iterator[tuple[str, str]]:
        """Every text of the entry in one language, as (field, text)."""
        for name in type(self).model_fields:
            value: Any = getattr(self, name)
            if isinstance(value, Bilingual):
                yield name, value.in_(lang)
            elif isinstance(value, Examples):
                yield from ((f"{name}.{at}", line) for at, line in enumerate(value.in_(lang)))
            elif isinstance(value, tuple):
                said = [item.in_(lang) for item in value if isinstance(item, Bilingual)]
                yield from ((f"{name}.{at}", line) for at, line in enumerate(said))

    @property
    def cited(self) -> frozenset[str]:
        """The sources that its parts name."""
        return frozenset(item.source for item in self.evidence)

    @model_validator(mode="after")
    def _lists_what_it_cites(self) -> Self:
        missing = self.cited - set(self.sources)
        if missing:
            raise ValueError(f"names sources that the entry does not list: {', '.join(sorted(missing))}")
        return self
