"""What the playbook lacks: noticed, grouped, looked after, answered, and the way back to those who asked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from redis.asyncio import Redis

from bot.domain.entry import Kind
from bot.domain.gap import Dismissal, GapRow, GapState
from bot.domain.question import Question, Reason
from bot.domain.revision import Change, Draft, Revision, State
from bot.domain.user import Role, User
from bot.errors import (
    EntryNotFoundError,
    GapClosedError,
    GapNotFoundError,
    NobodyToAskError,
    NotEditorError,
)
from bot.matching import Answer, Decision
from bot.services import Services
from bot.services.gaps import EXAMPLE_LIMIT, SOON, with_examples
from bot.storage import keys
from tests.builders import TEAM, make_entry, make_question
from tests.services.conftest import CHEN, EDITOR, LIN, REED, ZHOU, Desk

BITCOIN = "能用比特币付吗"
FEE, BANK = "cost/fee-too-high", "cost/bank-loan-cheaper"


async def ask(desk: Desk, text: str = BITCOIN, by: str = LIN) -> str:
    """As it happens after a question: answered, compared with the one before, grouped. The answer's id."""
    desk.clock.advance(timedelta(seconds=1))
    actor = await desk.actor(by)
    found = await desk.services.playbook.answer(actor, text)
    answer_id = await desk.services.gaps.asked(actor, found)
    await desk.services.gaps.followed(actor, answer_id, found)
    await desk.services.gaps.group(TEAM)
    return answer_id


async def kept(desk: Desk) -> list[Question]:
    return await desk.services.gaps.questions.since(TEAM, desk.clock() - timedelta(days=9))


async def the_gap(desk: Desk, editor: User) -> GapRow:
    (row,) = await desk.services.gaps.open(editor)
    return row


# noticing


async def test_an_answered_question_is_not_kept(desk: Desk) -> None:
    """Only what the playbook lacks is for the editors."""
    await ask(desk, "嫌费率高")
    assert await kept(desk) == []


async def test_a_question_that_nothing_fits_is_kept(desk: Desk) -> None:
    """With who asked and when."""
    answer_id = await ask(desk)
    (question,) = await kept(desk)
    assert (question.id, question.text, question.reason) == (answer_id, BITCOIN, Reason.NONE)
    assert (question.asked_by, question.asked_at) == (LIN, desk.clock())


async def test_a_blank_question_is_not_kept(desk: Desk) -> None:
    """There is nothing in it to write a play for."""
    await desk.services.gaps.asked(await desk.actor(), Answer(" \n", Decision.NONE))
    assert await kept(desk) == []


async def test_personal_data_is_not_even_kept(desk: Desk) -> None:
    """Numbers, and the customers whom the asker may see; somebody else's are not told by hiding them."""
    await desk.create("远大纺织", aliases=("远大",))
    await desk.create("霁川电子", by=CHEN)
    await ask(desk, "远大的13912345678问霁川电子能不能付比特币")
    assert (await kept(desk))[0].text == "•••的•••问霁川电子能不能付比特币"
    await ask(desk, "霁川电子和远大纺织的比特币", by=ZHOU)
    assert (await kept(desk))[-1].text == "•••和•••的比特币", "a lead sees both"


async def test_asking_again_in_other_words_is_filed(desk: Desk) -> None:
    """The first question, with what was shown for it and what the second one led to."""
    first = await ask(desk, "费率能不能再低一点")
    await ask(desk, "银行能不能再低一点")
    (question,) = await kept(desk)
    assert (question.id, question.text, question.reason) == (first, "费率能不能再低一点", Reason.REPHRASED)
    assert (question.shown_id, question.found_id) == (FEE, BANK)


@pytest.mark.parametrize(
    ("second", "wait"),
    [("费率能不能再低一点", timedelta(0)), ("银行要我们还贷", timedelta(0)), ("银行能不能再低一点", SOON * 1.1)],
    ids=["the same words", "something else", "later"],
)
async def test_another_question_is_not_the_same_again(desk: Desk, second: str, wait: timedelta) -> None:
    await ask(desk, "费率能不能再低一点")
    desk.clock.advance(wait)
    await ask(desk, second)
    assert await kept(desk) == []


async def test_a_runner_up_asked_for_next_is_the_same_again(desk: Desk) -> None:
    """However different the words: it was nearly the answer before."""
    actor = await desk.actor()
    found = await desk.services.playbook.answer(actor, "费率，银行，缓一缓")
    await desk.services.gaps.followed(actor, "a1", found)
    await ask(desk, "缓一缓")
    assert [(each.id, each.found_id) for each in await kept(desk)] == [("a1", "need/not-now")]


