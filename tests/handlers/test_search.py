"""/find in Slack: words in, hits with their customers out, and only for who may see them."""

import asyncio

from bot.domain.search import HITS_SHOWN
from bot.sandbox import ActingPerson, Message
from bot.views import search as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, has, press, prose
from tests.world import World


async def log(person: ActingPerson, line: str) -> None:
    await person.command("/visit", line)
    view = person.views()[-1]
    assert (await person.submit(view, entered(view))).closed


async def find(person: ActingPerson, typed: str, channel: str, command: str = "/find") -> Message:
    assert await person.command(command, typed, channel) == 200
    return person.messages(channel)[-1]


async def test_two_characters_find_a_note(cast: Cast, lin: ActingPerson, east: str) -> None:
    """Right after it was saved, in traditional characters too, for nobody else to see."""
    await cast.customer(lin)
    await log(lin, "远大纺织 嫌费率高，要和老板商量")
    for typed in ("费率", "費率"):
        answer = await find(lin, typed, east)
        assert answer.is_ephemeral
        assert f"“{typed}”：找到 1 条" in prose(answer)
        assert "*远大纺织* · 拜访记录 · 2026-11-24" in prose(answer)
    quote = answer.blocks[-1]["elements"][0]["elements"]
    assert [each["text"] for each in quote if each.get("style") == {"bold": True}] == ["费率"]


async def test_in_english_and_under_the_common_name(cast: Cast, grace: ActingPerson, east: str) -> None:
    await cast.customer(grace, "Northlight Textiles")
    await log(grace, "Northlight Textiles wants to compare our fee with the bank")
    answer = await find(grace, "find BANK fee", east, "/factormate")
    assert "“BANK fee”: one found" in prose(answer)
    assert "*Northlight Textiles* · Visit note · 2026-11-24" in prose(answer)


async def test_a_hit_opens_the_note_and_its_customer(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Below what was found, which stays."""
    await cast.customer(lin)
    for line in ("远大纺织 嫌费率高", "远大纺织 第二次来电", "远大纺织 第三次来电", "远大纺织 第四次来电"):
        await log(lin, line)
    answer = await find(lin, "费率", east)
    await press(lin, answer, views.OPEN)
    await world.quiet()
    opened = lin.messages(east)[-1]
    assert opened.ts != answer.ts
    assert opened.is_ephemeral
    assert "嫌费率高" in prose(opened), "older than the notes of a brief"
    assert "A 级 · 纺织 · 客户经理" in prose(opened)
    assert "找到 1 条" in prose(answer)


async def test_a_customer_is_opened_as_its_brief(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    await cast.customer(lin)
    answer = await find(lin, "远大", east)
    assert "*远大纺织* · 客户" in prose(answer)
    await press(lin, answer, views.OPEN)
    await world.quiet()
    assert "还没有拜访记录" in prose(lin.messages(east)[-1])


async def test_more_and_back(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """In the same message; an altered button does no harm."""
    for number in range(HITS_SHOWN + 1):
        await cast.customer(lin, f"远大{number}厂")
    answer = await find(lin, "远大", east)
    assert not has(answer, f"{views.TURN}.back")
    await press(lin, answer, views.TURN)
    await world.quiet()
    assert "第 7–7 条" in prose(answer)
    await press(lin, answer, views.TURN)
    await world.quiet()
    assert "第 1–6 条" in prose(answer)
    body = cast.delivered(lin)[-1].body
    body["actions"][0] |= {"value": '{"q":"远大","f":"x"}', "action_ts": "1.5"}
    assert (await world.slack.deliver("interactive", body)).status == 200


async def test_nobody_else_finds_it(
    world: World, cast: Cast, chen: ActingPerson, lin: ActingPerson, reed: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Neither by words nor by a button that somebody sends with another's ids; the lead of the team does."""
    customer = await cast.customer(chen)
    await log(chen, "远大纺织 嫌费率高")
    assert "没有找到“费率”" in prose(await find(lin, "费率", east))
    assert "Nothing found for “费率”" in prose(await find(reed, "费率", east))
    answer = await find(zhou, "费率", east)
    assert "找到 1 条" in prose(answer)
    value = element(answer, views.OPEN)["value"]
    await cast.customer(lin, "顺达物流")
    await press(lin, await find(lin, "顺达", east), views.OPEN)
    body = cast.delivered(lin)[-1].body
    assert customer.id in value
    body["actions"][0] |= {"value": value, "action_ts": "1.5"}
    assert (await world.slack.deliver("interactive", body)).status == 200
    await world.quiet()
    assert "嫌费率高" not in "".join(prose(each) for each in lin.messages(east))


async def test_alone_it_says_how(lin: ActingPerson, grace: ActingPerson, east: str) -> None:
    """Also for signs that nothing can be found by."""
    assert "`/find 费率`" in (await find(lin, "", east)).text
    assert "`/factormate find fee`" in (await find(grace, "find :tada:", east, "/factormate")).text


async def test_who_would_wait_too_long_gets_the_hits_a_moment_later(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """While everything is read for somebody else, nobody is told that there is nothing."""
    await cast.customer(lin)
    await log(lin, "远大纺织 嫌费率高")
    async with world.services.search._turn:
        assert "正在翻您的记录" in (await find(lin, "费率", east)).text
        await asyncio.sleep(0)
    await world.quiet()
    assert "找到 1 条" in prose(lin.messages(east)[-1])
