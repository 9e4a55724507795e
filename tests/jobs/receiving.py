"""Another system that webhooks reach, and what happens in the office that it is told of."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from bot.domain.note import VisitForm
from bot.domain.user import User
from bot.domain.visit import Channel
from bot.domain.webhook import Endpoint, EventType
from tests.jobs.office import TODAY, Office
from tests.world import LIN, TEAM

NOTE: Final = "法人王总说费率高，要看下个月的报价"
ALL: Final = frozenset(EventType)


@dataclass
class Receiver:
    """Another system. `answers` are given one after the other, the last one for good."""

    url: str = ""
    answers: list[web.StreamResponse] = field(default_factory=lambda: [web.Response()])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=answer.status, headers=answer.headers)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]

    def types(self) -> set[str]:
        return {each["type"] for each in self.events}

    def answering(self, *statuses: int, **headers: str) -> None:
        self.answers = [web.Response(status=each, headers=headers) for each in statuses]


async def lin(office: Office) -> User:
    return await office.services.members.actor(TEAM, LIN)


async def listen(
    office: Office, receiver: Receiver, events: frozenset[EventType] = ALL, *, with_text: bool = False
) -> Endpoint:
    return await office.services.webhooks.add(TEAM, receiver.url, events, with_text=with_text, by="test")


async def log_visit(office: Office, customer_id: str, form_id: str = "form-1") -> None:
    form = VisitForm(form_id, customer_id, TODAY, Channel.VISIT, NOTE, next_step="给报价", next_step_on=TODAY)
    await office.services.visits.save(await lin(office), form)


async def due(office: Office) -> list[str]:
    """What the sweep would deliver now, each tried once."""
    found = await office.services.webhooks.to_deliver({TEAM})
    for team_id, each in found:
        await office.poster().deliver(team_id, each.id)
    return [each.type for _, each in found]


async def seed(office: Office, receiver: Receiver, *, with_text: bool = False) -> str:
    """A customer from before anybody listened."""
    await office.overdue(LIN, "远大纺织")
    await office.services.webhooks.to_deliver({TEAM})
    await listen(office, receiver, with_text=with_text)
    [customer] = await office.services.customers.named(await lin(office), "远大纺织")
    return customer.id
