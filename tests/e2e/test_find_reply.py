"""*Find a reply* on a message, in a real browser and in both languages: the play in a window, and a vote on it."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.pages import EAST, PLAYBOOK, escape, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]


async def found_reply(page: Page, line: str) -> Locator:
    """The window, from the menu of a message with a customer's words; it stands where the app does not answer it."""
    await page.locator(f"[data-testid=channel-link][data-channel-id={EAST}]").click()
    await send(page, line)
    message = page.get_by_test_id("message").filter(has_text=line).last
    await message.hover()
    await message.get_by_test_id("message-more").click()
    await page.locator("[data-testid=menu-item][data-callback-id=find_reply]").click()
    return page.get_by_test_id("modal")


async def test_a_reply_is_found_and_what_it_lacks_is_said(lin: Page) -> None:
    """Only Lin sees the window; what she missed is asked on top of it."""
    entry = PLAYBOOK.entries["cost/fee-too-high"]
    modal = await found_reply(lin, "你们的费率也太高了")
    await expect(modal).to_contain_text(entry.speak.zh)
    await modal.get_by_role("button", name="这条话术没帮上忙").click()
    await modal.locator("textarea").fill("客户问的是提前还款")
    await shot(lin, "find-reply-zh")
    await lin.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("谢谢")
    await lin.keyboard.press("Escape")
    await expect(modal).to_contain_text(entry.speak.zh)
    await escape(lin)


async def test_a_reply_is_found_and_helps_in_english(grace: Page) -> None:
    """Thanked for in the window itself, which stays."""
    entry = PLAYBOOK.entries["cost/bank-loan-cheaper"]
    modal = await found_reply(grace, "our bank is much cheaper than you")
    await expect(modal).to_contain_text(entry.speak.en)
    await modal.get_by_role("button", name="This play helped").click()
    await expect(modal).to_contain_text("Thank you, noted.")
    await expect(modal).to_contain_text(entry.speak.en)
    await shot(grace, "find-reply-en")
    await escape(grace)
