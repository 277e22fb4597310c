"""Drawing a panel: anybody repeats it from the record with a few lines of their own."""

import hashlib
from datetime import date

import pytest

from accounts.models import AuditEntry
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import move_round, plan_round
from sites.models import PanelDraw
from sites.services.drawing import Candidate, apply_draw, draw, draw_panel, lot, repeat
from sites.services.panels import PanelRefused

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SEED = "2026年3月10日 监督员王某 7391"


@pytest.fixture
def round(many):
    return plan_round(campaign=many.campaign, label="1", onsite_date=date(2026, 3, 15), scheme_version=many.version,
                      actor=many.first)  # fmt: skip


def by_hand(row):
    """What an outsider would do with the record alone: no code of ours."""
    found = []
    for group, size in row.rule["sizes"]:
        taking_part = [(number, home) for number, its, home, out in row.candidates if not out and group in ("", its)]
        ordered = sorted(
            (hashlib.sha256(f"{row.seed}:{number}".encode()).hexdigest(), number, home)
            for number, home in taking_part
            if number not in found
        )
        if row.rule["spread"]:
            homes = [home for _, _, home in ordered]
            ordered = [
                each for _, each in sorted(enumerate(ordered), key=lambda p: (homes[: p[0]].count(p[1][2]), p[0]))
            ]
        found += [number for _, number, _ in ordered[:size]]
    return found


def test_a_lot_is_what_sha256sum_says():
    # printf '%s' '7391:J01' | sha256sum
    assert lot("7391", "J01") == "5a0a5d93e7a93baebabf2eb044a530e25b726d5f48603fb64ce59d8b597b44a2"


def test_a_draw_is_repeated_from_its_record_by_an_outsider(many, round):
    row = draw_panel(round=round, seed=SEED, sizes={"领导组": 2, "群众组": 3}, actor=many.first)
    row = PanelDraw.objects.get(pk=row.pk)
    assert row.drawn == by_hand(row) == repeat(row)
    assert len(row.drawn) == 5
    groups = {number: group for number, group, *_ in row.candidates}
    assert [groups[number] for number in row.drawn] == ["领导组"] * 2 + ["群众组"] * 3


@pytest.mark.parametrize("seed", ["1", "2", "abc", SEED])
def test_spread_takes_one_of_every_home_before_a_second(many, round, seed):
    row = draw_panel(round=round, seed=seed, sizes={"": 5}, spread=True, actor=many.first)
    assert row.drawn == by_hand(row)
    homes = {number: home for number, _, home, _ in row.candidates}
    assert len({homes[number] for number in row.drawn[:3]}) == 3
    assert max([homes[number] for number in row.drawn].count(home) for home in set(homes.values())) == 2


def test_the_order_of_candidates_does_not_matter():
    candidates = [Candidate(f"J{n:02}", home="甲" if n % 2 else "乙") for n in range(1, 30)]
    for spread in (False, True):
        assert draw("7", candidates, {"": 9}, spread=spread) == draw("7", candidates[::-1], {"": 9}, spread=spread)


def test_who_is_excluded_stands_in_the_record_with_the_reason(many, round):
    row = draw_panel(round=round, seed="1", sizes={"": 11}, excluded={"K3": "出差"}, actor=many.first)
    assert "K3" not in row.drawn and len(row.drawn) == 11
    assert ["K3", "领导组", "330182", "出差"] in row.candidates
    assert AuditEntry.objects.get(verb="随机抽取评委").new["drawn"] == row.drawn


def test_without_a_seed_the_system_makes_one_and_records_it(many, round):
    rows = [draw_panel(round=round, sizes={"": 3}, actor=many.first) for _ in range(2)]
    assert len({row.seed for row in rows}) == 2 and all(len(row.seed) == 32 for row in rows)
    assert all(row.drawn == by_hand(row) for row in rows)


def test_a_draw_is_applied_once_and_who_is_on_the_panel_is_not_drawn_again(many, round):
    first = draw_panel(round=round, seed="1", sizes={"领导组": 2}, actor=many.first)
    assert apply_draw(draw=first, actor=many.first) == 2
    assert set(round.panel_members.values_list("inspector__number", "group")) == {(n, "领导组") for n in first.drawn}
    with pytest.raises(PanelRefused, match="已采用过"):
        apply_draw(draw=first, actor=many.first)
    second = draw_panel(round=round, seed="1", sizes={"": 10}, actor=many.first)
    assert not set(first.drawn) & set(second.drawn)
    assert {out for number, _, _, out in second.candidates if number in first.drawn} == {"已在评委组"}


@pytest.mark.parametrize(
    ("sizes", "excluded", "said"),
    [
        ({"领导组": 5}, {}, "“领导组”只有 4 人可抽，要抽 5 人"),
        ({"领导组": 4}, {"K1": "病假"}, "“领导组”只有 3 人可抽，要抽 4 人"),
        ({"": 13}, {}, "候选只有 12 人可抽"),
        ({}, {}, "没有写抽几人"),
        ({"": 1}, {"Z9": "不认识"}, "没有编号为 Z9 的评委"),
    ],
)
def test_what_cannot_be_drawn_is_said(many, round, sizes, excluded, said):
    with pytest.raises(PanelRefused, match=said):
        draw_panel(round=round, seed="1", sizes=sizes, excluded=excluded, actor=many.first)
    assert not PanelDraw.objects.exists()


def test_a_sealed_round_is_not_drawn_for(many, round):
    for state in (RoundState.NOMINATING, RoundState.SCORING, RoundState.SEALED):
        move_round(round=Round.objects.get(pk=round.pk), to=state, actor=None)
    with pytest.raises(PanelRefused, match="不能再改评委组"):
        draw_panel(round=round, seed="1", sizes={"": 1}, actor=many.first)
