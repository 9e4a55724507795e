"""One's own settings: hour, language, and who looks after the list meanwhile."""

from datetime import time

import pytest

from bot.domain.customer import Tier
from bot.sandbox import ActingPerson, View
from bot.views import followups as rows
from bot.views import settings as views
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, field, has, press, prose, shown
from tests.world import TEAM, World

TOO_LONG = "暂停最多 14 天。更久的话请选休假，或把客户移交给同事。"
AWAY = {"away": "leave", "first_on": "2026-11-24", "last_on": "2026-11-27"}


async def window(world: World, person: ActingPerson) -> View:
    await person.open_home()
    home = await world.slack.wait_for(person.home)
    await press(person, home, views.OPEN)
    return person.views()[-1]


async def test_hour_and_language_are_ones_own(world: World, cast: Cast, lin: ActingPerson) -> None:
    """They come back as chosen, and Home speaks the language at once."""
    view = await window(world, lin)
    assert field(view, views.DIGEST_AT)["initial_option"]["text"]["text"] == "跟公司一致（09:00）"
    assert (await lin.submit(view, entered(view, digest_at="07:30", language="en"))).closed
    await world.slack.wait_for(lambda: "Saved." in [each.text for each in lin.dm_messages()])
    home = await world.slack.wait_for(lin.home)
    await world.slack.wait_for(lambda: "Settings" in shown(home))
    assert (await cast.actor(lin)).digest_at == time(7, 30)
    again = await window(world, lin)
    assert field(again, views.DIGEST_AT)["initial_option"]["value"] == "07:30"


async def test_the_footer_of_the_message_opens_them_too(cast: Cast, lin: ActingPerson) -> None:
    await cast.customer(lin, last_contact_on="2026-10-09")
    await press(lin, await cast.nudge(lin), views.OPEN)
    assert lin.views()[-1].callback_id == views.MODAL


@pytest.mark.parametrize(
    ("values", "field_name", "error"),
    [
        (AWAY, "stand_in", "不在的时候客户交给谁？请选一位代班人。"),
        (
            {**AWAY, "away": "pause", "last_on": "2026-12-08"},
            "last_on",
            TOO_LONG,
        ),
        ({**AWAY, "away": "none"}, "away", "填了日期，请选是休假还是暂停；不需要的话请清空日期。"),
    ],
    ids=["nobody", "too long", "neither"],
)
async def test_what_is_wrong_is_told_at_its_field(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, values: dict[str, str], field_name: str, error: str
) -> None:
    """And nothing is changed."""
    view = await window(world, lin)
    who = {} if field_name == "stand_in" else {"stand_in": chen.id}
    assert (await lin.submit(view, entered(view, **values, **who))).errors == {field_name: error}
    assert (await world.services.members.find(TEAM, lin.id)).away is None


async def test_the_stand_in_finds_the_rows_in_the_own_message(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson
) -> None:
    """Below the name of who is away; a click there counts, in place."""
    await cast.customer(lin, "远大纺织", Tier.B, last_contact_on="2026-10-09")
    view = await window(world, lin)
    assert (await lin.submit(view, entered(view, **AWAY, stand_in=chen.id))).closed
    await world.slack.wait_for(lambda: f"<@{chen.id}> 代为处理" in "".join(each.text for each in lin.dm_messages()))
    message = await cast.nudge(chen)
    assert f"代 <@{lin.id}> 跟进" in prose(message)
    assert "远大纺织" in prose(message)
    await press(chen, message, rows.SNOOZE, selected="1wd|other")
    await world.slack.wait_for(lambda: "» 远大纺织：推迟到11月25日（周三）" in prose(message))
    assert has(message, rows.UNDO)


async def test_a_status_in_slack_is_read(world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson) -> None:
    """With its end; once the status is taken away the list is one's own again."""
    await cast.customer(lin, last_contact_on="2026-10-09")
    view = await window(world, lin)
    await lin.submit(view, entered(view, stand_in=chen.id))
    world.slack.set_status(lin.id, ":palm_tree:", "回家", 1_800_000_000)
    await world.quiet()
    lin_now = await cast.actor(lin)
    assert lin_now.absence(world.clock()) is not None
    assert "您的 Slack 状态显示正在休假" in shown(await window(world, lin))
    assert len((await world.services.followups.due(await cast.actor(chen))).covered) == 1
    world.slack.set_status(lin.id)
    await world.quiet()
    assert not (await world.services.followups.due(await cast.actor(chen))).covered


async def test_the_command_opens_them_too(lin: ActingPerson, east: str) -> None:
    """For who has no Home at hand."""
    assert await lin.command("/factormate", "settings", east) == 200
    assert lin.views()[-1].callback_id == views.MODAL
