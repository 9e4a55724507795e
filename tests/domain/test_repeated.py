"""A promise said once more is known by its words, and nothing else is taken for it."""

import pytest

from bot.domain.facts import Side
from bot.domain.repeated import said_again
from tests.builders import make_followup


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        ("发报价单", "把报价单发过去", True),
        ("我们给报价", "给报价", True),
        ("客户答应发审计报告", "对方发审计报告", True),
        ("We will send the cost sheet", "send them the cost sheet", True),
        ("发合同初稿", "发合同终稿", False),
        ("发6月对账单", "发7月对账单", False),
        ("报 8.5% 的价", "报 9% 的价", False),
        ("send the cost sheet", "send the contract", False),
        ("给他", "给他们", False),
    ],
)
def test_nearly_the_same_words(before: str, now: str, is_same: bool) -> None:
    known = make_followup(title=before)
    assert said_again(Side.OURS, now, [known]) == (known if is_same else None)


def test_the_other_sides_and_what_is_done_are_others() -> None:
    known = make_followup(title="发报价单")
    assert said_again(Side.THEIRS, "发报价单", [known]) is None
    assert said_again(Side.OURS, "发报价单", [known.completed()]) is None
