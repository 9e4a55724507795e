"""Webhooks by hand: who listens, trying an endpoint, and starting again what was given up."""

import uuid
from collections import Counter
from collections.abc import Iterable

from bot import webhooks
from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.clock import system_clock
from bot.domain.webhook import EventType
from bot.settings import Settings


def add(url: str, events: Iterable[EventType], settings: Settings, workspace: str | None, *, with_text: bool) -> int:
    async def work(desk: Desk) -> int:
        service = desk.services().webhooks
        endpoint = await service.add(desk.team_id, url, events, with_text=with_text, by=OPERATOR)
        print(f"{endpoint.id}: {', '.join(sorted(endpoint.events))} go to {endpoint.host} from now on.")
        print(f"Its secret, shown this once, for the receiver to check signatures with: {endpoint.secret}")
        print(f"Try it: python -m bot webhooks test {endpoint.id}")
        return 0

    return at_desk(work, settings, workspace)


def list_(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        store = desk.services().webhooks.store
        endpoints = await store.endpoints(desk.team_id)
        dead = await store.dead(desk.team_id)
        count = Counter(each.endpoint_id for each in dead)
        for each in endpoints:
            what = ", ".join(sorted(each.events)) + (", with text" if each.with_text else "")
            state = "  paused: the receiver answered 410 Gone" if each.is_paused else ""
            given_up = f"  given up: {count[each.id]}" if count[each.id] else ""
            print(f"{each.id}  {each.url}  {what}{state}{given_up}")
        for delivery in dead:
            print(
                f"given up  {delivery.at:%Y-%m-%d %H:%M}  {delivery.type} {delivery.subject_id}"
                f"  to {delivery.endpoint_id}  {delivery.error} (tries: {delivery.attempts})"
            )
        if not endpoints:
            print("Nobody listens. Add an endpoint: python -m bot webhooks add https://crm.example.com/hooks")
        if dead:
            print("Start them again with: python -m bot webhooks retry")
        return 0

    return at_desk(work, settings, workspace)


def remove(endpoint_id: str, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        endpoint = await desk.services().webhooks.remove(desk.team_id, endpoint_id, by=OPERATOR)
        print(f"Nothing goes to {endpoint.host} any more.")
        return 0

    return at_desk(work, settings, workspace)


def try_(endpoint_id: str, settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        service = desk.services().webhooks
        endpoint = await service.get(desk.team_id, endpoint_id)
        now = system_clock()
        payload = {"type": "factormate.test", "timestamp": now.isoformat(timespec="seconds"), "data": {}}
        async with webhooks.session(desk.settings.webhook_networks) as session:
            sender = webhooks.WebhookSender(service, session, system_clock)
            _, error = await sender.post(endpoint, f"msg_{uuid.uuid4().hex}", payload)
        if error:
            raise OperatorError(f"{endpoint.host} did not take it ({error}). See that it answers 2xx within 15 s.", 1)
        print(f"{endpoint.host} took a signed test event.")
        return 0

    return at_desk(work, settings, workspace)


def retry(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        count = await desk.services().webhooks.retry(desk.team_id, by=OPERATOR)
        print(
            f"Started again: {count}. A running bot sends them within ten seconds."
            if count
            else "Nothing was given up."
        )
        return 0

    return at_desk(work, settings, workspace)
