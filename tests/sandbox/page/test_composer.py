"""What is typed, chosen and sent at the bottom of a conversation."""

import pytest
from aiohttp import web
from playwright.async_api import expect

from tests.sandbox.builders import (
    actions,
    button,
    modal,
    section,
)
from tests.sandbox.page.world import LIN, World, control, send

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="package")]


async def test_a_command_is_chosen_from_the_list_by_keyboard(world: World) -> None:
    """A slash lists the commands with their hints; Enter takes one, and after its words Enter sends it."""
    world.opens("/visit", modal(section("Hello"), submit=None))
    page = await world.open()
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("/")
    await expect(page.get_by_test_id("completion").first).to_contain_text("[customer]Log a visit")
    await composer.press("ArrowDown")
    await composer.press("ArrowUp")
    await composer.press("Enter")
    await expect(composer).to_have_value("/visit ")
    await composer.press_sequentially("远大纺织 嫌费率高")
    await expect(page.get_by_test_id("command-hint")).to_contain_text("[customer]")
    await composer.press("Enter")
    await expect(page.get_by_test_id("modal")).to_contain_text("Hello")
    assert (await world.next("/visit"))["text"] == "远大纺织 嫌费率高"


async def test_enter_sends_but_not_while_an_input_method_composes(world: World) -> None:
    """Shift+Enter breaks the line, and the Enter that ends a pinyin belongs to the input method."""
    page = await world.open()
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("第一行")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("second")
    await composer.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    await expect(composer).to_have_value("第一行\nsecond")
    await composer.press("Enter")
    await expect(page.get_by_test_id("message")).to_contain_text("第一行second")
    await expect(composer).to_have_value("")


async def test_refusals_are_told_kindly_and_nothing_typed_is_lost(world: World) -> None:
    """A command that does not exist comes back into the composer; a bot that fails is named in a toast."""
    world.bot.on("block_actions", lambda body: web.Response(status=500))
    await world.say(actions(button("go")))
    page = await world.open()
    await send(page, "/nothing 你好")
    await expect(page.get_by_test_id("toast")).to_contain_text("没有这个命令")
    await expect(page.get_by_test_id("composer")).to_have_value("/nothing 你好")
    await control(page, "go").click()
    await expect(page.get_by_test_id("toast").last).to_contain_text("应用内部出了问题")


async def test_a_file_is_uploaded_and_the_app_s_can_be_saved(world: World) -> None:
    """From the composer into the conversation; a link saves it."""
    page = await world.open()
    await page.get_by_test_id("file-input").set_input_files(
        {"name": "客户.csv", "mimeType": "text/csv", "buffer": b"name"}
    )
    link = page.get_by_test_id("file")
    await expect(link).to_have_text("客户.csv")
    async with page.expect_download() as saving:
        await link.click()
    saved = await (await saving.value).path()
    assert saved.read_bytes() == b"name"


async def test_a_suggested_prompt_is_said_where_it_stands(world: World) -> None:
    """In the conversation with the app, and in a thread of it."""
    state = world.emulator.state
    state.suggest("D01LIN", "", "Ask", [{"title": "Fee", "message": "the fee is too high"}])
    page = await world.open()
    await page.get_by_test_id("app-link").click()
    await page.get_by_test_id("tab-messages").click()
    await page.get_by_test_id("prompt").click()
    message = page.get_by_test_id("message")
    await expect(message).to_contain_text("the fee is too high")
    asked = world.emulator.person(LIN).dm_messages()[0]
    state.suggest("D01LIN", asked.ts, "Ask", [{"title": "Still no", "message": "and if he still says no?"}])
    await message.hover()
    await message.get_by_test_id("message-reply").click()
    thread = page.get_by_test_id("thread")
    await thread.get_by_test_id("prompt").click()
    await expect(thread.get_by_test_id("message").last).to_contain_text("still says no")
    assert world.emulator.person(LIN).dm_messages()[-1].thread_ts == asked.ts
