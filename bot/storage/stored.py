"""Reading stored records, also those that a newer release has written.

Fields that this release does not know are kept (`bot.domain.stored`). A value that it cannot read, as a new kind of
something, makes the whole record unreadable: it is left alone. Whoever asks for it, or is about to change it, gets
RecordUnreadableError; a list goes without it, and the log says so.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import RecordUnreadableError
from bot.storage.records import read_lately

T = TypeVar("T")
Row = TypeVar("Row")
Record = TypeVar("Record", bound=BaseModel)

logger = logging.getLogger(__name__)


def read(model: type[Record], row: str | Mapping[str, Any]) -> Record:
    """From JSON, or from values where something in it was sealed. Raises RecordUnreadableError."""
    try:
        return model.model_validate_json(row) if isinstance(row, str) else model.model_validate(row)
    except ValidationError as error:
        raise unreadable(model.__name__, error) from None


def read_again(model: type[Record], row: str) -> Record:
    """For customers and people, which are read again and again and seldom change. Raises RecordUnreadableError."""
    found: Record = _kept(model, row)
    return found


@read_lately
def _kept(model: type[Record], row: str) -> Record:
    return read(model, row)


def unreadable(name: str, error: ValidationError) -> RecordUnreadableError:
    """Names the first field that is to blame, and nothing that stands in it."""
    place = error.errors(include_url=False, include_input=False)[0]["loc"]
    return RecordUnreadableError(record=name, field=place[0] if place else "")


def readable(read_one: Callable[[Row], T], rows: Iterable[Row | None]) -> list[T]:
    """For lists: those that are there and can be read."""
    found = []
    for row in rows:
        if row is None:
            continue
        try:
            found.append(read_one(row))
        except RecordUnreadableError as error:
            left_out(error)
    return found


def left_out(error: RecordUnreadableError) -> None:
    logger.warning("left out of a list, and alone: %s", error)
