"""Settings: what the environment may say, and how nonsense in it is told."""

from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import SLACK_API, Settings, SettingsError, read

BOT = {"SLACK_BOT_TOKEN": "xoxb-1-abcdef"}
HTTP = {**BOT, "SLACK_SIGNING_SECRET": "sesame"}
OAUTH = {
    "SLACK_CLIENT_ID": "12.34",
    "SLACK_CLIENT_SECRET": "hush-hush",
    "SLACK_SIGNING_SECRET": "sesame",
    "PUBLIC_URL": "https://bot.example.com/",
}
SOCKET = {**BOT, "SLACK_APP_TOKEN": "xapp-1-abcdef"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no .env file of the machine gets in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def put(env: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        env.setenv(name, value)


def test_nothing_set_is_the_local_workspace() -> None:
    """On loopback, with the defaults that .env.example names."""
    settings = read()
    assert settings.is_local
    assert (settings.bind_host, settings.port, settings.slack_api_url) == ("127.0.0.1", 3000, SLACK_API)
    assert (settings.default_tz, settings.digest_at) == ("Asia/Shanghai", time(9))
    assert (settings.redis_url, settings.data_dir) == (None, Path("var"))


@pytest.mark.parametrize(("values", "is_socket"), [(HTTP, False), (SOCKET, True), ({**HTTP, **SOCKET}, True)])
def test_a_bot_token_serves_the_real_workspace(
    env: pytest.MonkeyPatch, values: dict[str, str], is_socket: bool
) -> None:
    """Over Socket Mode as soon as there is an app token, else over HTTP on all interfaces."""
    put(env, values)
    settings = read()
    assert not settings.is_local
    assert settings.uses_socket_mode is is_socket
    assert settings.bind_host == "0.0.0.0"  # noqa: S104 - what is asserted


def test_a_client_id_serves_whoever_installs_the_app(env: pytest.MonkeyPatch) -> None:
    put(env, OAUTH)
    settings = read()
    assert (settings.uses_oauth, settings.is_local, settings.uses_socket_mode) == (True, False, False)
    assert settings.public_url == "https://bot.example.com"
    assert "hush-hush" not in repr(settings)


def test_an_empty_variable_is_not_set(env: pytest.MonkeyPatch) -> None:
    """.env.example can be copied as it stands."""
    put(env, dict.fromkeys(map(str.upper, Settings.model_fields), ""))
    assert read() == Settings(_env_file=None)


def test_the_example_file_lists_every_variable_and_is_a_valid_file() -> None:
    """One line each, and copying it changes nothing."""
    example = Path(__file__).parents[1] / ".env.example"
    names = [line.split("=")[0] for line in example.read_text().splitlines() if line and not line.startswith("#")]
    assert sorted(names) == sorted(map(str.upper, Settings.model_fields))
    assert Settings(_env_file=example) == Settings(_env_file=None)


@pytest.mark.parametrize("name", ["slack_bot_token", "SLACK_BOT_TOKEN"])
def test_secrets_may_lie_in_files(env: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """As Docker, Kubernetes and systemd hand them over, with the end of line an editor leaves."""
    (tmp_path / name).write_text("xoxb-1-filed\n")
    (tmp_path / "field_keys").write_text("one,two\n")
    (tmp_path / "slack_app_token").write_text("")
    put(env, {"SECRETS_DIR": str(tmp_path), "SLACK_SIGNING_SECRET": "sesame"})
    settings = read()
    assert settings.slack_bot_token == SecretStr("xoxb-1-filed")
    assert settings.field_keys == (SecretStr("one"), SecretStr("two"))
    assert not settings.uses_socket_mode  # an empty file says nothing
    put(env, BOT)
    assert read().slack_bot_token == SecretStr(BOT["SLACK_BOT_TOKEN"])


def test_who_may_install_is_asked_only_where_anybody_installs(env: pytest.MonkeyPatch) -> None:
    put(env, {**OAUTH, "ALLOWED_WORKSPACES": "T1, E2"})
    assert read().allowed_workspaces == {"T1", "E2"}
    put(env, {**dict.fromkeys(OAUTH, ""), **HTTP})
    with pytest.raises(SettingsError, match="ALLOWED_WORKSPACES is set without SLACK_CLIENT_ID"):
        read()


def test_lists_are_separated_by_commas(env: pytest.MonkeyPatch) -> None:
    """Spaces and a comma too many do no harm."""
    put(env, {"ADMIN_USERS": "U1, U2,", "FIELD_KEYS": " one ,two"})
    settings = read()
    assert settings.admin_users == {"U1", "U2"}
    assert settings.field_keys == (SecretStr("one"), SecretStr("two"))


def test_the_api_address_ends_with_a_slash(env: pytest.MonkeyPatch) -> None:
    """The SDK appends the method's name to it."""
    put(env, {**HTTP, "SLACK_API_URL": "http://127.0.0.1:9000/api"})
    assert read().slack_api_url == "http://127.0.0.1:9000/api/"


@pytest.mark.parametrize(
    "url",
    [
        "redis://h:1/0",
        "redis://u:p%40@[::1]:1?a=b",
        "rediss://h",
        "redis+sentinel://a:1,b:2/main/0",
        "rediss+sentinel://:p@a:1/main",
        "rediss+cluster://:p@h:1",
        "redis+cluster://h:1",
        "unix:///run/s",
    ],
)
def test_every_kind_of_store_is_taken(env: pytest.MonkeyPatch, url: str) -> None:
    """One server, TLS, Sentinel, Cluster, a socket."""
    put(env, {"REDIS_URL": url, "FIELD_KEYS": "k"})
    assert read().redis_url == SecretStr(url)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-secret"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1-secret"),
        ("LLM_BASE_URL", "ftp://secret"),
        ("LLM_BASE_URL", "https://u:secret@h/v1"),
        ("DOCS_URL", "http://secret"),
        ("DOCS_URL", "https://a|secret"),
        ("SLACK_API_URL", "slack.com/secret"),
        ("SLACK_API_URL", "ftp://secret"),
        ("SLACK_API_URL", "https://"),
        ("SLACK_API_URL", "https://h:secret/"),
        ("REDIS_URL", "localhost:6379/secret"),
        ("REDIS_URL", "postgres://:secret@h"),
        ("REDIS_URL", "redis://:secret@"),
        ("REDIS_URL", "redis://:secret/@h:1"),
        ("REDIS_URL", "redis://:secret@h:port"),
        ("REDIS_URL", "redis://:secret@h:1/db"),
        ("REDIS_URL", "redis+sentinel://secret:1"),
        ("REDIS_URL", "redis+cluster://:secret@"),
        ("REDIS_URL", "redis+cluster://secret:1/1"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "secret"),
        ("LOG_LEVEL", "secret"),
        ("JOBS", "secret"),
        ("SECRETS_DIR", "/no/secret"),
        ("LOG_FORMAT", "secret"),
        ("METRICS_PORT", "secret"),
        ("METRICS_PORT", "3000"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "secret:4318"),
        ("DEFAULT_TZ", "Asia/Secret"),
        ("DEFAULT_TZ", "../secret"),
        ("DIGEST_AT", "9"),
        ("DIGEST_AT", "25:00"),
        ("DIGEST_AT", "secret"),
        ("DIGEST_AT", "09:00+02:00"),
        ("DIGEST_AT", "09:00:30.5"),
        ("ADMIN_USERS", "U1,secret"),
        ("ALLOWED_WORKSPACES", "T1,secret"),
        ("CALENDAR_FILE", "/no/secret"),
        ("FIELD_KEYS", " , "),
        ("SLACK_SIGNING_SECRET", " "),
        ("SLACK_CLIENT_ID", "secret&scope=admin"),
        ("PUBLIC_URL", "http://secret.example.com"),
        ("PUBLIC_URL", "https://u:secret@h"),
        ("PUBLIC_URL", "https://h/?secret=1"),
    ],
)
def test_nonsense_is_told_by_its_variable_and_never_by_its_value(
    env: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The sentence may end up in a log that others read."""
    put(env, {**(HTTP if name.startswith("SLACK") else {"FIELD_KEYS": "k"}), name: value})
    with pytest.raises(SettingsError) as told:
        read()
    assert name in str(told.value)
    assert "secret" not in str(told.value).replace(name, "").lower()
    assert told.value.__suppress_context__  # pydantic's own error quotes what it was given


def test_a_password_that_no_url_may_hold_is_not_told_either(env: pytest.MonkeyPatch) -> None:
    """The URL parser's own complaint would quote it."""
    put(env, {"REDIS_URL": "postgres://:p℀ss@h", "FIELD_KEYS": "k"})
    with pytest.raises(SettingsError, match="REDIS_URL") as told:
        read()
    assert "p℀ss" not in str(told.value)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (BOT, ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"]),
        ({"SLACK_APP_TOKEN": "xapp-1-a"}, ["SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": "s"}, ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"]),
        ({"SLACK_API_URL": "http://127.0.0.1:1"}, ["SLACK_API_URL", "SLACK_BOT_TOKEN"]),
        ({"HOST": "0.0.0.0"}, ["HOST", "SLACK_BOT_TOKEN"]),  # noqa: S104 - what is refused
        ({"JOBS": "elsewhere"}, ["JOBS", "SLACK_BOT_TOKEN"]),
        ({"REDIS_URL": "redis://h"}, ["FIELD_KEYS", "REDIS_URL"]),
        ({"SLACK_CLIENT_ID": "1.2"}, ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"]),
        ({**OAUTH, **BOT}, ["SLACK_CLIENT_ID", "SLACK_BOT_TOKEN"]),
        ({**OAUTH, "PUBLIC_URL": ""}, ["PUBLIC_URL"]),
        ({**OAUTH, "SLACK_SIGNING_SECRET": ""}, ["SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"]),
    ],
    ids=[
        "no secret",
        "app token alone",
        "signing secret alone",
        "api url alone",
        "open host",
        "nobody's jobs",
        "shared store without keys",
        "client without secret",
        "two ways at once",
        "no way back",
        "nothing that Slack sends is known to be Slack's",
    ],
)
def test_clashing_variables_are_both_named(env: pytest.MonkeyPatch, values: dict[str, str], names: list[str]) -> None:
    """What is missing, and what made it necessary."""
    put(env, values)
    with pytest.raises(SettingsError) as told:
        read()
    assert [name for name in names if name not in str(told.value)] == []


def test_an_env_file_in_another_encoding(tmp_path: Path) -> None:
    Path(".env").write_bytes("# 中文\n".encode("gb18030"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read()


def test_all_faults_are_told_at_once(env: pytest.MonkeyPatch) -> None:
    """One start, one list; not one start for each."""
    put(env, {"PORT": "x", "LOG_LEVEL": "x", "DIGEST_AT": "x"})
    with pytest.raises(SettingsError) as told:
        read()
    assert [fault.split(":")[0] for fault in told.value.faults] == ["PORT", "LOG_LEVEL", "DIGEST_AT"]


def test_secrets_do_not_show_when_settings_are_printed(env: pytest.MonkeyPatch) -> None:
    """A traceback or a debug log may hold the object."""
    put(env, {**SOCKET, **HTTP, "REDIS_URL": "redis://:hush@h", "FIELD_KEYS": "key-material"})
    shown = repr(read())
    for secret in (BOT["SLACK_BOT_TOKEN"], SOCKET["SLACK_APP_TOKEN"], "sesame", "hush", "key-material"):
        assert secret not in shown