async def test_two_people_do_not_rephrase_each_other(desk: Desk) -> None:
    await ask(desk, "费率能不能再低一点")
    await ask(desk, "银行能不能再低一点", by=CHEN)
    assert await kept(desk) == []


async def test_what_answered_after_all_is_remembered(desk: Desk) -> None:
    """Other words, or a play opened by hand: it tells the editors where the question belongs."""
    first = await ask(desk, "能不能拿比特币付")
    await ask(desk, "费率能不能拿比特币付")
    (question,) = await kept(desk)
    assert (question.id, question.reason, question.found_id) == (first, Reason.REPHRASED, FEE)
    await desk.services.gaps.opened(await desk.actor(), first, BANK)
    (question,) = await kept(desk)
    assert (question.reason, question.found_id) == (Reason.BROWSED, BANK)


async def test_opening_a_play_otherwise_means_nothing(desk: Desk) -> None:
    """After an answer, from the menu, or by somebody who sends another's id."""
    answer_id = await ask(desk)
    await desk.services.gaps.opened(await desk.actor(CHEN), answer_id, FEE)
    await desk.services.gaps.opened(await desk.actor(), "unknown", FEE)
    assert [(each.reason, each.found_id) for each in await kept(desk)] == [(Reason.NONE, None)]


# grouping


async def test_likes_are_grouped(desk: Desk) -> None:
    """Counted together, the most asked first."""
    editor = await desk.edits()
    for text, by in ((BITCOIN, LIN), ("可以用比特币付吗", CHEN), ("周末放款吗", LIN)):
        await ask(desk, text, by)
    first, second = await desk.services.gaps.open(editor)
    assert (first.gap.count, second.gap.count) == (2, 1)
    assert first.examples == ["可以用比特币付吗", BITCOIN]
    assert second.examples == ["周末放款吗"]


async def test_what_a_dead_process_left_is_grouped_by_the_next(desk: Desk) -> None:
    """The question was kept before the answer was sent; grouping comes later."""
    editor = await desk.edits()
    actor = await desk.actor()
    await desk.services.gaps.asked(actor, await desk.services.playbook.answer(actor, BITCOIN))
    assert (await the_gap(desk, editor)).examples == [BITCOIN]


async def test_a_process_without_a_matcher_groups_nothing(desk: Desk) -> None:
    """It could not tell which are alike; one that can does it later."""
    worker = replace(desk, core=replace(desk.core, matcher=None))
    await ask(worker)
    assert len(await desk.services.gaps.questions.ungrouped(TEAM, 9)) == 1
    assert await desk.services.gaps.gaps.latest(TEAM, 9) == []


# looking after


async def test_only_editors_and_admins_look_after_gaps(desk: Desk) -> None:
    await ask(desk)
    gaps, actor = desk.services.gaps, await desk.actor()
    (gap,) = await gaps.gaps.latest(TEAM, 9)
    with pytest.raises(NotEditorError):
        await gaps.open(actor)
    with pytest.raises(NotEditorError):
        await gaps.get(actor, gap.id)
    with pytest.raises(NotEditorError):
        await gaps.assign(actor, gap.id, LIN, date(2026, 3, 9))
    with pytest.raises(NotEditorError):
        await gaps.dismiss(actor, gap.id, Dismissal.OTHER)
    with pytest.raises(NotEditorError):
        await gaps.answer(actor, gap.id, FEE)
    with pytest.raises(NotEditorError):
        await gaps.new_examples(actor, gap.id)
    with pytest.raises(NotEditorError):
        await gaps.suggest(actor, gap.id, Draft("V1", Kind.OBJECTION, {}, ""))
    admin = await desk.with_admins(REED).actor(REED)
    assert len(await gaps.open(admin)) == 1


async def test_a_gap_gets_an_owner_and_a_day(desk: Desk) -> None:
    editor = await desk.edits()
    await ask(desk)
    row = await the_gap(desk, editor)
    await desk.services.gaps.assign(editor, row.gap.id, EDITOR, date(2026, 3, 9))
    gap = (await the_gap(desk, editor)).gap
    assert (gap.owner_id, gap.due_on) == (EDITOR, date(2026, 3, 9))


async def test_a_dismissed_gap_does_not_come_back(desk: Desk) -> None:
    """Not even when somebody asks like that again."""
    editor = await desk.edits()
    await ask(desk)
    row = await the_gap(desk, editor)
    await desk.services.gaps.dismiss(editor, row.gap.id, Dismissal.OUT_OF_SCOPE)
    await ask(desk, "可以用比特币付吗", CHEN)
    assert await desk.services.gaps.open(editor) == []
    assert (await desk.services.gaps.get(editor, row.gap.id)).gap.count == 2
    with pytest.raises(GapClosedError):
        await desk.services.gaps.answer(editor, row.gap.id, FEE)


# answering


