"""Marks of one scheme under another: what is carried exactly, what is refused, and everything at once."""

from dataclasses import replace
from fractions import Fraction

import pytest

from schemes import MarkCodec, ProblemsFound, compute, read_scheme
from schemes.carry import Choices, added_criteria, carry_inputs, fill_added
from tests.schemes.support import build, document, scheme_of, text_of

A = {"key": "a", "name": "党建", "mark": {"max": "10", "step": "0.5"}}
B = {"key": "b", "name": "服务", "mark": {"max": "10", "step": "0.5"}}
OLD = scheme_of(tiers=[{"name": "标杆"}, {"name": "进位"}])


def criterion(given, **mark):
    return {**given, "mark": {**given["mark"], **mark}}


def newer(*leaves, tiers=("标杆", "进位")):
    return scheme_of(criteria={"tree": list(leaves)}, tiers=[{"name": name} for name in tiers])


def old_inputs(*marks):
    """One entry for 标杆 per sheet; X of round 1, Y, Z..."""
    codes = "XYZ"[: len(marks)]
    entries = [("1", code, "标杆") for code in codes]
    return build(OLD, entries, {("1", code): [row] for code, row in zip(codes, marks, strict=True)})


def marks_of(scheme, inputs):
    """Marks by organization, as fractions; None where nothing was marked."""
    rows = [MarkCodec(scheme).unpack(row.tobytes()) for row in inputs.marks]
    return {inputs.entry_org[entry]: row for entry, row in zip(inputs.sheet_entry, rows, strict=True)}


def refused(new, inputs, choices=None):
    with pytest.raises(ProblemsFound) as found:
        carry_inputs(OLD, new, inputs, choices)
    return [str(problem) for problem in found.value.problems]


def test_the_same_scheme_carries_everything_and_notes_nothing():
    inputs = old_inputs((9, 8), ("7.5", 0))
    carried, notes = carry_inputs(OLD, OLD, inputs)
    assert notes == []
    assert marks_of(OLD, carried) == {"X": (9, 8), "Y": (Fraction("7.5"), 0)}


def test_columns_follow_their_keys_not_their_places():
    new = newer(B, A)
    carried, notes = carry_inputs(OLD, new, old_inputs((9, 8)))
    assert (marks_of(new, carried), notes) == ({"X": (8, 9)}, [])


def test_a_finer_step_takes_every_mark_and_two_bytes_where_it_needs_them():
    new = newer(criterion(A, step="0.01"), B)
    carried, _ = carry_inputs(OLD, new, old_inputs(("9.5", 8), (10, 10)))
    assert carried.marks.dtype.itemsize == 2
    assert marks_of(new, carried) == {"X": (Fraction("9.5"), 8), "Y": (10, 10)}


def test_a_coarser_step_refuses_each_mark_between_once_with_its_number():
    found = refused(newer(criterion(A, step="1"), B), old_inputs(("9.5", 8), ("9.5", 8), (9, 8)))
    assert found == ["“党建”：有 2 处打分 9.5，新办法里不合分档，应为 1 的倍数。请改新办法的分值或分档，或换一轮试算。"]


def test_changed_full_marks_are_refused_unless_conversion_is_chosen():
    new = newer(criterion(A, max="20"), B)
    assert refused(new, old_inputs((9, 8))) == [
        "“党建”：满分由 10 改为 20，旧打分不能直接用。请选择按比例换算，或换一轮试算。"
    ]
    carried, notes = carry_inputs(OLD, new, old_inputs(("9.5", 8), (0, 10)), Choices(convert=True))
    assert marks_of(new, carried) == {"X": (19, 8), "Y": (0, 10)}
    assert [(note.severity, note.reason) for note in notes] == [("warning", "满分由 10 改为 20，打分已按比例换算")]


def test_a_conversion_that_misses_the_new_step_is_a_problem_not_a_rounding():
    found = refused(newer(criterion(A, max="6", step="1"), B), old_inputs((5, 8), ("7.5", 8)), Choices(convert=True))
    assert found[1:] == [
        "“党建”：有 1 处打分 7.5，按比例换算为 4.5，新办法里不合分档，应为 1 的倍数。请改新办法的分值或分档，或换一轮试算。"
    ]


