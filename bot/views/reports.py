"""The weekly report: numbers as text, exceptions by customer, and two charts of the same numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from bot.domain.chart import BarChart, Series
from bot.domain.customer import Customer
from bot.domain.entry import Bilingual
from bot.domain.kpi import Share
from bot.domain.report import Late, Objections, Report
from bot.text import Text
from bot.views.blocks import Block, context, divider, escape, header, section

MAX_ROWS: Final = 7
MAX_OBJECTIONS: Final = 5

Titles = Mapping[str, Bilingual]
T = TypeVar("T")


def blocks(report: Report, titles: Titles, text: Text) -> list[Block]:
    """Without the charts, which come below."""
    if report.is_empty:
        return [section(text("report.nothing"))]
    found = [
        header(text("report.title")),
        context(text("report.span", first=report.first, last=report.last)),
        section("\n".join(_figures(report, text))),
    ]
    if report.objections:
        found.append(section(_objections(report.objections, titles, text)))
    parts = [
        _part("overdue", report.overdue, lambda each: _late(each, text), report, text),
        _part("renewals", report.renewals, lambda each: _ending(each, text), report, text),
        _part("held", report.held, lambda each: _late(each, text), report, text),
        _part("quiet", report.quiet, lambda each: _quiet(each, text), report, text),
    ]
    found += [section(part) for part in parts if part]
    if not report.customers:
        found.append(section(text("report.no_exceptions")))
    return [*found, divider(), context(text("report.footer"))]


def fallback(report: Report, text: Text) -> str:
    return text("report.fallback", first=report.first, last=report.last)


def charts(report: Report, titles: Titles, text: Text) -> tuple[BarChart, ...]:
    """No more than Slack takes in a message; none of what there is nothing of."""
    found = []
    if report.cadence:
        tiers = tuple(report.cadence)
        percents = tuple(_percent(report.cadence[tier]) for tier in tiers)
        kept = Series(text("report.chart_kept"), tuple(float(each) for each in percents))
        found.append(BarChart(text("report.chart_cadence"), tuple(map(str, tiers)), (kept,), "%"))
    if report.objections:
        shown = report.objections[:MAX_OBJECTIONS]
        names = tuple(_title(each.entry_id, titles, text) for each in shown)
        series = (
            Series(text("report.chart_held"), tuple(float(each.held) for each in shown)),
            Series(text("report.chart_failed"), tuple(float(each.failed) for each in shown)),
            Series(text("report.chart_unsaid"), tuple(float(each.unsaid) for each in shown)),
        )
        found.append(BarChart(text("report.chart_objections"), names, series, text("report.chart_times")))
    return tuple(found)


def spelled(share: Share, text: Text) -> str:
    """With how many it rests on."""
    return text("report.share", percent=_percent(share), good=share.good, of=share.of)


def _percent(share: Share) -> int:
    return round(share.value * 100)


def _figures(report: Report, text: Text) -> list[str]:
    lines = []
    if report.cadence:
        tiers = " · ".join(f"{tier} {each.good}/{each.of}" for tier, each in report.cadence.items())
        lines.append(text("report.cadence", share=spelled(report.all_cadence, text), tiers=tiers))
    for key, share in (("promises", report.promises), ("notes", report.notes)):
        said = spelled(share, text) if share.of else text("report.none")
        lines.append(text(f"report.{key}", share=said))
    load = report.load
    lines.append(text("report.load", contacts=load.contacts, visits=load.visits, people=load.people))
    lines.append(text("report.overloaded", count=load.overloaded) if load.overloaded else text("report.load_fits"))
    return lines


def _objections(found: Sequence[Objections], titles: Titles, text: Text) -> str:
    lines = [
        text(
            "report.objection",
            title=escape(_title(each.entry_id, titles, text)),
            raised=each.raised,
            held=each.held,
            failed=each.failed,
            unsaid=each.unsaid,
        )
        for each in found[:MAX_OBJECTIONS]
    ]
    return "\n".join([text("report.objections"), *lines])


def _title(entry_id: str, titles: Titles, text: Text) -> str:
    """Of an entry that the playbook no longer has, its id."""
    return titles[entry_id].in_(text.lang) if entry_id in titles else entry_id


def _part(name: str, rows: Sequence[T], line: Callable[[T], str], report: Report, text: Text) -> str:
    """A heading with the number, and the first few by name where the reader may know them."""
    if not rows:
        return ""
    lines = [text(f"report.{name}", count=len(rows))]
    if report.shows_customers:
        lines += [line(each) for each in rows[:MAX_ROWS]]
        if len(rows) > MAX_ROWS:
            lines.append(text("report.more", count=len(rows) - MAX_ROWS))
    return "\n".join(lines)


def _late(each: Late, text: Text) -> str:
    what = text(f"report.kind_{each.kind}")
    customer = each.customer
    return text("report.late", customer=escape(customer.name), tier=customer.tier, what=what, count=each.days)


def _ending(each: Late, text: Text) -> str:
    customer = each.customer
    return text("report.ending", customer=escape(customer.name), tier=customer.tier, day=customer.contract_expires_on)


def _quiet(customer: Customer, text: Text) -> str:
    return text("report.until", customer=escape(customer.name), tier=customer.tier, day=customer.quiet_until)
