"""Margins and removals: small rounds by hand, and random ones against the plain oracle computed again and again."""

import random
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from schemes import Verdict, compute, read_scheme
from schemes.exact import decimal_text
from schemes.recorded import Facts
from schemes.robustness import margins, removals, work
from tests.schemes import oracle, randomness
from tests.schemes.support import ROOT, build, document, scheme_of, text_of

HALF = {"kind": "elimination_rate", "minimum": "50%"}
TIER = [{"name": "标杆", "threshold": "14"}]


def studied(marks, *, entries=None, **blocks):
    """Scheme, outcome and {org: margin} of one round; ``marks`` {org: sheets}."""
    scheme = scheme_of(**blocks)
    entered = entries or [("1", org, "标杆", False) for org in marks]
    outcome = compute(scheme, build(scheme, entered, {("1", org): rows for org, rows in marks.items()}))
    found = margins(scheme, outcome)
    return scheme, outcome, {outcome.inputs.entry_org[row.entry]: row for row in found.rows}


def figures(row):
    return row.score, row.cut, row.threshold, row.distance, row.decider


FOUR = {"甲": [[9, 9]], "乙": [[8, 8]], "丙": [["7.5", 8]], "丁": [[5, 5]]}


def test_margin_is_measured_to_the_first_loser_or_the_last_winner():
    _, _, rows = studied(FOUR, selection={"limits": [HALF]})
    half = Fraction(1, 2)
    assert figures(rows["甲"]) == (18, Fraction(31, 2), None, Fraction(5, 2), "cut")
    assert figures(rows["乙"]) == (16, Fraction(31, 2), None, half, "cut")
    assert figures(rows["丙"]) == (Fraction(31, 2), 16, None, -half, "cut")
    assert figures(rows["丁"]) == (10, 16, None, -6, "cut")


