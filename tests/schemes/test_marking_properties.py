"""What holds for every measure whatever its numbers: re-adding gives the value, better is never worse, bounds are
kept.
"""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schemes.measures import measure, workings

#: Few different figures, so that ties and exact bounds are common.
STEPS = st.sampled_from(["-2", "-1/3", "0", "0", "0.5", "1", "1", "2", "7/3", "10"])
AMOUNTS = st.sampled_from(["1/3", "0.5", "1", "3", "10"])
FIGURES = st.one_of(st.none(), STEPS)
GROUPS = st.lists(FIGURES, min_size=1, max_size=7)
PAIRS = st.lists(st.tuples(FIGURES, FIGURES), min_size=1, max_size=7)
WHOLE = st.sampled_from(["floor", "ceil", "half_up", None])

PER_UNIT = st.fixed_dictionaries(
    {
        "each": STEPS, "unit_size": AMOUNTS, "whole_units": WHOLE, "start": STEPS, "least": st.just("-1"),
        "most": st.just("3"), "direction": st.sampled_from(["above", "below", "both", "signed"]),
    }
)  # fmt: skip
LINEAR = st.fixed_dictionaries({"points": AMOUNTS, "zero_at": STEPS, "most": AMOUNTS})
PLACES = st.one_of(
    st.lists(AMOUNTS, min_size=1, max_size=4).map(lambda each: {"points": sorted(each, key=Fraction, reverse=True)}),
    st.fixed_dictionaries({"first": AMOUNTS, "step": AMOUNTS}),
)
BEST = st.sampled_from(["highest", "lowest"])


@settings(max_examples=150, deadline=None)
@given(PER_UNIT, PAIRS)
def test_counts_are_known_exactly_where_both_figures_are(fields, group):
    found = workings(measure("per_unit", base_of="base", **fields), *group)
    assert [each.value is None for each in found] == [None in row for row in group]
    assert all(-1 <= each.value <= 3 for each in found if each.value is not None)


@settings(max_examples=150, deadline=None)
@given(LINEAR, PAIRS)
def test_shares_of_a_target_are_known_except_where_there_is_no_line(fields, group):
    zero = Fraction(fields["zero_at"])
    found = workings(measure("linear", target_of="goal", **fields), *group)
    assert [each.value is None for each in found] == [None in row or Fraction(row[1]) == zero for row in group]
    assert all(0 <= each.value <= Fraction(fields["most"]) for each in found if each.value is not None)


@settings(max_examples=150, deadline=None)
@given(PLACES, BEST, st.sampled_from(["same", "dense", "average"]), GROUPS)
def test_a_better_figure_never_has_fewer_points(places, best, ties, group):
    rule = measure("rank_points", best=best, ties=ties, **places)
    found = in_order(workings(rule, *group), group, best)
    assert found == sorted(found, key=lambda pair: -pair[1])
    assert len(set(found)) == len({value for value, _ in found})


@settings(max_examples=150, deadline=None)
@given(PLACES, GROUPS)
def test_averaged_ties_give_away_the_points_of_the_places_and_no_others(places, group):
    rule = measure("rank_points", ties="average", **places)
    values = [each.value for each in workings(rule, *group) if each.value is not None]
    assert sum(values) == sum(rule.points_of(place) for place in range(1, len(values) + 1))


@settings(max_examples=150, deadline=None)
@given(AMOUNTS, BEST, st.sampled_from([None, "1", "3"]), GROUPS)
def test_ratios_lie_between_nothing_and_full_points_and_follow_the_figures(full, best, top, group):
    found = in_order(workings(measure("ratio_to_best", points=full, best=best, top=top), *group), group, best)
    assert all(0 <= points <= Fraction(full) for _, points in found)
    assert found == sorted(found, key=lambda pair: -pair[1])


@settings(max_examples=150, deadline=None)
@given(AMOUNTS, GROUPS)
def test_a_figure_in_range_is_multiplied(factor, group):
    found = workings(measure("figure", factor=factor, min="-1", max="2"), *group)
    in_range = [value is not None and -1 <= Fraction(value) <= 2 for value in group]
    assert [each.value for each in found] == [
        Fraction(value) * Fraction(factor) if good else None for value, good in zip(group, in_range, strict=True)
    ]


def in_order(found, group, best):
    """(figure, points) of the known ones, the best figure first."""
    sign = -1 if best == "highest" else 1
    pairs = [(Fraction(value), each.value) for value, each in zip(group, found, strict=True) if each.value is not None]
    return sorted(pairs, key=lambda pair: sign * pair[0])
