"""Asking what to say to an objection: by command, direct message or mention, and kindly whatever is typed."""

from datetime import datetime
from typing import Any, Final

import pytest

from bot.domain.entry import OBJECTION_FAMILIES, Kind
from bot.matching import Decision
from bot.sandbox import ActingPerson, Message
from bot.services.playbook import MAX_QUESTION
from bot.text import load
from bot.views import library as library_views
from bot.views import playbook as views
from tests.handlers.cast import Cast
from tests.handlers.reading import element, has, labels, options, press, prose, shown
from tests.world import TEAM, World

FEE_ZH, FEE_EN = "客户嫌费率高", "the fee is too high"
UNCERTAIN: Final = ("额度", "客户犹豫", "麻烦", "too complicated", "担心", "资料", "trust")
TWO: Final = ("客户说太贵了，还怕买方知道", "又嫌费率高，又不想让买方知道", "费率高，还要个人担保")
STRANGE: Final = ("今天天气不错", "what is the wifi password")


def example(world: World, wanted: Decision, lines: tuple[str, ...]) -> str:
    """A line that today's playbook answers in this way; which one does may change with every edit of an entry."""
    return next(line for line in lines if world.services.playbook.shipped.match(line).decision is wanted)


async def ask(person: ActingPerson, line: str, channel: str) -> Message:
    """The answer to /objection."""
    assert await person.command("/objection", line, channel) == 200
    return person.messages(channel)[-1]


async def ask_by_dm(world: World, person: ActingPerson, line: str) -> Message:
    asked = await person.dm(line)
    return await world.slack.wait_for(lambda: said_after(asked, person.dm_messages()))


async def ask_by_mention(world: World, person: ActingPerson, line: str, channel: str) -> Message:
    asked = await person.mention(channel, line)
    return await world.slack.wait_for(lambda: said_after(asked, person.messages(channel)))


def said_after(asked: Message, messages: list[Message]) -> Message | None:
    """The app's first message since."""
    return next((each for each in messages if each.is_bot and each.ts > asked.ts), None)


def title(world: World, entry_id: str, lang: Any = "zh") -> str:
    return world.objection(entry_id).title.in_(lang)


# asking


async def test_command_is_answered_for_the_asker_only(lin: ActingPerson, chen: ActingPerson, east: str) -> None:
    """/objection answers with the play at once; nobody else in the channel sees question or answer."""
    answer = await ask(lin, FEE_ZH, east)
    assert answer.is_ephemeral
    assert chen.messages(east) == []


async def test_card_holds_all_that_is_needed_while_the_customer_talks(
    world: World, lin: ActingPerson, east: str
) -> None:
    """Why it matched, the line to say, the question back, a proof with its source, red lines, follow-up, keeper."""
    entry = world.objection("cost/fee-too-high")
    told = prose(await ask(lin, FEE_ZH, east))
    assert "匹配依据：" in told
    for part in (entry.title, entry.speak, entry.diagnostic, entry.evidence[0], entry.never[0], entry.follow_up[0]):
        assert part.zh in told
    assert f"[{entry.never[0].rule}]" in told.replace("\N{NON-BREAKING HYPHEN}", "-")
    assert world.services.playbook.shipped.playbook.sources[entry.evidence[0].source].title.zh in told
    assert "定价岗维护" in told
    assert f"{entry.verified_on} 核对" in told


async def test_card_fits_one_screen(world: World, lin: ActingPerson, east: str) -> None:
    """No more than 600 characters stand before «More»."""
    assert len(prose(await ask(lin, FEE_ZH, east))) <= 600


async def test_direct_message_gets_the_same_answer(world: World, lin: ActingPerson, east: str) -> None:
    """In the DM with the app the same card comes as an ordinary message."""
    answer = await ask_by_dm(world, lin, FEE_ZH)
    assert not answer.is_ephemeral
    assert shown(answer) == shown(await ask(lin, FEE_ZH, east))


