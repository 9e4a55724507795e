"""Searching texts: whatever stands in one finds it, however it was typed; nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.search import CustomerFile, Kind, Passage
from bot.matching.folding import aligned, searchable
from bot.matching.search import EXCERPT, MAX_TERMS, Finding, Searchable, excerpt, terms
from tests.builders import make_customer

SIGNS = st.one_of(
    st.sampled_from("费率太高客户嫌貴利潤後乾坤ＡＢｃ１％，。、 　\n\t\u200béÉßﬁ㍿İ̇🎉-@<&"),
    st.characters(exclude_categories=["Cs"]),
)
TEXTS = st.text(SIGNS, min_size=2, max_size=60)


def file_of(*notes: str, **customer: object) -> Searchable:
    """A customer's file with these notes, the first the newest."""
    passages = [Passage(Kind.NOTE, f"v{row}", 100 - row, note) for row, note in enumerate(notes)]
    return Searchable.of(CustomerFile(make_customer(**customer), "1", passages))


def found(query: str, *files: Searchable, count: int = 10) -> list[str]:
    finding = Finding(terms(query), count)
    finding.look_through(files)
    assert finding.total >= len(finding.first)
    return [place.id for place in finding.first]


@given(TEXTS, TEXTS, st.data())
def test_every_part_of_a_note_finds_it(note: str, other: str, data: st.DataObject) -> None:
    """From two signs on, wherever they begin and end; what has nothing to look for in it finds nothing."""
    start = data.draw(st.integers(0, len(note) - 2))
    part = note[start : data.draw(st.integers(start + 2, len(note)))]
    hits = found(part, file_of(other, note))
    if not terms(part):
        assert hits == []
    else:
        assert "v1" in hits
        assert ("v0" in hits) == all(term in searchable(other) for term in terms(part))
        assert any(piece.is_hit for piece in excerpt(note, terms(part)))


@given(TEXTS)
def test_the_form_is_aligned_with_the_text(text: str) -> None:
    """So that what is marked in an excerpt is what was found."""
    form, places = aligned(text)
    assert form == searchable(text)
    assert len(places) == len(form)
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("費率", "嫌费率高"),
        ("费率", "嫌費率高"),
        ("ＡＢＳ", "想做abs"),
        ("ABS融资", "问了 ABS 融资"),
        ("顺达物流", "顺达\n物流来电"),
        ("3%", "利息 3％"),
        ("cafe", "Café owner"),
        ("乾", "乾坤未定"),
        ("fee high", "too HIGH a fee"),
        ("税", "开税票"),
    ],
    ids=[
        "traditional query",
        "traditional note",
        "full width",
        "spaces beside Chinese",
        "line break",
        "percent",
        "accent",
        "part of a phrase",
        "two words in any order",
        "one sign",
    ],
)
def test_what_is_the_same_to_a_reader(typed: str, note: str) -> None:
    assert found(typed, file_of(note)) == ["v0"]


@pytest.mark.parametrize(
    ("typed", "note"),
    [("费率高", "费率不高"), ("fee rate", "fee only"), ("hen", "the end")],
    ids=["not together", "one of two", "across words"],
)
def test_what_is_not(typed: str, note: str) -> None:
    assert found(typed, file_of(note)) == []


def test_two_notes_are_two_texts() -> None:
    """Nothing is found across their border."""
    assert found("高费", file_of("费率高", "费用")) == []


def test_customers_first_then_the_newest() -> None:
    """Of all customers together."""
    near = file_of("费率一", "费率三", id="c1")
    far = file_of("另一件事", "费率二", id="c2", name="费率有限公司")
    assert found("费率", near, far) == ["c2", "v0", "v1", "v1"]
    assert found("费率", near, far, count=2) == ["c2", "v0"]


def test_a_customers_name_narrows_a_search_but_does_not_find_all_its_notes() -> None:
    """«远大 费率»: notes about the fee at Yuanda; «远大» alone: Yuanda, and notes that name it."""
    yuanda = file_of("嫌费率高", "来电", "转告远大财务", name="远大纺织")
    other = file_of("嫌费率高", id="c2", name="顺达物流")
    assert found("远大 费率", yuanda, other) == ["v0"]
    assert found("远大", yuanda, other) == ["c1", "v2"]
    assert found("远大 纺织", yuanda, other) == ["c1", "v2"]


@pytest.mark.parametrize("query", ["", "  ", "\u200b", "\u0301"], ids=["none", "spaces", "invisible", "only an accent"])
def test_nothing_to_look_for(query: str) -> None:
    assert terms(query) == ()


def test_a_long_query_is_cut() -> None:
    """It goes back and forth in buttons, and each word costs a look through everything."""
    assert len(terms(" ".join(f"w{each}" for each in range(50)))) == MAX_TERMS
    assert len("".join(terms("长" * 5000))) <= 100


def test_an_excerpt_shows_the_hit_in_the_words_of_the_note() -> None:
    """Some words before it, all hits marked, cut where a line ends."""
    pieces = excerpt("前言" * 40 + "客戶嫌費率\n太高，費率要降" + "后话" * 100, terms("费率"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["費率", "費率"]
    assert (pieces[0].text, pieces[-1].text) == ("…", "…")
    line = "".join(piece.text for piece in pieces)
    assert "嫌費率 太高，費率要降" in line
    assert len(line) == EXCERPT + 2


def test_hits_that_overlap_are_marked_as_one() -> None:
    pieces = excerpt("嫌费率高", terms("嫌费率 率高"))
    assert [(piece.text, piece.is_hit) for piece in pieces] == [("嫌费率高", True)]
