"""Panels: roles that never count, leaving and being replaced, and what a computed round keeps of all that."""

import pytest

from accounts.models import AuditEntry
from campaigns.models import Round
from scoring.counting import sheet_dues
from scoring.explaining import explain_result
from scoring.models import Computation, Result
from scoring.services.computing import compute_round
from scoring.services.publication import return_to_scoring
from scoring.services.sheets import SheetRefused
from sites.enums import PanelRole
from sites.models import Inspector, PanelMember
from sites.services.panels import (
    PanelRefused,
    add_to_panel,
    change_member,
    leave_panel,
    remove_member,
    replace_member,
)
from tests.scoring.cast import HIGH, entry, fill, open_round, publish, results, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


def member(round, number):
    return PanelMember.objects.select_related("inspector", "round").get(round=round, inspector__number=number)


def become(stage, round, number, role, reason="说明"):
    return change_member(member=member(round, number), role=role, group="", reason=reason, actor=stage.first)


def marks(stage):
    return dict(zip(stage.villages, ((9, 9), (8, 8), (7, 7), (5.5, 5.5)), strict=True))


# --- observers and trainees ----------------------------------------------------------------------


@pytest.mark.parametrize("role", [PanelRole.OBSERVER, PanelRole.TRAINEE])
def test_marks_of_who_does_not_count_change_nothing(stage, round, role):
    """J3 gives everybody zero. As an observer that is as if the sheets were not there."""
    become(stage, round, "J3", role)
    fill(stage, round, marks(stage), "J1")
    fill(stage, round, dict.fromkeys(stage.villages, (0, 0)), "J3")
    computation = publish(stage, round)
    # J1 alone: 18, 16, 14 and 11; at most two of four win
    assert results(computation) == {
        "杨村": ("18.00", 1, "awarded"),
        "赵村": ("16.00", 2, "awarded"),
        "岭后村": ("14.00", 3, "over_quota"),
        "石塘村": ("11.00", 4, "below_threshold"),
    }
    assert computation.sheet_count == 4
    for result in Result.objects.filter(computation=computation):
        assert [sheet.inspector for sheet in explain_result(result).explanation.sheets] == ["评委J1"]


def test_a_members_marks_do_count(stage, round):
    fill(stage, round, marks(stage), "J1")
    fill(stage, round, dict.fromkeys(stage.villages, (0, 0)), "J3")
    assert results(publish(stage, round))["杨村"][:2] == ("9.00", 1)


def test_sheets_due_are_those_of_members(stage, round):
    fill(stage, round, {stage.villages[0]: (9, 9)}, "J1", "J3")
    dues = sheet_dues([round])[round.pk]
    # J1 and J3 four each, J2 only the two of the west
    assert (len(dues.due), len(dues.sent)) == (10, 2)
    become(stage, round, "J3", PanelRole.OBSERVER)
    dues = sheet_dues([round])[round.pk]
    assert (len(dues.due), len(dues.sent)) == (6, 1)


def test_a_role_changes_after_sheets_only_with_a_reason_and_is_in_the_log(stage, round):
    fill(stage, round, {stage.villages[0]: (9, 9)}, "J3")
    with pytest.raises(PanelRefused, match="请写明原因"):
        become(stage, round, "J3", PanelRole.OBSERVER, reason=" ")
    become(stage, round, "J3", PanelRole.OBSERVER, reason="只来学习")
    said = AuditEntry.objects.get(verb="改评委身份")
    assert (said.old["role"], said.new["role"], said.new["reason"]) == ("member", "observer", "只来学习")


def test_a_sealed_panel_does_not_change(stage, round):
    fill(stage, round, marks(stage))
    publish(stage, round)
    row, outsider = member(round, "J1"), stage.J["J2"]
    for act in (
        lambda: become(stage, round, "J1", PanelRole.OBSERVER),
        lambda: remove_member(member=row, actor=stage.first),
        lambda: replace_member(member=row, by=outsider, reason="病", actor=stage.first),
        lambda: leave_panel(member=row, reason="病", actor=stage.first),
        lambda: add_to_panel(round=round, inspectors=[outsider], actor=stage.first),
    ):
        with pytest.raises(PanelRefused, match="不能再改评委组"):
            act()


