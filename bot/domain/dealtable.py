"""A table of deals and renewals as another system writes it; one line a deal, told from customers by its columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from bot.domain.customer import Customer, folded
from bot.domain.deal import Deal, DealKind, DealResult, deal_id, ensure_ends_later
from bot.domain.importplan import Effect
from bot.domain.table import Fault, Line, Table, day_of, owner_of, ungrouped
from bot.errors import FieldError

DEAL_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("客户", "客户名称"),
    "external_id": ("外部编号", "客户编号"),
    "owner": ("客户经理", "负责人"),
    "kind": ("类型",),
    "began_on": ("开始", "开始日"),
    "result": ("结果",),
    "closed_on": ("结束", "结束日"),
    "financed": ("年融资额", "年融资额(元)"),
    "ends_on": ("新合同到期", "新合同到期日"),
}
"""By the name that is exported; the Chinese ones are understood too."""
_KINDS: Final = {"首单": DealKind.NEW, "续约": DealKind.RENEWAL}
_RESULTS: Final = {
    "进行中": DealResult.OPEN,
    "签约": DealResult.SIGNED,
    "丢单": DealResult.LOST,
    "我方拒绝": DealResult.DECLINED,
}


@dataclass(frozen=True, slots=True)
class DealRow:
    """One line that is in order by itself, of a customer yet to be found."""

    line: int
    customer: str
    kind: DealKind
    began_on: date
    result: DealResult
    closed_on: date | None = None
    financed: Decimal | None = None
    ends_on: date | None = None
    external_id: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDeal:
    """A line with the deal it comes to, and what that changes."""

    line: int
    name: str
    effect: Effect
    deal: Deal
    asks_for_a: bool = False


def is_deal_table(header: Sequence[str]) -> bool:
    """What a table of customers has not."""
    return {"kind", "began_on", "result"} <= set(DEALS.named(header))


def deal_rows(lines: Iterable[Line], faults: list[Fault]) -> list[DealRow]:
    """The rows that are in order by themselves; what is wrong with the others is added to `faults`."""
    return [row for line, values in DEALS.values(lines, faults) for row in _row(line, values, faults)]


def _row(line: int, values: dict[str, Any], faults: list[Fault]) -> Iterator[DealRow]:
    row = DealRow(line=line, **values)
    try:
        ensure_ends_later(as_deal(row, "", ""))
    except FieldError as error:
        faults.append(Fault(line, error.field, error.key, error.values))
    except ValidationError:
        faults.append(Fault(line, "closed_on", "deal.error_closed"))
    else:
        yield row


def as_deal(row: DealRow, customer_id: str, owner_id: str) -> Deal:
    """`owner_id`: the customer's, whose the deal is where the row names nobody."""
    return Deal(
        id=deal_id(customer_id, row.kind, row.began_on),
        kind=row.kind,
        customer_id=customer_id,
        owner_id=row.owner or owner_id,
        began_on=row.began_on,
        closed_on=row.closed_on,
        result=row.result,
        volume=row.financed,
        ends_on=row.ends_on,
    )


def matching(row: DealRow, customers: Iterable[Customer]) -> list[Customer]:
    """Those the row can mean: by its number if there is one, else by name; of several, those of the owner named."""
    if row.external_id:
        found = [each for each in customers if each.external_id == row.external_id]
    else:
        found = [each for each in customers if folded(row.customer) in {folded(name) for name in each.names}]
    return found if len(found) < 2 else [each for each in found if each.owner_id == row.owner]


def _text(typed: str) -> str:
    if not typed:
        raise FieldError("", "table.name")
    return typed


def _kind(typed: str) -> DealKind:
    if typed in _KINDS:
        return _KINDS[typed]
    if typed.lower() not in list(DealKind):
        raise FieldError("kind", "deal.error_kind")
    return DealKind(typed.lower())


def _result(typed: str) -> DealResult:
    if typed in _RESULTS:
        return _RESULTS[typed]
    if typed.lower() not in list(DealResult):
        raise FieldError("result", "deal.error_result")
    return DealResult(typed.lower())


def _began(typed: str) -> date:
    day = day_of(typed)
    if day is None:
        raise FieldError("began_on", "table.day")
    return day


def money(typed: str) -> Decimal | None:
    """With or without signs for thousands. Raises FieldError."""
    number = ungrouped(typed)
    if not number:
        return None
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise FieldError("financed", "deal.error_financed") from None
    if not value.is_finite() or not 0 <= value < Decimal(10) ** 13:
        raise FieldError("financed", "deal.error_financed")
    return value.quantize(Decimal("0.01"))


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "customer": _text,
    "external_id": str,
    "owner": owner_of,
    "kind": _kind,
    "began_on": _began,
    "result": _result,
    "closed_on": day_of,
    "financed": money,
    "ends_on": day_of,
}

DEALS: Final = Table(DEAL_COLUMNS, _PARSERS, needed=("customer", "kind", "began_on", "result"), left_alone=("id",))
