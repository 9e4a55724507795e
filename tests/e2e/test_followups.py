"""The daily message by clicks, in both languages: every kind of row, finished, put off, dropped, taken back; the same
list asked for; and an old message clicked later."""

import pytest
from playwright.async_api import ViewportSize, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    MANAGER,
    OpenPage,
    below,
    brief,
    button,
    digest,
    fill,
    in_both_languages,
    in_days,
    next_day,
    pick,
    pick_day,
    private,
    row,
    send,
    shot,
    shown_modal,
    submit,
    today,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

RENEWING: dict[Lang, str] = {"zh": "桐汐物流", "en": "朔禾物流"}
RISKY: dict[Lang, str] = {"zh": "栎川机械", "en": "沛榆电子"}
NOTE: dict[Lang, str] = {
    "zh": "今天电话沟通，财务总监离职了。老板嫌费率高，想再考虑。",
    "en": "Called today. Their finance director has left. The owner finds the fee too high.",
}


OBJECTION: dict[Lang, str] = {"zh": "费用太高", "en": "The fee is too high"}
PROMISE: dict[Lang, str] = {"zh": "给出下一笔的确权、验票、登记时间表", "en": "Send the like-for-like cost table"}
LINE: dict[Lang, str] = {"zh": "时间表对过了，客户认可。", "en": "Went through the table, they agree."}
KINDS: dict[Lang, tuple[str, ...]] = {
    "zh": ("没再确认", "还没谈妥", "说好的下一步", "对方"),
    "en": ("not confirmed", "still open", "next step agreed", "They promised"),
}
TALL: ViewportSize = {"width": 1280, "height": 1500}


@in_both_languages
async def test_a_message_has_rows_of_every_kind(open_page: OpenPage, lang: Lang) -> None:
    """Contacts, steps, needs and objections in one list, each with its reason; what was promised to an A customer
    cannot be put off."""
    page = await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    message = digest(page, await next_day(page), lang)
    await expect(message).to_be_visible()
    for words in KINDS[lang]:
        await expect(message).to_contain_text(words)
    promised = row(message, PROMISE[lang])
    await expect(below(promised).locator('[data-action-id^="followup_done"]')).to_have_count(1)
    await expect(below(promised).locator('[data-action-id^="followup_snooze"]')).to_have_count(0)
    await shot(page, f"followups-{lang}")


@in_both_languages
async def test_a_row_is_done_with_the_next_step_of_its_play(open_page: OpenPage, lang: Lang) -> None:
    """The step is filled in from the play; done, the line stands in the row, and the step is in the customer's list."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    message = digest(page, await today(page), lang)
    objection = row(message, OBJECTION[lang])
    customer = (await objection.inner_text()).split("·")[0].strip()
    await below(objection).locator('[data-action-id^="followup_done"]').click()
    step = await shown_modal(page).locator("[data-action-id=next]").input_value()
    assert step
    await shown_modal(page).get_by_test_id("modal-submit").click()
    await expect(shown_modal(page).get_by_test_id("field-error")).to_be_visible()
    await shot(page, f"followups-done-error-{lang}")
    await fill(shown_modal(page), "line", LINE[lang])
    await shot(page, f"followups-done-{lang}")
    await submit(page)
    await expect(message).to_contain_text(text("followup.row_done_line", customer=customer, line=LINE[lang]))
    await send(page, f"/followups {customer}")
    asked = private(page).last
    await expect(asked).to_contain_text(text("followup.list_customer", customer=customer))
    await expect(asked).to_contain_text(step)
    await shot(page, f"followups-of-customer-{lang}")


@in_both_languages
async def test_a_row_is_put_off(open_page: OpenPage, lang: Lang) -> None:
    """By length and reason in one tap, or until a day; a day too far is told at the day."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    message = digest(page, await today(page), lang)
    snoozes = message.locator('[data-action-id^="followup_snooze"]')
    await expect(snoozes.first).to_be_visible()
    left = await snoozes.count()
    await snoozes.first.click()
    await shot(page, f"followups-snooze-menu-{lang}")
    await page.get_by_test_id("select-option").filter(has_text=text("followup.reason_travelling")).nth(1).click()
    await expect(snoozes).to_have_count(left - 1)
    await expect(message).to_contain_text(text("followup.reason_travelling"))
    await snoozes.first.click()
    await page.get_by_test_id("select-option").filter(has_text=text("followup.snooze_pick")).click()
    await pick_day(page, "until", await in_days(page, 30))
    await page.get_by_test_id("modal-submit").click()
    await expect(shown_modal(page).get_by_test_id("field-error")).to_contain_text(
        text("followup.error_until_late", days=7)
    )
    await shot(page, f"followups-until-error-{lang}")
    await pick_day(page, "until", await in_days(page, 5))
    await submit(page)
    await expect(snoozes).to_have_count(left - 2)
    await shot(page, f"followups-snoozed-{lang}")


