"""Everything an operator can set, read from the environment once, by app.py."""

import re
from datetime import time
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BotError

SLACK_API = "https://slack.com/api/"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
STORE_SCHEMES = {
    "redis": "host:port/0",
    "rediss": "host:port/0",
    "redis+sentinel": "host:port,host:port/service/0",
    "rediss+sentinel": "host:port,host:port/service/0",
    "redis+cluster": "host:port",
    "rediss+cluster": "host:port",
    "unix": "/path",
}
"""What follows each scheme, by example."""

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s/@:,\[\]]+)(:\d{1,5})?"
_USER = r"([^/@]*@)?"
_STORE_SHAPES = {
    "host:port/0": rf"{_USER}{_HOST}(/\d*)?",
    "host:port,host:port/service/0": rf"{_USER}{_HOST}(,{_HOST})*/[^/]+(/\d*)?",
    "host:port": rf"{_USER}{_HOST}(/0?)?",
    "/path": r"([^/@]*@)?/.+",
}


class SettingsError(BotError):
    """A setting is missing, malformed or clashes with another; `str()` names each with what to do."""

    key = "error.settings"
    exit_code = 2

    def __init__(self, faults: list[str]) -> None:
        super().__init__()
        self.faults = faults

    def __str__(self) -> str:
        return "; ".join(self.faults)


class LogFormat(StrEnum):
    TEXT = "text"
    """For a terminal."""
    JSON = "json"
    """One object a line, for whatever collects the log."""


