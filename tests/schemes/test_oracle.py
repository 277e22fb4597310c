"""The engine against a plain computation in fractions, over thousands of random schemes and rounds."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemes import compute, digest_inputs, digest_outcome, explain, read_scheme
from schemes.engine import Blocks
from schemes.exact import round_fraction
from tests.schemes import oracle
from tests.schemes.randomness import random_document, random_round
from tests.schemes.support import build, results, scheme_of, text_of

SEEDS = st.integers(min_value=0, max_value=2**40)
MANY = settings(max_examples=1500, deadline=None, derandomize=True, database=None)
SOME = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def random_case(seed):
    rng = random.Random(seed)
    tree = random_document(rng)
    entries, sheets = random_round(rng, tree)
    scheme = read_scheme(text_of(tree))
    return rng, tree, entries, sheets, scheme, build(scheme, entries, rows_of(sheets))


def rows_of(sheets):
    return {place: [list(sheet.values()) for sheet in own] for place, own in sheets.items()}


@MANY
@given(SEEDS)
def test_engine_agrees_with_fractions_on_every_entry(seed):
    _, tree, entries, sheets, scheme, inputs = random_case(seed)
    assert results(scheme, inputs) == oracle.outcome(tree, entries, sheets)


@SOME
@given(SEEDS)
def test_order_of_rows_changes_neither_outcome_nor_digests(seed):
    rng, _, entries, sheets, scheme, inputs = random_case(seed)
    shuffled = list(sheets.items())
    rng.shuffle(shuffled)
    rng.shuffle(entries)
    again = build(scheme, entries, rows_of(dict(shuffled)))
    assert results(scheme, again) == results(scheme, inputs)
    assert digest_inputs(again) == digest_inputs(inputs)
    assert digest_outcome(compute(scheme, again)) == digest_outcome(compute(scheme, inputs))


@SOME
@given(SEEDS)
def test_explanation_readds_to_the_score_and_says_the_same_verdict(seed):
    *_, scheme, inputs = random_case(seed)
    outcome = compute(scheme, inputs)
    for entry in range(len(inputs)):
        assert_explains(scheme, explain(scheme, inputs, outcome, entry), outcome.row(entry))


def assert_explains(scheme, found, row):
    """Adding up what the explanation shows gives the score; its last step is the verdict."""
    assert found.row == row
    assert (
        found.steps[-1].title
        == {
            "awarded": "结果：授予",
            "tied_at_cut": "结果：并列淘汰",
            "over_quota": "结果：超出名额",
            "below_threshold": "结果：低于标准",
            "vetoed": "结果：一票否决",
            "unscored": "结果：未评",
        }[row.outcome]
    )
    if row.score is None:
        assert len(found.sheets) < max(scheme.score.minimum_sheets, 1)
        return
    total = Fraction(0)
    for term in found.terms:
        kept = [Fraction(value) for value, use in zip(term.values, term.uses, strict=True) if use == "kept"]
        assert (len(kept), sum(kept)) == (term.count, Fraction(term.total))
        total += sum(kept) / len(kept)
    rounding = scheme.score.round
    assert Fraction(row.score) == (round_fraction(total, rounding.places) if rounding else total)


@pytest.mark.parametrize("most", [30, 60])
def test_unrounded_scores_of_many_panel_sizes_stay_exact(most):
    """The common denominator of panels of 2 to 60 leaves 64 bits; thresholds and ranks must not notice."""
    rng = random.Random(most)
    scheme = scheme_of(tiers=[{"name": "标杆", "threshold": "16/3"}])
    entries = [("1", f"V{i:02}", "标杆", False) for i in range(2, most)]
    marks = {
        ("1", f"V{i:02}"): [[Fraction(rng.randint(4, 7), 2), Fraction(rng.randint(4, 7), 2)] for _ in range(i)]
        for i in range(2, most)
    }
    sheets = {place: [dict(zip("ab", row, strict=True)) for row in rows] for place, rows in marks.items()}
    tree = {"criteria": {"tree": [{"key": "a"}, {"key": "b"}]}, "tiers": [{"name": "标杆", "threshold": "16/3"}]}
    expected = oracle.outcome({**tree, "score": {"kind": "mean"}}, entries, sheets)
    assert results(scheme, build(scheme, entries, marks)) == expected


def test_very_fine_steps_are_sorted_without_overflow():
    """Totals near 2**48 of 20,000 entries pass 64 bits when packed into one sort key."""
    rng = random.Random(7)
    entry = np.array([rng.randrange(20_000) for _ in range(500)] + [19_999] * 3, dtype=np.int32)
    values = np.array([rng.randrange(2**48) for _ in entry], dtype=np.int64)
    counts = np.bincount(entry, minlength=20_000)
    blocks = Blocks(np.argsort(entry, kind="stable"), np.cumsum(counts) - counts, counts)
    plain = sorted(zip(entry.tolist(), values.tolist(), strict=True))
    assert blocks.sorted_within(values, entry).tolist() == [value for _, value in plain]
