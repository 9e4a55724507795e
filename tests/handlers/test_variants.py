"""What is said to the customer in question: by industry and tier, for who may see the customer, and nobody else."""

from typing import Any

import pytest

from bot.domain.customer import Tier
from bot.domain.industry import Industry
from bot.matching import Decision
from bot.sandbox import ActingPerson, Message
from bot.views import library as library_views
from bot.views import playbook as views
from bot.views.blocks import unpacked
from tests.handlers.cast import Cast
from tests.handlers.reading import element, elements, field, press, prose, shown
from tests.world import World

FEE, SLOW = "cost/fee-too-high", "buyer/pays-slowly"
FEE_ZH, FEE_EN = "嫌费率高", "the fee is too high"


def variant(world: World, entry_id: str, **audience: Any) -> Any:
    """The words for an audience: an industry, or a tier among those it names."""
    entry = world.objection(entry_id)
    industry, tier = audience.get("industry"), audience.get("tier")
    return next(each.say for each in entry.variants if each.audience.holds(industry, tier or Tier.B))


async def ask(person: ActingPerson, line: str, channel: str, command: str = "/objection") -> Message:
    assert await person.command(command, line, channel) == 200
    return person.messages(channel)[-1]


# for whom


@pytest.mark.parametrize("command", ["/objection", "/playbook"])
async def test_the_line_for_the_customer_named(
    world: World, cast: Cast, lin: ActingPerson, east: str, command: str
) -> None:
    """In the place of the general one, with whom it is for; the name is no part of what is looked for."""
    await cast.customer(lin, industry="纺织", tier=Tier.A)
    answer = await ask(lin, f"远大纺织 {FEE_ZH}", east, command)
    told = prose(answer)
    assert "对 A 级客户" in told
    assert variant(world, FEE, tier=Tier.A).zh in told
    assert world.objection(FEE).speak.zh not in told
    assert variant(world, FEE, tier=Tier.A).zh in answer.text
    assert unpacked(element(answer, views.MORE)["value"])["q"] == FEE_ZH
    assert "远大" not in str(answer.blocks)
    assert len(told) <= 600


async def test_the_line_in_english(world: World, cast: Cast, grace: ActingPerson, east: str) -> None:
    """By the first of several names; a name in Latin letters needs no capitals."""
    await cast.customer(grace, "Harbour Foods", Tier.D, aliases=("HF",), industry="Food")
    for line in (f"harbour foods: {FEE_EN}", f"HF - {FEE_EN}", f"Harbour Foods {FEE_EN}"):
        told = prose(await ask(grace, line, east))
        assert "For tier C/D customers" in told
        assert variant(world, FEE, tier=Tier.D).en in told


