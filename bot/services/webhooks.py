"""Webhooks: who listens, what has to be told, and what exactly is told."""

import uuid
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_bytes
from typing import Any

from bot.clock import Clock
from bot.domain.followup import FollowUp
from bot.domain.visit import Visit
from bot.domain.webhook import (
    GONE,
    SECRET_BYTES,
    SECRET_PREFIX,
    Delivery,
    Endpoint,
    EventType,
    Network,
    ensure_address,
    told_of_customer,
)
from bot.errors import FollowUpNotFoundError, WebhookNotFoundError
from bot.services.workspaces import WorkspaceService
from bot.storage.customers import CustomerStore
from bot.storage.followups import FollowUpStore
from bot.storage.visits import VisitStore
from bot.storage.webhooks import Happened, WebhookStore

VISIT_FIELDS = ("id", "customer_id", "author_id", "on", "channel", "objection_ids", "next_step_on", "created_at")
VISIT_TEXTS = ("note", "next_step")
FOLLOWUP_FIELDS = ("id", "kind", "customer_id", "owner_id", "due_on", "status")
"""What is told of visits and follow-ups. Of these, texts only to an endpoint that was added with them."""


@dataclass(frozen=True, slots=True)
class WebhookService:
    """`wall` is real time: the other system's clock, not the business's."""

    store: WebhookStore
    customers: CustomerStore
    visits: VisitStore
    followups: FollowUpStore
    workspaces: WorkspaceService
    wall: Clock
    networks: tuple[Network, ...]
    """Private ones that events may go to."""

    async def add(self, team_id: str, url: str, events: Iterable[EventType], *, with_text: bool, by: str) -> Endpoint:
        """With a fresh secret. Raises WebhookAddressError."""
        ensure_address(url, self.networks)
        secret = SECRET_PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()
        endpoint = Endpoint(
            id=uuid.uuid4().hex[:8], url=url, secret=secret, events=frozenset(events), with_text=with_text
        )
        await self.store.save(team_id, endpoint)
        await self.workspaces.record(team_id, by, "webhooks.add", endpoint.id)
        return endpoint

    async def get(self, team_id: str, endpoint_id: str) -> Endpoint:
        endpoint = await self.store.endpoint(team_id, endpoint_id)
        if endpoint is None:
            raise WebhookNotFoundError(id=endpoint_id)
        return endpoint

    async def remove(self, team_id: str, endpoint_id: str, *, by: str) -> Endpoint:
        endpoint = await self.get(team_id, endpoint_id)
        await self.store.remove(team_id, endpoint.id)
        await self.workspaces.record(team_id, by, "webhooks.remove", endpoint.id)
        return endpoint

    async def retry(self, team_id: str, *, by: str) -> int:
        """Deliveries that were given up start again; those to an endpoint that paused wake it up."""
        dead = await self.store.dead(team_id)
        for endpoint in await self.store.endpoints(team_id):
            if endpoint.is_paused:
                await self.store.save(team_id, endpoint.model_copy(update={"is_paused": False}))
        for each in dead:
            await self.store.put_off(team_id, each, each.model_copy(update={"attempts": 0}), self.wall())
        if dead:
            await self.workspaces.record(team_id, by, "webhooks.retry", str(len(dead)))
        return len(dead)

    async def to_deliver(self, team_ids: Iterable[str]) -> list[tuple[str, Delivery]]:
        """Hands out what has happened in these workspaces and lists what is due to be sent now."""
        found = []
        for team_id in team_ids:
            await self._hand_out(team_id)
            found += [(team_id, each) for each in await self.store.due(team_id, self.wall())]
        return found

    async def message(self, team_id: str, delivery: Delivery) -> tuple[Endpoint, dict[str, Any]] | None:
        """Where it goes and what it says now; None when nobody wants it any more or its record is gone."""
        endpoint = await self.store.endpoint(team_id, delivery.endpoint_id)
        if endpoint is None:
            return None
        data = await self._data(team_id, delivery, with_text=endpoint.with_text)
        if data is None:
            return None
        return endpoint, {"type": delivery.type, "timestamp": delivery.at.isoformat(), "data": data}

    async def failed(self, team_id: str, delivery: Delivery, error: str, status: int = 0) -> None:
        after = delivery.failed(error)
        if status == GONE:
            endpoint = await self.store.endpoint(team_id, delivery.endpoint_id)
            if endpoint is not None:
                await self.store.save(team_id, endpoint.model_copy(update={"is_paused": True}))
        if status == GONE or after.wait is None:
            await self.store.give_up(team_id, delivery, after, self.wall())
        else:
            await self.store.put_off(team_id, delivery, after, self.wall() + after.wait)

    async def _hand_out(self, team_id: str) -> None:
        listening = [each for each in await self.store.endpoints(team_id) if not each.is_paused]
        if not listening:
            await self.store.forget_events(team_id)
        is_more = bool(listening)
        while is_more:
            is_more = await self.store.hand_out(team_id, lambda each: self._split(each, listening), self.wall())

    def _split(self, happened: Happened, endpoints: Iterable[Endpoint]) -> list[Delivery]:
        type_, subject_id = happened
        event_id, at = f"msg_{uuid.uuid4().hex}", self.wall()
        return [
            Delivery(
                id=f"{event_id}-{each.id}",
                event_id=event_id,
                type=type_,
                subject_id=subject_id,
                at=at - timedelta(microseconds=at.microsecond),
                endpoint_id=each.id,
            )
            for each in endpoints
            if type_ in each.events
        ]

    async def _data(self, team_id: str, delivery: Delivery, *, with_text: bool) -> dict[str, Any] | None:
        if delivery.type is EventType.CUSTOMER_CHANGED:
            customer = await self.customers.find(team_id, delivery.subject_id)
            return told_of_customer(customer) if customer else None
        if delivery.type is EventType.VISIT_LOGGED:
            visit = await self.visits.find(team_id, delivery.subject_id)
            return _visit(visit, with_text=with_text) if visit else None
        try:
            return _followup(await self.followups.get(team_id, delivery.subject_id), with_text=with_text)
        except FollowUpNotFoundError:
            return None


def _visit(visit: Visit, *, with_text: bool) -> dict[str, Any]:
    return visit.model_dump(mode="json", include={*VISIT_FIELDS, *(VISIT_TEXTS if with_text else ())})


def _followup(followup: FollowUp, *, with_text: bool) -> dict[str, Any]:
    return followup.model_dump(mode="json", include={*FOLLOWUP_FIELDS, *(("title",) if with_text else ())})
