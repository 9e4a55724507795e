"""What the app's answers do: a command's reply becomes a message, a submission's answer moves the view stack."""

from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox.args import Args
from bot.sandbox.errors import ApiError
from bot.sandbox.recorded import Delivery
from bot.sandbox.reply_urls import reply, response_type
from bot.sandbox.shapes import Json
from bot.sandbox.state import Place, State
from bot.sandbox.tickets import ReplyTicket
from bot.sandbox.view_methods import checked, refuse_taken_external_id
from bot.sandbox.views import View
from bot.sandbox.wire_text import escape
from bot.sandbox.workspace import Person

COMMAND_FAILED: Final = ("{command} 执行失败，错误为“{error}”", "{command} failed with the error “{error}”")


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What became of a submitted modal; `view` is the one now on top, `errors` stand at their fields."""

    closed: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    status: int = 0
    error: str | None = None


def failure_of(delivery: Delivery) -> str | None:
    """Slack's word for a delivery that went wrong."""
    if delivery.ok:
        return None
    if delivery.failure == "http_timeout":
        return "operation_timeout"
    if delivery.status == 0:
        return "dispatch_failed"
    return "http_client_error" if delivery.status < 500 else "http_service_error"


def take_command_reply(state: State, person: Person, place: Place, typed: str, delivery: Delivery) -> None:
    """Shows the reply in the body, or Slackbot's note that the command failed."""
    command = typed.split(" ", 1)[0]
    error = failure_of(delivery)
    if error is None:
        try:
            _show_reply(state, person, place, typed, delivery.answer)
        except ApiError as refusal:
            delivery.refused.append(str(refusal.answer()))
            error = "invalid_command_response"
    if error is not None:
        note = COMMAND_FAILED[0 if person.is_chinese else 1].format(command=command, error=error)
        state.slackbot_says(place.id, person.id, note)


def _show_reply(state: State, person: Person, place: Place, typed: str, answer: Any) -> None:
    body: Json = {"text": answer} if isinstance(answer, str) else answer if isinstance(answer, dict) else {}
    if not any(body.get(name) for name in ("text", "blocks", "attachments")):
        return
    if response_type(Args(body)) == "in_channel":
        state.post(state.new_message(place.id, person.id, escape(typed)))
    reply(state, ReplyTicket(place.id, person.id, state.timer()), Args(body))


def take_submission_answer(state: State, view: View, delivery: Delivery) -> SubmitResult:
    error = failure_of(delivery)
    if error is not None:
        return SubmitResult(view=view, status=delivery.status, error=error)
    answer = delivery.answer if isinstance(delivery.answer, dict) else {}
    try:
        return _follow(state, view, answer, delivery.status)
    except ApiError as refusal:
        delivery.refused.append(str(refusal.answer()))
        return SubmitResult(view=view, status=delivery.status, error=refusal.error)


def _follow(state: State, view: View, answer: Json, status: int) -> SubmitResult:
    action = answer.get("response_action")
    if action == "errors":
        return SubmitResult(errors=_errors(view, answer.get("errors")), view=view, status=status)
    if action == "update":
        definition = checked(answer.get("view"))
        refuse_taken_external_id(state, definition, view)
        view.replace(definition)
        result = SubmitResult(view=view, status=status)
    elif action == "push":
        definition = checked(answer.get("view"))
        refuse_taken_external_id(state, definition)
        result = SubmitResult(view=state.views.push(view.user_id, definition), status=status)
    elif action == "clear":
        state.views.clear(view.user_id)
        result = SubmitResult(closed=True, status=status)
    elif action is None:
        state.views.close(view)
        below = state.views.stack(view.user_id)
        result = SubmitResult(closed=True, view=below[-1] if below else None, status=status)
    else:
        raise ApiError("invalid_response_action")
    state.show_views(view.user_id)
    return result


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Keys must be block_ids of input blocks in that view, else Slack shows none of them."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if (
        not isinstance(errors, dict)
        or not errors
        or not all(isinstance(each, str) and each for each in errors.values())
    ):
        raise ApiError("invalid_errors")
    if not set(errors) <= inputs:
        raise ApiError("invalid_errors", unknown=sorted(set(errors) - inputs))
    return dict(errors)