def test_the_example_of_the_manual_is_right():
    manual = (ROOT / "docs" / "schemes" / "robustness.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^\| (.村) \| ([\d.、]+) \| (.+) \|$", manual)
    marks = {org: [[Fraction(total) // 2, Fraction(total) - Fraction(total) // 2] for total in totals.split("、")]
             for org, totals, _ in lines}  # fmt: skip
    _, outcome, rows = studied(marks, selection={"limits": [HALF]})
    names = outcome.inputs.entry_org
    for org, _, shown in lines:
        row = rows[org]
        found = [decimal_text(row.score), str(outcome.rank[row.entry])]
        found += [f"{names[row.rivals[0]]} {decimal_text(row.cut)}"]
        found += [f"{'+' if row.distance > 0 else '−'}{decimal_text(abs(row.distance))}", decimal_text(row.swing)]
        assert " | ".join([*found, "一档之差" if row.hinges else "一档不变"]) == shown
    assert len(lines) == 4


def test_the_threshold_decides_where_it_stands_higher():
    _, _, rows = studied({**FOUR, "丙": [[5, 5]]}, tiers=TIER, selection={"limits": [HALF]})
    assert figures(rows["乙"]) == (16, 10, 14, 2, "threshold")
    assert figures(rows["丁"]) == (10, 16, 14, -6, "cut")


def test_without_a_limit_only_the_threshold_decides():
    _, _, rows = studied(FOUR, tiers=TIER)
    assert [(row.cut, row.distance, row.decider) for row in rows.values()] == [
        (None, 4, "threshold"), (None, 2, "threshold"), (None, Fraction(3, 2), "threshold"), (None, -4, "threshold"),
    ]  # fmt: skip


def test_with_neither_nothing_decides():
    _, _, rows = studied(FOUR)
    assert [(row.distance, row.decider, row.hinges) for row in rows.values()] == [(None, None, False)] * 4


@pytest.mark.parametrize("rule, verdict", [("eliminate_all", Verdict.TIED_AT_CUT), ("admit_all", Verdict.AWARDED)])
def test_entries_tied_across_the_cut_are_measured_against_each_other(rule, verdict):
    marks = {"甲": [[9, 9]], "乙": [[8, 8]], "丙": [[8, 8]], "丁": [[5, 5]]}
    _, outcome, rows = studied(marks, selection={"limits": [HALF], "tie_at_cut": rule})
    assert outcome.verdict_of(1) == outcome.verdict_of(2) == verdict
    assert (rows["乙"].rivals, rows["丙"].rivals) == ((2,), (1,))
    assert [rows[org].distance for org in "甲乙丙丁"] == [2, 0, 0, -6]
    assert [rows[org].hinges for org in "甲乙丙丁"] == [False, True, True, False]


def test_vetoed_and_unscored_entries_have_no_margin():
    entries = [("1", "甲", "标杆", False), ("1", "乙", "标杆", True), ("1", "丙", "标杆", False)]
    _, _, rows = studied({"甲": [[9, 9]], "乙": [[8, 8]]}, entries=entries, tiers=TIER)
    assert list(rows) == ["甲"]


def test_a_group_without_a_place_has_no_margins():
    _, _, rows = studied(FOUR, selection={"limits": [{"kind": "quota", "places": {"标杆": "0"}}]})
    assert rows == {}


def test_one_step_of_one_sheet_of_four_moves_the_score_by_an_eighth():
    four = {org: rows * 4 for org, rows in FOUR.items()}
    _, _, rows = studied(four, selection={"limits": [HALF]})
    assert [row.swing for row in rows.values()] == [Fraction(1, 8)] * 4
    assert not any(row.hinges for row in rows.values())


def test_marks_at_the_end_of_their_range_move_one_way_only():
    _, _, rows = studied({"甲": [[10, 10]], "乙": [[0, 0]]}, tiers=TIER)
    assert [(row.lowest, row.highest) for row in rows.values()] == [(Fraction(39, 2), 20), (0, Fraction(1, 2))]


def test_a_step_that_only_reaches_the_threshold_wins_and_one_that_leaves_it_loses():
    _, _, rows = studied({"甲": [[7, 7]], "乙": [[7, "6.5"]], "丙": [["7.5", 7]], "丁": [[7, 6]]}, tiers=TIER)
    assert [row.hinges for row in rows.values()] == [True, True, False, False]


def test_rounding_can_swallow_a_step():
    sheets = {"甲": [[7, 7]] * 20, "乙": [[7, 7]] * 18 + [[7, "6.5"]] * 2}
    _, outcome, rows = studied(sheets, tiers=TIER, score={"kind": "mean", "round": {"places": "1"}})
    # 乙: 279 / 20 = 13.95, shown and judged as 14.0; half a point less gives 13.925 and 13.9. 甲: 13.975 is still 14.0.
    assert outcome.score.text(1) == "14.0"
    assert [(row.swing, row.hinges) for row in rows.values()] == [(0, False), (Fraction(1, 10), True)]


def test_too_much_work_is_refused_with_a_sentence_and_keeps_the_margins(monkeypatch):
    monkeypatch.setattr(work, "MOST_IN_TRIALS", 10)
    scheme, outcome, rows = studied(FOUR, selection={"limits": [HALF]})
    assert rows["乙"].distance == Fraction(1, 2) and rows["乙"].swing is None and not rows["乙"].hinges
    assert str(margins(scheme, outcome).problem) == (
        "稳健性：逐条试算一档之差要重算评分单 16 份次，超过一次查看的上限 10，没有进行。请按轮次或等次分开查看。"
    )


# --- without one inspector


LIMIT = {"limits": [HALF]}


def test_removal_names_what_changes_and_counts_the_sheets():
    marks = {"甲": [[9, 9], [9, 9]], "乙": [[8, 8], [6, 6]], "丙": [[6, 6], [7, 7]], "丁": [[5, 5], [5, 5]]}
    scheme, outcome, _ = studied(marks, selection=LIMIT)
    first, second = removals(scheme, outcome).rows
    assert (first.inspector, first.sheets) == ("J01", 4)
    assert [(c.before.org_code, c.before.outcome, c.after.outcome, c.after.rank) for c in first.changes] == [
        ("乙", "awarded", "over_quota", 3), ("丙", "over_quota", "awarded", 2),
    ]  # fmt: skip
    assert second.changes == ()
    assert removals(scheme, outcome).fragile == (1, 2)


def test_an_entry_that_loses_its_minimum_of_sheets_changes_to_unscored():
    marks = {"甲": [[9, 9], [9, 9]], "乙": [[8, 8], [8, 8], [8, 8]]}
    scheme, outcome, _ = studied(marks, score={"kind": "mean", "minimum_sheets": "2"})
    rows = removals(scheme, outcome).rows
    assert [[(c.entry, c.after.outcome, c.after.score) for c in row.changes] for row in rows] == [
        [(0, "unscored", None)], [(0, "unscored", None)], [],
    ]  # fmt: skip


def test_where_panels_are_brought_to_a_common_level_single_marks_are_not_tried():
    """A mark of one panel moves the overall mean, and with it everybody: moving all at once would mislead."""
    node = {**document()["criteria"]["tree"][0], "correction": {"kind": "coefficient", "panel": "panel"}}
    scheme = scheme_of(
        criteria={"tree": [node]}, tiers=[{"name": "标杆", "threshold": "5"}],
        facts=[{"key": "panel", "name": "检查组", "type": "text"}],
    )  # fmt: skip
    inputs = build(scheme, [("1", org, "标杆", False) for org in "甲乙"], {("1", "甲"): [[9]], ("1", "乙"): [[8]]})
    facts = Facts(cells={("panel", ""): ["一组", "二组"]})
    outcome = compute(scheme, replace(inputs, facts=facts))
    found = margins(scheme, outcome)
    assert "相互折算" in str(found.problem)
    assert [(row.distance, row.swing) for row in found.rows] == [(Fraction(7, 2), None)] * 2


def test_a_grade_that_changes_is_a_change():
    rating = {"name": "等次", "grades": [{"name": "好", "threshold": "16"}, {"name": "一般"}]}
    tree = {**document(rating=rating)}
    del tree["tiers"]
    scheme = read_scheme(text_of(tree))
    outcome = compute(scheme, build(scheme, [("1", "甲", "参评", False)], {("1", "甲"): [[9, 9], [7, 7]]}))
    first, second = removals(scheme, outcome).rows
    assert [(c.before.grade, c.after.grade, c.turns) for c in first.changes] == [("好", "一般", True)]
    assert second.changes == ()


def test_one_step_of_a_choice_is_the_next_choice():
    """好 10, 较好 8, 差 0: from 较好 one step down loses 8 points, one up wins 2."""
    choices = {"kind": "grades", "grades": {"好": "10", "较好": "8", "差": "0"}}
    scheme = scheme_of(
        criteria={"tree": [{"key": "a", "name": "党建", "mark": choices}]}, tiers=[{"name": "标杆", "threshold": "1"}]
    )
    outcome = compute(scheme, build(scheme, [("1", "甲", "标杆", False)], {("1", "甲"): [[8]]}))
    (row,) = margins(scheme, outcome).rows
    assert (row.lowest, row.highest, row.hinges) == (0, 10, True)


def test_too_many_removals_are_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(work, "MOST", 15)
    marks = {org: rows * 2 for org, rows in FOUR.items()}
    scheme, outcome, _ = studied(marks, selection=LIMIT)
    found = removals(scheme, outcome)
    assert found.rows == ()
    assert "要重算评分单 16 份次，超过一次查看的上限 15" in str(found.problem)


def test_a_round_without_sheets_has_nothing_to_remove():
    scheme = scheme_of()
    outcome = compute(scheme, build(scheme, [("1", "甲", "标杆", False)], {}))
    assert removals(scheme, outcome).rows == () and margins(scheme, outcome).rows == ()


# --- against the oracle


def random_case(seed):
    rng = random.Random(seed)
    document = randomness.random_document(rng)
    entries, sheets = randomness.random_round(rng, document)
    scheme = read_scheme(text_of(document))
    keys = list(randomness.marks_of(document["criteria"]["tree"]))
    rows = {key: [[sheet[k] for k in keys] for sheet in found] for key, found in sheets.items()}
    return document, entries, sheets, scheme, compute(scheme, build(scheme, entries, rows))


@pytest.mark.parametrize("seed", range(60))
def test_random_cuts_separate_winning_places_from_others(seed):
    _, _, _, scheme, outcome = random_case(seed)
    for row in margins(scheme, outcome).rows:
        group, limit = outcome.entry_group[row.entry], outcome.group_of(row.entry).limit
        others = [outcome.score.value(i) for i in range(len(outcome.inputs))
                  if i != row.entry and outcome.entry_group[i] == group and outcome.rank[i] > 0]  # fmt: skip
        if row.cut is None:
            assert limit is None or len(others) < limit
            continue
        assert sum(score > row.cut for score in others) < limit <= sum(score >= row.cut for score in others)


@pytest.mark.parametrize("seed", range(40))
def test_random_hinges_are_the_verdicts_that_one_step_turns(seed):
    document, entries, sheets, scheme, outcome = random_case(seed)
    before, marks = oracle.outcome(document, entries, sheets), randomness.marks_of(document["criteria"]["tree"])
    turned = {key: turns(document, entries, sheets, marks, key, before[key]) for key in before}
    for row in margins(scheme, outcome).rows:
        inputs = outcome.inputs
        key = (inputs.rounds[inputs.entry_round[row.entry]], inputs.entry_org[row.entry])
        level = row.cut is not None and row.cut in (row.lowest, row.highest, row.score)
        assert row.hinges == turned[key] or (row.hinges and level)


def turns(document, entries, sheets, marks, key, before):
    """Whether any one mark of the entry, a step up or down, gives another of awarded and not awarded."""
    won = before[2] == "awarded"
    for sheet in range(len(sheets.get(key, []))):
        for name, mark in marks.items():
            for step in (Fraction(mark["step"]), -Fraction(mark["step"])):
                value = sheets[key][sheet][name] + step
                if Fraction(mark["min"]) <= value <= Fraction(mark["max"]):
                    changed = [dict(each) for each in sheets[key]]
                    changed[sheet][name] = value
                    after = oracle.outcome(document, entries, {**sheets, key: changed})[key]
                    if (after[2] == "awarded") != won:
                        return True
    return False


@pytest.mark.parametrize("seed", range(40))
def test_random_removals_are_the_oracles(seed):
    document, entries, sheets, scheme, outcome = random_case(seed)
    before = oracle.outcome(document, entries, sheets)
    for row in removals(scheme, outcome).rows:
        gone = int(row.inspector[1:]) - 1
        left = {key: [s for i, s in enumerate(found) if i != gone] for key, found in sheets.items()}
        after = oracle.outcome(document, entries, left)
        wanted = {key for key in before if before[key][2] != after[key][2]}
        found = {(c.before.round, c.before.org_code): c.after for c in row.changes}
        assert wanted <= set(found)
        for key, result in found.items():
            assert (result.rank, result.outcome) == after[key][1:]
            assert key in wanted or before[key][1] != after[key][1]
