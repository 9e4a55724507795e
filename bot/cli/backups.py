"""Writing the store into a file, and filling it from one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot import __version__, loading
from bot.cli import OperatorError, erasures
from bot.cli.desk import OPERATOR, Desk, alone_at_store, at_store
from bot.cli.progress import Line
from bot.clock import system_clock
from bot.jobs import DOCKET
from bot.local import FieldKeysLostError
from bot.settings import Settings
from bot.storage import backups
from bot.storage.durability import rewrite_log
from bot.storage.sealing import FieldKeysError

ALIVE: Final = timedelta(seconds=30)
"""A worker that was heard of within this time is still running."""


def backup(file: Path, settings: Settings) -> int:
    if file.exists():
        raise OperatorError(f"{file} is there already; name another file.")

    async def work(desk: Desk) -> int:
        header = backups.Header(
            system_clock().isoformat(timespec="seconds"), __version__, desk.core.sealer.fingerprints
        )
        line = Line()
        summary = await backups.write(desk.core.redis, file, header, system_clock, _progress(line, "written"))
        line.end()
        workspaces = desk.services().workspaces
        for team_id in await workspaces.store.all_ids():
            await workspaces.record(team_id, OPERATOR, "store.backup", team_id, str(summary.kinds.total()))
        print(f"{file}: {summary.kinds.total()} keys, {summary.used.total()} sealed values.")
        print(f"A restore needs the keys {', '.join(sorted(summary.used)) or '(none)'}. Keep them apart from the file.")
        if unknown := set(summary.used) - set(header.fingerprints):
            print(f"FIELD_KEYS lacks {', '.join(sorted(unknown))} already: these values can't be read now either.")
            return 1
        return 0

    return at_store(work, settings)


def restore(file: Path, settings: Settings, *, replace: bool) -> int:
    header, summary = backups.read(file)
    try:
        sealer = loading.sealer(settings, is_fresh=False)
    except FieldKeysLostError:
        needed = ", ".join(sorted(summary.used)) or "any"
        raise OperatorError(f"Put the key the backup needs ({needed}) into FIELD_KEYS first.") from None
    backups.ensure_opens(summary, sealer)

    async def work(desk: Desk) -> int:
        redis, line = desk.core.redis, Line()
        await _ensure_nobody_works(desk)
        if not await backups.is_empty(redis):
            if not replace:
                raise OperatorError("The store is not empty. Add --replace to put the backup in its place.", 1)
            await _keep_erasures(desk)
            await backups.empty(redis, DOCKET)
        await backups.restore(redis, file, _progress(line, "restored"), summary.kinds.total())
        line.end()
        again = await _erase_again(desk, header)
        print(f"Restored {summary.kinds.total()} keys of {header.made_at}.")
        print(f"Erased again, as the erasure list asks: {again}.")
        if not await rewrite_log(redis) and again:
            print("The store was not told to write its file anew: its files on disk may hold old values for a while.")
        return 0

    return alone_at_store(work, settings)


async def _ensure_nobody_works(desk: Desk) -> None:
    """On a store that is not embedded; a bot that works on would write into the half of it."""
    since = (system_clock() - ALIVE).timestamp()
    heard = [await desk.core.redis.zcount(f"{name}:workers", since, "+inf") for name in (DOCKET, f"{{{DOCKET}}}")]
    if any(heard):  # on a Cluster the engine's keys carry a hash tag
        raise OperatorError(
            f"A bot or worker uses this store, or did {ALIVE.seconds} seconds ago: stop all of them first.", 1
        )


async def _keep_erasures(desk: Desk) -> None:
    """The list of the store that is about to go."""
    try:
        await erasures.keep(desk)
    except FieldKeysError:
        print("The erasure list of the store that is replaced does not open; only that of the file is applied.")


async def _erase_again(desk: Desk, header: backups.Header) -> int:
    await erasures.take_in(desk)
    services, again = desk.services(), 0
    for team_id in await services.workspaces.store.all_ids():
        again += await services.privacy.reapply(team_id, by=OPERATOR)
        await services.workspaces.record(team_id, OPERATOR, "store.restore", header.made_at)
    await erasures.keep(desk)
    return again


def _progress(line: Line, what: str) -> Callable[[int, int], None]:
    return lambda done, total: line.show(f"{min(100, 100 * done // max(total, 1))} %: {done} of {total} keys {what}")
