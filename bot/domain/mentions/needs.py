"""What they want money, cover, help or standing for."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.clauses import Clause, words
from bot.domain.dates import Writing, find_days
from bot.domain.mentions.amounts import amounts_in
from bot.domain.need import NeedType
from bot.domain.reading import Guess, NeedHeard

_WANTED: Final = words(
    r"需要|需求|想(?!不)|要(?!是|么|求|不要)|希望|缺|求|急|等着|打算|准备|能不能|能否|问能|想把|不够",
    r"needs?|wants?|would like|looking for|short of|short|hop(?:es?|ing)|asked? (?:for|about|whether"
    r"|if)|keen|plans?|interested",
)
_NEEDS: Final = (
    (
        NeedType.RISK_TRANSFER,
        words(
            r"坏账|买断|无追索|转移风险|风险转(?:移|让)|买方(?:倒闭|破产"
            r"|不付|赖账)|兜底|保障回款",
            r"bad debts?|non-?recourse|without recourse"
            r"|credit protection|buyer default|default risk|credit risk",
        ),
    ),
    (
        NeedType.RECEIVABLES,
        words(
            r"账款管理|应收(?:账款)?管理|催收|催款|催账|帮[^，。]{0,4}对账"
            r"|对账[^，。]{0,6}(?:麻烦|人手|帮)|账龄管理|管账",
            r"collections?"
            r"|ledger management|chas(?:e|ing) (?:buyers|payments?|invoices)"
            r"|reconcil\w+|receivables management",
        ),
    ),
    (
        NeedType.ENHANCEMENT,
        words(
            r"增信|出表|优化报表|报表好看|美化|资产负债率|授信增加",
            r"credit enhancement"
            r"|off[- ]balance[- ]sheet|balance sheet|window dressing",
        ),
    ),
    (
        NeedType.LIQUIDITY,
        words(
            r"周转|流动资金|资金(?:缺口|紧|需求|压力|占用)|现金流|缺口|垫资|垫款|备货|备料|备纱"
            r"|采购款|发工资|用款|用钱|提款|融资?(?!租|比)|额度|贷款|钱(?!总)",
            r"cash(?: flow)?|working capital|liquidity|gap|funding|finance|funds|advance|limit"
            r"|line|drawdown|payroll|bridge|volume",
        ),
    ),
)
_NO_NEED: Final = words(
    r"不需要|没需求|不缺|不差|不想|没说|没提|资料|材料|清单|担保|追索权?条款",
    r"no need"
    r"|don't need|doesn't need|not need|documents?|paperwork|nothing else",
)


def needs(parts: Sequence[Clause], writing: Writing) -> Iterator[Guess[NeedHeard]]:
    """What they want money, cover, help or standing for; the sum and the day may stand in the same sentence."""
    for at, part in enumerate(parts):
        if not _WANTED.search(part.text) or _NO_NEED.search(part.text):
            continue
        kind = next((kind for kind, pattern in _NEEDS if pattern.search(part.text)), None)
        amounts = [amount for _, amount in amounts_in(part.text)]
        if kind is None or (kind is NeedType.LIQUIDITY and not amounts and not _SHORTAGE.search(part.text)):
            continue
        around = [each for each in parts[max(0, at - 1) : at + 2] if each.sentence == part.sentence]
        days = [found.days for each in (part, *around) for found in find_days(each.text, writing)]
        ahead = [each for each in days if each[-1].on >= writing.today]
        amounts = amounts or [amount for each in around for _, amount in amounts_in(each.text)]
        amount = amounts[0] if amounts else None
        yield part.guess(NeedHeard(kind, part.text, amount, ahead[0] if ahead else ()))


_SHORTAGE: Final = words(
    r"周转|缺口|紧|压力|垫资|垫款|备货|备料|发工资|用款|用钱|缺钱|额度(?:不够|能|再|提|加)|提额|流动资金|多给点额度",
    r"working capital|gap|tight|short|cash(?: flow)?|payroll|bridge|bigger (?:line|limit)|higher limit"
    r"|more (?:volume|limit|funding)|volume",
)
