"""An entry as a form: every field as text, Chinese and English side by side, and back again.

Line n of a Chinese list goes with line n of the English one. What an item carries besides its words stands before
the Chinese ones: `R: …` a step's technique, `RL-03: …` the red line, `civil-code [第761条]: …` the source and article,
`2wd account_manager: …` when and by whom.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, get_args

from pydantic import ValidationError

from bot.domain.entry import (
    LANGS,
    OBJECTION_FAMILIES,
    Action,
    Bilingual,
    Category,
    Entry,
    Evidence,
    Examples,
    Kind,
    Lang,
    Never,
    Step,
)
from bot.domain.kinds import KINDS, ChannelMix, entry_of
from bot.errors import FieldError, FormError

TEXT_LIMIT: Final = 3000
"""What an input of Slack holds."""
LINE_LIMIT: Final = 600
MORE_EXAMPLES: Final = "more_examples"
"""Takes the place of `examples` where those are too many for an input: lines to be added."""

Answers = Mapping[str, str | tuple[str, ...] | None]
"""What was entered, by input: `title.zh`, `steps.en`, `owner`, `related` …"""


class Style(StrEnum):
    WORDS = "words"
    LINES = "lines"
    EXAMPLES = "examples"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field that is written in both languages."""

    name: str
    style: Style
    is_optional: bool


_LAST: Final = ("evidence", "never", "follow_up", "examples")
_MIX: Final = tuple(ChannelMix.model_fields)
_MARKED: Final[Mapping[type[Bilingual], re.Pattern[str]]] = {
    Step: re.compile(r"(?P<technique>[A-Za-z])\s*[:：]\s*(?P<zh>.+)"),
    Never: re.compile(r"(?P<rule>RL-\d\d)\s*[:：]\s*(?P<zh>.+)"),
    Evidence: re.compile(r"(?P<source>[\w-]+)(?:\s*\[(?P<article>[^\]]+)\])?\s*[:：]\s*(?P<zh>.+)"),
    Action: re.compile(r"(?P<due>\d{1,3}(?:wd|d))\s+(?P<owner>\w+)\s*[:：]\s*(?P<zh>.+)"),
}
_ARTICLE: Final = re.compile(r"(?:\[(?P<article>[^\]]+)\]\s*)?(?P<en>.+)")
_CATEGORY_FIELDS: Final[Mapping[Kind, str]] = {
    Kind.SIGNAL: "reading",
    Kind.DISCOVERY: "technique",
    Kind.NEGOTIATION: "area",
    Kind.RELATIONSHIP: "area",
}
_WHOLE: Final[Mapping[Kind, str]] = {
    Kind.DISCOVERY: "industry.zh",
    Kind.NEGOTIATION: "anchor.zh",
    Kind.RELATIONSHIP: "tier",
}
"""Where a fault is told that concerns several fields of a kind."""


def categories(kind: Kind) -> tuple[Category, ...]:
    if kind is Kind.OBJECTION:
        return OBJECTION_FAMILIES
    return get_args(KINDS[kind].model_fields[_CATEGORY_FIELDS[kind]].annotation)


def fields(kind: Kind) -> tuple[FormField, ...]:
    """The title first, then what the kind is about, then what all kinds have."""
    found = [
        FormField(name, style, not info.is_required())
        for name, info in KINDS[kind].model_fields.items()
        if (style := _style(info.annotation)) is not None
    ]
    return tuple(sorted(found, key=lambda field: (field.name in _LAST, field.name != "title")))


def fits(entry: Entry | None, field: FormField) -> bool:
    """Whether the field's text can be edited in an input; else it stays as it is."""
    return entry is None or all(len(written(entry, field, lang)) <= TEXT_LIMIT for lang in LANGS)


def written(entry: Entry, field: FormField, lang: Lang) -> str:
    """The field as it stands in the form."""
    return "\n".join(lines(entry, field, lang))


def lines(entry: Entry, field: FormField, lang: Lang) -> tuple[str, ...]:
    value = getattr(entry, field.name)
    if isinstance(value, Examples):
        return value.in_(lang)
    items = (value,) if isinstance(value, Bilingual) else value or ()
    return tuple(_line(item, lang) for item in items)


def mix_written(mix: ChannelMix | None) -> str:
    return "/".join(str(getattr(mix, name)) for name in _MIX) if mix else ""


