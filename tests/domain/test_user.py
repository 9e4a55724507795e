"""The actor: settled roles, what Slack says, and whose day it is."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.entry import Lang
from bot.domain.user import Member, Profile, Role, User, has_admin


def profile(locale: str = "en-US", tz: str = "Asia/Shanghai") -> Profile:
    return Profile(name="Lin", locale=locale, tz=tz)


@pytest.mark.parametrize(
    ("locale", "setting", "lang"),
    [
        ("zh-CN", None, "zh"),
        ("zh-TW", None, "zh"),
        ("ZH-cn", None, "zh"),
        ("en-GB", None, "en"),
        ("fr-FR", None, "en"),
        ("zh-CN", "en", "en"),
        ("en-US", "zh", "zh"),
    ],
    ids=["zh-CN", "zh-TW", "upper case", "en", "neither", "own choice en", "own choice zh"],
)
def test_a_persons_language(locale: str, setting: Lang | None, lang: Lang) -> None:
    """The person's own setting, else Chinese for any Chinese locale, else English."""
    actor = User.of("T1", Member(user_id="U1", language=setting), profile(locale), is_admin=False)
    assert actor.lang == lang


def test_roles_and_team_come_from_the_company() -> None:
    """Being an admin is added to what was settled, it replaces nothing."""
    member = Member(user_id="U1", roles=frozenset({Role.EDITOR}), team="East")
    actor = User.of("T1", member, profile(), is_admin=True)
    assert actor.roles == {Role.EDITOR, Role.ADMIN}
    assert (actor.team, actor.name, actor.tz) == ("East", "Lin", "Asia/Shanghai")
    assert not User.of("T1", member, profile(), is_admin=False).is_(Role.ADMIN)


@pytest.mark.parametrize(
    ("tz", "today"),
    [("Asia/Shanghai", date(2026, 3, 3)), ("America/New_York", date(2026, 3, 2)), ("UTC", date(2026, 3, 2))],
)
def test_today_is_the_persons_own(tz: str, today: date) -> None:
    """Half past four in the afternoon in UTC is past midnight in Shanghai."""
    actor = User.of("T1", Member(user_id="U1"), profile(tz=tz), is_admin=False)
    assert actor.today(datetime(2026, 3, 2, 16, 30, tzinfo=UTC)) == today


def test_whether_somebody_was_made_admin() -> None:
    """Other roles do not count."""
    lead = Member(user_id="U1", roles=frozenset({Role.TEAM_LEAD}))
    admin = Member(user_id="U2", roles=frozenset({Role.ADMIN}))
    assert not has_admin([lead])
    assert has_admin([lead, admin])
