"""Marks of a phone's sheet: every criterion marked, or left out for a reason the scheme allows; deductions add up."""

import pytest

from accounts.models import tenant_scope
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import move_round
from schemes import ProblemsFound
from scoring.models import QuarantinedSheet, ScoreSheet
from scoring.services.computing import compute_round
from scoring.services.facts import FactCell, put_facts
from scoring.services.reopening import reopen_sheet

from . import cast
from .arriving import TREE, receive, sheet_of
from .cast import HIGH, entry, open_round, results

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

EIGHTS = {"a": "8", "b": "8"}


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


@pytest.fixture
def west(stage, round):
    """An entry that all three inspectors may score."""
    return entry(round, stage.county.west_villages[0])


def word(verdict):
    return verdict.verdict, verdict.code


# --- marks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "column", "reason"),
    [
        ({"a": "8", "b": None}, "服务", "没有打分，没有打分不等于零分"),
        ({"a": "8"}, "服务", "没有打分，没有打分不等于零分"),
        ({"a": "8", "b": "10.5"}, "服务", "高于满分 10"),
        ({"a": "8.3", "b": "8"}, "党建", "不合分档，应为 0.5 的倍数"),
        ({"a": "八", "b": "8"}, "党建", "不是数"),
        ({"a": "80%", "b": "8"}, "党建", "不是打分"),
        ({"a": "8", "b": "8", "c": "1"}, "", "评分表上没有这一条"),
        ({"a": None, "b": None}, "党建", "没有打分，没有打分不等于零分"),
    ],
)
def test_wrong_marks_are_refused_by_criterion_and_nothing_is_kept(stage, west, marks, column, reason):
    [verdict] = receive(stage, "J1", sheet_of(west, marks))
    assert word(verdict) == ("refused", "marks")
    assert (verdict.problems[0].column, verdict.problems[0].reason) == (column, reason)
    assert reason in verdict.message
    assert not ScoreSheet.objects.exists() and not QuarantinedSheet.objects.exists()


@pytest.mark.parametrize("marks", [{"a": 8.0, "b": "8"}, {"a": True, "b": "8"}, {"a": ["8"], "b": "8"}, [8, 8], {}])
def test_marks_that_are_no_texts_are_no_sheet(stage, west, marks):
    [verdict] = receive(stage, "J1", sheet_of(west, marks))
    assert word(verdict) == ("refused", "marks")


@pytest.mark.parametrize(
    "details",
    [
        {"remark": "\x00"},
        {"remark": "字" * 3000},
        {"signature": "data:text/html;base64,AAAA"},
        {"signature": "data:image/png;base64," + "A" * 50_000},
        {"not_applicable": ["a"]},
        {"remarks": {"a": 5}},
        {"deductions": {"a": [{"name": "x", "times": "2", "points": "1"}]}},
    ],
)
def test_what_stands_beside_the_marks_has_its_bounds(stage, west, details):
    [verdict] = receive(stage, "J1", sheet_of(west, EIGHTS, details=details))
    assert verdict.verdict == "refused"
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"a": NaN}', '{"remark": "\\ud800"}', "[" * 5000, 7])
def test_details_that_are_no_object_are_no_sheet(stage, west, text):
    [verdict] = receive(stage, "J1", sheet_of(west, EIGHTS, details_text=text))
    assert verdict.verdict == "refused"


# --- itemised deductions, not applicable, abstention ---------------------------------------------


@pytest.fixture
def wide(db):
    """A scheme with deductions, a criterion that does not concern everybody, and abstention; facts say whom."""
    stage = cast.set_stage(
        facts=[{"key": "water", "name": "水面", "type": "choice", "choices": ["有", "无"]}],
        criteria={"full_marks": "20", "tree": TREE},
        panel={"recusal": "none", "abstention": True},
        ranking={},
    )
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def wide_round(wide):
    return open_round(wide, dict.fromkeys(wide.villages[:2], HIGH))


def lines(*pairs):
    return {
        "d": [{"name": name, "times": times, "points": points, "reason": "查台账"} for name, times, points in pairs]
    }


@pytest.mark.parametrize(
    ("taken", "mark", "reason"),
    [
        ([], "5", ""),
        ([("少开一次", 1, "0.5")], "4.5", ""),
        ([("少开一次", 7, "1")], "4", ""),
        ([("少开一次", 1, "0.5"), ("缺签到", 1, "1.5")], "3", ""),
        ([("缺签到", 1, "20")], "1", ""),
        ([], "4.5", "按扣分明细应得 5 分，写的是 4.5 分"),
        ([("少开一次", 1, "0.5")], "5", "按扣分明细应得 4.5 分，写的是 5 分"),
        ([("少开一次", 3, "1.5")], "3.5", "“少开一次”3 次应扣 1 分，写的是 1.5 分"),
        ([("缺签到", 1, "-1")], "5", "“缺签到”扣的分应大于 0"),
        ([("缺签到", 1, "一")], "4", "“缺签到”扣的分不是数"),
    ],
)
def test_a_deducted_mark_is_full_marks_less_what_was_taken_off(wide, wide_round, taken, mark, reason):
    nomination = entry(wide_round, wide.villages[0])
    sent = sheet_of(nomination, {"a": "9", "d": mark, "n": "5"}, details={"deductions": lines(*taken)})
    [verdict] = receive(wide, "J1", sent)
    assert (verdict.verdict, [each.reason for each in verdict.problems]) == (
        ("refused", [reason]) if reason else ("stored", [])
    )


