"""Do the claims hold here? Shares and ratios with how many they rest on; few are not shown, and none is a cause.

The definitions are those of docs/reports.md. The three claims come from an article that names no study: conversion
+40 % for managers who notice signals, 1.5 times the success for those who handle objections, 85 % renewal where the
customer is kept close. They are measured against, never assumed.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

from bot.domain.deal import Deal, DealKind, DealResult

LEAST_SHOWN: Final = 20
"""A ratio of fewer tells about the few, not about the practice; a design default, no rule asks for it."""
COHORT: Final = timedelta(days=180)
"""A qualified lead is followed for so long before it counts as not signed."""
AFTER_OBJECTION: Final = timedelta(days=90)
CLOSE_SPAN: Final = timedelta(days=180)
CLOSE_SHARE: Final = 0.9
CLOSE_CONTACTS: Final = 2
_Z: Final = 1.959964
"""Of the normal distribution, for 95 %."""

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    good: int
    of: int

    @property
    def is_shown(self) -> bool:
        return self.of >= LEAST_SHOWN

    @property
    def value(self) -> float:
        """0 where there are none."""
        return self.good / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies in 95 of 100 cases (Wilson, JASA 1927): also right near 0 and 1."""
        if not self.of:
            return 0.0, 1.0
        n, p, square = self.of, self.value, _Z**2
        middle = (p + square / (2 * n)) / (1 + square / n)
        reach = _Z / (1 + square / n) * math.sqrt(p * (1 - p) / n + square / (4 * n**2))
        return max(0.0, middle - reach), min(1.0, middle + reach)


def share(items: Iterable[T], is_good: Callable[[T], bool]) -> Share:
    found = [is_good(each) for each in items]
    return Share(sum(found), len(found))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group's share beside another's: the ratio says what goes together, not what causes what."""

    group: Share
    others: Share

    @property
    def is_shown(self) -> bool:
        """Of two groups that are large enough, and of others who had any success at all."""
        return self.group.is_shown and self.others.is_shown and self.others.good > 0

    @property
    def ratio(self) -> float:
        return self.group.value / self.others.value if self.others.good else math.inf

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the ratio of two shares, by its logarithm (Katz et al., Biometrics 1978)."""
        if not self.group.good or not self.others.good:
            return 0.0, math.inf
        spread = 1 / self.group.good - 1 / self.group.of + 1 / self.others.good - 1 / self.others.of
        reach = math.exp(_Z * math.sqrt(spread))
        return self.ratio / reach, self.ratio * reach


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A comparison within groups of like customers, put together: what their mix alone would explain is taken out.

    The ratio is Mantel and Haenszel's (J. Natl. Cancer Inst. 1959), its interval that of Greenland and Robins
    (Biometrics 1985).
    `group` and `others` are the cases that had somebody of the other side to be compared with.
    """

    group: Share
    others: Share
    ratio: float
    interval: tuple[float, float]
    by_industry: bool
    """Within tier and industry; else within tier alone, since too few have a counterpart of their industry."""


def adjusted(
    items: Iterable[T],
    group_of: Callable[[T], bool | None],
    is_good: Callable[[T], bool],
    stratum_of: Callable[[T], tuple[str, str]],
) -> Adjusted | None:
    """Within tier and industry (`stratum_of`), or within tier; None where too few have a counterpart even then."""
    found = list(items)
    fine = _pooled(found, group_of, is_good, stratum_of, by_industry=True)
    return fine or _pooled(found, group_of, is_good, lambda item: stratum_of(item)[0], by_industry=False)


def _pooled(
    items: Iterable[T],
    group_of: Callable[[T], bool | None],
    is_good: Callable[[T], bool],
    stratum_of: Callable[[T], Hashable],
    *,
    by_industry: bool,
) -> Adjusted | None:
    strata = [compared(its, group_of, is_good) for its in _grouped(items, stratum_of).values()]
    strata = [each for each in strata if each.group.of and each.others.of]
    group, others = (
        Share(sum(each.good for each in side), sum(each.of for each in side))
        for side in ([each.group for each in strata], [each.others for each in strata])
    )
    top = sum(each.group.good * each.others.of / (each.group.of + each.others.of) for each in strata)
    below = sum(each.others.good * each.group.of / (each.group.of + each.others.of) for each in strata)
    if not Comparison(group, others).is_shown or not top or not below:
        return None
    spread = sum(_spread(each) for each in strata) / (top * below)
    reach = math.exp(_Z * math.sqrt(spread))
    return Adjusted(group, others, top / below, (top / below / reach, top / below * reach), by_industry)


def _spread(each: Comparison) -> float:
    """A stratum's part of the variance of the logarithm."""
    one, two, good = each.group.of, each.others.of, each.group.good + each.others.good
    return (one * two * good - each.group.good * each.others.good * (one + two)) / (one + two) ** 2


