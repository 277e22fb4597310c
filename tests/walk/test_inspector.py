"""An inspector's round: the conflict declared, the day loaded, four sheets without a network, one of them reopened."""

import re

import pytest
from playwright.sync_api import expect

from . import preparing, scoring, stages
from .desk import PATIENCE
from .rules import LEFT_OUT, MARKS, REVISED, TOTALS, VILLAGES

pytestmark = pytest.mark.both_databases

NUMBER, VILLAGE, TAPS = REVISED


def test_a_round_from_the_draw_to_what_became_of_the_sheets(walk):
    round = walk("990303")
    stages.plan(round)
    stages.nominate(round)
    preparing.approve(round.office, round.round, VILLAGES)
    stages.empanel(round)
    declares_a_conflict(round)
    preparing.lay_route(round.office, round.round, VILLAGES)
    preparing.open_scoring(round.office, round.round)
    scores_without_a_network(round)
    changes_one(round)
    stages.score(round, "01", "03")
    stages.decide(round)
    stages.award(round)
    sees_what_became_of_it(round)


def declares_a_conflict(round):
    """03 names a relative, the office confirms. Who was not drawn has nothing to do."""
    preparing.declare_conflict(round.at("j3"), "杨村", "近亲属任村支书")
    preparing.confirm_conflicts(round.office, round.round)
    third = round.at("j3")
    third.go("/conflicts/")
    states = {row[0]: (row[1], row[3]) for row in third.rows("我的回避")}
    assert states["杨村"] == ("本人申报", "应当回避")
    idle = round.phone(LEFT_OUT)
    idle.told("近期没有您参加的评分。")


def scores_without_a_network(round):
    """A cold start in the village: the page, the route and the rules are on the phone."""
    hand = round.phone(NUMBER)
    hand.tab.reload()
    scoring.open_phone(hand)
    scoring.cut(hand)
    hand.tab.reload()
    expect(hand.tab.locator("ol.rt li")).to_have_count(len(VILLAGES), timeout=PATIENCE)
    scoring.score(hand, MARKS[NUMBER])
    scoring.waiting_and_sent(hand, len(VILLAGES), 0)
    round.office.go(f"/rounds/{round.round}/control/")
    round.office.told("0 / 4")
    scoring.mend(hand)
    scoring.waiting_and_sent(hand, 0, len(VILLAGES))


def sent(hand):
    """Totals on the phone's page of what the server has, by village."""
    hand.tab.get_by_role("link", name="已送达", exact=True).tap()
    rows = hand.tab.locator("ul.dn li")
    expect(rows.first).to_be_visible(timeout=PATIENCE)
    return {row.locator("b").inner_text(): row.locator("output").inner_text() for row in rows.all()}


def changes_one(round):
    """Sent is sent: only the office opens it again, and then the later revision counts."""
    hand = round.phone(NUMBER)
    before = {**TOTALS[NUMBER], VILLAGE: "14"}  # 6 + 3.5 + 4.5
    assert sent(hand) == before
    scoring.ask_reopening(hand, VILLAGE, "第 1 条看漏了台账")
    scoring.show_stop(hand, VILLAGE)
    hand.told("已申请重开：第 1 条看漏了台账。组织部同意后可以修改。")
    scoring.grant_reopening(round.office, round.round, "同意，请当天改好")
    scoring.revise(hand, VILLAGE, MARKS[NUMBER][VILLAGE], TAPS)
    scoring.waiting_and_sent(hand, 0, len(VILLAGES))
    assert sent(hand) == TOTALS[NUMBER]
    scoring.show_stop(hand, VILLAGE)
    hand.told("收到第 2 稿，共 15 分。")


def sees_what_became_of_it(round):
    """Own sheets with their totals, sealed; rankings are not an inspector's to read."""
    desk = round.at("j2")
    desk.go("/")
    desk.told("已公布")
    desk.tab.get_by_role("link", name=re.compile("^查看已送")).click()
    rows = {row[0]: (row[3].removesuffix(".0"), row[5]) for row in desk.rows("我送达的评分单")}
    assert rows == {
        village: (total, "第 2 稿" if village == VILLAGE else "首稿") for village, total in TOTALS[NUMBER].items()
    }
    desk.told("已封存，不能更改")
    assert desk.tab.goto(f"{desk.base_url}/rounds/{round.round}/").status == 403
