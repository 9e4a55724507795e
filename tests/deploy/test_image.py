"""The image, built and started without Docker: its steps run in an empty directory, its command beside a store."""

import asyncio
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.storage.sealing import new_key
from tests.deploy.files import ROOT, instructions
from tests.jobs.office import slack_at
from tests.programs import with_models
from tests.servers import free_ports
from tests.world import APP_TOKEN, BOT_TOKEN

pytestmark = [pytest.mark.soak, pytest.mark.timeout(420)]
PATIENCE = 180


@dataclass(frozen=True, slots=True)
class Image:
    folder: Path
    environment: Mapping[str, str]
    healthcheck: list[str]
    command: list[str]

    @property
    def app(self) -> Path:
        return self.folder / "app"

    def files(self) -> set[str]:
        """What would lie on its read-only root file system."""
        return {str(path) for part in ("app", "opt") for path in (self.folder / part).rglob("*")}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Both stages, in a folder that stands for `/`."""
    folder = tmp_path_factory.mktemp("image")
    for name in ("app", "opt", "tmp", "data", "bin"):
        (folder / name).mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    environment = {"PATH": f"{folder}/bin:/usr/bin:/bin"}
    healthcheck, entry, command = [], [], []
    for kind, rest in instructions():
        match kind:
            case "ENV":
                for name, value in re.findall(r"([A-Z_]+)=(\S+)", rest):
                    placed = re.sub(r"(?<![\w/])/(opt|app|data|tmp)\b", rf"{folder}/\1", value)
                    environment[name] = placed.replace("$PATH", environment["PATH"])
            case "COPY" if not rest.startswith("--from"):
                for source in rest.split()[:-1]:
                    copied(ROOT / source, folder / "app" / source)
            case "RUN":
                ran = subprocess.run(
                    ["/bin/sh", "-ec", rest],
                    cwd=folder / "app",
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert ran.returncode == 0, ran.stdout + ran.stderr
            case "HEALTHCHECK":
                healthcheck = json.loads(rest.partition("CMD ")[2])
            case "ENTRYPOINT":
                entry = json.loads(rest)
            case "CMD":
                command = json.loads(rest)
    return Image(folder, environment, healthcheck, [*entry, *command])


def copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


async def test_it_starts_says_that_it_is_well_and_writes_nothing_beside_its_folders(
    image: Image, redis: Redis, store_url: str, models_dir: Path, tmp_path: Path
) -> None:
    """Secrets come as files. After SIGTERM it is not well any more."""
    for name, value in {
        "slack_bot_token": BOT_TOKEN,
        "slack_app_token": APP_TOKEN,
        "slack_signing_secret": "",
        "redis_url": store_url,
        "field_keys": new_key(),
    }.items():
        (tmp_path / name).write_text(value)
    with_models(image.folder / "data", models_dir)
    before = image.files()
    async with slack_at() as slack:
        port, operators = free_ports(2)
        environment = {
            **image.environment,
            "SECRETS_DIR": str(tmp_path),
            "SLACK_API_URL": f"{slack.base_url}/api/",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "METRICS_PORT": str(operators),
        }

        async def is_well() -> bool:
            asked = await asyncio.create_subprocess_exec(
                *image.healthcheck, env=environment, stderr=asyncio.subprocess.DEVNULL
            )
            return await asked.wait() == 0

        assert not await is_well()
        process = await asyncio.create_subprocess_exec(
            *image.command,
            cwd=image.app,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            ready = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
            assert b"ready" in ready, await process.communicate()
            assert await is_well()
        finally:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0
        assert not await is_well()
    assert image.files() == before
