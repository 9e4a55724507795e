"""Rows of follow-ups and the daily message made of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot import text as texts
from bot.domain.cadence import Counted
from bot.domain.customer import Tier
from bot.domain.daily import MAX_COVERED, MAX_SOON
from bot.domain.entry import Lang
from bot.domain.facts import Side
from bot.domain.followup import Closing, DropReason, DueItem, FollowUp, Kind, Snooze, SnoozeReason
from bot.domain.nudge import MAX_ROWS
from bot.domain.visit import Channel
from bot.text import Text
from bot.views import followups as views
from bot.views.blocks import Block, unpacked
from tests.builders import LIN, MONDAY, make_contact, make_customer, make_due, make_followup
from tests.views.limits import NASTY, elements, message_faults, written

ZH, EN = texts.load("zh"), texts.load("en")
LANGS: tuple[Lang, ...] = ("zh", "en")
TUESDAY = MONDAY + timedelta(days=1)
FIRST = "tier A: every 14 days; no contact yet, so counted from Mon 16 Feb, when the customer was created"


def items(count: int) -> list[DueItem]:
    return [make_due(make_followup(id=f"step-{each}"), name=f"客户{each}") for each in range(count)]


def digest(found: list[DueItem], text: Text = ZH, today: date = MONDAY) -> list[Block]:
    return views.digest(found[:MAX_ROWS], max(0, len(found) - MAX_ROWS), MONDAY, today, text)


@pytest.mark.parametrize(
    ("text", "changes", "reason"),
    [
        (ZH, {}, "A 级客户，14 天一次；上次算数的联系：2月16日（周一）上门拜访"),
        (EN, {}, "tier A: every 14 days; last contact that counts: visit on Mon 16 Feb"),
        (EN, {"counted": Counted.CREATED}, FIRST),
    ],
    ids=["zh", "en", "never contacted"],
)
def test_a_contact_says_why_it_is_due(text: Text, changes: dict[str, Counted], reason: str) -> None:
    """Tier, gap and the day it is counted from."""
    contact = make_contact()
    assert contact.explanation is not None
    contact = contact.model_copy(update={"explanation": contact.explanation.model_copy(update=changes)})
    assert views.reason(contact, text) == reason


def test_a_contact_says_that_a_visit_is_due() -> None:
    """By whichever way the clock moved meanwhile; or that nobody was there yet."""
    thursday = date(2026, 1, 15)
    due = make_due(contacted_on={Channel.VISIT: thursday}).model_copy(update={"visit_since": thursday})
    assert views.why(due, EN).endswith("; and a visit is due: the last was on Thu 15 Jan")
    never = make_due().model_copy(update={"visit_since": date(2026, 1, 5)})
    assert views.why(never, ZH).endswith("；也该上门了：1月5日（周一）建档以来没有上门的记录")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (EN, "tier A: every 14 days; counted from today's visit"),
        (ZH, "A 级客户，14 天一次；从今天这次上门拜访算起"),
    ],
    ids=["en", "zh"],
)
def test_after_todays_visit_the_reason_is_todays_visit(text: Text, reason: str) -> None:
    """A visit that was on another day keeps its date."""
    today = date(2026, 2, 16)
    assert views.reason(make_contact(), text, today) == reason
    assert views.reason(make_contact(), EN, MONDAY).endswith("visit on Mon 16 Feb")


def test_a_next_step_is_its_own_reason() -> None:
    """In the words somebody wrote down, made harmless."""
    assert views.reason(make_followup(title="给报价 <!here>"), EN) == "next step: 给报价 &lt;!here&gt;"


@pytest.mark.parametrize(
    ("today", "state"), [(MONDAY, "due today"), (TUESDAY, "1 day late"), (date(2026, 3, 5), "3 days late")]
)
def test_a_row_says_who_how_late_and_why(today: date, state: str) -> None:
    """On two lines."""
    said = written(views.row(make_due(make_contact(), tier=Tier.A), 0, today, EN))
    assert said.startswith(f"*远大纺织* · tier A · {state}\ntier A: every 14 days")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("count", "rows", "more"), [(1, 1, 0), (7, 7, 0), (8, 7, 1), (30, 7, 23)])
def test_at_most_seven_rows_and_the_number_of_the_others(lang: Lang, count: int, rows: int, more: int) -> None:
    """However much is due, the message stays one to be read."""
    text = texts.load(lang)
    blocks = digest(items(count), text)
    assert message_faults(blocks) == []
    assert sum(each["action_id"].startswith(views.LOG) for each in elements(blocks, "button")) == rows
    assert (text("digest.more", count=more) in written(blocks)) is bool(more)
    assert text("digest.intro", count=count) in written(blocks)


@pytest.mark.parametrize("lang", LANGS)
def test_a_message_of_the_longest_texts_is_one_that_slack_takes(lang: Lang) -> None:
    """Names and steps as long as they may be, and as bad."""
    nasty = [
        make_due(make_followup(id=f"step-v-{'f' * 16}-{each}", title=(NASTY * 9)[:200]), name=(NASTY * 9)[:60])
        for each in range(9)
    ]
    assert message_faults(digest(nasty, texts.load(lang))) == []
    fallback = views.digest_fallback(nasty, 2, MONDAY, MONDAY, texts.load(lang))
    assert "<!" not in fallback
    assert len(fallback) < 4000


def test_what_was_dealt_with_is_ticked_off_in_its_place() -> None:
    """Done, put off with its reason, still open: the order stays, only the open one has buttons."""
    done, snoozed, waiting = items(3)
    snooze = Snooze(by="U1", on=MONDAY, until=TUESDAY, reason=SnoozeReason.TRAVELLING)
    put_off = snoozed.followup.snoozed(snooze, Tier.B)
    blocks = digest(
        [
            done.model_copy(update={"followup": done.followup.completed()}),
            snoozed.model_copy(update={"followup": put_off}),
            waiting,
        ],
        EN,
    )
    said = written(blocks)
    assert "✓ 客户0: done" in said
    assert "» 客户1: snoozed until Tue 3 Mar (I'm travelling)" in said
    assert "One follow-up is due today" in said
    assert {unpacked(each["value"])["f"] for each in elements(blocks, "button")} == {"step-2"}


@pytest.mark.parametrize("text", [ZH, EN], ids=LANGS)
def test_when_all_is_done_the_message_says_so(text: Text) -> None:
    """No button is left."""
    blocks = digest([make_due(make_followup().completed())], text)
    assert text("digest.intro_all_done") in written(blocks)
    assert elements(blocks, "button") == []


def test_a_contact_moved_ahead_by_a_visit_is_done() -> None:
    """It is the same follow-up with a later day, not one that was closed."""
    moved = make_due(make_contact(due_on=date(2026, 3, 16)))
    assert "✓ 远大纺织: done" in written(digest([moved], EN))


def test_a_rows_buttons_know_the_follow_up_and_the_message() -> None:
    """So that a click changes the message it stands in, even on another day."""
    blocks = digest(items(2), today=TUESDAY)
    assert [unpacked(each["value"]) for each in elements(blocks, "button")] == [
        {"f": f"step-{number}", "t": "2026-03-02", "d": "2026-03-02"} for number in (0, 0, 1, 1)
    ]
    assert [unpacked(each["block_id"])["f"] for each in elements(blocks, "actions")] == ["step-0", "step-1"]
    assert [each.get("style") for each in elements(blocks, "button")] == ["primary", None, None, None]


@pytest.mark.parametrize("lang", LANGS)
def test_putting_off_and_dropping_are_one_tap_each(lang: Lang) -> None:
    """Three lengths as groups, in each of them every reason, and a day of one's own; and why it is not needed."""
    menu, drop = elements(views.row(make_due(make_contact()), 0, MONDAY, texts.load(lang)), "static_select")
    values = [option["value"] for group in menu["option_groups"] for option in group["options"]]
    assert values == [f"{length}|{why}" for length in ("1wd", "3wd", "7d") for why in SnoozeReason] + [views.PICK_DAY]
    assert [option["value"] for option in drop["options"]] == list(DropReason)


