"""A star rating end to end through services: facts and events, computing without sheets, grades, what follows."""

from datetime import date

import pytest

from campaigns.enums import CampaignKind
from campaigns.models import Round
from schemes import ProblemsFound, compute, digest_inputs, digest_outcome
from scoring.models import Computation, ConsequenceRow, EventRevision, FactRevision, ParentPoints, Result
from scoring.reading import load_computed
from scoring.services.computing import compute_round
from scoring.services.facts import withdraw_event
from scoring.services.publication import confirm_computation, publish_computation, return_to_scoring

from . import rating_stage as rating

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    """杨村 and 赵村 of the east, 石塘村 and 岭后村 of the west, with their facts; open."""
    version = rating.published(stage.tenant, rating.STARS, stage.first, stage.second)
    campaign = rating.rating_campaign(stage.tenant, CampaignKind.STAR, stage.first, "星级评定")
    round = rating.planned_round(campaign, version, stage.first)
    rating.enter(round, stage.villages, stage.first)
    a, b, c, d = stage.villages
    rating.facts(round, stage.first, {
        a: {"income": "55", "satisfaction": "95%", "last_star": "四星"},
        b: {"income": "60", "satisfaction": "90%", "last_star": "三星"},
        c: {"income": "30", "satisfaction": "55%", "last_star": "三星"},
        d: {"income": "60", "satisfaction": "100%", "last_star": "五星"},
    })  # fmt: skip
    rating.events(
        round,
        stage.first,
        (c, "missed", date(2026, 3, 1), "2"),
        (c, "missed", date(2025, 3, 1), "1"),
        (d, "accident", date(2025, 2, 1), "1"),
    )
    return rating.opened(round, stage.first)


def publish(stage, round) -> Computation:
    computation = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.first)
    confirm_computation(computation=computation, actor=stage.second)
    return publish_computation(computation=computation, actor=stage.second)


def graded(computation):
    rows = Result.objects.filter(computation=computation).select_related("organization")
    return {row.organization.name: (row.score_text, row.rank, row.verdict, row.grade) for row in rows}


def test_villages_are_rated_and_ranked(stage, round):
    """d: 60 + 40 = 100, an accident within 24 months: assessed, no star. b: 60 + 36 = 96, from three stars only to
    four.
    a: 55 + 38 = 93, five stars. c: 30 + 22 = 52, below all. Four ranked, a half of them: at most two with five
    stars."""
    a, b, c, d = (village.name for village in stage.villages)
    assert graded(publish(stage, round)) == {
        d: ("100.0", 1, "not_rated", "只考核，不定等次"),
        b: ("96.0", 2, "rated", "四星"),
        a: ("93.0", 3, "rated", "五星"),
        c: ("52.0", 4, "rated", "不定星"),
    }


def test_notes_say_why_a_grade_is_not_higher(stage, round):
    a, b, c, d = stage.villages
    notes = dict(Result.objects.filter(computation=publish(stage, round)).values_list("organization", "note"))
    assert notes[a.pk] == ""
    assert notes[b.pk] == "未评为“五星”：逐级晋升：上次“三星”，一次至多升 1 级"
    assert notes[c.pk] == "未评为“三星”：总分 52.0 < 60"
    assert notes[d.pk].startswith("一票否决：安全事故：")


def test_figures_of_the_tree_are_kept_exactly(stage, round):
    a = stage.villages[0]
    row = Result.objects.get(computation=publish(stage, round), organization=a)
    assert row.figures == {"income": "55", "people": "38"}
    assert (row.words, row.badges, row.sheet_count) == ("五星", [], 0)


def test_what_follows_is_stored_with_its_reason(stage, round):
    """c is last of four and missed two meetings in 2026 (the one of 2025 is outside the period): 2 × 500."""
    computation = publish(stage, round)
    rows = ConsequenceRow.objects.filter(computation=computation).order_by("position")
    c = stage.villages[2]
    assert [(row.organization, row.township, row.name, row.amount, row.unit) for row in rows] == [
        (c, stage.county.west, "约谈", "", ""),
        (c, stage.county.west, "扣减报酬", "1000", "元"),
    ]
    assert (rows[0].who, rows[0].within_days) == ("县委组织部", 30)
    assert rows[1].reason == "缺主题党日 2 × 500 元 = 1000 元"


def test_townships_get_points_up_to_the_cap(stage, round):
    """East: five stars 1 and four stars 0.3 are 1.3, at most 1.2; west: no star."""
    rows = ParentPoints.objects.filter(computation=publish(stage, round))
    a, b = (village.name for village in stage.villages[:2])
    found = [(row.parent, row.points, row.uncapped, row.lines) for row in rows]
    assert found == [(stage.county.east, "1.2", "1.3", [[a, "五星", "1"], [b, "四星", "0.3"]])]


def test_the_scheme_sees_townships_from_the_list_of_organizations(stage, round):
    publish(stage, round)
    drawn = FactRevision.objects.filter(round=round, drawn=True)
    found = {(row.organization_id, row.key): (row.text, row.note) for row in drawn}
    assert found == {(village.pk, "township"): (village.township_code, "取自组织机构") for village in stage.villages}


def test_a_missing_fact_refuses_the_computation_and_leaves_the_round_sealed(stage, round):
    rating.facts(round, stage.first, {stage.villages[0]: {"satisfaction": ""}})
    with pytest.raises(ProblemsFound, match="群众满意率"):
        compute_round(round=round, actor=stage.first)
    assert not Computation.objects.filter(round=round).exists()


# --- corrections ---------------------------------------------------------------------------------


def test_a_corrected_fact_makes_another_version_and_both_stay(stage, round):
    first = publish(stage, round)
    return_to_scoring(round=Round.objects.get(pk=round.pk), reason="满意率登记有误", actor=stage.first)
    rating.facts(round, stage.first, {stage.villages[0]: {"satisfaction": "80%"}})
    second = publish(stage, round)
    first.refresh_from_db()
    name = stage.villages[0].name
    assert (first.state, graded(first)[name]) == ("superseded", ("93.0", 3, "rated", "五星"))
    assert graded(second)[name] == ("87.0", 3, "rated", "四星")
    assert first.fact_cut < second.fact_cut


def test_a_computation_is_read_again_as_it_was(stage, round):
    first = publish(stage, round)
    return_to_scoring(round=Round.objects.get(pk=round.pk), reason="更正", actor=stage.first)
    rating.facts(round, stage.first, {stage.villages[0]: {"income": "1"}})
    withdraw_event(event=EventRevision.objects.get(key="accident"), reason="查无此事", actor=stage.first)
    again = load_computed(first, None)
    found = digest_inputs(again.inputs), digest_outcome(compute(again.scheme, again.inputs))
    assert found == (first.inputs_digest, first.outcome_digest)


def test_computing_again_changes_nothing(stage, round):
    computation = compute_round(round=round, actor=stage.first)
    counts = FactRevision.objects.count(), Result.objects.count(), ConsequenceRow.objects.count()
    assert compute_round(round=Round.objects.get(pk=round.pk), actor=stage.second) == computation
    assert (FactRevision.objects.count(), Result.objects.count(), ConsequenceRow.objects.count()) == counts
