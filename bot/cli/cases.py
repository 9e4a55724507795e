"""Which customers risk and compliance could read, and why."""

from bot.cli.desk import Desk, at_desk
from bot.domain.case import Case
from bot.settings import Settings

NEWEST = 200


def list_cases(settings: Settings, workspace: str | None) -> int:
    async def work(desk: Desk) -> int:
        cases = await desk.services().cases.newest(desk.team_id, NEWEST)
        for case in cases:
            print(_line(case, is_open=case.is_open(desk.clock())))
        if not cases:
            print("No customer was sent to risk yet, and no glass was broken.")
        return 0

    return at_desk(work, settings, workspace)


def _line(case: Case, *, is_open: bool) -> str:
    how = "break-glass" if case.breaks_glass else "sent"
    customer = case.customer_id or "no such customer"
    readers = ", ".join(case.reader_ids)
    reason = " ".join(case.reason.split())
    state = "open" if is_open else "closed"
    return (
        f"{case.opened_at:%Y-%m-%d %H:%M}  {state}  {how} by {case.opened_by}  {customer}  read by {readers}  {reason}"
    )
