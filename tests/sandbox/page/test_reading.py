"""What a person sees first and finds again: long messages, private answers, narrow screens, a newcomer's hints."""

import pytest
from playwright.async_api import expect

from tests.sandbox.builders import Json, actions, button, input_block, modal, option, plain, section, text_input
from tests.sandbox.page.world import EAST, GRACE, LIN, MODAL, PHONE, World, control, send

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="package")]


def long_message(name: str) -> list[Json]:
    return [section(f"*{name}*"), *(section(f"{name}: line {number}") for number in range(45))]


async def test_a_message_longer_than_the_view_shows_its_beginning(world: World) -> None:
    """On opening and when it comes; what comes after it is gone to, unless one reads something older."""
    await world.say(section("before"))
    await world.say(*long_message("First"))
    page = await world.open()
    await expect(page.get_by_text("First", exact=True)).to_be_in_viewport()
    await world.say(section("short one"))
    await expect(page.get_by_text("short one")).to_be_in_viewport()
    await world.say(*long_message("Second"))
    await expect(page.get_by_text("Second", exact=True)).to_be_in_viewport()
    await page.get_by_test_id("messages").evaluate("node => (node.scrollTop = 0)")
    await expect(page.get_by_text("before")).to_be_in_viewport()
    await world.say(section("news"))
    await expect(page.get_by_test_id("jump")).to_be_visible()
    await expect(page.get_by_text("before")).to_be_in_viewport()
    await page.get_by_test_id("jump").click()
    await expect(page.get_by_text("news", exact=True)).to_be_in_viewport()
    await expect(page.get_by_test_id("jump")).to_be_hidden()


async def test_who_sends_something_sees_the_answer(world: World) -> None:
    """Even from far up."""
    world.bot.on("/plain", {"text": "the answer"})
    for name in ("First", "Second"):
        await world.say(*long_message(name))
    page = await world.open()
    await page.get_by_test_id("messages").evaluate("node => (node.scrollTop = 0)")
    await expect(page.get_by_text("First: line 1", exact=True)).to_be_in_viewport()
    await send(page, "/plain x")
    await expect(page.get_by_text("the answer")).to_be_in_viewport()


async def test_private_answers_stand_apart_and_are_no_replies(world: World) -> None:
    """Each has its author; one in a thread is not counted under the message."""
    parent = await world.slack.chat_postMessage(channel=EAST, text="parent")
    for number in range(2):
        await world.slack.chat_postEphemeral(channel=EAST, user=LIN, text=f"for you {number}")
    thread = {"channel": EAST, "thread_ts": parent["ts"]}
    await world.slack.chat_postMessage(**thread, text="seen by all")
    await world.slack.chat_postEphemeral(**thread, user=LIN, text="whispered")
    page = await world.open()
    private = page.locator("[data-testid=message][data-ephemeral=true]")
    await expect(private).to_have_count(2)
    await expect(private.locator(".message__author")).to_have_text(["factormate", "factormate"])
    await expect(private.locator(".message__aside .avatar")).to_have_count(2)
    await expect(page.get_by_test_id("thread-open")).to_have_text("1 条回复")
    await page.get_by_test_id("thread-open").click()
    await expect(page.get_by_test_id("thread")).to_contain_text("whispered")


async def test_on_a_phone_a_select_stands_beside_its_button(world: World) -> None:
    """As in Slack; and at 320 px everything of the top bar is still there."""
    snooze = {"type": "static_select", "action_id": "snooze", "placeholder": plain("推迟"), "options": [option("1")]}
    await world.say(section("远大纺织"), actions(button("log"), snooze))
    page = await world.open(LIN, EAST, **PHONE)
    left, right = await control(page, "log").bounding_box(), await control(page, "snooze").bounding_box()
    assert left is not None
    assert right is not None
    assert left["y"] < right["y"] + right["height"] / 2 < left["y"] + left["height"]
    assert left["x"] + left["width"] < right["x"]
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    face = await page.get_by_test_id("view-as").bounding_box()
    assert face is not None
    assert face["x"] + face["width"] <= 320


async def test_words_are_marked_with_their_language(world: World) -> None:
    """So that English has narrow quotation marks on a Chinese page, and Chinese its wide ones on an English page."""
    await world.say(section("“our bank is cheaper” · tier C"), section("“客户嫌贵” · A 级"))
    for user in (LIN, GRACE):
        page = await world.open(user)
        english, chinese = page.get_by_test_id("block").first, page.get_by_test_id("block").last
        await expect(english).to_have_attribute("lang", "en")
        await expect(chinese).to_have_attribute("lang", "zh-CN")
        fonts = [await each.evaluate("node => getComputedStyle(node).fontFamily") for each in (english, chinese)]
        assert ["Latin marks" in each for each in fonts] == [True, False]