@in_both_languages
async def test_a_row_is_dropped_and_taken_back(open_page: OpenPage, lang: Lang) -> None:
    """Within the minute the row stands as before; on another day the button says kindly that it is too late."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    message = digest(page, await today(page), lang)
    promised = row(message, PROMISE[lang])
    customer = (await promised.inner_text()).split("·")[0].strip()
    dropped = text("followup.row_dropped", customer=customer, reason=text("followup.drop_overtaken"))
    await pick(page, below(promised), "followup_drop", text("followup.drop_overtaken"))
    await expect(message).to_contain_text(dropped)
    await shot(page, f"followups-dropped-{lang}")
    await button(row(message, dropped), text("followup.undo")).click()
    await expect(message).not_to_contain_text(dropped)
    await pick(page, below(row(message, PROMISE[lang])), "followup_drop", text("followup.drop_overtaken"))
    await expect(button(row(message, dropped), text("followup.undo"))).to_be_visible()
    await next_day(page)
    await button(row(message, dropped), text("followup.undo")).click()
    await expect(private(page).last).to_contain_text(text("error.undo_over"))
    await shot(page, f"followups-undo-late-{lang}")


@in_both_languages
async def test_the_list_is_there_when_asked_for(open_page: OpenPage, lang: Lang) -> None:
    """Today's, the week's, and a customer's with a renewal and a risk event; a row is finished in the answer itself."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size({"width": 1280, "height": 2000})
    await button(await brief(page, RENEWING[lang], lang), text("customer.edit")).click()
    await pick_day(page, "contract_expires_on", await in_days(page, 88))
    await submit(page)
    await send(page, f"/visit {RISKY[lang]} {NOTE[lang]}")
    risk = shown_modal(page).get_by_role("checkbox", name=text("visit.risk_finance_head_leaves"))
    await risk.check()
    await shot(page, f"followups-risk-{lang}")
    await submit(page)
    for words, title in (("", "list_today"), ("week", "list_week")):
        await send(page, f"/followups {words}")
        await expect(private(page).last).to_contain_text(text(f"followup.{title}"))
        await shot(page, f"followups-asked-{words or 'today'}-{lang}")
    await send(page, f"/followups {RISKY[lang]}")
    asked = private(page).last
    await expect(asked).to_contain_text(text("visit.risk_finance_head_leaves"))
    await expect(below(row(asked, text("visit.risk_finance_head_leaves")))).to_be_visible()
    await shot(page, f"followups-risky-{lang}")
    await send(page, f"/followups {RENEWING[lang]}")
    await expect(asked).to_contain_text("T-90")
    await shot(page, f"followups-renewing-{lang}")
    await below(row(asked, "T-90")).locator('[data-action-id^="followup_done"]').click()
    await fill(shown_modal(page), "line", LINE[lang])
    await shot(page, f"followups-milestone-{lang}")
    await submit(page)
    await expect(asked).to_contain_text(LINE[lang])
    await shot(page, f"followups-asked-done-{lang}")


@in_both_languages
async def test_an_old_message_is_clicked_a_week_later(open_page: OpenPage, lang: Lang) -> None:
    """A row still open is finished where it stands; one that was done elsewhere says so and changes nothing."""
    page = await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    day = await next_day(page)
    message = digest(page, day, lang)
    await expect(message).to_be_visible()
    old = page.locator(f'[data-ts="{await message.get_attribute("data-ts")}"]')
    for _ in range(5):
        await next_day(page)
    rows = old.locator('[data-action-id^="followup_done"]')
    await expect(rows.first).to_be_visible()
    left = await rows.count()
    await rows.first.click()
    await fill(shown_modal(page), "line", LINE[lang])
    await submit(page)
    await expect(old).to_contain_text(LINE[lang])
    await expect(rows).to_have_count(left - 1)
    await shot(page, f"followups-old-{lang}")
    latest = digest(page, await today(page), lang)
    await expect(latest).to_be_visible()
