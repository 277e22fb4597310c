"""A leader's round: nothing but what the phases allow, the board as sheets come in, then the county at a glance."""

import re

import pytest
from playwright.sync_api import expect

from . import preparing, scoring, stages
from .desk import PATIENCE
from .rules import ALLOWED, BEFORE_REVISION, BONUS, FINAL, HIGH, LOW, MARKS, RATE, REVISED, SCORES, WAN_IN_ALL

pytestmark = pytest.mark.both_databases


def test_a_round_from_an_empty_overview_to_the_county_at_a_glance(walk):
    round = walk("990304")
    stages.plan(round)
    has_nothing_to_see(round)
    stages.nominate(round)
    stages.prepare(round)
    watches_the_sheets_come_in(round)
    stages.decide(round)
    stages.award(round)
    the_board_is_shut(round)
    reads_the_overview(round)


def has_nothing_to_see(round):
    leader = round.leader
    leader.go("/dashboard/")
    leader.told("这项活动还没有公布过结果。")
    leader.go("/live/")
    leader.told("现在没有向您开放的现场。")
    leader.go("/board/")
    leader.told("第 1 轮")


def watches_the_sheets_come_in(round):
    """Places move while the page stays open; a reopened sheet moves them once more."""
    leader = round.leader
    scoring.watched(leader, round.round)
    assert {score for _, _, score in board(leader)} == {"未评"}
    stages.score(round, "01")
    # one sheet each: 01 gave 18, 14, 16 and, at last, 17
    scoring.shown_score(leader, LOW, "石塘村", "17.00")
    assert board(leader) == [
        ("1", "杨村", "18.00"), ("2", "岭后村", "16.00"), ("1", "石塘村", "17.00"), ("2", "赵村", "14.00"),
    ]  # fmt: skip
    scoring.score(round.phone("02"), MARKS["02"])
    stages.score(round, "03")
    scoring.shown_score(leader, LOW, "石塘村", BEFORE_REVISION)
    number, village, taps = REVISED
    scoring.ask_reopening(round.phone(number), village, "第 1 条看漏了台账")
    scoring.grant_reopening(round.office, round.round, "同意，请当天改好")
    scoring.revise(round.phone(number), village, MARKS[number][village], taps)
    scoring.shown_score(leader, LOW, village, SCORES[village])
    assert board(leader) == [
        ("1", "杨村", "17.50"), ("2", "岭后村", "15.50"), ("1", "石塘村", "16.17"), ("2", "赵村", "13.25"),
    ]  # fmt: skip
    assert sum(len(marks) for marks in FINAL.values()) == 10
    leader.told("10 / 10")


def board(leader):
    return scoring.standings(leader, HIGH) + scoring.standings(leader, LOW)


def the_board_is_shut(round):
    round.leader.go("/live/")
    round.leader.told("现在没有向您开放的现场。")


def reads_the_overview(round):
    """Two titles of four entries, half eliminated, 1.4 万元, 东溪镇 before 西山乡 by 1 point to 0.3."""
    leader = round.leader
    leader.go("/")
    rows = {row[0]: row[1:5] for row in leader.rows("最近公布的一轮")}
    assert rows == {HIGH: ["2", ALLOWED, "1", RATE], LOW: ["2", ALLOWED, "1", RATE]}
    leader.go("/dashboard/")
    said = re.sub(r"\s+", "", leader.tab.locator("main").inner_text())
    for words in ("标杆1家", "进位1家", "参与创建4个组织", f"最低淘汰率{RATE}", f"补助资金{WAN_IN_ALL}万元"):
        assert words in said
    year = preparing.today(leader)[:4]
    places = {row[2]: (row[0], row[3], row[4], row[5].removesuffix(".0")) for row in leader.rows(f"{year} 年乡镇排名")}
    assert places == {"东溪镇": ("1", "1", "0", BONUS["东溪镇"]), "西山乡": ("2", "0", "1", BONUS["西山乡"])}
    leader.follow("东溪镇", within=leader.section(f"{year} 年乡镇排名"))
    expect(leader.tab.get_by_role("heading", name="东溪镇", level=1)).to_be_visible(timeout=PATIENCE)
