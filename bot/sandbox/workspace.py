"""The people and channels of a workspace, and the invented one that `make run` shows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Locale = Literal["zh-CN", "en-US"]
SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    real_name: str
    locale: Locale = "zh-CN"
    tz: str = "Asia/Shanghai"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    guest: Literal["", "multi_channel", "single_channel"] = ""
    home_team_id: str = ""
    """Of somebody from another workspace, who is here through a shared channel only."""
    role_hint: str = ""
    tries: tuple[str, ...] = ()
    """What the page proposes to somebody who sees it for the first time."""

    @property
    def is_chinese(self) -> bool:
        return self.locale == "zh-CN"

    @property
    def is_outsider(self) -> bool:
        """A guest or somebody of another company, who is only shown the channels he is in."""
        return bool(self.guest or self.home_team_id)


@dataclass(frozen=True, slots=True)
class Channel:
    id: str
    name: str
    members: tuple[str, ...]
    is_private: bool = False
    shared: Literal["", "connect", "connect_pending", "org"] = ""
    """With another company (Slack Connect), invited but not yet there, or with a workspace of the same organisation."""


@dataclass(frozen=True, slots=True)
class UserGroup:
    id: str
    handle: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """The clock the page shows and may move; transport limits stay on real time."""

    now: Callable[[], datetime]
    next_working_day: Callable[[], Awaitable[datetime]]
    next_hour: Callable[[], Awaitable[datetime]]


@dataclass(frozen=True, slots=True)
class Workspace:
    """What is there at the start; who joins which channel later is the emulator's state."""

    team_id: str
    team_name: str
    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    app_name: str
    bot_user_id: str
    bot_id: str
    app_id: str
    domain: str = field(default="local")
    groups: tuple[UserGroup, ...] | None = ()
    """None on a free plan, which has no user groups."""

    def find_person(self, user_id: str) -> Person | None:
        return next((each for each in self.people if each.id == user_id), None)

    def get_person(self, user_id: str) -> Person:
        person = self.find_person(user_id)
        if person is None:
            raise LookupError(f"nobody has the id {user_id}")
        return person


def demo_workspace() -> Workspace:
    manager, lead = "客户经理 · account manager", "团队主管、管理员 · team lead, admin"
    outsider = "没有角色的同事 · colleague without a role"
    people = (
        Person(
            "U01LIN",
            "linyue",
            "林悦",
            role_hint=manager,
            tries=("/objection 客户嫌费率高", "/visit 远大纺织 嫌费率高，周三前给报价"),
        ),
        Person(
            "U02CHEN",
            "chenhao",
            "陈浩",
            role_hint=manager,
            tries=("/objection 不想让买方知道", "/visit 泓砾精密 怕买方知道，周三前给方案"),
        ),
        Person(
            "U03GRACE",
            "grace",
            "Grace Porter",
            locale="en-US",
            role_hint=manager,
            tries=("/objection our bank is much cheaper", "/visit Quillmere fee too high, quote by Wednesday"),
        ),
        Person(
            "U04ZHOU",
            "zhoumin",
            "周敏",
            is_owner=True,
            is_admin=True,
            role_hint=lead,
            tries=("/customer 远大纺织", "/objection 银行比你们便宜"),
        ),
        Person(
            "U05REED",
            "tom",
            "Tom Reed",
            locale="en-US",
            role_hint=outsider,
            tries=("/objection our bank is much cheaper", "/customer Quillmere"),
        ),
        Person("U06HE", "hejing", "何静", role_hint="风控合规 · risk and compliance", tries=("/customer 远大纺织",)),
        Person("U07FANG", "fanglei", "方蕾", role_hint="话术编辑 · playbook editor", tries=("/playbook",)),
        Person("U08MIA", "mia", "Mia Novak", locale="en-US", guest="multi_channel", role_hint="访客 · guest"),
        Person("U09DENG", "dengkai", "邓凯", home_team_id="T0PARTNER", role_hint="别家公司的人 · from another company"),
    )
    managers_and_lead = tuple(person.id for person in people[:4])
    company = tuple(person.id for person in people if not person.is_outsider)
    bot = "U0BOT"
    return Workspace(
        team_id="T0LOCAL",
        team_name="演示保理",
        people=people,
        channels=(
            Channel("C01EAST", "华东团队-east-team", (*managers_and_lead, bot)),
            Channel("C02GENERAL", "general", (*company, bot)),
            Channel("C03RANDOM", "random", company),
            Channel("C04SALON", "客户沙龙-client-salon", (*managers_and_lead, "U08MIA", bot)),
            Channel("C05FUNDER", "资金方对接-funder", (*managers_and_lead, "U09DENG", bot), shared="connect"),
        ),
        app_name="factormate",
        bot_user_id=bot,
        bot_id="B0BOT",
        app_id="A0LOCAL",
        groups=(UserGroup("S01EAST", "east", "华东团队 East team", managers_and_lead),),
    )


def bot_scopes(manifest: dict[str, Any]) -> tuple[str, ...]:
    return tuple((manifest.get("oauth_config") or {}).get("scopes", {}).get("bot") or ())


def subscribed_events(manifest: dict[str, Any]) -> tuple[str, ...]:
    settings = manifest.get("settings") or {}
    return tuple((settings.get("event_subscriptions") or {}).get("bot_events") or ())


def slash_commands(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return list((manifest.get("features") or {}).get("slash_commands") or [])


def shortcuts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return list((manifest.get("features") or {}).get("shortcuts") or [])


def unfurl_domains(manifest: dict[str, Any]) -> tuple[str, ...]:
    return tuple((manifest.get("features") or {}).get("unfurl_domains") or ())


def has_agent_view(manifest: dict[str, Any]) -> bool:
    return bool((manifest.get("features") or {}).get("agent_view"))


def app_home(manifest: dict[str, Any]) -> dict[str, Any]:
    return dict((manifest.get("features") or {}).get("app_home") or {})