class SecretsPlace(BaseSettings):
    """Where settings lie as files, each named like its variable, as Docker, Kubernetes and systemd do with secrets."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", extra="ignore", env_ignore_empty=True)

    secrets_dir: Path | None = None

    @field_validator("secrets_dir")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError("there is no such folder")
        return value


class Settings(SecretsPlace):
    """One field per environment variable of the same name; `.env.example` explains each."""

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API
    public_url: str | None = None
    redis_url: SecretStr | None = None
    host: str | None = None
    port: int = Field(default=3000, ge=1, le=65535)
    data_dir: Path = Path("var")
    log_level: str = "INFO"
    jobs: Literal["here", "elsewhere"] = "here"
    log_format: LogFormat = LogFormat.TEXT
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    otel_exporter_otlp_endpoint: str | None = None
    allowed_workspaces: Annotated[frozenset[str], NoDecode] = frozenset()
    default_tz: str = "Asia/Shanghai"
    digest_at: time = time(9, 0)
    admin_users: Annotated[frozenset[str], NoDecode] = frozenset()
    field_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    calendar_country: str = "CN"
    calendar_file: Path | None = None
    docs_url: str | None = None
    llm_base_url: str | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None
    user_limit: int = Field(default=60, ge=12)
    workspace_limit: int = Field(default=3000, ge=60)
    webhook_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()

    @property
    def is_local(self) -> bool:
        """With neither a bot token nor an app that others install, the product runs in the local workspace."""
        return self.slack_bot_token is None and not self.uses_oauth

    @property
    def uses_oauth(self) -> bool:
        """Many workspaces, each of which installs the app by itself."""
        return self.slack_client_id is not None

    @property
    def home(self) -> Path:
        """Where the store, its keys and the local workspace's files are: trying things out touches nothing real."""
        return self.data_dir / "local" if self.is_local else self.data_dir

    @property
    def bind_host(self) -> str:
        """The local workspace stays on loopback; a real one listens where its load balancer finds it."""
        return self.host or ("127.0.0.1" if self.is_local else "0.0.0.0")  # noqa: S104 # nosec B104

    @property
    def runs_jobs(self) -> bool:
        """Else workers do (`python -m bot worker`), and the bot has its processor to itself."""
        return self.jobs == "here"

    @property
    def uses_socket_mode(self) -> bool:
        return self.slack_app_token is not None

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, given: dict[str, Any]) -> dict[str, Any]:
        """An empty file is not set, as an empty variable is not."""
        return {name: value for name, value in given.items() if value != ""}

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _prefixed(value, "xoxb-", "a bot token starts with xoxb- (OAuth & Permissions in the app settings)")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _prefixed(
            value, "xapp-", "an app-level token starts with xapp- (Basic Information in the app's settings)"
        )

    @field_validator("slack_client_id")
    @classmethod
    def _client_id(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w.-]+", value, re.ASCII):
            raise ValueError("is no client id; copy it from Basic Information in the app's settings")
        return value

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str | None) -> str | None:
        """Slack takes no other than https, and so do browsers for the cookie; plain http is for one's own machine."""
        if value is None:
            return value
        try:
            parts = urlsplit(value.strip())
            is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
            is_address = is_safe and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address or parts.query or parts.fragment or not re.fullmatch(r"[!-~]+", value.strip()):
            raise ValueError(
                "must be the https address that people and Slack reach the app at: https://bot.example.com"
            )
        return value.strip().rstrip("/")

    @field_validator("slack_signing_secret", "slack_client_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().strip():
            raise ValueError("is blank; copy it from Basic Information in the app's settings")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # its own complaint about a port quotes it
            is_address = False
        if not is_address:
            raise ValueError("must be an http(s) address such as https://slack.com/api/")
        return value.rstrip("/") + "/"

    @field_validator("llm_base_url")
    @classmethod
    def _llm_url(cls, value: str | None) -> str | None:
        """Plain http is for a model in one's own network; what is said to it is masked either way."""
        if value is not None and not (_is_https(value) or _is_https(value.replace("http://", "https://", 1))):
            raise ValueError("must be an address such as https://llm.example.com/v1")
        return value.rstrip("/") if value else value

    @field_validator("docs_url")
    @classmethod
    def _docs(cls, value: str | None) -> str | None:
        if value is not None and not _is_https(value):
            raise ValueError("must be an https address such as https://wiki.example.com/factormate")
        return value

    @field_validator("redis_url")
    @classmethod
    def _store_url(cls, value: SecretStr | None) -> SecretStr | None:
        # Not urlsplit: its own complaints quote the address, and with it the password.
        scheme, _, rest = (value.get_secret_value() if value else "redis://h").partition("://")
        if scheme not in STORE_SCHEMES:
            raise ValueError(f"must start with one of {', '.join(f'{scheme}://' for scheme in STORE_SCHEMES)}")
        example = STORE_SCHEMES[scheme]
        if not re.fullmatch(_STORE_SHAPES[example], rest.partition("?")[0]):
            hint = "a password's / ? # @ : are written %2F %3F %23 %40 %3A"
            raise ValueError(f"must have the form {scheme}://{example}; {hint}")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("log_format", mode="before")
    @classmethod
    def _format(cls, value: object) -> object:
        if isinstance(value, str) and value.lower() not in tuple(LogFormat):
            raise ValueError("must be text or json")
        return value.lower() if isinstance(value, str) else value

    @field_validator("otel_exporter_otlp_endpoint")
    @classmethod
    def _collector(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("must be an http(s) address such as http://localhost:4318")
        return value.rstrip("/") if value else value

    @field_validator("default_tz")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("must be an IANA time zone such as Asia/Shanghai") from error
        return value

    @field_validator("digest_at")
    @classmethod
    def _wall_time(cls, value: time) -> time:
        if value.tzinfo is not None or value.second or value.microsecond:
            raise ValueError("must be hours and minutes such as 09:00; they are each person's own, without a time zone")
        return value

    @field_validator("admin_users", "allowed_workspaces", mode="before")
    @classmethod
    def _ids(cls, value: object) -> object:
        return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("admin_users")
    @classmethod
    def _people(cls, value: frozenset[str]) -> frozenset[str]:
        if not all(re.fullmatch("[UW][A-Z0-9]+", each) for each in value):
            raise ValueError("must be Slack user ids such as U0123ABCD, separated by commas")
        return value

    @field_validator("allowed_workspaces")
    @classmethod
    def _homes(cls, value: frozenset[str]) -> frozenset[str]:
        if not all(re.fullmatch("[TE][A-Z0-9]+", each) for each in value):
            raise ValueError(
                "must be Slack ids of workspaces (T0123ABCD) or organisations (E0123ABCD), separated by commas"
            )
        return value

    @field_validator("field_keys", mode="before")
    @classmethod
    def _keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = tuple(part.strip() for part in value.split(",") if part.strip())
        if not keys:
            raise ValueError("holds no key; make one with: python -m bot keys new")
        return keys

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError as error:
            raise ValueError("must be networks such as 10.20.0.0/16, separated by commas") from error

    @field_validator("calendar_file")
    @classmethod
    def _existing(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("there is no such file")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._ensure_can_install()
        if self.is_local:
            if self.slack_app_token is not None:
                raise ValueError("SLACK_APP_TOKEN is set without SLACK_BOT_TOKEN: set both, or neither to run locally")
            if self.slack_signing_secret is not None:
                raise ValueError(
                    "SLACK_SIGNING_SECRET is set without SLACK_BOT_TOKEN: set both, or neither to run locally"
                )
            if self.slack_api_url != SLACK_API:
                raise ValueError("SLACK_API_URL is set without SLACK_BOT_TOKEN: set both, or neither to run locally")
            if self.host not in (None, *LOOPBACK):
                raise ValueError(
                    "HOST must be 127.0.0.1, localhost or ::1 for the local workspace (no SLACK_BOT_TOKEN)"
                )
            if not self.runs_jobs:
                raise ValueError("JOBS=elsewhere is set without SLACK_BOT_TOKEN: the local workspace runs jobs itself")
        elif self.slack_app_token is None and self.slack_signing_secret is None:
            raise ValueError(
                "SLACK_SIGNING_SECRET is missing: set it to serve over HTTP, or SLACK_APP_TOKEN for Socket Mode"
            )
        if self.metrics_port == self.port:
            raise ValueError("METRICS_PORT must be another port than PORT: what is behind it is not for the public")
        if self.redis_url is not None and not self.field_keys:
            raise ValueError(
                "FIELD_KEYS is missing: with REDIS_URL every process needs the same key for notes. "
                "Make one with: python -m bot keys new"
            )
        return self

    def _ensure_can_install(self) -> None:
        if (self.slack_client_id is None) != (self.slack_client_secret is None):
            raise ValueError(
                "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET go together: set both, so that workspaces can install the "
                "app, or neither"
            )
        if self.uses_oauth and self.slack_bot_token is not None:
            raise ValueError(
                "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many that install the app: set one of them"
            )
        if self.allowed_workspaces and not self.uses_oauth:
            raise ValueError(
                "ALLOWED_WORKSPACES is set without SLACK_CLIENT_ID: with a bot token nobody else can install the app"
            )
        if (self.llm_base_url is None) is not (self.llm_model is None):
            raise ValueError("LLM_BASE_URL and LLM_MODEL belong together: set both, or neither")
        if self.uses_oauth and self.public_url is None:
            raise ValueError(
                "PUBLIC_URL is missing: whoever installs the app comes back there from Slack, https://bot.example.com"
            )


def read() -> Settings:
    """Raises SettingsError with one sentence per fault, each naming its variable, never its value.

    A variable wins over the file of its name.
    """
    try:
        return Settings(_secrets_dir=SecretsPlace().secrets_dir)
    except ValidationError as error:
        raise SettingsError([_sentence(fault) for fault in error.errors(include_input=False)]) from None
    except UnicodeDecodeError:
        raise SettingsError([".env or a file in SECRETS_DIR: is not UTF-8 text"]) from None
    except OSError as error:
        raise SettingsError([f"SECRETS_DIR: {error.filename}: {error.strerror}"]) from None


def _sentence(fault: object) -> str:
    assert isinstance(fault, dict)  # noqa: S101 - pydantic's ErrorDetails, a TypedDict # nosec B101
    reason = str(fault["msg"]).removeprefix("Value error, ")
    return f"{str(fault['loc'][0]).upper()}: {reason}" if fault["loc"] else reason


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        usable = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # its own complaint about a port quotes it
        return False
    return usable and not any(each.isspace() or each in '|<>"' for each in address)


def _prefixed(value: SecretStr | None, prefix: str, hint: str) -> SecretStr | None:
    if value is not None and (not value.get_secret_value().startswith(prefix) or len(value) <= len(prefix)):
        raise ValueError(hint)
    return value
