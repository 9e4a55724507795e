"""The team's report in both languages, asked for and on Friday, with charts and the same as text; the key figures."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from bot import text as texts
from bot.calendars import WorkCalendar
from bot.domain.reportday import ReportRules, report_day
from bot.text import Lang
from tests.e2e.pages import (
    ZHOU,
    OpenPage,
    back,
    button,
    go_home,
    in_both_languages,
    next_day,
    next_hour,
    now,
    send,
    shot,
    shown_modal,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

RULES, IS_WORK = ReportRules(), WorkCalendar()
FIGURES: dict[Lang, tuple[str, ...]] = {
    "zh": ("按时联系", "承诺按期兑现", "次日之前写好记录", "每周工作量"),
    "en": ("Contacts on time", "Promises kept on time", "Notes written by the next day", "Load of a week"),
}


@in_both_languages
async def test_a_lead_reads_the_report_with_its_chart(open_page: OpenPage, lang: Lang) -> None:
    lead = await open_page(ZHOU, lang)
    await lead.set_viewport_size({"width": 1280, "height": 1800})
    await send(lead, "/factormate report")
    report = lead.get_by_test_id("message").filter(has_text=texts.load(lang)("report.title")).last
    await expect(report.get_by_test_id("chart-bar").last).to_be_visible()
    await shot(lead, f"report-{lang}")


@in_both_languages
async def test_the_report_comes_on_friday_by_the_workspace_s_clock(open_page: OpenPage, lang: Lang) -> None:
    """By itself in the afternoon, not in the morning: charts, and the figures as text."""
    text, lead = texts.load(lang), await open_page(ZHOU, lang)
    await lead.set_viewport_size({"width": 1280, "height": 1800})
    friday = await next_day(lead)
    while report_day(friday, RULES, IS_WORK) != friday:
        friday = await next_day(lead)
    span = text("report.span", first=friday - timedelta(days=friday.weekday()), last=friday)
    reports = lead.get_by_test_id("message").filter(has_text=text("report.title")).filter(has_text=span)
    await expect(reports).to_have_count(0)
    while (await now(lead)).time() < RULES.at:
        await next_hour(lead)
    await expect(reports).to_have_count(1)
    for figure in FIGURES[lang]:
        await expect(reports).to_contain_text(figure)
    await expect(reports.get_by_test_id("chart-bar").last).to_be_visible()
    await shot(lead, f"report-friday-{lang}")


@in_both_languages
async def test_a_lead_reads_the_key_figures(open_page: OpenPage, lang: Lang) -> None:
    """From Home and by command; where there is too little, how much is lacking instead of a share."""
    text, lead = texts.load(lang), await open_page(ZHOU, lang)
    await button(await go_home(lead), text("kpi.open")).click()
    await expect(shown_modal(lead)).to_contain_text(text("kpi.footer"))
    await shot(lead, f"kpi-{lang}")
    await back(lead)
