"""A stored result explains itself from what went in, and says so when the data was changed behind its back."""

from contextlib import contextmanager

import pytest
from django.db import connection

from schemes import digest_inputs
from scoring.explaining import NotReproducible, explain_result
from scoring.models import Result, ScoreSheet
from scoring.reading import load_computed, load_round
from scoring.services.computing import compute_round
from scoring.services.publication import return_to_scoring

from .cast import HIGH, LOW, fill, open_round, standing_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def computation(stage):
    """J3 thinks less of 岭后村 in the end than J1: 13 and 14 points."""
    round = standing_round(stage)
    fill(stage, round, {stage.villages[2]: (6.5, 6.5)}, "J3", based_on=1)
    return compute_round(round=round, actor=stage.first)


def result(computation, name):
    return Result.objects.get(computation=computation, organization__name=name)


@contextmanager
def without_triggers(table):
    """As somebody with the owner's password could write: the walls of the database aside."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
            cursor.execute("SET LOCAL session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for name, sql in cursor.fetchall() if f" ON {table}" in sql]
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield cursor
        for _, sql in triggers:
            cursor.execute(sql)


def test_the_explanation_names_people_and_adds_up(computation):
    explained = explain_result(result(computation, "赵村"))
    explanation = explained.explanation
    assert [(sheet.inspector, sheet.total, sheet.use) for sheet in explanation.sheets] == [
        ("评委J1", "16.0", "kept"),
        ("评委J3", "16.0", "kept"),
    ]
    assert (explanation.row.score, explanation.row.rank, explanation.row.outcome) == ("16.00", 2, "awarded")
    assert explanation.last_awarded == ("赵村", "16.00")
    assert explanation.margin == 0
    assert explained.scheme.identity.key == "example"


def test_every_result_of_a_round_is_explained_as_stored(computation):
    for row in Result.objects.filter(computation=computation):
        explanation = explain_result(row).explanation
        assert (explanation.row.score, explanation.row.rank, explanation.row.outcome) == (
            row.score_text, row.rank, row.verdict,
        )  # fmt: skip


def test_vetoed_and_unscored_results_are_explained(stage):
    round = open_round(stage, dict.fromkeys(stage.villages, HIGH), vetoed=(stage.villages[0],))
    fill(stage, round, {stage.villages[0]: (9, 9), stage.villages[1]: (8, 8)})
    computation = compute_round(round=round, actor=stage.first)
    assert explain_result(result(computation, "杨村")).explanation.row.outcome == "vetoed"
    assert explain_result(result(computation, "石塘村")).explanation.row.outcome == "unscored"


def test_reading_again_gives_the_inputs_that_were_computed(stage, computation):
    again = load_computed(computation, None)
    assert digest_inputs(again.inputs) == computation.inputs_digest
    assert again.cut == computation.sheet_cut


def test_a_group_is_read_without_the_other_tier(stage):
    tiers = dict(zip(stage.villages, (HIGH, LOW, HIGH, LOW), strict=True))
    round = open_round(stage, tiers)
    fill(stage, round, dict.fromkeys(stage.villages, (8, 8)))
    computation = compute_round(round=round, actor=stage.first)
    group = load_computed(computation, LOW)
    names = {row["organization__code"] for row in group.nominations}
    assert names == {stage.villages[1].code, stage.villages[3].code}
    assert len(group.inputs.sheet_entry) == 4


def test_later_sheets_and_nominations_do_not_enter_an_old_explanation(stage, computation):
    round = computation.round
    return_to_scoring(round=round, reason="更正", actor=stage.second)
    fill(stage, round, {stage.villages[1]: (10, 10)}, based_on=1)
    fill(stage, round, {stage.villages[1]: (10, 10)}, "J1", based_on=2)
    assert len(load_round(round).inputs.sheet_entry) == 8
    assert explain_result(result(computation, "赵村")).explanation.row.score == "16.00"


def test_an_empty_round_is_read_as_empty(stage):
    loaded = load_round(open_round(stage, {}))
    assert (len(loaded.inputs), len(loaded.inputs.sheet_entry), loaded.cut) == (0, 0, 0)


@pytest.mark.parametrize("change", ["score_units = score_units + 1", "rank = 1", "verdict = 'over_quota'"])
def test_a_result_that_was_tampered_with_is_noticed(computation, change):
    row = result(computation, "赵村")
    key = row.pk.hex if connection.vendor == "sqlite" else str(row.pk)
    with without_triggers("scoring_result") as cursor:
        cursor.execute(f"UPDATE scoring_result SET {change} WHERE id = %s", [key])
        assert cursor.rowcount == 1
    with pytest.raises(NotReproducible):
        explain_result(result(computation, "赵村"))
    assert explain_result(result(computation, "杨村")).explanation.row.rank == 1


def test_a_sheet_that_was_tampered_with_is_noticed(computation):
    sheet = ScoreSheet.objects.filter(nomination__organization__name="赵村").first()
    with without_triggers("scoring_scoresheet") as cursor:
        cursor.execute("UPDATE scoring_scoresheet SET marks = %s WHERE id = %s", [bytes([20, 20]), sheet.pk])
    with pytest.raises(NotReproducible):
        explain_result(result(computation, "赵村"))


def test_a_sheet_that_was_removed_is_noticed(computation):
    sheet = ScoreSheet.objects.get(nomination__organization__name="岭后村", revision=2)
    with without_triggers("scoring_scoresheet") as cursor:
        cursor.execute("DELETE FROM scoring_scoresheet WHERE id = %s", [sheet.pk])
    assert ScoreSheet.objects.count() == 8
    with pytest.raises(NotReproducible):
        explain_result(result(computation, "岭后村"))


def test_a_group_whose_sheets_all_vanished_is_noticed(computation):
    nomination = result(computation, "岭后村").nomination_id
    key = nomination.hex if connection.vendor == "sqlite" else str(nomination)
    with without_triggers("scoring_scoresheet") as cursor:
        cursor.execute("DELETE FROM scoring_scoresheet WHERE nomination_id = %s", [key])
    with pytest.raises(NotReproducible):
        explain_result(result(computation, "岭后村"))
