"""The customer field of the visit form: finding one's own customers while typing, and creating a new one."""

from typing import Any

import pytest

from bot.domain.customer import Customer, NewCustomer, Tier
from bot.sandbox import ActingPerson, View
from bot.views import visitform as views
from tests.handlers.cast import Cast
from tests.handlers.reading import block_id, element, entered, field, fields, shown
from tests.world import TEAM, World


async def form(person: ActingPerson) -> View:
    await person.command("/visit")
    return person.views()[-1]


async def suggested(person: ActingPerson, typed: str) -> list[str]:
    """What the field offers, without the letter of the tier."""
    found = await person.suggest(await form(person), views.CUSTOMER, typed)
    return [each["text"]["text"].split(" · ")[0] for each in found]


async def pick(person: ActingPerson, view: View, typed: str, value: str) -> View:
    """Types, and chooses what is offered."""
    await person.suggest(view, views.CUSTOMER, typed)
    assert await person.press(view, views.CUSTOMER, selected=value) == 200
    return person.views()[-1]


async def owned(world: World, cast: Cast, person: ActingPerson) -> list[Customer]:
    return await world.services.customers.suggest(await cast.actor(person), "")


# finding


async def test_nothing_typed_offers_the_recent_ones_first(cast: Cast, lin: ActingPerson) -> None:
    """The last contacted customer stands on top."""
    for name, day in (("远大纺织", "2026-11-02"), ("霁川电子", "2026-11-20"), ("黍溪食品", "2026-10-08")):
        await cast.customer(lin, name, last_contact_on=day)
    assert await suggested(lin, "") == ["霁川电子", "远大纺织", "黍溪食品"]


@pytest.mark.parametrize("typed", ["远大", "大纺", "yuanda", "YuanDa", "ydfz", "yd", "远纺集团", " 远大 "])
async def test_found_by_name_pinyin_initials_or_alias(cast: Cast, lin: ActingPerson, typed: str) -> None:
    """However one types it; two characters are enough."""
    await cast.customer(lin, "远大纺织", aliases=("远纺集团",))
    await cast.customer(lin, "霁川电子")
    assert (await suggested(lin, typed))[0] == "远大纺织"
    assert "霁川电子" not in await suggested(lin, typed)


async def test_customer_of_two_characters_is_found(cast: Cast, lin: ActingPerson) -> None:
    """A whole name may be that short; then creating it again is not offered."""
    await cast.customer(lin, "华为")
    assert await suggested(lin, "华为") == ["华为"]


async def test_closest_stands_first(cast: Cast, lin: ActingPerson) -> None:
    """The same name, then those that begin with it, then those that contain it."""
    for name in ("新远大", "远大纺织", "远大"):
        await cast.customer(lin, name)
    assert await suggested(lin, "远大") == ["远大", "远大纺织", "新远大"]


async def test_more_than_a_hundred_are_cut_to_what_slack_takes(cast: Cast, lin: ActingPerson) -> None:
    """Slack takes 100 options: the best ones, and creating a customer among them."""
    for number in range(105):
        await cast.customer(lin, f"远大{number:03}厂")
    assert len(await suggested(lin, "")) == 100
    found = await suggested(lin, "远大")
    assert len(found) == 100
    assert "新建“远大”" in found[-1]
    assert await suggested(lin, "远大104") == ["远大104厂", "＋ 新建“远大104”"]


async def test_others_customers_are_never_suggested(
    cast: Cast, lin: ActingPerson, chen: ActingPerson, zhou: ActingPerson
) -> None:
    """Not those of a colleague, whether one types the name or nothing; the lead, who sees them, finds them."""
    await cast.customer(chen, "霁川电子")
    assert await suggested(lin, "") == []
    assert await suggested(lin, "霁川电子") == ["＋ 新建“霁川电子”"]
    assert await suggested(zhou, "霁川电子") == ["霁川电子"]


async def test_odd_text_is_suggested_nothing_odd(cast: Cast, lin: ActingPerson) -> None:
    """Markup, control characters and very long text: options that Slack accepts, or none."""
    await cast.customer(lin)
    for typed in ("<!channel>", "*", ".*", "\x00\x01", "远" * 300, "payload", " "):
        view = await form(lin)
        await lin.suggest(view, views.CUSTOMER, typed)
    assert not [each for each in cast.world.slack.deliveries if each.refused or each.status != 200]


# creating


