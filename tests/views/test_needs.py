"""The needs file within Slack's limits, with both sides of a contradiction."""

from datetime import timedelta

import pytest

from bot import text as texts
from bot.domain.dossier import Dossier
from bot.domain.entry import Lang
from bot.domain.need import SENTENCE_LIMIT, STATEMENT_LIMIT, NeedStatus, NeedType, difference, needs
from bot.views import needs as views
from tests.builders import LIN, MONDAY, make_change, make_customer, make_visit
from tests.views.limits import NASTY, elements, shown, view_faults

LANGS: tuple[Lang, ...] = ("zh", "en")
ZH, EN = texts.load("zh"), texts.load("en")
FIRST = make_change(statement="年底备货", amount="500万", sentence="先要五百万", type=NeedType.LIQUIDITY)
SECOND = make_change(id="h2", on=MONDAY + timedelta(days=9), amount="800万", sentence="至少八百万", source_id="v1")


def test_both_sides_of_a_contradiction_are_shown() -> None:
    """With the day, who wrote it and the words, in the file and before it is confirmed."""
    found = Dossier(make_customer(), changes=(FIRST, SECOND))
    (need,) = found.needs
    status = views.status_form(found, need, NeedStatus.CONFIRMED, [], MONDAY, ZH)
    for view in (views.file(found, MONDAY, ZH), status):
        told = "\n".join(shown(view))
        for words in ("先要五百万", "至少八百万", "500万", "800万", f"<@{LIN}>", "3月2日", "3月11日"):
            assert words in told


def test_a_need_that_is_over_can_come_back() -> None:
    """What is met or void is offered to be confirmed again, not to be met again."""
    found = Dossier(make_customer(), changes=(make_change(status=NeedStatus.MET),))
    (menu,) = elements(views.file(found, MONDAY, ZH), "overflow")
    assert [each["value"] for each in menu["options"]] == ["change|n1", "confirmed|n1", "timeline|n1"]


def test_the_timeline_has_every_change_newest_first() -> None:
    """Of one need only its own."""
    other = make_change(id="h3", need_id="n2", statement="信保", sentence="买方要信保")
    found = Dossier(make_customer(), changes=(FIRST, SECOND, other))
    every = "\n".join(shown(views.timeline_view(found, "", ZH)))
    assert every.index("至少八百万") < every.index("先要五百万")
    assert "买方要信保" in every
    assert "出自拜访记录" in every
    assert "买方要信保" not in "\n".join(shown(views.timeline_view(found, "n1", ZH)))


def test_a_difference_says_what_was_and_what_is() -> None:
    found = difference([FIRST, SECOND], MONDAY, MONDAY + timedelta(days=9))
    told = "\n".join(shown(views.compare_form(make_customer(), MONDAY, MONDAY, EN, found)))
    assert "Amount: 500万 → 800万" in told
    assert EN("need.same") in "\n".join(shown(views.compare_form(make_customer(), MONDAY, MONDAY, EN, [])))


@pytest.mark.parametrize("lang", LANGS)
def test_the_fullest_file_is_one_that_slack_takes(lang: Lang) -> None:
    """Sixty needs of every status, each told in three ways, made of what could ring somebody."""
    text = texts.load(lang)
    statuses = list(NeedStatus)
    changes = tuple(
        make_change(
            id=f"h{need}.{each}",
            need_id=f"n{need}",
            status=statuses[need % 4] if statuses[need % 4] is not NeedStatus.CONFIRMED or each == 0 else None,
            statement=(NASTY * 9)[:STATEMENT_LIMIT],
            sentence=(NASTY * 20)[:SENTENCE_LIMIT],
            amount=f"{each} {NASTY}"[:60],
            wanted_by=f"{each} {NASTY}"[:60],
            why=(NASTY * 9)[:STATEMENT_LIMIT],
        )
        for need in range(60)
        for each in range(3)
    )
    found = Dossier(make_customer(name=(NASTY * 9)[:60]), changes=changes)
    need, visits = needs(changes)[0], [make_visit(id=f"v{each}", note=NASTY * 9) for each in range(30)]
    for view in (
        views.file(found, MONDAY, text),
        views.timeline_view(found, "", text),
        views.change_form(found.customer, None, [], MONDAY, text),
        views.change_form(found.customer, need, visits, MONDAY, text),
        views.status_form(found, need, NeedStatus.MET, visits, MONDAY, text),
        views.compare_form(found.customer, MONDAY, MONDAY, text, difference(changes, MONDAY - timedelta(1), MONDAY)),
        views.file(Dossier(make_customer()), MONDAY, text),
    ):
        assert view_faults(view) == []
