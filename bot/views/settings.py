"""What a person chooses for oneself: the hour of the daily message, the language, and who keeps the list meanwhile."""

from datetime import date, time
from typing import Final

from bot.domain.absence import Absence, AwayKind, digest_times
from bot.domain.user import Member
from bot.text import Text
from bot.views.blocks import Block, View, button, context, divider, input_block, modal, option, section, select

OPEN: Final = "settings_open"
MODAL: Final = "settings_form"
DIGEST_AT: Final = "digest_at"
LANGUAGE: Final = "language"
STAND_IN: Final = "stand_in"
AWAY: Final = "away"
FIRST_ON: Final = "first_on"
LAST_ON: Final = "last_on"
NONE: Final = "none"
"""In place of a choice: what the workspace or Slack says, or nobody is away."""


def open_button(text: Text) -> Block:
    return button(text("settings.open"), OPEN, "settings")


def form(member: Member, usual_at: time, absence: Absence | None, today: date, text: Text) -> View:
    """`usual_at` is the workspace's hour. An absence that is over is not shown any more."""
    times = [option(text("settings.usual", at=_spelled(usual_at)), NONE)]
    times += [option(_spelled(each), _spelled(each)) for each in digest_times()]
    languages = [option(text(f"settings.language_{each}"), each) for each in ("auto", "zh", "en")]
    blocks = [
        input_block(DIGEST_AT, text("settings.digest_at"), _chosen(DIGEST_AT, times, _at(member), text)),
        input_block(LANGUAGE, text("settings.language"), _chosen(LANGUAGE, languages, member.language or "auto", text)),
        divider(),
        section(text("settings.away_title")),
    ]
    if absence is not None and not absence.is_typed:
        blocks.append(context(text("settings.by_status")))
    person = select("users_select", STAND_IN, text("settings.stand_in"), initial_user=member.stand_in_id)
    blocks.append(
        input_block(STAND_IN, text("settings.stand_in"), person, optional=True, hint=text("settings.stand_in_hint"))
    )
    away = member.away if member.away and member.away.last_on >= today else None
    kinds = [option(text(f"settings.away_{each}"), each) for each in (NONE, *AwayKind)]
    blocks.append(input_block(AWAY, text("settings.away"), _chosen(AWAY, kinds, away.kind if away else NONE, text)))
    blocks.append(_day(FIRST_ON, away.first_on if away else None, text))
    blocks.append(_day(LAST_ON, away.last_on if away else None, text))
    blocks.append(context(text("settings.footer")))
    return modal(MODAL, text("settings.title"), blocks, close=text("visit.cancel"), submit=text("staff.save"))


def _chosen(action_id: str, options: list[Block], value: str, text: Text) -> Block:
    initial = next((each for each in options if each["value"] == value), options[0])
    return select("static_select", action_id, text(f"settings.{action_id}"), options=options, initial_option=initial)


def _day(action_id: str, day: date | None, text: Text) -> Block:
    picker: Block = {"type": "datepicker", "action_id": action_id}
    if day is not None:
        picker["initial_date"] = day.isoformat()
    return input_block(action_id, text(f"settings.{action_id}"), picker, optional=True)


def _at(member: Member) -> str:
    return _spelled(member.digest_at) if member.digest_at else NONE


def _spelled(at: time) -> str:
    return f"{at:%H:%M}"
