"""Prices that were quoted: rates and fees, with what they are counted by."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.clauses import Clause, words
from bot.domain.facts import Basis, Figure, Unit
from bot.domain.mentions.amounts import DIGITS, amounts_in, spelled
from bot.domain.reading import Guess

_PERCENT: Final = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s?(?:(?P<permille>‰)|%|％|per ?cent|pct|(?<!\d\d)个点(?!子)"
    r"|个百分点|p\.a\.)|百分之(?P<zh>[一二三四五六七八九十]+)",
    re.IGNORECASE,
)
_PRICE: Final = words(
    r"报价|报了|报给|费率|利率|利息|年化|综合成本|综合费率|服务费|手续费|收费|价格|口径|[年月日]息|成本|费用",
    r"quot\w+|rates?|fees?|pric\w+|all-?in|p\.a\.|per annum|interest|charge[ds]?",
)
_OTHERS: Final = words(
    r"银行|别家|同行|另一家|其他家|竞争对手|隔壁|毛利|融资比例|折扣|税",
    r"banks?|competitor\w*|others?|another|elsewhere|margins?|advance (?:rate|ratio)|tax",
)
_BASES: Final = (
    (
        Basis.ALL_IN,
        words(
            r"综合|全口径|全部费用|全包|总成本|所有费用|含(?:所有|全部|服务费|手续费)",
            r"all[- ]?in"
            r"|total cost|all costs",
        ),
    ),
    (
        Basis.PER_USE,
        words(
            r"每[次笔张单]|单[笔次]|按[笔次张]|一次性|票面|每用",
            r"per (?:use|invoice"
            r"|drawdown|transaction|draw)|each (?:use|time|invoice|drawdown)|flat"
            r"|one-?off",
        ),
    ),
    (Basis.ANNUAL, words(r"年化|年利率|一年|每年|年息|/年", r"annual\w*|p\.a|per annum|per year|a year|yearly")),
    (Basis.MONTHLY, words(r"月息|月利率|月费率|每个?月|/月", r"monthly|per month|a month|p\.m\.")),
    (Basis.DAILY, words(r"日息|日利率|日费率|每[天日]|/[天日]", r"daily|per day|a day")),
)
_SPOKEN: Final = re.compile(
    r"(?P<per>[年月])利?息(?:就?是|要|收|报了?|按|到了?|大概|差不多)*"
    r"(?:(?P<fen>[一二两三四五六七八九\d])分(?P<li>[半一二两三四五六七八九\d])?厘?(?!之|钟)|(?P<only>[一二两三四五六七八九\d])厘)"
    r"|日利?息(?:就?是|要|收|报了?|按|到了?|大概|差不多)*万(?:分之)?(?P<myriad>[一二两三四五六七八九\d])"
)
"""«月息一分二», «年息八厘», «日息万五»: 分 and 厘 are 1 and 0.1 percent of a month's interest, ten times as much of
a year's."""
_MOST_PERCENT: Final = 60


def figures(parts: Sequence[Clause]) -> Iterator[Guess[Figure]]:
    """Prices of ours that were named: not what a bank or a competitor asks, nor margins and ratios."""
    for part in parts:
        if not _PRICE.search(part.text) or _OTHERS.search(part.text):
            continue
        basis = next((basis for basis, pattern in _BASES if pattern.search(part.text)), Basis.UNKNOWN)
        for match in _PERCENT.finditer(part.text):
            number = Decimal(match["number"] or spelled(match["zh"]))
            number = number / 10 if match["permille"] else number
            if number <= _MOST_PERCENT:
                yield part.guess(Figure(number, Unit.PERCENT, basis), match)
        for match in _SPOKEN.finditer(part.text):
            yield part.guess(_spoken(match), match)
        for match, amount in amounts_in(part.text):
            if _FEE.search(part.text):
                yield part.guess(Figure(amount, Unit.YUAN, basis), match)


def _spoken(match: re.Match[str]) -> Figure:
    if match["myriad"]:
        return Figure(_digit(match["myriad"]) / 100, Unit.PERCENT, Basis.DAILY)
    number = _digit(match["fen"]) + _digit(match["li"] or match["only"]) / 10
    is_monthly = match["per"] == "月"
    return Figure(number if is_monthly else number * 10, Unit.PERCENT, Basis.MONTHLY if is_monthly else Basis.ANNUAL)


def _digit(sign: str | None) -> Decimal:
    if sign is None:
        return Decimal(0)
    return Decimal(5 if sign == "半" else sign if sign.isdecimal() else DIGITS[sign])


_FEE: Final = words(r"服务费|手续费|收费|利息|费用", r"fees?|charge[ds]?|interest|cost[s]?")
