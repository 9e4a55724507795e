"""The one place where an exception becomes a sentence."""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import text as texts
from bot.errors import BotError, StoreUnavailableError, TooManyRequestsError, UnknownPersonError
from bot.slack import error_of
from bot.telemetry import logs, metrics
from bot.text import Text
from bot.views.blocks import clip, escape
from bot.views.visitform import MODAL as VISIT_MODAL
from handlers import incoming
from handlers.background import Background

logger = logging.getLogger(__name__)

TYPED_SHOWN = 1500
"""Characters of a command repeated to the person, who sees nothing else of it."""

ANSWERED = frozenset({"command", "view_submission", "block_suggestion"})
"""Requests whose answer is shown where it was asked for."""

_COME_AGAIN = (StoreUnavailableError, TooManyRequestsError, UnknownPersonError)
"""What was typed is to be sent again in a while, so it is repeated."""

_EXPIRED = frozenset(
    {"expired_trigger_id", "trigger_expired", "trigger_exchanged", "exchanged_trigger_id", "invalid_trigger_id"}
)


def sentence(error: Exception, text: Text) -> str:
    """What to tell the person. The unexpected is logged under an incident number, without what was typed."""
    if isinstance(error, BotError) and error.key != "error.unexpected":
        return text(error.key, **error.values)
    if isinstance(error, SlackApiError) and error_of(error) in _EXPIRED:
        return text("error.expired")
    return text("error.unexpected", incident=incident(error))


def in_every_language(key: str, **values: object) -> str:
    """For somebody who cannot be asked which it is."""
    return "\n".join(texts.load(lang)(key, **values) for lang in ("zh", "en"))


def incident(error: Exception) -> str:
    slack = f" ({error_of(error)})" if isinstance(error, SlackApiError) else ""
    metrics.INCIDENTS.labels("request").inc()
    return logs.incident(logger, f"{logs.without_text(error)}{slack}")


def on_error(later: Background) -> Callable[..., Awaitable[BoltResponse]]:
    """Always answers Slack with 200: an error status would only make Slack show a worse sentence of its own."""

    async def handle(
        error: Exception, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> BoltResponse:
        context["failed"] = True
        kind = "command" if "command" in body else body.get("type")
        if isinstance(error, BoltUnhandledRequestError):
            logger.warning("nothing listens to a %s", body.get("type") or body.get("command") or "request")
            return BoltResponse(status=200)
        if _is_closed(error):
            return BoltResponse(status=200)
        if isinstance(error, TooManyRequestsError) and not error.is_first and kind not in ANSWERED:
            return BoltResponse(status=200)  # a message for each would be more than people send, too
        text = context.get("text") or texts.load("en")
        told = sentence(error, text)
        if isinstance(error, UnknownPersonError) or (
            isinstance(error, StoreUnavailableError) and not context.get("language_is_known")
        ):
            told = in_every_language(error.key, **error.values)
        if "command" in body:
            if body.get("text") and isinstance(error, _COME_AGAIN):
                told = f"{told}\n>{escape(clip(incoming.words(body['text']), TYPED_SHOWN))}"
            return _json({"response_type": "ephemeral", "text": told})
        if kind == "view_submission":
            if isinstance(error, StoreUnavailableError) and body["view"]["callback_id"] == VISIT_MODAL:
                told = text("visit.keep_trying", incident=incident(error))
            if (field := _first_input(body["view"])) is not None:
                return _json({"response_action": "errors", "errors": {field: told}})
        if kind == "block_suggestion":
            return _json({"options": []})
        later(_tell(told, body, context, client))
        return BoltResponse(status=200)

    return handle


def _is_closed(error: Exception) -> bool:
    """The window that was to show something else is closed meanwhile: nobody waits for it."""
    if not isinstance(error, SlackApiError) or error_of(error) != "not_found":
        return False
    return str(getattr(error.response, "api_url", "")).endswith("views.update")


async def _tell(told: str, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient) -> None:
    """Beside the message that was clicked, else by direct message."""
    if response_url := body.get("response_url"):
        webhook = AsyncWebhookClient(response_url, session=client.session)
        answer = await webhook.send(text=told, response_type="ephemeral", replace_original=False)
        if answer.status_code == 200:
            return
    if context.user_id:
        await client.chat_postMessage(channel=context.user_id, text=told)


def _first_input(view: dict[str, Any]) -> str | None:
    return next((str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"), None)


def _json(content: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(content), headers={"content-type": ["application/json"]})
