"""Is the store there, does it keep what it acknowledges, and can this release read what is in it?"""

from collections.abc import AsyncIterator
from contextlib import aclosing

from bot import loading, stores
from bot.cli.findings import Finding, fault, fine, note
from bot.domain.workspace import SCHEMA_ACCEPTED, SCHEMA_VERSION
from bot.settings import Settings
from bot.storage import keys
from bot.storage.customers import CustomerStore
from bot.storage.durability import Durability, durability
from bot.storage.installations import InstallationStore
from bot.storage.members import MemberStore
from bot.storage.records import Records
from bot.storage.sealing import FieldKeysError, Sealer
from bot.storage.visits import VisitStore
from bot.storage.webhooks import WebhookStore
from bot.storage.workspaces import WorkspaceStore

ENOUGH = 50
"""Customers looked at for a note that shows whether the keys fit."""
DEAD_SHOWN = 5


async def findings(settings: Settings, store_url: str) -> AsyncIterator[Finding]:
    """Raises what `stores.connected` and `load_sealer` raise."""
    redis = await stores.connected(settings, store_url)
    async with aclosing(redis):
        yield fine(f"store: {'embedded' if settings.redis_url is None else 'REDIS_URL'} answers")
        for finding in dict.fromkeys([_durable(each) for each in await durability(redis)]):
            yield finding
        records = Records(redis)
        try:
            sealer = loading.sealer(settings, is_fresh=not await redis.exists(keys.WORKSPACES))
        except FieldKeysError:  # told already
            return
        workspaces, installations = WorkspaceStore(records, sealer), InstallationStore(records, sealer)
        team_ids = await workspaces.all_ids()
        if not team_ids:
            yield note("store: holds no workspace yet", "start the bot once: make run")
        for team_id in team_ids:
            yield _schema(team_id, await workspaces.schema(team_id))
            if (removal := (await installations.removals([team_id])).get(team_id)) is not None:
                yield note(
                    f"{team_id}: does not have the app since {removal.at:%Y-%m-%d %H:%M} UTC ({removal.reason})",
                    "when its data is erased: python -m bot workspaces",
                )
            elif (parked := await workspaces.parked(team_id)) is not None:
                yield fault(
                    f"{team_id}: nothing is sent since {parked.at:%Y-%m-%d %H:%M} UTC, Slack refused the token "
                    f"({parked.error})",
                    "put a good token into SLACK_BOT_TOKEN and start the bot again, or install the app again",
                )
            try:
                yield await _readable(records, sealer, team_id)
                for finding in await _webhooks(WebhookStore(records, sealer), team_id):
                    yield finding
            except FieldKeysError:
                yield fault(
                    f"{team_id}: stored notes don't open", "add the key that sealed them to FIELD_KEYS, at its end"
                )


def _durable(found: Durability) -> Finding:
    where = "CONFIG SET at once, and the same in the server's configuration file"
    if found.is_safe:
        return fine("store: no acknowledged write is lost in a crash (append-only, always synced, nothing evicted)")
    if not found.is_known:
        return note(
            "store: does not tell how it keeps data, as some managed ones don't",
            "see to it that it keeps an append-only file, syncs always and has maxmemory-policy noeviction",
        )
    if found.appendonly != "yes":
        return fault(
            "store: appendonly is off; a crash loses everything since its last snapshot", f"turn it on: {where}"
        )
    if str(found.maxmemory_policy).startswith("allkeys"):
        return fault(
            f"store: maxmemory-policy is {found.maxmemory_policy}; with its memory full it drops customers and notes",
            f"set noeviction: {where}",
        )
    if found.appendfsync != "always":
        lost = "a second or two" if found.appendfsync == "everysec" else "half a minute"
        return note(
            f"store: appendfsync is {found.appendfsync}; a power cut can lose up to {lost} of acknowledged writes",
            f"set always where that matters: {where}",
        )
    return note(
        f"store: maxmemory-policy is {found.maxmemory_policy}; with its memory full, deliveries may be handled twice",
        f"set noeviction: {where}",
    )


def _schema(team_id: str, found: int) -> Finding:
    if found > SCHEMA_ACCEPTED:
        return fault(f"{team_id}: its data (version {found}) was written by a newer release", "upgrade factormate")
    if found > SCHEMA_VERSION:
        return note(f"{team_id}: bots of the next release are at work on it (data version {found})", "upgrade this one")
    return fine(f"{team_id}: data version {found}, this release writes {SCHEMA_VERSION}")


async def _readable(records: Records, sealer: Sealer, team_id: str) -> Finding:
    """Opens the first note it finds. Raises FieldKeysError when no key fits."""
    owners = [member.user_id for member in await MemberStore(records).all(team_id)]
    visits = VisitStore(records, sealer)
    for customer in (await CustomerStore(records, sealer).owned_by(team_id, owners))[:ENOUGH]:
        if await visits.latest(team_id, customer.id, 1):
            return fine(f"{team_id}: stored notes open with the keys")
    return fine(f"{team_id}: no notes yet to try the keys on")


async def _webhooks(store: WebhookStore, team_id: str) -> list[Finding]:
    """Says nothing where nobody listens."""
    endpoints = {each.id: each for each in await store.endpoints(team_id)}
    found = [
        note(f"{team_id}: {each.host} wants no more webhooks (410 Gone)", "python -m bot webhooks remove, or retry")
        for each in endpoints.values()
        if each.is_paused
    ]
    dead = [each for each in await store.dead(team_id) if each.endpoint_id in endpoints]
    for each in dead[:DEAD_SHOWN]:
        host = endpoints[each.endpoint_id].host
        found.append(
            note(
                f"{team_id}: {each.type} {each.subject_id} did not get to {host} ({each.error})",
                "mend the receiver, then: python -m bot webhooks retry",
            )
        )
    if len(dead) > DEAD_SHOWN:
        found.append(note(f"{team_id}: and {len(dead) - DEAD_SHOWN} more", "python -m bot webhooks list"))
    if endpoints and not found:
        found.append(fine(f"{team_id}: webhooks to {', '.join(sorted(each.host for each in endpoints.values()))}"))
    return found
