"""/factormate: all commands under one name, and one's own language."""

import pytest

from bot.sandbox import ActingPerson, Message
from tests.handlers.cast import Cast
from tests.handlers.reading import labels, prose, shown
from tests.world import World


async def say(person: ActingPerson, text: str, channel: str) -> Message:
    assert await person.command("/factormate", text, channel) == 200
    return person.messages(channel)[-1]


async def test_objection_under_the_common_name(lin: ActingPerson, east: str) -> None:
    """Where another app owns /objection, this one answers the same."""
    answer = await say(lin, "objection 客户嫌费率高", east)
    await lin.command("/objection", "客户嫌费率高", east)
    assert shown(answer) == shown(lin.messages(east)[-1])


async def test_visit_under_the_common_name(cast: Cast, lin: ActingPerson, east: str) -> None:
    """Opens the form, filled in."""
    customer = await cast.customer(lin)
    assert await lin.command("/factormate", "visit 远大纺织 嫌费率高", east) == 200
    (view,) = lin.views()
    assert view.blocks[0]["element"]["initial_option"]["value"] == customer.id


async def test_customer_under_the_common_name(cast: Cast, lin: ActingPerson, east: str) -> None:
    """Shows the brief."""
    await cast.customer(lin)
    assert "A 级 · 纺织" in prose(await say(lin, "customer 远大纺织", east))


@pytest.mark.parametrize("typed", ["Objection help", "objection\u3000help", "  objection   help "])
async def test_first_word_is_read_generously(lin: ActingPerson, east: str, typed: str) -> None:
    """Capitals and any kind of space; the help names the command as it was typed."""
    assert "/factormate objection" in prose(await say(lin, typed, east))


async def test_customer_hint_names_the_command_as_typed(lin: ActingPerson, east: str) -> None:
    """Who cannot use /customer is not told to."""
    assert "/factormate customer 远大纺织" in (await say(lin, "customer", east)).text


@pytest.mark.parametrize("typed", ["", "help", "帮助", "?", "HELP me"])
async def test_help_lists_everything(lin: ActingPerson, east: str, typed: str) -> None:
    """The three things it does, the common name, and how to change the language."""
    told = (await say(lin, typed, east)).text
    assert all(each in told for each in ("/objection", "/visit", "/customer", "/factormate language"))


async def test_unknown_word_is_named_and_helped(grace: ActingPerson, east: str) -> None:
    """What was not understood, and what would be."""
    told = (await say(grace, "objektion x", east)).text
    assert "There is no command “objektion”" in told
    assert "Did you mean `/factormate objection`?" in told
    assert "Did you mean" not in (await say(grace, "<!channel>", east)).text


@pytest.mark.parametrize("word", ["customer", "客户", "简报", "/customer", "Customers"])
async def test_a_command_has_more_than_one_name(cast: Cast, lin: ActingPerson, east: str, word: str) -> None:
    """Chinese ones, too, and with the slash it has by itself."""
    await cast.customer(lin)
    assert "A 级 · 纺织" in prose(await say(lin, f"{word} 远大纺织", east))


@pytest.mark.parametrize("typed", ["@channel", "<b>payload", "\x07\u200b", "x" * 3000])
async def test_odd_word_is_answered_kindly(lin: ActingPerson, east: str, typed: str) -> None:
    """Markup is shown, not obeyed."""
    answer = await say(lin, typed, east)
    assert "/objection" in answer.text
    assert answer.pings == ()


async def test_language_is_changed_for_good_and_back(lin: ActingPerson, east: str) -> None:
    """To English, to Chinese, and back to following Slack; each answer comes in the language just chosen."""
    assert "in English" in (await say(lin, "language en", east)).text
    assert "What you can do" in (await say(lin, "", east)).text
    assert "中文" in (await say(lin, "语言 中文", east)).text
    assert "您可以这样用" in (await say(lin, "", east)).text
    await say(lin, "language en", east)
    await say(lin, "language auto", east)
    assert "您可以这样用" in (await say(lin, "", east)).text


async def test_language_needs_no_role(world: World, reed: ActingPerson, east: str) -> None:
    """Everybody may choose."""
    assert "中文" in (await say(reed, "language zh", east)).text
    assert labels(reed.messages(east)[-1]) == []
    await reed.command("/objection", "客户嫌费率高", east)
    assert "展开全文" in labels(reed.messages(east)[-1])
