"""A visit note in a real browser: read while it is typed, left and taken up again; made from a message, and changed."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.pages import EAST, escape, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

NOTE = (
    "昨天下午电话联系了远大纺织，财务总监和老板都在。嫌费率高，说银行只要 4%。"
    "我们周五前给报价，客户答应下周三发审计报告。他们缺 200 万备货款，年底前要用。"
)


async def test_a_note_is_read_while_it_is_typed(lin: Page) -> None:
    """What was typed stays; a draft waits when the window is closed; saved, the answer names what follows."""
    await send(lin, "/visit")
    modal = lin.get_by_test_id("modal")
    note = modal.locator("textarea").first
    await note.fill(NOTE)
    await expect(modal).to_contain_text("我方，")
    await expect(modal.get_by_role("combobox", name="客户", exact=True)).to_have_value("远大纺织 · A")
    await expect(note).to_have_value(NOTE)
    await expect(note).to_be_focused()
    await shot(lin, "visit-note-zh")
    await modal.get_by_role("checkbox", name="老板").uncheck()
    await note.fill(f"{NOTE}下周一寄合同。")
    await expect(modal).to_contain_text("寄合同")
    await expect(modal.get_by_role("checkbox", name="老板")).not_to_be_checked()
    await escape(lin)
    await send(lin, "/visit")
    await expect(modal).to_contain_text("继续写 远大纺织 的草稿？")
    await modal.get_by_role("button", name="继续写").click()
    await expect(note).to_have_value(f"{NOTE}下周一寄合同。")
    await expect(modal.get_by_role("checkbox", name="老板")).not_to_be_checked()
    await shot(lin, "visit-note-draft-zh")
    await lin.get_by_test_id("modal-submit").click()
    await expect(modal).to_have_count(0)
    saved = lin.get_by_test_id("message").filter(has_text="已保存").last
    await expect(saved).to_contain_text("对方，")
    await expect(saved).to_contain_text("还没满足的需求")
    await shot(lin, "visit-note-saved-zh")


async def test_a_message_becomes_a_note_that_is_changed_later(grace: Page) -> None:
    """From the menu of a message; the saved note is changed from its confirmation, and its versions are shown."""
    line = "Quillmere Trading find the fee too high. We will send a cost sheet by Friday."
    await grace.locator(f"[data-testid=channel-link][data-channel-id={EAST}]").click()
    await send(grace, line)
    message = grace.get_by_test_id("message").filter(has_text=line).last
    await message.hover()
    await message.get_by_test_id("message-more").click()
    await grace.locator("[data-testid=menu-item][data-callback-id=visit_from_message]").click()
    modal = grace.get_by_test_id("modal")
    await expect(modal).to_contain_text("Ours, by ")
    await expect(modal.locator("textarea").first).to_have_value(line)
    await shot(grace, "visit-note-en")
    await grace.get_by_test_id("modal-submit").click()
    await expect(modal).to_have_count(0)
    await grace.get_by_test_id("app-link").click()
    saved = grace.get_by_test_id("message").filter(has_text="Saved: ").last
    await expect(saved).to_contain_text("Promises, in the follow-ups by their day")
    await saved.get_by_role("button", name="Change note").click()
    await expect(modal).to_contain_text("version 1")
    await modal.locator("textarea").first.fill(f"{line} They will think about it.")
    await grace.get_by_test_id("modal-submit").click()
    await expect(modal).to_have_count(0)
    changed = grace.get_by_test_id("message").filter(has_text="Changed: ").last
    await changed.get_by_role("button", name="Change note").click()
    await modal.get_by_role("button", name="Earlier versions").click()
    await expect(modal).to_contain_text("Version 1")
    await shot(grace, "visit-note-versions-en")
    await grace.keyboard.press("Escape")
    await expect(modal).to_contain_text("version 2")
    await escape(grace)
