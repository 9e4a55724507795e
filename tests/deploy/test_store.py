"""The store of compose.yaml, started with the command that stands there."""

import os
import subprocess
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from bot.storage import server
from bot.storage.connection import connect
from bot.storage.durability import durability
from tests.deploy.files import compose
from tests.servers import free_ports, wait_until

pytestmark = pytest.mark.soak


async def test_it_asks_for_the_password_and_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    (tmp_path / "store_password").write_text("hush\n")
    (tmp_path / "valkey-server").symlink_to(server.find_server())
    shell, option, script = compose()["services"]["valkey"]["command"]
    here = script.replace("$$", "$").replace("/run/secrets", str(tmp_path)).replace("/data", str(tmp_path))
    here = here.replace("/tmp/valkey.conf", f"{tmp_path}/conf").rstrip()  # noqa: S108 - as it stands there
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    child = subprocess.Popen([shell, option, f"{here} --port {port} --bind 127.0.0.1"], env=environment)  # noqa: ASYNC220
    try:
        wait_until(lambda: _asks_for_a_password(port))
        client = await connect(f"redis://:hush@127.0.0.1:{port}/0")
        assert [each.is_safe for each in await durability(client)] == [True]
        await client.aclose()
        assert (tmp_path / "conf").stat().st_mode & 0o077 == 0
    finally:
        child.kill()
        child.wait()


def _asks_for_a_password(port: int) -> bool:
    with Redis(port=port) as client:
        try:
            client.ping()
        except AuthenticationError:
            return True
        except RedisError:
            return False
    return False
