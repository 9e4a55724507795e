"""What stays undone is told up the line, by clicks and in both languages: the lead's four answers, a hard risk event,
and a suspicion that the lead does not hear of."""

import pytest
from playwright.async_api import Locator, Page, ViewportSize, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    HE,
    MANAGER,
    ZHOU,
    OpenPage,
    brief,
    button,
    choose,
    digest,
    fill,
    in_both_languages,
    in_days,
    next_day,
    pick_day,
    send,
    shot,
    shown_modal,
    submit,
    today,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

NAME: dict[Lang, str] = {"zh": "林悦", "en": "Grace Porter"}
MONDAY = 0
RISKY: dict[Lang, str] = {"zh": "栎川机械", "en": "沛榆电子"}
RISK: dict[Lang, str] = {
    "zh": "今天电话沟通，买方逾期 40 天没有付款。",
    "en": "Called today. The buyer is 40 days overdue on an assigned invoice.",
}
TALL: ViewportSize = {"width": 1280, "height": 1500}


TAKE, REASSIGN, QUIET, NUDGE = (
    f"[data-action-id=escalation_{each}]" for each in ("take", "reassign", "quiet", "nudge")
)


async def asked(page: Page, customers_of: str = "") -> Locator:
    """The lead's last message about somebody's customer that nobody has answered, whatever comes after it."""
    found = page.get_by_test_id("message").filter(has_text=f"@{customers_of}")
    ts = await found.filter(has=page.locator(TAKE)).last.get_attribute("data-ts")
    return page.locator(f'[data-testid=message][data-ts="{ts}"]')


async def after(found: Locator) -> None:
    """Answered, it offers nothing more."""
    await expect(found.locator(TAKE)).to_have_count(0)


async def quiet_form(page: Page) -> Locator:
    """The window of an ask that still waits. One whose customer somebody else has by now says so and loses its
    buttons; then the next one is taken, as one would."""
    while True:
        found = await asked(page)
        await found.locator(QUIET).click()
        while await found.locator(TAKE).count():
            if await shown_modal(page).count():
                return found
            await page.wait_for_timeout(50)


@in_both_languages
async def test_the_lead_nudges_again(open_page: OpenPage, lang: Lang) -> None:
    """A customer whom nobody called: one ask with the last note; the manager finds it on top of the next message."""
    text, lead, manager = texts.load(lang), await open_page(ZHOU, lang), await open_page(MANAGER[lang], lang)
    await lead.set_viewport_size(TALL)
    await manager.set_viewport_size(TALL)
    while (
        await next_day(lead)
    ).weekday() != MONDAY:  # a week of its own, so that the limit of a week is not in the way
        pass
    await expect(lead.get_by_test_id("message").filter(has_text=text("escalation.title")).last).to_be_visible()
    found = await asked(lead, NAME[lang])
    await found.scroll_into_view_if_needed()
    await shot(lead, f"escalation-{lang}")
    await found.locator(NUDGE).click()
    await after(found)
    await expect(found).to_contain_text("周敏")
    await shot(lead, f"escalation-nudged-{lang}")
    message = digest(manager, await next_day(lead), lang)
    await expect(message).to_contain_text("周敏")
    await message.scroll_into_view_if_needed()
    await shot(manager, f"escalation-told-{lang}")


@in_both_languages
async def test_the_lead_takes_reassigns_and_agrees_on_quiet(open_page: OpenPage, lang: Lang) -> None:
    """Each one click or one window; a day that is past is told at its field; what was answered has no buttons."""
    text, lead = texts.load(lang), await open_page(ZHOU, lang)
    await lead.set_viewport_size(TALL)
    await expect(lead.locator(TAKE).first).to_be_visible()
    found = await asked(lead, NAME[lang])
    await found.locator(REASSIGN).click()
    await choose(lead, "to", "陈浩")
    await shot(lead, f"escalation-reassign-{lang}")
    await submit(lead)
    await after(found)
    await shot(lead, f"escalation-reassigned-{lang}")
    found = await asked(lead)
    await found.locator(TAKE).click()
    await after(found)
    found = await quiet_form(lead)
    await pick_day(lead, "until", await today(lead))
    await fill(shown_modal(lead), "reason", "年底盘点，月底再联系" if lang == "zh" else "Stock-taking until then")
    await lead.get_by_test_id("modal-submit").click()
    await expect(shown_modal(lead).get_by_test_id("field-error")).to_contain_text(text("escalation.error_until"))
    await shot(lead, f"escalation-quiet-{lang}")
    await pick_day(lead, "until", await in_days(lead, 20))
    await submit(lead)
    await after(found)


@in_both_languages
async def test_a_hard_risk_event_is_told_at_once(open_page: OpenPage, lang: Lang) -> None:
    """To the account manager and to risk, without waiting for the morning."""
    text, page, he = texts.load(lang), await open_page(MANAGER[lang], lang), await open_page(HE, lang)
    await send(page, f"/visit {RISKY[lang]} {RISK[lang]}")
    await shown_modal(page).get_by_role("checkbox", name=text("visit.risk_buyer_overdue")).check()
    await shot(page, f"risk-event-{lang}")
    await submit(page)
    for each, who in ((page, "owner"), (he, "risk")):
        told = each.get_by_test_id("message").filter(has_text=text("escalation.alert_title")).last
        await expect(told).to_contain_text(RISKY[lang])
        await shot(each, f"risk-event-{who}-{lang}")
    await expect(button(told, text("case.glass"))).to_be_visible()


@in_both_languages
async def test_a_suspicion_goes_past_the_line(open_page: OpenPage, lang: Lang) -> None:
    """Risk and compliance are told; the lead is not."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    he, lead = await open_page(HE, lang), await open_page(ZHOU, lang)
    reason = "怀疑发票是伪造的" if lang == "zh" else "The invoices may be forged"
    await button(await brief(page, RISKY[lang], lang), text("case.send")).click()
    await fill(shown_modal(page), "reason", reason)
    await shown_modal(page).get_by_role("checkbox").first.check()
    await shot(page, f"suspicion-{lang}")
    await submit(page)
    told = he.get_by_test_id("message").filter(has_text=reason).last
    await expect(told).to_contain_text(RISKY[lang])
    await shot(he, f"suspicion-told-{lang}")
    await expect(lead.get_by_test_id("message").filter(has_text=reason)).to_have_count(0)
