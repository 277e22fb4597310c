"""Severity of inspectors: by hand, against a dense regression, on simulated panels with and without known faults."""

import numpy as np
import pytest

from schemes import Inputs
from schemes.robustness import Finding, severities, severity
from tests.schemes.support import build, scheme_of

CRITERIA = [{"key": f"c{i}", "name": f"标准{i}", "mark": {"max": "5", "step": "0.5"}} for i in range(20)]
SCHEME = scheme_of(criteria={"tree": CRITERIA})
ONE = scheme_of(criteria={"tree": [{"key": "a", "name": "党建", "mark": {"max": "100", "step": "0.5"}}]})


def inputs_of(scheme, rows):
    """Inputs from rows (entry, inspector, steps of every criterion)."""
    entries = sorted({entry for entry, _, _ in rows})
    return Inputs(
        rounds=("1",), tiers=scheme.tier_names, entry_round=np.zeros(len(entries), np.int32),
        entry_tier=np.zeros(len(entries), np.int32), entry_org=[f"V{entry}" for entry in entries],
        entry_vetoed=np.zeros(len(entries), bool),
        sheet_entry=np.array([entries.index(entry) for entry, _, _ in rows], np.int32),
        sheet_inspector=[f"J{inspector:02}" for _, inspector, _ in rows],
        marks=np.array([steps for _, _, steps in rows], np.uint8),
    )  # fmt: skip


def panel(seed, *, entries=24, inspectors=7, effects=(), scatters=(), absent=0.1):
    """A simulated round: entries differ by 6 points, sheets by 2.5 (times ``scatters``), inspectors by ``effects``."""
    rng = np.random.default_rng(seed)
    shift, spread = np.zeros(inspectors), np.ones(inspectors)
    shift[: len(effects)], spread[: len(scatters)] = effects, scatters
    quality, rows = rng.normal(75, 6, entries), []
    for entry in range(entries):
        for inspector in range(inspectors):
            total = quality[entry] + shift[inspector] + rng.normal(0, 2.5) * spread[inspector]
            steps = np.clip(np.round(2 * (total / 20 + rng.normal(0, 0.4, 20))), 0, 10)
            if rng.random() >= absent:
                rows.append((entry, inspector, steps))
    return inputs_of(SCHEME, rows)


def named(seed, **facts):
    return {(row.inspector, found) for row in severities(SCHEME, panel(seed, **facts)).named for found in row.findings}


def complete(table):
    """Inputs where ``table[inspector][entry]`` is a total in points."""
    rows = [(e, j, [round(2 * total)]) for j, totals in enumerate(table) for e, total in enumerate(totals)]
    return inputs_of(ONE, rows)


def test_in_a_complete_design_severity_is_the_distance_of_means_from_the_middle_one():
    """Three inspectors, eight entries: their means are 57, 50 and 52."""
    wave = [1, -1, 1, -1, 1, -1, 1, -1]
    tide = [1, 1, -1, -1, 1, 1, -1, -1]
    table = [[57] * 8, [50 + each for each in wave], [52 + each for each in tide]]
    first, second, third = severities(ONE, complete(table)).rows
    assert [round(row.severity, 9) for row in (first, second, third)] == [5, -2, 0]
    assert (first.findings, third.findings) == ((Finding.LENIENT,), ())
    assert (third.error, third.severity_p) == (0, 1)


def test_among_an_even_number_the_middle_lies_between_two():
    noise = [[(e * (j + 3)) % 4 - 1.5 for e in range(8)] for j in range(4)]
    rows = severities(
        ONE, complete([[base + n for n in row] for base, row in zip((50, 60, 61, 54), noise, strict=True)])
    ).rows
    means = np.array([50, 60, 61, 54]) + np.mean(noise, axis=1)
    assert [row.severity for row in rows] == pytest.approx(means - np.median(means))


def test_figures_are_those_of_a_dense_regression_with_unbalanced_sheets():
    """Dummies for every entry and inspector, and the hat matrix written out."""
    inputs = panel(5, inspectors=4, entries=16, absent=0.2)
    inspector = np.unique(np.array(inputs.sheet_inspector), return_inverse=True)[1]
    totals = inputs.marks.sum(axis=1) / 2
    design = np.hstack([np.eye(16)[inputs.sheet_entry], np.eye(4)[inspector]])
    solver = np.linalg.pinv(design)
    residuals, free = totals - design @ solver @ totals, 1 - np.diag(design @ solver)
    shared = free > 1e-9  # a sheet alone on its entry determines its own fit
    effects = (solver @ totals)[16:]
    middle = np.isin(effects, np.sort(effects)[1:3])
    contrast = np.concatenate([np.zeros(16), np.array([1, 0, 0, 0]) - middle / 2]) @ solver
    row = severities(SCHEME, inputs).rows[0]
    assert row.severity == pytest.approx(contrast @ totals)
    assert row.error == pytest.approx(np.sqrt(np.sum((contrast * residuals)[shared] ** 2 / free[shared] ** 2)))
    own = shared & (inspector == 0)
    assert row.scatter == pytest.approx(np.sqrt(np.mean(residuals[own] ** 2 / free[own])))


