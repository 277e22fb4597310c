"""Vetoes, places, grades, badges, consequences: the engine against plain loops over hundreds of random schemes."""

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from schemes import Entry, compute, explain, read_scheme
from schemes.intake import build_inputs
from schemes.working import readd
from tests.schemes.random_rules import GRADES, random_rules, random_world
from tests.schemes.ruling import Ruling
from tests.schemes.support import recorded, text_of

SEEDS = st.integers(min_value=0, max_value=2**40)
MANY = settings(max_examples=600, deadline=None, derandomize=True, database=None)
SOME = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def drawn(seed):
    rng = random.Random(seed)
    tree = random_rules(rng)
    return rng, tree, random_world(rng, tree), read_scheme(text_of(tree))


def inputs_of(scheme, world):
    """What the engine reads of a world, through the same tables that people hand in."""
    entries = [
        Entry(round_, org, told.get("tier") or scheme.tier_names[0], bool(told.get("vetoed")))
        for (round_, org), told in world.items()
    ]
    return build_inputs(scheme, entries, None, recorded(scheme, entries, world))


def said(outcome):
    """Everything that was decided, in plain values, by round and organization."""
    rows = {}
    for entry in range(len(outcome.inputs)):
        row = outcome.row(entry)
        value = outcome.score.value(entry)
        rows[row.round, row.org_code] = (value, row.rank, row.outcome.value, row.grade, row.badges)
    inputs = outcome.inputs
    places = [(inputs.rounds[r], org) for r, org in zip(inputs.entry_round, inputs.entry_org, strict=True)]
    follows = sorted((places[row.entry], row.key, row.amount) for row in outcome.consequences)
    return rows, follows, {(row.round, row.parent, row.key): row.points for row in outcome.parents}


def expected(tree, world):
    dated = {
        e: told | {"events": [(key, date.fromisoformat(day), amount) for key, day, amount in told.get("events", [])]}
        for e, told in world.items()
    }
    ruling = Ruling(tree, dated)
    return ruling.results(), ruling.consequences(), ruling.parents()


@MANY
@given(SEEDS)
def test_engine_agrees_with_plain_loops_on_every_result(seed):
    _, tree, world, scheme = drawn(seed)
    assert said(compute(scheme, inputs_of(scheme, world))) == expected(tree, world)


@SOME
@given(SEEDS)
def test_the_order_of_rows_changes_nothing(seed):
    rng, _, world, scheme = drawn(seed)
    rows = list(world.items())
    rng.shuffle(rows)
    assert said(compute(scheme, inputs_of(scheme, dict(rows)))) == said(compute(scheme, inputs_of(scheme, world)))


@SOME
@given(SEEDS)
def test_rounds_computed_apart_give_the_same_as_together(seed):
    _, _, world, scheme = drawn(seed)
    together = said(compute(scheme, inputs_of(scheme, world)))
    rows, follows, parents = {}, [], {}
    for round_ in sorted({round_ for round_, _ in world}):
        part = {e: told for e, told in world.items() if e[0] == round_}
        found = said(compute(scheme, inputs_of(scheme, part)))
        rows |= found[0]
        follows += found[1]
        parents |= found[2]
    assert (rows, sorted(follows), parents) == together


@SOME
@given(SEEDS)
def test_every_figure_readds_and_every_result_is_explained(seed):
    _, _, world, scheme = drawn(seed)
    inputs = inputs_of(scheme, world)
    outcome = compute(scheme, inputs)
    for entry in range(len(inputs)):
        found = explain(scheme, inputs, outcome, entry)
        assert [readd(line.working) for line in found.derivation] == [line.working.value for line in found.derivation]
        assert (found.derivation[0].working.value, found.row) == (outcome.score.value(entry), outcome.row(entry))


#: From the best to the worst.
BY_MERIT = ["awarded", *GRADES, "不定等次", "tied_at_cut", "over_quota", "below_threshold"]


def merit(row):
    return BY_MERIT.index(row[3] or row[2])


def monotone(tree):
    """The same rules without those by which more points may cost something: ties cut whole, none for the surplus, words
    about figures, who is compared with whom."""
    kept = {
        key: tree[key]
        for key in ("language", "identity", "facts", "criteria", "tiers", "rating", "selection")
        if key in tree
    }
    if "rating" in kept:
        kept["rating"] = {
            "grades": [{k: v for k, v in grade.items() if k != "requires"} for grade in tree["rating"]["grades"]],
            "tie_at_cut": "admit_all", "unused": tree["rating"]["unused"], "bottom": tree["rating"]["bottom"][:1],
        }  # fmt: skip
    if "tiers" in kept:
        kept["tiers"] = [{k: v for k, v in tier.items() if k != "requires"} for tier in tree["tiers"]]
    if "selection" in kept:
        kept["selection"] = {"limits": tree["selection"]["limits"], "tie_at_cut": tree["selection"]["tie_at_cut"]}
    return kept


@SOME
@given(SEEDS)
def test_more_points_never_lower_a_result(seed):
    rng, tree, world, _ = drawn(seed)
    scheme = read_scheme(text_of(monotone(tree)))
    plain = {e: told | {"vetoed": False, "events": []} for e, told in world.items()}
    before, _, _ = said(compute(scheme, inputs_of(scheme, plain)))
    lucky = rng.choice(sorted(plain))
    plain[lucky] = plain[lucky] | {"party": str(int(plain[lucky]["party"]) + rng.randint(1, 6))}
    after, _, _ = said(compute(scheme, inputs_of(scheme, plain)))
    assert merit(after[lucky]) <= merit(before[lucky])
