"""A table of customers as another system writes it: what a row says of its customer."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from bot.domain.customer import Customer, Size, Tier, folded
from bot.domain.table import Fault, Line, Table, day_of, owner_of, ungrouped
from bot.domain.tierinputs import INPUTS, TierInputs
from bot.errors import FieldError

MAX_ALIASES: Final = 10
NAME_LENGTHS: Final = range(2, 61)
LONGEST: Final = 60

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("客户", "客户名称", "名称"),
    "tier": ("等级", "客户等级"),
    "owner": ("客户经理", "负责人"),
    "industry": ("行业",),
    "aliases": ("简称", "别名"),
    "last_contact_on": ("最近联系", "最近联系日"),
    "external_id": ("外部编号", "客户编号"),
    "size": ("规模", "企业规模"),
    "contract_expires_on": ("合同到期", "合同到期日"),
    "volume_12m": ("近12个月融资额", "近12个月融资额(万元)"),
    "volume_6m": ("近6个月融资额", "近6个月融资额(万元)"),
    "contribution": ("贡献率", "贡献率(%)"),
    "buyers": ("好买方占比", "好买方占比(%)"),
    "potential": ("未融资占比", "未融资占比(%)"),
    "cooperation": ("配合度", "配合度(%)"),
    "drawdowns": ("放款次数", "累计放款次数"),
    "last_drawdown_on": ("最近放款", "最近放款日"),
    "customer_since": ("客户起始", "客户起始日"),
}
"""By the name that is exported; the Chinese ones are understood too."""
LEFT_ALONE: Final = ("id", "risk", "created_on")
_SIZES: Final = {"大型": Size.LARGE, "中型": Size.MEDIUM, "小型": Size.SMALL, "微型": Size.MICRO}


@dataclass(frozen=True, slots=True)
class Row:
    """One line that is in order by itself. What is None or empty was not said, and stays as it is."""

    line: int
    name: str
    tier: Tier
    owner: str = ""
    industry: str = ""
    aliases: tuple[str, ...] = ()
    last_contact_on: date | None = None
    external_id: str = ""
    size: Size | None = None
    contract_expires_on: date | None = None
    figures: TierInputs = field(default_factory=TierInputs)
    """What its tier rests on."""
    is_asked: bool = False
    """Tier A is not for whoever brings the row in to give: the lead is asked, and it is tier B until then."""

    @property
    def first_tier(self) -> Tier:
        """Of a new customer."""
        return Tier.B if self.asks_for_a else self.tier

    @property
    def asks_for_a(self) -> bool:
        return self.is_asked and self.tier is Tier.A

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def applied(self, customer: Customer, *, keeps_tier: bool = False) -> Customer:
        """The customer as the row has it. A contact only ever moves the clock forward.

        `keeps_tier`: a score, a lead or an override decides on it, so the row does not.

        A customer that was found by an alias doesn't lose its name: without a number it keeps it, and where the row
        brings the number it is known by from now on, it keeps it as an alias.
        """
        told = {name: value for name in _TAKEN_OVER if (value := getattr(self, name))}
        if keeps_tier:
            told["tier"] = customer.tier
        elif self.asks_for_a:
            told["tier"] = max(customer.tier, Tier.B, key=lambda each: each.weight)
        aliases = self.aliases or customer.aliases
        if folded(self.name) != folded(customer.name):
            if not self.external_id:
                told["name"], aliases = customer.name, (*self.aliases, self.name) if self.aliases else aliases
            elif self.external_id != customer.external_id and not self.aliases:
                aliases = (*aliases, customer.name)
        told["aliases"] = tuple(each for each in aliases if folded(each) != folded(told["name"]))
        changed = customer.model_copy(update=told)
        return changed.contacted(self.last_contact_on) if self.last_contact_on else changed


_TAKEN_OVER: Final = ("name", "tier", "industry", "aliases", "external_id", "size", "contract_expires_on")


def rows(lines: Iterable[Line], faults: list[Fault]) -> list[Row]:
    """The rows that are in order by themselves; what is wrong with the others is added to `faults`."""
    return [row for line, values in CUSTOMERS.values(lines, faults) for row in _row(line, values, faults)]


def _row(line: int, values: dict[str, Any], faults: list[Fault]) -> Iterator[Row]:
    name = folded(values["name"])
    figures = {each: values.pop(each) for each in INPUTS if each in values}
    try:
        values["figures"] = TierInputs.model_validate(figures).ensured()
    except FieldError as error:
        faults.append(Fault(line, error.field, error.key, error.values))
        return
    aliases = {folded(each): each for each in values.get("aliases", ()) if folded(each) != name}
    values["aliases"] = tuple(aliases.values())
    yield Row(line=line, **values)


def _name(typed: str) -> str:
    if len(typed) not in NAME_LENGTHS:
        raise FieldError("name", "table.name")
    return typed


def _tier(typed: str) -> Tier:
    if typed.upper() not in list(Tier):
        raise FieldError("tier", "table.tier")
    return Tier(typed.upper())


def _short(typed: str) -> str:
    if len(typed) > LONGEST:
        raise FieldError("", "table.too_long", limit=LONGEST)
    return typed


def _size(typed: str) -> Size | None:
    if not typed:
        return None
    if typed in _SIZES:
        return _SIZES[typed]
    if typed.lower() not in list(Size):
        raise FieldError("size", "table.size")
    return Size(typed.lower())


def _aliases(typed: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in re.split(r"[;；|、]", typed) if part.strip())
    if len(parts) > MAX_ALIASES:
        raise FieldError("aliases", "table.aliases", limit=MAX_ALIASES)
    return tuple(_name(part) for part in parts)


def _figure(column: str) -> Callable[[str], Any]:
    """With or without signs for thousands and percent."""

    def parse(typed: str) -> object:
        number = ungrouped(typed).removesuffix("%").removesuffix("％").strip()
        if not number:
            return None
        try:
            return getattr(TierInputs.model_validate({column: number}), column)
        except ValidationError:
            raise FieldError(column, "table.figure") from None

    return parse


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "name": _name,
    "tier": _tier,
    "owner": owner_of,
    "industry": _short,
    "aliases": _aliases,
    "last_contact_on": day_of,
    "external_id": _short,
    "size": _size,
    "contract_expires_on": day_of,
    **{each: _figure(each) for each in INPUTS if not each.endswith(("_on", "_since"))},
    "last_drawdown_on": day_of,
    "customer_since": day_of,
}

CUSTOMERS: Final = Table(COLUMNS, _PARSERS, needed=("name", "tier"), left_alone=LEFT_ALONE)