async def test_an_answered_gap_is_live_and_names_those_to_tell(desk: Desk) -> None:
    """Whoever asked wrote the example, the editor approves it: two people."""
    editor = await desk.edits()
    for text, by in ((BITCOIN, LIN), ("可以用比特币付吗", CHEN), (BITCOIN, LIN)):
        await ask(desk, text, by)
    row = await the_gap(desk, editor)
    closed = await desk.services.gaps.answer(editor, row.gap.id, FEE)
    assert closed.is_live
    assert {each.asked_by for each in closed.asked} == {LIN, CHEN}
    assert len(closed.asked) == 2
    assert await desk.services.gaps.open(editor) == []
    answer = await desk.services.playbook.answer(await desk.actor(REED), BITCOIN)
    assert (answer.decision, answer.played) == (Decision.ONE, (FEE,))
    with pytest.raises(GapClosedError):
        await desk.services.gaps.answer(editor, row.gap.id, FEE)


async def test_a_second_answer_builds_on_the_first(desk: Desk) -> None:
    """The entry is no longer the one that shipped."""
    editor = await desk.edits()
    for text in (BITCOIN, "周末放款吗"):
        await ask(desk, text)
        row = await the_gap(desk, editor)
        assert (await desk.services.gaps.answer(editor, row.gap.id, FEE)).is_live
    entry = (await desk.services.gaps.revisions.own_entries(TEAM))[FEE].entry
    assert entry is not None
    assert {BITCOIN, "周末放款吗"} <= set(entry.examples.zh)


@pytest.mark.parametrize("approves", [True, False], ids=["own question", "no approver"])
async def test_what_an_editor_may_not_approve_waits(desk: Desk, approves: bool) -> None:
    """Four eyes: one's own question, or an editor who is no approver. Approved by another, the gap is answered."""
    editor = await desk.edits(approves=approves)
    await ask(desk, by=EDITOR if approves else LIN)
    row = await the_gap(desk, editor)
    closed = await desk.services.gaps.answer(editor, row.gap.id, FEE)
    assert (closed.is_live, closed.asked) == (False, ())
    assert (await the_gap(desk, editor)).gap.state is GapState.WAITING
    (revision,) = await desk.services.gaps.revisions.pending(TEAM)
    assert (revision, revision.author_id) == (closed.revision, EDITOR)
    approved = await _decide(desk.services, revision, lambda each: each.approved(ZHOU, desk.clock()))
    settled = await desk.services.gaps.decided(TEAM, approved)
    assert settled is not None
    assert settled.is_live
    assert [each.asked_by for each in settled.asked] == ([] if approves else [LIN])
    assert await desk.services.gaps.decided(TEAM, approved) is None, "told once"


async def test_sent_back_the_gap_is_open_again(desk: Desk) -> None:
    editor = await desk.edits()
    await ask(desk, by=EDITOR)
    row = await the_gap(desk, editor)
    await desk.services.gaps.answer(editor, row.gap.id, FEE)
    (revision,) = await desk.services.gaps.revisions.pending(TEAM)
    sent_back = await _decide(desk.services, revision, lambda each: each.sent_back(ZHOU, desk.clock(), "no"))
    assert await desk.services.gaps.decided(TEAM, sent_back) is None
    assert (await the_gap(desk, editor)).gap.state is GapState.OPEN


@pytest.mark.parametrize("is_gone", [False, True], ids=["dismissed", "withdrawn"])
async def test_what_is_written_for_a_gap_that_was_closed_meanwhile_is_suggested(desk: Desk, is_gone: bool) -> None:
    """Approved, it is in the playbook; nobody is told of a gap that is no more."""
    editor = await desk.edits()
    answer_id = await ask(desk)
    gap_id = (await the_gap(desk, editor)).gap.id
    if is_gone:
        await desk.services.gaps.gaps.withdraw(TEAM, answer_id)
    else:
        await desk.services.gaps.dismiss(editor, gap_id, Dismissal.OTHER)
    draft = Draft("V1", Kind.OBJECTION, {"say.zh": "新的说法", "say.en": "New words"}, "", entry_id=FEE)
    revision = await desk.services.gaps.suggest(editor, gap_id, draft)
    assert revision == await desk.services.gaps.suggest(editor, gap_id, draft), "sent twice"
    approved = await _decide(desk.services, revision, lambda each: each.approved(ZHOU, desk.clock()))
    assert await desk.services.gaps.decided(TEAM, approved) is None
    assert (await desk.services.revisions.standing_entry(TEAM, FEE))[0].speak.zh == "新的说法"


