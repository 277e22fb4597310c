"""Items within a sheet: what a rule says of one of them, though the sheet's total makes the score."""

from fractions import Fraction

import pytest

from schemes import compute, explain
from tests.schemes.support import build, problems_of, scheme_of, text_of
from tests.schemes.support import document as document_of

ENTRIES = [("1", code, "标杆", False) for code in ("V1", "V2")]
# Totals of V1: 12, 15, 18; of V2: 14, 14, 20.
MARKS = {("1", "V1"): [[5, 7], [8, 7], [9, 9]], ("1", "V2"): [[8, 6], [5, 9], [10, 10]]}
ACCIDENT = {"of": "b", "below": "8"}


def outcome_of(**blocks):
    scheme = scheme_of(**blocks)
    return scheme, compute(scheme, build(scheme, ENTRIES, MARKS))


def verdicts(outcome):
    return {outcome.row(i).org_code: outcome.row(i).outcome.value for i in range(len(outcome.inputs))}


@pytest.mark.parametrize("least, wanted", [("23/3", "awarded"), ("7.67", "unmet")])
def test_a_tier_may_require_points_of_one_item(least, wanted):
    """Item b of V1: (7 + 7 + 9) / 3 = 23/3; of V2: 25/3."""
    _, outcome = outcome_of(tiers=[{"name": "标杆", "requires": [{"of": "b", "at_least": least}]}])
    assert verdicts(outcome) == {"V1": wanted, "V2": "awarded"}


def test_an_item_alone_drops_its_own_highest_and_lowest():
    """The score drops totals: V1 keeps 15. Item a alone drops 5 and 9: 8; item b keeps 7."""
    bands = [{"from_sheets": "3", "drop_highest": "1", "drop_lowest": "1"}]
    _, outcome = outcome_of(score={"kind": "trimmed_mean", "bands": bands})
    figures = [outcome.evaluation.number(key).value(0) for key in ("score", "a", "b")]
    assert figures == [15, 8, 7]


def test_a_badge_may_go_by_one_item():
    _, outcome = outcome_of(badges=[{"key": "red", "name": "服务红旗", "of": "b", "at_least": "8"}])
    assert [outcome.row(i).badges for i in range(2)] == [(), ("服务红旗",)]


def test_a_tie_break_may_go_by_one_item():
    marks = {("1", "V1"): [[5, 7]], ("1", "V2"): [[4, 8]]}
    scheme = scheme_of(ranking={"tie_breaks": [{"kind": "figure", "of": "b"}]})
    outcome = compute(scheme, build(scheme, ENTRIES, marks))
    assert [outcome.row(i).rank for i in range(2)] == [2, 1]


def test_a_veto_takes_one_item_out_of_every_sheet():
    """V1 without item b: (5 + 8 + 9) / 3 = 22/3."""
    veto = {"key": "v", "name": "平安", "when": ACCIDENT, "effect": {"kind": "zero_item", "item": "a"}}
    scheme, outcome = outcome_of(vetoes=[veto])
    assert [outcome.score.value(i) for i in range(2)] == [Fraction(23, 3), Fraction(48, 3)]
    assert outcome.evaluation.number("a").value(0) == 0
    found = explain(scheme, outcome.inputs, outcome, 0)
    assert [sheet.total for sheet in found.sheets] == ["7.0", "7.0", "9.0"]
    assert found.derivation[0].working.value == Fraction(23, 3)


def test_an_item_that_cannot_be_zero_is_refused():
    tree = [
        {"key": "a", "name": "党建", "mark": {"max": "10", "min": "5"}},
        {"key": "b", "name": "服务", "mark": {"max": "10"}},
    ]
    veto = {"key": "v", "name": "平安", "when": ACCIDENT, "effect": {"kind": "zero_item", "item": "a"}}
    found = problems_of(text_of(document_of(criteria={"tree": tree}, vetoes=[veto])))
    assert (
        "办法.yaml，第 1 行，vetoes[0].effect.item：评分单上这一项的最低分不是 0，不能计 0 分（现为“a”）。请把最低分改为 0，或换一种否决的后果。"
        in found
    )


def test_a_sheet_on_which_one_figure_decides_about_another_is_read_as_it_was_given():
    """Whom item a concerns is decided by the marks of item b as they stand on the sheets."""
    applies = {"when": {"of": "b", "at_least": "8"}, "otherwise": "zero"}
    tree = [
        {"key": "a", "name": "党建", "mark": {"max": "10"}, "applies": applies},
        {"key": "b", "name": "服务", "mark": {"max": "10"}},
    ]
    _, outcome = outcome_of(criteria={"tree": tree})
    assert [outcome.score.value(i) for i in range(2)] == [Fraction(23, 3), Fraction(48, 3)]
