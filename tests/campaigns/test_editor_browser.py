"""An officer who knows Word and Excel makes a scheme in a real browser; a colleague publishes it."""

import pytest
from playwright.sync_api import expect

from accounts.models import tenant_scope
from campaigns.enums import VersionState
from campaigns.models import SchemeVersion
from tests.factories import PASSWORD
from tests.reports.results_stage import make_stage
from tests.schemes.test_criteria_table import book

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = [
    ["村党组织考核标准", None, None, None],
    ["考评项目", "考核内容", "分值", "评分细则"],
    ["一、党建做法（60分）", "组织生活规范", 30, "少一次扣 1 分"],
    [None, "党员先锋作用", 30, "查看台账"],
    ["二、群众满意（40分）", "群众满意度测评", 40, "入户走访"],
    ["合计", None, 100, None],
]


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def desk(live_server, page):
    """A page of a person of the county office, signed in."""

    def enter(person, **options):
        tab = page(base_url=live_server.url, **options)
        tab.goto("/signin/")
        tab.fill("[name=username]", person.username)
        tab.fill("[name=password]", PASSWORD)
        tab.get_by_role("button", name="登录").click()
        tab.wait_for_url(lambda address: "signin" not in address)
        return tab

    return enter


def no_wider_than_the_screen(tab):
    return tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def go(tab, part):
    tab.get_by_role("navigation", name="办法的各部分").get_by_role("link", name=part).click()


def test_from_a_shipped_county_to_a_published_version(stage, desk):
    office = desk(stage.maker)
    office.goto("/schemes/")
    office.get_by_role("link", name="起草办法").click()
    office.get_by_label("建德市").check()
    office.get_by_role("button", name="开始起草").click()
    office.get_by_role("textbox", name="版本").fill("2027-1")
    office.get_by_label("办法名称").fill("临溪先锋村创建办法")
    office.get_by_role("button", name="保存").last.click()
    expect(office.get_by_role("heading", level=1)).to_have_text("临溪先锋村创建办法")

    go(office, "创建标准")
    office.get_by_role("link", name="从标准表导入").click()
    office.get_by_role("button", name="标准表").set_input_files(
        {"name": "标准.xlsx", "mimeType": "application/octet-stream", "buffer": book(SHEET, ("A1:D1", "A3:A4"))}
    )
    office.get_by_role("button", name="看看读到什么").click()
    expect(office.get_by_role("heading", name="读到 3 条标准，合计 100 分")).to_be_visible()
    office.get_by_role("button", name="导入这 3 条").click()
    expect(office.get_by_label("名称", exact=True)).to_have_count(5)

    # sums follow the typing; after the save the server says the same, beside the field
    office.get_by_label("群众满意度测评的分值").fill("39.5")
    expect(office.locator("[data-adds-up]")).to_have_text("比总分少 0.5 分")
    expect(office.locator("#r-1 output")).to_have_text("39.5")
    office.get_by_role("button", name="保存").last.click()
    wrong = office.locator('[id="f-b.full_marks"] .err')
    expect(wrong).to_have_text("分值合计应为 100，现为 99.5，缺 0.5 分。请改各项分值或总分。")
    expect(office.get_by_role("button", name="存为版本")).to_have_attribute("aria-disabled", "true")
    office.get_by_label("群众满意度测评的分值").fill("40")
    office.get_by_role("button", name="保存").last.click()
    expect(wrong).to_have_count(0)

    go(office, "申报等次")
    office.get_by_label("授予标准").first.fill("88")
    office.get_by_role("button", name="保存").last.click()
    go(office, "计分")
    office.get_by_label("规则种类").select_option(label="中位数")
    expect(office.get_by_text("起算份数")).to_have_count(0)

    go(office, "预览评分表")
    sheet = office.get_by_role("region", name="评分表预览，可上下滚动")
    expect(sheet).to_contain_text("组织生活规范")
    expect(sheet).to_contain_text("少一次扣 1 分")
    assert sheet.evaluate("each => each.getBoundingClientRect().width") == 360
    go(office, "总览")
    expect(office.locator(".paras")).to_contain_text("“标杆”，88 分以上方可授予")
    office.get_by_role("button", name="存为版本").click()
    expect(office.get_by_role("button", name="发布")).to_have_attribute("aria-disabled", "true")

    colleague = desk(stage.checker)
    colleague.goto(office.url)
    colleague.get_by_role("button", name="发布").click()
    colleague.locator("#publish").get_by_role("button", name="发布", exact=True).click()
    expect(colleague.locator(".pagehead")).to_contain_text("已发布")
    with tenant_scope(stage.tenant):
        version = SchemeVersion.objects.get(number="2027-1")
    assert (version.state, version.published_by) == (VersionState.PUBLISHED, stage.checker)
    assert [node.name for node in version.document.leaves] == ["组织生活规范", "党员先锋作用", "群众满意度测评"]
    assert version.document.score.kind == "median"


def test_every_page_fits_a_phone_and_works_without_scripts(stage, desk):
    tab = desk(stage.maker, viewport={"width": 360, "height": 740}, java_script_enabled=False)
    tab.goto("/schemes/drafts/new/")
    tab.get_by_label("溪山先锋村评选办法").check()
    tab.get_by_role("button", name="开始起草").click()
    draft = tab.url.partition("blocks")[0]
    tab.goto(f"{draft}blocks/score/")
    tab.get_by_label("规则种类").select_option("trimmed_mean")
    tab.get_by_role("button", name="换成这一种").click()
    tab.get_by_role("button", name="加一项").click()
    tab.get_by_label("起算份数").last.fill("6")
    tab.get_by_role("button", name="保存").last.click()
    expect(tab.get_by_label("起算份数").last).to_have_value("6")
    wide = desk(stage.maker, viewport={"width": 360, "height": 740})
    names = ("", "sheet/", "criteria/", "criteria/0/", "criteria/import/", "blocks/tiers/", "blocks/score/",
             "blocks/clauses/", "blocks/vetoes/", "blocks/ranking/", "blocks/selection/", "blocks/rating/")  # fmt: skip
    too_wide = []
    for name in names:
        wide.goto(draft + name)
        too_wide += [] if no_wider_than_the_screen(wide) else [name]
    assert too_wide == []
