"""What a command stands on: the settings, the store, one workspace, and Slack as the bot reaches it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from bot import assembly, loading, slack, slackdoor, speakers, stores, surroundings
from bot.cli import OperatorError, arguments
from bot.clock import Clock
from bot.domain.user import Profile
from bot.errors import BotError
from bot.services import Services
from bot.settings import Settings
from bot.telemetry import logs

T = TypeVar("T")

DRAIN_SECONDS: Final = 10.0
"""For a token that is being renewed just then."""
OPERATOR: Final = "operator"
"""Who the audit log says it was."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One workspace as its operator works on it."""

    core: assembly.Core
    team_id: str
    speaking: speakers.Speakers
    clock: Clock

    @property
    def settings(self) -> Settings:
        return self.core.settings

    def services(self, now: Clock | None = None) -> Services:
        return self.core.services(now or self.clock, self.speaking.profile)

    async def ensure_speaks(self) -> None:
        """Raises a sentence for the operator unless Slack takes the token for this very workspace."""
        where = await slackdoor.identify(await self.speaking.client_for(self.team_id))
        if not self.settings.uses_oauth and where.team_id != self.team_id:
            raise OperatorError(f"SLACK_BOT_TOKEN belongs to the workspace {where.team_id}, not to {self.team_id}.")


def prepare(settings: Settings) -> None:
    """Only errors are logged: what a command finds out, it prints."""
    logs.configure("ERROR", settings.log_format)
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
    async with assembly.core(settings, store_url, answers=False) as core, slack.session() as session:
        clock = loading.business_clock(settings)
        speaking = speakers.of(settings, session, core.services(clock, _nobody).installations)
        try:
            return await work(Desk(core, "", speaking, clock))
        finally:
            if isinstance(speaking, speakers.Installed):
                await speaking.drain(DRAIN_SECONDS)


async def _nobody(team_id: str, user_id: str) -> Profile | None:
    """Installations ask Slack about no people."""
    return None


async def _chosen(desk: Desk, workspace: str | None) -> str:
    team_ids = await desk.services().workspaces.store.all_ids()
    if workspace is None and len(team_ids) > 1:
        workspace = await _token_s(desk.speaking, team_ids)
    return arguments.workspace(workspace, team_ids)


async def _token_s(speaking: speakers.Speakers, team_ids: Sequence[str]) -> str | None:
    """The workspace that SLACK_BOT_TOKEN belongs to, if there is one, Slack tells and the store has it."""
    if not isinstance(speaking, speakers.OneToken):
        return None
    with suppress(BotError):
        team_id = str((await speaking.identify()).team_id)
        return team_id if team_id in team_ids else None
    return None
