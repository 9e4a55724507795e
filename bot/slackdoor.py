"""How to reach Slack, and what is told at start when it is not to be had."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import local, slack
from bot.errors import BotError
from bot.settings import Settings

SLACK_SECONDS = 10.0
"""At start, for Slack to answer: long enough for a slow network, short enough to be told of a dead one."""


class SlackRefusedError(BotError):
    """Slack does not accept a token."""

    key = "error.slack_refused"


class SlackUnreachableError(BotError):
    """Nothing answers where Slack should be, or what answers is not Slack; `where` is the address."""

    key = "error.slack_unreachable"


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """How to reach Slack, or the local workspace that plays it. Where workspaces install the app by themselves, there
    is no `bot_token`: each has its own."""

    api_url: str
    bot_token: str
    app_token: str | None
    signing_secret: str

    @classmethod
    def of(cls, settings: Settings) -> "SlackAccess":
        if settings.is_local:
            made = local.credentials(settings.home)
            return cls(f"{base_url(settings)}/api/", made.bot_token, None, made.signing_secret)
        app_token, secret = settings.slack_app_token, settings.slack_signing_secret
        token = settings.slack_bot_token
        return cls(
            api_url=settings.slack_api_url,
            bot_token=token.get_secret_value() if token else "",
            app_token=app_token.get_secret_value() if app_token else None,
            signing_secret=secret.get_secret_value() if secret else "",
        )


def base_url(settings: Settings) -> str:
    host = settings.bind_host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


@asynccontextmanager
async def at_slacks_door(where: str) -> AsyncIterator[None]:
    """What is asked at start: Slack's refusal and no answer within SLACK_SECONDS become errors with a sentence."""
    try:
        async with asyncio.timeout(SLACK_SECONDS):
            yield
    except SlackApiError as error:
        refused = SlackRefusedError if slack.is_slacks(error) else SlackUnreachableError
        raise refused(where=where, reason=slack.error_of(error)) from None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise SlackUnreachableError(where=where, reason=str(error) or type(error).__name__) from None


async def identify(web_client: AsyncWebClient) -> AuthorizeResult:
    """Who the token speaks for. Raises SlackRefusedError or SlackUnreachableError."""
    async with at_slacks_door(web_client.base_url):
        answer = await web_client.auth_test()
    return AuthorizeResult.from_auth_test_response(
        auth_test_response=answer, bot_token=web_client.token, user_auth_test_response=None
    )
