"""The weekly review in a real browser: still right, edited and retired in the daily message, in both languages."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.calendars import WorkCalendar
from bot.cli import roles
from bot.clock import OffsetClock
from bot.domain.entry import Entry
from bot.domain.review import due_for_review, is_review_day
from bot.domain.user import Role
from bot.settings import Settings
from tests.e2e.pages import CHEN, GRACE, PLAYBOOK, escape, last_message, opened, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_SAY = "先算一笔到手金额，再看费用占这批货毛利的几成。"


@pytest.fixture(scope="module")
def morning() -> datetime:
    """Before nine on a day of reviews to come, when at least some plays are due."""
    today, first = datetime.now(SHANGHAI).date(), min(each.review_due_on for each in PLAYBOOK.entries.values())
    day = max(today + timedelta(days=1), first)
    while not is_review_day(day, WorkCalendar()):
        day += timedelta(days=1)
    return datetime.combine(day, time(8), SHANGHAI)


@pytest.fixture(scope="module")
def due(morning: datetime) -> list[Entry]:
    """What the message of that day asks about."""
    return due_for_review(PLAYBOOK, morning.date())


@pytest.fixture(scope="module")
def product_dir(product_dir: Path, morning: datetime) -> Path:
    """The product's clock shows that morning from the start."""
    OffsetClock(product_dir / "local" / "clock-offset").move_to(morning)
    return product_dir


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(product: str, product_dir: Path) -> str:
    """Chen and Grace approve; nobody else answers for plays, so both are asked about all of them."""
    settings = Settings(_env_file=None, data_dir=product_dir, port=urlsplit(product).port or 0)
    for user_id in (CHEN, GRACE):
        await asyncio.to_thread(roles.set_roles, user_id, frozenset({Role.APPROVER}), None, settings, None)
    return product


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chen(browser: Browser, product: str) -> AsyncIterator[Page]:
    async for page in opened(browser, product, CHEN):
        yield page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def grace(browser: Browser, product: str) -> AsyncIterator[Page]:
    async for page in opened(browser, product, GRACE):
        yield page


async def click(review: Locator, action: str, title: str) -> None:
    """The button of the first row, which is that play's."""
    await expect(review).to_contain_text(title)
    await review.locator(f'[data-action-id^="{action}"]').first.click()


def review_of(page: Page, heading: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=heading)


def request_of(page: Page, title: str, approve: str) -> Locator:
    """The approver's message about a change of the play."""
    found = page.get_by_test_id("message").filter(has_text=title)
    return found.filter(has=page.get_by_role("button", name=approve, exact=True))


async def test_still_right_and_edited_until_it_is_live(chen: Page, grace: Page, due: list[Entry]) -> None:
    """Monday's message, row by row, in place; Grace approves in English, and asking finds Chen's new words."""
    kept, edited = due[:2]
    await chen.get_by_test_id("clock-next").click()
    review = review_of(chen, "话术复核")
    await expect(review.locator('[data-action-id^="review_verify"]')).to_have_count(5)
    await shot(chen, "review-zh")
    await click(review, "review_verify", kept.title.zh)
    await expect(review).not_to_contain_text(kept.title.zh)
    await click(review, "review_edit", edited.title.zh)
    modal = chen.get_by_test_id("modal")
    await modal.get_by_role("textbox", name="这样说（中文）", exact=True).fill(NEW_SAY)
    await modal.get_by_role("textbox", name="为什么要改？").fill("客户只听得懂到手多少")
    await shot(chen, "review-edit-zh")
    await chen.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("审批")
    await escape(chen)
    await expect(review).not_to_contain_text(edited.title.zh)
    request = request_of(grace, edited.title.en, "Approve")
    await expect(request).to_contain_text(NEW_SAY)
    await request.get_by_role("button", name="Approve", exact=True).click()
    await expect(chen.get_by_test_id("message").filter(has_text="已经生效")).to_contain_text(edited.title.zh)
    await send(chen, f"/objection {edited.examples.zh[0]}")
    await expect(last_message(chen)).to_contain_text(NEW_SAY)


async def test_retired_and_still_right_in_english(chen: Page, grace: Page, due: list[Entry]) -> None:
    """What Chen has dealt with leaves her message too; what she retires is gone once he has approved."""
    retired, kept = due[2:4]
    review = review_of(grace, "Playbook review")
    await shot(grace, "review-en")
    await expect(review).to_contain_text(retired.title.en)
    await review.locator('[data-action-id="review_retire.2"]').click()
    modal = grace.get_by_test_id("modal")
    await expect(modal).to_contain_text(retired.title.en)
    await modal.locator("textarea").fill("Merged into another play")
    await grace.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("has gone to")
    await escape(grace)
    await expect(review).not_to_contain_text(retired.title.en)
    await click(review, "review_verify", kept.title.en)
    await expect(review).to_contain_text("4 dealt with or sent for approval")
    await shot(grace, "review-done-en")
    request = request_of(chen, retired.title.zh, "通过")
    await expect(request).to_contain_text("下架")
    await request.get_by_role("button", name="通过", exact=True).click()
    news = grace.get_by_test_id("message").filter(has_text="It is live now")
    await expect(news).to_contain_text(retired.title.en)
