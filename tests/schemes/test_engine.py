"""What the engine refuses, and what digests depend on."""

from fractions import Fraction

import numpy as np
import pytest

from schemes import Entry, Inputs, MarkCodec, ProblemsFound, Sheet, compute, digest_inputs, digest_scheme, read_scheme
from tests.schemes.support import MINIMAL, build, document, scheme_of, text_of


def test_a_missing_mark_is_named_and_never_zero():
    scheme = scheme_of()
    inputs = build(scheme, [("1", "V1", "标杆")], {("1", "V1"): [[5, 5]]})
    codec = MarkCodec(scheme)
    holes = codec.matrix(codec.pack([Fraction(5), None]))
    with pytest.raises(ProblemsFound) as found:
        compute(scheme, Inputs(**{**vars(inputs), "marks": holes}))
    assert str(found.value) == "第 1 轮 V1 J01：“服务”没有打分。请补齐，没有打分不等于零分。"


def test_all_problems_of_inputs_come_at_once():
    scheme = scheme_of()
    entries = [Entry("1", "V1", "标杆"), Entry("1", "V1", "标杆"), Entry("1", "V2", "标兵")]
    marks = (Fraction(5), Fraction(5))
    sheets = [Sheet("1", "V1", "J1", marks), Sheet("1", "V1", "J1", marks), Sheet("2", "V1", "J1", marks),
              Sheet("1", "V1", "J2", (Fraction(11), Fraction(5)))]  # fmt: skip
    with pytest.raises(ProblemsFound) as found:
        Inputs.build(scheme, entries, sheets)
    assert [problem.reason for problem in found.value.problems] == [
        "第 1 轮重复申报",
        "V2 申报的等次不存在",
        "第 1 轮 V1 J1：评分单重复",
        "第 2 轮 V1 J1：没有这条申报",
        "第 1 轮 V1 J2：高于满分 10",
    ]


def test_no_entries_and_no_sheets_are_an_empty_outcome():
    scheme = scheme_of()
    assert list(compute(scheme, build(scheme, [], {})).rows()) == []
    alone = compute(scheme, build(scheme, [("1", "V1", "标杆")], {}))
    assert [row.outcome.value for row in alone.rows()] == ["unscored"]


@pytest.mark.parametrize("steps, width", [(254, 1), (255, 2), (65_534, 2)])
def test_marks_are_packed_in_one_byte_where_they_fit_and_come_back(steps, width):
    scheme = scheme_of(criteria={"tree": [{"key": "a", "name": "党建", "mark": {"max": str(steps), "step": "1"}}]})
    codec = MarkCodec(scheme)
    assert codec.length == width
    for mark in (Fraction(0), Fraction(steps), None):
        assert codec.unpack(codec.pack([mark])) == (mark,)


def test_the_digest_of_a_scheme_is_of_its_meaning():
    text = text_of(document(tiers=[{"name": "标杆", "threshold": "85.0"}], criteria=HUNDRED))
    same = text_of(document(criteria=HUNDRED, tiers=[{"threshold": "85", "name": "标杆"}])).replace(",", " ,\n ")
    other = text_of(document(tiers=[{"name": "标杆", "threshold": "85.01"}], criteria=HUNDRED))
    assert digest_scheme(read_scheme(text)) == digest_scheme(read_scheme(same))
    assert digest_scheme(read_scheme(text)) != digest_scheme(read_scheme(other))


HUNDRED = {"tree": [{"key": "a", "name": "党建", "mark": {"max": "100", "step": "0.5"}}]}


def test_the_digest_of_inputs_sees_every_fact():
    scheme = scheme_of(tiers=[{"name": "标杆"}, {"name": "进位"}])
    plain = ([("1", "V1", "标杆", False)], {("1", "V1"): [[5, 5], [6, 6]]})
    others = [
        ([("2", "V1", "标杆", False)], {("2", "V1"): [[5, 5], [6, 6]]}),
        ([("1", "V2", "标杆", False)], {("1", "V2"): [[5, 5], [6, 6]]}),
        ([("1", "V1", "进位", False)], plain[1]),
        ([("1", "V1", "标杆", True)], plain[1]),
        (plain[0], {("1", "V1"): [[5, 5], [6, 6.5]]}),
        (plain[0], {("1", "V1"): [[5, 5]]}),
        (plain[0], {("1", "V1"): [[6, 6], [5, 5]]}),
    ]
    digests = {digest_inputs(build(scheme, *case)) for case in [plain, *others]}
    assert len(digests) == len(others) + 1


def test_dates_of_a_scheme_are_days_and_part_of_its_digest():
    dated = {**MINIMAL["identity"], "effective_from": "2022-03-15"}
    one, other = scheme_of(), scheme_of(identity=dated)
    assert other.identity.effective_from.isoformat() == "2022-03-15"
    assert digest_scheme(one) != digest_scheme(other)


def test_nothing_in_an_outcome_is_a_binary_float():
    scheme = scheme_of(score={"kind": "mean", "round": {"places": "2"}})
    outcome = compute(scheme, build(scheme, [("1", "V1", "标杆")], {("1", "V1"): [[5, 5], [5, 5.5], [5, 5]]}))
    arrays = [outcome.score.numerators, outcome.rank, outcome.verdict, outcome.inputs.marks, scheme.weights]
    assert not any(np.issubdtype(array.dtype, np.floating) for array in arrays)
