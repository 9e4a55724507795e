"""Block Kit's limits, one row each; the numbers are those of the platform reference, section 3."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.surfaces import check_message_blocks, check_view
from tests.sandbox.builders import (
    Json,
    actions,
    button,
    home,
    input_block,
    modal,
    mrkdwn,
    option,
    options,
    plain,
    section,
    text_input,
)

IMAGE: Json = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}


def element(kind: str, **parts: Any) -> Json:
    return {"type": kind, "action_id": "e", **parts}


def select(count: int, kind: str = "static_select", **parts: Any) -> Json:
    return element(kind, options=options(count), **parts)


def confirm(**changes: Any) -> Json:
    texts = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n")}
    return {**texts, **changes}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def table(rows: int, columns: int, text: str = "x", **parts: Any) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text}] * columns] * rows, **parts}


def data_table(rows: int, **parts: Any) -> Json:
    return table(rows, 2) | {"type": "data_table", "caption": "c"} | parts


def chart(*names: str, categories: int = 2, title: str = "t") -> Json:
    labels = [str(number) for number in range(categories)]
    points = [{"label": label, "value": 1} for label in labels]
    body = {"type": "bar", "series": [{"name": name, "data": points} for name in names]}
    return {"type": "data_visualization", "title": title, "chart": body | {"axis_config": {"categories": labels}}}


def pie(*values: int) -> Json:
    segments = [{"label": str(index), "value": value} for index, value in enumerate(values)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}


def card(**parts: Any) -> Json:
    return {"type": "card", "title": plain("t"), **parts}


def container(*children: Json, **parts: Any) -> Json:
    return {"type": "container", "title": plain("t"), "child_blocks": list(children), **parts}


def plan(*titles: str) -> Json:
    tasks = [{"type": "task_card", "task_id": title, "title": title, "status": "pending"} for title in titles]
    return {"type": "plan", "title": "t", "tasks": tasks}


def group(count: int, label: str = "g") -> Json:
    return {"label": plain(label), "options": options(count)}


FEEDBACK: Json = {
    "type": "context_actions",
    "elements": [
        element(
            "feedback_buttons",
            positive_button={"text": plain("+"), "value": "1"},
            negative_button={"text": plain("-"), "value": "0"},
        ),
        {"type": "icon_button", "icon": "trash", "text": plain("x"), "action_id": "i"},
    ],
}

SOUND_IN_MESSAGES = {
    "50 blocks": [section()] * 50,
    "section text 3000": [section("x" * 3000)],
    "section with 10 fields of 2000": [{"type": "section", "fields": [mrkdwn("x" * 2000)] * 10}],
    "section may say expand": [section(expand=True)],
    "header 150": [{"type": "header", "text": plain("x" * 150)}],
    "context with 10 parts": [{"type": "context", "elements": [mrkdwn("x")] * 9 + [IMAGE]}],
    "actions with 25 elements": [actions(*(button(f"a{number}") for number in range(25)))],
    "block_id 255": [section(block_id="x" * 255)],
    "action_id 255": [actions(button("x" * 255))],
    "button text 75, value 2000": [actions(button(text=plain("x" * 75), value="x" * 2000, style="danger"))],
    "button with link and confirm": [actions(button(url="https://example.com", confirm=confirm()))],
    "select with 100 options": [section(accessory=select(100))],
    "select with 100 groups": [section(accessory=element("static_select", option_groups=[group(1)] * 100))],
    "multi-select as accessory": [section(accessory=select(2, "multi_static_select", max_selected_items=1))],
    "option text 75, value 150, description 75": [
        section(accessory=element("static_select", options=[option("v" * 150, "t" * 75, description=plain("d" * 75))]))
    ],
    "overflow with 5 options": [section(accessory=select(5, "overflow"))],
    "overflow option with link": [section(accessory=element("overflow", options=[option(url="https://example.com")]))],
    "checkboxes with 10 mrkdwn options": [
        actions(element("checkboxes", options=[{"text": mrkdwn("*x*"), "value": str(n)} for n in range(10)]))
    ],
    "image alt 2000, title 2000": [IMAGE | {"alt_text": "x" * 2000, "title": plain("x" * 2000)}],
    "input in a message": [input_block(text_input())],
    "feedback buttons": [FEEDBACK],
    "markdown 12,000": [{"type": "markdown", "text": "x" * 12_000}],
    "rich text": [rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "emoji", "name": "wave"})],
    "one table of 100 × 20": [table(100, 20, text="xxxxx")],
    "data table of 101 rows": [data_table(101)],
    "two charts": [chart("a", "b"), pie(1, 2)],
    "card with 2 actions": [card(actions=[button("a"), button("b")], body=mrkdwn("x" * 200))],
    "carousel of 10": [{"type": "carousel", "elements": [card()] * 10}],
    "container of 10": [container(*[section()] * 10, width="wide", is_collapsible=True)],
    "plan": [plan("a", "b")],
    "divider": [{"type": "divider"}],
}
UNSOUND_IN_MESSAGES = {
    "51 blocks": [section()] * 51,
    "blocks that are no list": {"type": "section"},
    "unknown block": [{"type": "accordion"}],
    "block without type": [{"text": plain("x")}],
    "unknown field": [section(colour="red")],
    "section without text and fields": [{"type": "section"}],
    "section text empty": [section("")],
    "section text 3001": [section("x" * 3001)],
    "section field 2001": [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
    "section with 11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "text that is a bare string": [{"type": "section", "text": "words"}],
    "emoji on mrkdwn": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    "verbatim on plain_text": [{"type": "header", "text": {"type": "plain_text", "text": "x", "verbatim": True}}],
    "header in mrkdwn": [{"type": "header", "text": mrkdwn("x")}],
    "header 151": [{"type": "header", "text": plain("x" * 151)}],
    "context empty": [{"type": "context", "elements": []}],
    "context with 11 parts": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "context with a button": [{"type": "context", "elements": [button()]}],
    "actions empty": [actions()],
    "actions with 26 elements": [actions(*(button(f"a{number}") for number in range(26)))],
    "multi-select in actions": [actions(select(2, "multi_static_select"))],
    "text input in actions": [actions(text_input())],
    "text input as accessory": [section(accessory=text_input())],
    "datetimepicker as accessory": [section(accessory=element("datetimepicker"))],
    "block_id 256": [section(block_id="x" * 256)],
    "action_id 256": [actions(button("x" * 256))],
    "block_id twice": [section(block_id="same"), section(block_id="same")],
    "action_id twice in one block": [actions(button("same"), button("same"))],
    "action_id twice in the message": [actions(button("same")), actions(button("same"))],
    "button text 76": [actions(button(text=plain("x" * 76)))],
    "button text in mrkdwn": [actions(button(text=mrkdwn("x")))],
    "button value 2001": [actions(button(value="x" * 2001))],
    "button value that is a number": [actions(button(value=7))],
    "button style": [actions(button(style="blue"))],
    "button url 3001": [actions(button(url="https://e.com/" + "x" * 3000))],
    "button url that is none": [actions(button(url="not a link"))],
    "confirm title 101": [actions(button(confirm=confirm(title=plain("x" * 101))))],
    "confirm text 301": [actions(button(confirm=confirm(text=plain("x" * 301))))],
    "confirm word 31": [actions(button(confirm=confirm(deny=plain("x" * 31))))],
    "confirm without deny": [actions(button(confirm={"title": plain("t"), "text": plain("t"), "confirm": plain("y")}))],
    "select without options": [section(accessory=element("static_select"))],
    "select with no option": [section(accessory=select(0))],
    "select with 101 options": [section(accessory=select(101))],
    "select with 101 groups": [section(accessory=element("static_select", option_groups=[group(1)] * 101))],
    "select with options and groups": [section(accessory=select(1, option_groups=[group(1)]))],
    "group label 76": [section(accessory=element("static_select", option_groups=[group(1, "x" * 76)]))],
    "placeholder 151": [section(accessory=select(1, placeholder=plain("x" * 151)))],
    "option text 76": [section(accessory=element("static_select", options=[option("v", "t" * 76)]))],
    "option value 151": [section(accessory=element("static_select", options=[option("v" * 151)]))],
    "option without value": [section(accessory=element("static_select", options=[{"text": plain("t")}]))],
    "option description 76": [
        section(accessory=element("static_select", options=[option(description=plain("d" * 76))]))
    ],
    "select option in mrkdwn": [
        section(accessory=element("static_select", options=[{"text": mrkdwn("x"), "value": "v"}]))
    ],
    "select option with link": [
        section(accessory=element("static_select", options=[option(url="https://example.com")]))
    ],
    "initial option that is not offered": [section(accessory=select(2, initial_option=option("other")))],
    "initial option with other words": [section(accessory=select(2, initial_option=option("0", "Other words")))],
    "more initial options than allowed": [
        section(accessory=select(3, "multi_static_select", max_selected_items=1, initial_options=options(2)))
    ],
    "max_selected_items 0": [section(accessory=select(2, "multi_static_select", max_selected_items=0))],
    "overflow with 6 options": [section(accessory=select(6, "overflow"))],
    "checkboxes with 11 options": [actions(select(11, "checkboxes"))],
    "radio buttons with 11 options": [actions(select(11, "radio_buttons"))],
    "filter without a property": [section(accessory=element("conversations_select", filter={}))],
    "filter of an unknown kind": [section(accessory=element("conversations_select", filter={"include": ["dm"]}))],
    "response_url_enabled outside of a modal": [
        section(accessory=element("conversations_select", response_url_enabled=True))
    ],
    "initial date of another form": [section(accessory=element("datepicker", initial_date="3.3.2026"))],
    "initial date that does not exist": [section(accessory=element("datepicker", initial_date="2026-02-30"))],
    "initial time of another form": [section(accessory=element("timepicker", initial_time="9:00"))],
    "time zone that does not exist": [section(accessory=element("timepicker", timezone="Asia/Nowhere"))],
    "date time in milliseconds": [actions(element("datetimepicker", initial_date_time=1_790_000_000_000))],
    "image without alt_text": [{"type": "image", "image_url": "https://example.com/a.png"}],
    "image without address": [{"type": "image", "alt_text": "x"}],
    "image alt_text 2001": [IMAGE | {"alt_text": "x" * 2001}],
    "input without label": [{"type": "input", "element": text_input()}],
    "input with a button": [input_block(button())],
    "input label 2001": [input_block(text_input(), label=plain("x" * 2001))],
    "input hint 2001": [input_block(text_input(), hint=plain("x" * 2001))],
    "email input in a message": [input_block(element("email_text_input"))],
    "url input in a message": [input_block(element("url_text_input"))],
    "number input in a message": [input_block(element("number_input", is_decimal_allowed=False))],
    "rich text input in a message": [input_block(element("rich_text_input"))],
    "file input in a message": [input_block(element("file_input"))],
    "min_length over max_length": [input_block(text_input(min_length=5, max_length=4))],
    "max_length 3001": [input_block(text_input(max_length=3001))],
    "initial value longer than allowed": [input_block(text_input(initial_value="12345", max_length=4))],
    "trigger_actions_on unknown": [
        input_block(text_input(dispatch_action_config={"trigger_actions_on": ["on_blur"]}), dispatch_action=True)
    ],
    "context_actions with a button": [{"type": "context_actions", "elements": [button()]}],
    "icon of another kind": [
        {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "star", "text": plain("x")}]}
    ],
    "markdown 12,001": [{"type": "markdown", "text": "x" * 12_001}],
    "markdown 12,001 together": [{"type": "markdown", "text": "x" * 12_000}, {"type": "markdown", "text": "x"}],
    "rich text with an unknown part": [rich({"type": "video"})],
    "rich text empty": [{"type": "rich_text", "elements": []}],
    "table of 101 rows": [table(101, 1)],
    "table of 21 columns": [table(1, 21)],
    "table over 10,000 characters": [table(100, 20, text="xxxxxx")],
    "uneven table": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}], []]}],
    "two tables": [table(1, 1), table(1, 1)],
    "table and data table": [table(1, 1), data_table(2)],
    "two tables, one in a container": [table(1, 1), container(table(1, 1))],
    "data table without caption": [data_table(2, caption=None)],
    "data table of 102 rows": [data_table(102)],
    "data table of one row": [data_table(1)],
    "data table with page_size 101": [data_table(2, page_size=101)],
    "three charts": [pie(1), pie(1), pie(1)],
    "chart title 51": [chart("a", title="x" * 51)],
    "chart with 7 series": [chart(*"abcdefg")],
    "chart with 21 categories": [chart("a", categories=21)],
    "chart with a series name twice": [chart("a", "a")],
    "pie with a 0": [pie(1, 0)],
    "card with 3 actions": [card(actions=[button("a"), button("b"), button("c")])],
    "card body 201": [card(body=mrkdwn("x" * 201))],
    "card with a subtitle only": [{"type": "card", "subtitle": plain("x")}],
    "carousel of 11": [{"type": "carousel", "elements": [card()] * 11}],
    "container of 11": [container(*[section()] * 11)],
    "container in a container": [container(container(section()))],
    "container without title": [{"type": "container", "child_blocks": [section()]}],
    "collapsible container with a divider": [container(section(), is_collapsible=True, has_header_divider=True)],
    "two plans": [plan("a"), plan("b")],
    "task of unknown status": [{"type": "task_card", "task_id": "1", "title": "t", "status": "done"}],
    "alert in a message": [{"type": "alert", "text": plain("x")}],
    "file sent by an app": [{"type": "file", "external_id": "x", "source": "remote"}],
    "video title 200": [
        {
            "type": "video",
            "alt_text": "x",
            "title": plain("x" * 200),
            "thumbnail_url": "https://example.com/t.png",
            "video_url": "https://example.com/v",
        }
    ],
}


def _words(value: Any) -> list[str]:
    """Every key and every short string, so that random structures resemble blocks."""
    if isinstance(value, dict):
        return [*value, *_words(list(value.values()))]
    if isinstance(value, list):
        return [word for each in value for word in _words(each)]
    return [value] if isinstance(value, str) and len(value) < 30 else []


def cases(table: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("value", list(table.values()), ids=list(table))


@cases(SOUND_IN_MESSAGES)
def test_sound_message(value: Any) -> None:
    assert check_message_blocks(value) == []


@cases(UNSOUND_IN_MESSAGES)
def test_refused_message(value: Any) -> None:
    assert check_message_blocks(value)


SOUND_MODALS = {
    "100 blocks": modal(*[section()] * 100),
    "title, submit and close of 24": modal(title=plain("x" * 24), submit=plain("x" * 24), close=plain("x" * 24)),
    "private_metadata 3000": modal(private_metadata="x" * 3000),
    "callback_id and external_id 255": modal(callback_id="x" * 255, external_id="x" * 255),
    "without submit when there is nothing to submit": modal(section(), submit=None),
    "every text input": modal(
        input_block(text_input("1", multiline=True, focus_on_load=True), "1"),
        input_block(element("email_text_input"), "2", dispatch_action=True),
        input_block(element("url_text_input", action_id="u"), "3"),
        input_block(
            element("number_input", action_id="n", is_decimal_allowed=True, min_value="-1.5", max_value="2"), "4"
        ),
        input_block(element("rich_text_input", action_id="r"), "5"),
        input_block(element("file_input", action_id="f", max_files=10), "6"),
    ),
    "response_url_enabled in an input": modal(input_block(element("channels_select", response_url_enabled=True))),
    "alert": modal({"type": "alert", "text": plain("x" * 200), "level": "warning"}),
}
UNSOUND_MODALS = {
    "101 blocks": modal(*[section()] * 101),
    "no view at all": "modal",
    "home tab": home(),
    "without title": modal(title=None),
    "without blocks": modal(blocks=None),
    "title 25": modal(title=plain("x" * 25)),
    "title in mrkdwn": modal(title=mrkdwn("x")),
    "submit 25": modal(submit=plain("x" * 25)),
    "close 25": modal(close=plain("x" * 25)),
    "private_metadata 3001": modal(private_metadata="x" * 3001),
    "callback_id 256": modal(callback_id="x" * 256),
    "external_id 256": modal(external_id="x" * 256),
    "input without submit": modal(input_block(text_input()), submit=None),
    "unknown field": modal(user="U1"),
    "block_id twice": modal(section(block_id="b"), section(block_id="b")),
    "action_id twice": modal(input_block(text_input(), "1"), input_block(text_input(), "2")),
    "two with focus_on_load": modal(
        input_block(text_input("1", focus_on_load=True), "1"), input_block(text_input("2", focus_on_load=True), "2")
    ),
    "number input without is_decimal_allowed": modal(input_block(element("number_input"))),
    "number input with numbers": modal(input_block(element("number_input", is_decimal_allowed=True, min_value=1))),
    "file input with dispatch_action": modal(input_block(element("file_input"), dispatch_action=True)),
    "file input of 11 files": modal(input_block(element("file_input", max_files=11))),
    "markdown block": modal({"type": "markdown", "text": "x"}),
    "table": modal(table(1, 1)),
    "feedback buttons": modal(FEEDBACK),
    "alert 201": modal({"type": "alert", "text": plain("x" * 201)}),
}
SOUND_HOMES = {"100 blocks": home(*[section()] * 100), "with metadata": home(private_metadata="x", callback_id="home")}
UNSOUND_HOMES = {
    "101 blocks": home(*[section()] * 101),
    "modal": modal(),
    "submit": home(submit=plain("x")),
    "close": home(close=plain("x")),
    "datetimepicker": home(actions(element("datetimepicker"))),
    "email input": home(input_block(element("email_text_input"))),
    "alert": home({"type": "alert", "text": plain("x")}),
}


@cases(SOUND_MODALS)
def test_sound_modal(value: Any) -> None:
    assert check_view(value, home=False) == []


@cases(UNSOUND_MODALS)
def test_refused_modal(value: Any) -> None:
    assert check_view(value, home=False)


@cases(SOUND_HOMES)
def test_sound_home(value: Any) -> None:
    assert check_view(value, home=True) == []


@cases(UNSOUND_HOMES)
def test_refused_home(value: Any) -> None:
    assert check_view(value, home=True)


WORDS = sorted({word for table in (SOUND_IN_MESSAGES, SOUND_MODALS) for word in _words(list(table.values()))})
RANDOM = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=20,
)


@given(RANDOM, st.sampled_from(["blocks", "modal", "home"]))
def test_anything_is_judged(value: Any, place: str) -> None:
    """Whatever is sent, the answer is a list of complaints, never an exception."""
    if place == "blocks":
        check_message_blocks(value)
    else:
        check_view({"type": place, "title": plain("t"), "submit": plain("s"), "blocks": value}, home=place == "home")


def test_complaints_say_where() -> None:
    """In Slack's own form, so that a log line from here reads like one from there."""
    problems = check_message_blocks([section(), section("x" * 3001)])
    assert problems == ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]
