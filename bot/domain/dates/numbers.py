"""Numbers up to some hundreds, in digits, Chinese and English words."""

from typing import Final

_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_WORDS: Final = {
    word: number
    for number, words in {
        1: "one a an",
        2: "two couple",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        12: "twelve",
        14: "fourteen",
        15: "fifteen",
        20: "twenty",
        30: "thirty",
        60: "sixty",
        90: "ninety",
    }.items()
    for word in words.split()
}
ZH: Final = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
EN: Final = rf"(?:\d{{1,3}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"


def number_of(written: str) -> int:
    """«十二», "12", "twelve"; «三五» is up to five. Raises ValueError for what is no number."""
    written = written.strip().lower()
    if written.isdecimal():
        return int(written)
    if written in _WORDS:
        return _WORDS[written]
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return _digit(written[-1:])
    return (_digit(tens) if tens else 1) * 10 + (_digit(ones) if ones else 0)


def _digit(sign: str) -> int:
    if sign not in _DIGITS:
        raise ValueError(sign)
    return _DIGITS[sign]
