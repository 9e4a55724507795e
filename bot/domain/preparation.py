"""The meeting brief: what is likely to come up with a customer, told from the notes and the playbook."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.customer import Customer
from bot.domain.entry import Category, Entry, Kind
from bot.domain.industry import industry_of
from bot.domain.kinds import Discovery, Negotiation, variant_of
from bot.domain.note import Brief
from bot.domain.playbook import Playbook
from bot.domain.variant import Variant
from bot.domain.visit import Visit

LIKELY: Final = 3
QUESTIONS: Final = 2
FIRST_MEETINGS: Final = ("cost/fee-too-high", "disclosure/buyer-notification", "terms/recourse")
"""What comes up where nothing is on record yet: price, the buyer's knowledge, who bears the risk."""
OPENERS: Final = ("discovery/open-stuck-stage", "discovery/open-current-tools", "discovery/needs-recap")


@dataclass(frozen=True, slots=True)
class Likely:
    """An objection to expect, and how often it is on record with this customer (0: it usually comes up)."""

    entry: Entry
    raised: int
    variant: Variant | None = None
    """What is said to this customer in the place of the general line."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """One page before a meeting."""

    brief: Brief
    likely: tuple[Likely, ...]
    questions: tuple[Entry, ...]
    clause: Entry | None
    """The clause most likely on the table, else the checklist before any talk about terms."""


def prepared(brief: Brief, visits: Sequence[Visit], playbook: Playbook) -> Preparation:
    """What is on record comes first; where that is little, what usually comes up fills the page."""
    likely = _likely(brief.customer, visits, playbook)
    return Preparation(
        brief=brief,
        likely=likely,
        questions=_questions(brief.customer.industry, playbook),
        clause=_clause([each.entry for each in likely if each.raised], playbook),
    )


def _likely(customer: Customer, visits: Sequence[Visit], playbook: Playbook) -> tuple[Likely, ...]:
    raised = Counter(each for visit in visits for each in visit.objection_ids)
    ids = [*(entry_id for entry_id, _ in raised.most_common()), *FIRST_MEETINGS]
    entries = [entry for each in dict.fromkeys(ids) if (entry := playbook.find(each)) is not None]
    return tuple(Likely(each, raised[each.id], variant_of(each, customer)) for each in entries[:LIKELY])


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
