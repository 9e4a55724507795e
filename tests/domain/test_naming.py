"""Which customer a typed line begins with."""

import pytest

from bot.domain.customer import folded
from bot.domain.naming import openings


def heard(line: str, *names: str) -> tuple[str, str] | None:
    """The longest of the names by which the line begins, and the rest."""
    known = {folded(name): name for name in names}
    return next(((known[name], rest) for name, rest in openings(line) if name in known), None)


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        ("远大纺织 嫌费率高", "远大纺织", "嫌费率高"),
        ("远大纺织嫌费率高", "远大纺织", "嫌费率高"),
        ("远大纺织：嫌费率高", "远大纺织", "嫌费率高"),
        ("远大，嫌费率高", "远大", "嫌费率高"),
        ("远大　嫌费率高", "远大", "嫌费率高"),
        ("远大", "远大", ""),
        ("ＡＢＣ纺织 fee too high", "ABC纺织", "fee too high"),
        ("acme foods: the fee is too high", "Acme Foods", "the fee is too high"),
        ("Acme Foods's fee", "Acme Foods", "'s fee"),
        ("Acme嫌费率高", "Acme", "嫌费率高"),
        ("3M 嫌费率高", "3M", "嫌费率高"),
    ],
)
def test_a_line_that_begins_with_a_name(line: str, name: str, rest: str) -> None:
    """However it is written, and whatever stands between."""
    assert heard(line, name) == (name, rest)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("远大于银行的利率", "远大"),
        ("中信息不对称", "中信"),
        ("Sunday they said no", "Sun"),
        ("3Months is too short", "3M"),
        ("嫌费率高，远大纺织说的", "远大纺织"),
        ("", "远大"),
        ("   ", "远大"),
    ],
)
def test_a_line_that_only_looks_like_it(line: str, name: str) -> None:
    """A short name goes on as a word, a Latin one as a longer one; elsewhere in the line it is not the beginning."""
    assert heard(line, name) is None


def test_the_longest_name_is_meant() -> None:
    """A company and the group it belongs to."""
    assert heard("远大纺织二厂 嫌费率高", "远大纺织", "远大纺织二厂") == ("远大纺织二厂", "嫌费率高")


def test_a_long_line_is_looked_at_where_a_name_may_stand() -> None:
    assert len(list(openings("费" * 1000))) < 100
