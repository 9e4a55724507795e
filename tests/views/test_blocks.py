"""The building bricks: cut to Slack's limits, safe with what people typed."""

import pytest

from bot.views import blocks
from tests.views.limits import NASTY, message_faults, view_faults


def test_user_text_cannot_ring_everyone() -> None:
    """Slack undoes exactly these three when it shows the text."""
    assert blocks.escape("<!channel> & A > B") == "&lt;!channel&gt; &amp; A &gt; B"


@pytest.mark.parametrize(("text", "cut"), [("七个字", "七个字"), ("七个字的长度是", "七个字的长…"), ("", "")])
def test_a_long_text_is_cut_with_a_sign(text: str, cut: str) -> None:
    """The sign counts."""
    assert blocks.clip(text, 6) == cut


def test_bricks_stay_within_limits_whatever_they_are_given() -> None:
    """Every text ten times too long."""
    long = NASTY * 300
    pick = blocks.select("static_select", "s", long, options=[blocks.option(long, "v")])
    assert (
        message_faults(
            [
                blocks.header(long),
                blocks.section(blocks.escape(long), accessory=blocks.button(long, "b", long, style="danger")),
                blocks.context(blocks.escape(long)),
                blocks.actions([pick], block_id="a"),
                blocks.divider(),
            ]
        )
        == []
    )
    form = blocks.modal(long[:10], long, [blocks.input_block("i", "label", pick)], close=long, submit=long)
    assert view_faults(form) == []


@pytest.mark.parametrize("cut", range(2990, 3000))
def test_a_cut_never_tears_an_escaped_character(cut: int) -> None:
    """Half an `&amp;` would be shown as it stands."""
    text = blocks.mrkdwn("x" * cut + blocks.escape("<&>") * 9)["text"]
    assert len(text) <= blocks.SECTION_LIMIT
    assert message_faults([blocks.section(text)]) == []


def test_what_a_button_remembers_comes_back() -> None:
    """Chinese text stays short: it is not spelled in escapes."""
    values = {"e": "cost/fee-too-high", "m": "费率“高”"}
    assert blocks.unpacked(blocks.packed(values)) == values
    assert "费率" in blocks.packed(values)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null"], ids=["empty", "torn", "list", "string", "null"])
def test_altered_state_is_no_state(text: str) -> None:
    """Whoever sends a button back changed it: nothing is read from it."""
    assert blocks.unpacked(text) == {}


def test_a_select_leaves_out_what_is_not_given() -> None:
    """Slack refuses a null."""
    assert "initial_option" not in blocks.select("external_select", "s", "…", initial_option=None)


def test_a_window_that_only_shows_has_nothing_to_send() -> None:
    """No submit button without fields."""
    assert "submit" not in blocks.modal("c", "t", [blocks.section("x")], close="Close")
