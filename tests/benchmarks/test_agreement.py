"""Both sides of every ratio say the same: a ratio to something that computes something else measures nothing."""

import numpy as np
import pytest

from benchmarks import stars
from benchmarks.numbers import SHEETS, bare_numpy, engine_ratio, inputs_of, jiande, random_marks
from benchmarks.timing import Ratio, paired, peak_megabytes
from schemes import compute


@pytest.mark.parametrize(("entries", "group"), [(40, 40), (200, 50), (333, 100)])
def test_the_engine_and_bare_numpy_agree_on_every_score_and_award(entries, group):
    scheme = jiande()
    marks = random_marks(scheme, entries, seed=entries)
    outcome, (score, won) = compute(scheme, inputs_of(scheme, marks, group)), bare_numpy(marks, group)
    assert outcome.score.unit == 100
    assert outcome.score.numerators.tolist() == score.tolist()
    assert (outcome.verdict == 0).tolist() == won.tolist()
    assert 0 < won.sum() < entries


def test_ties_at_the_cut_are_among_what_is_compared():
    """With few different marks most entries are tied, some across the cut, and both sides drop the same."""
    scheme = jiande()
    marks = random_marks(scheme, 200)
    marks = np.where(marks > marks.mean(), marks.max(axis=(0, 1)), marks[:1]).astype(np.uint8)
    outcome = compute(scheme, inputs_of(scheme, marks, 50))
    verdicts = {outcome.verdict_of(i).value for i in range(200)}
    assert "tied_at_cut" in verdicts
    assert (outcome.verdict == 0).tolist() == bare_numpy(marks, 50)[1].tolist()


def test_the_ratio_of_the_engine_is_taken_on_agreeing_sides():
    ratio = engine_ratio(100, group=50, rounds=1)
    assert ratio.name == f"engine, 100 entries x {SHEETS} x 20, against bare numpy"
    assert ratio.ours > 0 and ratio.theirs > 0


def test_a_ratio_says_what_was_promised():
    assert "1.50 x" in Ratio("a", 3.0, 2.0).line()
    assert Ratio("a", 3.0, 2.0, 1.5).line().endswith("limit 1.5  ok")
    assert Ratio("a", 3.0, 2.0, 1.4).line().endswith("limit 1.4  OVER")


def test_both_sides_take_turns_as_often():
    turns = []
    paired(lambda: turns.append("ours"), lambda: turns.append("theirs"), rounds=3)
    assert turns == ["ours", "theirs"] * 3
    assert peak_megabytes() > 1


@pytest.mark.parametrize(("entries", "group"), [(40, 40), (200, 50), (333, 100)])
def test_the_engine_and_bare_numpy_agree_on_every_star(entries, group):
    scheme = stars.stars()
    marks = random_marks(scheme, entries, seed=entries)
    outcome, (score, star) = compute(scheme, inputs_of(scheme, marks, group)), stars.bare_numpy(marks, group)
    assert outcome.score.numerators.tolist() == score.tolist()
    assert np.where(outcome.ratings.grade < 0, 3, outcome.ratings.grade).tolist() == star.tolist()
    assert set(star.tolist()) >= {0, 2}
