"""One running bot for all tests here, over real HTTP; every test gets people, customers and channels of its own."""

from collections.abc import AsyncIterator
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
import pytest_asyncio

from bot import slack
from bot.domain.user import Role
from bot.sandbox import ActingPerson, Workspace
from bot.storage import pace
from tests.fakes import FixedClock
from tests.handlers.cast import Cast, cast_of, workspace_for
from tests.world import TEAM, World, emptied, opened_world

HERE = Path(__file__).parent
NOW = "2026-11-24T10:00:00+08:00"
"""A Tuesday, an hour after the day's nudges; the known public holidays end five weeks later."""

_loop = pytest.mark.asyncio(loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A bot lives in one event loop, so all tests that talk to it share that loop."""
    for item in items:
        if HERE in item.path.parents and isinstance(item, pytest.Function) and iscoroutinefunction(item.obj):
            item.add_marker(_loop, append=False)


@pytest.fixture(scope="package")
def people_for_all(request: pytest.FixtureRequest) -> Workspace:
    return workspace_for(sum(HERE in item.path.parents for item in request.session.items))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def running_world(store_url: str, models_dir: Path, people_for_all: Workspace) -> AsyncIterator[World]:
    async with opened_world(await emptied(store_url), models_dir, FixedClock(NOW), workspace=people_for_all) as world:
        yield world


@pytest.fixture
def world(running_world: World) -> World:
    """The bot as every test finds it: Tuesday morning, Slack in good health."""
    running_world.clock.set(NOW)
    running_world.slack.faults.clear()
    running_world.slack.state.unknown_blocks.clear()
    running_world.slack.calls.clear()
    running_world.slack.deliveries.clear()
    return running_world


@pytest_asyncio.fixture(loop_scope="session")
async def cast(world: World) -> AsyncIterator[Cast]:
    """Three account managers of one team, their lead, and somebody who is none of these: nobody else has met them."""
    found = cast_of(world)
    await found.staff()
    yield found
    await found.go()


@pytest_asyncio.fixture(loop_scope="session")
async def risk(world: World, cast: Cast) -> AsyncIterator[None]:
    """Reed is of risk; nobody else is."""
    store = world.services.members.store
    for each in await store.all(TEAM):
        if Role.RISK in each.roles:
            await store.change(TEAM, each.user_id, lambda found: found.given(frozenset(), None))
    await world.services.staff.set_roles(TEAM, cast.id("reed"), frozenset({Role.RISK}), None, by="test")
    yield
    await store.change(TEAM, cast.id("reed"), lambda found: found.given(frozenset(), None))


@pytest.fixture
def lin(cast: Cast) -> ActingPerson:
    """An account manager whose Slack is Chinese."""
    return cast.person("lin")


@pytest.fixture
def chen(cast: Cast) -> ActingPerson:
    """Another account manager of Lin's team."""
    return cast.person("chen")


@pytest.fixture
def grace(cast: Cast) -> ActingPerson:
    """An account manager whose Slack is English."""
    return cast.person("grace")


@pytest.fixture
def zhou(cast: Cast) -> ActingPerson:
    """The lead of their team."""
    return cast.person("zhou")


@pytest.fixture
def reed(cast: Cast) -> ActingPerson:
    """A colleague with no role; English."""
    return cast.person("reed")


@pytest.fixture
def east(cast: Cast) -> str:
    """A channel of all five and the app."""
    return cast.east


@pytest.fixture
def lunch(cast: Cast) -> str:
    """A channel of all five without the app."""
    return cast.lunch


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack takes so many calls a minute and one message a second in a channel; this Slack takes them all."""
    monkeypatch.setattr(slack, "PACE_SECONDS", 0.0)
    monkeypatch.setattr(pace, "CHANNEL", (0.0, 1))
    monkeypatch.setattr(pace, "METHODS", dict.fromkeys(pace.METHODS, (0.0, 1)))
