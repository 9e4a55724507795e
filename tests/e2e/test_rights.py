"""Who sees what, by clicks and in both languages: roles, cases of risk, broken glass, sharing, and people who leave."""

import pytest
from playwright.async_api import Page, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import (
    CHEN,
    EAST,
    GRACE,
    HE,
    LIN,
    MANAGER,
    REED,
    SALON,
    ZHOU,
    OpenPage,
    at_depth,
    back,
    brief,
    button,
    choose,
    escape,
    fill,
    go_home,
    in_both_languages,
    last_message,
    private,
    send,
    shot,
    shown,
    shown_modal,
    submit,
)

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

CUSTOMER: dict[Lang, str] = {"zh": "远大纺织", "en": "Quillmere Trading"}
MENU = '[data-action-id^="leaver_reassign"]'
CHENS: dict[Lang, str] = {"zh": "泓砾精密", "en": "铎岭建筑"}


@in_both_languages
async def test_an_admin_gives_roles_and_the_last_one_stays(open_page: OpenPage, lang: Lang) -> None:
    """From Home; whoever got a role can use it at once, and the only admin cannot be taken away."""
    text, zhou, reed = texts.load(lang), await open_page(ZHOU, lang), await open_page(REED, lang)
    home = await go_home(zhou)
    await button(home, text("staff.open")).click()
    listed = shown_modal(zhou)
    await expect(listed).to_contain_text(text("role.risk"))
    await shot(zhou, f"roles-{lang}")
    await button(listed, text("staff.give")).click()
    await at_depth(zhou, 2)
    await choose(zhou, "people", "Tom Reed")
    await zhou.keyboard.press("Tab")  # a list of several stays open
    await listed.get_by_role("checkbox", name=text("role.account_manager")).check()
    await fill(listed, "team", "华南")
    await shot(zhou, f"roles-give-{lang}")
    await submit(zhou)
    row = listed.get_by_test_id("block").filter(has_text="Tom Reed")
    await expect(row).to_contain_text(text("role.account_manager"))
    await send(reed, "/visit")
    await expect(shown_modal(reed)).to_contain_text(text("visit.title"))
    await escape(reed)
    await button(listed.get_by_test_id("block").filter(has_text="周敏"), text("staff.change")).click()
    await at_depth(zhou, 2)
    await listed.get_by_role("checkbox", name=text("role.admin")).uncheck()
    await zhou.get_by_test_id("modal-submit").click()
    await expect(listed.get_by_test_id("field-error")).to_be_visible()
    await shot(zhou, f"roles-last-admin-{lang}")
    await back(zhou)
    await button(row, text("staff.change")).click()
    await at_depth(zhou, 2)
    await listed.get_by_role("checkbox", name=text("role.account_manager")).uncheck()
    await submit(zhou)
    await expect(row).to_have_count(0)
    await escape(zhou)


@in_both_languages
async def test_risk_reads_a_case_until_it_is_closed(open_page: OpenPage, lang: Lang) -> None:
    """Sent with a reason by the account manager; risk can read and not write, and closing it ends that."""
    text, page, he = texts.load(lang), await open_page(MANAGER[lang], lang), await open_page(HE, lang)
    reason = "买方连续两个月付款变慢" if lang == "zh" else "The buyer pays later every month"
    await button(await brief(page, CUSTOMER[lang], lang), text("case.send")).click()
    await expect(shown_modal(page)).to_contain_text("何静")
    await fill(shown_modal(page), "reason", reason)
    await shot(page, f"case-send-{lang}")
    await submit(page)
    await expect(last_message(page)).to_contain_text(shown(text("case.sent_done", customer=CUSTOMER[lang])))
    sent = he.get_by_test_id("message").filter(has_text=reason).last
    await button(sent, text("case.show")).click()
    await expect(shown_modal(he)).to_contain_text(text("customer.notes"))
    await expect(button(shown_modal(he), text("customer.log"))).to_have_count(0)
    await shot(he, f"case-read-{lang}")
    await button(shown_modal(he), text("case.close")).click()
    await expect(shown_modal(he)).to_contain_text(text("case.closed"))
    await escape(he)
    told = page.get_by_test_id("message").filter(has_text=CUSTOMER[lang]).last
    await expect(told).to_contain_text("何静")


