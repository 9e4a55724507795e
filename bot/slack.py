"""The clients that call Slack, and what is asked of it about people."""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.user import Profile
from bot.errors import TableFileError

PACE_SECONDS: Final = 1.05
"""Slack takes about one message a second in a channel."""
PROFILE_SECONDS: Final = 1.5
"""What may be spent of the three seconds Slack waits for an answer."""
CALL_SECONDS: Final = 60
"""For one call with its repeats."""
DIGEST_SECONDS: Final = 10
UNREADABLE: Final = "unreadable_answer"
"""The error code of an answer that is not Slack's: a proxy's page, half a body."""

_SLACK_HOST: Final = re.compile(r"([a-z0-9-]+\.)+slack\.com", re.ASCII | re.IGNORECASE)
_POSTING: Final = frozenset({"chat.postMessage", "chat.postEphemeral"})
_MAX_PACED: Final = 4096


class PacedClient(AsyncWebClient):
    """Posts at most one message a second into a channel, so that Slack need not refuse any.

    Keeps its time limit, which the SDK forgets when it is given a session, and raises nothing but SlackApiError with
    an AsyncSlackResponse, aiohttp.ClientError and TimeoutError.
    """

    def __init__(self, seconds: float, **options: Any) -> None:
        super().__init__(**options)
        self._seconds = seconds
        self._free_at: dict[str, float] = defaultdict(float)

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        if api_method in _POSTING:
            await self._pace(arguments.get("json") or arguments.get("params") or arguments.get("data") or {})
        try:
            async with asyncio.timeout(self._seconds):
                return await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if isinstance(error.response, AsyncSlackResponse):
                raise
            raise aiohttp.ClientPayloadError(UNREADABLE) from error  # half a JSON text
        except AttributeError as error:
            raise aiohttp.ClientPayloadError(UNREADABLE) from error  # the SDK took a text for a JSON object

    async def _pace(self, sent: Mapping[str, Any]) -> None:
        channel = str(sent.get("channel", ""))
        now = asyncio.get_running_loop().time()
        if len(self._free_at) > _MAX_PACED:
            self._free_at = defaultdict(float, {each: at for each, at in self._free_at.items() if at > now})
        starts = max(now, self._free_at[channel])
        self._free_at[channel] = starts + PACE_SECONDS
        await asyncio.sleep(starts - now)


def client(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """For everything but digests: repeats after a lost connection and after 429."""
    return PacedClient(
        seconds=CALL_SECONDS,
        token=token,
        base_url=api_url,
        session=session,
        retry_handlers=[AsyncConnectionErrorRetryHandler(), AsyncRateLimitErrorRetryHandler(max_retry_count=2)],
    )


def digest_client(
    token: str, api_url: str, session: aiohttp.ClientSession, seconds: float = DIGEST_SECONDS
) -> AsyncWebClient:
    """Never repeats by itself: a post whose answer was lost may have been posted."""
    return PacedClient(seconds=seconds, token=token, base_url=api_url, session=session, retry_handlers=[])


def is_slacks(error: SlackApiError) -> bool:
    """Whether Slack itself has refused; something that is not Slack names no error."""
    answer: AsyncSlackResponse = error.response
    return isinstance(answer.data, dict) and bool(answer.data.get("error"))


def error_of(error: SlackApiError) -> str:
    """Slack's name for what is wrong, or one of ours where it gives none."""
    answer: AsyncSlackResponse = error.response
    if is_slacks(error):
        return str(answer["error"])
    return UNREADABLE if answer.status_code == HTTPStatus.OK else f"http_{answer.status_code}"


async def download(web: AsyncWebClient, url: str) -> bytes:
    """A file that somebody sent to the app. Raises TableFileError when Slack shows a page instead, as it does
    to a token that may not read files.

    The token goes only to Slack: to where its Web API is, or by https to a host of slack.com.
    """
    if not is_at_slack(url, web.base_url) or web.session is None:
        raise TableFileError("table.file_gone")
    headers = {"Authorization": f"Bearer {web.token}"}
    try:
        async with (
            asyncio.timeout(CALL_SECONDS),
            web.session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            content = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TableFileError("table.file_gone") from error
    if answer.status != HTTPStatus.OK or answer.content_type == "text/html":
        raise TableFileError("table.file_gone")
    return content


def is_at_slack(url: str, api_url: str) -> bool:
    """Whether a token may go there. What two programs may read differently (a user, a backslash) is refused."""
    try:
        at, api = urlsplit(url), urlsplit(api_url)
        places = {(each.scheme, each.hostname, each.port) for each in (at, api)}
    except ValueError:
        return False
    is_slacks_host = at.scheme == "https" and at.port is None and _SLACK_HOST.fullmatch(at.netloc) is not None
    return is_slacks_host or (len(places) == 1 and "@" not in at.netloc and "\\" not in url)


async def profile(web: AsyncWebClient, user_id: str, default_tz: str) -> Profile | None:
    """What Slack says about a person; None when it does not answer in time."""
    try:
        async with asyncio.timeout(PROFILE_SECONDS):
            answer = await web.users_info(user=user_id, include_locale=True)
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logging.getLogger(__name__).warning("users.info failed: %s", type(error).__name__)
        return None
    user: dict[str, Any] = answer.get("user") or {}
    names = user.get("profile") or {}
    return Profile(
        name=names.get("display_name") or user.get("real_name") or user.get("name") or "",
        locale=user.get("locale") or "en-US",
        tz=user.get("tz") or default_tz,
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
    )
