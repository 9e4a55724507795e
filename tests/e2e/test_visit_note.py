"""A visit note in a real browser: read while it is typed, left and taken up again; made from a message, and changed."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    EAST,
    MANAGER,
    RANDOM,
    ZHOU,
    OpenPage,
    back,
    brief,
    button,
    digest,
    escape,
    fill,
    in_both_languages,
    last_message,
    next_day,
    send,
    shot,
    shown_modal,
    speaks,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

NOTE = (
    "昨天下午电话联系了远大纺织，财务总监和老板都在。嫌费率高，说银行只要 4%。"
    "我们周五前给报价，客户答应下周三发审计报告。他们缺 200 万备货款，年底前要用。"
)
CUSTOMER: dict[Lang, str] = {"zh": "远大纺织", "en": "Quillmere Trading"}


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


@in_both_languages
async def test_a_draft_is_offered_again(open_page: OpenPage, lang: Lang) -> None:
    """The window was closed by accident; the next /visit offers what was typed, and putting it away ends that."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    typed = {"zh": "客户想下个月再谈。", "en": "They would rather talk next month. "}[lang]
    promise, ours = {"zh": ("我们下周一寄合同。", "我方，"), "en": ("We will send a quote on Monday.", "Ours, by ")}[
        lang
    ]
    await send(page, f"/visit {CUSTOMER[lang]} {typed}")
    note = shown_modal(page).locator("textarea").first
    await expect(note).to_have_value(typed.strip())
    await note.fill(typed + promise)
    await expect(shown_modal(page)).to_contain_text(ours)  # so the app has it
    await escape(page)
    await send(page, "/visit")
    await button(shown_modal(page), text("visit.draft_continue")).click()
    await expect(note).to_have_value(typed + promise)
    await shot(page, f"visit-draft-{lang}")
    await escape(page)
    await send(page, "/visit")
    await button(shown_modal(page), text("visit.draft_discard")).click()
    await expect(button(shown_modal(page), text("visit.draft_continue"))).to_have_count(0)
    await expect(note).to_have_value("")
    await escape(page)


async def log_message(page: Page, channel: str, words: str) -> Locator:
    """The form, from the menu of a message just sent there."""
    await page.locator(f"[data-testid=channel-link][data-channel-id={channel}]").click()
    await send(page, words)
    message = last_message(page)
    await expect(message).to_contain_text(words[-20:])
    await message.hover()
    await message.get_by_test_id("message-more").click()
    await page.locator("[data-testid=menu-item][data-callback-id=visit_from_message]").click()
    return shown_modal(page)


@in_both_languages
async def test_pasted_minutes_are_kept_whole_beside_the_note(open_page: OpenPage, lang: Lang) -> None:
    """Longer than a field may be: read-only sections hold all of it, and what is promised in its last line is found."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    line, last = {
        "zh": ("客户介绍了车间的排产情况和各条产线的用工安排。", f"{CUSTOMER[lang]}嫌费率高，我们周五前给报价。"),
        "en": (
            "They walked us through the schedule of every production line. ",
            f"{CUSTOMER[lang]} find the fee too high. We will send a quote by Friday.",
        ),
    }[lang]
    modal = await log_message(page, EAST, line * (7000 // len(line)) + last)
    await expect(modal).to_contain_text(last)
    customer = modal.get_by_role("combobox", name=text("visit.customer"), exact=True)
    await expect(customer).to_have_value(re.compile(CUSTOMER[lang]))
    await shot(page, f"visit-pasted-{lang}")
    await escape(page)


@in_both_languages
async def test_two_people_change_a_note_and_both_texts_stay(open_page: OpenPage, lang: Lang) -> None:
    """The account manager and the lead: who saves second sees the other's words above the own ones."""
    text = texts.load(lang)
    own, lead = await open_page(MANAGER[lang], lang), await open_page(ZHOU, lang)
    for page in (own, lead):
        await button(await brief(page, CUSTOMER[lang], lang), text("visit.edit")).last.click()
        await expect(shown_modal(page).locator("textarea").first).not_to_have_value("")
    await shown_modal(lead).locator("textarea").first.fill("主管补充：先做一张发票，周五前给报价。")
    await submit(lead)
    await shown_modal(own).locator("textarea").first.fill("经理补充：三张一起做，周五前给报价。")
    await own.get_by_test_id("modal-submit").click()
    await expect(shown_modal(own)).to_contain_text("主管补充")
    await expect(shown_modal(own).locator("textarea").first).to_have_value("经理补充：三张一起做，周五前给报价。")
    await shot(own, f"visit-conflict-{lang}")
    await submit(own)
    await button(own.get_by_test_id("message").filter(has_text=CUSTOMER[lang]).last, text("visit.edit")).click()
    await button(shown_modal(own), text("visit.history")).click()
    await expect(shown_modal(own)).to_contain_text("主管补充")
    await back(own)
    await escape(own)


async def from_thread(page: Page, channel_id: str, first: str, reply: str) -> Locator:
    """The form, from the menu of a message that somebody has answered in its thread."""
    await page.locator(f"[data-testid=channel-link][data-channel-id={channel_id}]").click()
    await send(page, first)
    message = page.get_by_test_id("messages").first.get_by_test_id("message").filter(has_text=first).last
    await message.hover()
    await message.get_by_test_id("message-reply").click()
    await page.get_by_test_id("thread-composer").fill(reply)
    await page.get_by_test_id("thread-send").click()
    await expect(page.get_by_test_id("thread").get_by_test_id("message")).to_have_count(2)
    await page.get_by_test_id("thread-close").click()
    await message.hover()
    await message.get_by_test_id("message-more").click()
    await page.locator("[data-testid=menu-item][data-callback-id=visit_from_message]").click()
    return shown_modal(page)


@in_both_languages
async def test_a_thread_becomes_a_note(open_page: OpenPage, lang: Lang) -> None:
    """All of it where the app is a member; otherwise the one message, and the form says so."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    first, reply = {
        "zh": ("昨天下午去了远大纺织。", "财务嫌费率高，我们周五前给报价。"),
        "en": (
            "I was at Quillmere Trading yesterday.",
            "The fee is too high. We will send a quote by Friday.",
        ),
    }[lang]
    modal = await from_thread(page, EAST, first, reply)
    await expect(modal.locator("textarea").first).to_have_value(f"{first}\n{reply}")
    await expect(modal).to_contain_text({"zh": "我方，", "en": "Ours, by "}[lang])
    await shot(page, f"visit-note-thread-{lang}")
    await escape(page)
    modal = await from_thread(page, RANDOM, first, reply)
    await expect(modal.locator("textarea").first).to_have_value(first)
    await expect(modal).to_contain_text(text("visit.only_message"))
    await escape(page)


async def test_a_row_of_the_daily_message_becomes_a_note(grace: Page) -> None:
    """The form is about the row's customer, and so is what is saved."""
    await speaks(grace, "en")
    message = digest(grace, await next_day(grace), "en")
    log = message.locator('[data-action-id^="followup_log"]').first
    above = log.locator("xpath=ancestor::*[@data-testid='block'][1]/preceding-sibling::*[1]")
    customer = (await above.inner_text()).split("·")[0].strip()
    await log.click()
    await fill(shown_modal(grace), "note", "Called today. They compare us with their bank and decide next week.")
    await shot(grace, "visit-note-row-en")
    await submit(grace)
    saved = grace.get_by_test_id("message").filter(has_text="Saved: ").last
    await expect(saved).to_contain_text("decide next week")
    await expect(saved).to_contain_text(f"with {customer} on")
    await shot(grace, "visit-note-row-saved-en")
