"""Steps of the day on site: inspectors at their phones, office and leaders at the screens beside them. No tests
here.
"""

from __future__ import annotations

from playwright.sync_api import expect

from .desk import PATIENCE, Desk
from .rules import Taps

# -- the phone


def open_phone(inspector: Desk) -> None:
    """Until the day is there and the page says that it works without a network."""
    inspector.go("/phone/")
    expect(inspector.tab.locator("#ready")).to_contain_text("已备好离线使用", timeout=PATIENCE)


def show_stop(inspector: Desk, village: str) -> None:
    """From the day's route, by its name."""
    inspector.tab.get_by_role("link", name="今日", exact=True).tap()
    inspector.tab.locator("ol.rt").get_by_role("link").filter(has_text=village).first.tap()
    expect(inspector.tab.get_by_role("heading", level=1)).to_contain_text(village, timeout=PATIENCE)


def give(inspector: Desk, taps: Taps) -> None:
    """Every key by a finger: points, a lower mark from the second row, deductions counted up."""
    tab = inspector.tab
    for name, mark in (("工作实绩", taps.a), ("群众满意", taps.b)):
        press(inspector, name, mark)
    deduct(tab.get_by_role("group", name="组织生活"), taps)


def press(inspector: Desk, criterion: str, mark: str) -> None:
    box = inspector.tab.get_by_role("group", name=criterion)
    expect(box).to_be_visible(timeout=PATIENCE)
    key = box.locator(f"label.ky:has(input[value='{mark}'])")
    if key.count():
        key.tap()
    else:
        box.locator(".lo").tap()
        inspector.tab.get_by_role("dialog").get_by_role("button", name=mark, exact=True).tap()
    expect(box.locator("output").first).to_have_text(mark)


def deduct(box, taps: Taps) -> None:
    counted = {"少开一次": taps.missed, "台账缺项": taps.gaps}
    if not any(counted.values()):
        box.locator("label.ky").tap()
    for item, times in counted.items():
        for count in range(1, times + 1):
            box.get_by_role("button", name=f"{item}，加一次").tap()
            expect(box.get_by_label(f"{item}次数")).to_have_text(f"{count} 次")


def sign(inspector: Desk) -> None:
    """By hand, on the glass."""
    tab = inspector.tab
    tab.get_by_role("button", name="签名提交").tap()
    ink = tab.locator("canvas.ink")
    ink.scroll_into_view_if_needed()
    box = ink.bounding_box()
    tab.mouse.move(box["x"] + 30, box["y"] + 40)
    tab.mouse.down()
    for step in range(1, 9):
        tab.mouse.move(box["x"] + 30 + step * 20, box["y"] + 40 + (step % 3) * 25)
    tab.mouse.up()
    tab.get_by_role("dialog").get_by_role("button", name="提交", exact=True).tap()
    expect(tab.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)


def score(inspector: Desk, marks: dict[str, Taps]) -> None:
    for village, taps in marks.items():
        show_stop(inspector, village)
        give(inspector, taps)
        sign(inspector)


def cut(inspector: Desk) -> None:
    inspector.tab.context.set_offline(True)


def mend(inspector: Desk) -> None:
    inspector.tab.context.set_offline(False)


def waiting_and_sent(inspector: Desk, waiting: int, sent: int) -> None:
    """The counts on the page of the day come to this."""
    inspector.tab.get_by_role("link", name="今日", exact=True).tap()
    expect(inspector.tab.locator("#n-waiting b")).to_have_text(str(waiting), timeout=PATIENCE)
    expect(inspector.tab.locator("#n-sent b")).to_have_text(str(sent), timeout=PATIENCE)


def ask_reopening(inspector: Desk, village: str, reason: str) -> None:
    show_stop(inspector, village)
    inspector.tab.get_by_role("button", name="申请重开", exact=True).tap()
    inspector.tab.get_by_label("重开的理由").fill(reason)
    inspector.tab.get_by_role("button", name="提交申请").tap()
    inspector.told("已向组织部申请重开。")


def revise(inspector: Desk, village: str, before: Taps, taps: Taps) -> None:
    """Loaded anew until the office's answer is there; then only what differs is tapped."""
    inspector.tab.reload()
    open_phone(inspector)
    show_stop(inspector, village)
    inspector.tab.get_by_role("button", name="修改评分").tap()
    assert (before.missed, before.gaps) == (taps.missed, taps.gaps)
    for name, old, mark in (("工作实绩", before.a, taps.a), ("群众满意", before.b, taps.b)):
        if mark != old:
            press(inspector, name, mark)
    sign(inspector)


# -- the screens


def arrive(office: Desk, round_id: str, village: str) -> None:
    office.go(f"/rounds/{round_id}/control/")
    office.click(f"记到达{village}")
    expect(office.tab.get_by_role("button", name=f"记离开{village}")).to_be_visible(timeout=PATIENCE)


def grant_reopening(office: Desk, round_id: str, reply: str) -> None:
    office.go(f"/rounds/{round_id}/control/")
    wishes = office.section("重开")
    wishes.get_by_role("textbox").fill(reply)
    office.click("同意", within=wishes)
    expect(office.section("重开").get_by_role("button", name="收回")).to_be_visible(timeout=PATIENCE)


def watched(watcher: Desk, round_id: str) -> None:
    """Onto the live board, from the list of those that are open to this person."""
    watcher.go("/live/")
    watcher.tab.get_by_role("link", name="第 1 轮现场亮分").click()
    watcher.told("暂定，以公布的结果为准")


def standings(watcher: Desk, tier: str) -> list[tuple[str, str, str]]:
    """Rank, village and score as the board shows them now."""
    return [(row[0], row[1], row[3]) for row in watcher.rows(f"{tier}到现在的名次")]


def shown_score(watcher: Desk, tier: str, village: str, score: str) -> None:
    """The board comes to show it by itself, without being loaded anew."""
    table = watcher.tab.get_by_role("table", name=f"{tier}到现在的名次")
    row = table.get_by_role("row").filter(has_text=village)
    expect(row).to_contain_text(score, timeout=PATIENCE)
