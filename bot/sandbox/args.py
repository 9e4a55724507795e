"""The arguments of a Web API call, whichever way they were encoded: JSON, form or query."""

import json
from typing import Any

from aiohttp import web

from bot.sandbox.errors import ApiError
from bot.sandbox.shapes import Json


class Args:
    """Strings, flags and structures by name; forms carry structures as JSON in a string."""

    def __init__(self, values: Json) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else value if isinstance(value, str) else str(value)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        value = self.text(name)
        if not value:
            missing = {"messages": [f"[ERROR] missing required field: {name}"]}
            raise ApiError(error, **({"response_metadata": missing} if error == "invalid_arguments" else {}))
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, high: int) -> int:
        value = self.values.get(name)
        try:
            number = default if value in (None, "") else int(str(value))
        except ValueError:
            raise ApiError("invalid_limit" if name == "limit" else "invalid_arguments") from None
        return max(1, min(number, high))

    def structure(self, name: str, error: str) -> Any:
        """None when absent; the given error when it is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error) from None

    def blocks(self, name: str = "blocks") -> list[Json] | None:
        blocks = self.structure(name, "invalid_blocks_format")
        if blocks is not None and not isinstance(blocks, list):
            raise ApiError("invalid_blocks_format")
        return blocks


async def read_args(request: web.Request) -> Args:
    values: Json = dict(request.query)
    if request.method != "POST":
        return Args(values)
    if request.content_type == "application/json":
        body = await request.text()
        try:
            sent = json.loads(body) if body else {}
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(sent, dict):
            raise ApiError("json_not_object")
        return Args(values | sent)
    form = await request.post()
    return Args(values | {name: value for name, value in form.items() if isinstance(value, str)})
