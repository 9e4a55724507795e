"""Runs of the app's steps in workflows, and what Slack would not pass on between them (reference, 5.7)."""

import secrets
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.shapes import Json

TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "slack#/types/date": (str,),
    "slack#/types/user_context": (dict,),
}


@dataclass(slots=True)
class Execution:
    """One run of a step. `outputs` or `error` is there once the app has ended it."""

    callback_id: str
    inputs: Json
    outputs: Json | None = None
    error: str = ""
    id: str = field(default_factory=lambda: f"Fx{secrets.token_hex(5).upper()}")
    token: str = field(default_factory=lambda: f"xwfp-{secrets.token_hex(12)}")

    @property
    def is_running(self) -> bool:
        return self.outputs is None and not self.error


def misfits(parameters: Json, values: Json) -> list[str]:
    """What Slack would not pass on: something missing, unknown, or of another type."""
    found = [f"missing {name}" for name, each in parameters.items() if each.get("is_required") and name not in values]
    for name, value in values.items():
        if name not in parameters:
            found.append(f"unknown {name}")
        elif type(value) not in TYPES[parameters[name]["type"]]:
            found.append(f"{name} is no {parameters[name]['type']}")
    return found
