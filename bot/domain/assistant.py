"""Asking on about a play that was just shown: what is meant by "and if he still says no?", and what of the play answers
it. Only questions that hold nothing else count; whatever else is said is a question of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.domain.entry import Entry, Kind, Lang


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


class Talk(BaseModel):
    """Which play a conversation is about. Ids only: whether the customer may be seen is looked up anew each time."""

    model_config = ConfigDict(frozen=True)
    entry_id: str
    lang: Lang = "zh"
    customer_id: str = ""
    insisted: int = 0
    """How many times it was asked what to do if the customer still says no."""

    def insisting(self) -> "Talk":
        return self.model_copy(update={"insisted": self.insisted + 1})


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
        r"(?:有什么|有哪些|哪些|什么)?(?:话|事)?(?:不能|不可以|不该|不要|别)(?:说|讲|答应|承诺|碰)|忌讳|红线"
    ),
    Wanted.PROOF: re.compile(r"(?:依据|证据|凭据|出处|来源|数据|凭什么|怎么证明|拿什么证明)"),
    Wanted.NEXT: re.compile(r"(?:接下来|下一步|然后|之后|后面|后续|完了|谈完)"),
    Wanted.INSIST: re.compile(
        r"(?:还是|依然|仍然?|仍旧|就是|死活|坚决|始终|一直|硬是|非要)*"
        r"(?:不(?:同意|答应|接受|肯|愿意?|松口|行|干|买账|认|听|信|乐意|点头|让步|松动)|拒绝|摇头|坚持|说不|没同意|没松口|没谈拢)"
    ),
}
"""In this order: what must not be said is no refusal."""
_ZH_FILLERS: Final = re.compile(
    r"那么?|这么|如果|要是|万一|假如|但是?|可是?|不过|所以|他们?|她们?|客户|对方|老板娘?|老总|财务|还是?|又|再|就|都|也|呢|吗|吧|啊|呀|嘛|了|的话?"
    r"|怎么办|咋办|怎么说|怎么回|怎么应对|该|我们?|您|你|咱们?|这|些|个|有|没有?|是|什么|哪些|吗|做|说|讲|要|能|可以|请问|话|听|事"
)
_NO_WORD: Final = re.compile(r"[\W_]+")

_EN_KEYS: Final[Mapping[Wanted, frozenset[str]]] = {
    Wanted.NEVER: _words("avoid never mustn't shouldn't forbidden"),
    Wanted.PROOF: _words("proof evidence source sources prove"),
    Wanted.NEXT: _words("next afterwards after"),
    Wanted.INSIST: _words(
        "still insists insist insisting refuses refuse refused refusing disagrees disagree budge adamant persists"
        " unconvinced won't wouldn't"
    ),
}
_EN_FILLERS: Final = _words(
    "and but so ok okay then what what's if when he she they it the a an my customer client boss owner cfo says say"
    " said saying do does doesn't don't did didn't i we me should to that this is isn't are not no now how about or"
    " just keeps keep kept be at all on his her their for any there have has got with agree agrees accept accepts move"
    " buy convinced will would can could must step steps come comes"
)
_EN_WORD: Final = re.compile(r"[a-z']+")
_EN_AND_THEN: Final = frozenset({"and then", "what then", "then what", "so then", "what now", "now what"})
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def asks_further(typed: str) -> Wanted | None:
    """None where something else is said, too: that may be another objection."""
    return _in_chinese(typed) if _HAN.search(typed) else _in_english(typed)


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
    said = _EN_WORD.findall(typed.lower().replace("’", "'"))
    if " ".join(said) in _EN_AND_THEN:
        return Wanted.NEXT
    for ask, keys in _EN_KEYS.items():
        if keys.intersection(said) and all(word in keys or word in _EN_FILLERS for word in said):
            return ask
    return None


def further(entry: Entry, ask: Wanted, insisted: int) -> Further:
    """`insisted` is how often it was asked before: first how to go on, then what to do and whom to involve instead."""
    match ask:
        case Wanted.PROOF:
            return Further(evidence=True)
        case Wanted.NEVER:
            return Further(never=True)
        case Wanted.INSIST if not insisted and (fields := _deeper(entry)):
            return Further(fields=fields)
        case _:
            return Further(follow_up=True, related=True)


def _deeper(entry: Entry) -> tuple[str, ...]:
    """What the whole play has beyond its card; of an objection whether it is genuine, and the steps."""
    if entry.KIND is Kind.OBJECTION:
        return ("genuine_if", "excuse_if", "steps")
    return tuple(name for name in entry.WHOLE if name not in entry.SCREEN and getattr(entry, name))
