"""Every sentence the product says, by key, in Chinese and English. `load("zh")` gives the `Text` that looks one up."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Lang = Literal["zh", "en"]

FILES: Final[Mapping[Lang, str]] = {"zh": "zh_CN.toml", "en": "en.toml"}

_WEEKDAYS: Final[Mapping[Lang, tuple[str, ...]]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_ERASED: Final = re.compile(r"<@erased-\w+>")
"""Somebody whose id was erased, whom Slack does not know under the pseudonym."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Text:
    """Callable: the sentence of a key with its gaps filled. Dates are spelled as the language does."""

    lang: Lang
    sentences: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """`count=1` picks `key.one` where the language has one. Raises KeyError for an unknown key."""
        if values.get("count") == 1 and f"{key}_one" in self.sentences:
            key = f"{key}_one"
        for name, value in values.items():
            if isinstance(value, date) and not isinstance(value, datetime):
                values[name] = self.spelled(value)
        said = self.sentences[key].format_map(values)
        return _ERASED.sub(self.sentences["person.erased"], said) if "<@erased-" in said else said

    def listed(self, words: Iterable[str]) -> str:
        """One after the other."""
        return ("、" if self.lang == "zh" else ", ").join(words)

    def spelled(self, value: date) -> str:
        weekday = _WEEKDAYS[self.lang][value.weekday()]
        if self.lang == "zh":
            return f"{value.month}月{value.day}日（{weekday}）"
        return f"{weekday} {value.day} {_MONTHS[value.month - 1]}"


@cache
def load(lang: Lang) -> Text:
    content = tomllib.loads((files(__name__) / FILES[lang]).read_text(encoding="utf-8"))
    return Text(lang, _flat(content))


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    sentences: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            sentences |= _flat(value, f"{prefix}{name}.")
        else:
            sentences[f"{prefix}{name}"] = str(value)
    return sentences
