"""A notice: what becomes of one that went wrong."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.notice import MAX_ATTEMPTS, MAX_LOOKUPS, SETTLE, Notice, NoticeKind, NoticeState
from tests.builders import make_digest

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
POSTING = make_digest().posting("D1", ("contact-c1",), NOW)


def test_the_key_names_the_person_and_the_day() -> None:
    """It is what a posted message is recognised by, so it must not change between releases."""
    assert make_digest().key == "digest:U01LIN:2026-03-02"


def test_before_posting_the_outcome_is_unknown() -> None:
    """The record says where and since when to look, and gives Slack time to settle."""
    assert POSTING.state is NoticeState.POSTING
    assert (POSTING.channel_id, POSTING.followup_ids, POSTING.posting_at) == ("D1", ("contact-c1",), NOW)
    assert (POSTING.retry_at, POSTING.attempts) == (NOW + SETTLE, 1)


@pytest.mark.parametrize(
    ("step", "state", "is_open"),
    [
        (lambda digest: digest.sent("1.2"), NoticeState.SENT, False),
        (lambda digest: digest.empty(), NoticeState.EMPTY, False),
        (lambda digest: digest.unclear("history"), NoticeState.UNCLEAR, False),
        (lambda digest: digest.refused("ratelimited", LATER), NoticeState.PLANNED, True),
        (lambda digest: digest.refused("account_inactive", LATER, for_good=True), NoticeState.FAILED, False),
        (lambda digest: digest.look_failed("ratelimited", LATER), NoticeState.POSTING, True),
    ],
    ids=["sent", "nothing due", "unclear", "refused", "refused for good", "look failed"],
)
def test_what_follows_a_post(step: Callable[[Notice], Notice], state: NoticeState, is_open: bool) -> None:
    """Only a digest that is planned or of unknown outcome is taken up again."""
    after = step(POSTING)
    assert (after.state, after.is_open) == (state, is_open)
    assert after.key == POSTING.key


def test_a_refused_digest_waits_and_then_gives_up() -> None:
    """Slack's wish to wait is kept; after the last attempt the operator has to look."""
    digest = make_digest()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert digest.state is NoticeState.PLANNED
        digest = digest.posting("D1", (), NOW).refused("ratelimited", LATER)
        assert (digest.attempts, digest.retry_at, digest.error) == (attempt, LATER, "ratelimited")
    assert digest.state is NoticeState.FAILED


def test_looking_in_vain_ends_unclear_and_never_in_a_second_post() -> None:
    """As long as nobody could look, nothing says that it was not posted."""
    digest = POSTING
    for _ in range(MAX_LOOKUPS - 1):
        digest = digest.look_failed("ratelimited", LATER)
        assert (digest.state, digest.retry_at) == (NoticeState.POSTING, LATER)
    assert digest.look_failed("ratelimited", LATER).state is NoticeState.UNCLEAR


def test_a_new_post_is_looked_for_afresh() -> None:
    """The looks of an earlier attempt do not count against it."""
    again = POSTING.look_failed("timeout", LATER).refused("lost", LATER).posting("D1", (), LATER)
    assert (again.lookups, again.attempts) == (0, 2)


def test_a_sent_digest_carries_no_old_error() -> None:
    """What went well in the end is not listed as trouble."""
    sent = POSTING.look_failed("timeout", LATER).sent("1700000000.000100")
    assert (sent.message_ts, sent.error) == ("1700000000.000100", None)


@pytest.mark.parametrize(
    ("notice", "key"),
    [
        (make_digest(), "digest:U01LIN:2026-03-02"),
        (
            Notice(kind=NoticeKind.ESCALATION, user_id="U04", day=date(2026, 3, 2), ref="contact-c1:1"),
            "escalation:U04:contact-c1:1",
        ),
        (Notice(kind=NoticeKind.REPORT, user_id="U04", day=date(2026, 3, 6)), "report:U04:2026-03-06"),
    ],
    ids=["one a day", "about one thing", "one a day of another kind"],
)
def test_what_makes_a_notice_the_only_one(notice: Notice, key: str) -> None:
    """Two of the same key are the same message."""
    assert notice.key == key


def test_a_record_of_before_is_a_digest() -> None:
    """Releases before 0.5.0 had no other kind."""
    stored = make_digest().model_dump(mode="json", exclude={"kind", "ref", "customer_id"})
    assert Notice.model_validate(stored) == make_digest()


def test_what_was_given_up_can_be_taken_up_again() -> None:
    """Refused: posted anew. Unclear: looked for before anything is posted. All else stays."""
    tomorrow = date(2026, 3, 3)
    failed = POSTING.refused("missing_scope", LATER, for_good=True).replayed(tomorrow)
    assert (failed.state, failed.attempts, failed.day, failed.error) == (NoticeState.PLANNED, 0, tomorrow, None)
    unclear = POSTING.unclear("history").replayed(tomorrow)
    assert (unclear.state, unclear.lookups, unclear.retry_at) == (NoticeState.POSTING, 0, None)
    assert POSTING.sent("1.2").replayed(tomorrow) == POSTING.sent("1.2")
