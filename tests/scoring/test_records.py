"""Facts and events: written as lines, corrected by lines, taken back with a reason; sealed with the round."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.enums import CampaignKind, RoundState
from campaigns.services.campaigns import move_round
from schemes import ProblemsFound
from scoring.models import EventRevision, FactRevision
from scoring.reading import load_round
from scoring.records import standing_events, standing_facts
from scoring.services.facts import EventFacts, FactCell, put_events, put_facts, withdraw_event

from . import rating_stage as rating

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

DAY = date(2026, 3, 1)


@pytest.fixture
def round(stage):
    version = rating.published(stage.tenant, rating.STARS, stage.first, stage.second)
    campaign = rating.rating_campaign(stage.tenant, CampaignKind.STAR, stage.first, "星级评定")
    round = rating.planned_round(campaign, version, stage.first)
    rating.enter(round, stage.villages, stage.first)
    return rating.opened(round, stage.first)


def put(stage, round, text, key="income"):
    return put_facts(round=round, cells=[FactCell(stage.villages[0], key, text)], actor=stage.first)


def texts(round):
    return {(owner, key): fact.text for (owner, _, key), fact in standing_facts(round).items()}


def test_writing_the_same_again_changes_nothing(stage, round):
    assert put(stage, round, "12") == {"new": 1, "changed": 0, "same": 0, "taken_back": 0}
    assert put(stage, round, "12") == {"new": 0, "changed": 0, "same": 1, "taken_back": 0}
    assert put(stage, round, "13")["changed"] == 1
    assert list(FactRevision.objects.values_list("text", flat=True)) == ["12", "13"]
    assert texts(round) == {(stage.villages[0].pk, "income"): "13"}


def test_an_empty_text_takes_back_what_stood(stage, round):
    put(stage, round, "12")
    assert put(stage, round, "")["taken_back"] == 1
    assert texts(round) == {}
    assert put(stage, round, "")["same"] == 1


def test_the_same_event_counts_once_and_a_withdrawn_one_not_at_all(stage, round):
    row = EventFacts(stage.villages[0], "missed", DAY, Decimal("2.5"), "学习", "通报")
    assert put_events(round=round, rows=[row, row], actor=stage.first) == {"new": 1, "same": 1}
    event = EventRevision.objects.get()
    withdraw_event(event=event, reason="查无此事", actor=stage.first)
    assert list(standing_events(round)) == []
    assert put_events(round=round, rows=[row], actor=stage.first)["new"] == 1
    assert EventRevision.objects.count() == 3


def test_taking_back_needs_a_reason_and_happens_once(stage, round):
    put_events(round=round, rows=[EventFacts(stage.villages[0], "missed", DAY)], actor=stage.first)
    event = EventRevision.objects.get()
    with pytest.raises(ProblemsFound, match="没有写撤回的原因"):
        withdraw_event(event=event, reason=" ", actor=stage.first)
    withdraw_event(event=event, reason="重复", actor=stage.first)
    with pytest.raises(ProblemsFound, match="已经撤回"):
        withdraw_event(event=event, reason="重复", actor=stage.first)


def test_a_sealed_round_takes_neither(stage, round):
    move_round(round=round, to=RoundState.SEALED, actor=stage.first)
    with pytest.raises(ProblemsFound, match="已封存"):
        put(stage, round, "12")
    with pytest.raises(ProblemsFound, match="已封存"):
        put_events(round=round, rows=[EventFacts(stage.villages[0], "missed", DAY)], actor=stage.first)


def test_the_database_itself_refuses_change_and_sealed_rounds(stage, round):
    put(stage, round, "12")
    put_events(round=round, rows=[EventFacts(stage.villages[0], "missed", DAY)], actor=stage.first)
    for model in (FactRevision, EventRevision):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            model.objects.update(key="x")
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            model.objects.all().delete()
    move_round(round=round, to=RoundState.SEALED, actor=stage.first)
    for row in (*FactRevision.objects.all(), *EventRevision.objects.all()):
        row.pk = None
        with pytest.raises(DatabaseError, match="sealed round"), transaction.atomic():
            row.save(force_insert=True)


def test_facts_are_read_in_the_same_number_of_queries_however_many(stage, round):
    put(stage, round, "12")
    load_round(round)
    with CaptureQueriesContext(connection) as few:
        load_round(round)
    rating.facts(round, stage.first, {village: {"income": "1", "satisfaction": "90%"} for village in stage.villages})
    with CaptureQueriesContext(connection) as many:
        load_round(round)
    assert len(many) == len(few)


def test_what_no_longer_fits_the_scheme_is_told_with_the_organization(stage, round):
    put(stage, round, "许多")
    with pytest.raises(ProblemsFound, match="许多"):
        load_round(round)
