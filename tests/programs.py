"""`python app.py` as a process of its own, and people who fill in its form faster than anybody could."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

import app
from bot import assembly, local
from bot.clock import system_clock
from bot.sandbox.signing import signed_headers
from bot.settings import Settings
from bot.storage.embedded import EmbeddedStore
from tests.servers import free_ports
from tests.world import BOT_TOKEN, LIN, SECRET, TEAM

ROOT: Final = Path(app.__file__).parent
STARTING_SECONDS: Final = 60
REAL: Final = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SECRET}
"""What it takes to serve a real workspace over HTTP."""


@dataclass(slots=True)
class Program:
    """A running bot, the leader of its process group, as a shell starts it."""

    process: asyncio.subprocess.Process
    data_dir: Path
    port: int
    greeting: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def home(self) -> Path:
        """Where the local workspace keeps its own."""
        return self.data_dir / "local"

    async def health(self) -> str:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/healthz") as answer:
            return await answer.text()

    def interrupt(self) -> None:
        """Ctrl-C: the whole group gets it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        self.process.kill()

    async def end(self) -> tuple[int, str]:
        """The exit code and what it said besides the greeting."""
        out, err = await asyncio.wait_for(self.process.communicate(), 30)
        return self.process.returncode or 0, (out or b"").decode() + (err or b"").decode()


def environment(data_dir: Path, port: int, settings: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the machine's but where its programs are."""
    at_ease = {"USER_LIMIT": "1000000", "WORKSPACE_LIMIT": "1000000"}  # tests are quicker than people
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), "PORT": str(port), **at_ease, **settings}


def with_models(data_dir: Path, models_dir: Path) -> Path:
    """A data folder whose matcher has been trained already."""
    data_dir.mkdir(parents=True, exist_ok=True)
    (models_dir / "models").mkdir(exist_ok=True)
    if not (data_dir / "models").exists():
        (data_dir / "models").symlink_to(models_dir / "models")
    return data_dir


async def launched(
    data_dir: Path, settings: Mapping[str, str], port: int | None = None, command: tuple[str, ...] = ("app.py",)
) -> Program:
    """Just started; nothing was waited for. `command` is what Python is given, seen from the project's folder."""
    port = port or free_ports(1)[0]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(str(ROOT / each) if each.endswith(".py") else each for each in command),
        cwd=data_dir.parent,  # where no .env is
        env={"PYTHONPATH": str(ROOT), **environment(data_dir, port, settings)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    return Program(process, data_dir, port)


@asynccontextmanager
async def running(data_dir: Path, port: int | None = None) -> AsyncIterator[Program]:
    """The local workspace, which has said that it is ready; whatever is left of it at the end is killed."""
    program = await launched(data_dir, {"LOG_LEVEL": "WARNING"}, port)
    assert program.process.stdout is not None
    try:
        line = await asyncio.wait_for(program.process.stdout.readline(), STARTING_SECONDS)
        program.greeting = line.decode()
        assert program.greeting, (await program.end())[1]
        yield program
    finally:
        if program.process.returncode is None:
            program.kill()
            await program.end()


@dataclass(slots=True)
class Writers:
    """Save notes over signed HTTP, several at a time, and remember those that were acknowledged."""

    program: Program
    customer_ids: list[str]
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def write(self) -> None:
        """Until the bot is gone."""
        numbers = count()
        async with aiohttp.ClientSession() as session:
            await asyncio.gather(*(self._keep_writing(session, each, numbers) for each in self.customer_ids))

    async def _keep_writing(self, session: aiohttp.ClientSession, customer_id: str, numbers: "count[int]") -> None:
        secret = local.credentials(self.program.home).signing_secret
        while self.program.process.returncode is None:
            note = f"第 {next(numbers)} 条记录"
            body = submission(f"V{note}", customer_id, note)
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                **signed_headers(secret, body, time.time()),
            }
            try:
                async with session.post(f"{self.program.url}/slack/events", data=body, headers=headers) as answer:
                    said = await answer.text()
                    if answer.status == 200:  # when it stops, it says 503
                        (self.refused if said else self.acknowledged).append(note)
            except aiohttp.ClientError:
                await asyncio.sleep(0.01)  # it is going, or coming back

    async def have_saved(self, notes: int) -> None:
        """Waits until so many were acknowledged in all."""
        async with asyncio.timeout(30):
            while len(self.acknowledged) < notes:  # noqa: ASYNC110 - writers do not ring a bell
                await asyncio.sleep(0.01)


def submission(view_id: str, customer_id: str, note: str) -> bytes:
    """The visit form as Slack sends it when Save is pressed."""
    return urlencode({"payload": json.dumps(submitted(view_id, customer_id, note))}).encode()


def submitted(view_id: str, customer_id: str, note: str) -> dict[str, Any]:
    """What is in it."""
    leaves: dict[str, Any] = {
        "visit_customer": {"type": "external_select", "selected_option": {"value": customer_id}},
        "on": {"type": "datepicker", "selected_date": time.strftime("%Y-%m-%d", time.gmtime())},
        "channel": {"type": "static_select", "selected_option": {"value": "phone"}},
        "note": {"type": "plain_text_input", "value": note},
        "objections": {"type": "multi_external_select", "selected_options": []},
        "next_step": {"type": "plain_text_input", "value": None},
        "next_step_on": {"type": "datepicker", "selected_date": None},
    }
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "local"},
        "user": {"id": LIN, "team_id": TEAM},
        "api_app_id": "A0LOCAL",
        "trigger_id": "1.2.3",
        "view": {
            "id": view_id,
            "type": "modal",
            "callback_id": "visit_modal",
            "private_metadata": "{}",
            "hash": "1.2",
            "blocks": [{"type": "input", "block_id": name, "element": {"action_id": name}} for name in leaves],
            "state": {"values": {name: {name: leaf} for name, leaf in leaves.items()}},
        },
    }


async def stored_notes(data_dir: Path, customer_ids: list[str]) -> list[str]:
    """What a bot would find in this folder: the texts of all notes, opened with the folder's own key."""
    settings = Settings(_env_file=None, data_dir=data_dir)
    store = EmbeddedStore.start(settings.home)
    try:
        async with assembly.core(settings, store.url, answers=False) as core:
            visits = core.services(system_clock, _nobody).visits.store
            found = [await visits.latest(TEAM, customer_id, 100_000) for customer_id in customer_ids]
            return [visit.note for each in found for visit in each]
    finally:
        store.stop()


async def _nobody(team_id: str, user_id: str) -> None:
    return None
