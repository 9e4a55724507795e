"""Text meant to mislead, to ring or to break: it is answered like any other, and does nothing."""

import json
from typing import Final

import pytest

from bot.sandbox import ActingPerson
from tests.handlers.cast import Cast
from tests.handlers.reading import entered
from tests.world import World

HOSTILE: Final = {
    "mentions": "客户嫌费率高 <!channel> <!here> <@U0BOT> <#C01|x>",
    "typed mentions": "客户嫌费率高 &lt;!channel&gt; @channel",
    "links": "客户嫌费率高 <https://evil.example|工商银行> http://evil.example",
    "mrkdwn": "客户嫌费率高 *b* _i_ ~s~ `c` ```block``` >q",
    "right to left": "客户嫌费率高 \u202e\u2066exe.fdp",
    "zero width": "客\u200b户\u200d嫌\ufeff费率高",
    "zalgo": f"客户嫌费率高 Z{chr(0x337) * 200}algo",
    "40,000 characters": "客户嫌费率高" + "字" * 40_000,
    "payload": "payload",
    "payload field": "客户嫌费率高&payload=%7B%7D payload={}",
    "template": "客户嫌费率高 {name} {0.__class__} %s ${7*7}",
    "formula": '=HYPERLINK("http://evil.example") 客户嫌费率高',
}
AT_EVERY_CHANGE: Final = ("mentions", "40,000 characters", "payload field")
HIDDEN: Final = frozenset("\u202e\u2066\u200b\u200d\ufeff")
"""Characters that show as nothing and turn or tear what stands beside them."""


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(typed, id=name, marks=[] if name in AT_EVERY_CHANGE else pytest.mark.soak)
        for name, typed in HOSTILE.items()
    ],
)
async def test_hostile_text_is_answered_and_rings_nobody(
    world: World, cast: Cast, lin: ActingPerson, production_log: pytest.LogCaptureFixture, typed: str
) -> None:
    """Asked, searched for, and saved as a note: no incident, and what comes back rings nobody and hides nothing."""
    await cast.customer(lin)
    for command in ("/objection", "/customer", "/find", "/playbook", "/prep"):
        assert await lin.command(command, typed) == 200
    assert await lin.command("/visit", f"远大纺织 {typed}"[:2000]) == 200
    view = lin.views()[-1]
    assert (await lin.submit(view, entered(view, on="2026-11-23"))).closed
    await lin.dm(typed)
    await world.quiet()
    assert "incident" not in production_log.text
    assert all(each.status == 200 for each in cast.delivered(lin))
    assert not [each for each in lin.dm_messages() if each.is_bot and each.pings]
    said = [each.args for each in world.slack.calls if each.method != "users.info"]
    shown = json.dumps([said, [each.answer for each in cast.delivered(lin)]], ensure_ascii=False)
    assert not HIDDEN.intersection(shown)
