"""Tiers, the risk flag, the numbers and what is worth knowing, by clicks and in both languages."""

import pytest
from playwright.async_api import ViewportSize, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    CHEN,
    FANG,
    HE,
    MANAGER,
    ZHOU,
    OpenPage,
    at_depth,
    brief,
    button,
    choose,
    escape,
    fill,
    go_home,
    in_both_languages,
    in_days,
    pick_day,
    private,
    send,
    shot,
    shown_modal,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

SCORED: dict[Lang, str] = {"zh": "栎川机械", "en": "沛榆电子"}
CASE: dict[Lang, str] = {"zh": "桐汐物流", "en": "Ostrel Foods"}
INDUSTRY: dict[Lang, str] = {"zh": "机械", "en": "Electronics"}
WORTH: dict[Lang, str] = {
    "zh": "新的登记办法下月施行，登记期限有变化。",
    "en": "The new registration rules apply from next month.",
}
TALL: ViewportSize = {"width": 1280, "height": 1500}


@in_both_languages
async def test_a_tier_says_why_and_figures_change_it(open_page: OpenPage, lang: Lang) -> None:
    """Every part with its inputs; more than a year's volume in half of it is told at its field."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await page.set_viewport_size(TALL)
    answer = await brief(page, SCORED[lang], lang)
    await answer.locator('[data-action-id^="tiering_why"]').click()
    why = shown_modal(page)
    await expect(why).to_contain_text(text("tiering.parts"))
    await shot(page, f"tier-why-{lang}")
    await button(why, text("tiering.tell")).click()
    await at_depth(page, 2)
    await fill(why, "volume_12m", "900")
    await fill(why, "volume_6m", "1000")
    await page.get_by_test_id("modal-submit").click()
    await expect(why.get_by_test_id("field-error")).to_contain_text(text("tiering.error_volumes"))
    await shot(page, f"tier-figures-error-{lang}")
    for field, value in (("volume_6m", "500"), ("contribution", "2"), ("buyers", "70"), ("potential", "40")):
        await fill(why, field, value)
    await pick_day(page, "customer_since", await in_days(page, -300))
    await submit(page)
    await expect(why).to_contain_text("70%")
    await shot(page, f"tier-why-figures-{lang}")
    await escape(page)


@in_both_languages
async def test_a_lead_sets_a_tier_until_a_day(open_page: OpenPage, lang: Lang) -> None:
    """With a reason; the window says who, why and until when, and takes it back with one click."""
    text, lead = texts.load(lang), await open_page(ZHOU, lang)
    await lead.set_viewport_size(TALL)
    answer = await brief(lead, SCORED[lang], lang)
    await answer.locator('[data-action-id^="tiering_why"]').click()
    why = shown_modal(lead)
    await button(why, text("tiering.set")).click()
    await at_depth(lead, 2)
    await choose(lead, "tier", text("visit.tier_C"))
    await pick_day(lead, "until", await in_days(lead, 30))
    await fill(why, "reason", "本季度先收缩" if lang == "zh" else "We hold back this quarter")
    await shot(lead, f"tier-set-{lang}")
    await submit(lead)
    await expect(why).to_contain_text("周敏")
    await shot(lead, f"tier-set-shown-{lang}")
    await button(why, text("tiering.lift")).click()
    await expect(button(why, text("tiering.lift"))).to_have_count(0)
    await escape(lead)


async def test_a_lead_approves_tier_a(open_page: OpenPage) -> None:
    """Asked on Home, with what it does to the account manager's week."""
    text, chen, lead = texts.load("zh"), await open_page(CHEN, "zh"), await open_page(ZHOU, "zh")
    await lead.set_viewport_size(TALL)
    answer = await brief(chen, "泓砾精密", "zh")
    await button(answer, text("customer.open_file")).click()
    for role in ("财务经理", "总经理"):
        await button(shown_modal(chen), text("dossier.add_contact")).click()
        await at_depth(chen, 2)
        await fill(shown_modal(chen), "role", role)
        await fill(shown_modal(chen), "name", f"{role}甲")
        await submit(chen)
    await escape(chen)
    await send(lead, "/visit 泓砾精密 今天电话，总经理确认下季度排产。")
    await submit(lead)
    await (await brief(chen, "泓砾精密", "zh")).locator('[data-action-id^="tiering_why"]').click()
    await button(shown_modal(chen), text("tiering.tell")).click()
    await at_depth(chen, 2)
    await fill(shown_modal(chen), "volume_6m", "1160")
    await submit(chen)
    await expect(shown_modal(chen)).to_contain_text(text("tiering.cause_asked"))
    await shot(chen, "tier-asked")
    home = await go_home(lead)
    approve = home.locator('[data-action-id^="tiering_approve"]')
    await expect(home).to_contain_text(text("tiering.home"))
    await shot(lead, "tier-approve")
    await approve.first.click()
    await expect(approve).to_have_count(0)
    await escape(chen)
    await expect(await brief(chen, "泓砾精密", "zh")).to_contain_text("A 级")


