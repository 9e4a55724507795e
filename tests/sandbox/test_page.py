"""The local workspace's page in headless Chromium, against the real emulator and a bot of a few lines."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Route, expect

from tests.browser import opened_browser
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
from tests.sandbox.page_world import EAST, GRACE, LIN, MODAL, PHONE, World, control, opened_world, send

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with opened_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def world(browser: Browser) -> AsyncIterator[World]:
    async with opened_world(browser) as world:
        yield world


@pytest.mark.soak
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


@pytest.mark.soak
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


@pytest.mark.soak
async def test_ephemerals_are_marked_in_the_viewers_language(world: World) -> None:
    """They say that only you see them, and nobody else does."""
    for user in (LIN, GRACE):
        await world.slack.chat_postEphemeral(channel=EAST, user=user, text=f"for {user}")
    chinese, english = await world.open(LIN), await world.open(GRACE)
    await expect(chinese.get_by_test_id("ephemeral")).to_have_text("仅您可见")
    await expect(chinese.get_by_test_id("message")).to_contain_text(LIN)
    await expect(english.get_by_test_id("ephemeral")).to_have_text("Only visible to you")
    await expect(english.get_by_test_id("message")).to_have_count(1)


@pytest.mark.soak
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


@pytest.mark.soak
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


@pytest.mark.soak
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
    folder = Path(__file__).parents[2] / "bot/sandbox/page/js"
    lines = [
        re.findall(r'^  "([^"]+)": (.*),$', (folder / f"strings-{each}.js").read_text(), re.M) for each in ("zh", "en")
    ]
    chinese, english = ({key: sorted(re.findall(r"\{\w+\}", words)) for key, words in found} for found in lines)
    assert chinese == english


@pytest.mark.soak
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


@pytest.mark.soak
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
