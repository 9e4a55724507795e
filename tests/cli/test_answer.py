"""`answer`, for people and for measuring."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Bot


@pytest.fixture
def trained(bot: Bot, models_dir: Path) -> Bot:
    """With a data folder that lasts, so that the matcher is not trained for each test and run."""
    bot.environment["DATA_DIR"] = str(models_dir)
    return bot


async def test_a_card_for_people_and_a_json_line_for_programs(trained: Bot) -> None:
    """The card speaks the question's language; the line has the decision and at most ten hits, best first."""
    line = await trained("answer", "the fee is too high", "--json")
    card = await trained("answer", "你们费率太高了")
    assert "这样说" in card.out
    assert not set("*_<>") & set(card.out)
    answer = json.loads(line.out)
    scores = [hit["score"] for hit in answer["hits"]]
    assert set(answer) == {"query", "decision", "hits", "ms"}
    assert (answer["decision"], answer["hits"][0]["id"]) == ("one", "cost/fee-too-high")
    assert 1 <= len(scores) <= 10
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1


async def test_a_batch_has_one_line_for_each_row(trained: Bot) -> None:
    ran = await trained(
        "answer", "--batch", trained.file("rows.tsv", "ids\tquery\nx\t银行便宜多了\ny\t\nz\t怎么订机票\n")
    )
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["query"] for answer in answers] == ["银行便宜多了", "", "怎么订机票"]
    assert [answer["decision"] for answer in answers] == ["one", "none", "none"]


async def test_a_missing_file_is_one_sentence(bot: Bot) -> None:
    ran = await bot("answer", "--batch", "none.tsv")
    assert (ran.code, ran.err) == (2, "factormate: none.tsv: No such file or directory.\n")
