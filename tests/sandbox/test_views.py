"""Modals and home tabs: triggers, the stack, hashes, submissions and closing (reference, 1.3, 1.5, 3.1)."""

from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Emulator, View
from tests.sandbox.builders import (
    Json,
    actions,
    button,
    home,
    input_block,
    manifest,
    modal,
    option,
    options,
    plain,
    section,
    text_input,
)
from tests.sandbox.conftest import FakeTimer, Start, client_for
from tests.sandbox.test_web_api import refused
from tests.sandbox.tiny_bot import TinyBot

FORM = modal(input_block(text_input()))


async def opened(emulator: Emulator, slack: AsyncWebClient, view: Json, user_id: str = "U01LIN") -> View:
    await slack.views_open(trigger_id=emulator.state.triggers.issue(user_id), view=view)
    return emulator.person(user_id).views()[-1]


# triggers


async def test_trigger_opens_once(emulator: Emulator, slack: AsyncWebClient) -> None:
    trigger_id = emulator.state.triggers.issue("U01LIN")
    await slack.views_open(trigger_id=trigger_id, view=FORM)
    assert (await refused(slack, "views.open", trigger_id=trigger_id, view=FORM))["error"] == "exchanged_trigger_id"


async def test_trigger_expires_after_three_seconds(emulator: Emulator, slack: AsyncWebClient, timer: FakeTimer) -> None:
    trigger_id = emulator.state.triggers.issue("U01LIN")
    timer.advance(3.01)
    assert (await refused(slack, "views.open", trigger_id=trigger_id, view=FORM))["error"] == "expired_trigger_id"


async def test_trigger_that_never_was(slack: AsyncWebClient) -> None:
    assert (await refused(slack, "views.open", trigger_id="1.2.x", view=FORM))["error"] == "invalid_trigger_id"
    assert (await refused(slack, "views.open", view=FORM))["error"] == "invalid_arguments"


async def test_refused_view_does_not_cost_the_trigger(emulator: Emulator, slack: AsyncWebClient) -> None:
    trigger_id = emulator.state.triggers.issue("U01LIN")
    answer = await refused(slack, "views.open", trigger_id=trigger_id, view=modal(title=plain("x" * 25)))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    await slack.views_open(trigger_id=trigger_id, view=FORM)


async def test_view_over_250_kb(emulator: Emulator, slack: AsyncWebClient) -> None:
    big = modal(*[section("x" * 2900) for _ in range(90)])
    trigger_id = emulator.state.triggers.issue("U01LIN")
    assert (await refused(slack, "views.open", trigger_id=trigger_id, view=big))["error"] == "view_too_large"


# the stack


async def test_three_views_deep(emulator: Emulator, slack: AsyncWebClient) -> None:
    """Each knows the one below and the one at the bottom; a fourth is refused."""
    lin = emulator.person("U01LIN")
    first = await opened(emulator, slack, FORM)
    for _ in range(2):
        await slack.views_push(trigger_id=emulator.state.triggers.issue("U01LIN", from_view=True), view=FORM)
    _, second, third = lin.views()
    assert (third.previous_view_id, third.root_view_id) == (second.id, first.id)
    trigger_id = emulator.state.triggers.issue("U01LIN", from_view=True)
    assert (await refused(slack, "views.push", trigger_id=trigger_id, view=FORM))["error"] == "push_limit_reached"


async def test_open_from_elsewhere_replaces_what_was_open(emulator: Emulator, slack: AsyncWebClient) -> None:
    await opened(emulator, slack, FORM)
    second = await opened(emulator, slack, FORM)
    assert emulator.person("U01LIN").views() == [second]


async def test_update_by_id_external_id_and_hash(emulator: Emulator, slack: AsyncWebClient) -> None:
    view = await opened(emulator, slack, FORM | {"external_id": "visit-1"})
    old = view.hash
    await slack.views_update(view_id=view.id, hash=old, view=modal(section("one"), external_id="visit-1"))
    assert view.blocks[0]["text"]["text"] == "one"
    assert (await refused(slack, "views.update", view_id=view.id, hash=old, view=FORM))["error"] == "hash_conflict"
    await slack.views_update(external_id="visit-1", view=modal(section("two")))
    assert view.blocks[0]["text"]["text"] == "two"
    assert (await refused(slack, "views.update", view_id="V0", view=FORM))["error"] == "not_found"


