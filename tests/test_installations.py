"""Many workspaces install the app by OAuth: over real HTTP, against a Slack that plays its side of it.

One long file on purpose: two bots are started for all of it, which takes seconds.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from redis.asyncio import Redis

from bot import text as texts
from bot.cli.doctor_slack import findings
from bot.cli.workspaces import state
from bot.domain.customer import NewCustomer, Tier
from bot.domain.installation import Installation, Reason
from bot.domain.user import Role
from bot.sandbox import Emulator, Message
from bot.storage import keys
from bot.storage.kinds import kind_of
from bot.views import firstruns as firstrun_views
from bot.views import install as install_views
from bot.views import settings as settings_views
from bot.views import staff as staff_views
from handlers import oauth
from tests.fakes import FixedClock
from tests.grid import EAST, ORG, WEST, Grid, opened_grid
from tests.handlers.reading import entered, press, prose, shown
from tests.world import GRACE, LIN, ZHOU, emptied

QUESTION = "客户嫌费率高"
TICK = ":white_check_mark:"
NOW = "2026-11-24T10:00:00+08:00"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_grid(store_url: str, models_dir: Path) -> AsyncIterator[Grid]:
    """Three bots on one store, for all tests here."""
    async with opened_grid(await emptied(store_url), models_dir, FixedClock(NOW), bots=3) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def grid(running_grid: Grid) -> Grid:
    running_grid.clock.set(NOW)
    await running_grid.clean()
    return running_grid


@pytest_asyncio.fixture(loop_scope="module")
async def redis(grid: Grid) -> Redis:
    return grid.bots[0].services.workspaces.store.redis


async def asked(grid: Grid, slack_of: str) -> str:
    """What the bot answers somebody of this workspace."""
    slack = grid.desk.workspaces[slack_of]
    await slack.person(LIN).command("/objection", QUESTION)
    return str(slack.deliveries[-1].answer)


async def test_two_workspaces_install_and_are_served_apart(grid: Grid, redis: Redis) -> None:
    """Each with a token of its own, which lies sealed in the store; a request costs no auth.test and no look at it."""
    assert (await grid.install(EAST)).status == 200
    assert (await grid.install(WEST)).status == 200
    for team_id in (EAST, WEST):
        assert "这样说" in await asked(grid, team_id)
        slack = grid.desk.workspaces[team_id]
        before = len(slack.calls)
        assert "这样说" in await asked(grid, team_id)
        assert [each.method for each in slack.calls[before:] if each.method == "auth.test"] == []
        token = next(call.token for call in slack.calls if call.token)
        assert token.startswith("xoxb-")
        row = str(await redis.get(keys.installation(team_id)))
        assert token not in row
    assert await grid.bots[0].services.installations.served() == {EAST, WEST}
    lin = await grid.bots[0].services.members.actor(EAST, LIN)
    await grid.bots[0].services.members.set_roles(EAST, LIN, frozenset({Role.ACCOUNT_MANAGER}), "", by="test")
    lin = await grid.bots[0].services.members.actor(EAST, LIN)
    await grid.bots[0].services.customers.create(lin, NewCustomer("远大纺织", Tier.A))
    await grid.west.person(LIN).command("/customer", "远大纺织")
    assert "没有" in str(grid.west.deliveries[-1].answer) or "还没有被设为" in str(grid.west.deliveries[-1].answer)


async def test_where_it_is_not_installed(grid: Grid) -> None:
    """The person is told so in words, in both languages, and nothing else happens."""
    await grid.west.person(LIN).command("/objection", QUESTION)
    told = [message.text for message in grid.west.person(LIN).messages("D01LIN")] or [
        str(grid.west.deliveries[-1].answer)
    ]
    assert "没有安装本应用" in str(told)
    assert "not installed" in str(told)


async def test_the_page_says_what_comes_and_keeps_the_browser(grid: Grid) -> None:
    """A cookie that only this browser has, sent by https only, unreadable by scripts, bound to the state."""
    begun = await grid.begin()
    cookie = str(begun.headers["Set-Cookie"])
    assert begun.cookie.startswith(f"{oauth.COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {each.strip() for each in cookie.split(";")}
    assert "安装" in begun.text
    assert "Install" in begun.text
    assert begun.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in begun.headers["Content-Security-Policy"]
    back = await grid.agreed(begun)
    done = await grid.get(back, begun.cookie)
    assert (done.status, "华东保理" in done.text) == (200, True)
    assert "1970" in str(done.headers["Set-Cookie"])


async def test_a_state_works_once(grid: Grid, production_log: pytest.LogCaptureFixture) -> None:
    """The same address again, as from a browser's history or a log, installs nothing; it says how to begin anew."""
    begun = await grid.begin()
    back = await grid.agreed(begun)
    answers = await asyncio.gather(*(grid.get(back, begun.cookie) for _ in range(5)))
    assert sorted(each.status for each in answers) == [200, 401, 401, 401, 401]
    refused = next(each for each in answers if each.status == 401)
    assert "begin again" in refused.text
    assert refused.link == oauth.INSTALL
    code = back.split("code=")[1].split("&")[0]
    assert code not in production_log.text
    assert begun.cookie.partition("=")[2] not in production_log.text