def filled(kind: Kind, answers: Answers, base: Mapping[str, Any]) -> Entry:
    """The entry as the form says; what the form did not ask for is taken from `base`. Raises FormError."""
    faults: list[FieldError] = []
    values = dict(base)
    for field in fields(kind):
        if f"{field.name}.zh" in answers:
            values[field.name] = _read(kind, field, answers, faults)
    values |= _scalars(kind, answers, faults)
    values["examples"] = {**(base.get("examples") or {}), **_examples(values.get("examples") or {}, answers)}
    if not any(values["examples"][lang] for lang in LANGS):
        faults.append(FieldError("examples.zh", "edit.no_examples"))
    named = [each["source"] for each in values.get("evidence") or ()]
    named += [source for each in values.get("variants") or () for source in each["sources"]]
    values["sources"] = list(dict.fromkeys([*(values.get("sources") or ()), *named]))
    if faults:
        raise FormError(faults)
    try:
        return entry_of({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        found: list[dict[str, Any]] = [dict(each) for each in error.errors()]
        deeper = {each["loc"][0] for each in found if len(each["loc"]) > 1}
        # A list with a wrong item is called too short as well.
        found = [each for each in found if each["type"] != "too_short" or each["loc"][0] not in deeper]
        raise FormError([_fault(kind, each) for each in found]) from None


def slug(title: str) -> str:
    """What an id says of an English title; empty when that has no letters."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")


def _style(annotation: Any) -> Style | None:
    if annotation is Examples:
        return Style.EXAMPLES
    parts = (annotation, *get_args(annotation))
    if not any(isinstance(part, type) and issubclass(part, Bilingual) for part in parts):
        return None
    return Style.LINES if Ellipsis in parts else Style.WORDS


def _line(item: Bilingual, lang: Lang) -> str:
    said = item.in_(lang)
    match item:
        case Evidence(article=article):
            place = f"[{article.in_(lang)}]" if article else ""
            mark = " ".join(filter(None, (item.source, place)))
            return f"{mark}: {said}" if lang == "zh" else " ".join(filter(None, (place, said)))
        case Step():
            mark = str(item.technique)
        case Never():
            mark = item.rule
        case Action():
            mark = f"{item.due} {item.owner}"
        case _:
            return said
    return f"{mark}: {said}" if lang == "zh" else said


def _read(kind: Kind, field: FormField, answers: Answers, faults: list[FieldError]) -> Any:
    zh, en = (_split(answers.get(f"{field.name}.{lang}")) for lang in LANGS)
    if field.style is Style.WORDS:
        if not zh and not en and field.is_optional:
            return None
        return {"zh": "\n".join(zh), "en": "\n".join(en)}
    if field.style is Style.EXAMPLES:
        return {"zh": zh, "en": en}
    if len(zh) != len(en):
        faults.append(FieldError(f"{field.name}.en", "edit.uneven", zh=len(zh), en=len(en)))
        return []
    item = next(each for each in get_args(KINDS[kind].model_fields[field.name].annotation) if each is not Ellipsis)
    read = [_item(item, *pair) for pair in zip(zh, en, strict=True)]
    for number, each in enumerate(read, start=1):
        if each is None:
            faults.append(FieldError(f"{field.name}.zh", f"edit.mark_{field.name}", line=number))
    return [each for each in read if each is not None]


def _item(item: type[Bilingual], zh: str, en: str) -> dict[str, Any] | None:
    """None when the Chinese line does not begin as it must."""
    if item not in _MARKED:
        return {"zh": zh, "en": en}
    found = _MARKED[item].fullmatch(zh)
    if found is None:
        return None
    read: dict[str, Any] = {**found.groupdict(), "en": en}
    if item is Step:
        read["technique"] = read["technique"].upper()
    if item is Evidence:
        told = _ARTICLE.fullmatch(en)
        article = told["article"] if told else None
        if bool(read["article"]) != bool(article):
            return None
        read["en"] = told["en"] if told else en
        read["article"] = {"zh": read["article"], "en": article} if article else None
    return read


def _scalars(kind: Kind, answers: Answers, faults: list[FieldError]) -> dict[str, Any]:
    """The fields that are chosen or counted, as far as the form asked for them."""
    read: dict[str, Any] = {
        name: answers[name]
        for name in ("owner", "review_days", "related", "sources", "tier", "contact_every_days")
        if name in answers
    }
    if kind is not Kind.OBJECTION and "category" in answers:
        read[_CATEGORY_FIELDS[kind]] = answers["category"]
    if "channel_mix" in answers:
        shares = _split(answers["channel_mix"], "/")
        if shares and (len(shares) != len(_MIX) or not all(each.isdecimal() for each in shares)):
            faults.append(FieldError("channel_mix", "edit.mix"))
        read["channel_mix"] = dict(zip(_MIX, shares, strict=False)) if shares else None
    return read


def _examples(examples: Mapping[str, Any], answers: Answers) -> dict[str, list[str]]:
    """With those to be added; lines that are there already are left out."""
    found: dict[str, list[str]] = {}
    for lang in LANGS:
        every: dict[str, str] = {}
        for line in (*examples.get(lang, ()), *_split(answers.get(f"{MORE_EXAMPLES}.{lang}"))):
            every.setdefault(line.casefold(), line)
        found[lang] = list(every.values())
    return found


def _split(answer: str | tuple[str, ...] | None, at: str = "\n") -> list[str]:
    parts = answer.split(at) if isinstance(answer, str) else answer or ()
    return [part.strip() for part in parts if part.strip()]


def _fault(kind: Kind, error: dict[str, Any]) -> FieldError:
    """Where in the form pydantic's complaint belongs, and how it is said."""
    place: tuple[int | str, ...] = error["loc"]
    if not place:
        return FieldError(_WHOLE.get(kind, "sources"), f"edit.whole_{kind}")
    name, last = str(place[0]), place[-1]
    if name == "channel_mix":
        return FieldError(name, "edit.mix")
    lang = last if last in LANGS else next((part for part in place if part in LANGS), "zh")
    block = f"{name}.{lang}"
    limits = error.get("ctx") or {}
    match error["type"]:
        case "string_too_long":
            return FieldError(block, "edit.too_long", limit=limits["max_length"])
        case "too_short":
            return FieldError(block, "edit.too_few", least=limits["min_length"])
        case "too_long":
            return FieldError(block, "edit.too_many", most=limits["max_length"])
        case "missing" | "string_too_short":
            return FieldError(block, "edit.empty")
    if name in ("steps", "evidence", "never", "follow_up"):
        line = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
        return FieldError(f"{name}.zh", f"edit.mark_{name}", line=line + 1)
    return FieldError(block, "edit.wrong")
