"""Steps after the outcome is published: plaques, papers, money, good practices. No tests here."""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

from playwright.sync_api import expect
from pypdf import PdfReader

from .desk import PATIENCE, Desk
from .preparing import today


def number_plaques(office: Desk, round_id: str, count: int) -> dict[str, list[str]]:
    """The number of every plaque; the register of the round by village: township, tier, number, until, state."""
    office.go(f"/rounds/{round_id}/award/")
    office.click(f"编号 {count} 个")
    expect(office.section("标牌编号").get_by_text("都已编号")).to_be_visible(timeout=PATIENCE)
    return register(office)


def register(office: Desk) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in office.rows("第 1 轮授予的称号")}


def certificates(office: Desk, round_id: str) -> list[str]:
    """The text of every page, without spaces."""
    office.go(f"/rounds/{round_id}/award/")
    content = office.download("全部证书 PDF")
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def naming_paper(office: Desk, round_id: str, number: str) -> str:
    """The words of the naming decision in Word."""
    office.go(f"/rounds/{round_id}/award/")
    office.section("文件").get_by_label("发文字号").fill(number)
    return words_of(office.download("命名决定", role="button"))


def words_of(docx: bytes) -> str:
    with ZipFile(io.BytesIO(docx)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())


def issue_subsidies(office: Desk, number: str) -> list[list[str]]:
    """All that waits, by one document; the ledger afterwards."""
    office.go("/subsidies/")
    office.tab.get_by_role("radio", name="当前筛选出的全部待办理款项").check()
    form = office.section("登记下达")
    form.get_by_label("文号").fill(number)
    form.get_by_label("下达日期").fill(today(office))
    office.click("登记下达", within=form)
    expect(office.section("登记下达")).to_have_count(0, timeout=PATIENCE)
    return office.rows("补助逐笔，单位万元")


def write_practice(town: Desk, village: str, title: str) -> None:
    town.go("/practices/new/")
    town.tab.get_by_label("组织").select_option(label=village)
    town.tab.locator("main").get_by_role("button").last.click()
    town.fill("标题", title)
    town.tab.get_by_label("总结自哪一轮").select_option(index=1)
    town.tab.get_by_label("做法").fill("党员分片包干，月月有清单。")
    town.tab.get_by_role("checkbox", name=re.compile(f"{village}照片")).check()
    town.click("保存")
    town.told(f"“{title}”已保存。")


def share_practice(office: Desk, title: str) -> None:
    office.go("/practices/")
    office.follow(title)
    office.decide("推广")
    office.told(f"“{title}”已推广，全县可见。")
