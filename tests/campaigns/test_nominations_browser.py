"""A village is put forward, returned, mended and approved in a real browser; on a phone, without JavaScript.

Every page on the way is asked of axe at both sizes. With BIAOGAN_SHOTS naming a folder it is also kept as a picture.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import tenant_scope
from campaigns.enums import NominationState, TitleState
from campaigns.models import Nomination
from campaigns.services.reviewing import approve_nomination, return_nomination
from tests import browser as browsers
from tests.factories import PASSWORD
from tests.pages.axe import violations

from .nominating_stage import HIGH, LOW, make_stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def desk(live_server, page):
    def enter(person, **options):
        tab = page(base_url=live_server.url, **options)
        tab.goto("/signin/")
        tab.fill("[name=username]", person.username)
        tab.fill("[name=password]", PASSWORD)
        tab.get_by_role("button", name="登录").click()
        tab.wait_for_url(lambda address: "signin" not in address)
        return tab

    return enter


def look(tab, name):
    """No violation and nothing wider than the screen, at both sizes."""
    wrong = []
    for size, suffix in ((browsers.DESKTOP, "desktop"), (browsers.PHONE, "phone")):
        tab.set_viewport_size(size)
        if folder := os.environ.get("BIAOGAN_SHOTS"):
            tab.screenshot(path=Path(folder) / f"{name}-{suffix}.png", full_page=True)
        wrong += [f"{name} {suffix} {line}" for line in violations(tab)]
        if tab.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            wrong.append(f"{name} {suffix} 页面比屏幕宽")
    tab.set_viewport_size(browsers.DESKTOP)
    assert wrong == []


def test_from_choice_to_approval(stage, desk):
    with tenant_scope(stage.tenant):
        stage.members("35")
        stage.title(stage.county.east_villages[1], LOW)
        stage.material()
        stage.submitted(stage.neighbour, HIGH)
        stage.members("2", stage.neighbour)
        stage.submitted(stage.county.west_villages[1])
    town, office = desk(stage.east_secretary), desk(stage.maker)
    choose(town)
    fill_in(town)
    return_and_approve(town, office, stage)
    with tenant_scope(stage.tenant):
        states = dict(Nomination.objects.values_list("organization__name", "state"))
    assert states == {"杨村": "approved", "石塘村": "approved", "岭后村": "submitted"}


def choose(town):
    """From the list to the draft of one village; why another may not is said."""
    town.goto("/nominations/")
    look(town, "list-empty")
    town.get_by_role("link", name="选择组织申报").click()
    look(town, "choose")
    town.get_by_role("link", name="赵村不能申报进位，看原因").click()
    expect(town.get_by_text("2025-03-20 获“进位”，现仍持有，不能重复申报“进位”。")).to_be_visible()
    look(town, "choose-no")
    town.get_by_role("link", name="换一个组织").click()
    town.get_by_role("link", name="杨村可以申报进位").click()
    look(town, "choose-one")
    town.get_by_role("button", name="开始填报").click()
    look(town, "draft")


def fill_in(town):
    """Wrong first, then whole, then handed in."""
    town.get_by_role("textbox", name="基本情况").fill("全村 320 户，党员 35 名。")
    town.get_by_label("自评：实绩").fill("7.3")
    town.get_by_role("button", name="保存", exact=True).last.click()
    expect(town.get_by_text("不合分档，应为 0.5 的倍数。").last).to_be_visible()
    look(town, "draft-wrong")
    town.get_by_label("自评：实绩").fill("7.5")
    town.get_by_label("自评：规范").fill("0")
    town.locator(".asks summary").first.click()
    town.get_by_label("“会议记录”：选用已有材料").select_option(index=1)
    town.get_by_role("button", name="保存", exact=True).last.click()
    expect(town.get_by_text("已经填齐，可以提交")).to_be_visible()
    look(town, "draft-full")
    town.get_by_role("button", name="提交给县里").click()
    expect(town.get_by_text("等待县里审核", exact=True)).to_be_visible()
    look(town, "list")


def return_and_approve(town, office, stage):
    office.goto("/review/")
    look(office, "reviews")
    office.get_by_role("link", name="第 1 轮").click()
    look(office, "review")
    office.get_by_role("link", name="杨村").click()
    look(office, "decide")
    office.get_by_label("审核意见").fill("会议记录缺签名")
    office.get_by_role("button", name="退回修改").click()
    expect(office.get_by_text("县里的审核意见：会议记录缺签名")).to_be_visible()

    town.goto("/nominations/")
    look(town, "list-returned")
    town.get_by_role("link", name="杨村的申报").click()
    look(town, "returned")
    town.get_by_role("button", name="提交给县里").click()
    office.goto(f"/rounds/{stage.round.pk}/review/")
    office.get_by_label("勾选杨村").check()
    office.get_by_label("勾选石塘村").check()
    office.get_by_role("button", name="通过所勾选的", exact=True).click()
    expect(office.get_by_role("row", name="杨村").get_by_text("已通过")).to_be_visible()
    look(office, "review-after")
    office.goto("/burden/")
    look(office, "burden")


def test_a_returned_nomination_on_a_phone_without_javascript(stage, desk):
    with tenant_scope(stage.tenant):
        stage.title(stage.village, LOW, TitleState.REVOKED)
        return_nomination(nomination=stage.submitted(), reason="自评请核对", actor=stage.maker)
        approve_nomination(nomination=stage.submitted(stage.neighbour), actor=stage.maker)
    town = desk(stage.east_secretary, viewport=browsers.PHONE, java_script_enabled=False)
    town.goto("/nominations/")
    town.get_by_role("link", name="杨村的申报").click()
    town.get_by_label("自评：规范").fill("1.5")
    town.get_by_role("button", name="提交给县里").click()
    with tenant_scope(stage.tenant):
        nomination = Nomination.objects.get(organization=stage.village)
        assert (nomination.state, nomination.self_marks["b"]) == (NominationState.SUBMITTED, "1.5")
