"""What goes together with success here: shares, their intervals, and when they are kept back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain import kpi
from bot.domain.deal import Deal, DealKind, DealResult
from bot.domain.kpi import Comparison, Objected, Share

TODAY = date(2026, 11, 27)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def deal(
    began: int,
    result: DealResult = DealResult.OPEN,
    after: int = 30,
    kind: DealKind = DealKind.NEW,
    customer: str = "C1",
    volume: int | None = None,
) -> Deal:
    closed = None if result is DealResult.OPEN else ago(began) + timedelta(days=after)
    return Deal(
        id=f"{customer}-{began}-{after}",
        kind=kind,
        customer_id=customer,
        owner_id="U1",
        began_on=ago(began),
        closed_on=closed,
        result=result,
        volume=None if volume is None else Decimal(volume),
    )


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 20, 0.0, 0.161), (20, 20, 0.839, 1.0), (50, 100, 0.404, 0.596)],
)
def test_the_interval_of_a_share(good: int, of: int, low: float, high: float) -> None:
    """The worked values of Wilson's formula."""
    assert Share(good, of).interval == pytest.approx((low, high), abs=0.001)


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_share_lies_in_its_interval(one: int, two: int) -> None:
    found = Share(min(one, two), max(one, two))
    low, high = found.interval
    assert 0 <= low <= high <= 1
    assert not found.of or low - 1e-9 <= found.value <= high + 1e-9


def test_few_are_not_shown() -> None:
    """19 tell about 19 people."""
    assert not Share(19, 19).is_shown
    assert Share(0, 20).is_shown
    assert not Comparison(Share(10, 20), Share(10, 19)).is_shown
    assert not Comparison(Share(10, 20), Share(0, 20)).is_shown
    assert Comparison(Share(10, 20), Share(5, 20)).is_shown


def test_a_ratio_and_how_sure_it_is() -> None:
    """30 of 60 against 20 of 60: half as much again, and it could well be the same."""
    found = Comparison(Share(30, 60), Share(20, 60))
    assert found.ratio == pytest.approx(1.5)
    assert found.interval == pytest.approx((0.968, 2.325), abs=0.001)


@pytest.mark.parametrize(
    ("deals", "good", "of"),
    [
        ([deal(200, DealResult.SIGNED, 180)], 1, 1),
        ([deal(400, DealResult.SIGNED, 181)], 0, 1),
        ([deal(180)], 0, 1),
        ([deal(179)], 0, 0),
        ([deal(179, DealResult.SIGNED)], 0, 0),
        ([deal(200, DealResult.LOST)], 0, 1),
        ([deal(200, DealResult.DECLINED)], 0, 0),
        ([deal(200, DealResult.SIGNED, kind=DealKind.RENEWAL)], 0, 0),
    ],
    ids=[
        "in time",
        "a day late",
        "followed to the end",
        "too young",
        "early success waits",
        "lost",
        "declined",
        "no lead",
    ],
)
def test_conversion(deals: list[Deal], good: int, of: int) -> None:
    """An early success counts only with its whole cohort: else young months would look better than they are."""
    assert kpi.conversion(deals, TODAY) == Share(good, of)


def test_renewals_declined_for_risk_stand_apart() -> None:
    """A contract we did not want to renew is no lost customer; both figures are given."""
    expired = [
        deal(10, DealResult.SIGNED, -5, DealKind.RENEWAL, "C1", 800),
        deal(20, DealResult.LOST, 0, DealKind.RENEWAL, "C2", 200),
        deal(30, DealResult.DECLINED, 0, DealKind.RENEWAL, "C3", 500),
        deal(40, DealResult.OPEN, 0, DealKind.RENEWAL, "C4"),
        deal(95, DealResult.SIGNED, 0, DealKind.RENEWAL, "C5"),
    ]
    found = kpi.renewals(expired, ago(90), TODAY)
    assert (found.renewed, found.with_declined) == (Share(1, 3), Share(1, 4))
    assert (found.volume_renewed, found.volume_expired) == (800, 1000)


@pytest.mark.parametrize(("after", "good"), [(0, 1), (90, 1), (91, 0), (-1, 0)])
def test_signed_after_an_objection(after: int, good: int) -> None:
    case = Objected("C1", ago(120))
    signed = Deal(
        id="1",
        kind=DealKind.NEW,
        customer_id="C1",
        owner_id="U1",
        began_on=ago(200),
        closed_on=ago(120) + timedelta(days=after),
        result=DealResult.SIGNED,
    )
    assert kpi.objection_success([case, Objected("C1", ago(89))], [signed], TODAY) == Share(good, 1)


