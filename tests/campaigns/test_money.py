"""Money follows every change: what is due, what was issued with which document, what was taken back. All in 万元."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import TitleActKind
from campaigns.models import Subsidy
from campaigns.services.subsidies import Issued, SubsidyRefused, issue_subsidies, put_special_subsidies
from scoring.services.publication import return_to_scoring
from scoring.services.register import settle_campaign
from tests.campaigns.test_register_writer import AUTUMN, SPRING, win
from tests.campaigns.test_title_acts import decide
from tests.scoring import cast
from tests.scoring.cast import HIGH, LOW, fill, publish

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NUMBER, DAY = "建财〔2026〕8号", date(2026, 4, 20)


@pytest.fixture(autouse=True)
def late_in_the_year(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: date(2026, 12, 31))


def issue(stage, rows=None, number=NUMBER, on=DAY):
    rows = Subsidy.objects.filter(issued_on=None) if rows is None else rows
    return issue_subsidies(subsidies=rows, document_no=number, on=on, actor=stage.first)


def correct(stage, round, marks, based_on=1):
    return_to_scoring(round=round, reason="分数有误", actor=stage.second)
    fill(stage, round, marks, based_on=based_on)
    publish(stage, round)


def ledger():
    """The lines of every chain from its beginning."""
    rows = {row.counters_id: row for row in Subsidy.objects.select_related("organization")}
    firsts = Subsidy.objects.filter(counters=None).order_by("organization__code", "round__sequence")
    lines = []
    for row in firsts:
        while row is not None:
            lines.append((row.organization.name, row.amount_wan, row.document_no, row.reason))
            row = rows.get(row.pk)
    return lines


def test_a_batch_is_issued_with_one_document_and_its_exact_sum(stage):
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    put_special_subsidies(campaign=stage.campaign, amounts={stage.villages[1]: Decimal("18.3333")}, actor=stage.first)
    assert issue(stage) == Issued(2, Decimal("19.2333"))
    assert set(Subsidy.objects.values_list("document_no", "issued_on")) == {(NUMBER, DAY)}
    entry = AuditEntry.objects.get(verb="下达补助")
    assert entry.new == {"document_no": NUMBER, "on": "2026-04-20", "lines": 2, "wan": "19.2333"}


def test_nothing_is_issued_twice_undated_or_without_a_number(stage):
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    rows = list(Subsidy.objects.all())
    for call, words in (
        (lambda: issue(stage, []), "没有选择补助"),
        (lambda: issue(stage, rows, number=" "), "没有填写文号"),
        (lambda: issue(stage, rows, on=date(2027, 1, 1)), "还没有到"),
    ):
        with pytest.raises(SubsidyRefused, match=words):
            call()
    issue(stage, rows)
    with pytest.raises(SubsidyRefused, match="杨村的补助已由“建财〔2026〕8号”下达，不能重复下达"):
        issue(stage, rows, number="建财〔2026〕9号")


def test_what_was_not_issued_goes_with_the_award(stage):
    village = stage.villages[0]
    round = win(stage, "1", village, HIGH, SPRING)
    correct(stage, round, {village: (4, 4)})
    assert ledger() == []


def test_what_was_issued_is_countered_and_due_again_as_a_new_line(stage):
    village = stage.villages[0]
    round = win(stage, "1", village, HIGH, SPRING)
    issue(stage)
    paid = Subsidy.objects.get()
    correct(stage, round, {village: (4, 4)})
    taken = ("杨村", Decimal("-0.9"), "", "授予已更正，收回已下达的补助")
    assert ledger() == [("杨村", Decimal("0.9"), NUMBER, ""), taken]
    correct(stage, round, {village: (9, 9)}, based_on=2)
    again = ("杨村", Decimal("0.9"), "", "更正后重新符合补助条件")
    assert ledger() == [("杨村", Decimal("0.9"), NUMBER, ""), taken, again]
    settle_campaign(campaign=stage.campaign, actor=None)
    assert len(ledger()) == 3
    paid.refresh_from_db()
    assert (paid.issued_on, paid.counters) == (DAY, None)


def test_settling_keeps_what_was_issued(stage):
    win(stage, "1", stage.villages[0], HIGH, SPRING)
    issue(stage)
    before = Subsidy.objects.get()
    win(stage, "2", stage.villages[1], LOW, AUTUMN)
    after = Subsidy.objects.get(organization=stage.villages[0])
    assert (after.pk, after.document_no, after.issued_on) == (before.pk, NUMBER, DAY)
    assert Subsidy.objects.count() == 2


def test_money_of_a_revoked_title_is_taken_back_where_the_rules_say_so(db):
    stage = cast.set_stage("330183", name="邻县市", subsidy={"wan": {HIGH: "0.9"}, "if_revoked": "take_back"})
    with tenant_scope(stage.tenant):
        first = win(stage, "1", stage.villages[0], HIGH, SPRING)
        second = win(stage, "2", stage.villages[1], HIGH, SPRING)
        issue(stage, Subsidy.objects.filter(organization=stage.villages[0]))
        for round, village in ((first, stage.villages[0]), (second, stage.villages[1])):
            decide(stage, round, TitleActKind.REVOKE, village)
        assert ledger() == [
            ("杨村", Decimal("0.9"), NUMBER, ""),
            ("杨村", Decimal("-0.9"), "", "创建成果严重滑坡，收回补助"),
        ]


def test_money_stays_where_the_rules_do_not_take_it_back(stage):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    decide(stage, round, TitleActKind.REVOKE)
    assert ledger() == [("杨村", Decimal("0.9"), "", "")]


def test_a_special_subsidy_that_was_issued_changes_by_further_lines(stage):
    village = stage.villages[0]
    put_special_subsidies(campaign=stage.campaign, amounts={village: Decimal(20)}, actor=stage.first)
    issue(stage)
    put_special_subsidies(campaign=stage.campaign, amounts={village: Decimal("18.5")}, actor=stage.first)
    put_special_subsidies(campaign=stage.campaign, amounts={village: Decimal("18.5")}, actor=stage.first)
    assert ledger() == [
        ("杨村", Decimal(20), NUMBER, ""),
        ("杨村", Decimal(-20), "", "补助更正为 18.5 万元，冲回原下达的 20 万元"),
        ("杨村", Decimal("18.5"), "", "补助更正为 18.5 万元"),
    ]
    put_special_subsidies(campaign=stage.campaign, amounts={village: Decimal(19)}, actor=stage.first)
    assert ledger()[-1][1:] == (Decimal(19), "", "补助更正为 19 万元")
    assert len(ledger()) == 3
