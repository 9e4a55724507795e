"""Who looks at the page, and what of it only they see."""

import re

import pytest
from playwright.async_api import expect

from tests.sandbox.page.world import EAST, GRACE, LIN, World

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="package")]


async def test_ephemerals_are_marked_in_the_viewers_language(world: World) -> None:
    """They say that only you see them, and nobody else does."""
    for user in (LIN, GRACE):
        await world.slack.chat_postEphemeral(channel=EAST, user=user, text=f"for {user}")
    chinese, english = await world.open(LIN), await world.open(GRACE)
    await expect(chinese.get_by_test_id("ephemeral")).to_have_text("仅您可见")
    await expect(chinese.get_by_test_id("message")).to_contain_text(LIN)
    await expect(english.get_by_test_id("ephemeral")).to_have_text("Only visible to you")
    await expect(english.get_by_test_id("message")).to_have_count(1)


async def test_viewing_as_someone_else_is_kept_in_the_address(world: World) -> None:
    """The page changes its language with the person, and a reload stays with them."""
    page = await world.open(LIN)
    await page.get_by_test_id("view-as").click()
    await page.locator(f"[data-testid=view-as-option][data-user-id={GRACE}]").click()
    await expect(page.get_by_test_id("app")).to_have_attribute("data-as", GRACE)
    await expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", re.compile("^Message #"))
    assert f"as={GRACE}" in page.url
    await page.reload()
    await expect(page.get_by_test_id("view-as")).to_have_attribute("data-user-id", GRACE)
    await page.go_back()
    await expect(page.get_by_test_id("app")).to_have_attribute("data-as", LIN)


async def test_an_admin_closes_an_account_by_clicks(world: World) -> None:
    """Asked first; the account is marked for everybody, no longer offered, and can be opened again."""
    zhou, lin = await world.open("U04ZHOU"), await world.open()
    chen = "[data-testid=person][data-user-id=U02CHEN]"
    await lin.locator(chen).click()
    await expect(lin.locator("[data-account]")).to_have_count(0)
    await lin.keyboard.press("Escape")
    await zhou.locator(chen).click()
    await zhou.locator("[data-account=close]").click()
    await expect(zhou.get_by_test_id("confirm")).to_contain_text("离职")
    await zhou.get_by_test_id("confirm-ok").click()
    for page in (zhou, lin):
        await expect(page.locator(chen)).to_contain_text("已停用")
    await lin.get_by_test_id("view-as").click()
    offered = lin.get_by_test_id("view-as-option")
    await expect(offered.filter(has_text="周敏")).to_have_count(1)
    await expect(offered.filter(has_text="陈浩")).to_have_count(0)
    await lin.keyboard.press("Escape")
    await zhou.locator(chen).click()
    await zhou.locator("[data-account=open]").click()
    await expect(lin.locator(chen)).not_to_contain_text("已停用")
