"""What goes to a channel: after a preview of who reads it, and never where people from outside do."""

import pytest

from bot.sandbox import ActingPerson, Message, View
from bot.views import playbook as playbook_views
from bot.views import sharing as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, has, press, prose, shown
from tests.world import TEAM, World

OUTSIDE = ("C0GUEST", "C0PARTNER", "C0CONNECT", "C0PENDING", "C0ORG", "G0SECRET")
FEE = "客户嫌费率高"


def posted(person: ActingPerson, channel: str) -> list[Message]:
    return [each for each in person.messages(channel) if each.is_bot and not each.is_ephemeral]


async def brief(person: ActingPerson, channel: str) -> Message:
    await person.command("/customer", "远大纺织", channel)
    return person.messages(channel)[-1]


async def previewed(world: World, person: ActingPerson, channel: str, target: str) -> View:
    """The form once the channel was picked and looked at."""
    await press(person, await brief(person, channel), views.SHARE)
    (view,) = person.views()
    before = view.hash
    await press(person, view, views.TARGET, value=target)
    await world.slack.wait_for(lambda: view.hash != before or None)
    return person.views()[0]


async def test_a_customer_is_shared_after_a_preview_of_who_reads_it(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """The post has no notes, and is what the preview showed; who shared it is told where it went."""
    await cast.customer(lin)
    await lin.command("/visit", "远大纺织 老板私下说想换银行")
    form = lin.views()[-1]
    await lin.submit(form, entered(form, next_step="发合同", next_step_on="2026-11-26"))
    await world.quiet()
    view = await previewed(world, lin, east, east)
    told = prose(view)
    assert "5 人会看到" in told
    assert "林悦" in told or "lin" in told
    assert "发合同" in told
    assert posted(chen, east) == []
    assert (await lin.submit(view, entered(view, **{views.TARGET: east}))).closed
    (message,) = await world.slack.wait_for(lambda: posted(chen, east))
    assert "发合同" in prose(message)
    assert f"由 <@{lin.id}> 分享" in prose(message)
    assert "老板私下" not in shown(message)
    await world.quiet()
    assert f"<#{east}>" in lin.dm_messages()[-1].text
    (line, *_) = [
        each for each in await world.services.workspaces.audit.newest(TEAM) if each.action == "customer.share"
    ]
    assert line.who == lin.id


async def test_in_english_and_sent_twice_it_is_one_post(
    world: World, cast: Cast, grace: ActingPerson, chen: ActingPerson, east: str
) -> None:
    await cast.customer(grace)
    view = await previewed(world, grace, east, east)
    assert "5 people would read it" in prose(view)
    world.slack.deliver_twice("view_submission")
    await grace.submit(view, entered(view, **{views.TARGET: east}))
    await world.quiet()
    (message,) = posted(chen, east)
    assert f"Shared by <@{grace.id}>" in prose(message)


@pytest.mark.parametrize("target", OUTSIDE)
async def test_nothing_is_shared_where_people_from_outside_read(
    world: World, cast: Cast, lin: ActingPerson, east: str, target: str
) -> None:
    """Guests, partners, shared channels and those to come; a channel that can't be looked at is one of them."""
    world.slack.state.join(target, lin.id)
    await cast.customer(lin)
    view = await previewed(world, lin, east, target)
    assert ":no_entry:" in prose(view)
    result = await lin.submit(view, entered(view, **{views.TARGET: target}))
    assert not result.closed
    await world.quiet()
    assert posted(lin, target) == []


async def test_outsiders_are_named(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """So that it is seen why."""
    world.slack.state.join("C0GUEST", lin.id)
    await cast.customer(lin)
    assert "其中有公司以外的人：*Paula Guest*" in prose(await previewed(world, lin, east, "C0GUEST"))


async def test_somebody_who_came_after_the_preview_is_seen_first(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """The form comes back with who would read it now."""
    await cast.customer(lin)
    view = await previewed(world, lin, east, east)
    world.slack.state.join(east, "U0GUEST")
    result = await lin.submit(view, entered(view, **{views.TARGET: east}))
    assert not result.closed
    assert "公司以外的人" in prose(lin.views()[0])
    assert posted(chen, east) == []


async def test_sent_before_the_preview_it_only_comes_back_with_one(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    await cast.customer(lin)
    await press(lin, await brief(lin, east), views.SHARE)
    (view,) = lin.views()
    assert not (await lin.submit(view, entered(view, **{views.TARGET: east}))).closed
    assert "5 人会看到" in prose(lin.views()[0])
    assert posted(chen, east) == []


async def test_where_slack_does_not_tell_nothing_is_shared(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """As if there were outsiders: an installation without the scope, or Slack on a bad day."""
    await cast.customer(lin)
    for method in ("conversations.info", "conversations.members", "users.info"):
        world.slack.faults.clear()
        world.slack.faults.add(method, "error", error="missing_scope")
        assert "我看不到" in prose(await previewed(world, lin, east, east))


async def test_somebody_elses_customer_is_not_shared(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """A forged button finds nothing."""
    theirs = await cast.customer(chen, "霁川电子")
    await cast.customer(lin)
    mine = await brief(lin, east)
    element(mine, views.SHARE)["value"] = theirs.id
    await press(lin, mine, views.SHARE)
    await world.quiet()
    assert "没有找到这个客户" in lin.messages(east)[-1].text


@pytest.mark.parametrize("target", ["C0GUEST", "C0CONNECT"])
async def test_plays_stay_inside_too(world: World, lin: ActingPerson, target: str) -> None:
    """They hold what we would walk away at: the answer itself is for the one who asked, and sharing is refused."""
    world.slack.state.join(target, lin.id)
    await lin.command("/objection", FEE, target)
    answer = lin.messages(target)[-1]
    assert answer.is_ephemeral
    await press(lin, answer, playbook_views.SHARE)
    await world.quiet()
    assert "话术只给公司内部的人看" in lin.messages(target)[-1].text
    assert posted(lin, target) == []


@pytest.mark.parametrize("target", ["C0GUEST", "C0CONNECT"])
async def test_a_mention_is_answered_to_the_one_who_asked(world: World, lin: ActingPerson, target: str) -> None:
    """Nobody else in the channel reads the play."""
    world.slack.state.join(target, lin.id)
    known = len(lin.messages(target))
    await lin.mention(target, FEE)
    await world.slack.wait_for(lambda: len(lin.messages(target)) > known + 1 or None)
    answer = lin.messages(target)[-1]
    assert answer.is_ephemeral
    assert has(answer, playbook_views.MORE)
    assert posted(lin, target) == []


async def test_who_slack_does_not_tell_gets_no_plays(world: World) -> None:
    """It may be a guest. What was typed comes back, in whichever language that one reads."""
    guest = world.slack.person("U0GUEST")
    await world.services.members.store.forget_profile(TEAM, guest.id)
    world.slack.faults.add("users.info", "error", times=2, error="internal_error")
    assert await guest.command("/objection", FEE, "C0GUEST") == 200
    told = guest.messages("C0GUEST")[-1].text
    assert "Please try again in a minute" in told
    assert "请过一分钟再试" in told
    assert FEE in told
    world.slack.faults.clear()
    await guest.command("/objection", FEE, "C0GUEST")
    assert "只给本公司的人使用" in guest.messages("C0GUEST")[-1].text


@pytest.mark.parametrize("outsider", ["U0GUEST", "U0PARTNER"])
async def test_outsiders_get_no_plays(world: World, outsider: str) -> None:
    """Neither by mention nor by message; on Home there is nothing for them."""
    person = world.slack.person(outsider)
    channel = {"U0GUEST": "C0GUEST", "U0PARTNER": "C0PARTNER"}[outsider]
    known = len(person.dm_messages())
    await person.mention(channel, FEE)
    await person.dm(FEE)
    await person.open_home()
    told = await world.slack.wait_for(
        lambda: found if len(found := [each for each in person.dm_messages()[known:] if each.is_bot]) >= 2 else None
    )
    await world.quiet()
    assert all("只给本公司的人使用" in each.text for each in told)
    assert person.home() is None
    assert posted(person, channel) == []
