"""The meeting brief: what is likely to come up with a customer, told from its file and the playbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.domain.brief import Brief
from bot.domain.customer import Buyer, Risk, Tier
from bot.domain.dossier import Dossier
from bot.domain.entry import Category, Entry, Kind, Never
from bot.domain.industry import Industry, industry_of
from bot.domain.kinds import Discovery, Negotiation, Objection, variant_of
from bot.domain.need import Difference, difference
from bot.domain.objection import ObjectionHistory
from bot.domain.playbook import Playbook
from bot.domain.variant import Variant

LIKELY: Final = 3
QUESTIONS: Final = 2
FORBIDDEN: Final = 3
FIRST_MEETINGS: Final = ("cost/fee-too-high", "disclosure/buyer-notification", "terms/recourse")
"""What comes up where nothing is on record yet: price, the buyer's knowledge, who bears the risk."""
OF_TIERS: Final[Mapping[Tier, str]] = {
    Tier.A: "cost/bank-loan-cheaper",
    Tier.B: "terms/advance-ratio-low",
    Tier.C: "disclosure/too-many-documents",
    Tier.D: "need/no-need-for-money",
}
"""What sets the tiers apart: large ones have the banks at the door, growing ones want more, small ones little paper."""
OF_INDUSTRIES: Final[Mapping[Industry, str]] = {
    Industry.TRADING: "cost/thin-margin",
    Industry.MANUFACTURING: "buyer/disputed-goods",
    Industry.CONSTRUCTION: "buyer/will-not-confirm",
    Industry.LOGISTICS: "disclosure/too-many-documents",
    Industry.HEALTHCARE: "buyer/pays-slowly",
    Industry.TECH_SERVICES: "buyer/will-not-confirm",
}
"""The objection that belongs to what the industry's own question asks about."""
OPENERS: Final = ("discovery/open-stuck-stage", "discovery/open-current-tools", "discovery/needs-recap")


class Caution(StrEnum):
    """Why more than the playbook's red lines must be left alone with this customer."""

    RED = "red"
    AMBER = "amber"
    OPTED_OUT = "opted_out"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Likely:
    """An objection to expect, and its history with this customer (None: it usually comes up)."""

    entry: Entry
    history: ObjectionHistory | None = None
    variant: Variant | None = None
    """What is said to this customer in the place of the general line."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """One page before a meeting."""

    brief: Brief
    changed: tuple[Difference, ...]
    """Needs that are otherwise than before the last note."""
    ageing: tuple[Buyer, ...]
    """Buyers, the one first that pays latest beyond its terms."""
    likely: tuple[Likely, ...]
    questions: tuple[Entry, ...]
    clause: Entry | None
    """The clause most likely on the table, else the checklist before any talk about terms."""
    cautions: tuple[Caution, ...]
    quiet_reason: str
    forbidden: tuple[Never, ...]
    """What the likely objections tempt one to say."""


def prepared(brief: Brief, dossier: Dossier, histories: Sequence[ObjectionHistory], playbook: Playbook) -> Preparation:
    """What is on record comes first; where that is little, what usually comes up fills the page."""
    likely = _likely(brief, histories, playbook)
    return Preparation(
        brief=brief,
        changed=_changed(brief, dossier),
        ageing=tuple(sorted(dossier.details.buyers, key=lambda each: -each.days_late)),
        likely=likely,
        questions=_questions(brief.customer.industry, playbook),
        clause=_clause([each.entry for each in likely if each.history], playbook),
        cautions=_cautions(brief),
        quiet_reason=dossier.details.quiet_reason if brief.customer.is_quiet(brief.today) else "",
        forbidden=_forbidden([each.entry for each in likely]),
    )


def _changed(brief: Brief, dossier: Dossier) -> tuple[Difference, ...]:
    """Since the day before the last note, so that what the note itself brought is among it."""
    start = brief.visits[0].on if brief.visits else brief.customer.created_on
    return tuple(difference(dossier.changes, min(start, brief.today) - timedelta(days=1), brief.today))


def _likely(brief: Brief, histories: Sequence[ObjectionHistory], playbook: Playbook) -> tuple[Likely, ...]:
    known = {each.entry_id: each for each in histories}
    customer = brief.customer
    industry = industry_of(customer.industry)
    usual = [OF_INDUSTRIES[industry]] if industry else []
    ids = dict.fromkeys([*known, *usual, OF_TIERS[customer.tier], *FIRST_MEETINGS])
    entries = [entry for each in ids if (entry := playbook.find(each)) is not None]
    return tuple(Likely(each, known.get(each.id), variant_of(each, customer)) for each in entries[:LIKELY])


def _cautions(brief: Brief) -> tuple[Caution, ...]:
    customer = brief.customer
    holds = {
        Caution.RED: customer.risk is Risk.RED,
        Caution.AMBER: customer.risk is Risk.AMBER,
        Caution.OPTED_OUT: customer.is_opted_out,
        Caution.QUIET: customer.is_quiet(brief.today),
    }
    return tuple(each for each, is_so in holds.items() if is_so)


def _forbidden(entries: Sequence[Entry]) -> tuple[Never, ...]:
    """The first of each play, no red line twice."""
    found: dict[str, Never] = {}
    for entry in entries:
        if isinstance(entry, Objection) and entry.never:
            found.setdefault(entry.never[0].rule, entry.never[0])
    return tuple(found.values())[:FORBIDDEN]


def _questions(industry: str, playbook: Playbook) -> tuple[Entry, ...]:
    """The one of the customer's industry, where there is one, then those that open any talk."""
    fitting = [
        entry
        for entry in playbook.of_kind(Kind.DISCOVERY)
        if isinstance(entry, Discovery) and entry.industry is not None and _is_of(industry, entry)
    ]
    openers = [entry for each in OPENERS if (entry := playbook.find(each)) is not None]
    return tuple([*fitting[:1], *openers][:QUESTIONS])


def _is_of(industry: str, entry: Discovery) -> bool:
    """Industries are typed freely: the same of ours, or one name within the other, is enough."""
    if entry.industry is None or not (typed := industry.casefold().strip()):
        return False
    names = [entry.industry.zh.casefold(), entry.industry.en.casefold()]
    known = industry_of(typed)
    return (known is not None and known is industry_of(names[0])) or any(
        typed in name or name in typed for name in names
    )


def _clause(raised: Sequence[Entry], playbook: Playbook) -> Entry | None:
    clauses = [entry for entry in playbook.of_kind(Kind.NEGOTIATION) if isinstance(entry, Negotiation)]
    for objection in raised:
        for clause in clauses:
            if clause.category is not Category.PREPARATION and objection.id in clause.related:
                return clause
    return next((clause for clause in clauses if clause.category is Category.PREPARATION), None)
