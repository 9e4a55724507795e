"""The hour beside a day, and the words that make a day a deadline."""

import re
from datetime import time
from typing import Final

from bot.domain.dates.numbers import ZH, number_of

_PART: Final = r"凌晨|清晨|大?清?早上?|一早|上午|中午|午后|下午|傍晚|晚上|晚间|晚|夜里"
_ZH_HOUR: Final = (
    rf"(?P<part>{_PART})?(?P<hour>{ZH})(?:[点點时](?P<minute>半|一刻|三刻|{ZH}分?)?[钟整]?|[:：](?P<minutes>[0-5]\d))"
)
_EN_HOUR: Final = (
    r"(?:(?P<h>\d{1,2})(?:[:.](?P<m>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?|at\s+(?P<h24>\d{1,2})(?::(?P<m24>[0-5]\d))?(?!\d|\s?%)"
    r"|(?P<noon>noon|midday))"
)
_LOOSE: Final = (
    rf"{_PART}|[Mm]orning|[Aa]fternoon|[Ee]vening|[Nn]ight|first thing|EOD|COB|COP|(?:the )?end of (?:the )?day"
    r"|close of (?:business|play)|下班|收工"
)
"""Parts of a day that name no hour."""
HOUR_BEHIND: Final = re.compile(
    rf"[ ,，的]{{0,2}}(?:(?:by|in the|before|at)\s)?(?:{_ZH_HOUR}|(?:(?:{_LOOSE})[ ,]{{1,2}})?{_EN_HOUR}|(?:{_LOOSE}))",
    re.IGNORECASE,
)
HOUR_BEFORE: Final = re.compile(
    rf"(?<![\d.])(?:{_EN_HOUR}|(?:{_LOOSE}))(?:\s(?:on|of))?[ ,]{{1,2}}\Z|(?<![\d.])(?:{_ZH_HOUR})\s?\Z", re.IGNORECASE
)
BEHIND: Final = re.compile(r"\s?(?:(?:之|以)?前|之内|以内|内|(?P<after>(?:之|以)后|后(?=[，。；、,.;再才我给发]|$)))")
BEFORE: Final = re.compile(
    r"(?:(?<![A-Za-z])(?:by|before|until|till?|on|no later than|due|around|(?P<after>after))(?:\s+the)?\s+"
    r"|(?:截?至|截止到?|最[晚迟]|不晚于|赶在)\s?)\Z",
    re.IGNORECASE,
)
"""Beside the hour or the day; with `after` it is a day later that is meant."""


def hour_of(match: re.Match[str]) -> time | None:
    """None for a part of the day. What cannot be an hour is none."""
    said = match.groupdict()
    if said.get("noon"):
        return time(12)
    if written := said.get("h") or said.get("h24"):
        hour, minute = int(written), int(said.get("m") or said.get("m24") or 0)
        if said.get("half"):
            hour = hour % 12 + 12 * (said["half"].lower() == "p")
        elif hour < 8:
            hour += 12
    elif written := said.get("hour"):
        hour = number_of(written)
        quarter = {"半": 30, "一刻": 15, "三刻": 45}
        told = said.get("minute") or said.get("minutes") or "0"
        minute = quarter[told] if told in quarter else number_of(told.rstrip("分"))
        part = said.get("part") or ""
        is_late = part.startswith(("下午", "午后", "傍晚", "晚", "夜")) or (part == "中午" and hour < 3)
        hour += 12 * (hour < 12 and (is_late or (not part and hour < 8 and said.get("minutes") is None)))
    else:
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None
