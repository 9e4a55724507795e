"""Advice before a note is saved: gentle, and personal data never slips through."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.dates import Writing
from bot.domain.masking import MASK
from bot.domain.quality import Advice, AdviceKind, advice, without_personal
from bot.domain.reader import read
from bot.loading import ROOT
from bot.storage import playbooks

NOW = datetime(2026, 3, 12, 14, tzinfo=ZoneInfo("Asia/Shanghai"))
RED_LINES = tuple(playbooks.load(ROOT / "playbooks").red_lines.values())
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def advised(note: str) -> list[Advice]:
    found = read(note, Writing(NOW, WorkCalendar()), {}, lambda _: (), lambda _: ())
    return advice(note, found, RED_LINES)


@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        ("财务总监在场，说月开票四百万。周五前给报价", []),
        ("财务总监在场，说月开票四百万", [AdviceKind.NO_NEXT_STEP]),
        ("我觉得没戏。下周一再打电话", [AdviceKind.OPINION]),
        ("老板人不行。下周一再打电话", [AdviceKind.OPINION]),
        ("我觉得要黄，他两次没接电话。下周一再打电话", []),
        ("报价费率0.8%。下周一再打电话", [AdviceKind.NOT_ALL_IN]),
        ("报价费率0.8%，年化综合成本13.1%。下周一再打电话", []),
        ("银行报价3.9%。下周一再打电话", []),
        ("我跟他说保证能批。下周一再打电话", [AdviceKind.PROMISE_WORDS]),
        ("绝对不上征信。下周一再打电话", [AdviceKind.PROMISE_WORDS]),
        ("我没说保证能批。下周一再打电话", []),
        ("Told him it's guaranteed approval. Call again Monday", [AdviceKind.PROMISE_WORDS]),
        ("I think they will sign. Call again Monday", [AdviceKind.OPINION]),
        ("老板住院了。下周一再打电话", [AdviceKind.PERSON]),
        ("财务离婚了，脾气大。下周一再打电话", [AdviceKind.PERSON]),
        ("她电话 13912345678。下周一再打电话", [AdviceKind.MOBILE]),
        ("身份证11010519491231002X。下周一再打电话", [AdviceKind.IDENTITY]),
        ("卡号4111111111111111。下周一再打电话", [AdviceKind.BANK_CARD]),
    ],
)
def test_what_is_advised(note: str, kinds: list[AdviceKind]) -> None:
    found = advised(note)
    assert [each.kind for each in found] == kinds
    assert all(note[each.start : each.end] == each.words for each in found)


def test_words_that_promise_come_with_better_ones() -> None:
    (found,) = advised("我说包过。下周一再打电话")
    assert found.instead is not None
    assert "审批" in found.instead.zh


def test_personal_data_is_masked_unless_it_is_needed() -> None:
    note = "联系人手机13912345678，身份证11010519491231002X，周五前给报价"
    found = advised(note)
    mobile = next(each for each in found if each.kind is AdviceKind.MOBILE)
    assert without_personal(note, found) == f"联系人手机{MASK}，身份证{MASK}，周五前给报价"
    assert without_personal(note, found, [mobile]) == f"联系人手机13912345678，身份证{MASK}，周五前给报价"


DIGITS = st.text("0123456789", min_size=17, max_size=17)


def checksum(digits: str) -> str:
    return "10X98765432"[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True)) % 11]


@given(DIGITS)
def test_a_valid_identity_number_is_found(digits: str) -> None:
    number = digits + checksum(digits)
    kinds = [each.kind for each in advised(f"证件号{number}，已核对")]
    assert kinds[0] is AdviceKind.IDENTITY


@given(DIGITS, st.sampled_from("0123456789X"))
def test_a_number_that_fails_the_check_is_no_identity(digits: str, last: str) -> None:
    if last != checksum(digits):
        assert AdviceKind.IDENTITY not in {each.kind for each in advised(f"合同号{digits}{last}，已核对")}


@given(st.text(max_size=200))
def test_any_note_can_be_advised(note: str) -> None:
    """And masking twice changes nothing more."""
    masked = without_personal(note, advised(note))
    assert without_personal(masked, advised(masked)) == masked
