"""A township's round: what may be put forward and why, what came back, an objection, the result to the last mark."""

import re

import pytest
from playwright.sync_api import expect

from . import awarding, deciding, preparing, stages
from .desk import PATIENCE
from .rules import BONUS, HIGH, LOW, RANKS, SCORES, TOTALS, WAN

pytestmark = pytest.mark.both_databases

OBJECTION, PRACTICE = "赵村的现场评分请复核", "清单化管理"


def test_a_round_from_the_choice_of_villages_to_a_good_practice(walk):
    round = walk("990302")
    stages.plan(round)
    put_forward(round)
    sent_back(round)
    stages.nominate(round, "西山乡")
    stages.prepare(round)
    sees_nothing_before_its_time(round)
    stages.score(round)
    round.computation = deciding.compute(round.office, round.round)
    deciding.confirm(round.second, round.round)
    objects(round)
    stages.publish(round)
    stages.award(round)
    reads_its_results(round)
    shares_what_worked(round)


def put_forward(round):
    """Who may apply is said before anybody fills in a form."""
    town = round.at("east")
    town.go("/nominations/")
    town.tab.get_by_role("link", name="选择组织申报").click()
    town.follow(f"溪口社区不能申报{HIGH}，看原因")
    expect(town.tab.get_by_role("button", name=re.compile("^不能申报"))).to_have_attribute("aria-disabled", "true")
    town.told("参评条件：组织类别为“村”")
    preparing.upload_photo(town, "杨村", "杨村照片")
    preparing.nominate(town, "杨村", HIGH)
    preparing.upload_photo(town, "赵村", "赵村照片")
    preparing.nominate(town, "赵村", LOW)


def own(town):
    """The township's list: tier, state and what is to be done, by village."""
    town.go("/nominations/")
    rows = town.rows("本乡镇（街道）的申报，退回的在最前")
    return {row[0]: (row[2], row[3], row[4]) for row in rows}


def sent_back(round):
    town = round.at("east")
    preparing.give_back(round.office, round.round, "赵村", "请写清党员数")
    listed = own(town)
    assert set(listed) == {"杨村", "赵村"}
    assert listed["杨村"] == (HIGH, "已申报", "等待县里审核")
    assert listed["赵村"][:2] == (LOW, "退回修改")
    assert "退回修改：请写清党员数" in listed["赵村"][2]
    preparing.submit_again(town, "赵村", "赵村党员 30 名。")
    assert own(town)["赵村"] == (LOW, "已申报", "等待县里审核")
    town.follow("赵村")
    steps = town.section("经过").locator("li > b").all_inner_texts()
    assert steps == ["草稿", "已申报", "退回修改", "已申报"]


def sees_nothing_before_its_time(round):
    """Scores are not for townships while the panel is on its way, unless the phase says so."""
    town = round.at("east")
    town.go("/live/")
    town.told("现在没有向您开放的现场。")
    assert town.tab.goto(f"{town.base_url}/rounds/{round.round}/control/").status in (403, 404)
    listed = own(town)
    assert {state for _, state, _ in listed.values()} == {"已通过"}


def objects(round):
    town, west = round.at("east"), round.at("west")
    notice, _ = deciding.open_notice(round.office)
    deciding.object_to(town, "赵村", OBJECTION)
    west.go(f"/notices/{notice}/")
    assert OBJECTION not in west.tab.locator("main").inner_text()
    deciding.answer_objection(round.office, OBJECTION, "两份评分单核对无误，维持。")
    town.go(f"/notices/{notice}/")
    town.follow(OBJECTION)
    town.told("两份评分单核对无误，维持。")
    deciding.take_down_notice(round.office, notice, "改在公示栏公示")


def reads_its_results(round):
    """From the place of the township down to the marks of the sheets, and the words of the rule that decided."""
    town = round.at("east")
    town.go("/")
    rows = {row[1]: row for row in town.rows("本乡镇最近一轮结果")}
    found = {village: (row[3], row[0], row[4], row[5]) for village, row in rows.items()}
    assert found == {
        "杨村": (SCORES["杨村"], RANKS["杨村"], "授予", ""),
        "赵村": (SCORES["赵村"], RANKS["赵村"], "超出名额", "名额至多 1 名"),
    }
    town.click(f"{SCORES['赵村']} 分，查看得分说明", role="link")
    expect(town.tab.locator("ol.strip li")).to_have_count(2, timeout=PATIENCE)
    sheets = town.tab.locator("ol.strip .jt").all_inner_texts()
    # lowest first: 02 gave 12.5, 01 gave 14
    assert [each.removesuffix(".0") for each in sheets] == [TOTALS["02"]["赵村"], TOTALS["01"]["赵村"]]
    sum_of = "".join(town.tab.locator("p.arith").first.inner_text().split())
    assert "÷2" in sum_of
    assert "26.5" in sum_of
    assert SCORES["赵村"] in sum_of
    town.go("/townships/")
    places = {row[2]: (row[0], row[3], row[4], row[5]) for row in town.rows(year_table(town)) if len(row) > 5}
    assert {name: row[3].removesuffix(".0") for name, row in places.items()} == BONUS
    assert places["东溪镇"][:3] == ("1", "1", "0")
    town.follow("东溪镇")
    money = {row[0]: row[3] for row in town.rows("补助，单位万元")}
    assert money == {"杨村": WAN["杨村"]}


def year_table(town):
    return f"{preparing.today(town)[:4]} 年各乡镇（街道）创成数、加分和名次"


def shares_what_worked(round):
    """Written by the township, made known by the office, read by the neighbour."""
    awarding.write_practice(round.at("east"), "杨村", PRACTICE)
    west = round.at("west")
    west.go("/practices/")
    assert PRACTICE not in west.tab.locator("main").inner_text()
    awarding.share_practice(round.office, PRACTICE)
    west.go("/practices/")
    west.follow(PRACTICE)
    west.told("党员分片包干，月月有清单。")
    expect(west.tab.get_by_role("img", name="杨村照片")).to_be_visible(timeout=PATIENCE)