async def test_the_industry_of_the_customer(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """As it was typed into the customer's file; the same customer's answer by direct message and by mention."""
    await cast.customer(lin, "霁川医疗", Tier.B, industry="医疗器械")
    wanted = variant(world, SLOW, industry=Industry.HEALTHCARE).zh
    line = "霁川医疗 买方总是拖款"
    assert wanted in prose(await ask(lin, line, east))
    asked = await lin.dm(line)
    await world.slack.wait_for(lambda: [m for m in lin.dm_messages() if m.ts > asked.ts and wanted in prose(m)])
    await lin.mention(east, line)
    await world.slack.wait_for(lambda: len([m for m in lin.messages(east) if m.is_bot and wanted in prose(m)]) == 2)


async def test_a_customer_without_a_line_of_its_own(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Tier B, of an industry that the playbook does not know: the general line, and nothing about whom it is for."""
    await cast.customer(lin, "霁川食品", Tier.B, industry="食品")
    told = prose(await ask(lin, f"霁川食品 {FEE_ZH}", east))
    assert world.objection(FEE).speak.zh in told
    assert "级客户" not in told
    assert "类客户" not in told


@pytest.mark.parametrize("line", ["远大于银行的利率，太贵了", f"远大{FEE_ZH}", FEE_ZH, f"客户远大纺织{FEE_ZH}"])
async def test_a_sentence_that_names_no_customer_first(
    world: World, cast: Cast, lin: ActingPerson, east: str, line: str
) -> None:
    """A short name may be the beginning of a word; the whole line is looked for as it is."""
    await cast.customer(lin, tier=Tier.A, aliases=("远大",))
    answer = await ask(lin, line, east)
    assert "对 A 级客户" not in prose(answer)
    assert unpacked(element(answer, views.MORE)["value"])["q"] == line


async def test_a_name_alone_is_a_question_as_before(
    cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Nothing would be left to look for without it."""
    await cast.customer(lin)
    assert prose(await ask(lin, "远大纺织", east)) == prose(await ask(chen, "远大纺织", east))


async def test_two_objections_of_a_customer(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    """Each with its own line where it has one."""
    await cast.customer(lin, "霁川建设", Tier.C, industry="建筑施工")
    line = "又嫌费率高，又不想让买方知道"
    assert world.services.playbook.shipped.match(line).decision is Decision.SEVERAL
    told = prose(await ask(lin, f"霁川建设 {line}", east))
    assert variant(world, FEE, tier=Tier.C).zh in told
    assert variant(world, "disclosure/buyer-notification", industry=Industry.CONSTRUCTION).zh in told


# who may know


@pytest.mark.parametrize("name", ["reed", "chen"])
async def test_a_hidden_customer_is_an_unknown_word(
    world: World, cast: Cast, lin: ActingPerson, east: str, name: str
) -> None:
    """A colleague without a role, and another account manager: the same answer as for a name that nobody has."""
    person, unknown = cast.person(name), "迩泊纺织"
    await cast.customer(lin, "霁川纺织", tier=Tier.A)
    for line in (FEE_ZH, FEE_EN, "今天天气不错"):
        hidden = await ask(person, f"霁川纺织 {line}", east)
        other = await ask(person, f"{unknown} {line}", east)
        assert prose(hidden).replace("霁川纺织", unknown) == prose(other)
        assert hidden.text == other.text
        assert '"c":' not in str([each.get("value") for each in elements(hidden)])


async def test_somebody_elses_customer_sent_with_a_button_tells_nothing(
    world: World, cast: Cast, lin: ActingPerson, reed: ActingPerson, east: str
) -> None:
    """Values can be forged: the general play, in place and in the window."""
    customer = await cast.customer(lin, tier=Tier.A)
    own = variant(world, FEE, tier=Tier.A)
    answer = await ask(reed, FEE_EN, east)
    for kind in (views.MORE, views.SWITCH):
        value = element(answer, kind)["value"]
        element(answer, kind)["value"] = value.replace("{", f'{{"c":"{customer.id}",', 1)
    await press(reed, answer, views.MORE)
    assert shown(reed.views()[-1]).index(world.objection(FEE).speak.en) < shown(reed.views()[-1]).index(own.en)
    await press(reed, answer, views.SWITCH)
    await world.slack.wait_for(lambda: world.objection(FEE).speak.zh in prose(reed.messages(east)[-1]))


async def test_the_lead_of_the_team_has_the_line_too(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson, east: str
) -> None:
    """Unless two in the team have a customer of that name: then neither is meant."""
    await cast.customer(lin, tier=Tier.A)
    assert "对 A 级客户" in prose(await ask(zhou, f"远大纺织 {FEE_ZH}", east))
    await cast.customer(chen, tier=Tier.C)
    assert "级客户" not in prose(await ask(zhou, f"远大纺织 {FEE_ZH}", east))
    assert "对 C/D 级客户" in prose(await ask(chen, f"远大纺织 {FEE_ZH}", east))


@pytest.mark.parametrize("where", ["channel", "dm"])
async def test_what_is_shared_is_the_general_card(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str, where: str
) -> None:
    """Neither name, tier nor industry reaches the channel, also not in what is hidden in its buttons."""
    customer = await cast.customer(lin, "霁川纺织", tier=Tier.A)
    own = variant(world, FEE, tier=Tier.A).zh
    if where == "channel":
        await press(lin, await ask(lin, f"霁川纺织 {FEE_ZH}", east), views.SHARE)
    else:
        await lin.dm(f"霁川纺织 {FEE_ZH}")
        card = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if own in prose(m)), None))
        await press(lin, card, views.SHARE)
        view = lin.views()[-1]
        target = {views.SHARE_TARGET: {views.SHARE_TARGET: {"selected_conversation": east}}}
        assert (await lin.submit(view, target)).closed
    (shared,) = await world.slack.wait_for(lambda: [m for m in chen.messages(east) if m.is_bot and not m.is_ephemeral])
    assert world.objection(FEE).speak.zh in prose(shared)
    sent = f"{shared.text} {shared.blocks}"
    assert [each for each in (own, "霁川", "级客户", "类客户", customer.id) if each in sent] == []
    await press(chen, shared, views.MORE)
    assert shown(chen.views()[-1]).index(world.objection(FEE).speak.zh) < shown(chen.views()[-1]).index(own)