def test_what_does_not_concern_an_entry_may_be_left_out_and_the_facts_decide(wide, wide_round):
    """The first village has no water: blank or 0 or 5 marked there is all the same, it has full marks. 9 + 5 + 5."""
    dry, wet = (entry(wide_round, village) for village in wide.villages[:2])
    cells = [FactCell(wide.villages[0], "water", "无"), FactCell(wide.villages[1], "water", "有")]
    put_facts(round=wide_round, cells=cells, actor=wide.first)
    left_out = {"not_applicable": {"n": "没有水面"}}
    blank = sheet_of(dry, {"a": "9", "d": "5", "n": None}, details=left_out)
    assert word(*receive(wide, "J1", blank)) == ("stored", "")
    assert ScoreSheet.objects.get().total_scaled == 28  # 9 + 5, in halves
    for number in ("J2", "J3"):
        receive(wide, number, sheet_of(dry, {"a": "9", "d": "5", "n": "0"}))
    for number in ("J1", "J2"):
        receive(wide, number, sheet_of(wet, {"a": "8", "d": "5", "n": "3"}))
    receive(wide, "J3", sheet_of(wet, {"a": "8", "d": "5", "n": None}, details=left_out))
    with pytest.raises(ProblemsFound) as found:
        compute_round(round=Round.objects.get(pk=wide_round.pk), actor=wide.first)
    assert [problem.reason for problem in found.value.problems] == [
        f"第 1 轮 {wide.villages[1].code} J3：“水域”没有打分"
    ]
    cells = [FactCell(wide.villages[1], "water", "无")]
    back = move_round(round=Round.objects.get(pk=wide_round.pk), to=RoundState.SCORING, actor=None, reason="更正")
    put_facts(round=back, cells=cells, actor=wide.first)
    computed = results(compute_round(round=back, actor=wide.first))
    assert [computed[village.name][0] for village in wide.villages[:2]] == ["19.00", "18.00"]


def test_what_concerns_everybody_is_never_left_out(wide, wide_round):
    nomination = entry(wide_round, wide.villages[0])
    sent = sheet_of(nomination, {"a": None, "d": "5", "n": "5"}, details={"not_applicable": {"a": "没看"}})
    [verdict] = receive(wide, "J1", sent)
    assert [(each.column, each.reason) for each in verdict.problems] == [("党建", "办法没有规定这一条可以不涉及")]
    no_reason = sheet_of(nomination, {"a": "9", "d": "5", "n": None}, details={"not_applicable": {"n": " "}})
    assert receive(wide, "J1", no_reason)[0].problems[0].reason == "没有写不涉及的理由"
    both = sheet_of(nomination, {"a": "9", "d": "5", "n": "5"}, details={"not_applicable": {"n": "没有"}})
    assert receive(wide, "J1", both)[0].problems[0].reason == "既打了分又写了不涉及"


def test_an_abstained_sheet_is_stored_and_counts_nowhere(wide, wide_round):
    """Two sheets of 19 and 17 make 18; the third inspector abstained, having first marked everything 0."""
    one, other = (entry(wide_round, village) for village in wide.villages[:2])
    put_facts(round=wide_round, cells=[FactCell(v, "water", "有") for v in wide.villages[:2]], actor=wide.first)
    receive(wide, "J1", sheet_of(one, {"a": "9", "d": "5", "n": "5"}), sheet_of(other, {"a": "1", "d": "5", "n": "0"}))
    receive(wide, "J2", sheet_of(one, {"a": "7", "d": "5", "n": "5"}))
    zero = sheet_of(one, {"a": "0", "d": "1", "n": "0"}, details={"deductions": lines(("全无", 1, "4"))})
    receive(wide, "J3", zero)
    reopen_sheet(nomination=one, inspector=wide.J["J3"], reason="要弃权", actor=wide.first)
    nothing = dict.fromkeys(("a", "d", "n"))
    gone = sheet_of(one, nothing, based_on=1, details={"abstained": "与村书记是亲属"})
    assert word(*receive(wide, "J3", gone)) == ("stored", "")
    sheet = ScoreSheet.objects.latest("pk")
    assert (sheet.abstained, sheet.revision, sheet.total_scaled) == (True, 2, 0)
    computation = compute_round(round=Round.objects.get(pk=wide_round.pk), actor=wide.first)
    assert results(computation)[wide.villages[0].name][0] == "18.00"
    assert computation.results.get(organization=wide.villages[0]).sheet_count == 2


def test_who_may_not_abstain_is_told(stage, west):
    sent = sheet_of(west, {"a": None, "b": None}, details={"abstained": "不熟悉"})
    assert receive(stage, "J1", sent)[0].problems[0].reason == "办法没有规定评委可以弃权"


def test_who_abstains_marks_nothing(wide, wide_round):
    sent = sheet_of(entry(wide_round, wide.villages[0]), {"a": "1", "d": None, "n": None}, details={"abstained": "x"})
    assert receive(wide, "J1", sent)[0].problems[0].reason == "既弃权又打了分"
