"""Steps from the sealed sheets to the published outcome: compute, look, decide, confirm, show, answer. No tests
here.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .desk import PATIENCE, Desk
from .preparing import today


def compute(office: Desk, round_id: str) -> str:
    """By the worker, watched on the page of the job; the id of the computation."""
    office.go(f"/rounds/{round_id}/")
    office.decide("封存并计算")
    office.tab.wait_for_url("**/jobs/**")
    office.tab.get_by_role("link", name=re.compile("查看结果|核对结果|查看")).first.click(timeout=2 * PATIENCE)
    office.tab.wait_for_url("**/rounds/**")
    office.go(f"/rounds/{round_id}/")
    link = office.tab.locator("a[href*='/computations/'][href$='/anomalies/']").first
    return link.get_attribute("href").split("/computations/")[1].split("/")[0]


def ranking(desk: Desk, round_id: str, tier: str) -> list[dict[str, str]]:
    """The ranking of a tier as the page says it: rank, village, score, sheets, outcome."""
    desk.go(f"/rounds/{round_id}/?tier={tier}")
    table = desk.tab.get_by_role("table", name=re.compile(f"{tier}排名"))
    heads = [" ".join(each.split()) for each in table.locator("thead th").all_inner_texts()]
    caption = table.locator("caption").inner_text()
    return [dict(zip(heads, row, strict=True)) for row in desk.rows(caption)]


def proof(desk: Desk) -> dict[str, str]:
    """The arithmetic of the elimination on the page of the round: by its words."""
    parts = desk.section("淘汰核算").locator("dl.eq > div")
    return {
        each.locator("dt").inner_text(): each.locator("dd").inner_text().split("\n")[0].strip() for each in parts.all()
    }


def look_at_anomalies(office: Desk, computation: str, opinion: str) -> int:
    """Write the same opinion beside everything that was found; how many lines there were."""
    office.go(f"/computations/{computation}/anomalies/")
    boxes = office.tab.get_by_role("checkbox", name=re.compile("^勾选："))
    found = boxes.count()
    for box in boxes.all():
        box.check()
    if found:
        office.fill("给勾选的写上核查意见", opinion)
        office.click("记下核查意见")
        office.told(f"已给 {found} 条异常写上核查意见。")
    return found


def stage_deferral(office: Desk, computation: str, village: str, reason: str) -> None:
    office.go(f"/computations/{computation}/decisions/")
    office.tab.get_by_role("checkbox", name=f"勾选{village}").check()
    office.tab.get_by_label("决定", exact=True).select_option(label="暂缓授予")
    office.fill("事由", reason)
    office.click("拟定决定")
    office.told("已拟定 1 条决定，须由另一位管理员核对执行。")


def apply_decisions(second: Desk, computation: str) -> None:
    second.go(f"/computations/{computation}/decisions/")
    second.click("执行 1 条决定")
    second.told("已执行 1 条决定。")


def release(office: Desk, computation: str, village: str, reason: str) -> None:
    office.go(f"/computations/{computation}/decisions/")
    office.tab.locator("summary", has_text="解除").click()
    office.tab.get_by_label(f"解除对{village}的决定的原因").fill(reason)
    office.click("解除")
    office.told("决定已解除。")


def confirm(second: Desk, round_id: str) -> None:
    second.go(f"/rounds/{round_id}/")
    second.decide("确认结果")
    second.told("结果已确认。")


def open_notice(office: Desk) -> tuple[str, str]:
    """From today, for the working days that the round promised; the id of the notice and its public address."""
    office.go("/notices/")
    office.section("已确认，可以公示").get_by_role("link", name=re.compile("公示")).click()
    office.fill("公示开始", today(office))
    office.fill("反映渠道", "县委组织部，地址：县行政中心")
    office.click("发布公示")
    office.told("公示已发布，到")
    address = office.tab.locator("p.address a").get_attribute("href")
    return office.tab.url.rstrip("/").rsplit("/", 1)[1], address


def object_to(town: Desk, village: str, text: str) -> None:
    town.go("/notices/")
    town.tab.get_by_role("link", name=re.compile("名单的公示")).first.click()
    town.follow("提出异议")
    town.tab.get_by_label("针对的单位").select_option(label=village)
    town.fill("异议内容", text)
    town.click("提交异议")
    town.told("异议已提交，主管单位应在")


def answer_objection(office: Desk, text: str, reply: str) -> None:
    office.go("/notices/")
    office.follow(text, within=office.section("待办异议"))
    office.tab.get_by_role("radio", name="维持原结果").check()
    office.tab.get_by_role("textbox", name="答复").fill(reply)
    office.click("答复并办结")
    office.told("已答复：")


def take_down_notice(office: Desk, notice: str, reason: str) -> None:
    """A notice cannot be over on the day it began: it comes down with a reason."""
    office.go(f"/notices/{notice}/")
    office.tab.locator("summary", has_text="期满之前停止公示").click()
    office.fill("撤下公示的原因", reason)
    office.click("撤下")
    office.told("公示已撤下")


def finish_notice_phase(office: Desk, round_id: str, reason: str) -> None:
    """The notice was given elsewhere: its phase is noted as done, with the reason."""
    office.go(f"/rounds/{round_id}/phases/")
    office.follow("调整“公示”")
    office.fill("完成日期", today(office))
    office.tab.locator("form", has=office.tab.get_by_role("button", name="标记完成")).get_by_label("原因").fill(reason)
    office.click("标记完成")
    office.told("“公示”已标记完成。")


def publish(second: Desk, round_id: str) -> None:
    second.go(f"/rounds/{round_id}/")
    second.decide("公布结果")
    second.told("结果已公布，称号、加分和补助已更新。")


def why_not(desk: Desk, round_id: str) -> str:
    """What stands beside the next act of the round while it may not be done yet, or not by this person."""
    desk.go(f"/rounds/{round_id}/")
    expect(desk.tab.locator("#act-why")).to_be_visible(timeout=PATIENCE)
    return desk.tab.locator("#act-why").inner_text()
