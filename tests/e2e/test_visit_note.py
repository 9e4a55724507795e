"""A visit note in a real browser: typed and read meanwhile, left and taken up again, from a message, and changed."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.pages import escape, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

NOTE = (
    "昨天下午电话聊了宏达机械，财务总监和老板都在。嫌费率高，说银行只要 4%。我们报了年化 8.5%。"
    "答应周五前给报价，对方下周三发审计报告。年底前缺 200 万备货款。最近有个供应商起诉他们。"
)


def field(modal: Locator, label: str) -> Locator:
    return modal.locator(".block").filter(has_text=label)


async def test_a_note_is_read_while_it_is_typed(lin: Page) -> None:
    """What was typed stays; what it says is ticked for correction; a draft waits when the window is closed."""
    await send(lin, "/visit")
    modal = lin.get_by_test_id("modal")
    note = modal.locator("textarea").first
    await note.fill(NOTE)
    await expect(modal).to_contain_text("财务总监")
    await shot(lin, "visit-note-zh")
    await modal.locator(".modal__body").evaluate("(body) => (body.scrollTop = 700)")
    await shot(lin, "visit-note-zh-2")
    await modal.locator(".modal__body").evaluate("(body) => (body.scrollTop = 1500)")
    await shot(lin, "visit-note-zh-3")
    await modal.locator(".modal__body").evaluate("(body) => (body.scrollTop = 2300)")
    await shot(lin, "visit-note-zh-4")
    await expect(note).to_have_value(NOTE)
    await escape(lin)
    await send(lin, "/visit")
    await expect(modal).to_contain_text("继续写")
    await shot(lin, "visit-note-draft-zh")
    await modal.get_by_role("button", name="继续写").click()
    await expect(modal.locator("textarea").first).to_have_value(NOTE)
    await escape(lin)
