"""What a command stands on: the settings, the store, one workspace, and Slack as the bot reaches it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import assembly, slack, slackdoor, stores, surroundings
from bot.cli import arguments
from bot.clock import Clock
from bot.domain.user import Profile
from bot.errors import BotError
from bot.services import Services
from bot.settings import Settings

T = TypeVar("T")

OPERATOR: Final = "operator"
"""Who the audit log says it was."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One workspace as its operator works on it."""

    core: assembly.Core
    team_id: str
    access: slackdoor.SlackAccess
    session: aiohttp.ClientSession
    web: AsyncWebClient
    clock: Clock

    @property
    def settings(self) -> Settings:
        return self.core.settings

    def services(self, now: Clock | None = None) -> Services:
        return self.core.services(now or self.clock, self._profile)

    async def _profile(self, team_id: str, user_id: str) -> Profile | None:
        return await slack.profile(self.web, team_id, user_id, self.settings.default_tz)


def prepare(settings: Settings) -> None:
    """Only errors are logged: what a command finds out, it prints."""
    surroundings.configure_logging("ERROR")
    surroundings.forget_environment(settings)


def at_desk(work: Callable[[Desk], Awaitable[T]], settings: Settings, workspace: str | None) -> T:
    """Joins the store where it runs already, else starts it (in this thread) for as long as the work takes."""

    async def in_workspace(desk: Desk) -> T:
        return await work(replace(desk, team_id=await _chosen(desk, workspace)))

    return at_store(in_workspace, settings)


def at_store(work: Callable[[Desk], Awaitable[T]], settings: Settings) -> T:
    """As `at_desk`, for what concerns all workspaces alike: the desk stands in none."""
    prepare(settings)
    with stores.store(settings) as store_url:
        return asyncio.run(_run(work, settings, store_url))


def alone_at_store(work: Callable[[Desk], Awaitable[T]], settings: Settings) -> T:
    """As `at_store`; raises StoreBusyError while another process uses the embedded store."""
    prepare(settings)
    with stores.own_store(settings) as (store_url, _):
        return asyncio.run(_run(work, settings, store_url))


async def _run(work: Callable[[Desk], Awaitable[T]], settings: Settings, store_url: str) -> T:
    async with assembly.core(settings, store_url, answers=False) as core, aiohttp.ClientSession() as session:
        access = slackdoor.SlackAccess.of(settings)
        web = slack.client(access.bot_token, access.api_url, session)
        return await work(Desk(core, "", access, session, web, assembly.business_clock(settings)))


async def _chosen(desk: Desk, workspace: str | None) -> str:
    team_ids = await desk.services().workspaces.store.all_ids()
    if workspace is None and len(team_ids) > 1:
        workspace = await _token_s(desk.web, team_ids)
    return arguments.workspace(workspace, team_ids)


async def _token_s(web: AsyncWebClient, team_ids: Sequence[str]) -> str | None:
    """The workspace that SLACK_BOT_TOKEN belongs to, if Slack tells and the store has it."""
    with suppress(BotError):
        team_id = str((await slackdoor.identify(web)).team_id)
        return team_id if team_id in team_ids else None
    return None
