"""Signed requests as Slack sends them, rendered before the clock starts."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

TEAM = "T0BENCH"
USER = "U0BENCH"
SECRET = "bench-signing-secret"


def command(
    port: int,
    name: str,
    text: str,
    team_id: str = TEAM,
    user_id: str = USER,
    reply_url: str = "https://hooks.slack.com/commands/bench",
) -> bytes:
    return signed(
        port,
        {
            "token": "deprecated",
            "team_id": team_id,
            "team_domain": "bench",
            "channel_id": "C0BENCH",
            "channel_name": "bench",
            "user_id": user_id,
            "user_name": "bench",
            "command": name,
            "text": text,
            "api_app_id": "A0BENCH",
            "is_enterprise_install": "false",
            "response_url": reply_url,
            "trigger_id": "1.2.3",
        },
    )


def click(port: int, number: int, action: dict[str, Any], reply_url: str) -> bytes:
    """On an element of a message that only the person sees; each number is another click."""
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": USER, "username": "bench", "name": "bench", "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "deprecated",
        "trigger_id": f"1.2.{number}",
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": "C0BENCH", "is_ephemeral": True},
        "channel": {"id": "C0BENCH", "name": "bench"},
        "actions": [{"block_id": "b", "action_ts": f"{number}.000001", **action}],
        "response_url": reply_url,
    }
    return signed(port, {"payload": json.dumps(payload)})


def signed(port: int, form: dict[str, str]) -> bytes:
    """One HTTP request, good for the five minutes that Slack's signatures are."""
    body = urlencode(form).encode()
    timestamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body
