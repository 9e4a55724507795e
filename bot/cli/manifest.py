"""What Slack is told about the app: printing it, and holding it against what the code listens to and calls."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from bot.appmanifest import FILE, load, with_links
from bot.cli import OperatorError

PATH: Final = "/slack/events"
"""Where the bot takes everything Slack sends (handlers/http.py says the same; a test holds them together)."""

METHOD_SCOPES: Final[Mapping[str, str | tuple[str, ...] | None]] = {
    "apps.connections.open": None,  # of the app-level token
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "api.test": None,
    "apps.uninstall": None,  # of the app itself
    "auth.teams.list": None,
    "auth.test": None,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.unfurl": "links:write",
    "chat.update": "chat:write",
    "conversations.info": "channels:read",
    "conversations.members": "groups:read",  # as for conversations.info: either takes both, by the kind of channel
    "conversations.history": "im:history",  # of direct messages only
    "conversations.open": "im:write",
    "conversations.replies": ("channels:history", "groups:history"),  # of channels, public and private
    "files.info": "files:read",  # tables of customers sent to the app
    "files.upload.v2": "files:write",  # the SDK's name for the three calls of an upload
    "oauth.v2.access": None,  # of the app itself
    "functions.completeError": None,  # these two with the token that comes with the step
    "functions.completeSuccess": None,
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "users.list": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.push": None,
    "views.update": None,
}
"""Every method of the Web API that our code calls, with the bot scopes it takes; a test keeps it complete."""

EVENT_SCOPES: Final[Mapping[str, str | None]] = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "function_executed": None,
    "link_shared": "links:read",
    "message.im": "im:history",
    "tokens_revoked": None,
    "user_change": "users:read",
}


@dataclass(slots=True)
class Listeners:
    """Stands in for Bolt's app while handlers register, and keeps what they listen to."""

    commands: set[str] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    shortcuts: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    interactions: list[Any] = field(default_factory=list)

    def command(self, name: str) -> Any:
        self.commands.add(name)
        return _same

    def event(self, name: str, **_: Any) -> Any:
        self.events.add(name)
        return _same

    def function(self, callback_id: str) -> Any:
        self.functions.add(callback_id)
        return self.event("function_executed")

    def shortcut(self, callback_id: str) -> Any:
        self.shortcuts.add(callback_id)
        return self.action(callback_id)

    def action(self, constraint: Any) -> Any:
        self.interactions.append(constraint)
        return _same

    options = action
    view = action
    view_closed = action


REDIRECT_PATH: Final = "/slack/oauth_redirect"
ORGANISATION_EVENTS: Final = ("team_access_granted", "team_access_revoked")


def show(url: str | None, *, oauth: bool = False, socket: bool = False) -> int:
    """`oauth`: for many workspaces; `socket`: with Socket Mode all the same."""
    if url is None:
        if oauth or socket:
            raise OperatorError("--oauth and --socket need --url: whoever installs the app comes back there.")
        sys.stdout.write(FILE.read_text(encoding="utf-8"))
        return 0
    address = _address(url)
    manifest = with_links(load() if socket else over_http(load(), address), address)
    text = yaml.safe_dump(
        for_many(manifest, address) if oauth else manifest, sort_keys=False, allow_unicode=True, width=110
    )
    sys.stdout.write(f"# Paste this at api.slack.com/apps → Create New App → From a manifest.\n{text}")
    return 0


def over_http(manifest: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The same app, with Slack posting to `url` instead of using a socket."""
    address = f"{url}{PATH}"
    features, settings = manifest["features"], manifest["settings"]
    commands = [{**command, "url": address} for command in features["slash_commands"]]
    events = {"request_url": address, **settings["event_subscriptions"]}
    interactivity = {**settings["interactivity"], "request_url": address, "message_menu_options_url": address}
    changed = {"event_subscriptions": events, "interactivity": interactivity, "socket_mode_enabled": False}
    return {
        **manifest,
        "features": {**features, "slash_commands": commands},
        "settings": {**settings, **changed},
    }


def for_many(manifest: Mapping[str, Any], url: str) -> dict[str, Any]:
    """The same app, installed by workspaces and organisations themselves, with tokens that rotate."""
    settings = manifest["settings"]
    told = settings["event_subscriptions"]
    events = sorted({*told["bot_events"], *ORGANISATION_EVENTS})
    changed = {
        "event_subscriptions": {**told, "bot_events": events},
        "token_rotation_enabled": True,  # nosec B105
    }
    return {
        **manifest,
        "oauth_config": {"redirect_urls": [f"{url}{REDIRECT_PATH}"], **manifest["oauth_config"]},
        "settings": {**settings, **changed},
    }


def scopes(manifest: Mapping[str, Any]) -> set[str]:
    return set(manifest["oauth_config"]["scopes"]["bot"])


def faults(manifest: Mapping[str, Any], listeners: Listeners) -> list[str]:
    """Where the manifest and the code disagree, each as one sentence. Links are for who has an address."""
    if "unfurl_domains" not in manifest["features"]:
        manifest = with_links(dict(manifest), "https://example.com")
    features, settings = manifest["features"], manifest["settings"]
    told = set(settings["event_subscriptions"]["bot_events"])
    found = _differ("command", {each["command"] for each in features.get("slash_commands", ())}, listeners.commands)
    found += _differ("event", {each.partition(".")[0] for each in told}, listeners.events)
    found += _differ("shortcut", {each["callback_id"] for each in features.get("shortcuts", ())}, listeners.shortcuts)
    found += _differ("step", set(manifest.get("functions", ())), listeners.functions)
    found += _differ("scope", scopes(manifest), _needed_scopes(listeners, told))
    if listeners.interactions and not settings["interactivity"]["is_enabled"]:
        found.append("interactivity is off in the manifest, but the code listens to buttons and forms")
    home = features["app_home"]
    if "app_home_opened" in told and not home["home_tab_enabled"]:
        found.append("the Home tab is off in the manifest, but the code fills it")
    if "message.im" in told and (not home["messages_tab_enabled"] or home["messages_tab_read_only_enabled"]):
        found.append("people can't write to the app by the manifest, but the code answers direct messages")
    return found


def _needed_scopes(listeners: Listeners, events: set[str]) -> set[str]:
    needed = {EVENT_SCOPES.get(event) for event in events}
    for scopes_ in METHOD_SCOPES.values():
        needed |= set(scopes_) if isinstance(scopes_, tuple) else {scopes_}
    if listeners.commands:
        needed.add("commands")
    return {scope for scope in needed if scope is not None}


def _differ(what: str, in_manifest: set[str], in_code: set[str]) -> list[str]:
    lacking = [f"the manifest lacks the {what} {each}, which the code uses" for each in sorted(in_code - in_manifest)]
    return lacking + [
        f"the manifest has the {what} {each}, which the code doesn't use" for each in sorted(in_manifest - in_code)
    ]


def _address(url: str) -> str:
    """Raises OperatorError unless Slack could post to it."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or any(each.isspace() for each in url.strip()):
        raise OperatorError("--url must be an https address that Slack can reach, such as https://bot.example.com.")
    address = url.strip().rstrip("/")
    return address.removesuffix(PATH)


def _same(listener: Any) -> Any:
    return listener
