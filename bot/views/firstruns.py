"""The message that takes somebody through the first steps; each ticks itself off in place."""

from collections.abc import Collection
from typing import Final

from bot.domain.firstrun import Step
from bot.text import Text
from bot.views import settings, staff
from bot.views.blocks import Block, View, button, context, header, modal, section

IMPORT: Final = "first_run_import"
IMPORT_MODAL: Final = "first_run_import_how"

_OPENS: Final = {Step.ROLES: staff.OPEN, Step.CUSTOMERS: IMPORT, Step.HOUR: settings.OPEN}


def fallback(text: Text) -> str:
    return text("welcome.fallback")


def message(done: Collection[Step], text: Text) -> list[Block]:
    blocks = [header(text("welcome.title")), section(text("welcome.intro"))]
    blocks += [_row(number, step, done, text) for number, step in enumerate(Step, start=1)]
    return [*blocks, context(text("welcome.all_done" if set(done) == set(Step) else "welcome.later"))]


def _row(number: int, step: Step, done: Collection[Step], text: Text) -> Block:
    """What is done keeps its button: the form behind it is good for more than the first time."""
    mark = ":white_check_mark:" if step in done else f"*{number}.*"
    opens = button(text(f"welcome.open_{step}"), _OPENS[step], step)
    return section(f"{mark} {text(f'welcome.{step}')}", opens, block_id=f"first-{step}")


def import_modal(text: Text) -> View:
    """How a table of customers gets in: sent to the app as a file."""
    blocks = [section(text("welcome.import_how")), section(text("welcome.import_columns"))]
    return modal(IMPORT_MODAL, text("welcome.import_title"), blocks, close=text("entry.close"))
