"""The key figures of a team or a workspace, from what its customers' records hold; definitions: docs/reports.md."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from typing import Final

from bot.domain.cadence import CadenceRules
from bot.domain.customer import Customer
from bot.domain.deal import Deal, DealKind, DealResult
from bot.domain.kpi import (
    AFTER_OBJECTION,
    Adjusted,
    Comparison,
    Objected,
    Renewals,
    Share,
    adjusted,
    by_month,
    compared,
    conversion,
    is_close,
    is_converted,
    is_ripe,
    is_signed,
    objection_success,
    renewals,
    share,
    signed_after,
    thirds,
)
from bot.domain.objection import Outcome
from bot.domain.visit import Visit

PRACTICE: Final = timedelta(days=180)
YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class History:
    """What is known of one customer. `needs_on`: the days on which something was heard of its needs."""

    customer: Customer
    deals: Sequence[Deal] = ()
    visits: Sequence[Visit] = ()
    outcomes: Sequence[Outcome] = ()
    people: int = 0
    needs_on: Sequence[date] = field(default=())


@dataclass(frozen=True, slots=True)
class Figures:
    """Each comparison is of those the claim is about against the others."""

    conversion: Share
    months: Sequence[tuple[date, Share]]
    """The same by the month of qualification."""
    by_practice: Comparison
    """Deals of the third that notices signals most, against those of the third that does least."""
    practice_adjusted: Adjusted | None
    """The same among customers of like tier and industry, as the others that are `_adjusted`."""
    success: Share
    by_handling: Comparison
    """Customers whose first objection was answered by the play, against those where it was not."""
    handling_adjusted: Adjusted | None
    resolved: Share
    resolved_days: float | None
    practice: Share
    renewals: Renewals
    by_closeness: Comparison
    closeness_adjusted: Adjusted | None


def figures(histories: Iterable[History], rules: CadenceRules, today: date) -> Figures:
    found = list(histories)
    deals = [deal for each in found for deal in each.deals]
    notes = [note for each in found for note in each.visits if note.on > today - PRACTICE]
    most, least = thirds(_practice(notes))
    ripe = [each for each in deals if is_ripe(each, today)]
    objected = [case for each in found for case in _objected(each)]
    signed: dict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        signed[deal.customer_id].append(deal)
    raised = _raised(found, today)
    days = [(outcome.on - on).days for on, outcome in raised if outcome is not None and outcome.held]
    mix = {each.customer.id: (str(each.customer.tier), each.customer.industry) for each in found}
    cases = [case for case in objected if case.on + AFTER_OBJECTION <= today]
    bands = _closeness(found, rules, today)

    def side(deal: Deal) -> bool | None:
        return _side(deal.owner_id, most, least)

    return Figures(
        conversion=conversion(deals, today),
        months=by_month(deals, today),
        by_practice=compared(ripe, side, is_converted),
        practice_adjusted=adjusted(ripe, side, is_converted, lambda deal: mix[deal.customer_id]),
        success=objection_success(objected, deals, today),
        by_handling=compared(cases, lambda case: case.handled, lambda case: signed_after(case, signed)),
        handling_adjusted=adjusted(
            cases,
            lambda case: case.handled,
            lambda case: signed_after(case, signed),
            lambda case: mix[case.customer_id],
        ),
        resolved=share(raised, lambda each: each[1] is not None and each[1].held),
        resolved_days=median(days) if days else None,
        practice=share(notes, _notices_signals),
        renewals=renewals(deals, today - YEAR, today),
        by_closeness=compared(bands, lambda each: each[1], lambda each: is_signed(each[0])),
        closeness_adjusted=adjusted(
            bands, lambda each: each[1], lambda each: is_signed(each[0]), lambda each: mix[each[0].customer_id]
        ),
    )


def _notices_signals(note: Visit) -> bool:
    """Somebody has seen a signal, asked its check question, and noted what came of it."""
    return bool(note.facts.signals_checked)


def _practice(notes: Iterable[Visit]) -> Mapping[str, Share]:
    of_author: dict[str, list[Visit]] = defaultdict(list)
    for note in notes:
        of_author[note.author_id].append(note)
    return {author: share(its, _notices_signals) for author, its in of_author.items()}


def _side(owner_id: str, most: frozenset[str], least: frozenset[str]) -> bool | None:
    return True if owner_id in most else False if owner_id in least else None


def _objected(history: History) -> list[Objected]:
    """The customer's first objection that is on file, with the play's outcome in that note, if somebody said."""
    first = min((each for each in history.visits if each.objection_ids), key=lambda each: each.on, default=None)
    if first is None:
        return []
    said = [each.held for each in history.outcomes if each.visit_id == first.id]
    return [Objected(history.customer.id, first.on, all(said) if said else None)]


def _raised(found: Iterable[History], today: date) -> list[tuple[date, Outcome | None]]:
    """Each objection in each note of the last 180 days, with what became of it."""
    raised = []
    for history in found:
        said = {(each.visit_id, each.entry_id): each for each in history.outcomes}
        for note in history.visits:
            if note.on > today - PRACTICE:
                raised += [(note.on, said.get((note.id, each))) for each in dict.fromkeys(note.objection_ids)]
    return raised


def _closeness(found: Iterable[History], rules: CadenceRules, today: date) -> list[tuple[Deal, bool]]:
    """As the customer stood on the day its contract expired; its tier and contact persons are today's."""
    return [
        (deal, _was_close(each, rules, deal.began_on))
        for each in found
        for deal in each.deals
        if deal.kind is DealKind.RENEWAL
        and deal.result is not DealResult.DECLINED
        and today - YEAR <= deal.began_on <= today
    ]


def _was_close(history: History, rules: CadenceRules, day: date) -> bool:
    tier = rules.of(history.customer.tier)
    contacts = [each.on for each in history.visits if each.channel in tier.counts and each.on <= day]
    seen_on = max((each for each in history.needs_on if each <= day), default=None)
    return is_close(contacts, tier.max_gap, history.people, seen_on, day)
