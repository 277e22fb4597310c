"""Groups of inspectors (组别): from the file to the panel of the round, and into the weighted score."""

from types import SimpleNamespace

import pytest

from accounts.models import tenant_scope
from campaigns.models import Round
from campaigns.services.campaigns import move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from scoring.services.computing import compute_round
from sites.models import Inspector, PanelMember
from tests.imports import found, hand_in, write

from . import cast
from .cast import HIGH

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

WEIGHTED = {"kind": "weighted_groups", "groups": {"领导": "60%", "群众": "40%"}, "round": {"places": 2}}
HEAD = "轮次,组织代码,评委,组别,党建,服务\n"


@pytest.fixture
def stage(db):
    """A round open for sheets without a panel, one village of the west entered."""
    stage = cast.set_stage(score=WEIGHTED)
    with tenant_scope(stage.tenant):
        round = plan_round(
            campaign=stage.campaign, label="1", onsite_date=cast.date(2026, 3, 15), scheme_version=stage.version,
            actor=stage.first,
        )  # fmt: skip
        village = stage.villages[2]
        put_nominations(round=round, rows=[NominationFacts(village, HIGH)], actor=stage.first)
        move_round(round=round, to="scoring", actor=stage.first)
    return SimpleNamespace(
        tenant=stage.tenant, campaign=stage.campaign, maker=stage.first, round=round, code=village.code
    )


def panel(stage):
    with tenant_scope(stage.tenant):
        return dict(PanelMember.objects.values_list("inspector__number", "group"))


def test_groups_of_the_file_weigh_the_score(stage):
    """Leaders (18 + 14) / 2 = 16 and the people 10: 16 × 60% + 10 × 40% = 13.6."""
    rows = f"1,{stage.code},J1,领导,9,9\n1,{stage.code},J2,领导,7,7\n1,{stage.code},J3,群众,5,5\n"
    write(stage, "sheets", HEAD + rows)
    assert panel(stage) == {"J1": "领导", "J2": "领导", "J3": "群众"}
    with tenant_scope(stage.tenant):
        computation = compute_round(round=Round.objects.get(pk=stage.round.pk), actor=stage.maker)
        assert [score for score, _, _ in cast.results(computation).values()] == ["13.60"]


def test_without_the_column_the_usual_groups_count(stage):
    with tenant_scope(stage.tenant):
        Inspector.objects.filter(number="J3").update(group="群众")
        Inspector.objects.exclude(number="J3").update(group="领导")
    write(stage, "sheets", f"轮次,组织代码,评委,党建,服务\n1,{stage.code},J1,9,9\n1,{stage.code},J3,5,5\n")
    assert panel(stage) == {"J1": "领导", "J3": "群众"}


def test_a_group_that_is_missing_unknown_or_another_is_refused(stage):
    write(stage, "sheets", f"{HEAD}1,{stage.code},J1,领导,9,9\n")
    rows = f"1,{stage.code},J1,群众,9,8\n1,{stage.code},J2,,7,7\n1,{stage.code},J3,专家,5,5\n"
    assert [problem[:3] for problem in found(hand_in(stage, "sheets", HEAD + rows))][:3] == [
        (2, "组别", "评委 J1 在这一轮属于“领导”"),
        (3, "组别", "没有填写"),
        (4, "组别", "办法里没有这一个"),
    ]


def test_sheets_of_single_periods_are_refused(stage):
    text = f"轮次,组织代码,评委,组别,考核期,党建,服务\n1,{stage.code},J1,领导,一季度,9,9\n"
    assert found(hand_in(stage, "sheets", text)) == [(2, "考核期", "评分单不能按考核期分开")]
