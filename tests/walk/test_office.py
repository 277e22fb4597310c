"""The office's round: two people, four eyes, from the scheme document to plaques, papers and money."""

import re
from hashlib import sha256

import pytest
from playwright.sync_api import expect

from . import awarding, deciding, preparing, scoring, stages
from .county import NAMES
from .desk import PATIENCE
from .rules import (
    ALLOWED,
    BEFORE_REVISION,
    DRAWN,
    FINAL,
    HIGH,
    LEFT_OUT,
    LOW,
    MARKS,
    PICKED,
    RANKS,
    RATE,
    REVISED,
    SCORES,
    SEED,
    TOTALS,
    VILLAGES,
    WAN,
    WAN_IN_ALL,
)

pytestmark = pytest.mark.both_databases

DEFERRED, OBJECTION = "石塘村", "岭后村的现场评分请复核"


@pytest.fixture
def office_walk(walk):
    return walk("990301")


def test_a_round_from_the_scheme_document_to_the_plaques(office_walk):
    walk = office_walk
    planned(walk)
    reviewed(walk)
    empanelled(walk)
    watched_while_scored(walk)
    computed(walk)
    decided(walk)
    shown_to_the_public(walk)
    published(walk)
    awarded(walk)


def planned(walk):
    office = walk.office
    preparing.hand_in_scheme(office, walk.county.code, walk.county.name)
    expect(office.tab.get_by_role("button", name="发布")).to_have_attribute("aria-disabled", "true")
    office.told("您新增的版本，须由另一位管理员发布")
    preparing.publish_scheme(walk.second)
    preparing.make_campaign(office)
    walk.round = preparing.plan_round(office)
    office.go(f"/rounds/{walk.round}/phases/")
    lights = {row[0]: row[2] for row in office.rows("第 1 轮的阶段、日期、状态、开放事项和调整记录")}
    assert list(lights)[:8] == list(preparing.PHASES)


def reviewed(walk):
    """One is given back and comes again; then all four are approved together."""
    office = walk.office
    stages.nominate(walk)
    office.go(f"/rounds/{walk.round}/review/")
    rows = {row[1]: row for row in office.rows("第 1 轮的申报")}
    assert set(rows) == set(VILLAGES)
    # 自评 8 + 4 + 5
    assert {(row[4], row[5], row[6], row[7]) for row in rows.values()} == {("已申报", "没有", "符合", "17")}
    preparing.give_back(office, walk.round, "赵村", "请写清党员数")
    preparing.submit_again(walk.at("east"), "赵村", "赵村党员 30 名。")
    preparing.approve(office, walk.round, VILLAGES)
    office.go(f"/rounds/{walk.round}/review/")
    counts = {row[0]: row[1:4] for row in office.rows("各等次的申报数")}
    assert counts == {HIGH: ["0", "2", "0"], LOW: ["0", "2", "0"]}


def empanelled(walk):
    """The draw is anybody's to repeat: lots by SHA-256, the smallest first."""
    office = walk.office
    stages.empanel(walk)
    lots = sorted([*DRAWN, LEFT_OUT], key=lambda number: sha256(f"{SEED}:{number}".encode()).hexdigest())
    assert set(lots[:2]) == set(DRAWN)
    office.go(f"/rounds/{walk.round}/panel/")
    members = {row[0]: row for row in office.rows("评委组成员")}
    assert set(members) == {PICKED, *DRAWN}
    # 03 serves in 东溪镇: two of the four entries are not theirs to score
    assert {number: (row[5], row[6]) for number, row in members.items()} == {
        "01": ("0", "0 / 4"), "02": ("0", "0 / 4"), "03": ("2", "0 / 2"),
    }  # fmt: skip
    preparing.declare_conflict(walk.at("j3"), "杨村", "近亲属任村支书")
    preparing.confirm_conflicts(office, walk.round)
    preparing.lay_route(office, walk.round, VILLAGES)
    preparing.open_scoring(office, walk.round)


def watched_while_scored(walk):
    """The control room says who is where and whose sheets are in; a sheet is reopened and comes again."""
    office = walk.office
    scoring.arrive(office, walk.round, "杨村")
    stages.score(walk, "01", "03")
    scoring.score(walk.phone("02"), MARKS["02"])
    scoring.waiting_and_sent(walk.phone("02"), 0, 4)
    number, village, taps = REVISED
    scoring.ask_reopening(walk.phone(number), village, "第 1 条看漏了台账")
    scoring.grant_reopening(office, walk.round, "同意，请当天改好")
    scoring.revise(walk.phone(number), village, MARKS[number][village], taps)
    scoring.waiting_and_sent(walk.phone(number), 0, 4)
    assert control_room(walk) == TOTALS
    expect(office.tab.get_by_text("10 / 10").first).to_be_visible()


