"""One form for what is the same to a reader."""

import pytest

from bot.matching.folding import clauses, folded, has_words


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("客戶嫌費率太高", "客户嫌费率太高"),
        ("ＦＥＥ　ｔｏｏ　ｈｉｇｈ！", "fee too high!"),
        ("费\u200b率\u202e高", "费 率 高"),
        ("看 https://evil.example/x 这个", "看 这个"),
        ("  a \n\t b ", "a b"),
    ],
    ids=["traditional", "full-width", "invisible", "link", "space"],
)
def test_folded(typed: str, form: str) -> None:
    assert folded(typed) == form


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("费率高，还要通知买方", ["费率高", "要通知买方"]),
        ("客户嫌贵又怕影响征信", ["客户嫌贵", "影响征信"]),
        ("too expensive and too much paperwork", ["too expensive", "too much paperwork"]),
        ("贵", []),
        ("能不能便宜点", ["能不能便宜点"]),
    ],
    ids=["comma", "connector", "english", "too short", "single"],
)
def test_clauses(line: str, parts: list[str]) -> None:
    """The parts that could each be an objection; what is too short to be one is left out."""
    assert clauses(line) == parts


@pytest.mark.parametrize("text", ["", "，。！", "😀 🎉", "--- ***"])
def test_nothing_to_read(text: str) -> None:
    assert not has_words(folded(text))