async def test_external_id_is_unique_in_the_team(emulator: Emulator, slack: AsyncWebClient) -> None:
    await opened(emulator, slack, FORM | {"external_id": "same"}, "U01LIN")
    trigger_id = emulator.state.triggers.issue("U02CHEN")
    again = FORM | {"external_id": "same"}
    assert (await refused(slack, "views.open", trigger_id=trigger_id, view=again))["error"] == "duplicate_external_id"


async def test_update_keeps_what_was_typed_where_ids_stay(
    emulator: Emulator, bot: TinyBot, slack: AsyncWebClient
) -> None:
    lin = emulator.person("U01LIN")
    fields = [input_block(text_input(), "keep"), input_block(text_input("b"), "old"), actions(button())]
    view = await opened(emulator, slack, modal(*fields))
    await lin.press(view, "go", state={"keep": {"a": {"value": "typed"}}, "old": {"b": {"value": "gone"}}})
    fresh = input_block(text_input("b", initial_value="fresh"), "new")
    await slack.views_update(view_id=view.id, view=modal(fields[0], fresh))
    await lin.submit(view)
    values = bot.got("view_submission")[0].body["view"]["state"]["values"]
    assert values["keep"]["a"]["value"] == "typed"
    assert values["new"]["b"]["value"] == "fresh"


# submitting


async def submitted(
    emulator: Emulator, slack: AsyncWebClient, bot: TinyBot, answer: Any, view: Json = FORM
) -> tuple[View, Any]:
    bot.on("view_submission", answer)
    shown = await opened(emulator, slack, view)
    return shown, await emulator.person("U01LIN").submit(shown, {"b": {"a": {"value": "x"}}})


