"""Examples judged by a model that has not seen them."""

from collections.abc import Sequence

import numpy as np

from bot.domain.checks import Finding
from bot.matching.folding import folded
from bot.matching.left_out import NEAR_COPY, judged, misplaced
from bot.matching.model import RIDGE, Encoder, Training, kernel_of
from bot.matching.ngrams import Floats, Index
from tests.builders import make_entry, make_playbook

FEE = ["费率太高", "手续费太贵了", "你们收费怎么这么高", "价格能不能再便宜一点", "太贵了，做不起", "费率太高了"]
SLOW = [
    "审批太慢",
    "材料交了半个月还没批",
    "流程走得太久",
    "你们效率不行，等不及",
    "什么时候才能批下来",
    "评审拖拖拉拉",
]
OUTSIDE = ["今天天气怎么样", "午饭吃什么"]


def training() -> Training:
    """Two objections, what is out of scope, and an entry of another kind."""
    texts = (*FEE, *SLOW, *OUTSIDE, "客户最近提款少了", "用款额连着往下掉", "好久没来提款")
    labels = (*(0 for _ in FEE), *(1 for _ in SLOW), *(3 for _ in OUTSIDE), 2, 2, 2)
    ids = ("cost/fee-too-high", "service/slow-approval", "signal/usage-drops")
    return Training(ids, 2, texts, labels, len(FEE + SLOW + OUTSIDE))


def trained_without(training: Training, encoder: Encoder, row: int) -> Floats:
    """The slow way: leaves the row and its near copies out, and solves what is left."""
    texts = [folded(text) for text in training.texts]
    vectors = encoder(texts)
    kernel = kernel_of(Index.of(texts), texts, vectors)
    labels, rows = np.array(training.labels), len(texts)
    if row < training.about_objections:
        rows = training.about_objections
    kept = [at for at in range(rows) if not (kernel[row, at] >= NEAR_COPY and labels[at] == labels[row])]
    wanted = np.eye(len(training.ids) + 1)[labels[kept]]
    solved = np.linalg.solve(kernel[np.ix_(kept, kept)] + RIDGE * np.eye(len(kept)), wanted)
    scores: Floats = (kernel[row, kept] @ solved)[:-1]
    return scores


def test_the_short_cut_gives_what_training_without_would() -> None:
    """For every text: objections among objections, others among all."""
    encoder, asked = Encoder(), training()
    scores = judged(asked, encoder)
    near = [FEE.index("费率太高"), FEE.index("费率太高了")]
    for row in range(len(asked.texts)):
        wanted = trained_without(asked, encoder, row)
        counted: Sequence[int] = range(2) if row < asked.about_objections else range(3)
        np.testing.assert_allclose(scores[row, counted], wanted[counted], atol=1e-4, err_msg=str(row))
    assert np.isneginf(scores[: asked.about_objections, 2]).all()
    assert scores[near[0], 0] < 0.9  # its near copy did not give it away


def test_an_example_under_the_wrong_entry_is_told() -> None:
    """A warning with the entry it belongs to; those in place are passed over."""
    fee = make_entry(
        "cost/fee-too-high", examples={"zh": [*FEE, "审批等得太久了，批不下来"], "en": ["the fee is too high"]}
    )
    slow = make_entry(
        "service/slow-approval", related=["cost/fee-too-high"], examples={"zh": SLOW, "en": ["approval takes too long"]}
    )
    told = list(misplaced(make_playbook([fee, slow]), {"zh": OUTSIDE, "en": ["what's for lunch"]}))
    values = {"id": "service/slow-approval"}
    assert told == [("cost/fee-too-high", Finding("examples.6", "zh", "check.other_answer", values, is_fault=False))]
