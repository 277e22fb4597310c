"""The way through the database agrees with bare numpy on the very sheets that it timed."""

import pytest
from django.db import connection

from accounts.models import tenant_scope
from benchmarks import database
from benchmarks.numbers import SHEETS, bare_numpy, jiande, random_marks
from scoring.models import Result
from scoring.services.computing import compute_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
ENTRIES = 24


@pytest.fixture
def timed():
    """The round of the benchmark, filled and computed."""
    tenant = database.make_tenant(ENTRIES)
    with tenant_scope(tenant):
        inspectors = database.make_inspectors(tenant)
        marks = random_marks(jiande(), ENTRIES)
        round = database.make_round(tenant, "大轮", ENTRIES, inspectors)
        database.fill_sheets(round, inspectors, marks)
        yield tenant, inspectors, round, marks


def test_stored_results_are_those_of_bare_numpy(timed):
    _, _, round, marks = timed
    computation = compute_round(round=round, actor=None)
    rows = Result.objects.filter(computation=computation).order_by("nomination_id")
    score, won = bare_numpy(marks, ENTRIES)
    assert list(rows.values_list("score_units", "score_unit")) == [(int(units), 100) for units in score]
    assert [verdict == "awarded" for verdict in rows.values_list("verdict", flat=True)] == won.tolist()
    assert computation.sheet_count == ENTRIES * SHEETS


def test_copying_out_and_in_reads_every_sheet(timed):
    """Runs where PostgreSQL is; elsewhere that side of the ratio does not exist."""
    _, _, round, _ = timed
    compute_round(round=round, actor=None)
    if connection.vendor == "postgresql":
        database.copy_out_numpy_copy_in(round, ENTRIES)
    assert Result.objects.count() == ENTRIES


def test_every_timed_submit_is_taken(timed, monkeypatch):
    tenant, inspectors, _, _ = timed
    monkeypatch.setattr(database, "SUBMITS", 2)
    ratios = database.submit_ratios(tenant, inspectors)
    against = [ratio.name.rpartition(" against ")[2] for ratio in ratios]
    assert against == ["bare Django answering", "bare Django inserting one row"]
