"""The key figures as text: each with how many it rests on and its interval, or how many are lacking."""

from datetime import date
from typing import Final

from bot.domain.figures import Figures
from bot.domain.kpi import LEAST_SHOWN, Adjusted, Comparison, Share
from bot.text import Text
from bot.views.blocks import Block, View, context, header, modal, section

OPEN: Final = "figures_open"


def blocks(found: Figures, text: Text) -> list[Block]:
    resolved = text("kpi.resolved", share=spelled(found.resolved, text))
    if found.resolved_days is not None and found.resolved.is_shown:
        resolved = text("kpi.days", told=resolved, days=f"{found.resolved_days:g}")
    told = found.renewals
    renewal = [text("kpi.renewals", share=spelled(told.renewed, text))]
    if told.with_declined != told.renewed:
        renewal.append(text("kpi.with_declined", share=spelled(told.with_declined, text)))
    if told.renewed.is_shown and told.volume_expired:
        renewal.append(text("kpi.financed", renewed=f"{told.volume_renewed:,}", expired=f"{told.volume_expired:,}"))
    return [
        header(text("kpi.title")),
        context(text("kpi.intro", least=LEAST_SHOWN)),
        section(
            "\n".join(
                [
                    text("kpi.conversion", share=spelled(found.conversion, text)),
                    *(_month(month, share, text) for month, share in found.months),
                    text("kpi.claim_conversion", told=compared(found.by_practice, text)),
                    *_like(found.practice_adjusted, found.by_practice, text),
                ]
            )
        ),
        section(
            "\n".join(
                [
                    text("kpi.success", share=spelled(found.success, text)),
                    text("kpi.claim_success", told=compared(found.by_handling, text)),
                    *_like(found.handling_adjusted, found.by_handling, text),
                ]
            )
        ),
        section(resolved),
        section(text("kpi.practice", share=spelled(found.practice, text))),
        section(
            "\n".join(
                [
                    *renewal,
                    text("kpi.claim_renewals", told=_close(found.by_closeness, text)),
                    *_like(found.closeness_adjusted, found.by_closeness, text),
                ]
            )
        ),
        context(text("kpi.footer")),
    ]


def window(found: Figures, text: Text) -> View:
    return modal("figures", text("kpi.title"), blocks(found, text)[1:], close=text("entry.close"))


def working(text: Text) -> View:
    return modal("figures", text("kpi.title"), [section(text("kpi.begun"))], close=text("entry.close"))


def spelled(share: Share, text: Text) -> str:
    if not share.is_shown:
        return text("kpi.few", count=share.of, lacking=LEAST_SHOWN - share.of)
    low, high = share.interval
    values = {"percent": round(share.value * 100), "good": share.good, "of": share.of}
    return text("kpi.share", **values, low=round(low * 100), high=round(high * 100))


def _month(month: date, share: Share, text: Text) -> str:
    return text("kpi.month", month=f"{month:%Y-%m}", share=spelled(share, text))


def _like(found: Adjusted | None, plain: Comparison, text: Text) -> list[str]:
    """The comparison among like customers; nothing where there is nothing to be adjusted."""
    if not plain.is_shown:
        return []
    if found is None:
        return [text("kpi.few_alike", least=LEAST_SHOWN)]
    low, high = found.interval
    return [
        text(
            "kpi.alike_industry" if found.by_industry else "kpi.alike_tier",
            ratio=f"{found.ratio:.2f}",
            low=f"{low:.2f}",
            high=f"{high:.2f}",
            group=found.group.of,
            others=found.others.of,
        )
    ]


def compared(found: Comparison, text: Text) -> str:
    if not found.is_shown:
        return _kept_back(found, text)
    low, high = found.interval
    return text(
        "kpi.ratio",
        ratio=f"{found.ratio:.2f}",
        low=f"{low:.2f}",
        high=f"{high:.2f}",
        group=spelled(found.group, text),
        others=spelled(found.others, text),
    )


def _close(found: Comparison, text: Text) -> str:
    if not found.group.is_shown:
        return spelled(found.group, text)
    return text("kpi.beside", group=spelled(found.group, text), others=spelled(found.others, text))


def _kept_back(found: Comparison, text: Text) -> str:
    """Too few on a side, or nobody of the others had any success to compare with."""
    if found.group.is_shown and found.others.is_shown:
        return text("kpi.no_success")
    return text("kpi.few_sides", group=found.group.of, others=found.others.of, least=LEAST_SHOWN)