async def test_unknown_customer_in_the_line_is_offered_for_creation(lin: ActingPerson) -> None:
    """The form opens with name, tier and industry to fill in; B is proposed."""
    await lin.command("/visit", "远大纺织 嫌费率高")
    view = lin.views()[-1]
    assert fields(view)[:4] == ["customer", "new_name", "new_tier", "new_industry"]
    assert field(view, "new_name")["initial_value"] == "远大纺织"
    assert field(view, "new_tier")["initial_option"]["value"] == "B"
    assert field(view, "note")["initial_value"] == "嫌费率高"


async def test_create_option_shows_the_fields_and_keeps_what_was_typed(lin: ActingPerson) -> None:
    """Choosing «＋ 新建» brings the fields of a new customer; the note typed before stays."""
    view = await form(lin)
    await lin.suggest(view, views.CUSTOMER, "远大纺织")
    await lin.press(view, views.CUSTOMER, selected="new:远大纺织", state=entered(view, note="已经写好的"))
    view = lin.views()[-1]
    assert {"new_name", "new_tier", "new_industry"} <= set(fields(view))
    assert view.entered["note"][views.NOTE]["value"] == "已经写好的"


async def test_choosing_a_known_one_after_all_takes_the_fields_away(cast: Cast, lin: ActingPerson) -> None:
    """Changing one's mind leaves no half-created customer."""
    customer = await cast.customer(lin)
    view = await pick(lin, await form(lin), "远大新材", "new:远大新材")
    view = await pick(lin, view, "远大", customer.id)
    assert "new_name" not in fields(view)


async def test_choosing_a_customer_shows_its_open_steps(cast: Cast, lin: ActingPerson) -> None:
    """What was promised to it can be ticked off."""
    customer = await cast.customer(lin)
    await lin.command("/visit", "远大纺织 谈了")
    view = lin.views()[-1]
    await lin.submit(view, entered(view, next_step="发合同", next_step_on="2026-11-26"))
    view = await pick(lin, await form(lin), "远大", customer.id)
    assert "发合同" in shown(view)


async def test_preselected_objection_survives_the_choice(cast: Cast, lin: ActingPerson) -> None:
    """The form is drawn again; the objection from the answer is still chosen."""
    customer = await cast.customer(lin)
    await lin.command("/objection", "客户嫌费率高")
    await lin.press(lin.dm_messages()[-1], element(lin.dm_messages()[-1], "entry_visit")["action_id"])
    view = await pick(lin, lin.views()[-1], "远大", customer.id)
    assert [each["value"] for each in field(view, "objections")["initial_options"]] == ["cost/fee-too-high"]


async def test_new_customer_is_saved_with_the_note(world: World, cast: Cast, lin: ActingPerson) -> None:
    """Both at once; the confirmation names the new customer, its tier and its next contact."""
    view = await pick(lin, await form(lin), "远大纺织", "new:远大纺织")
    values = entered(view, new_name="远大纺织有限公司", new_tier="C", new_industry="纺织", note="第一次拜访")
    assert (await lin.submit(view, values)).closed
    told = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if m.is_bot), None))
    assert "远大纺织有限公司" in shown(told)
    assert "建档，C 级" in shown(told)
    assert "1月22日" in shown(told)
    (customer,) = await owned(world, cast, lin)
    assert (customer.name, customer.tier, customer.industry) == ("远大纺织有限公司", Tier.C, "纺织")


async def test_nobody_starts_in_tier_a(cast: Cast, lin: ActingPerson) -> None:
    """B unless another is picked; A is for the lead to give."""
    view = await pick(lin, await form(lin), "远大纺织", "new:远大纺织")
    menu = field(view, "new_tier")
    assert [each["value"] for each in menu["options"]] == ["B", "C", "D"]
    assert menu["initial_option"]["value"] == "B"


@pytest.mark.parametrize("together", [False, True], ids=["after", "together"])
async def test_new_customer_is_created_once(world: World, cast: Cast, lin: ActingPerson, together: bool) -> None:
    """The form delivered twice: one customer, one note, one message."""
    await lin.command("/visit", "远大纺织 第一次拜访")
    world.slack.deliver_twice("view_submission", together=together)
    assert (await lin.submit(lin.views()[-1])).closed
    await world.slack.wait_for(lambda: lin.home() is not None)
    await world.slack.settled()
    (customer,) = await owned(world, cast, lin)
    assert len(await world.services.visits.store.latest(TEAM, customer.id, 10)) == 1
    assert len([m for m in lin.dm_messages() if m.is_bot]) == 1


