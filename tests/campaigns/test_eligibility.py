"""Eligibility in words: every line says whether it holds, does not, or is not known yet, and why; by hand."""

from datetime import date
from fractions import Fraction

import pytest

from accounts.models import Organization, tenant_scope
from accounts.services.organizations import retire
from campaigns.eligibility import Standing, holds_so_far, load_grounds
from campaigns.enums import NominationState, TitleState
from campaigns.models import Campaign, Nomination
from campaigns.services.reviewing import approve_nomination
from schemes.blocks.conditions import Condition

from .nominating_stage import HIGH, LOW, make_stage

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    stage = make_stage()
    with tenant_scope(stage.tenant):
        yield stage


def lines(stage, tier=LOW, organization=None):
    stage.round.refresh_from_db()
    organization = Organization.objects.get(pk=(organization or stage.village).pk)
    answer = load_grounds(stage.round, [organization]).answer(organization, tier)
    return answer, {(line.text, line.standing.value, line.why, line.clause) for line in answer.lines}


def test_a_village_with_nothing_behind_it(stage):
    answer, found = lines(stage)
    assert answer.allowed and [line.text for line in answer.open] == ["参评条件：党员数不低于 3"]
    assert found == {
        ("申报时间", "ok", "现在可以申报", ""),
        ("组织在用", "ok", "村", ""),
        ("本轮没有重复申报", "ok", "", ""),
        ("称号经历", "ok", "没有获过称号", ""),
        ("参评条件：党员数不低于 3", "unknown", "“党员数”还没有登记", "第二条"),
        ("参评条件：组织类别为“村”或“社区”", "ok", "组织类别 村", "第二条"),
        ("申报数", "ok", "本轮“进位”已申报 0 家；淘汰率不低于 40%（按参评数计算，名额只舍不入）", ""),
    }


def test_what_is_recorded_decides(stage):
    stage.members("3")
    assert ("参评条件：党员数不低于 3", "ok", "党员数 3", "第二条") in lines(stage)[1]
    stage.members("2")
    answer, found = lines(stage)
    assert not answer.allowed
    assert ("参评条件：党员数不低于 3", "no", "党员数 2", "第二条") in found


def test_the_kind_of_organization_counts(stage):
    answer, found = lines(stage, organization=stage.county.two_new)
    assert ("参评条件：组织类别为“村”或“社区”", "no", "组织类别 两新组织", "第二条") in found and not answer.allowed


def test_a_holder_does_not_apply_for_the_same_again_but_for_the_higher(stage):
    stage.title(stage.village, LOW)
    same, found = lines(stage, LOW)
    assert not same.allowed
    assert ("称号经历", "no", "2025-03-20 获“进位”，现仍持有，不能重复申报“进位”。", "第三条") in found
    higher, found = lines(stage, HIGH)
    assert higher.allowed
    assert ("称号经历", "ok", "2025-03-20 获“进位”，可以申报“标杆”，创成后进阶", "第三条") in found


def test_a_holder_does_not_apply_for_the_lower(stage):
    stage.title(stage.village, HIGH)
    answer, found = lines(stage, LOW)
    assert not answer.allowed
    assert ("称号经历", "no", "2025-03-20 获“标杆”，高于“进位”，不能申报较低的等次。", "第三条") in found


def test_what_was_revoked_is_told_and_does_not_stop(stage):
    stage.title(stage.village, LOW, TitleState.REVOKED, ended_on=date(2025, 9, 1))
    answer, found = lines(stage, LOW)
    assert answer.allowed
    assert ("称号经历", "ok", "“进位”已于 2025-09-01 摘牌，可以重新申报", "第三条") in found


def test_a_retired_organization_is_out(stage):
    retire(organization=stage.village, actor=None)
    answer, found = lines(stage)
    assert not answer.allowed and ("组织在用", "no", "杨村已撤销或停用，不能申报。", "") in found


def test_nominated_already_and_withdrawn(stage):
    nomination = stage.start()
    assert not lines(stage)[0].allowed
    nomination.state = NominationState.WITHDRAWN
    nomination.save()
    assert lines(stage)[0].allowed


def test_another_round_without_a_result_leaves_it_open(stage):
    approve_nomination(nomination=stage.submitted(), actor=None)
    stage.round = stage.plan("2", on=date(2027, 1, 1))
    answer, found = lines(stage)
    assert answer.allowed
    assert ("其他轮次的结果", "unknown", "第 1 轮申报的“进位”还没有公布结果", "") in found


def test_the_number_cap_of_the_campaign(stage):
    Campaign.objects.update(number_cap=1)
    stage.round.campaign.refresh_from_db()
    assert ("活动名额", "ok", "活动名额上限 1 个，已授予 0 个", "") in lines(stage)[1]
    stage.title(stage.neighbour, LOW)
    answer, found = lines(stage)
    assert (
        "活动名额",
        "unknown",
        "活动名额上限 1 个，已授予 1 个，能否再授予由县里决定",
        "",
    ) in found and answer.allowed
    holder = lines(stage, HIGH, stage.neighbour)[1]
    assert ("活动名额", "ok", "活动名额上限 1 个，已授予 1 个", "") in holder


def test_a_tier_the_scheme_does_not_have(stage):
    answer, _ = lines(stage, "特等")
    assert [line.why for line in answer.refusals] == ["办法没有等次“特等”，可申报：标杆、进位。"]


def test_the_count_of_those_entered_leaves_drafts_out(stage):
    stage.start()
    stage.submitted(stage.neighbour)
    grounds = load_grounds(stage.round, [stage.village])
    assert grounds.entered == {LOW: 1} and Nomination.objects.count() == 2


@pytest.mark.parametrize(("tree", "known", "wanted"), [
    ({"of": "x", "at_least": 3}, {}, None),
    ({"of": "x", "at_least": 3}, {"x": 3}, True),
    ({"of": "x", "at_least": 3, "if_missing": True}, {}, True),
    ({"of": "x", "known": True}, {}, None),
    ({"all_of": [{"of": "x", "at_least": 3}, {"of": "y", "at_least": 1}]}, {"x": 2}, False),
    ({"all_of": [{"of": "x", "at_least": 3}, {"of": "y", "at_least": 1}]}, {"x": 3}, None),
    ({"any_of": [{"of": "x", "at_least": 3}, {"of": "y", "at_least": 1}]}, {"x": 3}, True),
    ({"any_of": [{"of": "x", "at_least": 3}, {"of": "y", "at_least": 1}]}, {"x": 2}, None),
    ({"any_of": [{"of": "x", "at_least": 3}, {"of": "y", "at_least": 1}]}, {"x": 2, "y": 0}, False),
])  # fmt: skip
def test_conditions_as_far_as_they_are_known(tree, known, wanted):
    cells = {key: Fraction(value) for key, value in known.items()}
    assert holds_so_far(Condition.model_validate(tree), cells) is wanted


def test_words_of_the_three_standings():
    assert [standing.value for standing in Standing] == ["ok", "no", "unknown"]