SNOOZE = Snooze(by="U1", on=MONDAY, until=MONDAY, reason=SnoozeReason.OTHER)


@pytest.mark.parametrize(
    ("followup", "tier", "has_menu"),
    [
        (make_followup(), Tier.A, False),
        (make_followup(), Tier.B, True),
        (make_followup(by=Side.THEIRS), Tier.A, True),
        (make_followup(id="risk-c1-forgery", kind=Kind.RISK, subject="forgery"), Tier.D, False),
        (make_contact(), Tier.A, True),
        (make_contact(snoozes=(SNOOZE,)), Tier.A, True),
        (make_contact(snoozes=(SNOOZE, SNOOZE)), Tier.A, False),
    ],
    ids=["promise to A", "to B", "A's own", "risk", "contact", "put off once", "twice"],
)
def test_what_may_not_be_put_off_has_no_menu_for_it(followup: FollowUp, tier: Tier, has_menu: bool) -> None:
    blocks = views.row(make_due(followup, tier=tier), 0, MONDAY, EN)
    assert has_menu == any(each["action_id"].startswith(views.SNOOZE) for each in elements(blocks, "static_select"))


@pytest.mark.parametrize(("may_undo", "buttons"), [(True, [f"{views.UNDO}.0"]), (False, [])])
def test_what_was_just_done_can_be_taken_back(may_undo: bool, buttons: list[str]) -> None:
    """The line says what came of it."""
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    followup = make_followup().closed(Closing(by=LIN, at=at), "报价已发 <!here>", MONDAY)
    item = make_due(followup).model_copy(update={"may_undo": may_undo})
    blocks = views.row(item, 0, MONDAY, ZH)
    assert written(blocks).split("\n")[0] == "✓ 远大纺织：已完成（报价已发 &lt;!here&gt;）"
    assert [each["action_id"] for each in elements(blocks, "button")] == buttons