async def test_name_that_exists_is_said_at_the_field(cast: Cast, lin: ActingPerson) -> None:
    """One's own customer is not created twice, however the name is spelled."""
    await cast.customer(lin, "ABC 纺织")
    await lin.command("/visit", "新名字 嫌费率高")
    view = lin.views()[-1]
    result = await lin.submit(view, entered(view, new_name="ａｂｃ纺织"))
    assert "您已经有一个叫" in result.errors[block_id(view, "new_name")]
    assert lin.views() == [view]


async def test_name_of_a_colleagues_customer_is_free(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson
) -> None:
    """Refusing it would tell that it exists."""
    await cast.customer(chen, "霁川电子")
    await lin.command("/visit", "霁川电子 第一次拜访")
    assert (await lin.submit(lin.views()[-1])).closed
    assert len(await owned(world, cast, lin)) == 1


@pytest.mark.parametrize("name", ["远", "  远  "])
async def test_name_too_short_is_said_at_the_field(lin: ActingPerson, name: str) -> None:
    """Two characters at least."""
    await lin.command("/visit", "远大纺织 嫌费率高")
    view = lin.views()[-1]
    result = await lin.submit(view, entered(view, new_name=name))
    assert result.errors == {block_id(view, "new_name"): "请写客户全称，2 到 60 个字"}


# forged


@pytest.mark.parametrize("whose", ["a colleague's", "nobody's"])
async def test_hidden_customer_in_a_forged_form_is_not_found(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, whose: str
) -> None:
    """Chosen or saved: exactly what is said of a customer that does not exist, and nothing is stored."""
    theirs = await cast.customer(chen, "霁川电子")
    wanted = theirs.id if whose == "a colleague's" else "0" * 12
    view = await form(lin)
    option = {"text": {"type": "plain_text", "text": "x"}, "value": wanted}
    assert await lin.press(view, views.CUSTOMER, selected=option) == 200
    told = await world.slack.wait_for(lambda: next((m for m in lin.dm_messages() if m.is_bot), None))
    assert told.text == "没有找到这个客户。请检查名称，或者用 `/visit` 新建。"
    assert lin.views() == [view]
    result = await lin.submit(view, entered(view, customer=option, note="打听一下"))
    assert result.errors == {"customer": "没有找到这个客户，请重新选择"}
    assert await world.services.visits.store.latest(TEAM, theirs.id, 10) == []


FORGED: list[dict[str, Any]] = [
    {"channel": {"type": "static_select", "selected_option": {"value": "telepathy"}}},
    {"on": {"type": "datepicker", "selected_date": None}},
    {"on": {"type": "datepicker", "selected_date": "yesterday"}},
]


@pytest.mark.parametrize("values", FORGED, ids=["channel", "no date", "odd date"])
async def test_form_that_slack_would_not_send(
    world: World, cast: Cast, lin: ActingPerson, values: dict[str, Any]
) -> None:
    """Any value in a signed form may be wrong: a sentence, nothing stored, no failure."""
    customer = await cast.customer(lin)
    await lin.command("/visit", "远大纺织 谈了")
    view = lin.views()[-1]
    await lin.submit(view, entered(view, on="2026-12-01"))
    body = cast.delivered(lin)[-1].body
    for name, leaf in values.items():
        body["view"]["state"]["values"][name][name] = leaf
    answer = (await world.slack.deliver("interactive", body)).answer
    assert answer["response_action"] == "errors"
    assert "旧版本" in str(answer["errors"])
    assert await world.services.visits.store.latest(TEAM, customer.id, 10) == []


async def test_colleague_without_a_role_finds_nothing(world: World, cast: Cast, lin: ActingPerson) -> None:
    """A form left open by somebody who lost the role suggests nothing any more."""
    await cast.customer(lin)
    view = await form(lin)
    await world.services.members.set_roles(TEAM, lin.id, frozenset(), None, by="test")
    assert await lin.suggest(view, views.CUSTOMER, "") == []


async def test_new_customer_of_the_lead_is_the_leads(world: World, cast: Cast, zhou: ActingPerson) -> None:
    """A lead has customers of one's own like everybody."""
    actor = await cast.actor(zhou)
    await world.services.customers.create(actor, NewCustomer("远大纺织", Tier.A))
    assert await suggested(zhou, "远大") == ["远大纺织", "＋ 新建“远大”"]
