"""Small checks that combine into the shape of a JSON value, and the report they write their complaints into."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

Json = dict[str, Any]
Surface = Literal["message", "modal", "home"]


@dataclass(slots=True)
class Report:
    """Complaints about one message or view, worded as Slack words them in `response_metadata.messages`."""

    surface: Surface
    problems: list[str] = field(default_factory=list)

    def add(self, path: str, problem: str) -> None:
        self.problems.append(f"[ERROR] {problem} [json-pointer:{path}]")


def size_in_bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


Check = Callable[[Report, str, Any], None]


def any_value(report: Report, path: str, value: Any) -> None:
    """Accepts everything."""


def string(limit: int | None = None, at_least: int = 0) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, str):
            report.add(path, "must be a string")
        elif len(value) < at_least:
            report.add(path, f"must be more than {at_least - 1} characters")
        elif limit is not None and len(value) > limit:
            report.add(path, f"must be less than {limit + 1} characters")

    return check


def boolean(report: Report, path: str, value: Any) -> None:
    if not isinstance(value, bool):
        report.add(path, "must be a boolean")


def integer(low: int, high: int) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(path, "must be an integer")
        elif not low <= value <= high:
            report.add(path, f"must be between {low} and {high}")

    return check


def one_of(*allowed: str) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if value not in allowed:
            report.add(path, f"must be one of: {', '.join(allowed)}")

    return check


def url(limit: int = 3000) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        before = len(report.problems)
        string(limit, at_least=1)(report, path, value)
        if len(report.problems) == before and not _is_url(value):
            report.add(path, "must be a valid url")

    return check


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and " " not in value


def matching(test: Callable[[str], bool], problem: str) -> Check:
    """A string of a certain form."""

    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, str) or not test(value):
            report.add(path, problem)

    return check


def listing(item: Check, low: int, high: int) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, list):
            report.add(path, "must be an array")
            return
        if len(value) < low:
            report.add(path, f"no fewer than {low} items allowed")
        if len(value) > high:
            report.add(path, f"no more than {high} items allowed")
        for index, each in enumerate(value):
            item(report, f"{path}/{index}", each)

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *rules: Check) -> Check:
    """An object with these fields and no others; the rules look at it as a whole, once its fields are sound."""
    fields = {**required, **(optional or {})}

    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            report.add(path, "must provide an object")
            return
        before = len(report.problems)
        for name in required:
            if value.get(name) is None:
                report.add(path, f"missing required field: {name}")
        for name, part in value.items():
            if name not in fields:
                report.add(path, f"invalid additional property: {name}")
            elif part is not None:
                fields[name](report, f"{path}/{name}", part)
        if len(report.problems) == before:
            for rule in rules:
                rule(report, path, value)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """Picks the check by the object's `type`; other types are refused."""

    def check(report: Report, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            report.add(path, "must provide an object")
        elif not isinstance(value.get("type"), str):
            report.add(path, "missing required field: type")
        elif value["type"] not in kinds:
            report.add(path, f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](report, path, value)

    return check


def exactly_one(*names: str) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            report.add(path, f"must define exactly one of: {', '.join(names)}")

    return check


def at_least_one(*names: str) -> Check:
    def check(report: Report, path: str, value: Any) -> None:
        if not any(value.get(name) for name in names):
            report.add(path, f"must define at least one of: {', '.join(names)}")

    return check


def only_on(*surfaces: Surface) -> Check:
    """The object is refused on other surfaces."""

    def check(report: Report, path: str, value: Any) -> None:
        if report.surface not in surfaces:
            report.add(
                path, f"unsupported type: {value.get('type')} is not available on this surface ({report.surface})"
            )

    return check
