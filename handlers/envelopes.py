"""What Slack's requests look like, as far as anything here reads them: Bolt and the listeners may rely on it.

A request that does not look so is refused before anything is done with it. What people typed, and what buttons and
windows remember, is only said to be text here: what it means, and whether one may, is looked at where it is used.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

Id = Annotated[str, StringConstraints(pattern="^[A-Z0-9]{1,64}$")]
"""Slack's, of a workspace, a person, a channel: parts of our keys as they stand."""
Words = Annotated[str, StringConstraints(max_length=1024 * 1024)]
"""The limit makes pydantic look at the characters: half of a surrogate pair can be neither stored nor sent."""
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+/\S*$")]
Kind = Annotated[str, StringConstraints(pattern="^[a-z_]{1,60}$")]
_CHOSEN: Final[Mapping[str, str]] = {
    **dict.fromkeys(("button", "feedback_buttons", "icon_button", "workflow_button"), "value"),
    **dict.fromkeys(("static_select", "external_select", "overflow", "radio_buttons"), "selected_option"),
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    # what may be left empty says so by itself
    **dict.fromkeys(("plain_text_input", "number_input", "email_text_input", "url_text_input"), "type"),
    **dict.fromkeys(("rich_text_input", "datepicker", "timepicker", "datetimepicker", "checkboxes"), "type"),
    **dict.fromkeys(("channels_select", "multi_static_select", "multi_external_select", "multi_users_select"), "type"),
    **dict.fromkeys(("multi_conversations_select", "multi_channels_select", "file_input"), "type"),
}
"""Every kind of element that Slack has, with the part in which a click on it says what was chosen."""


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Named(_Part):
    id: Id


class _Option(_Part):
    value: Words


class _Leaf(_Part):
    """What was typed or chosen in one field."""

    type: Words
    value: Words | None = None
    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    selected_date: Words | None = None
    selected_user: Words | None = None
    selected_users: list[Words] | None = None
    selected_conversation: Words | None = None


class _Action(_Leaf):
    action_id: Words
    block_id: Words
    action_ts: Words | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if getattr(self, _CHOSEN.get(self.type, "none"), None) is None:
            raise ValueError("nothing was chosen, or by an element that Slack does not have")
        return self


class _State(_Part):
    values: dict[Words, dict[Words, _Leaf]]


class _Block(_Part):
    type: Words
    block_id: Words


class _View(_Part):
    id: Words
    type: Words
    callback_id: Words
    private_metadata: Words
    hash: Words
    previous_view_id: Words | None = None
    blocks: list[_Block]
    state: _State


class _Metadata(_Part):
    event_type: Words = ""
    event_payload: dict[str, Any] = {}


class _Message(_Part):
    ts: Words
    text: Words | None = None
    thread_ts: Words | None = None
    metadata: _Metadata | None = None


class _Container(_Part):
    type: Literal["view", "message", "message_attachment"]
    channel_id: Id | None = None
    message_ts: Words | None = None


class _ReplyUrl(_Part):
    channel_id: Id
    response_url: Url


class _Interaction(_Part):
    user: _Named
    team: _Named | None = None
    enterprise: _Named | None = None
    channel: _Named | None = None
    view: _View | None = None
    message: _Message | None = None
    response_url: Url | None = None
    response_urls: list[_ReplyUrl] | None = None


class _InPlace(_Interaction):
    """Happened in a window or in a message."""

    container: _Container

    @model_validator(mode="after")
    def _shows_the_window(self) -> Self:
        if self.container.type == "view" and self.view is None:
            raise ValueError("a window without its view")
        return self


class _Clicked(_InPlace):
    trigger_id: Words
    actions: Annotated[list[_Action], Field(min_length=1)]


class _Suggested(_InPlace):
    action_id: Words
    block_id: Words
    value: Words


class _AboutView(_Interaction):
    view: _View


class _Shortcut(_Interaction):
    trigger_id: Words
    callback_id: Words


class _OnMessage(_Shortcut):
    channel: _Named
    message: _Message


class _Command(_Part):
    command: Annotated[str, StringConstraints(pattern=r"^/\S{1,60}$")]
    text: Words
    user_id: Id
    team_id: Id
    channel_id: Id
    trigger_id: Words
    response_url: Url


class _File(_Part):
    id: Id


class _Happened(_Part):
    type: Kind
    user: Id | _Named | None = None
    channel: Id | dict[str, Any] | None = None
    channel_type: Words | None = None
    subtype: Words | None = None
    bot_id: Words | None = None
    text: Words | None = None
    tab: Words | None = None
    ts: Words | None = None
    thread_ts: Words | None = None
    files: list[_File] | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.type in ("message", "app_mention") and not isinstance(self.channel, str):
            raise ValueError("said nowhere")
        return self


class _Authorization(_Part):
    team_id: Id | None = None
    enterprise_id: Id | None = None
    user_id: Id | None = None


class _Event(_Part):
    event_id: Words
    team_id: Id | None = None
    event: _Happened
    authorizations: list[_Authorization] | None = None


class _Other(_Part):
    type: Kind


_KINDS: Final[Mapping[str, type[_Part]]] = {
    "block_actions": _Clicked,
    "block_suggestion": _Suggested,
    "view_submission": _AboutView,
    "view_closed": _AboutView,
    "shortcut": _Shortcut,
    "message_action": _OnMessage,
    "event_callback": _Event,
}


_OF_A_PERSON: Final = _KINDS.keys() - {"event_callback"}


class _Whose(_Part):
    """What Bolt takes for the workspace and the person, wherever it found them."""

    enterprise_id: Id | None = None
    team_id: Id | None = None
    user_id: Id | None = None


def is_sound(body: Any, context: Mapping[str, Any]) -> bool:
    """Whether a request has the shape of its kind; of a kind nothing listens to, that it says its kind."""
    if not _fits(_Whose, context):
        return False
    if not isinstance(body, dict):
        return False
    kind = body.get("type")
    if "command" in body or not isinstance(kind, str):
        return "ssl_check" in body or _fits(_Command, body)
    if kind in _OF_A_PERSON and not (context.get("team_id") and context.get("user_id")):
        return False
    return _fits(_KINDS[kind], body) if kind in _KINDS else _fits(_Other, body)


def _fits(kind: type[_Part], body: Mapping[str, Any]) -> bool:
    try:
        kind.model_validate(body)
    except ValidationError:
        return False
    return True
