"""Escalations: how far each follow-up has come, whom a week's messages went to, and what is still to be told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.escalation import Escalation, Week
from bot.domain.notice import Notice
from bot.errors import EscalationGoneError
from bot.storage import keys
from bot.storage.notices import put_notice
from bot.storage.records import Batch, Records
from bot.storage.replies import texts
from bot.storage.stored import read


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan is made from, all of one moment: `weeks` by person, `notices` by key."""

    escalation: Escalation | None
    weeks: Mapping[str, Week]
    notices: Mapping[str, Notice]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written together: the steps taken, and the messages that tell of them."""

    escalation: Escalation
    weeks: Mapping[str, Week]
    notices: Sequence[Notice]


@dataclass(frozen=True, slots=True)
class EscalationStore:
    records: Records

    async def find(self, team_id: str, followup_id: str) -> Escalation | None:
        row = await self.records.get(keys.escalated(team_id, followup_id))
        return read(Escalation, row) if row else None

    async def find_many(self, team_id: str, followup_ids: Iterable[str]) -> dict[str, Escalation]:
        wanted = [keys.escalated(team_id, each) for each in followup_ids]
        rows = await self.records.get_many(wanted) if wanted else []
        found = [read(Escalation, row) for row in rows if row]
        return {each.followup_id: each for each in found}

    async def plan(
        self,
        team_id: str,
        followup_id: str,
        weeks: Mapping[str, str],
        notice_keys: Sequence[str],
        step: Callable[[Known], Plan | None],
        at: datetime,
    ) -> Plan | None:
        """Takes steps and records their messages in one write, which happens once; `step` gives None for nothing.

        `weeks` names for each person that could be written to the week it would count in.
        """
        people = list(weeks)
        own = keys.escalated(team_id, followup_id)
        week_keys = {each: keys.escalation_week(team_id, each, weeks[each]) for each in people}
        wanted = [own, *week_keys.values(), *(keys.notice(team_id, each) for each in notice_keys)]

        def write(rows: list[str | None], batch: Batch) -> Plan | None:
            found = dict(zip(dict.fromkeys(wanted), rows, strict=True))
            known = Known(
                escalation=read(Escalation, row) if (row := found[own]) else None,
                weeks={each: read(Week, row) if (row := found[key]) else Week() for each, key in week_keys.items()},
                notices={each: read(Notice, row) for each in notice_keys if (row := found[keys.notice(team_id, each)])},
            )
            plan = step(known)
            if plan is None:
                return None
            batch.set(own, plan.escalation.model_dump_json())
            batch.srem(keys.hard_risks(team_id), followup_id)
            for each, week in plan.weeks.items():
                if week != known.weeks[each]:
                    batch.set(week_keys[each], week.model_dump_json(), ttl=keys.TTLS["escalation-week"])
            for notice in plan.notices:
                put_notice(batch, team_id, notice, at, known.notices.get(notice.key))
            return plan

        return await self.records.change_many(wanted, write)

    async def answer(
        self, team_id: str, followup_id: str, step: Callable[[Escalation], Escalation], at: datetime
    ) -> Escalation:
        """Saves an answer, which the owner's next daily message tells. Raises EscalationGoneError where none is kept,
        and whatever `step` raises."""

        def write(row: str | None, batch: Batch) -> Escalation:
            if row is None:
                raise EscalationGoneError
            before = read(Escalation, row)
            changed = step(before)
            if changed != before:
                batch.set(keys.escalated(team_id, followup_id), changed.model_dump_json())
                batch.zadd(keys.answers_for(team_id, changed.owner_id), followup_id, at.timestamp())
            return changed

        return await self.records.change(keys.escalated(team_id, followup_id), write)

    async def answers_for(self, team_id: str, owner_id: str) -> list[str]:
        """The follow-ups whose answers are still to be told to their owner, oldest first."""
        return texts(await self.records.redis.zrange(keys.answers_for(team_id, owner_id), 0, -1))

    async def told(self, team_id: str, owner_id: str, followup_ids: Sequence[str]) -> None:
        await self.records.commit(Batch().zrem(keys.answers_for(team_id, owner_id), *followup_ids))

    async def week(self, team_id: str, user_id: str, week: str) -> Week:
        row = await self.records.get(keys.escalation_week(team_id, user_id, week))
        return read(Week, row) if row else Week()

    async def hard_risks(self, team_id: str) -> list[str]:
        """The follow-ups about hard risk events of which nobody was told yet."""
        return sorted(texts(await self.records.redis.smembers(keys.hard_risks(team_id))))

    async def forget_risk(self, team_id: str, followup_id: str) -> None:
        await self.records.commit(Batch().srem(keys.hard_risks(team_id), followup_id))
