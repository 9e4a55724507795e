"""What a newcomer does with `make run`, in a real browser and both languages: ask, log a visit, be nudged, clear it.

A way through in each language at every change; the rest in the long tests.
"""

import re

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.pages import LIN, PLAYBOOK, REED, ZHOU, escape, last_message, opened, private, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [
        ("客户嫌费率高", "cost/fee-too-high"),
        pytest.param("客户说银行比我们便宜", "cost/bank-loan-cheaper", marks=pytest.mark.soak),
        pytest.param("不想让买方知道", "disclosure/buyer-notification", marks=pytest.mark.soak),
    ],
)
async def test_ask_in_chinese(lin: Page, question: str, entry_id: str) -> None:
    """The play comes at once, privately, with the line to say and the question to ask back."""
    await send(lin, f"/objection {question}")
    answer = private(lin).last
    await expect(answer).to_contain_text(PLAYBOOK.entries[entry_id].speak.zh)
    await expect(answer).to_contain_text("反问一句")
    await expect(answer).to_have_attribute("data-ephemeral", "true")
    if question == "客户嫌费率高":
        await shot(lin, "answer-zh")


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [
        ("our bank is much cheaper", "cost/bank-loan-cheaper"),
        pytest.param(
            "what do your fees really include, I fear hidden charges", "cost/hidden-fees", marks=pytest.mark.soak
        ),
    ],
)
async def test_ask_in_english(grace: Page, question: str, entry_id: str) -> None:
    """The same for an English speaker, whose labels are English."""
    await send(grace, f"/objection {question}")
    answer = private(grace).last
    await expect(answer).to_contain_text(PLAYBOOK.entries[entry_id].speak.en)
    await expect(answer).to_contain_text("Ask back")
    await shot(grace, "answer-en")


@pytest.mark.soak
async def test_a_gap_is_answered(browser: Browser, product: str, lin: Page) -> None:
    """Lin's question has no play; the editor adds it to one on Home; Lin is told, and asking again finds it."""
    question, entry = "能用比特币付货款吗", PLAYBOOK.entries["terms/account-control"]
    await send(lin, f"/objection {question}")
    await expect(last_message(lin)).to_contain_text("没有把握的话术")
    await shot(lin, "gap-none-zh")
    async for zhou in opened(browser, product, ZHOU):
        await zhou.get_by_test_id("app-link").click()
        await zhou.get_by_test_id("tab-home").click()
        home = zhou.get_by_test_id("home")
        await expect(home).to_contain_text("要关注的情况")
        await shot(zhou, "team-home-zh")
        await home.get_by_role("button", name="话术", exact=True).click()
        await expect(home).to_contain_text("话术缺口")
        await expect(home).to_contain_text(question)
        await shot(zhou, "gaps-home-zh")
        await home.get_by_role("button", name="补上").first.click()
        modal = zhou.get_by_test_id("modal")
        await expect(modal).to_contain_text(question)
        await modal.get_by_role("combobox").click()
        await zhou.get_by_test_id("select-option").filter(has_text=entry.title.zh).first.click()
        await shot(zhou, "gap-answer-zh")
        await zhou.get_by_test_id("modal-submit").click()
        await expect(modal).to_have_count(0)
        await expect(home).to_contain_text("目前没有缺口")
    told = lin.get_by_test_id("message").filter(has_text="现在有话术了")
    await expect(told).to_contain_text(entry.title.zh)
    await send(lin, f"/objection {question}")
    await expect(last_message(lin)).to_contain_text(entry.speak.zh)
    await last_message(lin).get_by_test_id("feedback-negative").click()
    modal = lin.get_by_test_id("modal")
    await modal.locator("textarea").fill("还要说明能收哪些币种")
    await shot(lin, "feedback-zh")
    await lin.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("谢谢")
    await escape(lin)


@pytest.mark.soak
async def test_a_card_switches_its_language_and_opens_in_full(lin: Page) -> None:
    """The 中/EN switch changes the play in place; More shows all of it in a window."""
    await send(lin, "/objection 怕有隐藏费用")
    entry = PLAYBOOK.entries["cost/hidden-fees"]
    await expect(last_message(lin)).to_contain_text(entry.speak.zh)
    await last_message(lin).get_by_role("button", name="EN", exact=True).click()
    await expect(last_message(lin)).to_contain_text(entry.speak.en)
    await last_message(lin).get_by_role("button", name="展开全文").click()
    modal = lin.get_by_test_id("modal")
    await expect(modal).to_contain_text("怎么一步步谈")
    await shot(lin, "more-zh")
    await escape(lin)


