"""What speaks against a promise: denied, hoped, tried, conditional, a habit, a fact, done already, somebody else's."""

import re
from typing import Final

from bot.domain.clauses import Clause
from bot.domain.commitments.words import GIVE, HAN
from bot.domain.dates import Dated

DENIED: Final = re.compile(
    r"(?:没有?|未|(?<![能会肯])不)(?:肯?答应|承诺|说|提|约|定|同意|肯|愿意?|想|打算|会(?!晚于)|能(?!\S{0,4}[的表])"
    r"|保证|确定|敢|松口|给|接受)"
    r"|无法|没法|没办法|指望|没戏|暂(?:时)?(?:不|没)|先不|不(?:准备|急|着急|考虑|签|提供|配合)"
    r"|也没|到现在|还是没|又没|别记|不算|还没|没谱|再说|再看|不好说|说不[准好]|不一定|拒绝|取消"
    r"|做不到|办不到|来不及|不可能"
    r"|不行|免谈|[给发出签盖拿做交改办定赶走弄提降放]不[了出来到成]|[未没]定$"
    r"|\b(?:(?:did|do|does|will|would|can|could|is|are|was|has|have|may|shall)(?: not|n't)|won't"
    r"|can't|cannot|never|nothing|nobody|refus\w+|declin\w+|unable"
    r"|no (?:promises?|commitments?|dates?|answer|reply|deadlines?|decision|way|chance|firm)|not (?:agree"
    r"|promise|commit|send|give|sign|yet|willing|ready|sure|able|going|prepared|before|even))\b",
    re.IGNORECASE,
)
_HOPED: Final = re.compile(
    r"希望|(?<![设联料])想(?!办法|法)|要是|如果|假如|(?<!尽)可能|也许|或许|应该|大概|预计|估计"
    r"|(?<![问看查核清认楚下])"
    r"(?:能不能|能否|可否|是否|可不可以|行不行)|最好|期待|万一|除非|的话|会不会|肯不肯|能\S{1,2}就|不出意外|不[\u3400-\u9fff]{1,4}就|看看能"
    r"|有望|力争|尽力|最快|最早|顺利|看[^，]{1,6}再[谈说定议]"
    r"|理论上|原则上|据说|听说|说不定|吗$"
    r"|\b(?:hop\w+|might|may(?! \d)|maybe|perhaps|possibly|probably|likely"
    r"|(?<!check )(?<!know )(?<!see )(?<!confirm )(?<!ask )if"
    r"|unless|would like|'d like|wants?|wish\w*|should"
    r"|expect\w*|await\w*|supposed to|meant to|tentativ\w+|in principle|looks like"
    r"|target\w*|reckons?|thinks?|guess\w*)\b",
    re.IGNORECASE,
)
CONDITION: Final = re.compile(
    r"(?:如果|要是|假如|若是?|只要|一旦|除非|万一|等.{1,12}(?:了|后|完|下来|齐)$)|(?:if|once|unless"
    r"|provided|as long as|assuming|subject to)\b",
    re.IGNORECASE,
)
"""At the head of a clause: what follows in the sentence depends on it."""
TRIED: Final = re.compile(r"争取|尽量|打算|计划|准备在|\b(?:try|trying|aim\w*|plan\w*)\b", re.IGNORECASE)
"""Weak of a customer; of ourselves a task."""
FACT: Final = re.compile(
    r"到期|账期|出差|休假|放假|回国|(?<![寄发送传拿交带])回来|才回|生效|旺季|上线|搬[家厂]|投产"
    r"|开庭|过期|届满|盘点|停产|检修|年会|开业|体检|在外|上班|复工|开工|忙|发工资|发薪|才[出能]"
    r"|有效|起(?=调|执行|实行|涨|降)|董事会|股东会|开标|招标|投标|验厂|审厂|报税|关账|年审|飞|住院"
    r"|手术|出国|有空|有时间|方便|在(?:公司|厂|家)|不在|换系统|入职|离职|到岗|顾不上|订单多|排在|约定|交货|出货|发货"
    r"|\b(?:due date|falls? due|matur\w+|expir\w+|dated|on leave|travel\w*|away|back in|holiday"
    r"|stocktak\w+|go(?:es)? live|payroll|shipment|peak)\b",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"已经?|刚(?!好)|(?:[加给发签寄送收付打见说聊谈开交办看去批放提补核拿到]|确认|拜访|回复|完成)(?:完|到|过|好)?了(?!解)|[聊谈见碰吃]过"
    r"|\b(?:sent|gave|received|signed|got|met|visited|paid|delivered|landed|called|confirmed|was|were|had)\b",
    re.IGNORECASE,
)
_PLANNED: Final = re.compile(
    r"答应|承诺|保证|约|说|同意|定好|\b(?:will|set|booked|arranged|agreed|to|by|promis\w+|owes?"
    r"|due|goes|going)\b|'ll\b|'d\b",
    re.IGNORECASE,
)
_NEITHER: Final = re.compile(
    r"(?:缺|差|急用|需要?|要用)[^，]{0,8}(?:\d\s?(?:万|亿|千)|[一二两三四五六七八九十百千]万|资金|钱)"
    r"|^(?!我|咱|周|下|明|今|后|本|月|节|年|\d)[\u3400-\u9fff]{2,8}[催逼](?:他|她|客户|对方)"
    r"|\b(?:needs?|short of|looking for|wants?)\b[^.]{0,14}\d[\d.,]*\s?(?:k|m|mn|million|thousand|yuan)\b"
    r"|等(?:他|她|对方|客户|老板|买方|消息|通知)|(?:到期日|付款日|还款日)|(?<![不只])(?:要"
    r"|得)(?:付|还|交|备|采购|进货|买|结|用)(?!.{0,6}(?:我们"
    r"|给我))|(?<![家位])(?:买方"
    r"|核心企业|主机厂|甲方|业主|银行|法院|税务|海关|监管)(?![^，]{0,6}(?:资料"
    r"|合同|名单|清单|确认函|流水|对账|信息|发票))[^，]{0,12}(?:付|回款|打款|放|批|验收|开庭|审"
    r"|要|让|还)"
    r"|(?:要求|必须|非要|逼)|\b(?:buyer|bank|court|oem|third party)s? (?:has"
    r"|have|will|is|are|pays?|must|needs?|says?|wants?|to)\b|\bexpects?\b|\b(?:invoices?|payments?"
    r"|instal\w+|loans?|rent|tax)\b[^.]{0,20}\bdue\b"
    r"|\b(?:want|need|ask|demand)(?:s|ed)? (?:us|me|it|the)\b",
    re.IGNORECASE,
)
"""What others do, and what is only demanded."""
TOGETHER: Final = re.compile(r"双方|\bboth (?:sides|parties)\b", re.IGNORECASE)
"""Nobody's promise; a meeting it may be."""