def test_a_new_criterion_needs_a_choice():
    new = newer(A, B, {"key": "c", "name": "数字", "mark": {"max": "4", "min": "1", "step": "1"}})
    assert [leaf.key for leaf in added_criteria(OLD, new)] == ["c"]
    assert refused(new, old_inputs((9, 8))) == [
        "“数字”：旧轮次没有“数字”的打分，无法试算。请选择新增的标准按满分或按最低分计，或在新办法里去掉它。"
    ]
    assert (fill_added(OLD, new, full=True), fill_added(OLD, new, full=False)) == ({"c": 4}, {"c": 1})
    carried, notes = carry_inputs(OLD, new, old_inputs((9, 8)), Choices(fill={"c": Fraction(4)}))
    assert marks_of(new, carried) == {"X": (9, 8, 4)}
    assert "一律按 4 分计" in notes[0].reason
    assert "不合分档" in refused(new, old_inputs((9, 8)), Choices(fill={"c": Fraction("2.5")}))[0]


def test_a_criterion_that_is_gone_is_dropped_with_a_note():
    carried, notes = carry_inputs(OLD, newer(B), old_inputs((9, 8)))
    assert carried.marks.shape == (1, 1) and marks_of(newer(B), carried) == {"X": (8,)}
    assert [str(note) for note in notes] == ["“党建”：新办法没有这一项，旧打分不计。若不是本意，请在新办法里补上。"]


def test_a_key_with_another_name_is_carried_and_told():
    _, notes = carry_inputs(OLD, newer({**A, "name": "发展"}, B), old_inputs((9, 8)))
    assert [note.reason for note in notes] == ["编号与旧办法的“党建”相同，按同一项标准试算"]


def test_what_was_not_marked_stays_missing():
    inputs = old_inputs((9, 8))
    missing = inputs.marks.copy()
    missing[0, 1] = MarkCodec(OLD).missing
    new = newer(criterion(A, step="0.01"), criterion(B, step="0.01"))
    carried, _ = carry_inputs(OLD, new, replace(inputs, marks=missing))
    assert marks_of(new, carried) == {"X": (9, None)}
    with pytest.raises(ProblemsFound):
        compute(new, carried)


def test_tiers_go_by_name_and_a_tier_that_is_gone_needs_a_choice():
    entries = [("1", "X", "标杆"), ("1", "Y", "进位"), ("1", "Z", "进位")]
    inputs = build(OLD, entries, {("1", code): [(9, 8)] for code in "XYZ"})
    swapped, _ = carry_inputs(OLD, newer(A, B, tiers=("进位", "标杆")), inputs)
    assert [swapped.tiers[i] for i in swapped.entry_tier] == ["标杆", "进位", "进位"]
    new = newer(A, B, tiers=("标杆", "达标"))
    assert refused(new, inputs) == [
        "“进位”：新办法没有这个等次，2 家申报了它。请选择改按哪个等次试算（“标杆”、“达标”）。"
    ]
    chosen, _ = carry_inputs(OLD, new, inputs, Choices(tiers={"进位": "达标"}))
    assert [chosen.tiers[i] for i in chosen.entry_tier] == ["标杆", "达标", "达标"]
    assert len(refused(new, inputs, Choices(tiers={"进位": "没有的"}))) == 1


def test_a_tier_nobody_entered_for_may_go():
    carried, notes = carry_inputs(OLD, newer(A, B, tiers=("标杆",)), old_inputs((9, 8)))
    assert (carried.tiers, notes) == (("标杆",), [])


def test_every_problem_is_told_at_once():
    new = newer(
        criterion(A, max="20"), {"key": "c", "name": "数字", "mark": {"max": "4", "step": "1"}}, tiers=("达标",)
    )
    found = refused(new, old_inputs((9, 8)))
    assert [line.split("：")[0] for line in found] == ["“党建”", "“数字”", "“标杆”", "“服务”"]


def test_what_was_never_recorded_is_told_once_and_events_count_as_none():
    new = scheme_of(
        facts=[{"key": "income", "name": "集体收入"}, {"key": "rate", "name": "满意率", "missing": "0"}],
        events=[{"key": "praise", "name": "表彰"}],
        period={"start": "2026-01-01", "end": "2026-12-31"},
    )
    found = refused(new, old_inputs((9, 8), (8, 8)))
    assert found[0].startswith("“集体收入”：旧轮次没有登记“集体收入”，无法试算。")
    assert [line.split("：")[0] for line in found] == ["“集体收入”", "“表彰”"]


def test_a_scheme_without_tiers_takes_everybody():
    tree = document(rating={"grades": [{"name": "先进", "threshold": "18"}]})
    new = read_scheme(text_of({key: value for key, value in tree.items() if key != "tiers"}))
    carried, _ = carry_inputs(OLD, new, old_inputs((9, 8)))
    assert carried.tiers == new.tier_names and carried.entry_tier.tolist() == [0]
