"""The five kinds of entries: what an account manager says, asks, looks for and never says."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bot.domain.customer import Customer
from bot.domain.entry import (
    NAME,
    Action,
    Bilingual,
    Category,
    Entry,
    Evidence,
    Kind,
    Lang,
    Never,
    ObjectionId,
    Step,
)
from bot.domain.industry import industry_of
from bot.domain.stored import Stored
from bot.domain.variant import Variant, Variants, chosen


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
    variants: Variants = ()
    evidence: tuple[Evidence, ...] = Field(min_length=1, max_length=5)
    never: tuple[Never, ...] = Field(min_length=1, max_length=4)
    follow_up: tuple[Action, ...] = Field(min_length=1, max_length=3)
    sources: tuple[str, ...] = Field(min_length=1)

    @property
    def category(self) -> Category:
        return Category(self.id.split("/")[0])

    @property
    def cited(self) -> frozenset[str]:
        return super().cited.union(*(each.sources for each in self.variants))

    def texts(self, lang: Lang) -> Iterator[tuple[str, str]]:
        yield from super().texts(lang)
        for at, each in enumerate(self.variants):
            yield f"variants.{at}.say", each.say.in_(lang)
            if each.note is not None:
                yield f"variants.{at}.note", each.note.in_(lang)


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


class ChannelMix(Stored):
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


def variant_of(entry: Entry, customer: Customer | None) -> Variant | None:
    """What is said to this customer in the place of the general line; only objections have that."""
    if customer is None or not isinstance(entry, Objection):
        return None
    return chosen(entry.variants, industry_of(customer.industry), customer.tier)
