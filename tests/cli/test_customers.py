"""`customers import`: all rows or none, and the same file again does nothing."""

from tests.cli.conftest import Bot, Company
from tests.world import CHEN, LIN, TEAM

GOOD = f"""name,tier,industry,owner,aliases,last_contact_on
星河纺织,a,纺织,{LIN},星河;XH Textile|星河厂,2026-02-20
新源电子,B,,{CHEN},,
星河纺织,C,,{CHEN},,
"""


async def test_imported_once_however_often_the_file_comes(bot: Bot, company: Company) -> None:
    """Two managers may have customers of one name; the second file is as a Chinese spreadsheet saves it."""
    first = await bot("customers", "import", bot.file("a.csv", GOOD), **company.environment)
    again = await bot("customers", "import", bot.file("b.csv", GOOD, "gb18030"), **company.environment)
    assert (first.code, first.out) == (0, "Imported 3 of 3 customers.\n")
    assert (again.code, again.out) == (0, "Imported 0 of 3 customers; 3 were there already.\n")
    lin = await company.services.members.actor(TEAM, LIN)
    (customer,) = await company.services.customers.named(lin, "星河厂")
    assert (customer.name, customer.tier, customer.owner_id) == ("星河纺织", "A", LIN)
    audit = await company.services.workspaces.audit.newest(TEAM)
    assert [line.who for line in audit if line.action == "customer.create"] == ["operator"] * 3


async def test_nothing_is_imported_while_one_row_is_wrong(bot: Bot, company: Company) -> None:
    """Every fault is told with its line, those of the file and those only the store can know."""
    rows = [
        "name,tier,owner,aliases,last_contact_on",
        f"甲乙公司,A,{LIN},,",
        f"丙丁公司,E,{LIN},,",
        "己庚公司,A,U05REED,,",
        f"甲乙公司,B,{LIN},,2999-01-01",
    ]
    ran = await bot("customers", "import", bot.file("bad.csv", "\n".join(rows)), **company.environment)
    assert ran.code == 1
    assert [line.split(":")[1:3] for line in ran.out.splitlines()[:-1]] == [
        ["3", " tier"],
        ["4", " owner"],
        ["5", " last_contact_on"],
        ["5", " name"],
    ]
    assert ran.out.endswith("Nothing was imported.\n")
    lin = await company.services.members.actor(TEAM, LIN)
    assert await company.services.customers.suggest(lin, "") == []
