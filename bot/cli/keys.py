"""Putting a new key in the place of an old one."""

from bot.cli import erasures
from bot.cli.desk import OPERATOR, Desk, at_store
from bot.cli.progress import Line
from bot.settings import Settings
from bot.storage.durability import rewrite_log
from bot.storage.records import Records
from bot.storage.rotation import Found, Progress, Rotation

SHOWN = 10
"""Records that don't open, by name; of more only the number."""


def rotate(settings: Settings) -> int:
    """Of the whole store, whatever workspaces it holds."""
    line = Line()

    def tell(progress: Progress) -> None:
        share = min(100, 100 * progress.looked // max(progress.total, 1))
        line.show(f"{share} % of {progress.total} keys looked at, {progress.sealed_anew} records sealed anew")

    async def work(desk: Desk) -> int:
        found = await Rotation(Records(desk.core.redis), desk.core.sealer).run(tell)
        line.end()
        newest = desk.core.sealer.fingerprints[0]
        workspaces = desk.services().workspaces
        for team_id in await workspaces.store.all_ids():
            await workspaces.record(team_id, OPERATOR, "keys.rotate", newest, str(found.anew.total()))
        await erasures.keep(desk)
        is_gone = await rewrite_log(desk.core.redis)
        return _told(found, desk.core.sealer.fingerprints, is_gone=is_gone)

    try:
        return at_store(work, settings)
    except KeyboardInterrupt:
        line.end()
        print("Stopped. What was sealed anew stays so; run the same command again to go on.")
        return 130


def _told(found: Found, fingerprints: tuple[str, ...], *, is_gone: bool) -> int:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.anew.items()))
    print(f"Sealed anew: {kinds or 'nothing, it was done already'}.")
    newest, *older = fingerprints
    for key in found.unreadable[:SHOWN]:
        print(f"No key opens {key}.")
    if found.unreadable:
        print(f"{len(found.unreadable)} records don't open: add the key that sealed them to FIELD_KEYS, at its end.")
        return 1
    if not found.is_settled:
        print(
            "Something still writes with an older key: restart every bot with the new FIELD_KEYS, and run this again."
        )
        return 1
    if not is_gone:
        print("The store was not told to write its file anew: its files on disk may hold old values for a while.")
    print(f"All {found.opened} sealed values were opened; they need only the first key ({newest}).")
    if older:
        places = ", ".join(f"the {_ordinal(place)} ({each})" for place, each in enumerate(older, start=2))
        print(f"You can remove from FIELD_KEYS now: {places}. Backups made before still need it.")
    return 0


def _ordinal(place: int) -> str:
    return {2: "2nd", 3: "3rd"}.get(place, f"{place}th")
