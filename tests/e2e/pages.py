"""What a person does at a page of the product, and what a test sees of it.

Screenshots land in `artifacts/` as they were seen.
"""

from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from bot.storage import playbooks

ROOT = Path(__file__).parent.parent.parent
ARTIFACTS = ROOT / "artifacts"
LIN, CHEN, GRACE, ZHOU, REED = "U01LIN", "U02CHEN", "U03GRACE", "U04ZHOU", "U05REED"
EAST = "C01EAST"
PLAYBOOK = playbooks.load(ROOT / "playbooks")


async def opened(browser: Browser, product: str, person: str) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{product}/?as={person}")
    await expect(page.get_by_test_id("app")).to_have_attribute("data-ready", "true")
    yield page
    await context.close()
    assert faults == []


async def send(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill(text)
    await composer.press("Escape")
    await composer.press("Enter")


async def escape(page: Page) -> None:
    """Closes the window; only when it is gone does the workspace know, which shows it again to the next page."""
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def shot(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTIFACTS / f"{name}.png")


def last_message(page: Page) -> Locator:
    return page.get_by_test_id("message").last
