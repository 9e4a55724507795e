"""The services on a real store, without Slack: five people, a clock, and a matcher that knows three phrases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from bot import assembly, loading
from bot.calendars import WorkCalendar
from bot.domain.commitments import ruled
from bot.domain.commitments.candidates import Candidate
from bot.domain.customer import Customer, NewCustomer, Tier
from bot.domain.entry import Entry, Kind
from bot.domain.facts import Side
from bot.domain.note import Recorded, VisitForm
from bot.domain.playbook import Playbook
from bot.domain.user import Profile, Role, User
from bot.domain.visit import Channel
from bot.matching import OBJECTIONS, Answer, Decision, Hit, Matcher
from bot.services import Services
from bot.settings import Settings
from bot.storage import keys
from bot.storage.sealing import Sealer, new_key
from tests.builders import MONDAY, TEAM
from tests.fakes import FixedClock

LIN, CHEN, ZHOU, WEST, REED, EDITOR = "U01LIN", "U02CHEN", "U04ZHOU", "U09WEST", "U05REED", "U07EDIT"
"""Lin and Chen are account managers of team East, Zhou leads it; West leads another team; Reed has no role.

The editor is one in tests that make her one.
"""

PHRASES = {"费率": "cost/fee-too-high", "银行": "cost/bank-loan-cheaper", "缓一缓": "need/not-now"}


class Phrases:
    """Hears an objection by its phrase; two of them make two. Of «缓一缓» it is not sure.

    What a workspace added it knows by heart, and two lines are alike by the characters they share.
    """

    def __init__(self, learnt: Mapping[str, str] | None = None) -> None:
        self._learnt = learnt or {}

    def overlaid(self, own: Mapping[str, Entry | None]) -> "Phrases":
        examples = {entry_id: (*each.examples.zh, *each.examples.en) for entry_id, each in own.items() if each}
        return Phrases({line: entry_id for entry_id, lines in examples.items() for line in lines})

    def alike(self, text: str, others: Sequence[str]) -> list[float]:
        return [len(set(text) & set(other)) / len(set(text) | set(other)) for other in others]

    def weigh(self, candidates: Sequence[Candidate]) -> Sequence[Mapping[Side, float]]:
        return ruled(candidates)

    def hear(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        return self.answer(text, kinds)

    def conclude(self, heard: Answer) -> Answer:
        return heard

    def answer(self, text: str, kinds: frozenset[Kind] = OBJECTIONS) -> Answer:
        if text in self._learnt:
            return Answer(text, Decision.ONE, (Hit(self._learnt[text], 0.9, text),))
        heard = [(entry_id, phrase) for phrase, entry_id in PHRASES.items() if phrase in text]
        hits = tuple(Hit(entry_id, 0.3 if phrase == "缓一缓" else 0.9, phrase) for entry_id, phrase in heard)
        decisions = {0: Decision.NONE, 1: Decision.ONE}
        return Answer(text, decisions.get(len(hits), Decision.SEVERAL), hits)


@dataclass(slots=True)
class Desk:
    """What Slack says about people can be changed; None stands for no answer."""

    redis: Redis
    core: assembly.Core
    clock: FixedClock
    profiles: dict[str, Profile | None]
    asked: list[str]

    @property
    def services(self) -> Services:
        return self.core.services(self.clock, self._profile)

    async def _profile(self, team_id: str, user_id: str) -> Profile | None:
        self.asked.append(user_id)
        return self.profiles.get(user_id, Profile(name=user_id, tz="Asia/Shanghai"))

    async def actor(self, user_id: str = LIN, team_id: str = TEAM) -> User:
        return await self.services.members.actor(team_id, user_id)

    async def moves_to(self, user_id: str, tz: str) -> None:
        """The person travels, and what is remembered of the profile has expired."""
        self.profiles[user_id] = Profile(name=user_id, tz=tz)
        await self.redis.delete(keys.profile(TEAM, user_id))

    async def edits(self, user_id: str = EDITOR, *, approves: bool = True) -> User:
        """Somebody who edits the playbook from now on."""
        roles = frozenset({Role.EDITOR, Role.APPROVER} if approves else {Role.EDITOR})
        await self.services.members.set_roles(TEAM, user_id, roles, None, by="test")
        return await self.actor(user_id)

    def with_admins(self, *user_ids: str) -> "Desk":
        settings = self.core.settings.model_copy(update={"admin_users": frozenset(user_ids)})
        return replace(self, core=replace(self.core, settings=settings))

    async def create(self, name: str = "远大纺织", by: str = LIN, tier: Tier = Tier.A, **changes: Any) -> Customer:
        new = replace(NewCustomer(name, tier), **changes)
        return await self.services.customers.create(await self.actor(by), new)

    async def log(self, customer: Customer | NewCustomer, by: str = LIN, **changes: Any) -> Recorded:
        """Saves a visit of today; `changes` are fields of the form."""
        whom = customer.id if isinstance(customer, Customer) else customer
        form = VisitForm("V1", whom, self.today, Channel.VISIT, "嫌费率高")
        return await self.services.visits.save(await self.actor(by), replace(form, **changes))

    @property
    def today(self) -> date:
        return self.clock().date()


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return loading.playbook()


@pytest.fixture
async def desk(redis: Redis, clock: FixedClock, playbook: Playbook) -> Desk:
    """Nine o'clock on an ordinary Monday in Shanghai."""
    core = assembly.Core(
        settings=Settings(_env_file=None).model_copy(update={"admin_users": frozenset()}),
        redis=redis,
        store_url="",
        sealer=Sealer([new_key()]),
        playbook=playbook,
        matcher=cast("Matcher", Phrases()),
        is_work=WorkCalendar(),
    )
    made = Desk(redis, core, clock, {}, [])
    assert made.today == MONDAY
    manager, lead = frozenset({Role.ACCOUNT_MANAGER}), frozenset({Role.TEAM_LEAD})
    for user_id, roles, team in (
        (LIN, manager, "East"),
        (CHEN, manager, "East"),
        (ZHOU, lead, "East"),
        (WEST, lead, "West"),
    ):
        await made.services.members.set_roles(TEAM, user_id, roles, team, by="test")
    return made


@pytest.fixture
def services(desk: Desk) -> Services:
    return desk.services
