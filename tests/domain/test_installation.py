"""Who may install the app: a workspace by its own id, or by that of its organisation."""

from datetime import UTC, datetime

import pytest

from bot.domain.installation import Installation


@pytest.mark.parametrize(
    ("allowed", "organisation", "may"),
    [
        ((), None, True),
        (("T1",), None, True),
        (("E1",), "E1", True),
        (("T2", "E2"), "E1", False),
        (("T2",), None, False),
    ],
    ids=["whoever knows the address", "itself", "its organisation", "others", "others, and there is no organisation"],
)
def test_who_may_install(allowed: tuple[str, ...], organisation: str | None, may: bool) -> None:
    found = Installation(
        home_id="T1",
        enterprise_id=organisation,
        bot_id="B1",
        bot_user_id="U1",
        installed_at=datetime(2026, 11, 24, tzinfo=UTC),
        token="",
    )
    assert found.is_one_of(allowed) is may
