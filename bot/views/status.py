"""How the app is doing, in a few lines."""

from bot.domain.notice import NoticeState
from bot.domain.status import House, Status
from bot.domain.user import Role
from bot.text import Text
from bot.views.blocks import escape

SLOW_SECONDS = 0.5
"""A store that takes longer makes people wait."""


def lines(status: Status, text: Text) -> str:
    milliseconds = max(1, round(status.store_seconds * 1000))
    store = "status.store_slow" if status.store_seconds > SLOW_SECONDS else "status.store"
    jobs = text("status.jobs", count=status.workers) if status.workers else text("status.jobs_none")
    said = [text("status.title", version=status.version), text(store, milliseconds=milliseconds), jobs]
    said.append(
        text("status.last", day=status.last.day, outcome=text(f"status.was_{status.last.state}"))
        if status.last
        else text("status.last_none")
    )
    said.append(
        text("status.next", day=status.next_at.date(), at=f"{status.next_at:%H:%M}")
        if status.next_at
        else text("status.next_none")
    )
    return "\n".join([*said, *(_house(status.house, text) if status.house else ())])


def _house(house: House, text: Text) -> list[str]:
    people = [text("board.role_count", role=text(f"role.{role}"), count=house.people.get(role, 0)) for role in Role]
    said = [text("status.house", since=house.since.date()), " · ".join(people)]
    waiting = house.today.get(NoticeState.PLANNED, 0) + house.today.get(NoticeState.POSTING, 0)
    counts = {"sent": house.today.get(NoticeState.SENT, 0), "empty": house.today.get(NoticeState.EMPTY, 0)}
    said.append(text("status.today", waiting=waiting, **counts))
    if house.troubled:
        said.append(text("status.troubled", count=house.troubled))
    if house.parked is not None:
        said.append(text("status.parked", error=escape(house.parked.error)))
    if house.calendar_until is not None:
        said.append(text("home.calendar", until=house.calendar_until))
    return said
