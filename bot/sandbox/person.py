"""Acting as one person of the workspace: what tests and the page's clicks both go through."""

from collections.abc import Callable
from typing import Any, Final

from bot.sandbox.acks import SubmitResult, failure_of, take_command_reply, take_submission_answer
from bot.sandbox.composition import suggestions
from bot.sandbox.deliveries import Deliveries
from bot.sandbox.events import EventFeed
from bot.sandbox.executions import Execution, misfits
from bot.sandbox.forms import (
    FIELDS,
    Surface,
    Values,
    chosen_leaf,
    clicked,
    complaints,
    find_element,
    values_of,
)
from bot.sandbox.messages import Message
from bot.sandbox.payloads import Payloads
from bot.sandbox.recorded import Delivery
from bot.sandbox.shapes import Json, Report
from bot.sandbox.state import Place, State
from bot.sandbox.view_methods import view_payload
from bot.sandbox.views import View
from bot.sandbox.wire_text import as_sent
from bot.sandbox.workspace import Person, shortcuts, slash_commands

INVITE: Final = "/invite"
ALREADY_HERE: Final = ("<@{bot}> 已经在这个频道里了。", "<@{bot}> is already in this channel.")


class ActingPerson:
    """Sees what the person sees; LookupError where Slack's client would offer nothing to click."""

    def __init__(
        self, person: Person, state: State, deliveries: Deliveries, payloads: Callable[[], Payloads], feed: EventFeed
    ) -> None:
        self.person = person
        self.id = person.id
        self._state, self._deliveries, self._payloads, self._feed = state, deliveries, payloads, feed
        self._suggested: dict[tuple[str, str], list[Json]] = {}

    # writing

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> Message:
        place = self._place(channel)
        message = self._state.new_message(place.id, self.id, self._as_sent(text), thread_ts=thread_ts)
        return self._state.post(message)

    async def upload(self, name: str, content: bytes, channel: str | None = None) -> Message:
        """Into the app's DM unless told otherwise."""
        place = self._place(channel or self._state.dm_id(self.id))
        file = self._state.files.new(name, len(content), self.id)
        file.content, file.is_complete = content, True
        files = [file.payload(self._payloads().base_url)]
        return self._state.post(self._state.new_message(place.id, self.id, "", subtype="file_share", files=files))

    async def dm(self, text: str) -> Message:
        return await self.say(self._state.dm_id(self.id), text)

    async def mention(self, channel: str, text: str) -> Message:
        return await self.say(channel, f"<@{self._state.workspace.bot_user_id}> {text}")

    async def command(self, command: str, text: str = "", channel: str | None = None) -> int:
        """The HTTP status of the app; 0 when it did not answer in time. In the app's DM unless told otherwise."""
        place = self._place(channel or self._state.dm_id(self.id))
        if command == INVITE:
            return self._invite(place)
        known = next((each for each in slash_commands(self._state.manifest) if each["command"] == command), None)
        if known is None:
            raise LookupError(f"{command} is not a command of the manifest")
        sent = self._as_sent(text) if known.get("should_escape") else text
        body = self._payloads().command(self.person, place, command, sent)
        delivery = await self._deliveries.ask("slash_commands", body)
        take_command_reply(self._state, self.person, place, f"{command} {text}".strip(), delivery)
        return delivery.status

    def set_account(self, user_id: str, *, is_active: bool) -> None:
        """Closes or opens somebody else's account, as owners and admins of the workspace may."""
        person = self._state.workspace.get_person(user_id)
        if not (self.person.is_admin or self.person.is_owner) or user_id == self.id or person.home_team_id:
            raise LookupError(f"{self.id} cannot change the account {user_id}")
        self._state.set_active(user_id, is_active=is_active)
        self._feed.account_changed(person)

    # clicking

    async def press(
        self,
        surface: Surface,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        selected: Any = None,
        state: Values | None = None,
    ) -> int:
        """Clicks or chooses. Options by value or whole; `value` tells buttons of one action_id apart."""
        self._must_see(surface)
        block_id, element = find_element(surface, action_id, block_id, value)
        suggested = self._suggested.get((_key(surface), action_id), [])
        leaf = chosen_leaf(element, value, selected, suggested)
        return (await self.act(surface, block_id, element, leaf, state)).status

    async def act(self, surface: Surface, block_id: str, element: Json, leaf: Json, state: Values | None) -> Delivery:
        """The same with the state already spelled as Slack spells it, as the page sends it."""
        self._must_see(surface)
        given = {block: dict(leaves) for block, leaves in (state or {}).items()}
        if element["type"] in FIELDS:
            given.setdefault(block_id, {})[element["action_id"]] = leaf
        values = values_of(surface, given)
        action = clicked(element, block_id, leaf, self._state.messages.next_ts(self._state.timer()))
        return await self._deliveries.ask(
            "interactive", self._payloads().block_actions(self.person, surface, action, values)
        )

    async def suggest(self, surface: Surface, action_id: str, text: str, *, block_id: str | None = None) -> list[Json]:
        """The options or groups as the app returned them; empty when Slack would not accept the answer."""
        self._must_see(surface)
        block_id, element = find_element(surface, action_id, block_id)
        if len(text) < element.get("min_query_length", 3):
            return []
        body = self._payloads().suggestion(self.person, surface, block_id, action_id, text)
        delivery = await self._deliveries.ask("interactive", body)
        found = _checked_suggestions(delivery)
        self._suggested[_key(surface), action_id] = [option for each in found for option in each.get("options", [each])]
        return found

    async def submit(self, view: View, values: Values | None = None) -> SubmitResult:
        """Slack's client checks required fields and lengths first; only then the app is asked."""
        self._must_see(view)
        self._must_be_inputs(view, values or {})
        entered = values_of(view, values)
        own = complaints(view, entered, chinese=self.person.is_chinese)
        if own:
            return SubmitResult(errors=own, view=view)
        body = self._payloads().submission(self.person, view, entered)
        delivery = await self._deliveries.ask("interactive", body)
        result = take_submission_answer(self._state, view, delivery)
        self._state.changes.touch()
        return result

    async def close_view(self, view: View, *, clear: bool = False) -> None:
        """The X: closes one view, or with `clear` (or the view's clear_on_close) all of them."""
        self._must_see(view)
        clear = clear or bool(view.definition.get("clear_on_close"))
        gone = list(reversed(self._state.views.clear(self.id))) if clear else [view]
        if not clear:
            self._state.views.close(view)
        self._state.show_views(self.id)
        for each in gone:
            if each.notify_on_close:
                await self._deliveries.ask("interactive", self._payloads().closed(self.person, each, is_cleared=clear))

    async def shortcut(self, callback_id: str, message: Message | None = None) -> int:
        """A global shortcut, or a message shortcut on a message."""
        kind = "message" if message else "global"
        known = [(each["callback_id"], each["type"]) for each in shortcuts(self._state.manifest)]
        if (callback_id, kind) not in known:
            raise LookupError(f"no {kind} shortcut {callback_id} in the manifest")
        if message is None:
            body = self._payloads().shortcut(self.person, callback_id)
        else:
            self._must_see(message)
            body = self._payloads().message_action(self.person, callback_id, message)
        return (await self._deliveries.ask("interactive", body)).status

    async def open_home(self) -> None:
        home = self.home()
        self._feed.home_opened(self.person, view_payload(self._state, home) if home else None)

    async def open_messages(self) -> None:
        """The other tab of the app."""
        self._feed.home_opened(self.person, None, "messages")

    async def pick_prompt(self, title: str, thread_ts: str | None = None) -> Message:
        """Clicks on what the app suggests: its message is said in the person's name."""
        offered = self.prompts(thread_ts)
        if title not in offered:
            raise LookupError(f"{title} is not suggested")
        return await self.say(self._state.dm_id(self.id), offered[title], thread_ts)

    def run_step(self, callback_id: str, **inputs: Any) -> Execution:
        """Runs a workflow with this step in it. Who runs it, Slack fills in; what does not fit, it does not pass on."""
        declared = (self._state.manifest.get("functions") or {}).get(callback_id)
        if declared is None:
            raise LookupError(f"no step {callback_id} in the manifest")
        parameters = declared.get("input_parameters") or {}
        for name, each in parameters.items():
            if each["type"] == "slack#/types/user_context":
                inputs.setdefault(name, {"id": self.id, "secret": "known-to-slack-only"})  # nosec B105
        if found := misfits(parameters, inputs):
            raise LookupError("; ".join(found))
        execution = Execution(callback_id, inputs)
        self._state.executions[execution.id] = execution
        self._feed.step_run(execution)
        return execution

    # seeing

    def prompts(self, thread_ts: str | None = None) -> dict[str, str]:
        """What the app suggests to say, title → message, in its conversation or in one of the threads there."""
        found = self._state.prompts.get((self._state.dm_id(self.id), thread_ts or ""), {})
        return {each["title"]: each["message"] for each in found.get("prompts", ())}

    def messages(self, channel: str) -> list[Message]:
        place = self._state.get_place(channel)
        is_open_to_all = place.kind == "channel" and not self.person.is_outsider
        if not is_open_to_all and self.id not in place.members:
            return []
        return [each for each in self._state.messages.in_channel(place.id) if each.shows_to(self.id)]

    def dm_messages(self) -> list[Message]:
        return self.messages(self._state.dm_id(self.id))

    def views(self) -> list[View]:
        return self._state.views.stack(self.id)

    def home(self) -> View | None:
        return self._state.views.home(self.id)

    def _must_see(self, surface: Surface) -> None:
        if isinstance(surface, View):
            seen = surface in self.views() or surface is self.home()
        else:
            seen = any(each is surface for each in self.messages(surface.channel))
        if not seen:
            raise LookupError(f"{self.id} does not see {_key(surface)}")

    def _must_be_inputs(self, view: View, values: Values) -> None:
        for block_id, leaves in values.items():
            for action_id in leaves:
                find_element(view, action_id, block_id)

    def _place(self, channel: str) -> Place:
        """Where the person may write."""
        place = self._state.get_place(channel)
        if self.id not in place.members:
            raise LookupError(f"{self.id} is not in {channel}")
        return place

    def _invite(self, place: Place) -> int:
        """Slack's own `/invite`, here always for the app."""
        if place.kind == "im":
            raise LookupError("nobody can be invited to a DM")
        bot = self._state.workspace.bot_user_id
        if not self._state.enter(place.id, bot, inviter=self.id):
            told = ALREADY_HERE[0 if self.person.is_chinese else 1].format(bot=bot)
            self._state.slackbot_says(place.id, self.id, told)
        return 200

    def _as_sent(self, text: str) -> str:
        workspace = self._state.workspace
        app = Person(workspace.bot_user_id, workspace.app_name, workspace.app_name)
        return as_sent(text, [*workspace.people, app], workspace.channels)


def _key(surface: Surface) -> str:
    return surface.id if isinstance(surface, View) else surface.ts


def _checked_suggestions(delivery: Delivery) -> list[Json]:
    if failure_of(delivery) is not None:
        return []
    report = Report("message")
    suggestions(report, "", delivery.answer)
    if report.problems:
        delivery.refused.extend(report.problems)
        return []
    found: list[Json] = delivery.answer.get("options") or delivery.answer.get("option_groups") or []
    return found
