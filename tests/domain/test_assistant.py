"""Asking on about a play: which words mean no more than that, and what of the play answers."""

import pytest

from bot.domain.assistant import Further, Wanted, asks_further, further
from tests.builders import make_entry

INSIST, NEXT, PROOF, NEVER = Wanted.INSIST, Wanted.NEXT, Wanted.PROOF, Wanted.NEVER


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("那他还是不同意呢？", INSIST),
        ("他还是不答应怎么办", INSIST),
        ("要是客户坚持呢", INSIST),
        ("老板死活不松口", INSIST),
        ("还是不行", INSIST),
        ("and if he still says no?", INSIST),
        ("What if they won’t budge?", INSIST),
        ("the client still doesn't agree", INSIST),
        ("she insists", INSIST),
        ("然后呢", NEXT),
        ("接下来做什么？", NEXT),
        ("what's next?", NEXT),
        ("And then?", NEXT),
        ("有什么依据？", PROOF),
        ("凭什么这么说", PROOF),
        ("Is there any proof?", PROOF),
        ("哪些话不能说？", NEVER),
        ("What must I never say?", NEVER),
    ],
)
def test_asking_on_is_understood(typed: str, wanted: Wanted) -> None:
    assert asks_further(typed) is wanted


@pytest.mark.parametrize(
    "typed",
    [
        "他还是不同意，嫌费率高",
        "客户坚持要我们降两个点",
        "那他说银行更便宜呢",
        "不想让买方知道",
        "凭什么要我回购",
        "and if he still says the fee is too high?",
        "what if they want 2% less",
        "he won't sign a personal guarantee",
        "no",
        "谢谢",
        "",
        "？？？",
    ],
)
def test_whatever_says_more_is_a_question_of_its_own(typed: str) -> None:
    """It may be another objection, which another play answers."""
    assert asks_further(typed) is None


def test_insisting_goes_deeper_and_then_elsewhere() -> None:
    """First whether it is genuine and the steps; then what to do, and which other play it may be."""
    entry = make_entry()
    assert further(entry, INSIST, 0) == Further(fields=("genuine_if", "excuse_if", "steps"))
    assert further(entry, INSIST, 1) == Further(follow_up=True, related=True)
    assert further(entry, NEXT, 0) == further(entry, INSIST, 3)
    assert further(entry, PROOF, 2) == Further(evidence=True)
    assert further(entry, NEVER, 0) == Further(never=True)