async def test_submission_updates_the_view(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    answer = {"response_action": "update", "view": modal(section("saved"), submit=None)}
    view, result = await submitted(emulator, slack, bot, answer)
    assert (result.view, view.blocks[0]["text"]["text"]) == (view, "saved")


async def test_submission_pushes_a_view(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    view, result = await submitted(emulator, slack, bot, {"response_action": "push", "view": FORM})
    assert emulator.person("U01LIN").views() == [view, result.view]


async def test_submission_clears_the_stack(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    _, result = await submitted(emulator, slack, bot, {"response_action": "clear"})
    assert result.closed
    assert emulator.person("U01LIN").views() == []


async def test_submission_closes_only_the_top(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    lin = emulator.person("U01LIN")
    first = await opened(emulator, slack, FORM)
    await slack.views_push(trigger_id=emulator.state.triggers.issue("U01LIN", from_view=True), view=FORM)
    result = await lin.submit(lin.views()[-1], {"b": {"a": {"value": "x"}}})
    assert (result.closed, result.view, lin.views()) == (True, first, [first])


async def test_errors_stand_at_their_fields(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    view, result = await submitted(emulator, slack, bot, {"response_action": "errors", "errors": {"b": "太短"}})
    assert result.errors == {"b": "太短"}
    assert emulator.person("U01LIN").views() == [view]


REFUSED_ANSWERS: list[tuple[str, Json, Json]] = [
    ("errors at no block", {"response_action": "errors", "errors": {"nowhere": "x"}}, FORM),
    ("errors at an action_id", {"response_action": "errors", "errors": {"a": "x"}}, FORM),
    (
        "errors at a section",
        {"response_action": "errors", "errors": {"s": "x"}},
        modal(input_block(text_input()), section(block_id="s")),
    ),
    ("errors without any", {"response_action": "errors", "errors": {}}, FORM),
    ("unsound view", {"response_action": "update", "view": modal(title=plain("x" * 25))}, FORM),
    ("unknown action", {"response_action": "close"}, FORM),
]


@pytest.mark.parametrize(
    ("answer", "view"), [row[1:] for row in REFUSED_ANSWERS], ids=[row[0] for row in REFUSED_ANSWERS]
)
async def test_refused_answers(
    emulator: Emulator, slack: AsyncWebClient, bot: TinyBot, answer: Json, view: Json
) -> None:
    """The person sees an error, the view stays, and the delivery says why."""
    shown, result = await submitted(emulator, slack, bot, answer, view)
    assert result.error
    assert not result.closed
    assert emulator.person("U01LIN").views() == [shown]
    assert emulator.deliveries[-1].refused


async def test_failed_submission_leaves_the_view(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    view, result = await submitted(emulator, slack, bot, lambda body: web.Response(status=500))
    assert (result.error, result.status) == ("http_service_error", 500)
    assert emulator.person("U01LIN").views() == [view]


CLIENT_CHECKS: list[tuple[str, Json, Any, str]] = [
    ("required", text_input(), None, "请填写此必填字段。"),
    ("required choice", {"type": "checkboxes", "action_id": "a", "options": options(2)}, [], "请填写此必填字段。"),
    ("too short", text_input(min_length=3), "ab", "请至少输入 3 个字符。"),
    ("too long", text_input(max_length=3), "abcd", "请不要超过 3 个字符。"),
    ("no e-mail", {"type": "email_text_input", "action_id": "a"}, "nobody", "请输入有效的邮箱地址。"),
    ("no link", {"type": "url_text_input", "action_id": "a"}, "nothing", "请输入有效的链接。"),
    ("no number", {"type": "number_input", "action_id": "a", "is_decimal_allowed": True}, "x", "请输入数字。"),
    ("no whole", {"type": "number_input", "action_id": "a", "is_decimal_allowed": False}, "1.5", "请输入整数。"),
    (
        "out of range",
        {"type": "number_input", "action_id": "a", "is_decimal_allowed": False, "max_value": "3"},
        "4",
        "请输入允许范围内的数字。",
    ),
]


@pytest.mark.parametrize(
    ("element", "value", "complaint"), [row[1:] for row in CLIENT_CHECKS], ids=[row[0] for row in CLIENT_CHECKS]
)
async def test_slacks_client_checks_first(
    emulator: Emulator, slack: AsyncWebClient, bot: TinyBot, element: Json, value: Any, complaint: str
) -> None:
    """What the client refuses never reaches the app."""
    view = await opened(emulator, slack, modal(input_block(element)))
    name = "selected_options" if element["type"] == "checkboxes" else "value"
    result = await emulator.person("U01LIN").submit(view, {"b": {"a": {name: value}}})
    assert result.errors == {"b": complaint}
    assert bot.got("view_submission") == []


async def test_complaints_follow_the_persons_language(emulator: Emulator, slack: AsyncWebClient) -> None:
    view = await opened(emulator, slack, FORM, "U03GRACE")
    result = await emulator.person("U03GRACE").submit(view)
    assert result.errors == {"b": "Please complete this required field."}


async def test_optional_may_stay_empty(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    view = await opened(emulator, slack, modal(input_block(text_input(), optional=True)))
    assert (await emulator.person("U01LIN").submit(view)).closed
    values = bot.got("view_submission")[0].body["view"]["state"]["values"]
    assert values == {"b": {"a": {"type": "plain_text_input", "value": None}}}


# closing


async def test_closing_tells_only_those_who_asked(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    lin = emulator.person("U01LIN")
    await lin.close_view(await opened(emulator, slack, FORM))
    assert bot.got("view_closed") == []
    await lin.close_view(await opened(emulator, slack, FORM | {"notify_on_close": True}))
    (request,) = bot.got("view_closed")
    assert request.body["is_cleared"] is False


async def test_clearing_the_stack(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    lin = emulator.person("U01LIN")
    asked = FORM | {"notify_on_close": True}
    await opened(emulator, slack, asked)
    await slack.views_push(trigger_id=emulator.state.triggers.issue("U01LIN", from_view=True), view=asked)
    await lin.close_view(lin.views()[-1], clear=True)
    assert [each.body["is_cleared"] for each in bot.got("view_closed")] == [True, True]
    assert lin.views() == []


# clicking


async def test_nobody_clicks_what_he_does_not_see(emulator: Emulator, slack: AsyncWebClient) -> None:
    view = await opened(emulator, slack, modal(actions(button())), "U01LIN")
    with pytest.raises(LookupError):
        await emulator.person("U02CHEN").press(view, "go")
    with pytest.raises(LookupError):
        await emulator.person("U01LIN").press(view, "other")


CHOICES: list[tuple[str, Json, dict[str, Any], str, Any]] = [
    ("overflow", {"type": "overflow", "options": options(2)}, {"selected": "1"}, "selected_option", "1"),
    ("static_select", {"type": "static_select", "options": options(2)}, {"selected": "1"}, "selected_option", "1"),
    ("radio", {"type": "radio_buttons", "options": options(2)}, {"selected": "1"}, "selected_option", "1"),
    ("checkboxes", {"type": "checkboxes", "options": options(3)}, {"selected": ["0", "2"]}, "selected_options", "0 2"),
    ("datepicker", {"type": "datepicker"}, {"selected": "2026-03-04"}, "selected_date", "2026-03-04"),
    ("timepicker", {"type": "timepicker"}, {"value": "09:00"}, "selected_time", "09:00"),
    ("users_select", {"type": "users_select"}, {"selected": "U02CHEN"}, "selected_user", "U02CHEN"),
]


@pytest.mark.parametrize(
    ("element", "chosen", "field", "expected"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES]
)
async def test_choosing_in_a_message(
    emulator: Emulator,
    slack: AsyncWebClient,
    bot: TinyBot,
    element: Json,
    chosen: dict[str, Any],
    field: str,
    expected: str,
) -> None:
    """The action holds the choice, and (but for overflow) so does the state."""
    await slack.chat_postMessage(channel="C01EAST", text="x", blocks=[actions({"action_id": "pick", **element})])
    lin = emulator.person("U01LIN")
    await lin.press(lin.messages("C01EAST")[0], "pick", **chosen)
    body = bot.got("block_actions")[0].body
    assert _plainly(body["actions"][0][field]) == expected
    if element["type"] != "overflow":
        (leaves,) = body["state"]["values"].values()
        assert _plainly(leaves["pick"][field]) == expected


def _plainly(chosen: Any) -> str:
    if isinstance(chosen, list):
        return " ".join(_plainly(each) for each in chosen)
    return str(chosen["value"] if isinstance(chosen, dict) else chosen)


async def test_option_that_is_not_offered(emulator: Emulator, slack: AsyncWebClient) -> None:
    element = {"type": "static_select", "action_id": "pick", "options": [option("1")]}
    await slack.chat_postMessage(channel="C01EAST", text="x", blocks=[section(accessory=element)])
    lin = emulator.person("U01LIN")
    with pytest.raises(LookupError):
        await lin.press(lin.messages("C01EAST")[0], "pick", selected="2")


@pytest.mark.parametrize(
    "answer",
    [{"options": options(101)}, {"options": [option("v" * 151)]}, {"options": [], "option_groups": []}, None],
    ids=["101 options", "value too long", "both kinds", "nothing"],
)
async def test_refused_suggestions(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot, answer: Any) -> None:
    bot.on("block_suggestion", answer)
    element = {"type": "external_select", "action_id": "pick", "min_query_length": 0}
    view = await opened(emulator, slack, modal(input_block(element)))
    assert await emulator.person("U01LIN").suggest(view, "pick", "") == []
    assert emulator.deliveries[-1].refused


async def test_suggestions_in_groups_and_short_queries(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    """Without min_query_length Slack asks from the third character on."""
    bot.on("block_suggestion", {"option_groups": [{"label": plain("g"), "options": options(2)}]})
    element = {"type": "external_select", "action_id": "pick"}
    view = await opened(emulator, slack, modal(input_block(element)))
    lin = emulator.person("U01LIN")
    assert await lin.suggest(view, "pick", "ab") == []
    assert bot.got("block_suggestion") == []
    assert [each["label"]["text"] for each in await lin.suggest(view, "pick", "abc")] == ["g"]
    await lin.press(view, "pick", selected="1")


# home


async def test_home_tab_needs_to_be_enabled(start: Start, session: ClientSession) -> None:
    features = manifest()["features"] | {"app_home": {"home_tab_enabled": False}}
    slack = client_for(await start(manifest=manifest(features=features)), session)
    assert (await refused(slack, "views.publish", user_id="U01LIN", view=home()))["error"] == "not_enabled"


async def test_home_is_replaced_and_guarded_by_its_hash(emulator: Emulator, slack: AsyncWebClient) -> None:
    first = (await slack.views_publish(user_id="U01LIN", view=home(section("1"))))["view"]
    second = (await slack.views_publish(user_id="U01LIN", hash=first["hash"], view=home(section("2"))))["view"]
    assert first["id"] == second["id"]
    answer = await refused(slack, "views.publish", user_id="U01LIN", hash=first["hash"], view=home())
    assert answer["error"] == "hash_conflict"
    assert (await refused(slack, "views.publish", user_id="U0NOBODY", view=home()))["error"] == "user_not_found"


async def test_modal_from_a_button_on_home(emulator: Emulator, slack: AsyncWebClient, bot: TinyBot) -> None:
    async def open_it(body: Json) -> None:
        await slack.views_open(trigger_id=body["trigger_id"], view=FORM)

    bot.on("block_actions", open_it)
    await slack.views_publish(user_id="U01LIN", view=home(actions(button())))
    lin = emulator.person("U01LIN")
    view = await emulator.wait_for(lin.home)
    await lin.press(view, "go")
    assert [each.callback_id for each in lin.views()] == ["form"]
    assert "response_url" not in bot.got("block_actions")[0].body
