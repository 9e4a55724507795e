"""How long things are kept, and which relationships have ended."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.cli import OperatorError
from bot.cli.desk import OPERATOR, Desk, at_desk
from bot.cli.privacy import only
from bot.domain.workspace import Retention
from bot.settings import Settings


def retention(wanted: tuple[str, int | None] | None, settings: Settings, workspace: str | None) -> int:
    """None shows what is settled."""

    async def work(desk: Desk) -> int:
        services = desk.services()
        kept = (await services.workspaces.settings(desk.team_id)).retention
        if wanted is not None:
            name, days = wanted
            kept = kept.model_copy(update={name: days})
            await services.retention.settle(desk.team_id, kept, by=OPERATOR)
        for line in _lines(kept):
            print(line)
        return 0

    return at_desk(work, settings, workspace)


def end(typed: str, on: date | None, settings: Settings, workspace: str | None, *, reopen: bool) -> int:
    async def work(desk: Desk) -> int:
        services = desk.services()
        customer = only(await services.privacy.customers(desk.team_id, typed), typed)
        if reopen:
            await services.retention.reopen(desk.team_id, customer.id, by=OPERATOR)
            print(f"{customer.name} ({customer.id}) goes on.")
            return 0
        today = desk.clock().astimezone(ZoneInfo(settings.default_tz)).date()
        day = on or today
        if day > today:
            raise OperatorError(f"--on {day}: is in the future.")
        await services.retention.end(desk.team_id, customer.id, day, by=OPERATOR)
        kept = (await services.workspaces.settings(desk.team_id)).retention.customer_days
        until = "for good" if kept is None else f"for {kept} days from then on"
        print(f"{customer.name} ({customer.id}) ended on {day}; it is kept {until}.")
        return 0

    return at_desk(work, settings, workspace)


def _lines(kept: Retention) -> list[str]:
    def days(number: int | None) -> str:
        return "for good" if number is None else f"{number} days"

    return [
        f"customers: {days(kept.customer_days)} after the relationship has ended",
        f"questions without an answer: {days(kept.question_days)} after they were asked",
    ]
