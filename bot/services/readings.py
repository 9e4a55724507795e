"""Reading a note with what the workspace knows: its author's customers and its playbook."""

from collections.abc import Callable, Sequence

from bot.domain.customer import Customer
from bot.domain.dates import Writing
from bot.domain.reading import Guess, Reading
from bot.services.playbook import Library

Read = Callable[[str, Writing, Sequence[Customer], Library], Reading]


def read_note(text: str, writing: Writing, customers: Sequence[Customer], library: Library) -> Reading:
    answer = library.match(text[:1000])
    found = tuple(Guess(each, text, 0, len(text)) for each in answer.played)
    return Reading(objections=found)