async def test_conversations_are_offered_by_the_selects_filter(world: World) -> None:
    """Channels, people and the app, as the filter says; a DM that gets its first message appears in the sidebar."""

    def target(action_id: str, **parts: object) -> Json:
        pick = {"type": "conversations_select", "action_id": action_id, **parts}
        return input_block(pick, action_id, optional=True)

    share = {"include": ["public", "im", "mpim"], "exclude_bot_users": True}
    world.opens(
        "/visit",
        modal(
            target("any"),
            target("dm", filter=share),
            target("private", filter={"include": ["private"]}),
            target("own", filter={"include": ["public"], "exclude_external_shared_channels": True}),
        ),
    )
    page = await world.open()
    await send(page, "/visit x")
    inside = ["#华东团队-east-team", "#general", "#random", "#客户沙龙-client-salon"]
    channels = [*inside, "#资金方对接-funder"]
    people = ["陈浩", "Grace Porter", "周敏", "Tom Reed", "何静", "方蕾", "Mia Novak", "邓凯"]
    offered = page.get_by_test_id("select-option")
    await control(page, "private").click()
    await expect(page.get_by_test_id("select-note")).to_have_text("没有匹配的选项")
    await page.keyboard.press("Escape")
    await control(page, "any").click()
    await expect(offered).to_have_text([*channels, "factormate", *people])
    await page.keyboard.press("Escape")
    await control(page, "own").click()
    await expect(offered).to_have_text(inside)
    await page.keyboard.press("Escape")
    await control(page, "dm").click()
    await expect(offered).to_have_text([*channels, *people])
    await control(page, "dm").fill("grace")
    await page.keyboard.press("Enter")
    await expect(control(page, "dm")).to_have_value("Grace Porter")
    await page.get_by_test_id("modal-submit").click()
    values = (await world.next("view_submission"))["view"]["state"]["values"]
    direct = values["dm"]["dm"]["selected_conversation"]
    await expect(page.locator(MODAL)).to_have_count(0)
    await world.emulator.person(GRACE).say(direct, "thanks")
    await page.locator(f"[data-testid=channel-link][data-channel-id={direct}]").click()
    await expect(page.get_by_test_id("message")).to_contain_text("thanks")


async def test_a_reload_keeps_what_was_typed_in_an_open_window(world: World) -> None:
    """Until the window is closed; the next one begins with the app's words."""
    world.opens("/visit", modal(input_block(text_input("note", initial_value="from the app"), "n")))
    page = await world.open()
    await send(page, "/visit x")
    await control(page, "note").fill("my own words")
    await page.reload()
    await expect(control(page, "note")).to_have_value("my own words")
    await page.keyboard.press("Escape")
    await expect(page.locator(MODAL)).to_have_count(0)
    await send(page, "/visit x")
    await expect(control(page, "note")).to_have_value("from the app")


async def test_inviting_the_app_is_slacks_own_command(world: World) -> None:
    """It is not listed as the app's, and the channel sees who came and by whom."""
    page = await world.open(GRACE, "C03RANDOM")
    await page.get_by_test_id("composer").press_sequentially("/")
    listed = page.get_by_test_id("completion").locator(".listbox__source")
    await expect(listed).to_have_text(["factormate", "factormate", "Slack"])
    await send(page, "/invite @factormate")
    await expect(page.get_by_test_id("message")).to_contain_text("was added to #random by Grace Porter.")


async def test_a_newcomer_is_told_what_to_try(world: World) -> None:
    """A hint fills the composer; the commands are the app's; put away it stays away, for this person."""
    page = await world.open(LIN, "app/messages")
    hints = page.get_by_test_id("welcome-try")
    await expect(hints).to_have_count(1)
    await hints.click()
    await expect(page.get_by_test_id("composer")).to_have_value("/visit 远大纺织 嫌费率高，周三前给报价")
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await page.get_by_test_id("welcome-clock").click()
    await expect(page.get_by_test_id("clock-now")).to_contain_text("11月25日周三 09:00")
    await page.get_by_test_id("welcome-close").click()
    await page.reload()
    await expect(page.get_by_test_id("app")).to_have_attribute("data-ready", "true")
    await expect(page.get_by_test_id("welcome")).to_have_count(0)