def control_room(walk):
    """Totals by inspector and village, as the matrix shows them."""
    walk.office.go(f"/rounds/{walk.round}/control/")
    found = {number: {} for number in FINAL}
    for row in walk.office.rows("每位评委对每家参评单位的评分单"):
        for number, cell in zip(FINAL, row[1:], strict=False):
            if total := re.search(r"[\d.]+$", cell):
                found[number][row[0].split()[0]] = total[0].removesuffix(".0")
    return found


def computed(walk):
    """By the worker; every score, place and verdict, and the arithmetic of the elimination."""
    office = walk.office
    walk.computation = deciding.compute(office, walk.round)
    for tier in (HIGH, LOW):
        rows = deciding.ranking(office, walk.round, tier)
        found = {row["村社 / 支部"]: (row["得分"], row["名次 ↑"], row["结果"]) for row in rows}
        assert found == {
            village: (SCORES[village], RANKS[village], "授予" if RANKS[village] == "1" else "超出名额")
            for village in found
        }
        assert len(found) == 2
        parts = deciding.proof(office)
        assert (parts["参评"], parts["至多授予"], parts["授予"], parts["淘汰率"]) == ("2", ALLOWED, "1", RATE)
    assert SCORES["石塘村"] != BEFORE_REVISION
    # scored in seconds, before anybody noted that they had arrived: there is something to look at
    assert deciding.look_at_anomalies(office, walk.computation, "已核对，属实") > 0
    assert deciding.why_not(office, walk.round) == "计算由您发起，请另一位管理员确认（两人经手）。"


def decided(walk):
    """An award is kept back: proposed by one, carried out by the other, who then confirms the outcome."""
    deciding.stage_deferral(walk.office, walk.computation, DEFERRED, "信访事项正在核查")
    expect(walk.office.tab.get_by_role("button", name="执行 1 条决定")).to_have_attribute("aria-disabled", "true")
    deciding.apply_decisions(walk.second, walk.computation)
    deciding.confirm(walk.second, walk.round)


def shown_to_the_public(walk):
    """The page for everybody names organizations and nothing else; an objection bars the way until it is answered."""
    notice, address = deciding.open_notice(walk.office)
    stranger = walk.anybody()
    stranger.goto(address)
    said = stranger.locator("main").inner_text()
    assert "杨村" in said
    assert DEFERRED not in said
    assert not [each for each in (*SCORES.values(), *NAMES.values()) if each in said]
    deciding.object_to(walk.at("west"), "岭后村", OBJECTION)
    assert deciding.why_not(walk.second, walk.round) == "还有 1 件异议没有办结，办结以后才能公布。"
    deciding.answer_objection(walk.office, OBJECTION, "三份评分单核对无误，维持。")
    assert "为止，期满以后才能公布。" in deciding.why_not(walk.second, walk.round)
    deciding.take_down_notice(walk.office, notice, "改在公示栏公示")
    stranger.reload()
    assert "杨村" not in stranger.locator("main").inner_text()


def published(walk):
    stages.publish(walk)
    walk.office.go(f"/rounds/{walk.round}/award/")
    assert set(awarding.register(walk.office)) == {"杨村"}
    deciding.release(walk.office, walk.computation, DEFERRED, "核查完毕")


def awarded(walk):
    office = walk.office
    year = preparing.today(office)[:4]
    titles = awarding.number_plaques(office, walk.round, 2)
    held = {village: (row[0], row[1], row[2], row[4]) for village, row in titles.items()}
    assert held == {
        "杨村": ("东溪镇", HIGH, f"标杆〔{year}〕001", "持有"),
        "石塘村": ("西山乡", LOW, f"进位〔{year}〕001", "持有"),
    }
    pages = awarding.certificates(office, walk.round)
    assert [("杨村" in page, "石塘村" in page) for page in pages] == [(True, False), (False, True)]
    paper = awarding.naming_paper(office, walk.round, stages.NAMING_NO)
    assert stages.NAMING_NO in paper
    assert "决定命名杨村为“标杆”党组织；石塘村为“进位”党组织" in paper
    lines = awarding.issue_subsidies(office, stages.MONEY_NO)
    assert {row[1].split()[0]: row[4] for row in lines} == WAN
    assert {row[5] for row in lines} == {"已下达"}
    assert all(row[6].startswith(stages.MONEY_NO) for row in lines)
    expect(office.tab.get_by_text(f"净额 {WAN_IN_ALL} 万元")).to_be_visible(timeout=PATIENCE)
