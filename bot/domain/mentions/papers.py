"""Papers that were asked for or given."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.clauses import Clause, words
from bot.domain.facts import Document, DocumentState
from bot.domain.reading import Guess

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
