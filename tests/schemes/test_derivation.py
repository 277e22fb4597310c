"""Every figure of every shipped scheme is shown with an arithmetic that gives it again, up to the published score."""

from fractions import Fraction

import numpy as np
import pytest

from schemes import compute, explain, explain_steps
from schemes.county import load_county
from schemes.derivation import Disagreement, derive
from schemes.describe import criteria_lines, describe
from schemes.exact import round_fraction
from schemes.figures import of_fractions
from schemes.files import SHIPPED, require_scheme
from schemes.programme import load_programme
from schemes.working import given, readd
from tests.schemes.support import build, scheme_of

#: Shipped schemes by the name they are asked for; those without data of their own cannot be computed.
SCHEMES = sorted(str(path.parent.relative_to(SHIPPED)) for path in SHIPPED.glob("**/scheme.yaml"))
PROGRAMMES = [name for name in SCHEMES if "/" in name]


def outcome_of(name):
    return load_programme(*name.split("/")).outcome if "/" in name else load_county(name).outcome


def assert_readds(outcome):
    assert len(outcome.inputs)
    for entry in range(len(outcome.inputs)):
        lines = derive(outcome.evaluation, entry)
        assert [readd(line.working) for line in lines] == [line.working.value for line in lines]
        score, places = readd(lines[0].working), outcome.score.places
        assert score == outcome.score.value(entry)
        text = outcome.score.text(entry)
        shown = None if score is None else round_fraction(score, places) if places is not None else score
        assert (None if text is None else Fraction(text)) == shown


@pytest.mark.parametrize("name", [*PROGRAMMES, "jiande"])
def test_every_line_re_adds_and_the_total_is_the_score(name):
    assert_readds(outcome_of(name))


def test_a_working_that_gives_another_figure_is_never_shown():
    outcome = outcome_of("haian/index")
    evaluation = outcome.evaluation
    node = evaluation.scheme.criteria.tree[0].key
    values = evaluation.number(node).values()
    evaluation.figures[node, ""] = of_fractions([(values[0] or Fraction(0)) + 1, *values[1:]])
    with pytest.raises(Disagreement):
        derive(evaluation, 0)


def test_a_bent_figure_does_not_re_add():
    """The guard of this file: a line whose given figures do not make its value is noticed."""
    line = next(line for line in derive(outcome_of("haian/index").evaluation, 0) if line.working.operands)
    bent = type(line.working)(**{**vars(line.working), "value": line.working.value + 1})
    assert readd(bent) != bent.value
    assert readd(given(Fraction(3))) == 3


def test_steps_alone_are_those_of_the_whole_explanation():
    county = load_county("jiande")
    scheme, outcome = require_scheme("jiande"), county.outcome
    for entry in range(0, len(outcome.inputs), 7):
        whole = explain(scheme, outcome.inputs, outcome, entry, organizations=county.organizations)
        alone = explain_steps(scheme, outcome.inputs, outcome, entry, organizations=county.organizations)
        assert alone == (whole.steps, whole.ties)


def test_means_of_the_group_are_means_of_the_entries_means():
    """Entries with different numbers of sheets weigh the same; recomputed here entry by entry in fractions."""
    county = load_county("jiande")
    scheme, outcome = require_scheme("jiande"), county.outcome
    inputs, entry = outcome.inputs, 40
    members = np.flatnonzero(outcome.entry_group == outcome.entry_group[entry])
    steps = [method.to_mark(1) - method.to_mark(0) for method in scheme.methods]
    for line in explain(scheme, inputs, outcome, entry).nodes:
        means = []
        for member in members:
            rows = inputs.marks[inputs.sheet_entry == member]
            sums = [sum(steps[i] * int(row[i]) for i in scheme.columns_of(line.key)) for row in rows]
            means += [sum(sums) / len(sums)] if sums else []
        assert Fraction(line.group_mean) == round_fraction(sum(means) / len(means), 2)


# -- the scheme in words


@pytest.mark.parametrize("name", SCHEMES)
def test_the_description_mentions_everything_that_has_a_name(name):
    scheme = require_scheme(name)
    text = "\n".join(sentence for block in describe(scheme) for sentence in block.sentences)
    named = [*scheme.facts, *scheme.events, *scheme.vetoes, *scheme.badges, *scheme.consequences, *scheme.propagation]
    named += [*scheme.rating.grades] if scheme.rating else []
    assert [each.name for each in named if each.name not in text] == []


@pytest.mark.parametrize("name", SCHEMES)
def test_every_criterion_says_how_it_is_made(name):
    lines = criteria_lines(require_scheme(name))
    assert [line.name for line in lines if not line.item and not line.how] == []


def test_a_place_within_a_limit_is_counted_in_organizations_under_dense_ranks():
    """Ranks 1, 1, 2 with two places: the third stands outside, whatever its rank says."""
    limits = [{"kind": "quota", "places": {"标杆": "2"}}]
    scheme = scheme_of(ranking={"ranks": "dense"}, selection={"limits": limits})
    marks = {("1", org): [[mark, mark]] for org, mark in (("甲", 9), ("乙", 9), ("丙", 8))}
    inputs = build(scheme, [("1", org, "标杆", False) for _, org in marks], marks)
    outcome = compute(scheme, inputs)
    step = next(step for step in explain_steps(scheme, inputs, outcome, 2)[0] if "名额" in step.title)
    assert (outcome.row(2).rank, step.title, step.detail.endswith("按家数排在第 3")) == (2, "超出名额", True)
