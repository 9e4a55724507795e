"""manifest.yml, the HTTP one made of it, and the code say the same."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import appmanifest
from bot.appmanifest import with_links
from bot.cli import OperatorError, manifest
from bot.cli.doctor import registered
from handlers import http, oauth
from tests.cli.conftest import ROOT

METHODS = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")} - {"api_call"}


def test_the_manifest_fits_the_code() -> None:
    """Commands, events, shortcuts and scopes: nothing lacks and nothing is asked for in vain."""
    assert manifest.faults(appmanifest.load(), registered()) == []


def test_what_the_manifest_lacks_is_named() -> None:
    changed = appmanifest.load()
    changed["features"]["slash_commands"].pop()
    changed["settings"]["event_subscriptions"]["bot_events"].remove("app_mention")
    changed["oauth_config"]["scopes"]["bot"].remove("im:write")
    assert manifest.faults(changed, registered()) == [
        "the manifest lacks the command /factormate, which the code uses",
        "the manifest lacks the event app_mention, which the code uses",
        "the manifest lacks the scope im:write, which the code uses",
        "the manifest has the scope app_mentions:read, which the code doesn't use",
    ]


def test_over_http_everything_goes_to_the_bots_address() -> None:
    """And nothing else differs from the Socket Mode manifest."""
    before = appmanifest.load()
    after = manifest.over_http(before, "https://bot.example.com")
    address = f"https://bot.example.com{http.PATH}"
    assert {command.pop("url") for command in after["features"]["slash_commands"]} == {address}
    assert after["settings"]["event_subscriptions"].pop("request_url") == address
    assert after["settings"]["interactivity"].pop("request_url") == address
    assert after["settings"]["interactivity"].pop("message_menu_options_url") == address
    assert after["settings"].pop("socket_mode_enabled") is False
    assert before["settings"].pop("socket_mode_enabled") is True
    assert after == before


def test_for_many_it_can_be_installed_by_others_and_hears_of_them() -> None:
    """With the address people come back to, tokens that rotate, and organisations; nothing else differs."""
    before = manifest.over_http(appmanifest.load(), "https://bot.example.com")
    after = manifest.for_many(before, "https://bot.example.com")
    assert after["oauth_config"].pop("redirect_urls") == [f"https://bot.example.com{oauth.REDIRECT}"]
    rotates = (after["settings"].pop("token_rotation_enabled"), before["settings"].pop("token_rotation_enabled"))
    assert rotates == (True, False)
    told = [each["settings"]["event_subscriptions"].pop("bot_events") for each in (after, before)]
    assert set(told[0]) - set(told[1]) == set(manifest.ORGANISATION_EVENTS)
    assert {"app_uninstalled", "tokens_revoked"} <= set(told[1])
    assert after == before


def test_links_are_told_of_where_there_is_an_address() -> None:
    """Slack takes https only; on one's own machine the manifest is as it was."""
    before = appmanifest.load()
    after = with_links(before, "https://bot.example.com:8443/below")
    assert after["features"].pop("unfurl_domains") == ["bot.example.com"]
    assert manifest.scopes(after) - manifest.scopes(before) == {"links:read", "links:write"}
    assert "link_shared" in after["settings"]["event_subscriptions"]["bot_events"]
    assert manifest.faults(with_links(before, "https://bot.example.com"), registered()) == []
    assert with_links(before, "http://localhost:3000") == before


def test_slack_takes_what_it_is_told_of_steps_and_menus() -> None:
    """A comma without quotation marks makes a key of its own, at which Slack refuses the whole manifest."""
    app = appmanifest.load()
    for step in app["functions"].values():
        assert step.keys() == {"title", "description", "input_parameters", "output_parameters"}
        for name, each in (step["input_parameters"] | step["output_parameters"]).items():
            assert each.keys() == {"type", "name", "title", "description", "is_required"}
            assert each["name"] == name
    features = app["features"]
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in features["shortcuts"])
    assert all(len(each["command"]) <= 32 and len(each["description"]) <= 2000 for each in features["slash_commands"])
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(app["display_information"]["description"]) <= 140


def test_every_scope_is_explained() -> None:
    """What IT asks first: docs/privacy-and-roles.md says of each what it is for, and of none that is not asked for."""
    page = (ROOT / "docs" / "privacy-and-roles.md").read_text(encoding="utf-8")
    table = page.split("## Why the app asks for these scopes", 1)[1]
    told = re.findall(r"`([a-z_.]+:?[a-z]*)`", "".join(re.findall(r"^\| (`[^|]+)\|", table, re.MULTILINE)))
    assert sorted(told) == sorted(manifest.scopes(with_links(appmanifest.load(), "https://bot.example.com")))


def test_oauth_needs_an_address() -> None:
    with pytest.raises(OperatorError, match="--url"):
        manifest.show(None, oauth=True)


@pytest.mark.parametrize(
    "url", ["http://bot.example.com", "bot.example.com", "https://", "https://a b", "https://a/?x=1"]
)
def test_slack_only_posts_to_https(url: str) -> None:
    with pytest.raises(OperatorError, match="https"):
        manifest.show(url)


def test_every_method_called_has_its_scope_listed() -> None:
    """A new call of Slack's Web API needs a line in METHOD_SCOPES, from which the manifest is checked."""
    called = {name for path in _sources() for name in _called(ast.parse(path.read_text(encoding="utf-8")))}
    assert {name.replace("_", ".") for name in called} == set(manifest.METHOD_SCOPES)


def _sources() -> Iterator[Path]:
    yield ROOT / "app.py"
    yield from (ROOT / "handlers").rglob("*.py")
    yield from (path for path in (ROOT / "bot").rglob("*.py") if "sandbox" not in path.parts)


def _called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            yield node.func.attr