async def test_log_a_visit_from_one_line(lin: Page) -> None:
    """The form opens filled in, and the confirmation names the next contact with its reason."""
    await send(lin, "/visit 远大纺织 嫌费率高，想先看一单的账")
    modal = lin.get_by_test_id("modal")
    await expect(modal.get_by_role("combobox", name="客户", exact=True)).to_have_value("远大纺织 · A")
    await expect(modal).to_contain_text("费用太高")
    await shot(lin, "visit-zh")
    await lin.get_by_test_id("modal-submit").click()
    await expect(modal).to_have_count(0)
    saved = lin.get_by_test_id("message").filter(has_text="已保存").last
    await expect(saved).to_contain_text("A 级客户，14 天一次；从今天这次上门拜访算起")
    await shot(lin, "saved-zh")


@pytest.mark.soak
async def test_an_error_stands_at_its_field(grace: Page) -> None:
    """A next step without a day is told at the day; what was typed stays."""
    await send(grace, "/visit Quillmere Trading asked for a sample settlement")
    modal = grace.get_by_test_id("modal")
    await expect(modal.get_by_role("combobox", name="Customer", exact=True)).to_have_value(re.compile("Quillmere"))
    await modal.get_by_label(re.compile("Next step")).fill("Send a sample settlement")
    await grace.get_by_test_id("modal-submit").click()
    await expect(modal.get_by_test_id("field-error")).to_contain_text("Pick the day")
    await expect(modal.get_by_label(re.compile("Next step"))).to_have_value("Send a sample settlement")
    await shot(grace, "visit-error-en")
    await escape(grace)


@pytest.mark.soak
async def test_the_next_working_day_brings_the_nudge_and_it_can_be_cleared(lin: Page) -> None:
    """Every row is finished in place: one by a visit, the others by a snooze with its reason."""
    await lin.get_by_test_id("clock-next").click()
    await expect(lin.get_by_test_id("toast")).to_contain_text("时间已拨到")
    shown = re.search(r"\d+月\d+日", await lin.get_by_test_id("clock-now").inner_text())
    assert shown
    digest = lin.get_by_test_id("message").filter(has_text=f"{shown[0]}（").filter(has_text="要跟进的客户")
    await expect(digest).to_contain_text("早上好")
    await shot(lin, "digest-zh")
    await digest.locator('[data-action-id="followup_log.0"]').click()
    await expect(lin.get_by_test_id("modal")).to_be_visible()
    await lin.get_by_test_id("modal").locator("textarea").first.fill("电话联系，客户下周给答复。")
    await lin.get_by_test_id("modal-submit").click()
    await expect(digest).to_contain_text("已完成")
    await digest.locator('[data-action-id^="followup_done"]').first.click()
    await lin.get_by_test_id("modal").get_by_label(re.compile("结果怎样")).fill("已经发过去了，客户收到。")
    await shot(lin, "done-zh")
    await lin.get_by_test_id("modal-submit").click()
    await expect(digest.locator('[data-action-id^="followup_undo"]')).to_have_count(1)
    buttons = digest.locator('[data-action-id^="followup_snooze"]')
    left = await buttons.count()
    while left:
        await buttons.first.click()
        await lin.get_by_test_id("select-option").filter(has_text="客户让等一等").first.click()
        await expect(buttons).to_have_count(left - 1)
        left -= 1
    await expect(digest).to_contain_text("推迟到")
    await shot(lin, "digest-cleared-zh")


@pytest.mark.soak
async def test_the_nudge_speaks_english_to_an_english_speaker(grace: Page) -> None:
    """The same message in the language of its reader."""
    await grace.get_by_test_id("clock-next").click()
    digest = grace.get_by_test_id("message").filter(has_text="Good morning").last
    await expect(digest).to_contain_text("tier")
    await shot(grace, "digest-en")


@pytest.mark.soak
async def test_only_the_right_people_learn_of_a_customer(browser: Browser, product: str) -> None:
    """The team's lead reads the brief; to an outsider the customer does not exist."""
    async for lead in opened(browser, product, ZHOU):
        await send(lead, "/customer 远大纺织")
        await expect(private(lead).last).to_contain_text("最近记录")
        await shot(lead, "brief-zh")
    async for outsider in opened(browser, product, REED):
        await send(outsider, "/customer 远大纺织")
        await expect(private(outsider).last).to_contain_text("I can't find that customer")


