"""What arrived beside what should have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from bench.crowd import TEAM, ZONES, Crowd, zone_of
from bot.domain.escalation import week_of
from bot.domain.notice import Notice, NoticeKind, NoticeState, notice_key
from bot.domain.nudge import LATEST, digest_key
from bot.sandbox import Emulator, Message
from bot.services import Services

OPENS: Final = time(9)


@dataclass(slots=True)
class Count:
    """What arrived beside what should have; every list is empty when all is well."""

    messages: int = 0
    digests: int = 0
    escalations: int = 0
    reports: int = 0
    twice: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    """Sent though nothing asked for it: on another day, outside of its hours, of a step that was not taken."""
    unsettled: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.twice or self.missed or self.unasked or self.unsettled)

    def __str__(self) -> str:
        wrong: Mapping[str, list[str]] = {
            "twice": self.twice,
            "missed": self.missed,
            "unasked": self.unasked,
            "unsettled": self.unsettled,
        }
        told = ", ".join(f"{name} {len(found)}{f' {found[:3]}' if found else ''}" for name, found in wrong.items())
        return f"{self.digests} daily messages, {self.escalations} escalations, {self.reports} reports; {told}"


async def count(services: Services, emulator: Emulator, crowd: Crowd, days: Iterable[date]) -> Count:
    """Everybody has something to do on every one of these days, and every account manager a lead to hear of it."""
    found = Count()
    arrived = [each for user_id in crowd.ids for each in emulator.person(user_id).dm_messages()]
    keys = Counter(map(_key, arrived))
    found.messages = len(arrived)
    found.twice = [key for key, times in keys.items() if times > 1]
    wanted = {digest_key(user_id, day) for user_id in crowd.ids for day in days}
    steps = set()
    for user_id in crowd.managers:
        fired = await _fired(services, user_id)
        steps |= fired
        if not fired:
            found.missed.append(f"escalation of {user_id}")
    found.digests, found.escalations = len(wanted & set(keys)), len(steps & set(keys))
    found.missed += sorted((wanted | steps) - set(keys))
    reports = {notice_key(NoticeKind.REPORT, each, week_of(day)) for each in crowd.leads for day in days}
    found.reports = len(reports & set(keys))
    found.unasked = sorted(set(keys) - wanted - steps - reports)
    found.unasked += [f"{_key(each)} at {each.shown_at}" for each in arrived if not _is_in_hours(each)]
    notices = [*await services.notices.under_way(TEAM), *await services.notices.troubled(TEAM)]
    found.unsettled = [f"{each.key} {each.state} {each.error or ''}" for each in notices if not _is_passed_over(each)]
    sent = [await services.notices.find(TEAM, key) for key in wanted | steps]
    found.unsettled += [each.key for each in sent if each is not None and each.state is not NoticeState.SENT]
    return found


async def _fired(services: Services, user_id: str) -> set[str]:
    """The messages of all steps that were taken about one person's follow-ups."""
    followups = services.followups.store
    actor = await services.members.actor(TEAM, user_id)
    due = await followups.due(TEAM, user_id, actor.today(services.notices.now()))
    found = await services.escalations.store.find_many(TEAM, [each.id for each in due])
    return {key for each in found.values() for fired in each.fired for key in fired.notices}


def _is_passed_over(notice: Notice) -> bool:
    """A weekly report whose hours the clock has leapt over: it is settled, as too late."""
    return notice.kind is NoticeKind.REPORT and notice.state is NoticeState.FAILED


def _key(message: Message) -> str:
    return str(((message.metadata or {}).get("event_payload") or {}).get("key"))


def _is_in_hours(message: Message) -> bool:
    """Accepted on its own day, between nine and the end of the day's hours, by the reader's own clock."""
    key = _key(message)
    local = datetime.fromisoformat(message.shown_at).astimezone(ZoneInfo(zone_of(key.split(":")[1])))
    is_its_day = not key.startswith("digest:") or key.endswith(f":{local.date().isoformat()}")
    return is_its_day and OPENS <= local.time() < LATEST


async def settled(services: Services, crowd: Crowd, day: date, zones: Sequence[str] = ZONES) -> bool:
    """Whether everybody of these zones has got the day's message, and nothing is under way any more."""
    for user_id in crowd.ids:
        if zone_of(user_id) in zones:
            notice = await services.nudges.find(TEAM, user_id, day)
            if notice is None or notice.is_open:
                return False
    return not await services.notices.under_way(TEAM)
