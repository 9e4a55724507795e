"""Signed slash commands as Slack sends them, rendered before the clock starts."""

import hashlib
import hmac
import time
from urllib.parse import urlencode

TEAM = "T0BENCH"
USER = "U0BENCH"
SECRET = "bench-signing-secret"


def command(port: int, name: str, text: str) -> bytes:
    """One HTTP request, good for the five minutes that Slack's signatures are."""
    body = urlencode(
        {
            "token": "deprecated",
            "team_id": TEAM,
            "team_domain": "bench",
            "channel_id": "C0BENCH",
            "channel_name": "bench",
            "user_id": USER,
            "user_name": "bench",
            "command": name,
            "text": text,
            "api_app_id": "A0BENCH",
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/bench",
            "trigger_id": "1.2.3",
        }
    ).encode()
    timestamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body