@pytest.mark.parametrize("forged", ["another browser", "no cookie", "made up", "expired", "state of somebody else"])
async def test_a_forged_state_installs_nothing(grid: Grid, redis: Redis, forged: str) -> None:
    """Whoever sends somebody else a link of his own gets no token of that one's workspace, nor gives his."""
    begun, other = await grid.begin(), await grid.begin()
    back, cookie = await grid.agreed(begun), begun.cookie
    match forged:
        case "another browser":
            cookie = other.cookie
        case "no cookie":
            cookie = ""
        case "made up":
            cookie = f"{oauth.COOKIE}=made-up"
            back = back.replace(begun.cookie.partition("=")[2], "made-up")
        case "expired":
            async for key in redis.scan_iter(match="factormate:oauth-state:*"):
                assert 0 < await redis.ttl(key) <= 600
                await redis.delete(key)
        case "state of somebody else":
            back = back.replace(begun.cookie.partition("=")[2], other.cookie.partition("=")[2])
    answer = await grid.get(back, cookie)
    assert answer.status in (400, 401)
    assert await grid.bots[0].services.installations.served() == frozenset()
    assert "没有装上" in answer.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("error=access_denied&state=", 200),
        ("error=%3Cscript%3Ealert(1)%3C/script%3E&state=", 200),
        ("code=made-up&state=", 401),
        ("state=", 401),
    ],
    ids=["cancelled", "hostile reason", "bad code", "no code"],
)
async def test_what_goes_wrong_is_said_kindly(grid: Grid, change: str, status: int) -> None:
    """In both languages, with where to begin anew; nothing of the address is shown again."""
    begun = await grid.begin()
    state = begun.cookie.partition("=")[2]
    answer = await grid.get(f"{grid.urls[0]}{oauth.REDIRECT}?{change}{state}", begun.cookie)
    assert answer.status == status
    assert "没有装上" in answer.text
    assert "Not installed" in answer.text
    assert "<script" not in answer.text
    assert "made-up" not in answer.text
    assert await grid.bots[0].services.installations.served() == frozenset()


async def test_another_host_and_a_hostile_team(grid: Grid) -> None:
    """The cookie would be set elsewhere than Slack sends people back to; and `team` adds nothing to Slack's address."""
    answer = await grid.get(f"{grid.urls[0]}{oauth.INSTALL}", Host="evil.example.com")
    assert (answer.status, "Set-Cookie" in answer.headers) == (400, False)
    assert answer.link == f"{grid.urls[0]}{oauth.INSTALL}"
    hostile = await grid.get(f"{grid.urls[0]}{oauth.INSTALL}?team=T1%26redirect_uri%3Dhttps://evil.example.com")
    assert "evil" not in hostile.text
    named = await grid.get(f"{grid.urls[0]}{oauth.INSTALL}?team={WEST}")
    assert named.link.endswith(f"&team={WEST}")


