"""The app as Slack is to know it: manifest.yml, and what an address of one's own adds to it.

Apart from `bot/assembly.py`, whose imports take longer than printing a manifest.
"""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

FILE: Final = Path(__file__).parent.parent / "manifest.yml"


def load() -> dict[str, Any]:
    manifest: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return manifest


def with_links(manifest: dict[str, Any], public_url: str) -> dict[str, Any]:
    """The same app, which Slack also tells of the permanent links that people post. Slack takes https only."""
    parts = urlsplit(public_url)
    if parts.scheme != "https":
        return manifest
    features, settings, oauth = manifest["features"], manifest["settings"], manifest["oauth_config"]
    told = settings["event_subscriptions"]
    bot_scopes = sorted({*oauth["scopes"]["bot"], "links:read", "links:write"})
    return {
        **manifest,
        "features": {**features, "unfurl_domains": [parts.hostname]},
        "oauth_config": {**oauth, "scopes": {**oauth["scopes"], "bot": bot_scopes}},
        "settings": {
            **settings,
            "event_subscriptions": {**told, "bot_events": sorted({*told["bot_events"], "link_shared"})},
        },
    }
