"""The end of a step of a workflow: `functions.complete*` (reference, 2.3 and 5.7)."""

from typing import Any

from bot.sandbox.asking import Ask, Method
from bot.sandbox.errors import ApiError
from bot.sandbox.executions import Execution, misfits
from bot.sandbox.shapes import Json


def complete_success(ask: Ask) -> Json:
    execution = _running(ask)
    outputs: Any = ask.args.structure("outputs", "invalid_arguments")
    declared = ask.state.manifest["functions"][execution.callback_id].get("output_parameters") or {}
    if not isinstance(outputs, dict) or misfits(declared, outputs):
        raise ApiError("parameter_validation_failed")
    execution.outputs = outputs
    return {"ok": True}


def complete_error(ask: Ask) -> Json:
    execution = _running(ask)
    execution.error = ask.args.needed("error")
    return {"ok": True}


def _running(ask: Ask) -> Execution:
    execution = ask.state.executions.get(ask.args.needed("function_execution_id"))
    if execution is None or execution.token != ask.token:
        raise ApiError("function_execution_not_found")
    if not execution.is_running:
        raise ApiError("execution_not_in_running_state")
    return execution


METHODS = {
    "functions.completeSuccess": Method(complete_success, 50),
    "functions.completeError": Method(complete_error, 50),
}
