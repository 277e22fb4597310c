"""Steps before anybody scores: scheme, campaign, round, nominations, panel, route. One function per act. No tests
here.
"""

from __future__ import annotations

import io
import re
from hashlib import sha256

from PIL import Image
from playwright.sync_api import expect

from .desk import PATIENCE, Desk
from .rules import SCHEME

PHASES = ("申报", "县级审核", "培训与标准", "评委与路线", "现场评分", "计算与复核", "公示", "授牌")


# -- the office


def hand_in_scheme(office: Desk, code: str, name: str) -> None:
    """Upload the document, read it in words, keep it as a draft."""
    office.go("/schemes/upload/")
    content = SCHEME.format(code=code, name=name).encode()
    office.tab.get_by_label("办法文件").set_input_files(
        {"name": "办法.yaml", "mimeType": "text/yaml", "buffer": content}
    )
    office.click("检查")
    office.told("检查通过，尚未保存")
    office.click("保存为草稿")
    office.told("已保存为草稿，待另一位管理员发布。")


def publish_scheme(second: Desk) -> None:
    second.go("/schemes/")
    second.tab.get_by_role("link", name=re.compile("示范创建办法|2026-1")).first.click()
    second.decide("发布")
    second.told("已发布，轮次可以采用。")


def make_campaign(office: Desk) -> None:
    office.go("/campaigns/new/")
    office.fill("活动名称", "示范创建")
    office.fill("主办单位", "中共县委")
    office.fill("批准机关", "市委")
    office.fill("批准文号", "市委〔2026〕1号")
    office.fill("开始日期", today(office))
    office.click("新建活动")
    office.told("“示范创建”已新建。")


def plan_round(office: Desk) -> str:
    """Every phase is open today; the id of the round."""
    office.go("/campaigns/")
    office.tab.get_by_role("link", name=re.compile("安排")).first.click()
    day = today(office)
    office.fill("现场日期", day)
    office.tab.keyboard.press("Tab")
    expect(office.tab.get_by_label("申报开始", exact=True)).not_to_have_value("", timeout=PATIENCE)
    for phase in PHASES:
        for end in ("开始", "截止"):
            field = office.tab.get_by_label(f"{phase}{end}", exact=True)
            field.fill(day)
    office.click("安排这一轮")
    office.told("已安排。")
    return office.tab.url.split("/rounds/")[1].split("/")[0]


def today(desk: Desk) -> str:
    """The county's day, which need not be this machine's."""
    return desk.tab.evaluate("new Date().toLocaleDateString('sv', { timeZone: 'Asia/Shanghai' })")


# -- the township


