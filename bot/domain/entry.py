"""Playbook entries: what an account manager says, asks, looks for and never says. Five kinds, one file an entry."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

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


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Strict):
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


class Examples(Strict):
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


class Entry(Strict):
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

    @model_validator(mode="after")
    def _sources_cover_evidence(self) -> Self:
        missing = {item.source for item in self.evidence} - set(self.sources)
        if missing:
            raise ValueError(f"evidence names sources that the entry does not list: {', '.join(sorted(missing))}")
        return self


class Objection(Entry):
    """What a customer says against it, and how to handle that."""

    KIND = Kind.OBJECTION
    SPEAK = "say"
    SCREEN = ("diagnostic",)
    WHOLE = ("reply", "worry", "diagnostic", "genuine_if", "excuse_if", "steps")
    DESCRIBES = ("worry", "genuine_if")

    id: ObjectionId
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
    sources: tuple[str, ...] = Field(min_length=1)

    @property
    def category(self) -> Category:
        return Category(self.id.split("/")[0])


class Signal(Entry):
    """Something seen or heard, what it may mean, and how to check that by asking; never a judgement of the person."""

    KIND = Kind.SIGNAL
    SPEAK = "check"
    SCREEN = ("hypothesis", "approach", "do_not_conclude")
    WHOLE = ("observation", "hypothesis", "approach", "do_not_conclude")
    DESCRIBES = ("observation",)

    id: Annotated[str, StringConstraints(pattern=rf"^signal/{NAME}$", max_length=60)]
    reading: Literal[Category.NON_VERBAL, Category.WORDING, Category.BEHAVIOUR]
    observation: Bilingual
    hypothesis: Bilingual
    check: Bilingual
    approach: Bilingual
    do_not_conclude: Bilingual
    follow_up: tuple[Action, ...] = Field(min_length=1, max_length=3)

    @property
    def category(self) -> Category:
        return self.reading


class Discovery(Entry):
    """A question that brings a need to light, what to listen for, and where the answer belongs."""

    KIND = Kind.DISCOVERY
    SPEAK = "question"
    SCREEN = ("listen_for", "needs_fields", "next_questions")
    WHOLE = ("purpose", "listen_for", "needs_fields", "next_questions")
    DESCRIBES = ("purpose",)

    id: Annotated[str, StringConstraints(pattern=rf"^discovery/{NAME}$", max_length=60)]
    technique: Literal[
        Category.OPEN,
        Category.HYPOTHETICAL,
        Category.IMPLICATION,
        Category.NEED_PAYOFF,
        Category.INDUSTRY,
        Category.RECAP,
    ]
    industry: Bilingual | None = None
    question: Bilingual
    purpose: Bilingual
    listen_for: tuple[Bilingual, ...] = Field(min_length=2, max_length=5)
    needs_fields: tuple[Bilingual, ...] = Field(min_length=1, max_length=5)
    next_questions: tuple[Bilingual, ...] = Field(min_length=2, max_length=4)

    @property
    def category(self) -> Category:
        return self.technique

    @model_validator(mode="after")
    def _names_its_industry(self) -> Self:
        if (self.industry is not None) != (self.technique is Category.INDUSTRY):
            raise ValueError("industry is named where the technique is industry, and only there")
        return self


class Negotiation(Entry):
    """One clause: where to open, what to give and get, when to walk away. Or the checklist before any of it."""

    KIND = Kind.NEGOTIATION
    SPEAK = "say"
    SCREEN = ("anchor", "give", "get", "walk_away")
    WHOLE = ("summary", "authority", "anchor", "give", "get", "walk_away", "win_win", "phrases", "checklist")
    DESCRIBES = ("summary",)
    TERMS: ClassVar[tuple[str, ...]] = ("anchor", "give", "get", "walk_away", "win_win")

    id: Annotated[str, StringConstraints(pattern=rf"^negotiation/{NAME}$", max_length=60)]
    area: Literal[Category.PREPARATION, Category.MONEY, Category.PROTECTION, Category.COOPERATION, Category.CLOSING]
    summary: Bilingual
    say: Bilingual
    authority: Bilingual
    anchor: Bilingual | None = None
    give: tuple[Bilingual, ...] = Field(default=(), max_length=4)
    get: tuple[Bilingual, ...] = Field(default=(), max_length=5)
    walk_away: Bilingual | None = None
    win_win: Bilingual | None = None
    phrases: tuple[Bilingual, ...] = Field(min_length=2, max_length=5)
    checklist: tuple[Bilingual, ...] = Field(min_length=3, max_length=14)

    @property
    def category(self) -> Category:
        return self.area

    @model_validator(mode="after")
    def _clause_has_all_terms(self) -> Self:
        missing = [name for name in self.TERMS if not getattr(self, name)]
        if self.area is Category.PREPARATION:
            if len(missing) < len(self.TERMS):
                raise ValueError("preparation has a checklist and no terms")
        elif missing:
            raise ValueError(f"a clause needs {', '.join(missing)}")
        return self


class ChannelMix(Strict):
    """How contacts are spread over channels, in percent."""

    visit: int = Field(ge=0, le=100)
    phone: int = Field(ge=0, le=100)
    video: int = Field(ge=0, le=100)
    message: int = Field(ge=0, le=100)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.visit + self.phone + self.video + self.message != 100:
            raise ValueError("the shares must add up to 100")
        return self


class Relationship(Entry):
    """How a customer is cared for after signing: by tier, on a visit, with something of value, in a change."""

    KIND = Kind.RELATIONSHIP
    SPEAK = "say"
    SCREEN = ("cadence", "items", "rules")
    WHOLE = ("purpose", "cadence", "items", "rules")
    DESCRIBES = ("purpose",)

    id: Annotated[str, StringConstraints(pattern=rf"^relationship/{NAME}$", max_length=60)]
    area: Literal[Category.TIERS, Category.VISITS, Category.VALUE, Category.RULES, Category.LIFECYCLE]
    tier: Literal["A", "B", "C", "D"] | None = None
    contact_every_days: int | None = Field(default=None, ge=1, le=365)
    channel_mix: ChannelMix | None = None
    purpose: Bilingual
    say: Bilingual
    cadence: Bilingual | None = None
    items: tuple[Bilingual, ...] = Field(min_length=3, max_length=8)
    rules: tuple[Bilingual, ...] = Field(min_length=1, max_length=5)

    @property
    def category(self) -> Category:
        return self.area

    @model_validator(mode="after")
    def _tier_has_a_cadence(self) -> Self:
        if self.area is Category.TIERS and not (self.tier and self.contact_every_days and self.cadence):
            raise ValueError("a tier needs tier, contact_every_days and cadence")
        return self


KINDS: Final[Mapping[Kind, type[Entry]]] = {
    each.KIND: each for each in (Objection, Signal, Discovery, Negotiation, Relationship)
}


@cache
def kind_of(entry_id: str) -> Kind:
    """Told by what the id begins with; families of objections stand for themselves."""
    prefix = entry_id.split("/")[0]
    return Kind(prefix) if prefix in list(Kind) else Kind.OBJECTION


def entry_of(values: Mapping[str, Any]) -> Entry:
    """The entry of the kind its id tells. Raises pydantic's ValidationError."""
    return KINDS[kind_of(str(values.get("id")))].model_validate(values)
