"""A table sent to the app, looked at, imported at a click; and an export that comes back as a file."""

import pytest

from bot import tables
from bot.sandbox import ActingPerson, Message
from bot.views import imports as views
from tests.handlers.cast import Cast
from tests.handlers.reading import has, labels, press, prose
from tests.world import World

HEADER = ["name", "tier", "owner"]


async def answer(world: World, person: ActingPerson, count: int) -> list[Message]:
    """What the app has posted to the person, once there are that many."""

    def posted() -> list[Message] | None:
        found = [each for each in person.dm_messages() if each.is_bot]
        return found if len(found) >= count else None

    return await world.slack.wait_for(posted)


async def send(world: World, person: ActingPerson, *rows: list[str], name: str = "客户.xlsx") -> None:
    await person.upload(name, tables.xlsx_bytes({"客户": [HEADER, *rows]}))


def content(world: World, message: Message) -> bytes:
    [listed] = message.files
    file = world.slack.state.files.get(listed["id"])
    assert file is not None
    return file.content


async def test_a_table_is_shown_first_and_imported_at_a_click(world: World, cast: Cast, lin: ActingPerson) -> None:
    await send(world, lin, ["甲乙公司", "A", ""], ["丙丁公司", "B", lin.id])
    [preview] = await answer(world, lin, 1)
    assert "新增 2，更新 0，不变 0，有问题 0" in prose(preview)
    assert labels(preview) == ["导入 2 个客户", "不导入"]
    assert await world.services.customers.suggest(await cast.actor(lin), "") == []
    assert await press(lin, preview, views.IMPORT) == 200
    _, report = await answer(world, lin, 2)
    assert "导入完成。" in prose(preview)
    assert not has(preview, views.IMPORT)
    rows = [cells for _, cells in tables.read(content(world, report))]
    assert [each[1:3] for each in rows[1:]] == [["甲乙公司", "新增；A 级等主管同意"], ["丙丁公司", "新增"]]
    found = await world.services.customers.suggest(await cast.actor(lin), "")
    assert {each.name for each in found} == {"甲乙公司", "丙丁公司"}


async def test_faults_are_told_with_their_lines_and_the_rest_can_be_imported(
    world: World, cast: Cast, grace: ActingPerson, lin: ActingPerson
) -> None:
    """In the reader's language; a colleague's customers can't be brought in."""
    await send(world, grace, ["Alpha Trading", "A", ""], ["Beta", "E", ""], ["Gamma", "A", lin.id], name="mine.xlsx")
    preview, report = await answer(world, grace, 2)
    assert "Line 3, tier: must be A, B, C or D" in prose(preview)
    assert f"Line 4, owner: {lin.id}'s customers aren't yours to import" in prose(preview)
    assert labels(preview) == ["Import the other 1", "Don't import"]
    assert report.files[0]["name"] == "mine-rows.csv"
    await press(grace, preview, views.IMPORT)
    await answer(world, grace, 3)
    assert [each.name for each in await world.services.customers.suggest(await cast.actor(grace), "")] == [
        "Alpha Trading"
    ]


async def test_a_second_click_does_nothing_more(world: World, cast: Cast, lin: ActingPerson) -> None:
    await send(world, lin, ["甲乙公司", "A", ""])
    [preview] = await answer(world, lin, 1)
    world.slack.deliver_twice("interaction", together=True)
    await press(lin, preview, views.IMPORT)
    await answer(world, lin, 2)
    await world.slack.settled()
    assert len(await world.services.customers.suggest(await cast.actor(lin), "")) == 1


async def test_left_alone_nothing_changes(world: World, cast: Cast, lin: ActingPerson) -> None:
    await send(world, lin, ["甲乙公司", "A", ""])
    [preview] = await answer(world, lin, 1)
    await press(lin, preview, views.LEAVE)
    await world.slack.wait_for(lambda: "没有导入" in prose(preview))
    assert await world.services.customers.suggest(await cast.actor(lin), "") == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 cut off", "打不开这个 XLSX"),
        (b"\xff\xff\xff", "既不是 UTF-8 也不是 GB18030"),
        ("姓名,电话\n张三,1\n".encode(), "不认识"),
    ],
)
async def test_what_is_no_table_of_customers_gets_a_sentence(
    world: World, lin: ActingPerson, content: bytes, told: str
) -> None:
    await lin.upload("a.csv", content)
    [found, *_] = await answer(world, lin, 1)
    assert told in (prose(found) or found.text)


async def test_who_keeps_no_customers_is_told_so(world: World, cast: Cast) -> None:
    reed = cast.person("reed")
    await send(world, reed, ["Alpha Trading", "A", ""])
    [found] = await answer(world, reed, 1)
    assert found.blocks == []
    assert "manager" in found.text


async def test_a_file_slack_does_not_give_is_told(world: World, lin: ActingPerson) -> None:
    world.slack.faults.add("files.info", "error", error="file_not_found")
    await send(world, lin, ["甲乙公司", "A", ""])
    [found] = await answer(world, lin, 1)
    assert "读不到这个文件" in found.text


async def test_each_file_of_a_message_is_looked_at(world: World, lin: ActingPerson) -> None:
    first = await lin.upload("甲.csv", "name,tier\n甲乙公司,A\n".encode())
    second = await lin.upload("乙#1?.csv", "name,tier\n丙丁公司,A\n".encode())
    await answer(world, lin, 2)
    both = [*first.files, *second.files]
    message = world.slack.state.new_message(first.channel, lin.id, "", subtype="file_share", files=both)
    world.slack.state.post(message)
    found = await answer(world, lin, 4)
    assert sorted(prose(each).split("\n")[0].strip("*") for each in found) == ["乙#1?.csv"] * 2 + ["甲.csv"] * 2


async def test_an_import_is_done_and_told_though_its_progress_cannot_be_shown(
    world: World, cast: Cast, lin: ActingPerson
) -> None:
    await send(world, lin, ["甲乙公司", "A", ""])
    [preview] = await answer(world, lin, 1)
    world.slack.faults.add("chat.update", "error", error="internal_error")
    await press(lin, preview, views.IMPORT)
    await answer(world, lin, 2)
    assert "导入完成。" in prose(preview)


async def test_an_export_that_slack_does_not_take_is_told(world: World, lin: ActingPerson, east: str) -> None:
    """As where the app was installed before it needed the scope."""
    world.slack.faults.add("files.getUploadURLExternal", "error", error="missing_scope")
    await lin.command("/factormate", "export", east)
    [found] = await answer(world, lin, 1)
    assert "编号" in found.text


@pytest.mark.parametrize("form", ["", "csv", "json"])
async def test_an_export_holds_what_one_sees_and_no_more(
    world: World, cast: Cast, lin: ActingPerson, chen: ActingPerson, east: str, form: str
) -> None:
    await cast.customer(lin, "远大纺织")
    await cast.customer(chen, "恒通电子")
    assert await lin.command("/factormate", f"export {form}", east) == 200
    [found] = await answer(world, lin, 1)
    assert found.files[0]["name"] == f"factormate-2026-11-24.{form or 'xlsx'}"
    exported = content(world, found)
    text = exported.decode() if form else str([cells for _, cells in tables.read(exported)])
    assert ("远大纺织" in text, "恒通电子" in text) == (True, False)


async def test_an_unknown_form_is_told(lin: ActingPerson, east: str) -> None:
    await lin.command("/factormate", "export pdf", east)
    assert "xlsx、csv 或 json" in lin.messages(east)[-1].text
