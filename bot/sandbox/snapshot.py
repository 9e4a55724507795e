"""The local workspace on disk: messages and home tabs outlive a restart; handles and open modals do not."""

import asyncio
import json
import logging
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bot.sandbox.shapes import Json
from bot.sandbox.state import State

logger = logging.getLogger(__name__)
PAUSE_SECONDS: Final = 0.5
VERSION: Final = 1


class Snapshot:
    def __init__(self, path: Path, state: State) -> None:
        self._path, self._state = path, state
        self._saved = ""

    def load(self) -> None:
        """Nothing there, or of another version: an empty workspace."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return
        if data.get("version") != VERSION:
            return
        self._state.messages.restore(data["messages"])
        for user_id, definition in data["homes"].items():
            self._state.views.publish(user_id, definition)
        for channel_id in data["joined"]:
            if self._state.find_place(channel_id):
                self._state.join(channel_id, self._state.workspace.bot_user_id)
        self._state.read_until = {(user, channel): ts for user, channel, ts in data["read_until"]}
        self._state.deactivated = set(data.get("deactivated", ()))

    async def keep(self) -> None:
        """Saves a moment after each change, until cancelled."""
        changed = self._state.changes.upcoming
        while True:
            await changed.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            changed = self._state.changes.upcoming
            try:
                await asyncio.to_thread(self._write, self._content())
            except OSError as error:
                logger.warning("the local workspace could not be saved: %s", error)

    def save(self) -> None:
        self._write(self._content())

    def _content(self) -> str:
        """Ephemeral messages are not kept: Slack forgets them too."""
        bot = self._state.workspace.bot_user_id
        channels = [channel.id for channel in self._state.workspace.channels]
        data: Json = {
            "version": VERSION,
            "messages": [asdict(each) for each in self._state.messages.everything() if not each.is_ephemeral],
            "homes": self._state.views.homes(),
            "joined": [each for each in channels if bot in self._state.get_place(each).members],
            "read_until": [[user, channel, ts] for (user, channel), ts in self._state.read_until.items()],
            "deactivated": sorted(self._state.deactivated),
        }
        return json.dumps(data, ensure_ascii=False)

    def _write(self, content: str) -> None:
        """Whole or not at all: written beside, then put in place."""
        if content == self._saved:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        beside.touch(mode=0o600)  # people's notes are in it
        beside.write_text(content, encoding="utf-8")
        beside.replace(self._path)
        self._saved = content