async def test_an_uninstall_stops_jobs_everywhere_and_a_reinstall_keeps_data(grid: Grid) -> None:
    """What is on its way when the news comes is not sent by any replica; back again, all is as it was."""
    await grid.install(EAST)
    services = grid.bots[0].services
    await services.members.set_roles(EAST, LIN, frozenset({Role.ACCOUNT_MANAGER}), "East", by="test")
    lin = await services.members.actor(EAST, LIN)
    await services.customers.create(lin, NewCustomer("远大纺织", Tier.A))
    assert "远大纺织" in await told(grid)
    grid.desk.uninstall(EAST)
    await grid.east.settled()
    for bot in grid.bots:
        bot.services.installations.forget(EAST)
        assert await bot.services.installations.served() == frozenset()
    before = len(grid.east.calls)
    await services.nudges.join(EAST, LIN)
    for bot in grid.bots:
        await bot.sweep()
    assert [each.method for each in grid.east.calls[before:]] == []
    (removal,) = (await services.installations.removals()).values()
    assert removal.reason in (Reason.UNINSTALLED, Reason.REVOKED)
    assert await services.workspaces.parked(EAST) is not None
    await grid.install(EAST)
    assert await services.installations.removals() == {}
    assert await services.workspaces.parked(EAST) is None
    assert "远大纺织" in await told(grid)
    actions = [each.action for each in await services.workspaces.audit.newest(EAST)]
    assert actions.count("app.installed") == 2
    assert actions.count("app.removed") == 1


async def told(grid: Grid) -> str:
    await grid.east.person(LIN).command("/customer", "远大纺织")
    return str(grid.east.deliveries[-1].answer)


async def test_late_news_of_an_uninstall_does_not_end_a_new_installation(grid: Grid) -> None:
    """Slack repeats news for hours to an app that was not there; meanwhile the workspace has installed it again."""
    await grid.install(EAST)
    grid.desk.uninstall(EAST, delay_news=True)
    happened_at = datetime.now(UTC) - timedelta(minutes=5)
    await grid.install(EAST)
    grid.east.tell_uninstalled(happened_at.timestamp())
    await grid.east.settled()
    assert "这样说" in await asked(grid, EAST)


async def test_what_is_kept_is_erased_after_the_retention_time(grid: Grid, redis: Redis) -> None:
    """Three years as settled; nothing of the one workspace is left then, nothing of the other is gone."""
    await grid.install(EAST)
    await grid.install(WEST)
    services = grid.bots[0].services
    for team_id in (EAST, WEST):
        await services.members.set_roles(team_id, LIN, frozenset({Role.ADMIN}), "", by="test")
    grid.desk.uninstall(EAST)
    await grid.east.settled()
    assert await services.installations.erase_past() == []
    wall = datetime.now(UTC)
    grid.clock.set((wall + timedelta(days=1095)).isoformat())
    assert await services.installations.erase_past() == []
    grid.clock.set((wall + timedelta(days=1097)).isoformat())
    assert await services.installations.erase_past() == [EAST]
    left = [key async for key in redis.scan_iter(match=keys.everything(EAST)) if kind_of(key) != "receipt"]
    assert left == []
    assert await services.workspaces.store.all_ids() == [WEST]
    assert (await services.members.find(WEST, LIN)).roles == {Role.ADMIN}
    assert await services.installations.erase_past() == []


