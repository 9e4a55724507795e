"""Do the tokens work, and may the app do what it has to?"""

from collections.abc import AsyncIterator

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import appmanifest, assembly, slack, slackdoor
from bot.cli import manifest
from bot.cli.findings import Finding, fault, fine, note
from bot.settings import Settings

MADE_UP = "made-up-by-doctor"
_BAD_CLIENT = frozenset({"invalid_client_id", "bad_client_secret", "invalid_client"})
SCOPES_HEADER = "x-oauth-scopes"


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    access = slackdoor.SlackAccess.of(settings)
    async with aiohttp.ClientSession() as session:
        if settings.uses_oauth:
            for finding in await _client(slack.digest_client("", access.api_url, session), settings):
                yield finding
        else:
            for finding in await _bot_token(slack.client(access.bot_token, access.api_url, session), settings):
                yield finding
        if access.app_token is not None:
            yield await _app_token(slack.client("", access.api_url, session), access.app_token)
        elif not settings.is_local:
            yield fine("Slack: HTTP mode; whether SLACK_SIGNING_SECRET is right shows with Slack's first request")


async def _client(web: AsyncWebClient, settings: Settings) -> list[Finding]:
    """Slack looks at the client's id and secret before it looks at a code, so a made-up one is enough to try them."""
    address = f"{settings.public_url}/slack/oauth_redirect"
    secret = settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else ""
    try:
        async with slackdoor.at_slacks_door(web.base_url):
            await web.oauth_v2_access(
                client_id=settings.slack_client_id or "", client_secret=secret, code=MADE_UP, redirect_uri=address
            )
    except slackdoor.SlackRefusedError as error:
        reason = str(error.values["reason"])
        if reason in _BAD_CLIENT:
            todo = "copy Client ID and Client Secret from Basic Information in the app's settings"
            return [fault(f"Slack: refuses SLACK_CLIENT_ID or SLACK_CLIENT_SECRET ({reason})", todo)]
        if reason == "bad_redirect_uri":
            return [fault(f"Slack: does not know {address}", "add it under OAuth & Permissions → Redirect URLs")]
    except slackdoor.SlackUnreachableError as error:
        return [fault(f"Slack: {assembly.explained(error)}", "without Slack the bot does not start")]
    found = [fine(f"Slack: takes the client's id and secret; it is installed from {settings.public_url}/slack/install")]
    if not settings.allowed_workspaces:
        found.append(note("installing: whoever knows that address can", "name who may in ALLOWED_WORKSPACES"))
    return found


async def _bot_token(web: AsyncWebClient, settings: Settings) -> list[Finding]:
    try:
        async with slackdoor.at_slacks_door(web.base_url):
            answer = await web.auth_test()
    except slackdoor.SlackRefusedError as error:
        todo = "copy the Bot User OAuth Token from OAuth & Permissions in the app's settings"
        return [fault(f"Slack: refuses SLACK_BOT_TOKEN ({error.values['reason']})", todo)]
    except slackdoor.SlackUnreachableError as error:
        if settings.is_local:
            where = slackdoor.base_url(settings)
            return [note(f"Slack: the local workspace does not run at {where}", "start it with: make run")]
        return [fault(f"Slack: {assembly.explained(error)}", "without Slack the bot does not start")]
    known = fine(f"Slack: the bot token works, for {answer.get('team')} ({answer.get('team_id')})")
    return [known, _scopes(answer.headers.get(SCOPES_HEADER), settings.public_url or "")]


def _scopes(told: str | None, public_url: str) -> Finding:
    if told is None:
        return note("Slack: does not say which scopes the token has", "reinstall the app if a call is refused")
    wanted = manifest.scopes(appmanifest.with_links(appmanifest.load(), public_url))
    lacking = wanted - {each.strip() for each in told.split(",")}
    if lacking:
        names = ", ".join(sorted(lacking))
        return fault(f"Slack: the token lacks {names}", "update the app's manifest in Slack and reinstall the app")
    return fine("Slack: the token has every scope of manifest.yml")


async def _app_token(web: AsyncWebClient, app_token: str) -> Finding:
    try:
        async with slackdoor.at_slacks_door(web.base_url):
            await web.apps_connections_open(app_token=app_token)
    except slackdoor.SlackRefusedError as error:
        todo = "make one with the scope connections:write under Basic Information, and see that Socket Mode is on"
        return fault(f"Slack: refuses SLACK_APP_TOKEN ({error.values['reason']})", todo)
    except slackdoor.SlackUnreachableError as error:
        return fault(f"Slack: no answer about SLACK_APP_TOKEN ({error.values['reason']})", "check the network")
    return fine("Slack: the app-level token works")
