"""Who was there, and how one met. A row that is looked at earlier wins."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.domain.clauses import Clause, words
from bot.domain.facts import Attendee
from bot.domain.reading import Guess
from bot.domain.visit import Channel

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