@pytest.mark.soak
@pytest.mark.parametrize("word", ["费率", "发票"])
async def test_two_characters_are_found(lin: Page, word: str) -> None:
    """With the words around them; a hit opens the customer's brief."""
    await send(lin, f"/find {word}")
    await expect(private(lin).last).to_contain_text(f"“{word}”：找到")
    await expect(private(lin).last).to_contain_text("拜访记录")
    await shot(lin, "find-zh")
    await private(lin).last.get_by_role("button", name="打开").first.click()
    await expect(private(lin).last).to_contain_text("最近记录")


@pytest.mark.soak
async def test_a_word_is_found_in_english(grace: Page) -> None:
    """And nothing of a colleague's customers."""
    await send(grace, "/find deadline")
    await expect(private(grace).last).to_contain_text("Quillmere Trading")
    await shot(grace, "find-en")
    await send(grace, "/find 远大纺织")
    await expect(private(grace).last).to_contain_text("Nothing found")


@pytest.mark.soak
async def test_home_lists_what_is_due(lin: Page) -> None:
    await lin.get_by_test_id("app-link").click()
    await lin.get_by_test_id("tab-home").click()
    await expect(lin.get_by_test_id("home")).to_contain_text("今天要跟进")
    await shot(lin, "home-zh")


@pytest.mark.soak
async def test_it_works_on_a_phone(browser: Browser, product: str) -> None:
    """At 360 pixels the answer can be asked for and read without scrolling sideways."""
    context = await browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = await context.new_page()
    await page.goto(f"{product}/?as={LIN}")
    await expect(page.get_by_test_id("app")).to_have_attribute("data-ready", "true")
    await send(page, "/objection 客户嫌费率高")
    await expect(last_message(page)).to_contain_text(PLAYBOOK.entries["cost/fee-too-high"].speak.zh)
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    await shot(page, "answer-phone")
    await context.close()


async def test_only_loopback_is_answered(product: str) -> None:
    """Another site cannot drive the workspace through the browser: the Host header is checked."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{product}/local/state?as={LIN}", headers={"Host": "evil.example"}) as answer,
    ):
        assert answer.status in (400, 403, 421)


@pytest.mark.soak
async def test_a_change_is_suggested_approved_and_live_in_both_languages(
    browser: Browser, product: str, lin: Page, grace: Page
) -> None:
    """From any card; the approver sees old and new; from then on everybody gets the new words."""
    entry = PLAYBOOK.entries["cost/hidden-fees"]
    zh, en = (
        "所有费用都写在这一张表里，表外的一分不收。",
        "Every charge stands on this one sheet; nothing else is ever due.",
    )
    await send(lin, "/objection 客户怕有隐藏费用")
    await expect(last_message(lin)).to_contain_text(entry.speak.zh)
    await last_message(lin).locator('[data-action-id^="entry_menu"]').click()
    await lin.get_by_test_id("menu-item").filter(has_text="建议修改").click()
    modal = lin.get_by_test_id("modal")
    await expect(modal.locator('[data-block-id="say.zh"] textarea')).to_have_value(entry.speak.zh)
    await modal.locator('[data-block-id="say.zh"] textarea').fill(zh)
    await modal.locator('[data-block-id="say.en"] textarea').fill(en)
    await modal.locator('[data-block-id="why"] textarea').fill("客户只记得住一句话")
    await shot(lin, "suggest-zh")
    await lin.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("有结果我会告诉您")
    async for zhou in opened(browser, product, ZHOU):
        request = zhou.get_by_test_id("message").filter(has_text="提交了一条话术变更").last
        await expect(request).to_contain_text(f"原来：{entry.speak.zh}")
        await expect(request).to_contain_text(f"现在：{zh}")
        await shot(zhou, "approve-zh")
        await request.get_by_role("button", name="通过").click()
        await expect(request).to_contain_text("已通过")
    await send(grace, "/objection afraid of hidden charges")
    await expect(last_message(grace)).to_contain_text(en)
    await escape(lin)
    await send(lin, "/objection 客户怕有隐藏费用")
    await expect(last_message(lin)).to_contain_text(zh)
