"""What is asked of Slack: where its token may go, and how calls are spelt."""

import json
import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.slack import PacedClient, is_at_slack, session


@pytest.mark.parametrize(
    ("url", "api_url", "is_there"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.xlsx", "https://slack.com/api/", True),
        ("https://acme.enterprise.slack.com/files-pri/F1", "https://slack.com/api/", True),
        ("http://127.0.0.1:3000/files-pri/F1/a.csv", "http://127.0.0.1:3000/api/", True),
        ("http://127.0.0.1:3001/files-pri/F1/a.csv", "http://127.0.0.1:3000/api/", False),
        ("http://files.slack.com/files-pri/F1", "https://slack.com/api/", False),
        ("https://files.slack.com:8443/files-pri/F1", "https://slack.com/api/", False),
        ("https://evilslack.com/F1", "https://slack.com/api/", False),
        ("https://files.slack.com.evil.example/F1", "https://slack.com/api/", False),
        ("https://files.slack.com@evil.example/F1", "https://slack.com/api/", False),
        ("https://evil.example\\@files.slack.com/F1", "https://slack.com/api/", False),
        ("https://evil.example%2f.slack.com/F1", "https://slack.com/api/", False),
        ("https://docs.google.com/spreadsheets/d/1", "https://slack.com/api/", False),
        ("https://[broken/F1", "https://slack.com/api/", False),
        ("", "https://slack.com/api/", False),
    ],
)
def test_the_token_goes_to_slack_only(url: str, api_url: str, is_there: bool) -> None:
    assert is_at_slack(url, api_url) is is_there


@pytest.mark.parametrize("words", ["跟进", "half \ud83d"], ids=["whole", "half a character"])
async def test_calls_say_and_hear_what_the_standard_library_would(words: str) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response(json.loads(await request.text()))

    site = web.Application()
    site.router.add_post("/", echo)
    async with (
        TestServer(site) as server,
        session() as calling,
        calling.post(server.make_url("/"), json=words) as answer,
    ):
        assert await answer.json() == words


def test_no_call_is_spelt_out_for_a_log_that_nobody_reads() -> None:
    """The SDK does that for a logger without a level of its own, whatever its parents have."""
    assert PacedClient(1).logger.level > logging.DEBUG