@pytest.mark.parametrize("is_spent", [False, True], ids=["near its end", "past its end"])
async def test_two_replicas_renew_a_token_once(grid: Grid, is_spent: bool) -> None:
    """The refresh token works once. The old token is used to its end, so nobody waits unless it has ended."""
    grid.desk.rotates = True
    await grid.install(EAST)
    store = grid.bots[0].services.installations.store
    installed = await store.of(EAST)
    assert installed is not None
    ends_at = datetime.now(UTC) + (timedelta(seconds=-1) if is_spent else timedelta(minutes=30))
    await store.renew(installed, installed.renewed(installed.token, installed.refresh_token, ends_at))
    for bot in grid.bots:
        bot.services.installations.forget(EAST)
    profiles = await asyncio.gather(
        *(bot.services.members.fetch_profile(EAST, LIN) for bot in grid.bots for _ in range(5))
    )
    assert all(profiles)
    await asyncio.sleep(0)
    renewed = await _renewed(grid, installed.token)
    assert grid.desk.exchanges == 1
    assert renewed.expires_at is not None
    assert renewed.expires_at > datetime.now(UTC) + timedelta(hours=11)
    assert "这样说" in await asked(grid, EAST)
    assert grid.desk.exchanges == 1


async def _renewed(grid: Grid, before: str) -> Installation:
    store = grid.bots[0].services.installations.store
    async with asyncio.timeout(5):
        while True:
            found = await store.of(EAST)
            assert found is not None
            if found.token != before:
                return found
            await asyncio.sleep(0.02)


async def test_a_whole_organisation_installs_at_once(grid: Grid) -> None:
    """Interactions name no team then. One workspace can be taken out; an uninstall ends it for all of them."""
    assert (await grid.install(ORG)).status == 200
    services = grid.bots[0].services
    assert await services.installations.served() == {EAST, WEST}
    for team_id in (EAST, WEST):
        assert "这样说" in await asked(grid, team_id)
    lin = grid.west.person(LIN)
    await lin.open_home()
    await grid.west.wait_for(lin.home)
    assert grid.west.calls[-1].args["team_id"] == WEST
    grid.west.withdraw()
    await grid.west.settled()
    grid.bots[0].services.installations.forget(WEST)
    assert await services.installations.served() == {EAST}
    assert {each: row.reason for each, row in (await services.installations.removals()).items()} == {
        WEST: Reason.WITHDRAWN
    }
    assert "这样说" in await asked(grid, EAST)
    grid.desk.uninstall(EAST)
    await grid.east.settled()
    services.installations.forget(ORG)
    assert await services.installations.served() == frozenset()
    assert set(await services.installations.removals()) == {EAST, WEST}
    assert await services.installations.store.of(ORG) is None


async def test_only_those_on_the_list_install(
    store_url: str, models_dir: Path, production_log: pytest.LogCaptureFixture
) -> None:
    """The page names the id to ask for; the app does not stay in a Slack where nobody answers, and nothing is kept."""
    url = await emptied(store_url)
    async with opened_grid(url, models_dir, FixedClock(NOW), bots=1, allowed=frozenset({WEST})) as grid:
        for home in (EAST, ORG):
            refused = await grid.install(home)
            assert (refused.status, refused.text.count(home), refused.link) == (403, 2, oauth.INSTALL)
            assert f"{home} is not in ALLOWED_WORKSPACES" in production_log.text
        assert "taken out of your Slack" in refused.text
        services = grid.bots[0].services
        assert not grid.east.grants.any_good()
        assert await services.workspaces.store.all_ids() == []
        await grid.east.settled()
        assert await services.workspaces.parked(EAST) is None
        assert (await grid.install(WEST)).status == 200
        assert await services.installations.served() == {WEST}


async def test_where_the_app_could_not_be_taken_out_again_the_page_says_so() -> None:
    page = install_views.uninvited_page(EAST, False, oauth.INSTALL, [texts.load("en")])
    assert "remove it there" in page
    assert "taken out of your Slack again." not in page.replace("could not be taken out of your Slack again:", "")


async def test_over_socket_mode_too(store_url: str, models_dir: Path) -> None:
    """The installing pages are the app's own; all that Slack sends comes over the connection, whichever workspace."""
    url = await emptied(store_url)
    async with opened_grid(url, models_dir, FixedClock(NOW), bots=1, socket_mode=True) as grid:
        assert (await grid.install(EAST)).status == 200
        assert "这样说" in await asked(grid, EAST)
        services = grid.bots[0].services
        grid.desk.uninstall(EAST)
        await grid.east.wait_for(lambda: not services.installations.memory.found.get(EAST, (0.0, None))[1])
        assert await services.installations.store.served() == frozenset()


