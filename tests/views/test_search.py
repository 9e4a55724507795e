"""What was found on one screen: hits marked in the words of the note, the rest a click away."""

from datetime import date
from typing import Any

import pytest

from bot import text as texts
from bot.domain.entry import Lang
from bot.domain.search import HITS_SHOWN, Hit, Kind, Piece, Results
from bot.domain.visit import NOTE_LIMIT, PASTED_LIMIT
from bot.views import search as views
from tests.builders import make_customer, make_visit
from tests.views.limits import NASTY, elements, message_faults, shown, written
from tests.views.test_customers import make_brief

LANGS: tuple[Lang, ...] = ("zh", "en")


def make_hit(kind: Kind = Kind.NOTE, **changes: Any) -> Hit:
    pieces = (Piece("嫌", False), Piece("费率", True), Piece("高", False))
    on = None if kind in (Kind.CUSTOMER, Kind.CONTACT, Kind.BUYER) else date(2025, 11, 3)
    return Hit(**{"kind": kind, "id": "v1", "customer": make_customer(), "on": on, "excerpt": pieces, **changes})


def page(total: int, first: int = 0, query: str = "费率", **hit: Any) -> Results:
    return Results(query, [make_hit(**hit)] * min(total - first, HITS_SHOWN), first, total)


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ["“费率”：找到 1 条", "*远大纺织* · 拜访记录 · 2025-11-03", "打开"]),
        ("en", ["“费率”: one found", "*远大纺织* · Visit note · 2025-11-03", "Open"]),
    ],
)
def test_one_hit(lang: Lang, told: list[str]) -> None:
    """Which customer, which day with its year, and where in the sentence; nothing to turn to."""
    blocks = views.page(page(1), texts.load(lang))
    assert message_faults(blocks) == []
    assert written(blocks).splitlines() == told
    (quote,) = elements(blocks, "rich_text_quote")
    assert [(each["text"], bool(each.get("style"))) for each in quote["elements"]] == [
        ("嫌", False),
        ("费率", True),
        ("高", False),
    ]
    assert len(elements(blocks, "button")) == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("total", "first"), [(HITS_SHOWN, 0), (40, 0), (40, 12), (40, 36), (0, 0)])
def test_every_page_fits_slack(lang: Lang, kind: Kind, total: int, first: int) -> None:
    """Whatever is in the names, the notes and the query."""
    excerpt = (Piece(NASTY * 5, False), Piece(NASTY, True))
    found = page(total, first, NASTY, kind=kind, excerpt=excerpt, customer=make_customer(name=NASTY[:60]))
    assert message_faults(views.page(found, texts.load(lang))) == []


@pytest.mark.parametrize(
    ("first", "labels"),
    [(0, ["再往前 6 条"]), (6, ["返回前一页", "再往前 2 条"]), (12, ["返回前一页"])],
    ids=["first", "middle", "last"],
)
def test_pages_lead_to_one_another(first: int, labels: list[str]) -> None:
    """With how many are still to come."""
    blocks = views.page(page(14, first), texts.load("zh"))
    turns = [each for each in elements(blocks, "button") if each["action_id"].startswith(views.TURN)]
    assert [each["text"]["text"] for each in turns] == labels
    assert f"第 {first + 1}–{min(first + 6, 14)} 条" in written(blocks)


@pytest.mark.parametrize("lang", LANGS)
def test_a_found_note_is_whole_above_its_customer(lang: Lang) -> None:
    """As long as a note can be, with its next step and the text it was made from."""
    note = make_visit(note=NASTY + "长" * (NOTE_LIMIT - len(NASTY)), next_step=NASTY, next_step_on=date(2026, 3, 4))
    note = note.model_copy(update={"pasted": NASTY + "旧" * (PASTED_LIMIT - len(NASTY))})
    blocks = views.opened(make_brief(), note, texts.load(lang))
    assert message_faults(blocks) == []
    said = [quote["elements"][0]["text"] for quote in elements(blocks, "rich_text_quote")]
    assert (said[0], "".join(said[1:])) == (note.note, note.pasted)
    assert "远大纺织" in shown(blocks)
