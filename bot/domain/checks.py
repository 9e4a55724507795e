"""What is wrong with the words of an entry: red lines, numbers without a source, signs of a translation.

Everything is found by rules that can be read here and in `playbooks/red-lines.yml`; nothing is guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from bot.domain.entry import LANGS, Bilingual, Entry, Lang
from bot.domain.kinds import Objection, Relationship
from bot.domain.playbook import Playbook, RedLine
from bot.domain.variant import Variant

QUOTING: Final = frozenset(
    {"examples", "never", "title", "worry", "genuine_if", "excuse_if", "observation", "do_not_conclude", "listen_for"}
)
"""Fields that repeat what a customer says or what nobody may say; the others are spoken or shown as advice."""
UNCOUNTED: Final = QUOTING | {"evidence", "cadence", "follow_up"}
"""Fields whose numbers need no source beside them: evidence has one, rhythm and days are the company's to set."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend. `key` is the sentence that says what and how, `values` fill its gaps."""

    field: str
    """As `Entry.texts` names it; empty for the whole entry."""
    lang: Lang | None
    key: str
    values: Mapping[str, object]
    is_fault: bool = True
    """Otherwise a warning: worth a look, may stay."""


def findings(entry: Entry, playbook: Playbook, today: date) -> list[Finding]:
    """Faults and warnings of one entry, in the order of its fields. Its examples are compared in `duplicates`."""
    found = [*_past_review(entry, today), *_dead_ends(entry, playbook)]
    sourced, has_law = _numbers_with_source(entry), not _grades(entry, playbook).isdisjoint("AB")
    for lang in LANGS:
        for name, text in entry.texts(lang):
            part = name.split(".")[0]
            if part == "examples":
                continue
            found += _other_language(name, lang, text)
            found += _foreign_signs(name, lang, text)
            if part not in QUOTING:
                found += _crossed_lines(name, lang, text, playbook)
                found += [] if has_law else _bare_law(name, lang, text)
            if part not in UNCOUNTED and not _names_sources(entry, name):
                found += _bare_numbers(name, lang, text, sourced)
    return [*found, *_overstated(entry, playbook), *_unequal_lengths(entry)]


def _past_review(entry: Entry, today: date) -> Iterator[Finding]:
    if today > entry.review_due_on:
        yield Finding("", None, "check.review_past", {"day": entry.review_due_on})


def _dead_ends(entry: Entry, playbook: Playbook) -> Iterator[Finding]:
    for related in entry.related:
        if related == entry.id or related not in playbook.entries:
            yield Finding("", None, "check.related_gone", {"id": related})


# Red lines

_CLAUSE_END: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(r"[，。！？；：\n]|——"),
    "en": re.compile(r"[.,;:!?\n]|\s[–—-]\s"),
}
_DENIED: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        r"不(?![管论但仅光只过错]|[^，。]{0,4}就)|没(?!问题|事|关系|[^，。]{0,4}就)|别(?![的家人])"
        r"|未|无法|难以|勿|谁(?=[跟对和向要敢说])|凡|有人|是否|能否|避免|拒绝|禁止"
    ),
    "en": re.compile(
        r"\b(?:not(?! only)|never|no(?! matter| doubt| question| problem)|nobody|none|nothing|cannot|without|neither"
        r"|nor|avoid|refuse|decline|whether|anyone who|whoever|if (?:any|some)(?:one|body)"
        r"|rather than|instead of)\b|n't\b",
        re.IGNORECASE,
    ),
}
"""Before a phrase in the same clause: it is denied, or told of somebody else."""
_DENIED_AFTER: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(r"[”’]?[^，。！？；]{0,6}(?:话|承诺|保证|说法|做法)[^，。！？；]{0,6}(?:不|没(?!问题|事)|别)"),
    "en": re.compile(r"[\"”']?\s+(?:is|are|can)(?:n't|not| not| never)\b", re.IGNORECASE),
}
"""Right after it: a promise that nobody can give."""


def _crossed_lines(name: str, lang: Lang, text: str, playbook: Playbook) -> Iterator[Finding]:
    """At most one finding a rule: the first phrase that is meant as it stands."""
    for line, match in crossed_lines(text, lang, playbook.red_lines.values()):
        values = {"phrase": match.group(), "rule": line.id, "instead": line.instead.in_(lang)}
        yield Finding(name, lang, "check.red_line", values)