async def test_the_operator_sees_who_has_the_app(grid: Grid, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has it and who had it, with the day of erasing, and no token."""
    await grid.install(EAST)
    await grid.install(WEST)
    grid.desk.uninstall(WEST)
    await grid.west.settled()
    services = grid.bots[0].services
    lines = {each: await state(services, each) for each in await services.workspaces.store.all_ids()}
    today = datetime.now(UTC).date()
    assert lines[EAST] == f"华东保理, installed {today}"
    assert lines[WEST].endswith(f"erased after {today + timedelta(days=1096)}")
    assert "xox" not in str(lines)


async def test_doctor_tries_the_client_and_the_address(grid: Grid) -> None:
    """Slack looks at them before it looks at a code; nothing is installed by that."""
    settings = grid.bot_settings
    fine, open_to_all = [
        each async for each in findings(settings) if "client" in str(each) or "installing" in str(each)
    ]
    assert "✓" in str(fine)
    assert "ALLOWED_WORKSPACES" in str(open_to_all)
    wrong = settings.model_copy(update={"slack_client_secret": SecretStr("wrong")})
    (told,) = [each async for each in findings(wrong) if "SLACK_CLIENT" in str(each)]
    assert "bad_client_secret" in str(told)
    assert "✗" in str(told)


async def test_a_dead_token_is_refused(grid: Grid) -> None:
    """A dead token is refused by Slack, whatever was heard of it; the person is not known then, and nothing breaks."""
    await grid.install(EAST)
    grid.desk.uninstall(EAST, delay_news=True)
    assert await grid.bots[0].services.members.fetch_profile(EAST, LIN) is None
    assert (grid.east.calls[-1].result or {})["error"] == "token_revoked"


def welcomes(slack: Emulator, user_id: str) -> list[Message]:
    """The first messages that the installer has, in the order they came."""
    told = [texts.load(lang)("welcome.fallback") for lang in ("zh", "en")]
    return [each for each in slack.person(user_id).dm_messages() if each.is_bot and each.text in told]


@pytest.mark.parametrize(
    ("user_id", "table"), [(ZHOU, "表格"), (GRACE, "the table")], ids=["admin of Slack", "no admin, in English"]
)
async def test_the_installer_is_taken_through_three_steps(grid: Grid, user_id: str, table: str) -> None:
    """One message an installation, whichever replica sends it; each step ticks itself off where it stands."""
    slack, before = grid.east, len(welcomes(grid.east, user_id))
    await grid.install(EAST, user_id)
    for bot in (*grid.bots, *grid.bots):
        await bot.sweep()
    message = (await slack.wait_for(lambda: welcomes(slack, user_id)[before:]))[0]
    assert TICK not in prose(message)
    person = slack.person(user_id)
    await press(person, message, staff_views.OPEN)
    await press(person, person.views()[-1], staff_views.GIVE)
    view = person.views()[-1]
    assert (await person.submit(view, entered(view, people=[LIN], roles=["account_manager"]))).closed
    await slack.wait_for(lambda: prose(message).count(TICK) == 1)
    await person.close_view(person.views()[-1], clear=True)
    await press(person, message, firstrun_views.IMPORT)
    assert table in shown(person.views()[-1])
    await person.close_view(person.views()[-1], clear=True)
    lin = await grid.bots[0].services.members.actor(EAST, LIN)
    await grid.bots[0].services.customers.create(lin, NewCustomer("远大纺织", Tier.A))
    await press(person, message, settings_views.OPEN)
    view = person.views()[-1]
    assert (await person.submit(view, entered(view))).closed
    await slack.wait_for(lambda: prose(message).count(TICK) == 3)
    await asyncio.gather(*(bot.sweep() for bot in grid.bots))
    assert len(welcomes(slack, user_id)) == before + 1