# from there


async def test_the_whole_play_has_all_lines_the_customers_first(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """The general one is a click away."""
    await cast.customer(lin, tier=Tier.D)
    await press(lin, await ask(lin, f"远大纺织 {FEE_ZH}", east), views.MORE)
    told = shown(lin.views()[-1])
    own, general = variant(world, FEE, tier=Tier.D).zh, world.objection(FEE).speak.zh
    assert told.index(own) < told.index(general) < told.index(variant(world, FEE, tier=Tier.A).zh)


async def test_the_other_language_is_for_the_same_customer(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    await cast.customer(lin, tier=Tier.A)
    await press(lin, await ask(lin, f"远大纺织 {FEE_ZH}", east), views.SWITCH)
    own = variant(world, FEE, tier=Tier.A)
    await world.slack.wait_for(lambda: own.en in prose(lin.messages(east)[-1]))
    assert "对 A 级客户" in prose(lin.messages(east)[-1])


async def test_a_play_picked_by_hand_is_for_the_same_customer(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """When nothing fitted what the customer said."""
    await cast.customer(lin, tier=Tier.A)
    answer = await ask(lin, "远大纺织 今天天气不错", east)
    await press(lin, answer, library_views.BROWSE, selected=FEE)
    await world.slack.wait_for(lambda: variant(world, FEE, tier=Tier.A).zh in prose(lin.messages(east)[-1]))


async def test_a_visit_logged_from_the_card_is_of_the_customer(cast: Cast, lin: ActingPerson, east: str) -> None:
    """Nobody types the name twice."""
    customer = await cast.customer(lin)
    await press(lin, await ask(lin, f"远大纺织 {FEE_ZH}", east), views.VISIT)
    view = lin.views()[-1]
    assert field(view, "customer")["initial_option"]["value"] == customer.id
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == [FEE]


async def test_a_reply_to_a_message_about_a_customer(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """In the window, for who may see the customer."""
    await cast.customer(lin, tier=Tier.A)
    own, general = variant(world, FEE, tier=Tier.A).zh, world.objection(FEE).speak.zh
    message = await chen.say(east, f"远大纺织：{FEE_ZH}")
    for person, first in ((lin, own), (chen, general)):
        await person.shortcut(library_views.FIND_REPLY, message)
        told = shown(person.views()[-1])
        assert min((own, general), key=told.index) == first


async def test_the_page_before_a_meeting_has_the_customers_lines(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """What is expected to come up, and what to say to this customer; a click leads to the whole of it."""
    await cast.customer(lin, "霁川建设", tier=Tier.B, industry="建筑施工")
    await lin.command("/prep", "霁川建设", east)
    page = lin.messages(east)[-1]
    own = variant(world, "terms/advance-ratio-low", industry=Industry.CONSTRUCTION).zh
    assert own in prose(page)
    assert "对建筑工程类客户" in prose(page)
    assert world.objection("terms/advance-ratio-low").speak.zh not in prose(page)
    assert world.objection(FEE).speak.zh in prose(page)
    opens = [each["value"] for each in elements(page) if each["action_id"].startswith(views.MORE)]
    row = next(number for number, each in enumerate(opens) if "terms/advance-ratio-low" in each)
    await press(lin, page, views.MORE, row)
    assert own in shown(lin.views()[-1])
