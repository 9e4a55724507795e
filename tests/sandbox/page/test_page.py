"""The local workspace's page as a whole, in headless Chromium, against the real emulator and a bot of a few lines."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.sandbox.builders import (
    Json,
    actions,
    button,
    home,
    input_block,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    text_input,
)
from tests.sandbox.page.world import EAST, LIN, MODAL, PHONE, World, control

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_text_is_shown_and_never_run(world: World) -> None:
    """Markup in what people or the bot write stays text; links take harmless schemes only."""
    attack = "<img src=x onerror=alert(1)> <javascript:alert(1)|click>"
    await world.emulator.person(LIN).say(EAST, attack)
    await world.say(section(f"*bold* `<b>` {attack} <https://example.com/?a=1|good>", fields=[mrkdwn(attack)]))
    await world.say({"type": "markdown", "text": f"# {attack}\n[x](javascript:alert(1))"})
    page = await world.open()
    messages = page.get_by_test_id("message")
    await expect(messages).to_have_count(3)
    await expect(messages.first).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(messages.nth(1).locator("strong")).to_have_text("bold")
    await expect(messages.nth(1).get_by_role("link")).to_have_attribute("href", "https://example.com/?a=1")
    assert await page.locator("main img, main a[href^=javascript]").count() == 0


async def test_a_chart_is_drawn_with_its_numbers(world: World) -> None:
    """The longest bar fills its track, the others are in proportion."""
    data = [{"label": "A", "value": 4}, {"label": "B", "value": 2}]
    chart = {"type": "bar", "series": [{"name": "kept", "data": data}], "axis_config": {"categories": ["A", "B"]}}
    await world.say({"type": "data_visualization", "title": "Promises", "chart": chart})
    page = await world.open()
    message = page.get_by_test_id("message")
    await expect(message).to_contain_text("Promises")
    bars = message.get_by_test_id("chart-bar")
    assert await bars.all_inner_texts() == ["kept\n4", "kept\n2"]
    widths = [await bars.nth(number).locator(".chart__bar").evaluate("it => it.offsetWidth") for number in range(2)]
    assert widths[0] > 0
    assert widths[1] == pytest.approx(widths[0] / 2, abs=1)


async def test_what_is_pressed_and_chosen_reaches_the_bot(world: World) -> None:
    """Buttons (after their question), selects, menus, dates and thumbs send what Slack would send."""
    question = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
    select = {"type": "static_select", "action_id": "pick", "placeholder": plain("?"), "options": [option("1", "One")]}
    menu = {"type": "overflow", "action_id": "more", "options": [option("edit", "Edit"), option("drop", "Drop")]}
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    await world.say(
        section(accessory=menu),
        actions(button("go", value="7", confirm=question), select, {"type": "datepicker", "action_id": "day"}),
        {"type": "context_actions", "elements": [thumbs]},
    )
    page = await world.open()
    await control(page, "go").click()
    await page.get_by_test_id("confirm-cancel").click()
    await control(page, "go").click()
    await page.get_by_test_id("confirm-ok").click()
    assert (await world.action(1))["value"] == "7"
    await control(page, "pick").fill("on")
    await page.keyboard.press("Enter")
    assert (await world.action(2))["selected_option"]["value"] == "1"
    await control(page, "more").click()
    await page.get_by_role("menuitem", name="Drop").click()
    assert (await world.action(3))["selected_option"]["value"] == "drop"
    await control(page, "day").fill("2026-12-03")
    assert (await world.action(4))["selected_date"] == "2026-12-03"
    await page.get_by_test_id("feedback-positive").click()
    assert (await world.action(5))["value"] == "up"
    await expect(page.get_by_test_id("feedback-positive")).to_have_attribute("aria-pressed", "true")


@pytest.mark.soak
async def test_news_arrive_live_and_after_a_lost_connection(world: World) -> None:
    """Posts, edits and deletions show at once; what happened while cut off is fetched on reconnecting."""
    page = await world.open()
    posted = await world.slack.chat_postMessage(channel=EAST, text="first")
    await expect(page.get_by_test_id("message")).to_contain_text("first")
    await world.slack.chat_update(channel=EAST, ts=posted["ts"], text="changed")
    await expect(page.get_by_test_id("message")).to_contain_text("changed")
    await world.slack.chat_delete(channel=EAST, ts=posted["ts"])
    await expect(page.get_by_test_id("message")).to_have_count(0)
    world.emulator.state.changes.end()
    await expect(page.get_by_test_id("app")).to_have_attribute("data-connected", "false")
    await world.slack.chat_postMessage(channel=EAST, text="meanwhile")
    await expect(page.get_by_test_id("message")).to_contain_text("meanwhile")


@pytest.mark.soak
async def test_the_clock_moves_to_the_next_working_day(world: World) -> None:
    page = await world.open()
    await expect(page.get_by_test_id("clock-now")).to_contain_text("10:30")
    await page.get_by_test_id("clock-next").click()
    await expect(page.get_by_test_id("clock-now")).to_contain_text("11月25日周三 09:00")
    await expect(page.get_by_test_id("toast")).to_contain_text("时间已拨到")
    await page.get_by_test_id("clock-hour").click()
    await expect(page.get_by_test_id("clock-now")).to_contain_text("10:00")


@pytest.mark.soak
async def test_home_and_shortcuts(world: World) -> None:
    """Opening Home tells the app, whose view then shows; a message's menu offers the app's shortcuts."""

    async def publish(body: Json) -> None:
        await world.slack.views_publish(user_id=body["event"]["user"], view=home(section("Due today")))

    world.bot.on("app_home_opened", publish)
    await world.emulator.person(LIN).say(EAST, "please note")
    page = await world.open(LIN, "app/home")
    await expect(page.get_by_test_id("home")).to_contain_text("Due today")
    await page.locator(f"[data-testid=channel-link][data-channel-id={EAST}]").click()
    await page.get_by_test_id("message").hover()
    await page.get_by_test_id("message-more").click()
    await page.locator("[data-testid=menu-item][data-callback-id=ask_about]").click()
    assert (await world.next("message_action"))["message"]["text"] == "please note"


async def test_everything_can_be_reached_by_keyboard(world: World) -> None:
    """Arrows walk through the messages, Tab goes into a message, Enter presses."""
    await world.say(actions(button("old", value="1")))
    await world.say(actions(button("new", value="2")))
    page = await world.open()
    await page.get_by_test_id("messages").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await expect(control(page, "old")).to_be_focused()
    await page.keyboard.press("Enter")
    assert (await world.action())["value"] == "1"


@pytest.mark.soak
async def test_a_phone_shows_everything_without_scrolling_sideways(world: World) -> None:
    """At 360 px the sidebar is a drawer, cards wrap, and a modal fills the screen."""
    world.opens("block_actions", modal(input_block(text_input("word"), "w")))
    await world.say(section("很长的一句话" * 12, accessory=button("go")), channel="C02GENERAL")
    page = await world.open(LIN, EAST, **PHONE)
    await page.get_by_test_id("drawer").tap()
    await page.locator("[data-channel-id=C02GENERAL]").tap()
    await expect(page.get_by_test_id("sidebar")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await control(page, "go").tap()
    await expect(control(page, "word")).to_be_in_viewport()
    box = await page.locator(MODAL).bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (360, 720)


async def test_both_languages_have_the_same_words() -> None:
    """Every sentence of the page exists in Chinese and in English, with the same places to fill."""
    folder = Path(__file__).parents[3] / "bot/sandbox/page/js"
    lines = [
        re.findall(r'^  "([^"]+)": (.*),$', (folder / f"strings-{each}.js").read_text(), re.M) for each in ("zh", "en")
    ]
    chinese, english = ({key: sorted(re.findall(r"\{\w+\}", words)) for key, words in found} for found in lines)
    assert chinese == english
