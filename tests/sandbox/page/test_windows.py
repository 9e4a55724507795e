"""Modals: what is typed into them, what is wrong with it, and how they lie on each other."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.sandbox.builders import (
    Json,
    actions,
    button,
    input_block,
    modal,
    option,
    plain,
    section,
    text_input,
)
from tests.sandbox.page.world import MODAL, World, control, send

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


@pytest.mark.soak
async def test_type_ahead_asks_the_bot_and_shows_its_groups(world: World) -> None:
    """An external select asks only once enough is typed, and the keyboard alone can choose."""

    def suggest(body: Json) -> Json:
        return {"option_groups": [{"label": plain("A 级"), "options": [option("c1", f"{body['value']}纺织")]}]}

    world.bot.on("block_suggestion", suggest)
    pick = {"type": "external_select", "action_id": "customer", "min_query_length": 2}
    world.opens("/visit", modal(input_block(pick, "who")))
    page = await world.open()
    await send(page, "/visit x")
    await control(page, "customer").press_sequentially("远")
    await expect(page.get_by_test_id("select-note")).to_have_text("再输入 1 个字开始查找")
    await control(page, "customer").press_sequentially("大")
    await expect(page.get_by_role("group", name="A 级")).to_contain_text("远大纺织")
    assert [each.body["value"] for each in world.bot.got("block_suggestion")] == ["远大"]
    await page.keyboard.press("Enter")
    await expect(control(page, "customer")).to_have_value("远大纺织")
    await page.get_by_test_id("modal-submit").click()
    values = (await world.next("view_submission"))["view"]["state"]["values"]
    assert values["who"]["customer"]["selected_option"]["value"] == "c1"
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_errors_stand_at_their_fields_and_typing_survives_an_update(world: World) -> None:
    """Slack's own checks and the bot's errors appear at the field; an update keeps what was typed."""
    many = {"type": "multi_static_select", "action_id": "tags", "options": [option("a", "A"), option("b", "B")]}
    blocks = [
        input_block(text_input("note", multiline=True), "n"),
        input_block({"type": "number_input", "action_id": "sum", "is_decimal_allowed": False}, "s", optional=True),
        input_block(many, "t", optional=True),
        actions(button("refresh"), block_id="r"),
    ]
    world.opens("/visit", modal(*blocks))
    world.bot.on("view_submission", {"response_action": "errors", "errors": {"n": "Too vague"}})
    page = await world.open()
    await send(page, "/visit x")
    await control(page, "sum").fill("many")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("field-error")).to_have_text(["这一项需要填写。", "请填一个数字。"])
    await expect(control(page, "note")).to_be_focused()
    await control(page, "note").fill("说了")
    await control(page, "sum").fill("3")
    await control(page, "tags").fill("b")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Escape")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("field-error")).to_have_text("Too vague")
    await expect(control(page, "note")).to_have_attribute("aria-invalid", "true")

    async def refresh(body: Json) -> None:
        view = modal(section("News"), *blocks, title=plain("Second"))
        await world.slack.views_update(view_id=body["view"]["id"], view=view)

    world.bot.on("block_actions", refresh)
    await control(page, "refresh").click()
    await expect(page.locator(MODAL)).to_contain_text("News")
    await expect(page.get_by_role("dialog", name="Second")).to_be_visible()
    await expect(control(page, "note")).to_have_value("说了")
    await expect(page.get_by_test_id("chip")).to_have_text("B")


@pytest.mark.soak
async def test_modals_stack_keep_the_focus_and_close_one_by_one(world: World) -> None:
    """Tab stays inside, Escape goes one back to what was typed there, and the focus returns to the composer."""
    push = actions(button("deeper"))
    world.opens("/visit", modal(input_block(text_input("word"), "w"), push, title=plain("One")))
    world.opens("block_actions", modal(push, section("Below"), submit=None, title=plain("Two")), "views_push")
    page = await world.open()
    await send(page, "/visit x")
    await expect(control(page, "word")).to_be_focused()
    await control(page, "word").fill("kept")
    for _ in range(7):
        await page.keyboard.press("Tab")
        assert await page.evaluate(f"document.querySelector('{MODAL}').contains(document.activeElement)")
    await control(page, "deeper").click()
    await expect(page.get_by_role("dialog", name="Two")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="One")).to_be_visible()
    await expect(control(page, "word")).to_have_value("kept")
    await page.keyboard.press("Escape")
    await expect(page.locator(MODAL)).to_have_count(0)
    await expect(page.get_by_test_id("composer")).to_be_focused()


@pytest.mark.soak
async def test_a_window_closes_while_the_one_above_it_is_still_closing(world: World) -> None:
    """The page may learn that a window is gone before its own request is answered; Escape works all the same."""
    world.opens("/visit", modal(actions(button("deeper")), submit=None, title=plain("One")))
    world.opens("block_actions", modal(section("Below"), submit=None, title=plain("Two")), "views_push")
    page, answered = await world.open(), asyncio.Event()

    async def answer_late(route: Route) -> None:
        response = await route.fetch()
        await answered.wait()
        await route.fulfill(response=response)

    await send(page, "/visit x")
    await control(page, "deeper").click()
    await expect(page.get_by_role("dialog", name="Two")).to_be_visible()
    await page.route("**/local/close", answer_late)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="One")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator(MODAL)).to_have_count(0)
    answered.set()
    await page.unroute_all(behavior="wait")
