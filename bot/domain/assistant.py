"""Asking on about a play that was just shown: what is meant by "and if he still says no?", and what of the play answers
it. Only questions that hold nothing else count; whatever else is said is a question of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.entry import Entry, Kind, Lang
from bot.domain.stored import Stored


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


class Wanted(StrEnum):
    """What somebody wants to know further."""

    INSIST = "insist"
    """The customer still says no."""
    NEXT = "next"
    PROOF = "proof"
    NEVER = "never"
    """What must not be said."""
    MORE = "more"
    """What else the play has."""


class Talk(Stored):
    """Which play a conversation is about. Ids only: whether the customer may be seen is looked up anew each time."""

    entry_id: str
    lang: Lang = "zh"
    customer_id: str = ""
    insisted: int = 0
    """How many times it was asked what to do if the customer still says no."""


@dataclass(frozen=True, slots=True)
class Further:
    """What of a play answers a further question: fields to show, then what to do next, and where else to look."""

    fields: tuple[str, ...] = ()
    evidence: bool = False
    never: bool = False
    follow_up: bool = False
    related: bool = False


_ZH: Final[Mapping[Wanted, re.Pattern[str]]] = {
    Wanted.NEVER: re.compile(
        r"(?:有什么|有哪些|哪些|什么)?(?:话|事)?(?:千万|绝对|最好)?(?:不能|不可以|不该|不应该|不要|别)(?:再?说|讲|提|答应|承诺|碰)"
        r"|忌讳|红线|雷区|禁忌|坑"
    ),
    Wanted.PROOF: re.compile(
        r"依据|证据|凭据|根据|出处|来源|来历|数据|案例|凭什么|为什么|为啥|怎么证明|拿什么证明|哪来的?|哪儿?来的"
    ),
    Wanted.NEXT: re.compile(r"(?:接下来|下一步|然后|之后|后面|后续|完了|谈完|接着)+"),
    Wanted.INSIST: re.compile(
        r"(?:还是|还说?|依然|仍然?|仍旧|就是|死活|坚决|始终|一直|硬是|非要)*"
        r"(?:不(?:同意|答应|接受|肯|愿意?|松口|行|干|买账|认可?|听|信|乐意|点头|让步|松动|痛快|满意)"
        r"|拒绝|摇头|坚持|说不|犹豫|没有?(?:同意|松口|答应|接受|被?说服)|谈不(?:拢|下来|成|妥)|没谈(?:拢|下来|成|妥))"
    ),
    Wanted.MORE: re.compile(
        r"还有(?:呢|吗|什么|别的|其他的?)|(?:换|另)(?:一|个|一个|种|一种)?(?:说法|讲法|角度)|别的(?:说法|讲法|办法)"
        r"|(?:再|更)?(?:说|讲)?(?:详细|具体|展开|多说|多讲)"
    ),
}
"""In this order: what must not be said is no refusal."""
_ZH_FILLERS: Final = re.compile(
    r"那么?|这么|如果|要是|万一|假如|可以|但是?|可是?|不过|所以|他们?|她们?|客户|对方|老板娘?|老总|财务|还是?|又|再|就|都|也|呢|吗|吧|啊|呀|嘛|了"
    r"|的话?|怎么(?:办|说|讲|回|答|应对|做|跟进?|谈|弄|接)?|[咋怎](?:办|整|弄|说|回|样)?|如何|应该|该|我们?|您|你|咱们?|跟进|避开|避免|说法|讲法|办法|支持|支撑"
    r"|这|些|个|有|没有?|是|什么|哪些|哪里|哪儿|哪|在|做|说|讲|要|能|给|看|拿|数字|数|请问|请|话|听|事|去|谈|一?点儿?|一些"
)
_NO_WORD: Final = re.compile(r"[\W_]+")
_ZH_STILL: Final = re.compile(r"还是|还在|依然|仍|还(?:嫌|说|觉得|想|要)|一直|坚持|老说|又说|非说|咬(?:定|死)")

_REFUSED: Final = r"agree|accept|convinced|persuaded|buy it|work|take it|want to|move|sign|go for it|give in"
_EN: Final[Mapping[Wanted, re.Pattern[str]]] = {
    Wanted.NEVER: re.compile(
        r"\b(?:avoid(?: saying)?|forbidden|off limits"
        r"|(?:never|not|can't|cannot|shouldn't|mustn't)(?: to| i| we)? (?:say|promise|mention))\b"
    ),
    Wanted.PROOF: re.compile(
        r"\b(?:proof|evidence|sources?|prove|back (?:this|that|it) up|data|examples?|(?:this|that|it) come from|why"
        r"(?: is)?|based on|rests? on)\b"
    ),
    Wanted.NEXT: re.compile(r"\b(?:next(?: steps?)?|after(?:wards|(?: that)?)|follow up|what now|now what|do now)\b"),
    Wanted.INSIST: re.compile(
        rf"\b(?:still|insist(?:s|ing)?|refus(?:es?|ed|ing)|disagrees?|budge|adamant|persists?|unconvinced|hesitates?"
        r"|hesitating|push(?:es)? back|(?:says?|said|saying|keeps saying) no|won't|wouldn't|"
        rf"(?:doesn't|don't|didn't|isn't|aren't|not) (?:{_REFUSED}))\b"
    ),
    Wanted.MORE: re.compile(
        r"\b(?:(?:any|some)thing else|what else|more(?: details?)?|elaborate|(?:an)?other ways?|put it differently"
        r"|else can (?:i|we) say)\b"
    ),
}
_EN_FILLERS: Final = _words(
    "and but so ok okay then what what's if when he she they it the a an my customer client boss owner cfo says say"
    " saying said do does doesn't don't did didn't i we me should to that this is isn't are not no now how about or"
    " just keeps keep kept be at all on his her their for any there have has got with agree agrees accept accepts move"
    " buy convinced will would can could must step steps come comes he's she's they're there's where anything thing"
    " things some like want it's really please tell give us you put promise mention try of from line like"
)
_EN_AND_THEN: Final = frozenset({"and then", "what then", "then what", "so then"})
_EN_WORD: Final = re.compile(r"[a-z']+")
_EN_STILL: Final = re.compile(r"\b(?:still|keeps?|insists?|again)\b", re.IGNORECASE)
_THANKS: Final = _words(
    "谢谢 谢谢您 谢谢你 谢了 多谢 感谢 好 好的 好吧 嗯 嗯嗯 行 收到 明白 明白了 知道了 懂了 了解 ok okay thx thanks "
    "great perfect understood"
) | {"thank you", "thanks a lot", "got it", "i see", "all right"}
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def asks_further(typed: str) -> Wanted | None:
    """None where something else is said, too: that may be another objection."""
    return _in_chinese(typed) if _HAN.search(typed) else _in_english(typed)


def is_thanks(typed: str) -> bool:
    """Nothing is asked: it ends or acknowledges what was said before."""
    return _NO_WORD.sub(" ", typed).strip().lower() in _THANKS


def _in_chinese(typed: str) -> Wanted | None:
    said = _NO_WORD.sub("", typed)
    for ask, phrase in _ZH.items():
        if (found := phrase.search(said)) is not None:
            rest = said[: found.start()] + said[found.end() :]
            if not _ZH_FILLERS.sub("", rest):
                return ask
    return None


def _in_english(typed: str) -> Wanted | None:
    if any(each.isdigit() for each in typed):
        return None
    said = " ".join(_EN_WORD.findall(typed.lower().replace("’", "'")))
    if said in _EN_AND_THEN:
        return Wanted.NEXT
    for ask, phrase in _EN.items():
        if phrase.search(said) and _EN_FILLERS.issuperset(phrase.sub(" ", said).split()):
            return ask
    return None


def goes_on(typed: str) -> bool:
    """Whether what is said with other words is said again: "he still thinks it's too expensive"."""
    return bool(_ZH_STILL.search(typed) or _EN_STILL.search(typed))


def further(entry: Entry, ask: Wanted, insisted: int) -> Further:
    """`insisted` is how often it was asked before: first how to go on, then what to do and whom to involve instead."""
    match ask:
        case Wanted.PROOF:
            return Further(evidence=True)
        case Wanted.NEVER:
            return Further(never=True)
        case Wanted.MORE:
            return Further(fields=_deeper(entry), follow_up=True, related=True)
        case Wanted.INSIST if not insisted and (fields := _deeper(entry)):
            return Further(fields=fields)
        case _:
            return Further(follow_up=True, related=True)


def _deeper(entry: Entry) -> tuple[str, ...]:
    """What the whole play has beyond its card; of an objection whether it is genuine, and the steps."""
    if entry.KIND is Kind.OBJECTION:
        return ("genuine_if", "excuse_if", "steps")
    return tuple(name for name in entry.WHOLE if name not in entry.SCREEN and getattr(entry, name))