@in_both_languages
async def test_only_risk_sets_the_flag(open_page: OpenPage, lang: Lang) -> None:
    """From the brief of a case; the account manager has no such button and is told."""
    text, page, he = texts.load(lang), await open_page(MANAGER[lang], lang), await open_page(HE, lang)
    answer = await brief(page, CASE[lang], lang)
    await expect(button(answer, text("riskflag.set"))).to_have_count(0)
    await button(answer, text("case.send")).click()
    reason = "买方付款一个月比一个月慢" if lang == "zh" else "The buyer pays later every month"
    await fill(shown_modal(page), "reason", reason)
    await submit(page)
    sent = he.get_by_test_id("message").filter(has_text=CASE[lang]).last
    await button(sent, text("case.show")).click()
    await button(shown_modal(he), text("riskflag.set")).click()
    await at_depth(he, 2)
    await choose(he, "risk", text("riskflag.flag_amber"))
    await fill(shown_modal(he), "reason", reason)
    await shot(he, f"flag-{lang}")
    await submit(he)
    await escape(he)
    told = page.get_by_test_id("message").filter(has_text=CASE[lang]).filter(has_text=reason).last
    await expect(told).to_contain_text(text("riskflag.flag_amber"))
    await shot(page, f"flag-told-{lang}")


@in_both_languages
async def test_numbers_change_after_a_look(open_page: OpenPage, lang: Lang) -> None:
    """The window says how many days move before it is saved; then the customer's day has moved."""
    text, lead, page = texts.load(lang), await open_page(ZHOU, lang), await open_page(MANAGER[lang], lang)
    await lead.set_viewport_size(TALL)
    await button(await go_home(lead), text("rules.open")).click()
    await shot(lead, f"numbers-{lang}")
    days = {"zh": "12", "en": "10"}[lang]
    modal = shown_modal(lead)
    await modal.locator('[data-action-id="rules_change.0"]').click()
    await at_depth(lead, 2)
    await fill(modal, "max_gap", days)
    await fill(modal, "ideal_gap", "7")
    await shot(lead, f"numbers-form-{lang}")
    await lead.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text(text("rules.becomes", name="", before="", after="").strip(" •:：→*") or "→")
    await expect(button(modal, text("rules.save"))).to_be_visible()
    await shot(lead, f"numbers-preview-{lang}")
    await submit(lead)
    await expect(modal).to_contain_text(days)
    await escape(lead)
    customer = {"zh": "远大纺织", "en": "Quillmere Trading"}[lang]
    await expect(await brief(page, customer, lang)).to_contain_text(text("why.tier", tier="A", count=int(days)))


@in_both_languages
async def test_what_is_worth_knowing_is_passed_on(open_page: OpenPage, lang: Lang) -> None:
    """By an editor, after a look at whom it concerns; the account manager has it among the customer's follow-ups."""
    text, editor, page = texts.load(lang), await open_page(FANG, lang), await open_page(MANAGER[lang], lang)
    await button(await go_home(editor), text("value.open")).click()
    modal = shown_modal(editor)
    await fill(modal, "text", WORTH[lang])
    await editor.get_by_test_id("modal-submit").click()
    await expect(modal.get_by_test_id("field-error").first).to_contain_text(text("value.error_nobody"))
    await fill(modal, "industry", INDUSTRY[lang])
    await shot(editor, f"worth-knowing-{lang}")
    await editor.get_by_test_id("modal-submit").click()
    await expect(button(modal, text("value.start"))).to_be_visible()
    await shot(editor, f"worth-knowing-preview-{lang}")
    await submit(editor)
    await editor.get_by_test_id("tab-messages").click()
    await expect(editor.get_by_test_id("message").last).to_contain_text(text("value.started"))
    await send(page, f"/followups {SCORED[lang]}")
    await expect(private(page).last).to_contain_text(WORTH[lang])
    await shot(page, f"worth-knowing-item-{lang}")
