"""Charts as images: readable in both languages on a machine without a font, and no larger than Slack's own."""

import io
from pathlib import Path

import pytest
from PIL import Image

from bot import charts
from bot.domain.chart import BarChart, Series
from bot.storage import playbooks

TEXTS = Path("bot/text")
MEGABYTE = 1024 * 1024


def chart(title: str = "客户联系是否按时", *names: str) -> BarChart:
    return BarChart(title, ("A", "B", "C"), tuple(Series(name, (12, 7.5, 3)) for name in names or ("按时",)), "家客户")


def test_it_is_an_image() -> None:
    """As wide as a message shows it on a good screen."""
    image = Image.open(io.BytesIO(charts.png(chart("客户联系是否按时", "按时", "逾期"))))
    assert image.format == "PNG"
    assert image.size == (1036, 518)
    assert len(image.getcolors(image.width * image.height) or ()) > 20


def test_a_lacking_character_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib warns of it, and warnings fail the tests; in the product a box stands in its place."""
    monkeypatch.setattr(charts, "drawable", lambda text: text)
    with pytest.warns(UserWarning, match="missing from font"):
        charts.png(chart("ಠ"))
    monkeypatch.undo()
    assert charts.drawable("ಠ的队") == "□的队"
    charts.png(chart("ಠ"))


def test_a_chart_of_nothing_but_zeros_is_drawn() -> None:
    """Without a scale that goes below zero, whose minus the font lacks."""
    image = charts.png(BarChart("按时联系的客户", ("A",), (Series("按时", (0.0,)),), "%"))
    assert Image.open(io.BytesIO(image)).format == "PNG"


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_font_has_what_our_texts_say(lang: str) -> None:
    """Emoji and the signs of buttons aside, which no chart has."""
    text = (TEXTS / f"{lang}.toml").read_text(encoding="utf-8")
    lacking = {each for each in text if each not in "\n👍👎🌴‹›" and charts.drawable(each) == charts.UNKNOWN}
    assert lacking == set()


def test_the_font_has_what_plays_are_called() -> None:
    """The objections most raised are named in a chart."""
    titles = [each.title for each in playbooks.load(Path("playbooks")).entries.values()]
    assert [each for each in titles if charts.UNKNOWN in charts.drawable(each.zh + each.en)] == []


def test_the_font_is_small_and_has_its_licence() -> None:
    assert charts.FONT_FILE.stat().st_size < 2 * MEGABYTE
    assert "SIL OPEN FONT LICENSE" in (charts.FONT_FILE.parent / "OFL.txt").read_text(encoding="utf-8")
