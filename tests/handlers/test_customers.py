"""The brief of a customer, and that nobody learns of one who may not."""

from typing import Any

import pytest

from bot.domain.customer import Tier
from bot.sandbox import ActingPerson, Message
from bot.views import customers as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, entered, labels, press, prose
from tests.world import World

NOT_FOUND = "没有找到这个客户。请检查名称，或者用 `/visit` 新建。"


async def look(person: ActingPerson, typed: str, channel: str) -> Message:
    """The answer to /customer."""
    assert await person.command("/customer", typed, channel) == 200
    return person.messages(channel)[-1]


async def log(person: ActingPerson, line: str, **values: Any) -> None:
    await person.command("/visit", line)
    view = person.views()[-1]
    assert (await person.submit(view, entered(view, **values))).closed


async def test_brief_tells_what_to_know_before_calling(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Tier, industry, owner, the last three notes, open steps with their day, the next contact and why."""
    await cast.customer(lin)
    for day, note in (
        ("2026-11-03", "第一次"),
        ("2026-11-10", "第二次"),
        ("2026-11-17", "第三次"),
        ("2026-11-20", "第四次"),
    ):
        await log(lin, f"远大纺织 {note}", on=day)
    await log(lin, "远大纺织 第五次", on="2026-11-23", channel="video", next_step="发合同", next_step_on="2026-11-25")
    answer = await look(lin, "远大纺织", east)
    told = prose(answer)
    assert answer.is_ephemeral
    assert f"A 级 · 纺织 · 客户经理 <@{lin.id}>" in told
    assert "下次联系：*11月25日（周三）*" in told
    assert "有答应的事11月25日（周三）到期，比原定的12月7日（周一）早" in told
    assert "14 天一次" in told
    assert "发合同，11月25日（周三）前" in told
    assert [note for note in ("第一次", "第二次", "第三次", "第四次", "第五次") if note in told] == [
        "第三次",
        "第四次",
        "第五次",
    ]
    assert told.index("第五次") < told.index("第四次") < told.index("第三次")
    assert "视频" in told
    assert set(answer.pings) <= {lin.id}


async def test_brief_in_english(cast: Cast, grace: ActingPerson, east: str) -> None:
    """A new customer: no notes yet, and counted from the day it was created."""
    await cast.customer(grace, "Northlight Textiles", Tier.B, industry="Textiles")
    told = prose(await look(grace, "northlight textiles", east))
    assert f"Tier B · Textiles · account manager <@{grace.id}>" in told
    assert "every 30 days" in told
    assert "Tue 24 Nov" in told
    assert "No visits logged yet" in told


async def test_overdue_step_says_how_late(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Two days past its day."""
    await cast.customer(lin)
    await log(lin, "远大纺织 谈了", next_step="发合同", next_step_on="2026-11-25")
    world.clock.set("2026-11-27T10:00:00+08:00")
    assert "已过 2 天" in prose(await look(lin, "远大纺织", east))


@pytest.mark.parametrize("typed", ["远大", "ydfz", "yuanda", "远纺集团", " 远大纺织 ", "大纺"])
async def test_found_however_it_is_typed(cast: Cast, lin: ActingPerson, east: str, typed: str) -> None:
    """Name, alias, pinyin, or a part of them."""
    await cast.customer(lin, aliases=("远纺集团",))
    assert "A 级 · 纺织" in prose(await look(lin, typed, east))


async def test_name_with_the_word_payload(cast: Cast, lin: ActingPerson, east: str) -> None:
    """Bolt's trap: a form with that word is read all the same."""
    await cast.customer(lin, "Payload 物流")
    assert "A 级 · 纺织" in prose(await look(lin, "payload 物流", east))


async def test_several_customers_are_a_choice(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Choosing one shows its brief in the question's place."""
    await cast.customer(lin, "远大纺织")
    await cast.customer(lin, "远大机械", industry="机械")
    answer = await look(lin, "远大", east)
    assert {each.split(" · ")[0] for each in labels(answer)} == {"远大纺织", "远大机械"}
    row = next(row for row, each in enumerate(labels(answer)) if each.startswith("远大机械"))
    await press(lin, answer, views.SHOW, row)
    await world.slack.wait_for(lambda: "A 级 · 机械" in prose(lin.messages(east)[-1]))
    assert len(lin.messages(east)) == 1


async def test_too_many_customers_ask_for_more_of_the_name(cast: Cast, lin: ActingPerson, east: str) -> None:
    """A few to choose from, and the hint that there are more."""
    for number in range(12):
        await cast.customer(lin, f"远大{number}厂")
    answer = await look(lin, "远大", east)
    assert len(labels(answer)) == views.MAX_CHOICES
    assert "请把名称写全一点" in prose(answer)


async def test_without_a_name_says_how(lin: ActingPerson, east: str) -> None:
    """What to add, with an example."""
    assert "/customer 远大纺织" in (await look(lin, "", east)).text


# who may see


async def test_lead_sees_the_teams_customers(cast: Cast, chen: ActingPerson, zhou: ActingPerson, east: str) -> None:
    """And whose they are."""
    await cast.customer(chen)
    assert f"<@{chen.id}>" in prose(await look(zhou, "远大纺织", east))


async def test_lead_of_another_team_does_not(
    world: World, cast: Cast, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Only those of the lead's own team."""
    await cast.customer(chen)
    member = await world.services.members.set_roles(
        "T0LOCAL", zhou.id, (await cast.actor(zhou)).roles, "West", by="test"
    )
    assert member.team == "West"
    assert (await look(zhou, "远大纺织", east)).text == NOT_FOUND


async def test_same_name_with_two_managers_is_a_choice_for_the_lead_only(
    cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Each manager meets one's own; the lead is asked which."""
    await cast.customer(lin, industry="纺织")
    await cast.customer(chen, industry="服装")
    assert "A 级 · 纺织" in prose(await look(lin, "远大纺织", east))
    assert "A 级 · 服装" in prose(await look(chen, "远大纺织", east))
    assert len(labels(await look(zhou, "远大纺织", east))) == 2


@pytest.mark.parametrize("who", ["lin", "reed"])
async def test_hidden_customer_is_answered_like_one_that_does_not_exist(
    cast: Cast, chen: ActingPerson, east: str, who: str
) -> None:
    """To another manager and to an outsider: word for word the same, and the same to the byte on the wire."""
    await cast.customer(chen, "远大纺织", aliases=("远大",))
    person = cast.person(who)
    answers = []
    for typed in ("远大纺织", "远大", "ydfz", "查无此家"):
        await look(person, typed, east)
        delivery = cast.delivered(person)[-1]
        answers.append((delivery.status, delivery.answer, delivery.answer_headers.get("content-length")))
    assert answers.count(answers[-1]) == len(answers)


@pytest.mark.parametrize("kind", [views.SHOW, views.LOG])
async def test_hidden_customer_behind_a_forged_button_is_not_found(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str, kind: str
) -> None:
    """Somebody else's id, one that never was, and nonsense: the same sentence each time."""
    theirs = await cast.customer(chen)
    await cast.customer(lin, "霁川电子")
    await cast.customer(lin, "霁川物流")
    answer = await look(lin, "霁川" if kind == views.SHOW else "霁川电子", east)
    for wanted in (theirs.id, "0" * 12, "", "../../x"):
        element(answer, kind)["value"] = wanted
        assert await press(lin, answer, kind) == 200
    await world.slack.wait_for(lambda: len(lin.messages(east)) == 5)
    assert [each.text for each in lin.messages(east)[1:]] == [NOT_FOUND] * 4
    assert lin.views() == []


async def test_odd_names_are_answered_kindly(lin: ActingPerson, east: str) -> None:
    """Markup, emoji, control characters, far too long: not found, and nobody rung."""
    for typed in ("@channel 远大", "🙂", "\x07", "远" * 3000, "*", "<b>"):
        answer = await look(lin, typed, east)
        assert answer.text
        assert answer.pings == ()
