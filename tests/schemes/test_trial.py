"""Trying a scheme: who gains and loses, the counts, the rule that decided; figures worked out by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from schemes import ProblemsFound, Verdict, compute, explain, read_scheme
from schemes.carry import carry_inputs
from schemes.files import Sources, load_inputs, require_scheme
from schemes.trial import Change, try_scheme
from tests.schemes.support import DATA, build, document, scheme_of, text_of

LIMIT = {"kind": "elimination_rate", "minimum": "40%"}
ROUND = {"places": "2"}


def scheme(*, minimum="40%", threshold=None, score="mean", **blocks):
    tier = {"name": "标杆", **({"threshold": threshold} if threshold else {})}
    rules = {"limits": [{**LIMIT, "minimum": minimum}], "clause": "第六条"}
    clauses = {"第六条": {"title": "名额", "text": "淘汰率。"}}
    return scheme_of(tiers=[tier], score={"kind": score, "round": ROUND}, selection=rules, clauses=clauses, **blocks)


OLD = scheme()
#: Totals of C are 19, 12, 14 (mean 15, median 14), of D 14, 14, 15 (mean 14.33, median 14); the others' are all equal.
CODES = "ABCDE"
MARKS = {
    ("1", "A"): [(10, 9), (10, 9), (10, 9)],
    ("1", "B"): [(9, 8), (9, 8), (9, 8)],
    ("1", "C"): [(10, 9), (6, 6), (7, 7)],
    ("1", "D"): [(7, 7), (7, 7), (7, 8)],
    ("1", "E"): [(6, 5), (6, 5), (6, 5)],
}
ENTRIES = [("1", code, "标杆") for code in CODES]
INPUTS = build(OLD, ENTRIES, MARKS)


def tried(old, new, inputs=INPUTS):
    return try_scheme(old, new, inputs, carry_inputs(old, new, inputs)[0])


def told(trial):
    """{org: (change, climbed)}"""
    return {line.org_code: (line.change.value, line.climbed) for line in trial.lines}


def test_the_same_scheme_changes_nothing():
    trial = tried(OLD, OLD)
    assert told(trial) == dict.fromkeys(CODES, ("unchanged", 0))
    (count,) = trial.counts
    assert (count.before, count.gained) == (count.after, 0)


def test_a_median_lets_one_overtake_another_and_a_looser_limit_lets_both_in():
    """Means: C 15 before D 14.33. Medians: C 14 (12, 14, 19), D 14 (14, 14, 15): tied at 3, 5 × 80% = 4 win."""
    trial = tried(OLD, scheme(score="median", minimum="20%"))
    assert told(trial) == {
        "A": ("unchanged", 0), "B": ("unchanged", 0), "C": ("unchanged", 0), "D": ("gains", 1), "E": ("unchanged", 0),
    }  # fmt: skip
    (count,) = trial.counts
    assert (count.round, count.tier, count.gained) == ("1", "标杆", 1)
    assert (count.before.participants, count.before.awarded, count.before.elimination_rate) == (5, 3, Fraction(2, 5))
    assert (count.after.participants, count.after.awarded, count.after.elimination_rate) == (5, 4, Fraction(1, 5))


def test_a_tie_across_the_cut_loses_for_one_and_moves_the_other():
    """With 3 places C and D, tied at the median 14, stand across the cut: both out."""
    trial = tried(OLD, scheme(score="median"))
    assert told(trial)["C"] == ("loses", 0)
    assert told(trial)["D"] == ("moves", 1)  # still without, another reason: tied instead of over the quota
    line = next(line for line in trial.lines if line.org_code == "D")
    assert (line.before.result, line.after.result) == ("超出名额", "并列淘汰")
    assert "并列跨越名额线" in line.after.why.text and "超出名额" in line.before.why.text


def test_the_threshold_is_the_reason_whatever_the_rank():
    """E is fifth of three places and below 12: the verdict is the threshold, and so is the reason."""
    trial = tried(OLD, scheme(threshold="12"))
    line = next(line for line in trial.lines if line.org_code == "E")
    assert line.change is Change.MOVES
    assert line.after.why.text == "低于标准：11.00 < 12.00"
    assert line.before.why.text == "超出名额：参评数 5 × 60%，取整数部分，至多 3；名次第 5"
    assert line.before.why.clause == "第六条"


def test_who_wins_is_told_the_limit_they_stand_within():
    line = tried(OLD, OLD).lines[0]
    assert line.after.why.text == "在名额之内：参评数 5 × 60%，取整数部分，至多 3；名次第 1"


def test_a_tie_break_that_divided_equals_is_part_of_the_reason():
    """X, Y, Z 15 each; b alone is 8, 7, 6; with 34% out, 3 × 66% gives 1 place."""
    breaking = scheme(minimum="34%", ranking={"tie_breaks": [{"kind": "node_mean", "node": "b", "round": ROUND}]})
    plain = scheme(minimum="34%")
    marks = {("1", "X"): [(7, 8)], ("1", "Y"): [(8, 7)], ("1", "Z"): [(9, 6)]}
    inputs = build(plain, [("1", code, "标杆") for code in "XYZ"], marks)
    trial = try_scheme(plain, breaking, inputs, inputs, organizations={"X": "杨村", "Y": "赵村", "Z": "周村"})
    assert told(trial) == {"X": ("gains", 0), "Y": ("moves", -1), "Z": ("moves", -2)}
    gained = trial.lines[0].after.why.text
    assert gained.startswith("同分比较：") and "8.00（赵村 7.00、周村 6.00）" in gained and "在名额之内" in gained


def test_a_veto_that_does_not_count_changes_the_rate():
    """Five take part and one is vetoed: counted, 3 of 5; not counted, 4 × 60% gives 2 of 4."""
    entries = [*ENTRIES[:4], ("1", "E", "标杆", True)]
    inputs = build(OLD, entries, MARKS)
    (count,) = tried(OLD, scheme(veto={"counts_as_participant": "否"}), inputs).counts
    assert (count.before.participants, count.before.awarded) == (5, 3)
    assert (count.after.participants, count.after.awarded, count.after.elimination_rate) == (4, 2, Fraction(1, 2))


def test_places_are_not_compared_where_other_groups_are_ranked():
    old = scheme_of(tiers=[{"name": "标杆"}, {"name": "进位"}])
    new = scheme_of(tiers=[{"name": "标杆"}, {"name": "进位"}], ranking={"per_tier": "否"})
    entries = [("1", "A", "标杆"), ("1", "B", "标杆"), ("1", "C", "进位")]
    trial = tried(old, new, build(old, entries, {key: MARKS[key] for key in list(MARKS)[:3]}))
    assert {line.climbed for line in trial.lines} == {None}
    assert {line.change for line in trial.lines} == {Change.UNCHANGED}


def test_without_an_old_scheme_there_is_nothing_to_compare():
    trial = try_scheme(None, OLD, None, INPUTS)
    assert trial.changes == {
        Change.GAINS: 0, Change.LOSES: 0, Change.MOVES: 0, Change.UNCHANGED: 0, Change.ALONE: 5,
    }  # fmt: skip
    assert [(line.before, line.after.row.rank) for line in trial.lines] == [(None, rank) for rank in range(1, 6)]
    assert [(count.before, count.after.awarded, count.gained) for count in trial.counts] == [(None, 3, None)]


def test_entries_of_one_side_only_come_last_and_alone():
    fewer = build(OLD, ENTRIES[1:], {key: MARKS[key] for key in list(MARKS)[1:]})
    trial = try_scheme(OLD, OLD, INPUTS, fewer)
    last = trial.lines[-1]
    assert (last.org_code, last.change, last.after) == ("A", Change.ALONE, None)
    assert len(trial.lines) == 5


def test_a_round_that_cannot_be_computed_says_why():
    marks = INPUTS.marks.copy()
    marks[0, 0] = 255
    with pytest.raises(ProblemsFound, match="没有打分"):
        try_scheme(OLD, OLD, INPUTS, replace(INPUTS, marks=marks))


# --- grades ---


def graded(*grades, **rating):
    """Grades by threshold, from the highest down: ``("先进", "18")``."""
    named = [{"name": name, "threshold": threshold} for name, threshold in grades]
    tree = {"tiers": [{"name": "标杆"}], "rating": {"grades": named, "below": "后进", **rating}}
    made = {key: value for key, value in document(**tree).items() if key != "tiers"}
    return read_scheme(text_of({**made, "score": {"kind": "mean", "round": ROUND}}))


def graded_inputs(made):
    entries = [(round_, code, made.tier_names[0]) for round_, code, _ in ENTRIES]
    return build(made, entries, MARKS)


def test_grades_rise_and_fall_by_their_order():
    """19, 17, 15, 14.33, 11. From 18 / 14 and below, to 16 / 15: B rises, D falls, the others stay."""
    old, new = graded(("先进", "18"), ("中间", "14")), graded(("先进", "16"), ("中间", "15"))
    trial = tried(old, new, graded_inputs(old))
    assert told(trial) == {
        "A": ("unchanged", 0), "B": ("gains", 0), "C": ("unchanged", 0), "D": ("loses", 0), "E": ("unchanged", 0),
    }  # fmt: skip
    assert [line.after.result for line in trial.lines] == ["先进", "先进", "中间", "后进", "后进"]
    assert trial.graded
    why = {line.org_code: (line.before.why.text, line.after.why.text) for line in trial.lines}
    assert why["B"] == ("评为“中间”：总分 17.00 ≥ 14", "评为“先进”：总分 17.00 ≥ 16")
    assert why["D"] == ("评为“中间”：总分 14.33 ≥ 14", "未评为“中间”：总分 14.33 < 15")
    (count,) = trial.counts
    assert count.results == (("先进", 1, 2, 1), ("中间", 3, 1, -2), ("后进", 1, 2, 1))


def test_a_grade_of_another_list_moves_and_neither_gains_nor_loses():
    old, new = graded(("先进", "18"), ("中间", "14")), graded(("五星", "18"), ("中间", "14"))
    assert told(tried(old, new, graded_inputs(old))) == {
        "A": ("moves", 0), "B": ("unchanged", 0), "C": ("unchanged", 0), "D": ("unchanged", 0), "E": ("unchanged", 0),
    }  # fmt: skip


def test_awards_and_grades_are_not_put_in_one_order():
    new = graded(("先进", "18"), ("中间", "14"))
    trial = tried(OLD, new)
    assert {line.change for line in trial.lines} == {Change.MOVES}
    assert [line.before.result for line in trial.lines] == ["授予", "授予", "授予", "超出名额", "超出名额"]


# --- a whole county ---


@pytest.fixture(scope="module")
def jiande():
    made = require_scheme("jiande")
    sources = Sources(DATA / "nominations.csv", DATA / "sheets.csv")
    return made, load_inputs(made, sources).inputs


def test_all_of_jiande_against_itself_is_unchanged_and_counts_what_the_engine_counts(jiande):
    made, inputs = jiande
    trial = tried(made, made, inputs)
    assert {line.change for line in trial.lines} == {Change.UNCHANGED}
    groups = {(g.group.round, g.group.tier): (g.group.participants, g.awarded) for g in compute(made, inputs).groups}
    assert {(c.round, c.tier): (c.after.participants, c.after.awarded) for c in trial.counts} == groups


def test_reasons_are_steps_of_the_whole_explanation(jiande):
    """A side explains itself from its own sheets; the full inputs give the very same step for every kind of verdict."""
    made, inputs = jiande
    outcome = compute(made, inputs)
    sides = {(line.round, line.org_code): line.after for line in tried(made, made, inputs).lines}
    seen = set()
    for entry in range(0, len(inputs), 3):
        found = explain(made, inputs, outcome, entry)
        why = sides[found.row.round, found.row.org_code].why.text
        steps = [f"{step.title}：{step.detail}" for step in found.steps]
        assert any(why == step or (why.startswith("同分比较：") and why.endswith(step)) for step in steps)
        seen.add(found.row.outcome)
    assert {Verdict.AWARDED, Verdict.OVER_QUOTA, Verdict.BELOW_THRESHOLD} <= seen
