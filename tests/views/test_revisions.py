"""Requests, news and histories as Slack takes them."""

from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from bot import text as texts
from bot.domain.checks import findings
from bot.domain.entry import Entry, Lang
from bot.domain.revision import APP, SHIPPED, Change, Revision, State
from bot.storage import playbooks
from bot.views import revisions as views
from bot.views.revisions import History, Proposal
from tests.builders import LIN, make_entry, variant_values
from tests.views.limits import NASTY, elements, message_faults, shown, view_faults, written

PLAYBOOK = playbooks.load(Path(__file__).parents[2] / "playbooks")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
languages = pytest.mark.parametrize("lang", get_args(Lang))


def revision(entry: Entry | None, change: Change = Change.EDIT, **changes: Any) -> Revision:
    values: dict[str, Any] = {"id": "r1", "entry_id": "cost/fee-too-high", "change": change, "author_id": LIN}
    values |= {"values": entry.model_dump(mode="json") if entry else None, "written_at": NOW, "why": NASTY}
    return Revision.model_validate({**values, **changes})


@languages
def test_every_request_is_a_message_that_slack_takes(lang: Lang) -> None:
    """Also one that changes every field of an entry, or is all new."""
    text, entries = texts.load(lang), list(PLAYBOOK.entries.values())
    for entry, other in [pair for pair in pairwise(entries) if pair[0].KIND is pair[1].KIND]:
        warnings = findings(entry, PLAYBOOK, date(2030, 1, 1))
        for before, change in ((other, Change.EDIT), (None, Change.NEW)):
            proposal = Proposal(revision(entry, change), before, warnings)
            assert message_faults(views.request(proposal, text)) == [], entry.id
            assert len(views.request_line(proposal, text)) < 4000
            assert view_faults(views.notice(proposal, "ok", text)) == []


@languages
@pytest.mark.parametrize("count", [1, 5, 8])
def test_what_waits_is_listed_for_who_decides(lang: Lang, count: int) -> None:
    """The first few, the rest counted; of one that is gone the id."""
    text = texts.load(lang)
    entry = make_entry(title={"zh": NASTY, "en": NASTY})
    found = [Proposal(revision(None if each else entry, Change.RETIRE), None) for each in range(count)]
    blocks = views.waiting(found, text, UTC)
    assert message_faults(blocks) == []
    assert len(elements(blocks, "button")) == min(count, views.MAX_CHANGES)
    assert (text("revision.more", count=3) in written(blocks)) is (count == 8)
    assert ("cost/fee-too-high" in written(blocks)) is (count > 1)


@languages
def test_a_change_is_reviewed_in_a_window(lang: Lang) -> None:
    """To be decided about while it waits; afterwards it only says how it ended."""
    text, entry = texts.load(lang), PLAYBOOK.entries["cost/hidden-fees"]
    waits = Proposal(revision(entry, Change.NEW), None, findings(entry, PLAYBOOK, date(2030, 1, 1)))
    ended = Proposal(waits.revision.approved("U9", NOW), None)
    for proposal, buttons in ((waits, [views.APPROVE, views.SEND_BACK]), (ended, [])):
        view = views.review_modal(proposal, text)
        assert view_faults(view) == []
        assert [each["action_id"] for each in elements(view, "button")] == buttons


def test_a_request_shows_old_and_new_of_what_changes_and_nothing_else() -> None:
    """Lines that stay are left out of lists."""
    before = make_entry()
    steps = [step.model_dump(mode="json") for step in before.steps]  # type: ignore[attr-defined]
    after = make_entry(
        say={"zh": "新话", "en": before.speak.en}, steps=[*steps, {**steps[0], "zh": "第三步", "en": "3rd"}]
    )
    told = written(views.request(Proposal(revision(after), before), texts.load("en")))
    assert "*Say (Chinese)*\nOld: cost/fee-too-high 的say\nNew: 新话" in told
    assert "*Step by step (Chinese)*\nNew: R: 第三步" in told
    assert "(English)*\nNew: 3rd" in told
    assert told.count("Old:") == 1