@pytest.mark.parametrize(
    "facts, wanted",
    [
        ({"effects": [-6]}, {("J00", Finding.HARSH)}),
        ({"effects": [0, 6]}, {("J01", Finding.LENIENT)}),
        ({"effects": [-6, 6]}, {("J00", Finding.HARSH), ("J01", Finding.LENIENT)}),
        ({"effects": [-7, -7]}, {("J00", Finding.HARSH), ("J01", Finding.HARSH)}),
        ({"scatters": [5], "entries": 40}, {("J00", Finding.ERRATIC)}),
        ({"effects": [-7], "scatters": [1, 5], "entries": 48}, {("J00", Finding.HARSH), ("J01", Finding.ERRATIC)}),
    ],
    ids=["harsh", "lenient", "both", "two harsh", "erratic", "harsh and erratic"],
)
def test_what_was_put_in_is_found_and_seldom_anything_else(facts, wanted):
    rounds = [named(seed, **facts) for seed in range(40)]
    assert sum(wanted <= found for found in rounds) >= 38
    assert sum(bool(found - wanted) for found in rounds) <= 4


@pytest.mark.parametrize(
    "facts",
    [{}, {"inspectors": 3, "entries": 12, "absent": 0}, {"inspectors": 15, "absent": 0.3}],
    ids=["seven", "three", "fifteen"],
)
def test_a_panel_without_a_fault_is_seldom_accused(facts):
    """At most 1 round in 20 may name anybody; of 200, more than 17 would happen by chance once in 100 times."""
    assert sum(bool(named(seed, **facts)) for seed in range(200)) <= 17


def test_an_erratic_inspector_is_not_taken_for_a_severe_one():
    severe = {Finding.HARSH, Finding.LENIENT}
    rounds = [{found for _, found in named(seed, scatters=[5])} & severe for seed in range(150)]
    assert sum(map(bool, rounds)) <= 13


def test_a_shift_of_everybody_changes_nothing():
    """Severity is relative: nobody is harsh where all are."""
    here, there = (
        severities(ONE, complete([[50 + s + (e * j) % 5 for e in range(9)] for j in range(4)])) for s in (0, 9)
    )
    assert here == there


def test_one_extreme_colleague_does_not_make_the_others_look_extreme():
    others = [{name for name, _ in named(seed, effects=[-15], entries=40)} - {"J00"} for seed in range(100)]
    assert sum(map(bool, others)) <= 10


def test_a_certain_difference_within_ordinary_scatter_is_shown_and_not_named():
    """A point and a half over 250 entries: no accident, but a sheet scatters by more than 2.5 points."""
    found = severities(SCHEME, panel(3, effects=[1.5], entries=250, absent=0))
    first = found.rows[0]
    assert first.severity_p < severity.LEVEL and abs(first.severity) < found.usual
    assert first.findings == ()


# --- too little to go on


def problem_of(found):
    assert found.rows == ()
    return str(found.problem)


def test_two_inspectors_give_a_sentence():
    table = [[50 + e for e in range(20)], [55 - e % 3 for e in range(20)]]
    assert problem_of(severities(ONE, complete(table))) == (
        "评委宽严：只有 2 位评委，分不出谁宽谁严。至少要有 3 位评委评同一批单位。"
    )


def test_seven_sheets_each_give_a_sentence_and_eight_figures():
    table = [[50 + (e * j) % 7 for e in range(8)] for j in range(3)]
    assert "评过 8 家以上的评委只有 0 位" in problem_of(severities(ONE, complete([row[:7] for row in table])))
    assert len(severities(ONE, complete(table)).rows) == 3


def test_sheets_on_entries_nobody_else_marked_do_not_count():
    rows = [(e, j, [100 + (e * j) % 7]) for j in range(3) for e in range(8)]
    rows += [(100 + 10 * j + e, j, [100]) for j in range(3) for e in range(5)]
    assert [row.sheets for row in severities(ONE, inputs_of(ONE, rows)).rows] == [8, 8, 8]


def test_an_inspector_with_few_sheets_is_listed_and_not_judged():
    rows = [(e, j, [100 + (e * (j + 2)) % 7]) for j in range(4) for e in range(10) if j or e < 7]
    first = severities(ONE, inputs_of(ONE, rows)).rows[0]
    assert (first.sheets, first.judged, first.severity, first.severity_p, first.findings) == (7, False, None, None, ())


def test_panels_without_a_common_entry_give_a_sentence_and_one_bridge_joins_them():
    apart = [(20 * (j // 3) + e, j, [100 + (e * (j + 2)) % 7]) for j in range(6) for e in range(10)]
    assert "评委分成 2 组，各组之间没有共同评过的单位" in problem_of(severities(ONE, inputs_of(ONE, apart)))
    assert len(severities(ONE, inputs_of(ONE, [*apart, (0, 3, [101])])).rows) == 6


def test_identical_sheets_give_a_sentence():
    assert "没有离散" in problem_of(severities(ONE, complete([[50 + e for e in range(9)]] * 3)))


def test_too_many_sheets_give_a_sentence(monkeypatch):
    monkeypatch.setattr(severity, "MOST_CELLS", 20)
    assert "超过一次估计的上限" in problem_of(
        severities(ONE, complete([[50 + e * j for e in range(9)] for j in range(3)]))
    )


def test_a_round_without_sheets_gives_a_sentence():
    scheme = scheme_of()
    assert "只有 0 位评委" in problem_of(severities(scheme, build(scheme, [("1", "甲", "标杆", False)], {})))
