"""An annual assessment of townships that takes the points of creation and of the stars, before and after a title
fell.
"""

from datetime import date

import pytest

from accounts.models import tenant_scope
from campaigns.enums import CampaignKind, RoundKind
from campaigns.models import BonusEntry, Round
from scoring.models import FactRevision, Result
from scoring.services.computing import compute_round
from scoring.services.drawing import changed_sources
from scoring.services.publication import return_to_scoring

from . import cast
from . import rating_stage as rating
from .cast import HIGH, LOW, RULES
from .test_rating_round import publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(params=["take_back"])
def stage(db, request):
    stage = cast.set_stage(bonus={**RULES["bonus"], "if_revoked": request.param})
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def created(stage):
    """Of each tier two, so one wins: 标杆 the first village of the east (1 point), 进位 the last of the west (0.3)."""
    a, b, c, d = stage.villages
    round = cast.open_round(stage, {a: HIGH, c: HIGH, b: LOW, d: LOW})
    cast.fill(stage, round, {a: (9, 9), c: (8, 8), b: (8, 8), d: (9, 9)})
    return cast.publish(stage, round)


@pytest.fixture
def annual(stage):
    """East works for 89.5, west for 92 points."""
    version = rating.published(stage.tenant, rating.ANNUAL, stage.first, stage.second)
    campaign = rating.rating_campaign(stage.tenant, CampaignKind.ANNUAL, stage.first, "乡镇年度考核")
    round = rating.planned_round(campaign, version, stage.first)
    rating.enter(round, [stage.county.east, stage.county.west], stage.first)
    rating.facts(round, stage.first, {stage.county.east: {"work": "89.5"}, stage.county.west: {"work": "92"}})
    return round


def revoke(stage):
    """The re-inspection of the first village: 4 + 4 = 8, below 9."""
    a = stage.villages[0]
    round = cast.open_round(stage, {a: HIGH}, label="2026-09", on=date(2026, 9, 1), kind=RoundKind.REINSPECTION)
    cast.fill(stage, round, {a: (4, 4)})
    return cast.publish(stage, round)


def shown(computation):
    rows = Result.objects.filter(computation=computation).select_related("organization")
    return {row.organization.name: (row.score_text, row.rank, row.grade) for row in rows}


def drawn(round, organization, key="created"):
    rows = FactRevision.objects.filter(round=round, organization=organization, key=key, drawn=True).order_by("id")
    return list(rows.values_list("text", "note"))


def test_the_points_of_creation_are_taken_over_with_their_source(stage, created, annual):
    """East 89.5 + 1 = 90.5, west 92 + 0.3 = 92.3."""
    computation = publish(stage, annual)
    assert shown(computation) == {"西山乡": ("92.30", 1, "优秀"), "东溪镇": ("90.50", 2, "优秀")}
    note = f"取自“示范创建办法”2026 年考核加分：{stage.villages[0].name}“标杆” 1"
    assert drawn(annual, stage.county.east) == [("1", note)]
    assert changed_sources(computation) == []


def test_nothing_is_drawn_before_anything_is_published(stage, annual):
    """Missing is not zero: the computation is refused."""
    with pytest.raises(Exception, match="创建加分"):
        compute_round(round=annual, actor=stage.first)
    assert drawn(annual, stage.county.east) == []


def test_a_revoked_title_takes_its_points_back_and_marks_the_assessment(stage, created, annual):
    first = publish(stage, annual)
    revoke(stage)
    rows = BonusEntry.objects.filter(township=stage.county.east).order_by("-points")
    assert [(str(row.points), row.year, row.reason) for row in rows] == [
        ("1.0000", 2026, ""),
        ("-1.0000", 2026, "复评 8.00 分，低于 9 分，摘牌警示，收回加分"),
    ]
    assert changed_sources(first) == ["东溪镇“创建加分”由 1 变为 0"]


def test_the_assessment_computed_again_is_a_version_of_its_own(stage, created, annual):
    """East without the point 89.5: from 优秀 to 良好. What was published stays readable."""
    first = publish(stage, annual)
    revoke(stage)
    return_to_scoring(round=Round.objects.get(pk=annual.pk), reason="称号被摘", actor=stage.first)
    second = publish(stage, annual)
    first.refresh_from_db()
    assert shown(second) == {"西山乡": ("92.30", 1, "优秀"), "东溪镇": ("89.50", 2, "良好")}
    assert (first.state, shown(first)["东溪镇"]) == ("superseded", ("90.50", 2, "优秀"))
    assert [text for text, _ in drawn(annual, stage.county.east)] == ["1", "0"]
    assert drawn(annual, stage.county.east)[1][1].endswith("“标杆” 1；杨村“标杆”收回 -1")
    assert changed_sources(second) == []


@pytest.mark.parametrize("stage", ["keep"], indirect=True)
def test_where_points_stay_a_revoked_title_changes_nothing(stage, created, annual):
    first = publish(stage, annual)
    revoke(stage)
    assert BonusEntry.objects.filter(township=stage.county.east).count() == 1
    assert changed_sources(first) == []


def test_points_of_the_stars_are_taken_over_too(stage, created, annual):
    """East: one village with four stars, 0.3; west none, which is 0, as something was published."""
    a, c = stage.villages[0], stage.villages[2]
    version = rating.published(stage.tenant, rating.STARS, stage.first, stage.second)
    campaign = rating.rating_campaign(stage.tenant, CampaignKind.STAR, stage.first, "星级评定")
    round = rating.planned_round(campaign, version, stage.first)
    rating.enter(round, [a, c], stage.first)
    rating.facts(round, stage.first, {
        a: {"income": "50", "satisfaction": "80%", "last_star": "三星"},
        c: {"income": "10", "satisfaction": "50%", "last_star": "三星"},
    })  # fmt: skip
    publish(stage, round)
    assert shown(publish(stage, annual)) == {"西山乡": ("92.30", 1, "优秀"), "东溪镇": ("90.80", 2, "优秀")}
    assert drawn(annual, stage.county.west, "starred") == [("0", "取自“星级评定办法”2026 年得分：没有")]


def test_what_a_person_wrote_gives_way_to_what_was_published(stage, created, annual):
    rating.facts(annual, stage.first, {stage.county.east: {"created": "5"}})
    assert shown(publish(stage, annual))["东溪镇"] == ("90.50", 2, "优秀")


def test_outcomes_of_another_year_are_not_taken(stage, annual):
    a, c = stage.villages[0], stage.villages[2]
    round = cast.open_round(stage, {a: HIGH, c: HIGH}, year=2025)
    cast.fill(stage, round, {a: (9, 9), c: (8, 8)})
    cast.publish(stage, round)
    with pytest.raises(Exception, match="创建加分"):
        compute_round(round=annual, actor=stage.first)
