"""Random schemes of the whole language: order and sharding change nothing, and every explanation re-adds."""

import random

import pytest

from schemes import compute, digest_inputs, digest_outcome, explain
from schemes.derivation import derive
from schemes.working import readd
from tests.schemes.whole_language import only_round, random_inputs, random_scheme, shuffled

SEEDS = range(150)


def outcome_of(seed):
    rng = random.Random(seed)
    scheme = random_scheme(rng)
    inputs = random_inputs(rng, scheme)
    return rng, scheme, inputs, compute(scheme, inputs)


def rows_of(outcome):
    return {(row.round, row.org_code): row for row in outcome.rows()}


@pytest.mark.parametrize("seed", SEEDS)
def test_explanation_is_the_outcome(seed):
    _, scheme, inputs, outcome = outcome_of(seed)
    for entry in range(len(inputs)):
        lines = derive(outcome.evaluation, entry)
        assert all(readd(line.working) == line.working.value for line in lines)
        assert lines[0].working.value == outcome.score.value(entry)
        found = explain(scheme, inputs, outcome, entry)
        assert found.steps[-1].title.startswith("结果：") and found.row == outcome.row(entry)
        assert all(step.title and step.detail for step in found.steps)


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_rows_changes_nothing(seed):
    rng, scheme, inputs, outcome = outcome_of(seed)
    other = shuffled(rng, inputs)
    again = compute(scheme, other)
    assert digest_inputs(other) == digest_inputs(inputs)
    assert digest_outcome(again) == digest_outcome(outcome)
    assert rows_of(again) == rows_of(outcome)


@pytest.mark.parametrize("seed", SEEDS)
def test_rounds_may_be_computed_apart(seed):
    _, scheme, inputs, outcome = outcome_of(seed)
    apart = {}
    for index in range(len(inputs.rounds)):
        apart |= rows_of(compute(scheme, only_round(inputs, index)))
    assert apart == rows_of(outcome)


def test_the_generator_reaches_the_whole_language():
    """What is never generated is never tested."""
    seen, verdicts = set(), set()
    for seed in SEEDS:
        _, scheme, _, outcome = outcome_of(seed)
        seen |= {type(node.mark).__name__ for node in scheme.nodes.values() if node.mark}
        seen |= {type(node.correction).__name__ for node in scheme.nodes.values() if node.correction}
        seen |= {type(rule.effect).__name__ for rule in scheme.vetoes}
        seen |= {f"time {node.over_time.combine}" for node in scheme.nodes.values() if node.over_time}
        seen |= {type(scheme.score).__name__}
        verdicts |= {row.outcome.value for row in outcome.rows()} | {row.grade for row in outcome.rows()}
    assert seen >= {
        "Points", "YesNoMark", "Grades", "Bands", "PerUnit", "Linear", "RankPoints", "RatioToBest", "RecordedFigure",
        "EventPoints", "ByFormula", "Ballots", "Coefficient", "Standardised", "Out", "ZeroScore", "ZeroItem", "NoGrade",
        "FixedGrade", "Lower", "GradeAtMost", "time sum", "time weighted", "WeightedGroups", "TrimmedMean", "Median",
    }  # fmt: skip
    assert verdicts >= {"rated", "vetoed", "not_rated", "over_quota", "reserve", "五星", "四星", "三星", "不定等次"}
