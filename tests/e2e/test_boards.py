"""Home by role, in both languages: an account manager's customers, a lead's exceptions and team, an editor's gaps."""

import re

import pytest
from playwright.async_api import ViewportSize, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    FANG,
    MANAGER,
    ZHOU,
    OpenPage,
    back,
    button,
    go_home,
    in_both_languages,
    shot,
    shown_modal,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

TALL: ViewportSize = {"width": 1280, "height": 2400}


@in_both_languages
async def test_an_account_manager_works_through_the_own_list(open_page: OpenPage, lang: Lang) -> None:
    """Today's rows first; customers by colour, of which only the red ones stay; nothing of the team."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    home = await go_home(page)
    await expect(home).to_contain_text(text("board.customers"))
    await expect(home).to_contain_text(text("home.title"))
    await expect(home).not_to_contain_text(text("board.exceptions_none"))
    await expect(button(home, text("kpi.open"))).to_have_count(0)
    await shot(page, f"home-manager-{lang}")
    menus = home.locator('[data-action-id^="home_customer.customer"]')
    await expect(menus.first).to_be_visible()
    every = await menus.count()
    await home.locator('[data-action-id^="home_narrow"]').nth(1).click()
    await expect(menus).not_to_have_count(every)
    await shot(page, f"home-manager-red-{lang}")
    await home.locator('[data-action-id^="home_narrow"]').first.click()
    await expect(menus).to_have_count(every)


@in_both_languages
async def test_a_lead_sees_what_is_late_and_whose_week_is_full(open_page: OpenPage, lang: Lang) -> None:
    """And opens the workspace's tab, which names no customer."""
    text, page = texts.load(lang), await open_page(ZHOU, lang)
    await page.set_viewport_size(TALL)
    home = await go_home(page)
    await button(home, text("board.tab_team")).click()
    people = home.locator("strong").filter(has_text=re.compile(rf"^{text('board.people')} · "))
    await expect(people).to_be_visible()
    await expect(home).to_contain_text(text("board.what_contact"))
    for name in ("林悦", "陈浩", "Grace"):
        await expect(home).to_contain_text(name)
    await shot(page, f"home-lead-{lang}")
    await button(home, text("board.tab_workspace")).click()
    await expect(home).to_contain_text(text("board.workspace_intro"))
    await expect(people).to_have_count(0)
    await shot(page, f"home-workspace-{lang}")
    await button(home, text("board.tab_team")).click()
    await expect(people).to_be_visible()


@in_both_languages
async def test_an_editor_sees_gaps_and_no_customers(open_page: OpenPage, lang: Lang) -> None:
    text, page = texts.load(lang), await open_page(FANG, lang)
    await page.set_viewport_size(TALL)
    home = await go_home(page)
    await expect(home).to_contain_text(text("gap.title"))
    await expect(home).not_to_contain_text(text("board.customers"))
    await expect(button(home, text("home.log"))).to_have_count(0)
    await shot(page, f"home-editor-{lang}")
    await button(home, text("usage.open")).click()
    await expect(shown_modal(page)).to_contain_text(text("usage.title"))
    await back(page)
