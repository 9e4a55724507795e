"""Deals and renewals, recorded from the customer's brief."""

from datetime import date
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.deal import DealForm, DealKind, DealResult
from bot.domain.dealtable import money
from bot.domain.user import User
from bot.errors import FieldError
from bot.services import Services
from bot.text import Text
from bot.views import customers as customer_views
from bot.views import deals as views
from bot.views.blocks import unpacked
from handlers.forms import refuse, typed, understood
from handlers.replies import open_view


async def form(
    ack: AsyncAck,
    body: dict[str, Any],
    action: dict[str, Any],
    client: AsyncWebClient,
    actor: User,
    services: Services,
    text: Text,
) -> None:
    customer, deals = await services.deals.to_record(actor, action["value"])
    await open_view(client, body, views.form(customer, deals, text))
    await ack()


async def save(ack: AsyncAck, view: dict[str, Any], actor: User, services: Services, text: Text) -> None:
    """Sent twice it is one deal."""
    given, customer_id = typed(view), str(unpacked(view["private_metadata"]).get("c", ""))
    try:
        await services.deals.record(actor, customer_id, _form(given))
    except FieldError as error:
        await refuse(ack, text, error)
        return
    await ack()


def _form(given: dict[str, str]) -> DealForm:
    """Raises FieldError or OutdatedError."""
    with understood():
        return DealForm(
            kind=DealKind(given[views.KIND]),
            began_on=date.fromisoformat(given[views.BEGAN]),
            result=DealResult(given[views.RESULT]),
            closed_on=date.fromisoformat(given[views.CLOSED]) if given[views.CLOSED] else None,
            financed=money(given[views.FINANCED]),
            ends_on=date.fromisoformat(given[views.ENDS]) if given[views.ENDS] else None,
        )


def register(app: AsyncApp) -> None:
    app.action(customer_views.DEAL)(form)
    app.view(views.MODAL)(save)
