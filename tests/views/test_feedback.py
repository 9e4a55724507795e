"""The two buttons under an answer, Slack's own and plain ones."""

from dataclasses import replace

import pytest

from bot import text as texts
from bot.domain.entry import Lang
from bot.views import entrywindow
from bot.views import feedback as views
from bot.views import playbook as playbook_views
from bot.views.blocks import unpacked
from bot.views.shown import ASKED_LIMIT, Shown
from tests.builders import MONDAY, make_playbook
from tests.views.limits import NASTY, elements, message_faults, view_faults, written

TINY = make_playbook()
ENTRY = TINY.entries["cost/fee-too-high"]
ANSWER = Shown(ENTRY.id, "zh", "费率", answer_id="a1", asked=f'"\\\n{NASTY}' * 99)
LANGS: tuple[Lang, ...] = ("zh", "en")
languages = pytest.mark.parametrize("lang", LANGS)


@languages
def test_an_answer_asks_whether_it_helped(lang: Lang) -> None:
    """The vote comes back with the play, the answer and what was asked, however odd or long that is."""
    blocks = playbook_views.card(ENTRY, ANSWER, TINY, texts.load(lang), MONDAY)
    assert message_faults(blocks) == []
    (native,) = elements(blocks, "feedback_buttons")
    for side, vote in (("positive_button", "up"), ("negative_button", "down")):
        values = unpacked(native[side]["value"])
        assert values["v"] == vote
        assert Shown.of(values) == replace(ANSWER, asked=f"{ANSWER.asked[: ASKED_LIMIT - 1]}…")


@languages
def test_plain_buttons_say_the_same(lang: Lang) -> None:
    """For workspaces that refuse Slack's own; the rest of the card stays."""
    text = texts.load(lang)
    two = [
        *playbook_views.compact(ENTRY, ANSWER, text, 0),
        *playbook_views.compact(ENTRY, ANSWER, text, 1),
    ]
    blocks = views.made_plain(two)
    assert message_faults(blocks) == []
    assert views.is_native(two)
    assert not views.is_native(blocks)
    natives = elements(two, "feedback_buttons")
    values = [each[side]["value"] for each in natives for side in ("positive_button", "negative_button")]
    votes = [each for each in elements(blocks, "button") if each["action_id"].startswith(views.VOTE)]
    assert [each["value"] for each in votes] == values
    assert [block for block in two if block in blocks] == [b for b in two if b["type"] != "context_actions"]


@languages
def test_a_window_asks_with_plain_buttons_and_thanks_once(lang: Lang) -> None:
    """Slack's own are for messages only; the rest of the window stays as it is."""
    text = texts.load(lang)
    view = entrywindow.more_modal(ENTRY, "zh", TINY, text, answered=ANSWER)
    assert view_faults(view) == []
    votes = [each for each in elements(view, "button") if each["action_id"].startswith(views.VOTE)]
    assert [unpacked(each["value"])["v"] for each in votes] == ["up", "down"]
    known = [{"block_id": str(number), **block} for number, block in enumerate(view["blocks"])]
    thanked = views.thanked({**view, "blocks": known, "id": "V1", "hash": "1.x"}, text)
    assert view_faults(thanked) == []
    assert views.thanked(thanked, text) == thanked
    assert [each for each in thanked["blocks"] if each in known] == known
    assert text("feedback.thanks") in written(thanked["blocks"])


def test_what_is_no_answer_asks_nothing() -> None:
    """A play that a colleague shared, also from an answer."""
    text = texts.load("zh")
    assert not views.is_native(playbook_views.card(ENTRY, Shown(ENTRY.id, "zh"), TINY, text, MONDAY))
    assert not views.is_native(playbook_views.shared(ENTRY, ANSWER, TINY, text, MONDAY, "U9"))


@languages
def test_the_windows_after_a_thumbs_down(lang: Lang) -> None:
    """Saying what was missing is optional."""
    text = texts.load(lang)
    view = views.missing_modal("v1", text)
    assert view_faults(view) == []
    assert view["blocks"][0]["optional"] is True
    assert unpacked(view["private_metadata"]) == {"q": "v1"}
    assert view_faults(views.noted_modal(text)) == []