def picture(title: str) -> bytes:
    """Another file for every title: the office is told where two villages hand in the same one."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), tuple(sha256(title.encode()).digest()[:3])).save(out, "JPEG")
    return out.getvalue()


def upload_photo(town: Desk, village: str, title: str) -> None:
    town.go("/materials/new/")
    town.tab.get_by_label("组织").select_option(label=village)
    file = {"name": f"{title}.jpg", "mimeType": "image/jpeg", "buffer": picture(title)}
    town.tab.get_by_label("文件", exact=True).set_input_files(file)
    town.tab.get_by_label("名称").fill(title)
    town.click("上传")
    town.told("已收到，检查通过")


def nominate(town: Desk, village: str, tier: str) -> None:
    """Choose, begin, fill in, attach the photo that was uploaded before, and submit."""
    town.go("/nominations/")
    town.tab.get_by_role("link", name="选择组织申报").click()
    town.follow(f"{village}可以申报{tier}")
    town.click("开始填报")
    town.tab.get_by_role("textbox", name="基本情况").fill(f"{village}班子健全。")
    for criterion, mark in (("工作实绩", "8"), ("群众满意", "4"), ("组织生活", "5")):
        town.tab.get_by_label(f"自评：{criterion}").fill(mark)
    town.tab.locator("summary", has_text="加材料").first.click()
    town.tab.get_by_label("“现场照片”：选用已有材料").select_option(index=1)
    town.tab.get_by_role("button", name="保存", exact=True).last.click()
    town.told("已经填齐，可以提交")
    town.click("提交给县里")
    town.told("等待县里审核")


def submit_again(town: Desk, village: str, statement: str) -> None:
    town.go("/nominations/")
    town.tab.get_by_role("link", name=f"{village}的申报").click()
    town.tab.get_by_role("textbox", name="基本情况").fill(statement)
    town.click("提交给县里")
    town.told("等待县里审核")


# -- the office again


def give_back(office: Desk, round_id: str, village: str, reason: str) -> None:
    office.go(f"/rounds/{round_id}/review/")
    office.follow(village)
    office.tab.get_by_label("审核意见").fill(reason)
    office.click("退回修改")
    office.told(f"县里的审核意见：{reason}")


def approve(office: Desk, round_id: str, villages: list[str]) -> None:
    office.go(f"/rounds/{round_id}/review/")
    for village in villages:
        office.tab.get_by_label(f"勾选{village}").check()
    office.click("通过所勾选的")
    for village in villages:
        row = office.tab.get_by_role("row").filter(has=office.tab.get_by_role("link", name=village, exact=True))
        expect(row.get_by_text("已通过")).to_be_visible(timeout=PATIENCE)


def pick_inspector(office: Desk, round_id: str, number: str) -> None:
    office.go(f"/rounds/{round_id}/panel/")
    office.tab.get_by_role("checkbox", name=re.compile(f"^{number} ")).check()
    office.click("加入评委组")
    office.told("已加入评委组 1 人。")


def draw_inspectors(office: Desk, round_id: str, count: int, seed: str) -> None:
    """Draw with an agreed seed, look at the record, adopt it."""
    office.go(f"/rounds/{round_id}/draw/")
    office.tab.get_by_label("抽几人").fill(str(count))
    office.tab.get_by_label("种子").fill(seed)
    office.click("抽取")
    office.told(f"已抽出 {count} 人，尚未采用。")
    office.click("采用这次抽取")
    office.told(f"抽取结果已采用，{count} 人加入评委组。")


def declare_conflict(inspector: Desk, village: str, note: str) -> None:
    inspector.go("/conflicts/")
    inspector.tab.get_by_label("组织").fill(village)
    inspector.tab.get_by_label("原因").fill(note)
    inspector.click("申报回避")
    inspector.told(f"已申报回避“{village}”，待组织部确认。")


def confirm_conflicts(office: Desk, round_id: str) -> None:
    """Everything that was found and declared, in one click."""
    office.go(f"/rounds/{round_id}/panel/")
    office.click("全部确认")
    expect(office.section("回避").get_by_text("都已确认")).to_be_visible(timeout=PATIENCE)


def lay_route(office: Desk, round_id: str, villages: list[str]) -> None:
    office.go(f"/rounds/{round_id}/routes/")
    office.tab.get_by_label("路线名称").fill("一线")
    office.tab.get_by_label("出发时间").fill("08:30")
    office.click("新建路线")
    office.tab.get_by_role("heading", name="一线", level=1).wait_for()
    for village in villages:
        office.tab.get_by_role("checkbox", name=re.compile(f"^{village}（")).check()
    office.click("保存站点")
    expect(office.tab.locator(".tour li")).to_have_count(len(villages), timeout=PATIENCE)
    office.click("排定到达时间")
    expect(office.tab.locator(".tour time").first).to_be_visible(timeout=PATIENCE)


def open_scoring(office: Desk, round_id: str) -> None:
    """The calendar may have opened it a moment ago by itself; then there is nothing left to do."""
    office.go(f"/rounds/{round_id}/")
    button = office.tab.get_by_role("button", name="开放评分", exact=True)
    if button.count():
        office.decide("开放评分")
    office.go(f"/rounds/{round_id}/control/")
    expect(office.section("谁的到了")).to_be_visible(timeout=PATIENCE)
