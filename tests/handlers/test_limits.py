"""Who sends more than people do: a kind sentence that says when to try again, and nothing typed is lost."""

import pytest

from bot.sandbox import ActingPerson
from tests.handlers.cast import Cast
from tests.handlers.reading import entered, field
from tests.world import World


@pytest.fixture(autouse=True)
def few(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.services.limits, "user_limit", 12)


async def used_up(lin: ActingPerson, east: str) -> None:
    for _ in range(14):
        await lin.command("/customer", "", east)


async def test_a_command_comes_back_with_what_was_typed(lin: ActingPerson, east: str) -> None:
    await used_up(lin, east)
    assert await lin.command("/objection", "客户嫌费率高 <b>", east) == 200
    told = lin.messages(east)[-1].text
    assert "秒后再试" in told
    assert "客户嫌费率高 &lt;b&gt;" in told


async def test_in_english(grace: ActingPerson, east: str) -> None:
    await used_up(grace, east)
    assert "Please try again in" in grace.messages(east)[-1].text


async def test_a_form_stays_with_what_was_typed(world: World, cast: Cast, lin: ActingPerson, east: str) -> None:
    await cast.customer(lin)
    await lin.command("/visit", "远大纺织 嫌费率高")
    view = lin.views()[-1]
    await used_up(lin, east)
    result = await lin.submit(view, entered(view, on="2026-11-23"))
    assert not result.closed
    assert any("秒后再试" in each for each in result.errors.values())
    assert field(lin.views()[-1], "note")["initial_value"] == "嫌费率高"


async def test_messages_are_told_once(world: World, lin: ActingPerson, east: str) -> None:
    """An answer to each would be more than people send, too."""
    await used_up(lin, east)
    for _ in range(5):
        await lin.dm("客户嫌费率高")
    await world.quiet()
    assert len([each for each in lin.dm_messages() if each.is_bot]) <= 1
