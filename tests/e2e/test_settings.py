"""One's own settings by clicks, in both languages: hour and language, a pause that lacks something, and leave with a
stand-in, who gets the list meanwhile."""

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    CHEN,
    MANAGER,
    OpenPage,
    back,
    button,
    choose,
    digest,
    go_home,
    in_both_languages,
    in_days,
    last_message,
    next_day,
    pick_day,
    row,
    shot,
    shown_modal,
    submit,
    today,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

NAME: dict[Lang, str] = {"zh": "林悦", "en": "Grace"}
STAND_IN = "陈浩"
TALL: ViewportSize = {"width": 1280, "height": 1500}


async def settings(page: Page, lang: Lang) -> Locator:
    """From Home."""
    await button(await go_home(page), texts.load(lang)("settings.open")).click()
    await expect(shown_modal(page)).to_contain_text(texts.load(lang)("settings.title"))
    return shown_modal(page)


async def messages(page: Page) -> None:
    await page.get_by_test_id("tab-messages").click()


@in_both_languages
async def test_hour_and_language_are_chosen(open_page: OpenPage, lang: Lang) -> None:
    """The answer is in the language just chosen, and so is the next message, at the hour chosen."""
    other: Lang = "en" if lang == "zh" else "zh"
    page = await open_page(MANAGER[lang], lang)
    await settings(page, lang)
    await choose(page, "digest_at", "08:30")
    await choose(page, "language", texts.load(lang)(f"settings.language_{other}"))
    await shot(page, f"settings-{lang}")
    await submit(page)
    await messages(page)
    await expect(last_message(page)).to_contain_text(texts.load(other)("settings.saved"))
    day = await next_day(page)
    await expect(digest(page, day, other)).to_be_visible()
    await settings(page, other)
    await choose(page, "digest_at", texts.load(other)("settings.usual", at="09:00"))
    await choose(page, "language", texts.load(other)(f"settings.language_{lang}"))
    await submit(page)
    await messages(page)
    await expect(last_message(page)).to_contain_text(texts.load(lang)("settings.saved"))


@in_both_languages
async def test_a_pause_needs_a_stand_in_and_an_end(open_page: OpenPage, lang: Lang) -> None:
    """What is missing is told at its field, and nothing typed is lost."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    modal = await settings(page, lang)
    await choose(page, "away", text("settings.away_pause"))
    await pick_day(page, "first_on", await in_days(page, 1))
    await pick_day(page, "last_on", await in_days(page, 30))
    typed = await modal.locator("[data-action-id=last_on]").input_value()
    assert typed
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text(text("settings.error_stand_in"))
    await expect(modal).to_contain_text(text("settings.error_long_pause", days=14))
    await expect(modal.locator("[data-action-id=last_on]")).to_have_value(typed)
    await shot(page, f"settings-error-{lang}")
    await back(page)


@in_both_languages
async def test_on_leave_the_stand_in_has_the_list(open_page: OpenPage, lang: Lang) -> None:
    """Chen's message has the rows of who is away, who gets none; the day after the last one it is as before."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    last_on = await in_days(page, 1)
    await settings(page, lang)
    await choose(page, "stand_in", STAND_IN)
    await choose(page, "away", text("settings.away_leave"))
    await pick_day(page, "first_on", await today(page))
    await pick_day(page, "last_on", last_on)
    await shot(page, f"settings-leave-{lang}")
    await submit(page)
    await messages(page)
    await expect(last_message(page)).to_contain_text(STAND_IN)
    stand_in = await open_page(CHEN, lang)
    await stand_in.set_viewport_size(TALL)
    day = await next_day(page)
    while day <= last_on:
        await expect(row(digest(stand_in, day, lang), NAME[lang])).to_be_visible()
        await expect(digest(page, day, lang)).to_have_count(0)
        await shot(stand_in, f"settings-stand-in-{lang}")
        day = await next_day(page)
    await expect(digest(page, day, lang)).to_be_visible()
    await expect(digest(stand_in, day, lang)).to_be_visible()
    await expect(row(digest(stand_in, day, lang), NAME[lang])).to_have_count(0)