def test_kept_close() -> None:
    """Every two weeks, two people, needs looked at: close. One of these lacking: not."""
    fortnightly = [ago(days) for days in range(0, 190, 14)]
    assert kpi.is_close(fortnightly, 14, 2, ago(30), TODAY)
    assert not kpi.is_close(fortnightly[3:], 14, 2, ago(30), TODAY)
    assert not kpi.is_close(fortnightly, 14, 1, ago(30), TODAY)
    assert not kpi.is_close(fortnightly, 14, 2, None, TODAY)
    assert not kpi.is_close(fortnightly, 14, 2, ago(180), TODAY)


def test_thirds() -> None:
    """Of seven people two and two; who wrote nothing belongs to neither."""
    practice = {name: Share(good, 10) for good, name in enumerate("abcdefg")} | {"z": Share(0, 0)}
    assert kpi.thirds(practice) == (frozenset("fg"), frozenset("ab"))
    assert kpi.thirds({"a": Share(1, 2)}) == (frozenset(), frozenset())


def test_like_is_compared_with_like() -> None:
    """What looks like three times the success is the mix of tiers; who has no counterpart does not count."""
    rows = [("A", True, 30, 60), ("A", False, 10, 20), ("D", True, 2, 20), ("D", False, 6, 60), ("B", True, 50, 50)]
    items = [(tier, is_group, number < good) for tier, is_group, good, of in rows for number in range(of)]
    plain = kpi.compared(items, lambda each: each[1], lambda each: each[2])
    assert plain.ratio > 3
    found = kpi.adjusted(items, lambda each: each[1], lambda each: each[2], lambda each: (each[0], "x"))
    assert found is not None
    assert (found.group, found.others, found.by_industry) == (Share(32, 80), Share(16, 80), True)
    assert found.ratio == pytest.approx(1.0)
    low, high = found.interval
    assert low < 1 < high
    assert low * high == pytest.approx(1.0)


def test_one_stratum_is_the_plain_ratio() -> None:
    """Then both intervals are the same, too; industries that nobody shares leave the tier."""
    items = [(number, is_group, number < good) for is_group, good in ((True, 30), (False, 20)) for number in range(60)]
    plain = kpi.compared(items, lambda each: each[1], lambda each: each[2])
    found = kpi.adjusted(items, lambda each: each[1], lambda each: each[2], lambda each: ("A", f"{each[0]}{each[1]}"))
    assert found is not None
    assert not found.by_industry
    assert found.ratio == pytest.approx(plain.ratio)
    assert found.interval == pytest.approx(plain.interval)
    assert kpi.adjusted(items[:70], lambda each: each[1], lambda each: each[2], lambda _: ("A", "x")) is None


def test_conversion_by_month_of_qualification() -> None:
    """Months whose every lead was followed to the end; the last six of them."""
    deals = [deal(days, DealResult.SIGNED if days % 2 else DealResult.LOST) for days in range(150, 500)]
    found = kpi.by_month(deals, TODAY)
    assert [f"{month:%Y-%m}" for month, _ in found] == [
        f"{2025 + (m > 12)}-{(m - 1) % 12 + 1:02}" for m in range(12, 18)
    ]
    assert all(share.of in (28, 30, 31) for _, share in found)


def test_compared() -> None:
    """Items that belong to neither group are left out."""
    found = kpi.compared([1, 2, 3, 4, 5], lambda n: None if n == 5 else n > 2, lambda n: n != 4)
    assert (found.group, found.others) == (Share(1, 2), Share(2, 2))


@pytest.mark.parametrize(
    "given_", [{"result": "signed"}, {"closed_on": ago(1)}, {"result": "lost", "closed_on": ago(9)}]
)
def test_a_deal_that_cannot_be(given_: dict[str, object]) -> None:
    """A result without a day, a day without a result, an end before the beginning."""
    with pytest.raises(ValidationError):
        Deal.model_validate(
            {"id": "1", "kind": "new", "customer_id": "C", "owner_id": "U", "began_on": ago(5)} | given_
        )
