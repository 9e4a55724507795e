"""What a change of the page leaves as it was: where the keyboard is (messages, Home, windows), and a press."""

from itertools import count

import pytest
from playwright.async_api import expect

from tests.sandbox.builders import Json, actions, button, home, input_block, modal, section, text_input
from tests.sandbox.page.world import EAST, LIN, MODAL, World, control, send

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="package")]


def rows(*names: str, version: int) -> list[Json]:
    """A row each with two buttons; Slack's block ids are new with every version, and so are the numbers."""
    return [
        actions(button(f"log.{at}", value=name), button(f"snooze.{at}", value=name), block_id=f"{name}-{version}-{at}")
        for at, name in enumerate(names)
    ]


async def test_the_focus_stays_in_a_message_that_changes(world: World) -> None:
    """On the same button of the same row; when the row is gone on the next row's; at last on the message."""
    posted = await world.slack.chat_postMessage(channel=EAST, text="due", blocks=rows("a", "b", "c", version=0))
    versions = [rows("a", "b", "c", version=1), rows("a", "c", version=2), [section("all done")]]
    rounds = count()

    async def change(body: Json) -> None:
        await world.slack.chat_update(channel=EAST, ts=posted["ts"], text="due", blocks=versions[next(rounds)])

    world.bot.on("block_actions", change)
    page = await world.open()
    await page.locator("[data-block-id=b-0-1][data-action-id='snooze.1']").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-block-id=b-1-1][data-action-id='snooze.1']")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-block-id=c-2-1][data-action-id='snooze.1']")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("message")).to_contain_text("all done")
    await expect(page.get_by_test_id("message")).to_be_focused()


async def test_the_focus_stays_on_home_when_a_row_goes(world: World) -> None:
    await world.slack.views_publish(user_id=LIN, view=home(*rows("a", "b", "c", version=0)))

    async def publish(body: Json) -> None:
        await world.slack.views_publish(user_id=LIN, view=home(*rows("a", "c", version=1)))

    world.bot.on("block_actions", publish)
    page = await world.open(LIN, "app/home")
    await page.locator("[data-block-id=b-0-1][data-action-id='log.1']").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-block-id=c-1-1][data-action-id='log.1']")).to_be_focused()


async def test_a_closed_window_gives_the_focus_to_what_took_its_buttons_place(world: World) -> None:
    """The message was updated while its window was open."""
    posted = await world.slack.chat_postMessage(channel=EAST, text="due", blocks=rows("a", "b", version=0))
    world.opens("block_actions", modal(input_block(text_input("word"), "w")))
    page = await world.open()
    await page.locator("[data-block-id=a-0-0][data-action-id='log.0']").focus()
    await page.keyboard.press("Enter")
    await expect(control(page, "word")).to_be_focused()
    await world.slack.chat_update(channel=EAST, ts=posted["ts"], text="due", blocks=rows("b", version=1))
    await expect(page.locator("button[data-block-id=b-1-0]")).to_have_count(2)
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-block-id=b-1-0][data-action-id='log.0']")).to_be_focused()


async def test_another_play_in_the_same_window_begins_at_its_top(world: World) -> None:
    """Its first words are seen, the keyboard is inside the window, and Escape closes it."""

    def play(name: str) -> Json:
        lines = [section(f"{name}: line {number}") for number in range(40)]
        return modal(section(f"*{name}*"), *lines, actions(button("related.0")), submit=None)

    world.opens("/visit", play("First"))

    async def other(body: Json) -> None:
        await world.slack.views_update(view_id=body["view"]["id"], view=play("Second"))

    world.bot.on("block_actions", other)
    page = await world.open()
    await send(page, "/visit x")
    related = page.locator(f"{MODAL} [data-action-id='related.0']")
    await related.scroll_into_view_if_needed()
    await related.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(MODAL).get_by_text("Second", exact=True)).to_be_in_viewport()
    await expect(page.locator(MODAL)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator(MODAL)).to_have_count(0)
    await expect(page.get_by_test_id("composer")).to_be_focused()


async def test_a_form_that_is_updated_stays_where_it_is(world: World) -> None:
    """Only the words over its fields have changed: nobody is sent back to the top."""
    fields = [input_block(text_input(f"f{number}"), f"f{number}", optional=True) for number in range(14)]
    pick = actions(button("check"), block_id="check")
    world.opens("/visit", modal(section("Before"), *fields, pick))

    async def update(body: Json) -> None:
        await world.slack.views_update(view_id=body["view"]["id"], view=modal(section("After"), *fields, pick))

    world.bot.on("block_actions", update)
    page = await world.open()
    await send(page, "/visit x")
    await control(page, "check").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(MODAL)).to_contain_text("After")
    await expect(control(page, "check")).to_be_focused()
    await expect(control(page, "check")).to_be_in_viewport()


async def test_escape_closes_a_window_even_when_nothing_has_the_focus(world: World) -> None:
    world.opens("/visit", modal(section("Hello"), submit=None))
    page = await world.open()
    await send(page, "/visit x")
    await expect(page.locator(MODAL)).to_be_visible()
    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("Escape")
    await expect(page.locator(MODAL)).to_have_count(0)


async def test_a_press_outlasts_an_update(world: World) -> None:
    """Home is published anew while its button is held down: the click arrives, then the news are shown."""
    await world.slack.views_publish(user_id=LIN, view=home(actions(button("settings", value="mine"))))
    page = await world.open(LIN, "app/home")
    await control(page, "settings").hover()
    await page.mouse.down()
    changed = home(section("published again"), actions(button("settings", value="mine")))
    await world.slack.views_publish(user_id=LIN, view=changed)
    await world.slack.chat_postMessage(channel=EAST, text="what comes after it")
    await expect(page.get_by_test_id("unread")).to_be_visible()
    await page.mouse.up()
    assert (await world.action())["value"] == "mine"
    await expect(page.get_by_test_id("home")).to_contain_text("published again")