def test_an_earlier_computation_reads_the_same_after_a_role_was_corrected(stage, round):
    """The published version counted J3; the corrected one does not; both explain themselves."""
    fill(stage, round, marks(stage), "J1")
    fill(stage, round, dict.fromkeys(stage.villages, (6, 6)), "J3")
    first = publish(stage, round)
    assert results(first)["杨村"][0] == "15.00"
    return_to_scoring(round=Round.objects.get(pk=round.pk), reason="J3 应为观摩", actor=stage.first)
    become(stage, round, "J3", PanelRole.OBSERVER)
    second = publish(stage, round)
    assert results(second)["杨村"][0] == "18.00"
    for computation, sheets in ((first, 2), (second, 1)):
        for result in Result.objects.filter(computation=Computation.objects.get(pk=computation.pk)):
            assert len(explain_result(result).explanation.sheets) == sheets


# --- leaving and coming --------------------------------------------------------------------------


@pytest.fixture
def newcomer(many):
    return Inspector.objects.select_related("home").get(number="K3")


def test_who_leaves_keeps_what_they_scored_and_the_newcomer_gets_the_rest(stage, round, newcomer):
    first, second, *west = stage.villages
    fill(stage, round, {first: (9, 9)}, "J1", "J3")
    comer = replace_member(member=member(round, "J3"), by=newcomer, reason="紧急公务", actor=stage.first)
    assert (comer.role, comer.replaces.inspector.number) == (PanelRole.MEMBER, "J3")

    with pytest.raises(SheetRefused, match="已不在这一轮的评委组") as refused:
        submit(stage, entry(round, second), "J3", (1, 1))
    assert refused.value.code == "not_assigned"
    stage.J["K3"] = newcomer
    with pytest.raises(SheetRefused, match="您接替的评委已评过这家单位"):
        submit(stage, entry(round, first), "K3", (1, 1))

    dues = sheet_dues([round])[round.pk]
    mine = {entry for inspector, entry in dues.due if inspector == newcomer.pk}
    assert mine == {entry(round, village).pk for village in (second, *west)}
    fill(stage, round, {second: (8, 8), west[0]: (7, 7), west[1]: (5.5, 5.5)}, "J1", "K3")
    assert sheet_dues([round])[round.pk].missing == {
        (stage.J["J2"].pk, entry(round, village).pk) for village in west
    }
    computation = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.first)
    assert computation.sheet_count == 8
    assert results(computation)["杨村"][:2] == ("18.00", 1)


def test_a_newcomers_newcomer_does_not_score_what_either_did(stage, round, newcomer):
    fill(stage, round, {stage.villages[0]: (9, 9)}, "J3")
    second = replace_member(member=member(round, "J3"), by=newcomer, reason="病", actor=stage.first)
    stage.J["K6"] = Inspector.objects.select_related("home").get(number="K6")
    replace_member(member=second, by=stage.J["K6"], reason="也病了", actor=stage.first)
    with pytest.raises(SheetRefused, match="您接替的评委已评过"):
        submit(stage, entry(round, stage.villages[0]), "K6", (1, 1))
    assert submit(stage, entry(round, stage.villages[1]), "K6", (8, 8)).status == "stored"


def test_what_a_replacement_needs(stage, round, newcomer):
    row = member(round, "J3")
    with pytest.raises(PanelRefused, match="请写明离开的原因"):
        replace_member(member=row, by=newcomer, reason="  ", actor=stage.first)
    with pytest.raises(PanelRefused, match="不能来接替"):
        replace_member(member=row, by=stage.J["J1"], reason="病", actor=stage.first)
    leave_panel(member=row, reason="病", actor=stage.first)
    with pytest.raises(PanelRefused, match="已离开评委组"):
        replace_member(member=row, by=newcomer, reason="病", actor=stage.first)


def test_who_leaves_without_a_successor_owes_nothing_more(stage, round):
    fill(stage, round, {stage.villages[0]: (9, 9)}, "J3")
    leave_panel(member=member(round, "J3"), reason="病", actor=stage.first)
    dues = sheet_dues([round])[round.pk]
    assert (len(dues.due), len(dues.sent)) == (7, 1)  # J1 four, J2 two, J3 what is in


def test_only_who_scored_nothing_is_taken_off(stage, round):
    remove_member(member=member(round, "J2"), actor=stage.first)
    assert set(round.panel_members.values_list("inspector__number", flat=True)) == {"J1", "J3"}
    fill(stage, round, {stage.villages[0]: (9, 9)}, "J1")
    with pytest.raises(PanelRefused, match="已交评分单，不能移出"):
        remove_member(member=member(round, "J1"), actor=stage.first)