def crossed_lines(text: str, lang: Lang, lines: Iterable[RedLine]) -> Iterator[tuple[RedLine, re.Match[str]]]:
    """The lines that a text crosses, each with the first of its phrases that is not denied there."""
    plain = text.replace("’", "'")
    for line in lines:
        phrases = line.phrases.in_(lang)
        for match in _one_of(phrases).finditer(plain) if phrases else ():
            if not _is_denied(plain, match, lang):
                yield line, match
                break


@cache
def _one_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def _is_denied(text: str, match: re.Match[str], lang: Lang) -> bool:
    before = _CLAUSE_END[lang].split(text[: match.start()])[-1]
    return bool(_DENIED[lang].search(before)) or bool(_DENIED_AFTER[lang].match(text, match.end()))


# Numbers

_CLAIM: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        r"(?<![第近\d.])(?P<number>\d[\d,.]*)\s*(?:[%％‰]|(?:多|余)?(?:个工作日|个月|个?百分点|个?点|小时|天|日|年|周|万|亿|元|块|倍|成))"
        r"|(?P<words>百分之[一二三四五六七八九十百]+|[一二两三四五六七八九十]+(?:成|个百分点|个点(?=[的利费左以，。；]|$)|万元|万块))"
    ),
    "en": re.compile(
        r"(?:RMB|CNY|USD|[¥￥$])\s?(?P<money>\d[\d,.]*)"
        r"|(?<![\w.])(?P<number>\d[\d,.]*)[\s-]*(?:%|per ?cent|percentage|basis|bps|working|business|calendar|days?"
        r"|weeks?|years?|hours?|months?(?! of\b)|million|billion|thousand|m\b|bn\b|k\b|yuan|times)",
        re.IGNORECASE,
    ),
}
_NO_CLAIM: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(r"(?:19|20)\d\d年|\d+月\d+日|(?<!提)前\d+天"),
    "en": re.compile(r"\b(?:last|past|previous) \d+ \w+|\d+-month\b|\d+ days before\b", re.IGNORECASE),
}
"""Dates, the stretch of records one asks for, and when to come back: nobody is told that something is so."""
_OWN_VALUE: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(r"默认|可调|示例|例如|比如|假设|假如|设想"),
    "en": re.compile(r"\b(?:defaults?|adjustable|editable|example|e\.g\.|suppose|supposing|imagine)\b", re.IGNORECASE),
}
"""Words that mark a number as the company's own setting or as made up to explain something."""
_DIGITS: Final = re.compile(r"\d[\d,.]*")


def _numbers_with_source(entry: Entry) -> frozenset[str]:
    """The numbers that the entry's evidence has, in either language, and those of its own settings."""
    texts = [item.in_(lang) for item in entry.evidence for lang in LANGS]
    numbers = {_number(found) for text in texts for found in _DIGITS.findall(text)}
    for text in texts:
        numbers |= {match["words"] for match in _CLAIM["zh"].finditer(text) if match["words"]}
    if isinstance(entry, Relationship) and entry.channel_mix is not None:
        numbers |= {str(share) for share in entry.channel_mix.model_dump().values()}
    return frozenset(numbers)


def _names_sources(entry: Entry, name: str) -> bool:
    """A variant has no evidence of its own to compare with; it says where its facts come from."""
    part, *at = name.split(".")
    return part == "variants" and bool(dict(_variants(entry))[int(at[0])].sources)


def _variants(entry: Entry) -> list[tuple[int, Variant]]:
    return list(enumerate(entry.variants)) if isinstance(entry, Objection) else []


def _bare_numbers(name: str, lang: Lang, text: str, sourced: frozenset[str]) -> Iterator[Finding]:
    if _OWN_VALUE[lang].search(text):
        return
    spared = [match.span() for match in _NO_CLAIM[lang].finditer(text)]
    for match in _CLAIM[lang].finditer(text):
        number = next(found for found in match.groups() if found)
        is_spared = any(start <= match.start() < end for start, end in spared)
        if not is_spared and _number(number) not in sourced:
            yield Finding(name, lang, "check.number", {"number": match.group().strip()})


def claims(text: str, lang: Lang) -> frozenset[str]:
    """The numbers of a text, in figures or words, and what it calls law: by these a text says more than another."""
    said = {_number(found) for found in _DIGITS.findall(text)}
    said |= {match.group().strip() for match in _CLAIM[lang].finditer(text) if not _DIGITS.search(match.group())}
    return frozenset(said | {match.group() for match in _LAW[lang].finditer(text)})


def _number(written: str) -> str:
    return written.replace(",", "").rstrip(".")


# What the law or others say

