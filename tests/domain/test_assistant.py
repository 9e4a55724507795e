"""Asking on about a play: which words mean no more than that, and what of the play answers."""

from pathlib import Path

import pytest

from bot.domain.assistant import Further, Wanted, asks_further, further, goes_on, is_thanks
from bot.domain.entry import LANGS
from bot.storage import playbooks
from tests.builders import make_entry

INSIST, NEXT, PROOF, NEVER, MORE = Wanted.INSIST, Wanted.NEXT, Wanted.PROOF, Wanted.NEVER, Wanted.MORE


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("那他还是不同意呢？", INSIST),
        ("他还是不答应怎么办", INSIST),
        ("要是客户坚持呢", INSIST),
        ("老板死活不松口", INSIST),
        ("还是不行", INSIST),
        ("要是他还说不行呢", INSIST),
        ("还是谈不拢怎么办", INSIST),
        ("他还是犹豫", INSIST),
        ("那他还不答应咋整", INSIST),
        ("and if he still says no?", INSIST),
        ("what if she says no", INSIST),
        ("and if they don't accept?", INSIST),
        ("what if that doesn't work?", INSIST),
        ("what if he pushes back", INSIST),
        ("he still doesn't want it", INSIST),
        ("What if they won’t budge?", INSIST),
        ("the client still doesn't agree", INSIST),
        ("she insists", INSIST),
        ("然后呢", NEXT),
        ("接下来做什么？", NEXT),
        ("我接下来该怎么做", NEXT),
        ("后面怎么跟进", NEXT),
        ("how do I follow up?", NEXT),
        ("what should I do now", NEXT),
        ("what's next?", NEXT),
        ("And then?", NEXT),
        ("有什么依据？", PROOF),
        ("凭什么这么说", PROOF),
        ("为什么这么说？", PROOF),
        ("有没有数据支持", PROOF),
        ("有什么数据可以给他看", PROOF),
        ("why?", PROOF),
        ("where does that come from?", PROOF),
        ("Is there any proof?", PROOF),
        ("哪些话不能说？", NEVER),
        ("哪些话千万不能讲", NEVER),
        ("有什么雷区", NEVER),
        ("anything I shouldn't say?", NEVER),
        ("what can't I promise?", NEVER),
        ("还有别的说法吗", MORE),
        ("再详细一点", MORE),
        ("tell me more", MORE),
        ("any other way to put it?", MORE),
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
        "为什么要看我们的数据",
        "why do I have to buy it back?",
        "谈成了",
        "we can't",
        "不签",
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


def test_no_line_of_the_playbook_is_taken_for_asking_on() -> None:
    """What customers say is answered by its play, also right after another one's."""
    entries = playbooks.load(Path("playbooks")).entries.values()
    taken = [line for entry in entries for lang in LANGS for line in entry.examples.in_(lang) if asks_further(line)]
    assert taken in ([], ["customer keeps hesitating"])


@pytest.mark.parametrize(
    ("typed", "again"),
    [("他还是觉得太贵", True), ("客户还嫌贵", True), ("she still thinks it's expensive", True), ("嫌费率高", False)],
)
def test_the_same_said_again_is_told_by_its_words(typed: str, again: bool) -> None:
    assert goes_on(typed) is again


@pytest.mark.parametrize(("typed", "thanks"), [("好的！", True), ("Got it.", True), ("ok", True), ("好贵", False)])
def test_thanks_ask_nothing(typed: str, thanks: bool) -> None:
    assert is_thanks(typed) is thanks


def test_insisting_goes_deeper_and_then_elsewhere() -> None:
    """First whether it is genuine and the steps; then what to do, and which other play it may be."""
    entry = make_entry()
    assert further(entry, INSIST, 0) == Further(fields=("genuine_if", "excuse_if", "steps"))
    assert further(entry, INSIST, 1) == Further(follow_up=True, related=True)
    assert further(entry, NEXT, 0) == further(entry, INSIST, 3)
    assert further(entry, PROOF, 2) == Further(evidence=True)
    assert further(entry, NEVER, 0) == Further(never=True)
    assert further(entry, MORE, 1).fields == further(entry, INSIST, 0).fields