async def test_mention_gets_the_same_answer_privately(
    world: World, lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """Mentioned in a channel the app answers beside the question, for the asker only."""
    answer = await ask_by_mention(world, lin, FEE_ZH, east)
    assert answer.ephemeral_to == lin.id
    assert not any(each.is_bot for each in chen.messages(east))
    assert shown(answer) == shown(await ask(lin, FEE_ZH, east))


async def test_mention_in_a_thread_is_answered_in_the_thread(world: World, lin: ActingPerson, east: str) -> None:
    """Whoever asks within a thread looks there for the answer."""
    first = await lin.say(east, "今天见了客户")
    await lin.say(east, f"<@U0BOT> {FEE_ZH}", thread_ts=first.ts)
    answer = await world.slack.wait_for(lambda: next((m for m in lin.messages(east) if m.is_bot), None))
    assert answer.thread_ts == first.ts


async def test_mention_that_cannot_be_answered_there_is_answered_by_dm(
    world: World, lin: ActingPerson, east: str
) -> None:
    """Slack refuses an ephemeral message at times; then the answer comes as a direct message."""
    world.slack.faults.add("chat.postEphemeral", "error", error="user_not_in_channel")
    await lin.mention(east, FEE_ZH)
    answer = await world.slack.wait_for(lambda: next(iter(lin.dm_messages()), None))
    assert title(world, "cost/fee-too-high") in prose(answer)


async def test_mention_without_a_question_offers_the_categories(world: World, lin: ActingPerson, east: str) -> None:
    """Only the app's name: the list to choose from."""
    answer = await ask_by_mention(world, lin, "", east)
    assert element(answer, library_views.BROWSE)


async def test_the_apps_own_messages_are_not_questions(world: World, lin: ActingPerson) -> None:
    """The answer in a DM is a message there too, and must not be answered again."""
    await ask_by_dm(world, lin, FEE_ZH)
    await world.slack.settled()
    assert len(lin.dm_messages()) == 2


# decisions


async def test_two_close_plays_are_a_question_back(world: World, lin: ActingPerson, east: str) -> None:
    """Between two plays the person chooses, and the chosen card takes the question's place."""
    line = example(world, Decision.CHOOSE, UNCERTAIN)
    answer = await ask(lin, line, east)
    first, second = world.services.playbook.shipped.match(line).hits[:2]
    assert "有两条都说得上" in prose(answer)
    assert labels(answer) == [title(world, first.id), title(world, second.id)]
    await press(lin, answer, views.PICK, 1)
    await world.slack.wait_for(lambda: has(lin.messages(east)[-1], views.MORE))
    (card,) = lin.messages(east)
    assert world.objection(second.id).speak.zh in prose(card)


async def test_two_objections_in_one_line_get_both_plays(world: World, lin: ActingPerson, east: str) -> None:
    """Each compact, with its own buttons."""
    line = example(world, Decision.SEVERAL, TWO)
    answer = await ask(lin, line, east)
    for hit in world.services.playbook.shipped.match(line).hits[:2]:
        entry = world.objection(hit.id)
        assert entry.title.zh in prose(answer)
        assert entry.speak.zh in prose(answer)
        assert entry.diagnostic.zh in prose(answer)
    assert labels(answer).count("展开全文") == 2
    await press(lin, answer, views.MORE, 1)
    assert world.objection(world.services.playbook.shipped.match(line).hits[1].id).worry.zh in shown(lin.views()[0])


@pytest.mark.parametrize("line", STRANGE)
async def test_no_play_is_admitted_with_the_nearest_and_the_categories(
    world: World, lin: ActingPerson, east: str, line: str
) -> None:
    """Rather than a poor play: an honest no, the two nearest titles and all categories."""
    answer = await ask(lin, line, east)
    assert "没有把握" in prose(answer)
    lang = "zh" if line == STRANGE[0] else "en"
    nearest = [title(world, hit.id, lang) for hit in world.services.playbook.shipped.match(line).hits[:2]]
    assert labels(answer) == [*nearest, "请人来答"]
    assert [each["label"]["text"] for each in element(answer, library_views.BROWSE)["option_groups"]] == [
        load("zh")(f"category.{each}") for each in OBJECTION_FAMILIES
    ]


async def test_unanswered_question_is_kept_sealed_for_the_editors(world: World, lin: ActingPerson, east: str) -> None:
    """Its words are readable for the product, not for who reads the store."""
    line = f"{STRANGE[0]} {lin.id}"
    assert world.services.playbook.shipped.match(line).decision is Decision.NONE
    await ask(lin, line, east)
    store = world.services.gaps.questions
    kept = await store.since(TEAM, datetime.fromisoformat("2026-11-01T00:00:00+08:00"))
    assert [(each.asked_by, each.text) for each in kept if each.asked_by == lin.id] == [(lin.id, line)]
    redis = store.records.redis
    rows = [str(await redis.get(key)) async for key in redis.scan_iter(match="*question:*")]
    assert rows
    assert not any("天气" in row or r"\u5929" in row for row in rows)


async def test_answered_question_is_not_kept(world: World, lin: ActingPerson, east: str) -> None:
    """What the playbook answers is nobody else's business."""
    await ask(lin, FEE_ZH, east)
    kept = await world.services.gaps.questions.since(TEAM, datetime.fromisoformat("2026-11-01T00:00:00+08:00"))
    assert not [each for each in kept if each.asked_by == lin.id]


# browsing and help


async def test_command_alone_lets_one_browse(world: World, lin: ActingPerson, east: str) -> None:
    """Every play stands under its category; picking one shows it in the menu's place."""
    answer = await ask(lin, "", east)
    menu = element(answer, library_views.BROWSE)
    assert {each["value"] for each in options(menu)} == {
        entry.id for entry in world.services.playbook.shipped.playbook.of_kind(Kind.OBJECTION)
    }
    await press(lin, answer, library_views.BROWSE, selected="terms/recourse")
    await world.slack.wait_for(lambda: has(lin.messages(east)[-1], views.MORE))
    (card,) = lin.messages(east)
    assert title(world, "terms/recourse") in prose(card)


@pytest.mark.parametrize("word", ["help", "帮助", "HELP"])
async def test_help_says_how_to_ask(lin: ActingPerson, east: str, word: str) -> None:
    """How to ask, and three examples."""
    told = prose(await ask(lin, word, east))
    assert "怎么问" in told
    assert told.count("•") == 3


async def test_every_sentence_is_there_in_english(world: World, grace: ActingPerson, east: str) -> None:
    """Whose Slack is English reads English: browse, help, a choice, two plays, none."""
    assert "Which kind of objection" in prose(await ask(grace, "", east))
    assert "How to ask" in prose(await ask(grace, "help", east))
    assert "Which one do you mean" in prose(await ask(grace, example(world, Decision.CHOOSE, UNCERTAIN), east))
    assert "two objections" in prose(await ask(grace, example(world, Decision.SEVERAL, TWO), east))
    assert "don't have a play" in prose(await ask(grace, STRANGE[1], east))


# odd input


ODD: Final = {
    "emoji": "🙂🙂🙂",
    "emoji codes": ":joy: :+1:",
    "symbols": "？！……",
    "everybody": "@channel @here @everyone",
    "link": "https://example.cn/a?b=1&c=2",
    "zero width": "\u200b\u200d\ufeff",
    "control": "\x07\x1b",
    "underscore": "___",
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD.keys())
async def test_without_words_a_kind_hint(lin: ActingPerson, east: str, line: str) -> None:
    """Nothing to go by: the answer says so, shows an example, and rings nobody."""
    answer = await ask(lin, line, east)
    assert "没看到文字" in prose(answer)
    assert answer.pings == ()


@pytest.mark.parametrize("line", ODD.values(), ids=ODD.keys())
async def test_without_words_by_dm(world: World, reed: ActingPerson, line: str) -> None:
    """The same for what is typed to the app directly, in English."""
    answer = await ask_by_dm(world, reed, line)
    assert "can't see any words" in prose(answer)
    assert answer.pings == ()


@pytest.mark.parametrize("how", ["command", "dm", "mention"])
async def test_question_too_long(world: World, lin: ActingPerson, east: str, how: str) -> None:
    """Over 1,000 characters: how many it were, how many it may be, and the beginning of it back."""
    line = "费率太高 @channel <b> & " * 100
    assert len(line) > MAX_QUESTION
    if how == "command":
        answer = await ask(lin, line, east)
    elif how == "dm":
        answer = await ask_by_dm(world, lin, line)
    else:
        answer = await ask_by_mention(world, lin, line, east)
    assert "最多 1000 个字" in prose(answer)
    assert "费率太高" in prose(answer)
    assert answer.pings == ()


async def test_a_thousand_characters_are_answered(world: World, lin: ActingPerson, east: str) -> None:
    """The limit itself is not too long."""
    line = (FEE_ZH + "，") * 200
    assert "最多 1000" not in prose(await ask(lin, line[:MAX_QUESTION], east))


MIXED: Final = {
    "everybody": f"@channel {FEE_ZH} <!here>",
    "person": f"<@U000CHEN> 说{FEE_ZH}",
    "link": f"{FEE_ZH} https://example.cn/x",
    "control": f"\x00{FEE_ZH}\x1b",
    "zero width": "客\u200b户\u200b嫌费\ufeff率高",
    "entities": f"{FEE_ZH} <b>&amp;</b>",
    "payload": f"{FEE_ZH} payload={{}}",
    "emoji": f"😤{FEE_ZH}😤",
    "newlines": f"客户：\n{FEE_ZH}\n\n",
    "full width": "客户嫌費率高",
}


@pytest.mark.parametrize("line", MIXED.values(), ids=MIXED.keys())
async def test_question_among_odd_things_is_answered(world: World, lin: ActingPerson, east: str, line: str) -> None:
    """What surrounds the question does no harm, is shown as typed at most, and rings nobody."""
    answer = await ask(lin, line, east)
    assert title(world, "cost/fee-too-high") in shown(answer)
    assert answer.pings == ()


async def test_word_payload_everywhere(world: World, lin: ActingPerson, east: str) -> None:
    """Bolt loses forms that contain «payload»; ours arrive by command, DM and mention."""
    line = "payload fee too high"
    answers = [
        await ask(lin, line, east),
        await ask_by_dm(world, lin, line),
        await ask_by_mention(world, lin, line, east),
    ]
    assert all(title(world, "cost/fee-too-high", "en") in shown(each) for each in answers)


# language


async def test_play_follows_the_question_and_labels_follow_the_person(
    lin: ActingPerson, grace: ActingPerson, east: str, world: World
) -> None:
    """An English question of a Chinese reader: the play in English, the headings and buttons in Chinese."""
    entry = world.objection("cost/fee-too-high")
    english, chinese = await ask(lin, FEE_EN, east), await ask(grace, FEE_ZH, east)
    assert entry.speak.en in prose(english)
    assert "这样说" in prose(english)
    assert labels(english)[:3] == ["展开全文", "分享到频道", "记拜访"]
    assert entry.speak.zh in prose(chinese)
    assert "*Say*" in prose(chinese)
    assert labels(chinese)[:3] == ["More", "Share to channel", "Log a visit"]


async def test_own_language_comes_before_slacks(lin: ActingPerson, east: str) -> None:
    """Who chose English here reads English labels though the Slack is Chinese."""
    await lin.command("/factormate", "language en", east)
    assert labels(await ask(lin, FEE_ZH, east))[0] == "More"


async def test_language_is_guessed_while_slack_is_silent(
    world: World, cast: Cast, lin: ActingPerson, east: str
) -> None:
    """users.info failing costs the right labels once, not the answer."""
    await cast.staff()
    world.slack.faults.add("users.info", "error", error="internal_error")
    assert labels(await ask(lin, FEE_ZH, east))[0] == "More"
    assert labels(await ask(lin, FEE_ZH, east))[0] == "展开全文"
