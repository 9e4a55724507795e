"""The tables of docs/privacy-and-roles.md as values: what tests of rights expect is what people are told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.domain.policy import Action, Relation, Work
from bot.domain.user import Role

DOCS: Final = Path(__file__).parents[1] / "docs" / "privacy-and-roles.md"
RELATIONS: Final = {
    "one's own": Relation.OWN,
    "standing in": Relation.STAND_IN,
    "of one's team": Relation.TEAM,
    "a case open to one": Relation.CASE,
    "left behind": Relation.LEFT_BEHIND,
    "anybody else's": Relation.OTHER,
}

Rights = Mapping[Role, Mapping[Relation, frozenset[Action]]]


def tables() -> tuple[Rights, Mapping[Role, frozenset[Work]]]:
    """What each role may do with a customer, and besides."""
    (_, *columns), *rows = _rows("## Customers")
    of_customers = {
        _role(name): {
            RELATIONS[column]: frozenset(Action(each) for each in _listed(cell))
            for column, cell in zip(columns, cells, strict=True)
        }
        for name, *cells in rows
    }
    _, *others = _rows("## Besides customers")
    return of_customers, {_role(name): frozenset(Work(each) for each in _listed(cell)) for name, cell in others}


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its first row included."""
    lines = DOCS.read_text(encoding="utf-8").split(heading, 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [rows[0], *rows[2:]]


def _role(name: str) -> Role:
    return Role(name.replace(" ", "_"))


def _listed(cell: str) -> list[str]:
    return [] if cell == "–" else [each.strip().replace(" ", "_") for each in cell.split(",")]
