"""Looks at everything an installation needs and says what to do about what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import cast
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncApp

import handlers
from bot import appmanifest, assembly, calendars, loading, slackdoor, stores
from bot.cli import doctor_slack, doctor_store, manifest
from bot.cli.desk import prepare
from bot.cli.findings import Finding, Mark, fault, fine, note
from bot.cli.manifest import Listeners
from bot.clock import system_clock
from bot.errors import BotError, PlaybookFileError
from bot.settings import Settings, SettingsError, read


def run() -> int:
    """Every check is made even where an earlier one found a fault."""
    marks = set()
    for finding in _findings():
        print(finding, flush=True)
        marks.add(finding.mark)
    return 1 if Mark.FAULT in marks else 0


def registered() -> Listeners:
    """What the code listens to."""
    listeners = Listeners()
    handlers.register_all(cast("AsyncApp", listeners))
    return listeners


def _findings() -> Iterator[Finding]:
    try:
        settings = read()
    except SettingsError as error:
        for each in error.faults:
            yield fault(each, ".env.example explains every setting")
        return
    prepare(settings)
    yield fine(f"settings: {_mode(settings)}")
    yield from _manifest()
    yield _playbook()
    yield _calendar(settings)
    yield _keys(settings)
    yield from _live(settings)


def _mode(settings: Settings) -> str:
    if settings.is_local:
        return f"local workspace at {slackdoor.base_url(settings)}, data in {settings.home}"
    how = "Socket Mode" if settings.uses_socket_mode else f"HTTP on {settings.bind_host}:{settings.port}"
    return f"{'workspaces that install the app' if settings.uses_oauth else 'real workspace'} over {how}"


def _manifest() -> Iterator[Finding]:
    faults = manifest.faults(appmanifest.load(), registered())
    for each in faults:
        yield fault(f"manifest.yml: {each}", "mend manifest.yml and update the app's manifest in Slack")
    if not faults:
        yield fine("manifest.yml fits the code")


def _playbook() -> Finding:
    try:
        playbook = loading.playbook()
    except PlaybookFileError as error:
        return fault(f"playbooks: {assembly.explained(error)}", "run: python -m bot playbooks check")
    return fine(f"playbooks: {len(playbook.entries)} objections")


def _calendar(settings: Settings) -> Finding:
    file = settings.calendar_file or settings.data_dir / "calendar.yml"
    try:
        calendar = loading.calendar(settings)
    except calendars.CalendarFileError as error:
        return fault(
            f"calendar: {assembly.explained(error)}", "it takes `working:` and `holiday:`, each a list of days"
        )
    today = system_clock().astimezone(ZoneInfo(settings.default_tz)).date()
    until = calendar.ends_soon(today)
    if until is None:
        return fine(f"calendar: make-up working days (调休) are known until {calendar.known_until()}")
    return note(
        f"calendar: make-up working days (调休) are known until {until}, then public holidays only",
        f"once next year's are announced, upgrade chinesecalendar or list them in {file}",
    )


def _keys(settings: Settings) -> Finding:
    """Those of FIELD_KEYS, or the file's; where neither is, the store tells whether one is missing."""
    file = settings.home / "field-keys"
    try:
        if not settings.field_keys and not file.exists():
            return fine(f"keys: one is made in {file} with the store")
        loading.sealer(settings, is_fresh=False)
    except OSError as error:
        return fault(f"keys: {file} can't be read ({error.strerror})", f"see that {settings.data_dir} can be used")
    except BotError as error:
        return fault(assembly.explained(error), "notes that were sealed with a key can be read with that key only")
    if settings.field_keys:
        return fine(f"keys: {len(settings.field_keys)} in FIELD_KEYS; the first one seals")
    if file.stat().st_mode & 0o077:
        return fault(f"keys: others can read {file}", f"chmod 600 {file}")
    return fine(f"keys: in {file}; back it up with the data, without it notes can't be read")


def _live(settings: Settings) -> Iterator[Finding]:
    """What has to be asked of the store and of Slack."""
    try:
        with stores.store(settings) as store_url:
            yield from asyncio.run(_collected(doctor_store.findings(settings, store_url)))
    except BotError as error:
        yield fault(f"store: {assembly.explained(error)}", "without it nothing can be kept")
    try:
        yield from asyncio.run(_collected(doctor_slack.findings(settings)))
    except (BotError, OSError) as error:
        reason = assembly.explained(error) if isinstance(error, BotError) else error.strerror
        yield fault(f"Slack: could not be asked ({reason})", f"see that {settings.data_dir} can be used")


async def _collected(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]
