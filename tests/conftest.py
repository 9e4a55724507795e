"""The stores of a test run: a private embedded one (or TEST_REDIS_URL), and a loopback Cluster where asked for."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from bot import loading, matching
from bot.errors import BotError
from bot.storage import playbooks
from bot.storage.connection import connect
from bot.storage.embedded import EmbeddedStore
from tests import servers
from tests.fakes import FixedClock
from tests.logged import configured

SLOWEST = ("test_app.py", "test_refused_starts.py", "test_embedded.py", "test_connection.py")
"""Files that take 10 seconds and more, which would keep one core busy at the end while the other has nothing to do.

None of tests/handlers: its bot would be started once more for it.
"""


@contextmanager
def must_start_in_ci() -> Iterator[None]:
    """What cannot start on a laptop is skipped and said so; with CI=true it fails the run."""
    try:
        yield
    except (OSError, BotError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"cannot start here: {error}")


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The run's own store. TEST_REDIS_URL names another one; its database is emptied before each test.

    Of several processes that run tests, each takes the next database.
    """
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        parts = urlsplit(given)
        yield parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}").geturl() if number else given
        return
    with must_start_in_ci():
        store = EmbeddedStore.start(tmp_path_factory.mktemp("data"))
    yield store.url
    store.stop()


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Three primaries on loopback ports."""
    with ExitStack() as stack:
        with must_start_in_ci():
            nodes = stack.enter_context(servers.cluster(tmp_path_factory.mktemp("cluster")))
        yield f"redis+cluster://127.0.0.1:{nodes[0].port}"


@pytest.fixture(params=["embedded", "cluster"])
def any_store_url(request: pytest.FixtureRequest) -> str:
    """The test runs once on a single server and once on a Cluster."""
    names = {"embedded": "store_url", "cluster": "cluster_url"}
    url: str = request.getfixturevalue(names[request.param])
    return url


@pytest.fixture
async def redis(store_url: str) -> AsyncIterator[Redis]:
    """A client of the run's store, which is empty."""
    async for client in _emptied(store_url):
        yield client


@pytest.fixture
async def any_redis(any_store_url: str) -> AsyncIterator[Redis]:
    """A client of an empty store, on a single server and on a Cluster."""
    async for client in _emptied(any_store_url):
        yield client


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder for a store of the test's own, started and stopped by the test."""
    return tmp_path / "data"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Trains the matcher before any test's time runs, and once for all processes; the next run finds it."""
    cache: pytest.Cache | None = getattr(session.config, "cache", None)
    if cache is not None and not hasattr(session.config, "workerinput"):
        folder = loading.ROOT / "playbooks"
        models = Path(cache.mkdir("models")) / "models"
        marked = playbooks.marked_notes(folder)
        matching.load(playbooks.load(folder), playbooks.out_of_scope(folder), models, marked)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files start first; the rest stays in its order."""
    items.sort(key=lambda item: SLOWEST.index(item.path.name) if item.path.name in SLOWEST else len(SLOWEST))


@pytest.fixture(scope="session")
def models_dir(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that outlives the run, for the trained matcher: training it takes seconds."""
    cache: pytest.Cache | None = getattr(request.config, "cache", None)
    return Path(cache.mkdir("models")) if cache else tmp_path_factory.mktemp("models")


@pytest.fixture
def production_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What an operator finds in the log at its most talkative setting."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    configured("DEBUG")
    root.handlers = handlers
    caplog.handler.setLevel(logging.DEBUG)
    yield caplog
    root.setLevel(level)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


async def _emptied(url: str) -> AsyncIterator[Redis]:
    client = await connect(url)
    await client.flushdb()
    yield client
    await client.aclose()