@in_both_languages
async def test_risk_breaks_the_glass_and_the_owner_is_told(open_page: OpenPage, lang: Lang) -> None:
    """Offered for any name; the brief opens after a reason, which the account manager hears of."""
    text, he, chen = texts.load(lang), await open_page(HE, lang), await open_page(CHEN, lang)
    reason = "监管抽查这家客户" if lang == "zh" else "The regulator asks about it"
    await send(he, f"/customer {CHENS[lang]}")
    await button(private(he).last, text("case.glass")).click()
    modal = shown_modal(he)
    await expect(modal.locator("[data-action-id=name]")).to_have_value(CHENS[lang])
    await fill(modal, "reason", reason)
    await shot(he, f"glass-{lang}")
    await he.get_by_test_id("modal-submit").click()
    await button(modal, text("case.show")).click()
    await expect(modal).to_contain_text(text("customer.notes"))
    await shot(he, f"glass-broken-{lang}")
    await back(he)
    await escape(he)
    told = chen.get_by_test_id("message").filter(has_text=reason).last
    await expect(told).to_contain_text(CHENS[lang])
    await shot(chen, f"glass-told-{lang}")
    home = await go_home(he)
    await expect(home).to_contain_text(reason)
    await shot(he, f"risk-home-{lang}")


@in_both_languages
async def test_a_customer_is_shared_where_only_colleagues_read(open_page: OpenPage, lang: Lang) -> None:
    """With a preview of who reads it; refused where a guest does, and a channel of two companies is not offered."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await button(await brief(page, CUSTOMER[lang], lang), text("share.button")).click()
    modal = shown_modal(page)
    await modal.locator("[data-action-id=customer_share_target]").click()
    offered = page.get_by_test_id("select-option")
    await expect(offered.filter(has_text="east-team")).to_have_count(1)
    await expect(offered.filter(has_text="funder")).to_have_count(0)
    await offered.filter(has_text="client-salon").click()
    await expect(modal).to_contain_text(shown(text("share.outsiders", names="Mia Novak")))
    await shot(page, f"share-refused-{lang}")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text(shown(text("share.outsiders", names="Mia Novak")))
    await choose(page, "customer_share_target", "east-team")
    await expect(modal).to_contain_text("Grace Porter")
    await expect(modal).not_to_contain_text("Mia Novak")
    await shot(page, f"share-{lang}")
    await submit(page)
    assert await shared_in(page, EAST, CUSTOMER[lang]) == 1
    await shot(page, f"shared-{lang}")
    assert await shared_in(page, SALON, CUSTOMER[lang]) == 0


async def shared_in(page: Page, channel: str, name: str) -> int:
    """How many messages of the app there name the customer."""
    await page.locator(f"[data-testid=channel-link][data-channel-id={channel}]").click()
    await expect(page.get_by_test_id("conversation")).to_have_attribute("data-channel-id", channel)
    found = page.get_by_test_id("message").filter(has_text=name)
    if channel == EAST:
        await expect(found.last).to_be_visible()
    return await found.count()


@in_both_languages
async def test_leavers_customers_are_given_to_others(open_page: OpenPage, lang: Lang) -> None:
    """The lead hears of it at once, finds the customers on Home and gives one away; who comes back begins anew."""
    text, zhou, lin = texts.load(lang), await open_page(ZHOU, lang), await open_page(LIN, lang)
    leaver = {"zh": CHEN, "en": GRACE}[lang]
    await account(zhou, leaver, "close")
    await zhou.get_by_test_id("confirm-ok").click()
    told = zhou.get_by_test_id("message").filter(has_text=text("leaver.title")).last
    await expect(told).to_be_visible()
    await shot(zhou, f"leaver-told-{lang}")
    home = await go_home(zhou)
    await expect(home).to_contain_text(text("leaver.intro"))
    menu = home.locator(MENU)
    row = home.get_by_test_id("block").filter(has=zhou.locator(MENU)).first
    name = (await row.inner_text()).split("·")[0].strip()
    await shot(zhou, f"leaver-home-{lang}")
    await menu.first.click()
    await zhou.get_by_test_id("select-option").filter(has_text="林悦").click()
    await expect(lin.get_by_test_id("message").filter(has_text=name).last).to_contain_text("周敏")
    await expect(home.get_by_test_id("block").filter(has=zhou.locator(MENU)).filter(has_text=name)).to_have_count(0)
    await account(zhou, leaver, "open")
    await expect(zhou.locator(f"[data-testid=person][data-user-id={leaver}] [data-testid=standing]")).to_have_count(0)
    back_again = await open_page(leaver, lang)
    await send(back_again, f"/customer {name}")
    await expect(private(back_again).last).to_contain_text(shown(text("error.customer_not_found")))


async def account(page: Page, person: str, what: str) -> None:
    """As an admin of Slack would, in the menu of the person."""
    await page.locator(f"[data-testid=person][data-user-id={person}]").click()
    await page.locator(f"[data-account={what}]").click()
