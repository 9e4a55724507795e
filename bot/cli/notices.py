"""What became of the app's own messages: who got what and why not, why a customer is due, and taking up again what was
given up."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot import text as texts
from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.domain.erasure import PERSON
from bot.domain.followup import FollowUp
from bot.domain.ladder import MAX_HEADS
from bot.domain.notice import Notice, NoticeKind, NoticeState
from bot.domain.user import Member
from bot.services import Services
from bot.services.ladders import Explained
from bot.settings import Settings
from bot.views.followups import reason

ENGLISH = texts.load("en")


def status(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        parked = await services.workspaces.parked(desk.team_id)
        if parked is not None:
            print(
                f"Nothing is sent since {_moment(parked.at, settings)}: Slack refuses the token ({parked.error}). "
                "Once it is replaced: python -m bot nudges resume"
            )
        today = desk.clock().astimezone(ZoneInfo(settings.default_tz)).date()
        staff = [each for each in await services.members.all(desk.team_id) if each.roles]
        found = {each.key: each for each in await services.notices.of_day(desk.team_id, today)}
        for member in staff:
            await _person(services, desk.team_id, member, found, today)
        for notice in sorted(found.values(), key=lambda each: each.key):
            print(_line(notice))
        older = [each for each in await services.notices.under_way(desk.team_id) if each.key not in found]
        for notice in older:
            print(_line(notice))
        troubled = [each for each in await services.notices.troubled(desk.team_id) if each.key not in found]
        if troubled:
            print("Given up earlier (again with: python -m bot nudges replay ID):")
        for notice in troubled:
            print(_line(notice))
        return 0

    return at_desk(work, settings, workspace)


async def _person(services: Services, team_id: str, member: Member, found: dict[str, Notice], today: date) -> None:
    """Says why somebody has no daily message today, and what is held back for the weekly report."""
    actor = await services.members.find_actor(team_id, member.user_id)
    if actor is None:
        print(f"{today}  {member.user_id}  digest: not planned, Slack does not say who this is")
        return
    theirs = actor.today(services.nudges.now())
    known = await services.nudges.find(team_id, member.user_id, theirs)
    if known is not None:
        found[known.key] = known
    else:
        day = await services.nudges.due_day(actor)
        at = await services.nudges.next_digest_at(actor, services.nudges.now())
        why = "planned with the next sweep" if day else f"not planned yet, next at {at:%Y-%m-%d %H:%M} ({actor.tz})"
        print(f"{theirs}  {member.user_id}  digest: {why}")
    held = await services.ladders.held(team_id, member.user_id, theirs)
    if held:
        print(f"{theirs}  {member.user_id}  escalations held back for the weekly report: {len(held)}")


def _line(notice: Notice) -> str:
    reason = f": {notice.error}" if notice.error else ""
    tried = f" (posts tried: {notice.attempts})" if notice.state is not NoticeState.EMPTY else " (nothing to say)"
    return f"{notice.day}  {notice.user_id}  {notice.state}{reason}{tried}  {notice.key}"


def explain(typed: str, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        customers = await services.privacy.customers(desk.team_id, typed)
        if not customers:
            raise OperatorError("There is no customer of that id or name.", 1)
        today = desk.clock().astimezone(ZoneInfo(settings.default_tz)).date()
        for customer in customers:
            await services.workspaces.record(desk.team_id, OPERATOR, "nudges.explain", customer.id)
            print(f"{customer.name} ({customer.id}, tier {customer.tier}), account manager {customer.owner_id}")
            explained = await services.ladders.explain(desk.team_id, customer, today)
            _print_all(explained, today)
        return 0

    return at_desk(work, settings, workspace)


def _print_all(explained: Sequence[Explained], today: date) -> None:
    for each in explained:
        followup = each.followup
        print(f"- {followup.kind}, due {followup.due_on}{_late(followup, today)}: {reason(followup, ENGLISH)}")
        for snooze in followup.snoozes:
            print(f"    put off on {snooze.on} by {snooze.by} until {snooze.until} ({snooze.reason})")
        for notice in each.notices:
            print(f"    {notice.day}  {notice.kind} to {notice.user_id}: {notice.state}  {notice.key}")
        answer = each.escalation.answer if each.escalation else None
        if answer is not None:
            print(f"    answered on {answer.on} by {answer.by}: {answer.outcome}, so nobody else is asked")
        elif each.coming is not None:
            day, step = each.coming
            print(f"    next: {max(day, today)}, {step.to} is asked to {step.ask}")
    if not explained:
        print("- nothing is open")


def _late(followup: FollowUp, today: date) -> str:
    late = followup.days_late(today)
    return f" ({late} days late)" if late else ""


def replay(notice_key: str, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        notice = await services.notices.find(desk.team_id, notice_key)
        if notice is None:
            raise OperatorError(f"There is no message {notice_key}; `python -m bot nudges status` lists them.", 1)
        if not notice.is_troubled:
            raise OperatorError(f"{notice_key} was not given up: it is {notice.state}.", 1)
        day = await _day(services, desk.team_id, notice)
        anew = await services.notices.replay(desk.team_id, notice_key, day)
        await services.workspaces.record(desk.team_id, OPERATOR, "nudges.replay", notice_key)
        what = "it is looked for first" if anew.state is NoticeState.POSTING else f"it is sent on {day}"
        print(f"{notice_key}: taken up again, {what}. A running bot goes on with it.")
        return 0

    return at_desk(work, settings, workspace)


async def _day(services: Services, team_id: str, notice: Notice) -> date:
    """A daily message keeps its day; what is asked of somebody comes on that one's next working day."""
    actor = await services.members.find_actor(team_id, notice.user_id)
    if actor is None:
        raise OperatorError(f"Slack does not say who {notice.user_id} is; try again later.", 1)
    if notice.kind is not NoticeKind.DIGEST:
        now = services.nudges.now()
        return await services.nudges.due_day(actor) or (await services.nudges.next_digest_at(actor, now)).date()
    if notice.state is NoticeState.FAILED and await services.nudges.is_over(actor, notice.day):
        raise OperatorError("Its day is over: what was due then is in the next daily message, and in Home.", 1)
    return notice.day


def heads(people: Sequence[str], settings: Settings, workspace: str | None, *, clear: bool) -> int:
    """Neither people nor `clear` only shows them."""
    if len(people) > MAX_HEADS:
        raise OperatorError(f"At most {MAX_HEADS} people, please.")
    for each in people:
        if PERSON.fullmatch(each) is None:
            raise OperatorError(f"{each} is no Slack id of a person; it looks like U012AB3CD.")

    async def work(desk: Desk) -> int:
        workspaces = desk.services().workspaces
        if people or clear:
            await workspaces.set_heads(desk.team_id, tuple(people), by=OPERATOR)
        found = (await workspaces.settings(desk.team_id)).escalation.heads
        print("Asked above the leads: " + (", ".join(found) or "the admins"))
        return 0

    return at_desk(work, settings, workspace)


def resume(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        if await services.workspaces.parked(desk.team_id) is None:
            print("Nothing was stopped.")
            return 0
        await desk.ensure_speaks()
        await services.workspaces.unpark(desk.team_id)
        await services.workspaces.record(desk.team_id, OPERATOR, "nudges.resume", desk.team_id)
        print("The token works: messages are sent again.")
        return 0

    return at_desk(work, settings, workspace)


def _moment(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(ZoneInfo(settings.default_tz)):%Y-%m-%d %H:%M}"
