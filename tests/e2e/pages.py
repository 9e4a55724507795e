"""What a person does at a page of the product, and what a test sees of it.

Screenshots land in `artifacts/` as they were seen.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot import text as texts
from bot.storage import playbooks
from bot.text import Lang

ROOT = Path(__file__).parent.parent.parent
PATIENCE_MS = 20_000
ARTIFACTS = ROOT / "artifacts"
LIN, CHEN, GRACE, ZHOU = "U01LIN", "U02CHEN", "U03GRACE", "U04ZHOU"
REED, HE, FANG = "U05REED", "U06HE", "U07FANG"
MANAGER: dict[Lang, str] = {"zh": LIN, "en": GRACE}
"""An account manager for each language."""
EAST, RANDOM, SALON, FUNDER = "C01EAST", "C03RANDOM", "C04SALON", "C05FUNDER"
in_both_languages = pytest.mark.parametrize("lang", ["zh", "en"])
expect.set_options(timeout=PATIENCE_MS)  # for machines that have other things to do
PLAYBOOK = playbooks.load(ROOT / "playbooks")


async def opened(browser: Browser, product: str, person: str) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{product}/?as={person}")
    await expect(page.get_by_test_id("app")).to_have_attribute("data-ready", "true")
    yield page
    await context.close()
    assert faults == []


class OpenPage(Protocol):
    """Opens the page of a person, whom the app answers in that language, until the end of the test."""

    async def __call__(self, person: str, lang: Lang) -> Page: ...


async def speaks(page: Page, lang: Lang) -> None:
    """Whatever the person's Slack is in."""
    await send(page, f"/factormate language {lang}")
    told = texts.load(lang)(f"language.set_{lang}")
    await expect(private(page).last).to_contain_text(told)


async def send(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill(text)
    await composer.press("Escape")
    await composer.press("Enter")


async def escape(page: Page) -> None:
    """Closes the window; only when it is gone does the workspace know, which shows it again to the next page."""
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def brief(page: Page, name: str, lang: Lang) -> Locator:
    """Asked for anew; the last answer."""
    answers = private(page)
    before = await answers.count()
    await send(page, f"/customer {name}")
    await expect(answers).to_have_count(before + 1)
    await expect(answers.last).to_contain_text(texts.load(lang)("customer.notes"))
    return answers.last


async def go_home(page: Page) -> Locator:
    await page.get_by_test_id("app-link").click()
    await page.get_by_test_id("tab-home").click()
    return page.get_by_test_id("home")


def shown(sentence: str) -> str:
    """Without the signs that mark code and bold words."""
    return sentence.replace("`", "").replace("*", "")


def button(where: Page | Locator, label: str) -> Locator:
    return where.get_by_role("button", name=label, exact=True)


def shown_modal(page: Page) -> Locator:
    """The window on top; the page shows no other."""
    return page.get_by_test_id("modal")


async def submit(page: Page) -> None:
    """Saves the window on top and waits until the one below is shown, or none."""
    below = int(await shown_modal(page).get_attribute("data-depth") or 1) - 1
    await page.get_by_test_id("modal-submit").click()
    await at_depth(page, below)


async def back(page: Page) -> None:
    """To the window below."""
    below = int(await shown_modal(page).get_attribute("data-depth") or 1) - 1
    await page.keyboard.press("Escape")
    await at_depth(page, below)


async def at_depth(page: Page, depth: int) -> None:
    """So many windows lie on each other."""
    if depth:
        await expect(shown_modal(page)).to_have_attribute("data-depth", str(depth))
    else:
        await expect(shown_modal(page)).to_have_count(0)


async def fill(modal: Locator, field: str, words: str) -> None:
    """A field for typing, by its action id."""
    await modal.locator(f"[data-action-id={field}]").fill(words)


async def choose(page: Page, field: str, label: str) -> None:
    """An option of a menu in the window on top."""
    await shown_modal(page).locator(f"[data-action-id={field}]").click()
    await page.get_by_test_id("select-option").filter(has_text=label).first.click()


async def pick_day(page: Page, field: str, day: date) -> None:
    """A day in the window on top, typed as one would."""
    box = shown_modal(page).locator(f"[data-action-id={field}]")
    await box.fill(day.isoformat())
    await box.press("Tab")


async def now(page: Page) -> datetime:
    """By the workspace's clock, which the page shows."""
    shown_at = await page.get_by_test_id("clock-now").get_attribute("datetime")
    return datetime.fromisoformat(shown_at or "").astimezone(ZoneInfo("Asia/Shanghai"))


async def today(page: Page) -> date:
    return (await now(page)).date()


async def in_days(page: Page, days: int) -> date:
    return await today(page) + timedelta(days=days)


async def next_day(page: Page) -> date:
    """Moves the clock to the morning of the next working day, when the daily messages come."""
    before = await today(page)
    button = page.get_by_test_id("clock-next")
    await button.click()
    await expect(button).not_to_have_attribute("aria-busy", "true")
    day = await today(page)
    assert day > before
    return day


async def next_hour(page: Page) -> datetime:
    """Moves the clock on by an hour."""
    before = await now(page)
    button = page.get_by_test_id("clock-hour")
    await button.click()
    await expect(button).not_to_have_attribute("aria-busy", "true")
    after = await now(page)
    assert after > before
    return after


def digest(page: Page, day: date, lang: Lang) -> Locator:
    """The person's message of a day."""
    return page.get_by_test_id("message").filter(has_text=texts.load(lang)("digest.title", day=day)).last


def row(message: Locator, words: str) -> Locator:
    """The part of a message that names a customer."""
    return message.get_by_test_id("block").filter(has_text=words).first


def below(found: Locator) -> Locator:
    """The buttons that follow a row."""
    return found.locator("xpath=following-sibling::*[1]")


async def pick(page: Page, where: Locator, action: str, label: str) -> None:
    """An option of a menu in a message."""
    await where.locator(f'[data-action-id^="{action}"]').click()
    await page.get_by_test_id("select-option").filter(has_text=label).first.click()


async def shot(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")


def private(page: Page) -> Locator:
    """Answers that only the person sees; the daily message is none, whenever it comes."""
    return page.locator("[data-testid=message][data-ephemeral=true]")


def last_message(page: Page) -> Locator:
    return page.get_by_test_id("message").last