def test_colleagues_rows_stand_below_their_name() -> None:
    """A few in all, the worst of them, but each person's worst; the others are in the list one can ask for."""
    chen = [
        make_due(make_contact(id=f"contact-c{each}", customer_id=f"c{each}"), owner_id="U02CHEN") for each in range(9)
    ]
    grace = [
        make_due(make_contact(id=f"contact-g{each}", customer_id=f"g{each}"), owner_id="U03GRACE") for each in (1, 2)
    ]
    said = written(views.covered([*chen, *grace], MONDAY, MONDAY, EN))
    assert (said.index("For <@U02CHEN>"), "For <@U03GRACE>" in said) == (1, True)
    assert said.count("tier A ·") == MAX_COVERED == said.count("tier A ·", 0, said.index("For <@U03GRACE>")) + 1
    assert EN("digest.covered_more", count=4) in said


def test_what_is_due_soon_is_a_line_each() -> None:
    soon = [make_due(make_followup(id=f"n{each}", due_on=TUESDAY), name=f"客户{each}") for each in range(5)]
    blocks = views.soon(soon, MONDAY, MONDAY, EN)
    assert len(blocks) == 1 + MAX_SOON + 1
    assert "*客户0* · Tue 3 Mar\nnext step: 给报价" in written(blocks)
    assert EN("digest.soon_more", count=2) in written(blocks)


@pytest.mark.parametrize("lang", LANGS)
def test_a_list_on_demand_is_one_that_slack_takes(lang: Lang) -> None:
    """However long; what is not due yet says when it is, and has its buttons too."""
    later = [make_due(make_contact(id=f"contact-c{each}", due_on=TUESDAY), name=NASTY) for each in range(40)]
    text = texts.load(lang)
    blocks = views.asked(later, "x", "week", MONDAY, text)
    assert message_faults(blocks) == []
    assert text("followup.due_on", day=TUESDAY) in written(blocks)
    assert unpacked(elements(blocks, "button")[0]["value"])["q"] == "week"
    assert text("followup.list_nothing") in written(views.asked([], "x", "week", MONDAY, text))


def test_the_notification_names_each_customer_once() -> None:
    """A customer may have a contact and a step due on one day."""
    twice = [
        make_due(make_contact()),
        make_due(make_followup()),
        make_due(make_followup(customer_id="c2"), name="宏达机械"),
    ]
    told = views.digest_fallback(twice, 4, MONDAY, MONDAY, ZH)
    assert told == "3月2日（周一）要跟进的客户: 远大纺织、宏达机械 另有 4 项，在“主页”里可以看到全部。"
    assert make_customer().name in told


@pytest.mark.parametrize(("lang", "said"), [("zh", "对方答应：发审计报告"), ("en", "They promised: 发审计报告")])
def test_what_the_other_side_promised_is_to_be_asked_after(lang: Lang, said: str) -> None:
    """It reads otherwise than what we are to do."""
    step = make_followup(title="发审计报告", by=Side.THEIRS)
    assert said in written(views.row(make_due(step), 0, MONDAY, texts.load(lang)))
