"""`customers import`: all rows or none, and the same file again does nothing."""

from bot import tables
from tests.cli.conftest import Bot, Company
from tests.world import CHEN, LIN, TEAM

GOOD = f"""name,tier,industry,owner,aliases,last_contact_on,external_id
星河纺织,a,纺织,{LIN},星河;XH Textile|星河厂,2026-02-20,CRM-1
新源电子,B,,{CHEN},,,
星河纺织,C,,{CHEN},,,
"""


async def test_imported_once_and_changed_by_its_number(bot: Bot, company: Company) -> None:
    """Two managers may have customers of one name; the second file is as a Chinese spreadsheet saves it."""
    first = await bot("customers", "import", bot.file("a.csv", GOOD), **company.environment)
    changed = GOOD.replace("星河纺织,a", "星河集团,B", 1)
    again = await bot("customers", "import", bot.file("b.csv", changed, "gb18030"), **company.environment)
    assert (first.code, first.out) == (0, "New: 3, changed: 0, as they were: 0, wrong: 0. Done.\n")
    assert (again.code, again.out) == (0, "New: 0, changed: 1, as they were: 2, wrong: 0. Done.\n")
    lin = await company.services.members.actor(TEAM, LIN)
    (customer,) = await company.services.customers.named(lin, "星河厂")
    assert (customer.name, customer.tier, customer.owner_id) == ("星河集团", "B", LIN)
    audit = await company.services.workspaces.audit.newest(TEAM)
    assert [line.subject for line in audit if line.action == "customers.import"] == ["0+1", "3+0"]


async def test_nothing_is_imported_while_one_row_is_wrong(bot: Bot, company: Company) -> None:
    """Every fault is told with its line, in the report too; the other rows are imported where that is asked for."""
    rows = [
        ["name", "tier", "owner", "aliases", "last_contact_on"],
        ["甲乙公司", "A", LIN, "", ""],
        ["丙丁公司", "E", LIN, "", ""],
        ["己庚公司", "A", "U05REED", "", ""],
        ["甲乙公司", "B", LIN, "", "2999-01-01"],
    ]
    (bot.folder / "bad.xlsx").write_bytes(tables.xlsx_bytes({"s": rows}))
    refused = await bot("customers", "import", "bad.xlsx", "--report", "rows.csv", **company.environment)
    assert refused.code == 1
    told = [line.split(":")[1:3] for line in refused.out.splitlines() if line.startswith("bad.xlsx")]
    assert told == [["3", " tier"], ["4", " owner"], ["5", " last_contact_on"]]
    assert "Nothing was imported." in refused.out
    report = [cells for _, cells in tables.read((bot.folder / "rows.csv").read_bytes())]
    assert [each[:3] for each in report[1:]] == [
        ["2", "甲乙公司", "new"],
        ["3", "", "wrong"],
        ["4", "", "wrong"],
        ["5", "", "wrong"],
    ]
    lin = await company.services.members.actor(TEAM, LIN)
    assert await company.services.customers.suggest(lin, "") == []
    skipped = await bot("customers", "import", "bad.xlsx", "--skip-faulty", **company.environment)
    assert skipped.code == 0, "the good rows were written"
    assert [each.name for each in await company.services.customers.suggest(lin, "")] == ["甲乙公司"]
    dry = await bot("customers", "import", "bad.xlsx", "--skip-faulty", "--dry-run", **company.environment)
    assert dry.code == 1
    nothing_good = bot.file("worse.csv", "name,tier,owner\n甲乙公司,E,\n")
    assert (await bot("customers", "import", nothing_good, "--skip-faulty", **company.environment)).code == 1


async def test_files_with_customers_are_their_owner_s_to_read_only(bot: Bot, company: Company) -> None:
    """Also where a file was there that others may read; one that can't be written is told in a sentence."""
    (bot.folder / "rows.csv").write_text("a longer text than what comes, which is gone then" * 50)
    (bot.folder / "rows.csv").chmod(0o644)
    bot.file("a.csv", GOOD)
    await bot("customers", "import", "a.csv", "--dry-run", "--report", "rows.csv", **company.environment)
    assert (bot.folder / "rows.csv").stat().st_mode & 0o777 == 0o600
    assert "longer" not in (bot.folder / "rows.csv").read_text()
    failed = await bot("customers", "export", "nowhere/all.csv", **company.environment)
    assert (failed.code, "nowhere/all.csv: No such file" in failed.err) == (2, True)
