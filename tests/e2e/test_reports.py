"""The team's report by a command, in both languages: a chart, and the same numbers as text."""

import pytest
from playwright.async_api import expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import ZHOU, OpenPage, in_both_languages, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]


@in_both_languages
async def test_a_lead_reads_the_report_with_its_chart(open_page: OpenPage, lang: Lang) -> None:
    lead = await open_page(ZHOU, lang)
    await lead.set_viewport_size({"width": 1280, "height": 1800})
    await send(lead, "/factormate report")
    report = lead.get_by_test_id("message").filter(has_text=texts.load(lang)("report.title")).last
    await expect(report.get_by_test_id("chart-bar").last).to_be_visible()
    await shot(lead, f"report-{lang}")