async def test_questions_fill_the_form_by_language(desk: Desk) -> None:
    """Masked, a line each; more than the form takes is left out."""
    editor = await desk.edits()
    for text in ("能用比特币付吗", "may I pay in bitcoin", "能用比特币付吗", "13912345678 能用比特币付吗"):
        await ask(desk, text)
    rows = await desk.services.gaps.open(editor)
    found = [await desk.services.gaps.new_examples(editor, row.gap.id) for row in rows]
    assert {line for each in found for line in each["zh"].splitlines()} == {"能用比特币付吗", "••• 能用比特币付吗"}
    assert {line for each in found for line in each["en"].splitlines()} == {"may I pay in bitcoin"}


async def test_other_changes_concern_no_gap(desk: Desk) -> None:
    values = {"id": "r1", "entry_id": FEE, "change": Change.EDIT, "author_id": LIN, "written_at": desk.clock()}
    revision = Revision.model_validate({**values, "state": State.APPROVED})
    assert await desk.services.gaps.decided(TEAM, revision) is None


async def test_a_gap_is_not_closed_by_an_entry_that_is_gone(desk: Desk) -> None:
    editor = await desk.edits()
    await ask(desk)
    row = await the_gap(desk, editor)
    with pytest.raises(EntryNotFoundError):
        await desk.services.gaps.answer(editor, row.gap.id, "cost/withdrawn")
    assert (await the_gap(desk, editor)).gap.state is GapState.OPEN


def test_examples_are_added_once_and_cut() -> None:
    """In the language they are in."""
    entry = make_entry()
    known = entry.examples.en[0]
    values = with_examples(entry, [known.upper(), BITCOIN, BITCOIN, "may I pay in bitcoin", "长" * 999, "  "])
    assert values["examples"]["zh"] == [*entry.examples.zh, BITCOIN, "长" * EXAMPLE_LIMIT]
    assert values["examples"]["en"] == [*entry.examples.en, "may I pay in bitcoin"]


# asking somebody


async def test_a_question_goes_to_an_editor_and_the_reply_comes_back(desk: Desk) -> None:
    await desk.edits()
    answer_id = await ask(desk)
    for _ in range(2):
        question = await desk.services.gaps.ask_owner(await desk.actor(), answer_id)
        assert question.asked_of == EDITOR
    replied = await desk.services.gaps.reply(await desk.actor(EDITOR), answer_id, "不收，只收人民币")
    assert (replied.reply, replied.asked_by) == ("不收，只收人民币", LIN)


async def test_whoever_has_the_gap_is_asked(desk: Desk) -> None:
    editor = await desk.edits()
    await desk.edits(REED)
    answer_id = await ask(desk)
    await desk.services.gaps.assign(editor, (await the_gap(desk, editor)).gap.id, CHEN, date(2026, 3, 9))
    assert (await desk.services.gaps.ask_owner(await desk.actor(), answer_id)).asked_of == CHEN


async def test_without_editors_an_admin_is_asked(desk: Desk) -> None:
    """One named on the command line or by ADMIN_USERS; nobody asks himself."""
    answer_id = await ask(desk)
    with pytest.raises(NobodyToAskError):
        await desk.services.gaps.ask_owner(await desk.actor(), answer_id)
    with pytest.raises(NobodyToAskError):
        await desk.with_admins(LIN).services.gaps.ask_owner(await desk.actor(), answer_id)
    await desk.services.members.set_roles(TEAM, ZHOU, frozenset({Role.ADMIN}), None, by="test")
    assert (await desk.services.gaps.ask_owner(await desk.actor(), answer_id)).asked_of == ZHOU


async def test_nobody_else_reads_or_replies(desk: Desk) -> None:
    """Ids can be sent by anybody."""
    await desk.edits()
    answer_id = await ask(desk)
    with pytest.raises(GapNotFoundError):
        await desk.services.gaps.ask_owner(await desk.actor(CHEN), answer_id)
    with pytest.raises(GapNotFoundError):
        await desk.services.gaps.reply(await desk.actor(EDITOR), answer_id, "not asked yet")
    await desk.services.gaps.ask_owner(await desk.actor(), answer_id)
    with pytest.raises(GapNotFoundError):
        await desk.services.gaps.question_for(await desk.actor(CHEN), answer_id)


async def test_questions_of_an_earlier_release_can_be_read(desk: Desk, redis: Redis) -> None:
    """They had no reason: nothing fitted."""
    key = keys.question(TEAM, "old")
    sealed = desk.core.sealer.seal(BITCOIN, key)
    await redis.set(key, f'{{"id":"old","asked_by":"{LIN}","asked_at":"2026-03-02T01:00:00Z","text":"{sealed}"}}')
    assert await desk.services.gaps.questions.find(TEAM, "old") == make_question(id="old", text=BITCOIN)


async def _decide(services: Services, revision: Revision, step: Callable[[Revision], Revision]) -> Revision:
    return await services.gaps.revisions.decide(TEAM, revision.id, step)