MONTHS: Final = 6


def by_month(deals: Iterable[Deal], today: date) -> list[tuple[date, Share]]:
    """Conversion by the month in which leads were qualified: the last six whose every lead was followed for 180 days.

    A month is told by its first day; one without leads is left out.
    """
    last = today - COHORT
    months = _grouped(_ripe(deals, today), lambda deal: deal.began_on.replace(day=1))
    whole = sorted(month for month in months if _month_after(month) - timedelta(days=1) <= last)
    return [(month, share(months[month], is_converted)) for month in whole[-MONTHS:]]


def _month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def conversion(deals: Iterable[Deal], today: date) -> Share:
    """Signed in 180 days, of the leads qualified at least so long ago; those we declined are left out."""
    return share(_ripe(deals, today), is_converted)


def is_converted(deal: Deal) -> bool:
    return deal.result is DealResult.SIGNED and deal.closed_on is not None and deal.closed_on <= deal.began_on + COHORT


def _ripe(deals: Iterable[Deal], today: date) -> list[Deal]:
    return [deal for deal in deals if is_ripe(deal, today)]


def is_ripe(deal: Deal, today: date) -> bool:
    """A lead that was followed for long enough to tell, and that we did not decline."""
    return deal.kind is DealKind.NEW and deal.result is not DealResult.DECLINED and deal.began_on + COHORT <= today


@dataclass(frozen=True, slots=True)
class Renewals:
    """Contracts that expired in a period. Those we declined for risk are told apart."""

    renewed: Share
    with_declined: Share
    """The same with those among the expired."""
    volume_renewed: int
    """In whole yuan, of the contracts whose volume is known."""
    volume_expired: int


def renewals(deals: Iterable[Deal], first: date, last: date) -> Renewals:
    """Of the contracts that expired from `first` to `last`, both included; one still open is not renewed."""
    found = [deal for deal in deals if deal.kind is DealKind.RENEWAL and first <= deal.began_on <= last]
    asked = [deal for deal in found if deal.result is not DealResult.DECLINED]
    return Renewals(
        renewed=share(asked, is_signed),
        with_declined=share(found, is_signed),
        volume_renewed=sum(int(deal.volume or 0) for deal in asked if is_signed(deal)),
        volume_expired=sum(int(deal.volume or 0) for deal in asked),
    )


def is_signed(deal: Deal) -> bool:
    return deal.result is DealResult.SIGNED


@dataclass(frozen=True, slots=True)
class Objected:
    """A customer that objected, on which day first; `handled` says whether the play held (None: nobody said)."""

    customer_id: str
    on: date
    handled: bool | None = None


def signed_after(case: Objected, deals: Mapping[str, Sequence[Deal]]) -> bool:
    """Whether the customer signed anything in the 90 days after."""
    return any(
        is_signed(deal) and deal.closed_on is not None and case.on <= deal.closed_on <= case.on + AFTER_OBJECTION
        for deal in deals.get(case.customer_id, ())
    )


def objection_success(cases: Iterable[Objected], deals: Iterable[Deal], today: date) -> Share:
    """Customers that objected at least 90 days ago and signed within them."""
    of_customer = _grouped(deals, lambda deal: deal.customer_id)
    ripe = [case for case in cases if case.on + AFTER_OBJECTION <= today]
    return share(ripe, lambda case: signed_after(case, of_customer))


def is_close(contacts: Sequence[date], longest_gap: int, people: int, needs_seen_on: date | None, today: date) -> bool:
    """Whether a customer is kept close: 90 % of its last 180 days within the tier's gap, two people, needs looked at.

    `contacts` are the days of qualifying contacts, `longest_gap` the tier's, in days.
    """
    start = today - CLOSE_SPAN
    covered = {day + timedelta(days=more) for day in contacts for more in range(longest_gap + 1)}
    kept = sum(start < day <= today for day in covered) / CLOSE_SPAN.days
    return kept >= CLOSE_SHARE and people >= CLOSE_CONTACTS and needs_seen_on is not None and needs_seen_on > start


def thirds(practice: Mapping[K, Share]) -> tuple[frozenset[K], frozenset[K]]:
    """Who does a thing most, and who least: the top and the bottom third. Nobody is both; nobody of no notes counts."""
    ranked = sorted((each for each in practice if practice[each].of), key=lambda each: practice[each].value)
    size = len(ranked) // 3
    return frozenset(ranked[len(ranked) - size :]), frozenset(ranked[:size])


def compared(items: Iterable[T], group_of: Callable[[T], bool | None], is_good: Callable[[T], bool]) -> Comparison:
    """Those of the group against the others; items of neither (None) are left out."""
    sides = _grouped(items, group_of)
    return Comparison(share(sides.get(True, []), is_good), share(sides.get(False, []), is_good))


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
