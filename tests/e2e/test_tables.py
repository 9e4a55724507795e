"""Tables in and out, by clicks and in both languages: a file sent to the app, preview, report; and the export."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import Locator, Page, expect

from bot import text as texts
from bot.text import Lang
from tests.e2e.pages import MANAGER, OpenPage, button, in_both_languages, send, shot

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.asyncio(loop_scope="module")]

CUSTOMER: dict[Lang, str] = {"zh": "远大纺织", "en": "Quillmere Trading"}
NAMES: dict[Lang, tuple[str, str]] = {"zh": ("潮生纺织", "云岫制衣"), "en": ("Harbour Mills", "Cloud Garments")}


def csv_table(owner: str, *names: str) -> bytes:
    """The last row has a tier that does not exist."""
    rows = [f"{name},B,{owner},X{owner}{number}" for number, name in enumerate(names)]
    return "\n".join(["name,tier,owner,external_id", *rows, f"错行,Z,{owner},"]).encode()


def xlsx_table(owner: str, name: str) -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (("name", "tier", "owner"), (name, "C", owner)):
        sheet.append(row)
    book.save(content)
    return content.getvalue()


async def upload(page: Page, name: str, content: bytes) -> None:
    await page.get_by_test_id("file-input").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )


def answer(page: Page, words: str) -> Locator:
    return page.get_by_test_id("message").filter(has_text=words).last


async def saved(page: Page, message: Locator, folder: Path) -> bytes:
    """The file of a message, as a person saves it."""
    async with page.expect_download() as coming:
        await message.get_by_test_id("file").click()
    path = folder / "saved"
    await (await coming.value).save_as(path)
    return path.read_bytes()


@in_both_languages
async def test_a_table_is_looked_at_imported_and_reported(open_page: OpenPage, lang: Lang, tmp_path: Path) -> None:
    """Nothing is written before the click; the wrong row is named, and the same file brings nothing new."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    table = csv_table(MANAGER[lang], *NAMES[lang])
    await upload(page, "customers.csv", table)
    preview = answer(page, text("table.not_yet"))
    await expect(preview).to_contain_text(text("table.summary", added=2, changed=0, same=0, wrong=1))
    await expect(preview).to_contain_text(text("table.tier"))
    report = answer(page, text("table.report"))
    await expect(report).to_be_visible()
    await shot(page, f"import-preview-{lang}")
    await button(preview, text("table.import_rest", count=2)).click()
    done = answer(page, text("table.finished"))
    await expect(done).to_contain_text(text("table.summary", added=2, changed=0, same=0, wrong=1))
    await expect(page.get_by_test_id("file").filter(has_text=text("table.report"))).to_have_count(2)
    said = (await saved(page, report, tmp_path)).decode("utf-8-sig")
    assert f"2,{NAMES[lang][0]},{text('table.effect_added')}" in said
    assert text("table.tier") in said
    await shot(page, f"import-done-{lang}")
    await send(page, f"/customer {NAMES[lang][0]}")
    await expect(page.get_by_test_id("message").last).to_contain_text(NAMES[lang][0])
    await upload(page, "again.csv", table)
    again = page.get_by_test_id("message").filter(has_text="again.csv").filter(has_text=text("table.nothing_good"))
    await expect(again.last).to_contain_text(text("table.summary", added=0, changed=0, same=2, wrong=1))


@in_both_languages
async def test_a_spreadsheet_is_left_or_imported(open_page: OpenPage, lang: Lang) -> None:
    """The other form of table, and thinking better of it."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await upload(page, "more.xlsx", xlsx_table(MANAGER[lang], f"Extra {lang}"))
    preview = answer(page, text("table.not_yet"))
    await button(preview, text("table.leave")).click()
    await expect(answer(page, text("table.left"))).to_be_visible()
    await upload(page, "more.xlsx", xlsx_table(MANAGER[lang], f"Extra {lang}"))
    await button(answer(page, text("table.not_yet")), text("table.import_all", count=1)).click()
    await expect(answer(page, text("table.finished"))).to_contain_text("more.xlsx")


@in_both_languages
async def test_what_one_may_see_is_exported(open_page: OpenPage, lang: Lang, tmp_path: Path) -> None:
    """As a table that opens, in one's messages with the app."""
    text, page = texts.load(lang), await open_page(MANAGER[lang], lang)
    await send(page, "/factormate export csv")
    done = page.get_by_test_id("message").filter(has=page.get_by_test_id("file").filter(has_text="factormate-")).last
    rows = list(csv.DictReader(io.StringIO((await saved(page, done, tmp_path)).decode("utf-8-sig"))))
    names = {row["name"] for row in rows if row["name"]}
    assert names >= {CUSTOMER[lang], *NAMES[lang]}
    assert CUSTOMER["en" if lang == "zh" else "zh"] not in names
    await expect(done).to_contain_text(text("export.done", count=len(names)))
    await shot(page, f"export-{lang}")