_LAW: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        r"民法典|司法解释|条例|〔\d{4}〕|号文|最高(?:人民)?法|(?:法律|法规|监管)(?:上|部门)?(?:明文)?(?:规定|要求|禁止)"
    ),
    "en": re.compile(
        r"\bCivil Code|\bSupreme Court|\bjudicial interpretation|\b(?:article|notice|decree) \d"
        r"|\b(?:the law|regulations?|regulators?) (?:says?|requires?|forbids?|bars?|demands?)\b|\bby law\b",
        re.IGNORECASE,
    ),
}
_WORDED: Final[Mapping[str, Mapping[Lang, re.Pattern[str]]]] = {
    "C": {
        "zh": re.compile(r"据|报道|统计|调查|文章|[称说]"),
        "en": re.compile(r"\b(?:report|survey|statistic|article|accord|cit(?:e|ing)\b|puts?\b|says?\b)", re.IGNORECASE),
    },
    "D": {
        "zh": re.compile(r"未经?(?:核实|证实|确认)|没有?(?:核实|证实|确认)"),
        "en": re.compile(r"\b(?:unconfirmed|unverified|not (?:been )?(?:confirmed|verified))\b", re.IGNORECASE),
    },
}
"""By the grade of its source, what evidence must be worded as: what others report, or as unconfirmed."""


def _grades(entry: Entry, playbook: Playbook) -> frozenset[str]:
    return frozenset(playbook.sources[each].grade for each in entry.sources if each in playbook.sources)


def _bare_law(name: str, lang: Lang, text: str) -> Iterator[Finding]:
    """Only asked of entries that name no statute and no regulator among their sources."""
    if match := _LAW[lang].search(text):
        yield Finding(name, lang, "check.law", {"phrase": match.group()})


def _overstated(entry: Entry, playbook: Playbook) -> Iterator[Finding]:
    told: list[tuple[str, str, tuple[Bilingual, ...]]] = [
        (f"evidence.{at}", item.source, (item,)) for at, item in enumerate(entry.evidence)
    ]
    told += [
        (f"variants.{at}.{'note' if each.note else 'say'}", source, tuple(filter(None, (each.say, each.note))))
        for at, each in _variants(entry)
        for source in each.sources
    ]
    for field, source_id, words in told:
        source = playbook.sources.get(source_id)
        if source is None or source.grade not in _WORDED:
            continue
        for lang in LANGS:
            if not any(_WORDED[source.grade][lang].search(each.in_(lang)) for each in words):
                key = "check.hearsay" if source.grade == "C" else "check.unconfirmed"
                yield Finding(field, lang, key, {"source": source.title.in_(lang)})


# Two languages, each its own

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LETTERS: Final = re.compile(r"[A-Za-z]")
_SIGNS: Final[Mapping[Lang, re.Pattern[str]]] = {
    "zh": re.compile(
        r"(?<=[\u3400-\u9fff”）》])[,;:?!.]|[,;:?!](?=[\u3400-\u9fff“（《])|[()\"'\[\]](?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])[()\"'\[\]]"
    ),
    "en": re.compile(r"[\u3000-\u303f\uff01-\uff5e\u3400-\u9fff]+"),
}
_LONGEST_NAME: Final = 12
LENGTHS: Final = (1.9, 4.5)
"""English letters for one Chinese character; our own texts all lie between."""
_TOO_SHORT: Final = 16
"""Chinese texts below this are as long as it happens."""


def _other_language(name: str, lang: Lang, text: str) -> Iterator[Finding]:
    """A text of the other language, put in so that the field isn't empty; a name alone is the same in both."""
    han, letters = len(_HAN.findall(text)), len(_LETTERS.findall(text))
    if (lang == "zh" and not han and letters > _LONGEST_NAME) or (lang == "en" and han > letters):
        yield Finding(name, lang, f"check.not_{lang}", {})


def _foreign_signs(name: str, lang: Lang, text: str) -> Iterator[Finding]:
    if signs := list(dict.fromkeys(_SIGNS[lang].findall(text))):
        yield Finding(name, lang, f"check.signs_{lang}", {"signs": " ".join(signs)}, is_fault=False)


def _unequal_lengths(entry: Entry) -> Iterator[Finding]:
    english = dict(entry.texts("en"))
    for name, chinese in entry.texts("zh"):
        han, letters = len(_HAN.findall(chinese)), len(_LETTERS.findall(english.get(name, "")))
        if name.startswith("examples.") or han < _TOO_SHORT or LENGTHS[0] <= letters / han <= LENGTHS[1]:
            continue
        key = "check.english_longer" if letters > han * LENGTHS[1] else "check.english_shorter"
        yield Finding(name, "en", key, {"zh": han, "en": letters}, is_fault=False)
