"""What single clauses mention: who was there, how it was held, needs, papers and figures.

Tables of words with what they mean; a row that is looked at earlier wins.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from bot.domain.clauses import Clause, words
from bot.domain.dates import Writing, find_days
from bot.domain.facts import Attendee, Basis, Document, DocumentState, Figure, Unit
from bot.domain.need import NeedType
from bot.domain.reading import Guess, NeedHeard
from bot.domain.visit import Channel

# Who was there, and how

_ROLES: Final = (
    (Attendee.CFO, r"财务总监|财务负责人|首席财务官", r"cfo|finance director|head of finance|financial controller"),
    (Attendee.CASHIER, r"出纳", r"cashier"),
    (
        Attendee.FINANCE,
        r"财务(?:经理|主管|部长|主任)?(?!报|数|公|章|制|费|成|状|指)|会计(?!师|制"
        r"|准)",
        r"(?:finance|accounts?|accounting) (?:manager|mgr|lead|team|lady"
        r"|guy)|accountant|bookkeeper|controller|treasurer",
    ),
    (Attendee.LEGAL_REPRESENTATIVE, r"法人(?:代表)?|法定代表人", r"legal rep(?:resentative)?"),
    (Attendee.OWNER, r"老板娘?|实控人|实际控制人|董事长|创始人", r"owner|boss|founder|chair(?:man|woman)"),
    (Attendee.GENERAL_MANAGER, r"(?<!副)总经理|总裁", r"gm|general manager|ceo|managing director|md"),
    (
        Attendee.PURCHASING,
        r"采购(?:经理|总监|部|主管)?(?!合同|订单|额|量|款|单)",
        r"(?:purchasing"
        r"|procurement)(?: (?:manager|head|lead))?|buyer's buyer",
    ),
    (Attendee.SALES, r"销售(?:经理|总监|部|主管)(?!额)|业务经理", r"sales (?:manager|director|head|lead)"),
    (Attendee.LEGAL, r"法务|律师", r"in-house counsel|lawyers?|legal counsel|their legal"),
    (
        Attendee.OTHER,
        r"副总(?:经理|裁)?|运营\S{0,2}总|助理|厂长|[\u3400-\u9fff]总(?!包|部|额|共"
        r"|成|是|经|监|裁)",
        r"coo|assistant|plant manager|vp \w+|operations (?:manager"
        r"|director)",
    ),
)
_ROLE_PATTERNS: Final = tuple((role, words(zh, en)) for role, zh, en in _ROLES)
_THERE: Final = re.compile(
    r"(?:见了?|见到了?|见的|跟|和|与|找了?|约了?|拜访了?|陪|还有|、|，|\b(?:met|saw|with|w/|and"
    r"|visited|called|phoned|spoke to|spoke with|talked to))\s?(?:\S{0,6}的\s?|the |their |his "
    r"|\w+'s |finance )?\Z",
    re.IGNORECASE,
)
_SPOKE: Final = re.compile(
    r"\s?(?:\S{0,3}(?:说|问|觉得|嫌|担心|表示|提(?!供)|要求|要|答应|承诺|接待|在场|也?都?在|参加"
    r"|自己|怕|认为|讲|回复|不肯|不愿|同意|抱怨|介绍)|和|、|，)"
    r"|\s?(?:\w+ )?(?:says?|said|asked|asks|wants?|complain\w*|worr\w+|grumbl\w+|promised|agreed"
    r"|joined|was there|were there|present|confirmed|told|thinks?|and|fears?|likes?|hates?|'ll"
    r"|will)\b",
    re.IGNORECASE,
)
_ABSENT: Final = re.compile(
    r"(?:没[见找碰]?[到着]?|不在|未见|联系不上)\s?\Z|\b(?:missed|without"
    r"|not) (?:the |their )?\Z",
    re.IGNORECASE,
)
_AWAY: Final = re.compile(
    r"\s?(?:不在|没在|没来|出差|休假|离职|辞职|走了|换人|定(?:夺)?$)|\s?(?:is "
    r"|was )?(?:away|out|absent|on leave|travelling|left|resigned)\b",
    re.IGNORECASE,
)


def attendees(parts: Sequence[Clause]) -> Iterator[Guess[Attendee]]:
    """A role that somebody met or that said something; each role once."""
    seen: set[Attendee] = set()
    for part in parts:
        taken: list[tuple[int, int]] = []
        for role, pattern in _ROLE_PATTERNS:
            for match in pattern.finditer(part.text):
                if any(one < match.end() and match.start() < other for one, other in taken):
                    continue
                taken.append(match.span())
                if role not in seen and _was_there(part.text, match):
                    seen.add(role)
                    yield part.guess(role, match)


def _was_there(text: str, match: re.Match[str]) -> bool:
    if _ABSENT.search(text, 0, match.start()) or _AWAY.match(text, match.end()):
        return False
    return bool(_THERE.search(text, 0, match.start()) or _SPOKE.match(text, match.end()))


_CHANNELS: Final = (
    (
        Channel.VIDEO,
        words(
            r"视频|腾讯会议|线上会|飞书会议|云会议",
            r"video(?: call)?|zoom|teams (?:call"
            r"|meeting)|webex",
        ),
    ),
    (
        Channel.VISIT,
        words(
            r"上门|拜访|登门|到厂|去了(?!电话)|去过|当面|现场|见了|见到|见的|坐了|碰了|碰头|碰面"
            r"|吃了?饭|来访|到访|来我们|走访|面谈",
            r"visit\w*|on-?site|site visit|met|lunch|dinner|in person|face to face|dropped by|plant tour",
        ),
    ),
    (Channel.PHONE, words(r"电话|打给|通了?话|来电|去电", r"phone\w*|call(?:ed)?|rang|tel|spoke to")),
    (
        Channel.MESSAGE,
        words(
            r"微信|消息|邮件|群里|短信|企微|钉钉",
            r"wechat|whatsapp|e-?mail(?:ed)?|message[ds]?"
            r"|texted|slack|wecom",
        ),
    ),
)


def channel(parts: Sequence[Clause]) -> Guess[Channel] | None:
    """The first way of meeting that is named."""
    for part in parts:
        found = [(match.start(), kind, match) for kind, pattern in _CHANNELS if (match := pattern.search(part.text))]
        if found:
            _, kind, match = min(found, key=lambda each: each[0])
            return part.guess(kind, match)
    return None


# Numbers

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
_DIGITS: Final = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_PERCENT: Final = re.compile(
    r"(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s?(?:(?P<permille>‰)|%|％|per ?cent|pct|(?<!\d\d)个点(?!子)"
    r"|个百分点|p\.a\.)|百分之(?P<zh>[一二三四五六七八九十]+)",
    re.IGNORECASE,
)


def _amounts(text: str) -> Iterator[tuple[re.Match[str], Decimal]]:
    """Sums of money in yuan; a bare number is none."""
    for match in _YUAN.finditer(text):
        if match["zh"]:
            yield match, Decimal(_spelled(match["zh"]) * _UNITS[match["zh_unit"]])
        elif match["unit"] or match["yuan"] or not match.group().lstrip()[0].isdecimal():
            number = Decimal(match["number"].replace(",", ""))
            yield match, number * _UNITS.get((match["unit"] or "").lower(), 1)


def _spelled(written: str) -> int:
    """«五百», «三百二», «十五»."""
    total, digit, last = 0, 0, 1
    for sign in written:
        if sign in _TENS:
            last = _TENS[sign]
            total, digit = total + (digit or 1) * last, 0
        else:
            digit = _DIGITS[sign]
    return total + digit * (last // 10 if last > 10 else 1)


# Figures that were quoted

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
            number = Decimal(match["number"] or _spelled(match["zh"]))
            number = number / 10 if match["permille"] else number
            if number <= _MOST_PERCENT:
                yield part.guess(Figure(number, Unit.PERCENT, basis), match)
        for match in _SPOKEN.finditer(part.text):
            yield part.guess(_spoken(match), match)
        for match, amount in _amounts(part.text):
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
    return Decimal(5 if sign == "半" else sign if sign.isdecimal() else _DIGITS[sign])


_FEE: Final = words(r"服务费|手续费|收费|利息|费用", r"fees?|charge[ds]?|interest|cost[s]?")


# Needs

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
        amounts = [amount for _, amount in _amounts(part.text)]
        if kind is None or (kind is NeedType.LIQUIDITY and not amounts and not _SHORTAGE.search(part.text)):
            continue
        around = [each for each in parts[max(0, at - 1) : at + 2] if each.sentence == part.sentence]
        days = [found.days for each in (part, *around) for found in find_days(each.text, writing)]
        ahead = [each for each in days if each[-1].on >= writing.today]
        amounts = amounts or [amount for each in around for _, amount in _amounts(each.text)]
        amount = amounts[0] if amounts else None
        yield part.guess(NeedHeard(kind, part.text, amount, ahead[0] if ahead else ()))


_SHORTAGE: Final = words(
    r"周转|缺口|紧|压力|垫资|垫款|备货|备料|发工资|用款|用钱|缺钱|额度(?:不够|能|再|提|加)|提额|流动资金|多给点额度",
    r"working capital|gap|tight|short|cash(?: flow)?|payroll|bridge|bigger (?:line|limit)|higher limit"
    r"|more (?:volume|limit|funding)|volume",
)


# Papers

_PAPERS: Final = words(
    r"(?:[\u3400-\u9fff]{0,2}季度|[\d一二三四五六七八九十]+月份?)?(?:应收)?(?:账款)?账龄(?:表|明细)?"
    r"|对账单|(?:银行)?流水|(?:财务|审计|年度)?报表|审计报告|(?:纳税|增值税)?申报表|验收单|送货单"
    r"|出库单|发票(?:清单|复印件|扫描件)?|开票清单"
    r"|(?:基础|购销|采购|销售)?合同(?:扫描件|复印件|原件|样本)|购销合同|采购合同|营业执照|判决书(?:复印件)?"
    r"|中标通知书|框架协议|订单|授权书|征信报告|章程|身份证复印件|买方名单|客户名单|资料|材料|董事会决议"
    r"|股东会决议|确权函|公司章程",
    r"(?:\w+ )?(?:sales )?ledgers?|(?:bank )?statements?|ag(?:e)?ing(?: reports?| list)?|audited accounts"
    r"|accounts|financials|tax returns?|delivery notes?|acceptance notes?|invoices?(?: list| copies)?"
    r"|(?:scanned |signed )?contracts?(?: scans?)?|business licen[cs]e|board (?:minutes|resolution)"
    r"|purchase orders?|POs?|buyer list|documents|paperwork|KYC(?: pack| documents)?",
)
_GIVEN: Final = words(
    r"收到|拿到|(?:给|发|交|提供|送|带|补|寄)(?:来|过来|齐|全|给我们?|我们?)?了|已(?:给|发|交|提供"
    r"|收)|齐了|收齐|补齐了|到手|ok",
    r"received|got|gave|handed|sent|has sent|have sent|in hand|complete|collected|provided|brought",
)
_ASKED: Final = words(
    r"要(?!是|么)|需要?|请|让|催|缺|还差|补|索|等|给|发|提供|寄|交|准备|整理|未|没",
    r"need\w*|ask\w*|request\w*|missing|outstanding|waiting|send|sends|provide|still|to follow"
    r"|owe\w*|chase|'ll|will|get|bring",
)
_OUR_PAPER: Final = words(
    r"报价|方案|测算|我们?的?(?:合同|资料)|我(?:发|给|把|寄|们?发|们?给)",
    r"our"
    r"|we'?ll send|I'?ll send|will email them",
)


def documents(parts: Sequence[Clause], theirs: frozenset[int]) -> Iterator[Guess[Document]]:
    """Papers of theirs. `theirs` are the places of clauses in which they promise something."""
    seen: set[str] = set()
    for part in parts:
        if _OUR_PAPER.search(part.text) and part.start not in theirs:
            continue
        is_given = bool(_GIVEN.search(part.text)) and part.start not in theirs
        if not is_given and not _ASKED.search(part.text) and part.start not in theirs:
            continue
        for match in _PAPERS.finditer(part.text):
            name = match.group().strip()
            if name and name not in seen:
                seen.add(name)
                yield part.guess(Document(name, DocumentState.GIVEN if is_given else DocumentState.ASKED), match)
