"""A person acts, the bot answers, the person sees it: each way through the emulator once."""

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator
from tests.sandbox.builders import Json, actions, button, home, input_block, modal, option, section, text_input
from tests.sandbox.tiny_bot import TinyBot


async def test_command_answered_in_its_response(emulator: Emulator, bot: TinyBot) -> None:
    """A JSON body becomes an ephemeral message where the command was typed, signed and form-encoded."""
    bot.on("/visit", {"text": "只有你看得到"})
    assert await emulator.person("U01LIN").command("/visit", "远大纺织", channel="C01EAST") == 200
    (request,) = bot.got("/visit")
    assert request.signed
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert (request.body["text"], request.body["channel_id"]) == ("远大纺织", "C01EAST")
    assert request.body["is_enterprise_install"] == "false"
    assert [each.text for each in emulator.person("U01LIN").messages("C01EAST")] == ["只有你看得到"]
    assert emulator.person("U02CHEN").messages("C01EAST") == []


async def test_in_channel_answer_reveals_the_command(emulator: Emulator, bot: TinyBot) -> None:
    bot.on("/visit", {"text": "for all", "response_type": "in_channel"})
    await emulator.person("U01LIN").command("/visit", "A < B", channel="C01EAST")
    assert [each.text for each in emulator.person("U02CHEN").messages("C01EAST")] == ["/visit A &lt; B", "for all"]


async def test_direct_message_is_an_event_and_is_answered(
    emulator: Emulator, bot: TinyBot, slack: AsyncWebClient
) -> None:
    async def answer(body: Json) -> None:
        if "bot_id" not in body["event"]:
            await slack.chat_postMessage(channel=body["event"]["channel"], text="收到")

    bot.on("message", answer)
    lin = emulator.person("U01LIN")
    await lin.dm("费率太高了")
    await emulator.wait_for(lambda: len(lin.dm_messages()) == 2)
    assert [(each.text, each.is_bot) for each in lin.dm_messages()] == [("费率太高了", False), ("收到", True)]
    event = bot.got("message")[0].body["event"]
    assert (event["channel_type"], event["user"], event["channel"]) == ("im", "U01LIN", "D01LIN")


async def test_mention_is_an_event(emulator: Emulator, bot: TinyBot) -> None:
    await emulator.person("U02CHEN").mention("C01EAST", "客户嫌贵")
    await emulator.settled()
    (request,) = bot.got("app_mention")
    assert request.body["event"]["text"] == "<@U0BOT> 客户嫌贵"
    assert request.body["authorizations"][0]["user_id"] == "U0BOT"


async def test_modal_opened_filled_and_saved(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    async def open_it(body: Json) -> None:
        await slack.views_open(trigger_id=body["trigger_id"], view=modal(input_block(text_input())))

    bot.on("/visit", open_it)
    lin = emulator.person("U01LIN")
    await lin.command("/visit")
    (view,) = lin.views()
    result = await lin.submit(view, {"b": {"a": {"value": "见了王总"}}})
    assert result.closed
    assert lin.views() == []
    (request,) = bot.got("view_submission")
    assert request.body["view"]["state"]["values"] == {"b": {"a": {"type": "plain_text_input", "value": "见了王总"}}}


async def test_button_in_a_message_replaces_it(
    emulator: Emulator, bot: TinyBot, slack: AsyncWebClient, session: ClientSession
) -> None:
    """The message travels with the click, and its response_url replaces it for everyone."""

    async def replace(body: Json) -> None:
        await session.post(body["response_url"], json={"text": "done", "replace_original": True})

    bot.on("block_actions", replace)
    await slack.chat_postMessage(channel="C01EAST", text="choose", blocks=[actions(button(value="7"))])
    lin = emulator.person("U01LIN")
    (message,) = lin.messages("C01EAST")
    assert await lin.press(message, "go") == 200
    assert (message.text, message.blocks, message.edited) == ("done", [], True)
    (request,) = bot.got("block_actions")
    assert request.body["actions"][0]["value"] == "7"
    assert request.body["message"]["text"] == "choose"


async def test_type_ahead(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    """Options are loaded from the bot, chosen by value, and submitted whole."""
    element = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    bot.on("block_suggestion", lambda body: {"options": [option("c1", f"{body['value']}公司")]})
    lin = emulator.person("U01LIN")
    trigger_id = emulator.state.triggers.issue("U01LIN")
    await slack.views_open(trigger_id=trigger_id, view=modal(input_block(element)))
    (view,) = lin.views()
    found = await lin.suggest(view, "pick", "远大")
    assert [each["text"]["text"] for each in found] == ["远大公司"]
    assert await lin.press(view, "pick", selected="c1") == 200
    assert bot.got("block_actions")[0].body["actions"][0]["selected_option"]["value"] == "c1"


async def test_home_tab(emulator: Emulator, bot: TinyBot, slack: AsyncWebClient) -> None:
    """Opening Home asks the bot, which publishes; the next opening carries the view."""

    async def publish(body: Json) -> None:
        await slack.views_publish(user_id=body["event"]["user"], view=home(section("你好")))

    bot.on("app_home_opened", publish)
    lin = emulator.person("U01LIN")
    await lin.open_home()
    view = await emulator.wait_for(lin.home)
    assert view.blocks[0]["text"]["text"] == "你好"
    await lin.open_home()
    await emulator.settled()
    assert bot.got("app_home_opened")[1].body["event"]["view"]["id"] == view.id


async def test_shortcuts(emulator: Emulator, bot: TinyBot) -> None:
    """A global one knows no channel; a message shortcut carries the message."""
    lin = emulator.person("U01LIN")
    message = await lin.say("C01EAST", "客户说再等等")
    assert await lin.shortcut("log_visit") == 200
    assert await lin.shortcut("ask_about", message) == 200
    assert "response_url" not in bot.got("shortcut")[0].body
    assert bot.got("message_action")[0].body["message"]["text"] == "客户说再等等"
