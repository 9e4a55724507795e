"""A customer's file by clicks, in both languages: brief, edit, contacts and buyers, needs, the page before a meeting,
hand-over, and what happens when two people edit at once."""

import pytest
from playwright.async_api import Page, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    CHEN,
    MANAGER,
    ZHOU,
    OpenPage,
    at_depth,
    back,
    brief,
    button,
    choose,
    escape,
    fill,
    in_both_languages,
    private,
    send,
    shot,
    shown,
    shown_modal,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

CUSTOMER: dict[Lang, str] = {"zh": "远大纺织", "en": "Quillmere Trading"}
OTHER: dict[Lang, str] = {"zh": "霁川电子", "en": "Tarnwick Components"}


@in_both_languages
async def test_a_customer_is_edited(open_page: OpenPage, lang: Lang) -> None:
    """The brief shows at once what was changed; a reason without a day is told at its field, and stays."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await button(await brief(page, CUSTOMER[lang], lang), text("customer.edit")).click()
    modal = shown_modal(page)
    await expect(modal.locator("[data-action-id=name]")).to_have_value(CUSTOMER[lang])
    await choose(page, "size", text("dossier.size_medium"))
    await choose(page, "preferred_channel", text("visit.channel_phone"))
    await fill(modal, "preferred_every_days", "21")
    await fill(modal, "quiet_reason", "年底盘点" if lang == "zh" else "Stock-taking")
    await shot(page, f"customer-edit-{lang}")
    await modal.get_by_test_id("modal-submit").click()
    await expect(modal.get_by_test_id("field-error")).to_contain_text(text("dossier.error_quiet"))
    await shot(page, f"customer-edit-error-{lang}")
    await fill(modal, "quiet_reason", "")
    await submit(page)
    changed = await brief(page, CUSTOMER[lang], lang)
    await expect(changed).to_contain_text(text("customer.prefers_every", count=21))
    await shot(page, f"customer-edited-{lang}")


@in_both_languages
async def test_contacts_and_buyers_are_kept(open_page: OpenPage, lang: Lang) -> None:
    """Each in a window of its own above the file, which shows it then; a buyer that pays late says by how much."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await button(await brief(page, CUSTOMER[lang], lang), text("customer.open_file")).click()
    file = shown_modal(page)
    await button(file, text("dossier.add_contact")).click()
    await fill(shown_modal(page), "role", "财务总监" if lang == "zh" else "CFO")
    await fill(shown_modal(page), "name", "许文" if lang == "zh" else "Ann Lowe")
    await fill(shown_modal(page), "reach", "xuwen@example.com")
    await shot(page, f"customer-contact-{lang}")
    await submit(page)
    await expect(file).to_contain_text("xuwen@example.com")
    await button(file, text("dossier.add_buyer")).click()
    await fill(shown_modal(page), "name", "东海百货")
    await fill(shown_modal(page), "terms_days", "60")
    await fill(shown_modal(page), "paid_days", "82")
    await choose(page, "confirms", text("dossier.confirms_yes"))
    await submit(page)
    await expect(file).to_contain_text(text("dossier.late_by", count=22))
    await shot(page, f"customer-file-{lang}")
    await escape(page)