@pytest.mark.parametrize(
    ("lang", "request_line", "why"),
    [
        (
            "zh",
            "factormate 提交了一条话术变更（下架）：*cost/fee-too-high 的title*",
            ">180 天没人用过，也没人复核（上次核对 2026-02-01）。已提前一周提醒负责人。",
        ),
        (
            "en",
            "factormate suggests taking it out of the playbook: *title of cost/fee-too-high*",
            ">Nobody has used it for 180 days, or checked it since 2026-02-01. Those who keep it had a week's notice.",
        ),
    ],
)
def test_the_app_is_no_person_and_gives_its_reason(lang: Lang, request_line: str, why: str) -> None:
    """In the reader's language, wherever the change is shown: request, list and history."""
    text, entry = texts.load(lang), make_entry()
    found = revision(None, Change.RETIRE, author_id=APP, why="")
    told = written(views.request(Proposal(found, entry), text))
    assert request_line in told
    assert why in told
    history = "\n".join(shown(views.history(History(entry.id, [found], entry, entry), text, UTC, restores=True)))
    assert why in history
    for words in (told, history, written(views.waiting([Proposal(found, entry)], text, UTC))):
        assert "factormate" in words
        assert f"<@{APP}>" not in words


def test_what_is_longer_than_a_block_goes_on_in_the_next() -> None:
    """Nothing that is to be approved is cut off."""
    lines = [f"{number} {'长' * 500}" for number in range(20)]
    after = make_entry(examples={"zh": [*make_entry().examples.zh, *lines], "en": make_entry().examples.en})
    blocks = views.request(Proposal(revision(after), make_entry()), texts.load("zh"))
    assert message_faults(blocks) == []
    assert all(line in written(blocks) for line in lines)


def test_a_decided_request_has_nothing_to_click() -> None:
    found = revision(make_entry(say={"zh": "新", "en": "new"})).sent_back("U9", NOW, NASTY)
    blocks = views.decided(Proposal(found, make_entry()), texts.load("en"))
    assert message_faults(blocks) == []
    assert elements(blocks, "button") == []
    assert "Sent back by <@U9>" in written(blocks)


@pytest.mark.parametrize(
    ("state", "change", "again"),
    [
        (State.SENT_BACK, Change.EDIT, True),
        (State.SENT_BACK, Change.RESTORE, False),
        (State.APPROVED, Change.EDIT, False),
    ],
)
def test_only_words_that_were_sent_back_can_be_taken_up(state: State, change: Change, again: bool) -> None:
    found = revision(make_entry(), change, state=state, decided_by="U9", decided_at=NOW, reason=NASTY)
    blocks = views.news_blocks(Proposal(found, make_entry()), texts.load("zh"))
    assert message_faults(blocks) == []
    assert bool(elements(blocks, "button")) is again


@languages
@pytest.mark.parametrize("restores", [True, False])
def test_a_history_lists_versions_and_brings_back_to_editors_only(lang: Lang, restores: bool) -> None:
    """Not the one in force, nor what was never approved; the shipped one is listed last."""
    shipped, now = make_entry(), make_entry(say={"zh": "三", "en": "three"})
    older = make_entry(say={"zh": "二", "en": "two"})
    kept: dict[str, Any] = {"state": State.APPROVED, "decided_by": "U9", "decided_at": NOW}
    found = History(
        shipped.id,
        [
            revision(make_entry(say={"zh": "四", "en": "four"}), id="r3", replaces="r2"),
            revision(now, id="r2", replaces="r1", **kept),
            revision(older, id="r1", **kept),
        ],
        now,
        shipped,
    )
    view = views.history(found, texts.load(lang), UTC, restores=restores)
    assert view_faults(view) == []
    values = [each["value"] for each in elements(view, "button")]
    assert values == ([f'{{"e":"{shipped.id}","v":"{each}"}}' for each in ("r1", SHIPPED)] if restores else [])
    assert "2026-03-02" in "\n".join(shown(view))


@languages
def test_windows_with_a_reason(lang: Lang) -> None:
    text = texts.load(lang)
    assert view_faults(views.reason_modal("r1", "D1", "1.2", text)) == []
    assert view_faults(views.retire_modal(make_entry(title={"zh": NASTY, "en": NASTY}), "", text)) == []


@languages
def test_a_request_names_the_customers_whose_line_changes(lang: Lang) -> None:
    """As an earlier version brought back may change it."""
    before = make_entry(variants=[variant_values({"tiers": ["C", "D"]}), variant_values({"industry": "trading"})])
    after = make_entry(variants=[variant_values({"tiers": ["C", "D"]})])
    blocks = views.request(Proposal(revision(after, Change.RESTORE), before), texts.load(lang))
    assert message_faults(blocks) == []
    old, whom = ("原来", "对贸易类客户") if lang == "zh" else ("Old", "For trading customers")
    lines = [line for line in written(blocks).splitlines() if whom in line]
    assert [line.split(whom)[1].strip() for line in lines] == ["变通的say 变通的note", "say for some note for some"]
    assert all(line.startswith(old) for line in lines)
