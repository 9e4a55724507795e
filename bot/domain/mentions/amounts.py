"""Numbers as they are written: sums of money, and Chinese numerals."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

_YUAN: Final = re.compile(
    r"(?:RMB|CNY|¥|￥|人民币)?\s?(?<![\d.])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)\s?(?P<unit>千万"
    r"|百万|十万|亿|万|[kKmM](?![A-Za-z])|million|mn|thousand)?\s?(?P<yuan>元|块|yuan|RMB|CNY)?"
    r"|(?P<zh>[一二两三四五六七八九]?[百千]?[一二两三四五六七八九]?[十百千][一二两三四五六七八九]?"
    r"|[一二两三四五六七八九])(?P<zh_unit>千万|百万|万|亿)",
    re.IGNORECASE,
)
_UNITS: Final = {
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
}
DIGITS: Final = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}


def amounts_in(text: str) -> Iterator[tuple[re.Match[str], Decimal]]:
    """Sums of money in yuan; a bare number is none."""
    for match in _YUAN.finditer(text):
        if match["zh"]:
            yield match, Decimal(spelled(match["zh"]) * _UNITS[match["zh_unit"]])
        elif match["unit"] or match["yuan"] or not match.group().lstrip()[0].isdecimal():
            number = Decimal(match["number"].replace(",", ""))
            yield match, number * _UNITS.get((match["unit"] or "").lower(), 1)


def spelled(written: str) -> int:
    """«五百», «三百二», «十五»."""
    total, digit, last = 0, 0, 1
    for sign in written:
        if sign in _TENS:
            last = _TENS[sign]
            total, digit = total + (digit or 1) * last, 0
        else:
            digit = DIGITS[sign]
    return total + digit * (last // 10 if last > 10 else 1)