@in_both_languages
async def test_needs_are_heard_confirmed_and_contradicted(open_page: OpenPage, lang: Lang) -> None:
    """Two amounts stand side by side with their words until one is confirmed; history and diff tell it."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    statement = "备货周转" if lang == "zh" else "Cash for stock"
    words = ("大概缺三百万", "老板说最多两百万") if lang == "zh" else ("About 3m short", "The boss says 2m at most")
    await button(await brief(page, OTHER[lang], lang), text("customer.open_needs")).click()
    file = shown_modal(page)
    await button(file, text("need.add")).click()
    await fill(shown_modal(page), "statement", statement)
    await fill(shown_modal(page), "amount", "300万")
    await fill(shown_modal(page), "sentence", words[0])
    await shot(page, f"need-add-{lang}")
    await submit(page)
    await expect(file).to_contain_text(f"{statement} · 300万")
    await need_menu(page, statement, text("need.menu_change"))
    await fill(shown_modal(page), "amount", "200万")
    await fill(shown_modal(page), "sentence", words[1])
    await submit(page)
    await expect(file).to_contain_text(text("need.contradicted"))
    for said in ("300万", "200万", *words):
        await expect(file).to_contain_text(said)
    await shot(page, f"need-contradicted-{lang}")
    await need_menu(page, statement, text("need.menu_confirmed"))
    await expect(shown_modal(page)).to_contain_text(words[0])
    await fill(shown_modal(page), "sentence", words[1])
    await shot(page, f"need-confirm-{lang}")
    await submit(page)
    await expect(file).to_contain_text(text("need.status_confirmed"))
    await expect(file).not_to_contain_text(text("need.contradicted"))
    await button(file, text("need.timeline")).click()
    await expect(shown_modal(page)).to_contain_text(words[0])
    await shot(page, f"need-timeline-{lang}")
    await back(page)
    await button(file, text("need.compare")).click()
    await shown_modal(page).get_by_test_id("modal-submit").click()
    await expect(shown_modal(page)).to_contain_text(statement)
    await shot(page, f"need-compare-{lang}")
    await back(page)
    await escape(page)


async def need_menu(page: Page, statement: str, label: str) -> None:
    """An item of the menu on one need."""
    row = shown_modal(page).get_by_test_id("block").filter(has_text=statement).first
    await row.locator('[data-action-id^="needs_menu"]').click()
    await page.get_by_test_id("menu-item").filter(has_text=label).first.click()
    await at_depth(page, 2)


@in_both_languages
async def test_a_meeting_is_prepared(open_page: OpenPage, lang: Lang) -> None:
    """One page: what was said, what is open, what to expect, two questions; a play opens in full."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await send(page, f"/prep {CUSTOMER[lang]}")
    answer = private(page).last
    for key in ("customer.notes", "prep.likely", "prep.questions", "prep.forbidden"):
        await expect(answer).to_contain_text(text(key))
    await answer.scroll_into_view_if_needed()
    await shot(page, f"prep-{lang}")
    await answer.locator('[data-action-id^="entry_more"]').first.click()
    await expect(shown_modal(page)).to_be_visible()
    await shot(page, f"prep-play-{lang}")
    await escape(page)


@in_both_languages
async def test_two_people_edit_and_nothing_is_lost(open_page: OpenPage, lang: Lang) -> None:
    """Whoever saves second sees what the other one wrote beside what was typed, and decides."""
    text = texts.load(lang)
    first, second = await open_page(MANAGER[lang], lang), await open_page(ZHOU, lang)
    for page in (first, second):
        await button(await brief(page, OTHER[lang], lang), text("customer.edit")).click()
    await fill(shown_modal(second), "industry", "消费电子")
    await submit(second)
    await fill(shown_modal(first), "industry", "元器件")
    await shown_modal(first).get_by_test_id("modal-submit").click()
    await expect(shown_modal(first)).to_contain_text(
        text("dossier.conflict_field", field=text("dossier.industry"), now="消费电子")
    )
    await expect(shown_modal(first).locator("[data-action-id=industry]")).to_have_value("元器件")
    await shot(first, f"customer-conflict-{lang}")
    await submit(first)
    await expect(await brief(second, OTHER[lang], lang)).to_contain_text("元器件")


@in_both_languages
async def test_a_customer_is_handed_over(open_page: OpenPage, lang: Lang) -> None:
    """The colleague gets the list; whoever gave the customer away sees it no more."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    chen = await open_page(CHEN, lang)
    await button(await brief(page, OTHER[lang], lang), text("customer.hand_over")).click()
    await expect(shown_modal(page)).to_contain_text(text("handover.effect"))
    await choose(page, "to", "陈浩")
    await shot(page, f"hand-over-{lang}")
    await submit(page)
    received = chen.get_by_test_id("message").filter(has_text=OTHER[lang]).last
    await expect(received).to_contain_text(text("customer.needs"))
    await received.scroll_into_view_if_needed()
    await shot(chen, f"handed-over-{lang}")
    await send(page, f"/customer {OTHER[lang]}")
    await expect(private(page).last).to_contain_text(shown(text("error.customer_not_found")))
