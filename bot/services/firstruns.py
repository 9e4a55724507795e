"""Taking whoever installed the app through its first steps."""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain import policy
from bot.domain.firstrun import FirstRun, Step
from bot.domain.notice import Notice, NoticeKind, NoticeState
from bot.domain.user import Role, User
from bot.services.members import MemberService
from bot.services.notices import NoticeService
from bot.storage.firstruns import FirstRunStore


@dataclass(frozen=True, slots=True)
class FirstRunService:
    """The message is a notice like any other: exactly one, whatever restarts."""

    store: FirstRunStore
    members: MemberService
    notices: NoticeService
    now: Clock

    async def installed(self, team_id: str, user_id: str, installed_at: datetime) -> None:
        """One message an installation, to who installed it; that one can take the steps, an admin of Slack or not."""
        await self.members.let_begin(team_id, user_id)
        await self._begin(team_id, user_id, f"{installed_at:%Y%m%dT%H%M%S}", anew=True)

    async def served_by_token(self, team_id: str) -> None:
        """Nobody knows who installed an app that comes with a token: the first of ADMIN_USERS, where the operator has
        named any. Else whoever opens Home first as an admin, see `met`."""
        if self.members.admin_users and await self._is_untouched(team_id):
            await self._begin(team_id, min(self.members.admin_users), "token", anew=False)

    async def met(self, actor: User) -> None:
        """An admin has opened Home: that one is taken through the steps where nobody else is, and nothing is set up."""
        if actor.is_(Role.ADMIN) and await self._is_untouched(actor.team_id):
            await self._begin(actor.team_id, actor.user_id, "token", anew=False)

    async def _is_untouched(self, team_id: str) -> bool:
        if await self.store.find(team_id) is not None:
            return False
        return not any(each.roles for each in await self.members.all(team_id))

    async def _begin(self, team_id: str, user_id: str, ref: str, *, anew: bool) -> None:
        now = self.now()
        notice = Notice(kind=NoticeKind.WELCOME, user_id=user_id, day=now.date(), ref=ref, due_at=now)
        await self.store.begin(team_id, notice, now, anew=anew)

    async def done(self, team_id: str) -> frozenset[Step]:
        first_run = await self.store.find(team_id)
        has_role = any(each.roles for each in await self.members.all(team_id))
        found = {
            Step.ROLES: has_role,
            Step.CUSTOMERS: await self.store.has_customers(team_id),
            Step.HOUR: first_run is not None and first_run.has_chosen_hour,
        }
        return frozenset(step for step, is_done in found.items() if is_done)

    async def chosen_hour(self, actor: User) -> None:
        await self.store.change(actor.team_id, lambda found: found.chosen_by(actor.user_id))

    async def shown(self, team_id: str, done: frozenset[Step]) -> None:
        await self.store.change(team_id, lambda found: found.showing(done))

    async def to_tick(self, team_id: str) -> tuple[Notice, frozenset[Step]] | None:
        """The message and the steps that are done, where the message shows others; None: it is as it should be."""
        first_run: FirstRun | None = await self.store.find(team_id)
        if first_run is None or first_run.is_over:
            return None
        done = await self.done(team_id)
        notice = await self.notices.find(team_id, first_run.notice_key)
        if notice is None or notice.state is not NoticeState.SENT or done == first_run.shown:
            return None
        return notice, done

    def ensure_may_import(self, actor: User) -> None:
        """Raises NotAdminError or NotAllowedError."""
        policy.ensure_imports(actor)
