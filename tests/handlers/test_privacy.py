"""/factormate privacy: what is kept about oneself, in words, as a file, and whom to ask."""

import json

from bot.domain.user import Role
from bot.sandbox import ActingPerson, Message
from bot.views import privacy as views
from tests.handlers.cast import Cast
from tests.handlers.reading import labels, press, prose
from tests.world import TEAM, World


async def opened(person: ActingPerson, channel: str) -> Message:
    assert await person.command("/factormate", "privacy", channel) == 200
    return person.messages(channel)[-1]


async def test_it_says_what_is_kept_and_who_sees_it(lin: ActingPerson, grace: ActingPerson, east: str) -> None:
    """On one screen, in one's own language, for oneself alone; no address, no link."""
    message = await opened(lin, east)
    assert message.is_ephemeral
    assert "审计日志" in prose(message)
    assert labels(message) == ["把我的数据发给我", "找谁问"]
    assert len(prose(await opened(grace, east))) < 1500


async def test_ones_own_data_come_as_a_file_and_no_customers(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Settings, messages sent, questions without an answer, what the audit log tells; nobody else's."""
    await cast.customer(lin, "青鸾独角纺织厂", last_contact_on="2026-10-09")
    await cast.nudge(lin)
    await lin.command("/objection", "今天天气不错", east)
    await chen.command("/objection", "what is the wifi password", east)
    await world.quiet()
    await press(lin, await opened(lin, east), views.EXPORT)
    sent = await world.slack.wait_for(lambda: next((each for each in lin.dm_messages() if each.files), None))
    file = world.slack.state.files.get(sent.files[0]["id"])
    assert file is not None
    held = json.loads(file.content)
    told = json.dumps(held, ensure_ascii=False)
    kinds = {each["kind"] for each in held}
    assert {"member", "profile", "digest", "question", "audit"} <= kinds
    assert "天气" in told
    assert "wifi" not in told
    assert "青鸾" not in told
    assert all(lin.id in json.dumps(each) for each in held)
    audit = await world.services.workspaces.audit.newest(TEAM)
    assert ("privacy.export", lin.id) in [(row.action, row.subject) for row in audit if row.who == lin.id]


async def test_a_second_file_within_the_hour_is_not_made(world: World, lin: ActingPerson, east: str) -> None:
    """Reading the whole audit log is work; whoever clicks again is pointed to the file that is there."""
    message = await opened(lin, east)
    await press(lin, message, views.EXPORT)
    await world.quiet()
    await press(lin, message, views.EXPORT)
    await world.slack.wait_for(lambda: any("这一小时内" in each.text for each in lin.dm_messages()))
    assert len([each for each in lin.dm_messages() if each.files]) == 1


async def test_a_file_that_slack_refused_may_be_asked_for_at_once(world: World, lin: ActingPerson, east: str) -> None:
    world.slack.faults.add("files.getUploadURLExternal", "error", error="internal_error")
    message = await opened(lin, east)
    await press(lin, message, views.EXPORT)
    await world.slack.wait_for(lambda: lin.dm_messages())
    await world.quiet()
    await press(lin, message, views.EXPORT)
    await world.slack.wait_for(lambda: any(each.files for each in lin.dm_messages()))


async def test_whom_to_ask_are_the_admins(
    world: World, lin: ActingPerson, zhou: ActingPerson, grace: ActingPerson, east: str
) -> None:
    """Named as people; where none is named, whoever runs Slack."""
    message = await opened(grace, east)
    await press(grace, message, views.ASK)
    await world.slack.wait_for(lambda: "whoever runs Slack" in grace.messages(east)[-1].text)
    await world.services.members.set_roles(TEAM, zhou.id, frozenset({Role.ADMIN}), None, by="test")
    await press(grace, message, views.ASK)
    await world.slack.wait_for(lambda: f"<@{zhou.id}>" in grace.messages(east)[-1].text)
