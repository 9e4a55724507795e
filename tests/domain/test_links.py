"""Permanent links: made and read alike, and nothing else passes for one."""

import pytest

from bot.domain.links import Links, Target

OURS = Links(public="https://bot.example.com")


@pytest.mark.parametrize(("what", "target"), [(Target.PLAY, "cost/fee-too-high"), (Target.CUSTOMER, "c12ab-9_Z")])
def test_what_is_made_is_read(what: Target, target: str) -> None:
    url = OURS.to(what, target)
    assert url is not None
    assert OURS.read(url) == (what, target)
    below = Links(public="https://example.com/bot")
    assert below.read(below.to(what, target) or "") == (what, target)


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example.com",
        "https://bot.example.com/x/cost/fee",
        "https://bot.example.com/p/",
        "https://bot.example.com/p/../c/1",
        "https://bot.example.com/p/a/b/c",
        "https://bot.example.com/p/%2e%2e",
        "http://bot.example.com/p/cost/fee",
        "https://bot.example.com.evil.com/p/cost/fee",
        "https://evil.com/https://bot.example.com/p/cost/fee",
        "https://bot.example.com@evil.com/p/cost/fee",
        "https://[broken/p/cost/fee",
        "",
    ],
)
def test_nothing_else_is_one(url: str) -> None:
    assert OURS.read(url) is None


def test_without_an_address_there_are_none() -> None:
    assert Links().to(Target.PLAY, "cost/fee-too-high") is None
    assert Links().read("https://bot.example.com/p/cost/fee-too-high") is None
