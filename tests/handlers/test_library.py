"""/playbook over all kinds, and a reply for any message."""

import pytest

from bot.sandbox import ActingPerson
from bot.views import entrywindow
from bot.views import feedback as feedback_views
from bot.views import library as library_views
from bot.views import playbook as views
from tests.handlers.reading import element, has, labels, options, press, prose, shown
from tests.world import World


async def test_search_finds_every_kind_and_says_which(world: World, lin: ActingPerson, east: str) -> None:
    await lin.command("/playbook", "客户老问买方倒了怎么办", east)
    told = prose(lin.messages(east)[-1])
    assert world.services.playbook.shipped.playbook.entries["signal/asks-what-if-default"].title.zh in told
    assert "客户信号" in told


async def test_the_objection_command_stays_with_objections(lin: ActingPerson, east: str) -> None:
    await lin.command("/objection", "客户老问买方倒了怎么办", east)
    assert "客户信号" not in prose(lin.messages(east)[-1])


async def test_browse_by_kind_and_category(world: World, lin: ActingPerson, east: str) -> None:
    """Five kinds; the menu has the titles of the one chosen, and a title opens its card in place."""
    await lin.command("/playbook", "", east)
    message = lin.messages(east)[-1]
    assert labels(message) == ["异议应对", "客户信号", "需求提问", "条款谈判", "关系维护"]
    await press(lin, message, library_views.KIND, 3)
    await world.slack.wait_for(lambda: "按类别选一个条款" in str(message.blocks))
    offered = {each["value"] for each in options(element(message, library_views.BROWSE))}
    assert offered == {
        each for each in world.services.playbook.shipped.playbook.entries if each.startswith("negotiation/")
    }
    await press(lin, message, library_views.BROWSE, selected="negotiation/rate")
    await world.slack.wait_for(lambda: "谈费率" in prose(message))


async def test_checklist_can_be_ticked(world: World, lin: ActingPerson, east: str) -> None:
    """In the window of the whole entry; ticking needs no answer."""
    await lin.command("/playbook", "谈价之前要准备什么", east)
    await press(lin, lin.messages(east)[-1], views.MORE)
    boxes = element(lin.views()[-1], entrywindow.CHECK)
    entry = world.services.playbook.shipped.entry("negotiation/prep-checklist")
    assert len(boxes["options"]) == 10
    assert boxes["options"][0]["text"]["text"] == dict(entry.texts("zh"))["checklist.0"]


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        ("你们利息太高了，别家便宜多了，我再想想", "这样说"),
        ("今天天气不错", "没有把握"),
        ("😀", "没有可以查的文字"),
    ],
    ids=["objection", "none", "no words"],
)
async def test_reply_to_a_message(lin: ActingPerson, chen: ActingPerson, east: str, said: str, shows: str) -> None:
    """In a window nobody else sees."""
    await chen.say(east, said)
    before = len(chen.messages(east))
    message = lin.messages(east)[-1]
    await lin.shortcut(library_views.FIND_REPLY, message)
    assert shows in shown(lin.views()[-1])
    assert len(chen.messages(east)) == before


async def test_a_play_picked_in_the_window_may_be_voted_on_and_a_related_one_not(
    lin: ActingPerson, chen: ActingPerson, east: str
) -> None:
    """As on a card: the one that answered the question."""
    await lin.shortcut(library_views.FIND_REPLY, await chen.say(east, "今天天气不错"))
    assert not has(lin.views()[-1], feedback_views.VOTE)
    await press(lin, lin.views()[-1], views.PICK)
    assert has(lin.views()[-1], feedback_views.VOTE)
    await press(lin, lin.views()[-1], entrywindow.RELATED)
    assert not has(lin.views()[-1], feedback_views.VOTE)
