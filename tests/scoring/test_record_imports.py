"""Importing facts and events: everybody in the table takes part, every problem at once, nothing half written."""

from types import SimpleNamespace

import pytest

from accounts.models import tenant_scope
from accounts.services.uploads import IMPORTERS
from campaigns.enums import CampaignKind
from campaigns.models import Nomination, Round
from scoring.models import EventRevision, FactRevision
from scoring.records import standing_facts
from tests.imports import counts, found, hand_in, write

from . import cast
from . import rating_stage as rating

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HEAD = "组织代码,集体收入,群众满意率,上年星级\n"


@pytest.fixture
def stage(db):
    """The county with a round of the star scheme; ``maker`` hands files in, nobody has been entered."""
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        version = rating.published(stage.tenant, rating.STARS, stage.first, stage.second)
        campaign = rating.rating_campaign(stage.tenant, CampaignKind.STAR, stage.first, "星级评定")
        round = rating.planned_round(campaign, version, stage.first)
        codes = [village.code for village in stage.villages]
    return SimpleNamespace(
        tenant=stage.tenant, campaign=campaign, maker=stage.first, round=round, codes=codes, villages=stage.villages
    )


def facts_of(stage):
    with tenant_scope(stage.tenant):
        codes = {village.pk: village.code for village in stage.villages}
        return {(codes[owner], key): fact.text for (owner, _, key), fact in standing_facts(stage.round).items()}


def test_everybody_in_the_table_takes_part(stage):
    a, b = stage.codes[:2]
    text = f"{HEAD}{a},55,95%,四星\n{b},60,90%,\n"
    upload = hand_in(stage, "facts", text, round=str(stage.round.pk))
    assert counts(upload) == {"单位": 2, "新增": 5, "更改": 0, "清空": 0, "不变": 0}
    assert upload.report["remarks"][0] == "2026 年度还没有参评单位：写入时表中 2 个组织都将参评。"
    assert write(stage, "facts", text, round=str(stage.round.pk))["url"] == f"/rounds/{stage.round.pk}/records/"
    assert facts_of(stage) == {
        (a, "income"): "55", (a, "satisfaction"): "95%", (a, "last_star"): "四星",
        (b, "income"): "60", (b, "satisfaction"): "90%",
    }  # fmt: skip
    with tenant_scope(stage.tenant):
        assert Nomination.objects.filter(round=stage.round).count() == 2
        assert Round.objects.get(pk=stage.round.pk).state == "nominating"
        assert set(FactRevision.objects.values_list("note", flat=True)) == {"表.csv 第 2 行", "表.csv 第 3 行"}


def test_a_second_file_changes_what_it_says_and_takes_back_what_it_clears(stage):
    a = stage.codes[0]
    write(stage, "facts", f"{HEAD}{a},55,95%,四星\n", round=str(stage.round.pk))
    upload = hand_in(stage, "facts", f"{HEAD}{a},56,,清空\n", round=str(stage.round.pk))
    assert counts(upload) == {"单位": 1, "新增": 0, "更改": 1, "清空": 1, "不变": 0}
    write(stage, "facts", f"{HEAD}{a},56,,清空\n", round=str(stage.round.pk))
    assert facts_of(stage) == {(a, "income"): "56", (a, "satisfaction"): "95%"}


def test_every_problem_of_a_facts_table_is_told_at_once(stage):
    a, b = stage.codes[:2]
    write(stage, "facts", f"{HEAD}{a},55,95%,四星\n", round=str(stage.round.pk))
    text = f"{HEAD}{a},很多,120%,\n{b},1,1%,\n"
    assert found(hand_in(stage, "facts", text, round=str(stage.round.pk))) == [
        (2, "群众满意率", "高于 1"),
        (2, "集体收入", "不是数"),
        (3, "组织代码", "这个组织没有参加"),
    ]


def test_an_organization_nobody_knows_and_a_table_without_facts_are_refused(stage):
    assert found(hand_in(stage, "facts", f"{HEAD}999999999999,1,1%,\n", round=str(stage.round.pk))) == [
        (2, "组织代码", "没有这个组织")
    ]
    assert found(hand_in(stage, "facts", f"组织代码,别的\n{stage.codes[0]},1\n", round=str(stage.round.pk))) == [
        (None, "", "没有一列是办法的数据项")
    ]


def test_another_round_in_the_file_is_refused(stage):
    text = f"轮次,{HEAD}7,{stage.codes[0]},1,1%,\n"
    assert found(hand_in(stage, "facts", text, round=str(stage.round.pk))) == [
        (2, "轮次", "选择的是2026 年度，这里写的是另一轮（共 1 行）")
    ]


def test_events_are_written_once(stage):
    a = stage.codes[0]
    write(stage, "facts", f"{HEAD}{a},55,95%,四星\n", round=str(stage.round.pk))
    text = f"组织代码,事项,日期,数量,对象\n{a},缺主题党日,2026-03-01,2,\n{a},缺主题党日,2026年4月1日,,全体\n"
    upload = hand_in(stage, "events", text, round=str(stage.round.pk))
    assert counts(upload) == {"事项": 2, "新增": 2, "不变": 0}
    write(stage, "events", text, round=str(stage.round.pk))
    assert counts(hand_in(stage, "events", text, round=str(stage.round.pk)))["新增"] == 0
    with tenant_scope(stage.tenant):
        rows = EventRevision.objects.values_list("key", "day", "amount", "subject")
        assert [(key, day.isoformat(), str(amount), subject) for key, day, amount, subject in rows] == [
            ("missed", "2026-03-01", "2.000000", ""),
            ("missed", "2026-04-01", "1.000000", "全体"),
        ]


def test_every_problem_of_an_events_table_is_told_at_once(stage):
    a = stage.codes[0]
    write(stage, "facts", f"{HEAD}{a},55,95%,四星\n", round=str(stage.round.pk))
    text = f"组织代码,事项,日期,数量\n{a},旷工,2026-03-01,1\n{a},缺主题党日,,1\n{a},缺主题党日,2026-03-01,1/3\n"
    assert found(hand_in(stage, "events", text, round=str(stage.round.pk))) == [
        (2, "事项", "办法里没有这个事项"),
        (3, "日期", "没有填写"),
        (4, "数量", "数量无法精确记录"),
    ]


def test_the_templates_are_those_of_the_newest_scheme_that_asks(stage):
    with tenant_scope(stage.tenant):
        facts, events = IMPORTERS["facts"], IMPORTERS["events"]
        labels = [column.label for column in facts.columns]
        assert labels == ["轮次", "组织代码", "所属乡镇", "群众满意率", "上年星级", "集体收入"]
        assert all(len(row) == len(labels) for row in facts.example)
        assert all(len(row) == len(events.columns) for row in events.example)
