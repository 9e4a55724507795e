"""A customer's score: how much it has of each part's weight."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.domain.stored import Stored
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrules import Part, TierRules


class PartScore(Stored):
    """How much of a part's weight a customer has."""

    part: Part
    weight: int
    share: Decimal | None
    """From 0 to 1; None: not known."""

    @property
    def points(self) -> Decimal | None:
        return None if self.share is None else _rounded(self.share * self.weight)


class Score(Stored):
    """Over the parts that are known. `value` is None where too few are."""

    on: date
    parts: tuple[PartScore, ...]
    value: Decimal | None
    known: int
    """Percent of the weights."""
    rank: int | None = None
    """By volume, 1 the largest, among `of` customers."""
    of: int = 0


def score(inputs: TierInputs, volumes: Sequence[Decimal], rules: TierRules, on: date) -> Score:
    """`volumes` are those of the workspace's customers, this one's among them, in rising order.

    Parts of which nothing is known are left out, and the others count for the whole: whoever has told less is neither
    punished nor rewarded. Below the share of `known_percent` there is no score.
    """
    shares: Mapping[Part, Decimal | None] = {
        Part.VOLUME: _percentile(inputs.volume_12m, volumes),
        Part.GROWTH: _growth(inputs, rules.growth_cap),
        Part.CONTRIBUTION: _limited(inputs.contribution, rules.contribution_full),
        Part.BUYERS: _limited(inputs.buyers, 100),
        Part.POTENTIAL: _limited(inputs.potential, 100),
        Part.COOPERATION: _limited(inputs.cooperation, 100),
    }
    parts = tuple(PartScore(part=part, weight=rules.weight(part), share=share) for part, share in shares.items())
    whole = sum(each.weight for each in parts)
    found = sum(each.weight for each in parts if each.share is not None)
    known = found * 100 // whole if whole else 0
    value = None
    if found and known >= rules.known_percent:
        points = sum((each.share * each.weight for each in parts if each.share is not None), Decimal(0))
        value = _rounded(points * 100 / found)
    rank = None
    if inputs.volume_12m is not None and volumes:
        rank = len(volumes) - bisect_right(volumes, inputs.volume_12m) + 1
    return Score(on=on, parts=parts, value=value, known=known, rank=rank, of=len(volumes))


def _percentile(volume: Decimal | None, volumes: Sequence[Decimal]) -> Decimal | None:
    """The share of customers with no larger volume; nothing financed is nothing."""
    if volume is None or not volumes:
        return None
    return Decimal(bisect_right(volumes, volume)) / len(volumes) if volume else Decimal(0)


def _growth(inputs: TierInputs, cap: int) -> Decimal | None:
    """The last 6 months against the 6 before; who has financed nothing in either has not grown."""
    if inputs.volume_12m is None or inputs.volume_6m is None:
        return None
    before = inputs.volume_12m - inputs.volume_6m
    if before <= 0:
        return Decimal(1) if inputs.volume_6m else Decimal(0)
    percent = (inputs.volume_6m - before) * 100 / before
    return (max(Decimal(-cap), min(Decimal(cap), percent)) + cap) / (2 * cap)


def _limited(value: Decimal | int | None, full: int) -> Decimal | None:
    return None if value is None else max(Decimal(0), min(Decimal(1), Decimal(value) / full))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
