"""The emulator's steps of workflows: what is passed on to the app, and how a run ends."""

from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError

from bot.sandbox import Emulator
from tests.sandbox.builders import Json, manifest
from tests.sandbox.conftest import Start, client_for
from tests.sandbox.tiny_bot import TinyBot


def with_step() -> Json:
    changed = manifest()
    changed["settings"]["event_subscriptions"]["bot_events"].append("function_executed")
    words: Json = {"type": "string", "is_required": True}
    changed["functions"] = {
        "shout": {
            "title": "Shout",
            "input_parameters": {"words": words, "runner": {"type": "slack#/types/user_context", "is_required": True}},
            "output_parameters": {"loud": words},
        }
    }
    return changed


async def test_a_run_reaches_the_app_and_is_ended_with_its_own_token(
    start: Start, bot: TinyBot, session: ClientSession
) -> None:
    """Outputs must be as declared, and it ends once."""
    emulator: Emulator = await start(manifest=with_step())
    run = emulator.person("U01LIN").run_step("shout", words="hi")
    await emulator.settled()
    event = bot.got("function_executed")[0].body["event"]
    assert event["inputs"] == {"words": "hi", "runner": {"id": "U01LIN", "secret": "known-to-slack-only"}}
    assert (event["function_execution_id"], event["function"]["callback_id"]) == (run.id, "shout")
    slack = client_for(emulator, session, event["bot_access_token"])
    for outputs in ({}, {"loud": 1}, {"loud": "HI", "more": "x"}):
        with pytest.raises(SlackApiError, match="parameter_validation_failed"):
            await slack.functions_completeSuccess(function_execution_id=run.id, outputs=outputs)
    with pytest.raises(SlackApiError, match="function_execution_not_found"):
        await client_for(emulator, session).functions_completeSuccess(function_execution_id=run.id, outputs={})
    await slack.functions_completeSuccess(function_execution_id=run.id, outputs={"loud": "HI"})
    with pytest.raises(SlackApiError, match="execution_not_in_running_state"):
        await slack.functions_completeError(function_execution_id=run.id, error="late")
    assert (run.outputs, run.error) == ({"loud": "HI"}, "")


@pytest.mark.parametrize("inputs", [{}, {"words": 1}, {"words": "hi", "more": "x"}])
async def test_what_does_not_fit_is_not_passed_on(start: Start, inputs: dict[str, Any]) -> None:
    emulator: Emulator = await start(manifest=with_step())
    with pytest.raises(LookupError):
        emulator.person("U01LIN").run_step("shout", **inputs)
    with pytest.raises(LookupError):
        emulator.person("U01LIN").run_step("whisper")
