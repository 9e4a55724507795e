"""What a saved note adds to the needs of its customer."""

from bot.domain.heard import NeedNoted
from bot.domain.need import NeedType
from bot.domain.note import need_changes
from tests.builders import MONDAY, make_change, make_visit


def test_needs_are_told_apart_by_their_type() -> None:
    """The open need of that type gets another change; «other» is always a new one."""
    visit = make_visit(note="今天去了。备货缺 200 万，年前要用。下次再约")
    known = [make_change(type=NeedType.LIQUIDITY), make_change(id="h2", need_id="n2", type=NeedType.OTHER)]
    noted = [
        NeedNoted(NeedType.LIQUIDITY, "备货缺钱", "¥2,000,000", "2026-03-06", "备货缺 200 万"),
        NeedNoted(NeedType.OTHER, "想开票"),
    ]
    first, second = need_changes(noted, visit, known)
    assert (first.need_id, first.source_id, first.on, first.author_id) == ("n1", "v1", MONDAY, visit.author_id)
    assert first.sentence == "备货缺 200 万，年前要用。"
    assert (first.amount, first.wanted_by) == ("¥2,000,000", "2026-03-06")
    assert second.need_id == second.id
    assert second.sentence == "想开票"