def is_no_promise(part: Clause, due: Dated) -> bool:
    text = part.text
    if any(pattern.search(text) for pattern in (DENIED, _HOPED, _NEITHER)):
        return True
    is_chinese = bool(HAN.search(text))
    beside = text[max(0, due.start - (4 if is_chinese else 14)) : due.start], text[due.end : due.end + 6]
    is_given = bool(_UNDERTAKEN.search(text, 0, due.start) and GIVE.search(text, due.end))
    if not is_given and any(FACT.search(each) for each in beside):
        return True
    if _THIRD.search(text, 0, due.start) or _EARLIER.search(text) or _HABIT.search(text):
        return True
    is_done = not part.label and bool(_DONE.search(text, due.end if is_chinese else 0))
    return is_done and not _PLANNED.search(text)


_UNDERTAKEN: Final = re.compile(r"答应|承诺|保证")
"""Then an event beside the day only says when: «答应周三开完股东会回复»."""
_THIRD: Final = re.compile(
    r"(?:买方|买家|大客户|核心企业|主机厂|甲方|业主|总包|银行|法院|律所|海关|工商局?|保险公司|担保公司"
    r"|租赁公司|物流公司|总部|母公司|税务局?|审计师|事务所|会计师|供应商"
    r"|下游|商超|医院|平台|同行|竞争对手|别家|另一家|那家|集团)[\u3400-\u9fff]{0,6}?"
    r"(?:说|答应|承诺|表示)?(?:会|要|将|得|最晚)?\s?\Z"
    r"|^(?:the |their )?(?:buyer|auditors?|court|suppliers?|landlord|tax (?:office|bureau)|oem"
    r"|insurers?|competitor|regulator|bank(?! statement))s?\b(?! (?:list|contract|statement|confirmation))",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(
    r"上次|上回|之前(?:说|答应|承诺|约)|原[定来]|本来|当时|\b(?:originally|last time|had promised"
    r"|was supposed|(?:was|were) going to)\b",
    re.IGNORECASE,
)
"""Told of a promise that was given before."""
_HABIT: Final = re.compile(
    r"往年|一般|通常|平时|每[次月周年天]|向来|一向|从来|总是"
    r"|\b(?:usually|normally|always|typically|generally|as a rule|every (?:month|week|quarter|year|time))\b",
    re.IGNORECASE,
)
TAKEN_BACK: Final = re.compile(
    r"没(?:敢|有)?(?:当场)?(?:答应|应|吭声|表示|回应|接话|松口|表态|承诺|给准|打包票|说死)|不敢答应|不敢保证|不保证"
    r"|^(?:[都也]|现在)?已经?(?:到账|收到|发|给|寄|付|办|签)|别记|(?:[跟和与]我们?)?(?:没关系|无关)|不归我们|不算数|不作数|没给准"
    r"|\b(?:not our (?:concern|problem|business)|another matter"
    r"|no promise|didn't (?:agree|commit|promise)|did not (?:agree|commit|promise)|not a promise"
    r"|no commitment|wouldn't commit|can't promise)\b",
    re.IGNORECASE,
)


SIGNS: Final = {
    "condition": CONDITION,
    "denied": DENIED,
    "hoped": _HOPED,
    "neither": _NEITHER,
    "fact": FACT,
    "done": _DONE,
    "undertaken": _UNDERTAKEN,
    "third": _THIRD,
    "earlier": _EARLIER,
    "habit": _HABIT,
    "tried": TRIED,
    "question": re.compile(r"[?？吗问]"),
}
"""What is told of a candidate, by name."""
