"""The threat model keeps its word: every line names tests, and they exist."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROWS: Final = re.findall(r"^\| ([A-Z]\d+) \|.*\|([^|]*)\|$", (ROOT / "docs/threat-model.md").read_text(), re.MULTILINE)
"""The id of each line, and its last column."""


@pytest.mark.parametrize(("_", "named"), ROWS, ids=[row[0] for row in ROWS])
def test_a_line_names_tests_that_exist(_: str, named: str) -> None:
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", named)
    assert tests
    for path, name in tests:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in found, f"{path} has no {name}"


def test_lines_have_ids_of_their_own() -> None:
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    lines = [each for each in text.splitlines() if each.startswith("|") and not each.startswith(("| id |", "| --- |"))]
    assert len(ROWS) == len(lines), "one has an odd form, and nobody looks at its tests"
    assert len(ROWS) > 30
    assert len({row[0] for row in ROWS}) == len(ROWS)
