"""The worked cases of every rule kind: ``cases/*.yaml``, each threshold, quota, cut and band on the line and beside it.

A case lays blocks over a scheme of one criterion (0 to 100 by 0.5), lists the sheets of each organization (one text per
inspector, its marks in order; ``85 × 39``: 39 of them) and expects ``score rank outcome`` per organization,
``-`` for what is missing. After ``|`` stands what the explanation must say. The plain oracle has to agree with every
case, too.

A case with ``facts`` (figures by organization and key) has them instead of sheets, and perhaps ``events`` (``accident
2026-03-01 2`` by organization); it expects ``score rank outcome grade badges``, and, where it names them, all of
``consequences`` (``V1 约谈`` or ``V1 扣报酬 500``) and ``parents`` (points by code).
"""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from schemes import Entry, compute, explain, read_scheme
from schemes.intake import build_inputs
from schemes.working import readd
from tests.schemes import oracle
from tests.schemes.ruling import Ruling
from tests.schemes.support import build, document, recorded, results, text_of

FOLDER = Path(__file__).parent / "cases"
ONE_FIGURE = {"tree": [{"key": "base", "name": "年度得分", "mark": {"kind": "figure"}}]}
ONE_CRITERION = {"tree": [{"key": "a", "name": "党建", "mark": {"max": "100", "step": "0.5"}}]}


def values(node):
    """BaseLoader keeps every number as its text; only yes and no are made of words."""
    if isinstance(node, dict):
        return {key: values(value) for key, value in node.items()}
    if isinstance(node, list):
        return [values(value) for value in node]
    return {"true": True, "false": False}.get(node, node)


def all_cases(recorded=False):
    for path in sorted(FOLDER.glob("*.yaml")):
        whole = values(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
        for case in whole["cases"]:
            if ("facts" in case) == recorded:
                blocks = {**whole.get("scheme", {}), **case.get("scheme", {})}
                yield pytest.param(blocks, case, id=f"{path.stem}: {case['name']}")


def entries_of(case):
    """``V1: 进位 否决`` or nothing: everybody enters the first tier of round 1."""
    entered = case.get("entries", {})
    return [
        ("1", org, (entered.get(org, "") or "标杆").split()[0], "否决" in entered.get(org, ""))
        for org in case["sheets"]
    ]


def sheets_of(rows):
    """Marks per sheet; ``85 × 39`` stands for 39 sheets alike."""
    for row in rows:
        marks, _, times = row.partition("×")
        yield from [marks.split()] * int(times or 1)


def expected_of(case):
    found = {}
    for org, line in case["expect"].items():
        figures, _, reason = line.partition("|")
        score, rank, verdict = figures.split()
        numbers = None if score == "-" else Fraction(score), None if rank == "-" else int(rank)
        found[org] = (*numbers, verdict), reason.strip()
    return found


@pytest.mark.parametrize("blocks, case", list(all_cases()))
def test_case(blocks, case):
    tree = document(**{"criteria": ONE_CRITERION, **blocks})
    scheme, entries = read_scheme(text_of(tree)), entries_of(case)
    marks = {("1", org): list(sheets_of(rows)) for org, rows in case["sheets"].items()}
    inputs, expected = build(scheme, entries, marks), expected_of(case)
    assert {org: row for (_, org), row in results(scheme, inputs).items()} == {o: e[0] for o, e in expected.items()}
    keys = oracle.leaves(tree["criteria"]["tree"])
    sheets = {
        place: [dict(zip(keys, map(Fraction, row), strict=True)) for row in rows] for place, rows in marks.items()
    }
    assert oracle.outcome(tree, entries, sheets) == results(scheme, inputs)
    outcome = compute(scheme, inputs)
    for org, (_, reason) in expected.items():
        steps = explain(scheme, inputs, outcome, inputs.entry_at("1", org)).steps
        assert reason in "\n".join(f"{step.title}：{step.detail}" for step in steps)


# -- cases of what is recorded


def document_of(blocks):
    """The blocks over one figure; schemes that give grades award no tiers, and ``null`` takes a block away."""
    whole = document(**{"criteria": ONE_FIGURE, **blocks})
    left_out = {"score", *(["tiers"] if whole.get("rating") else [])} - blocks.keys()
    return {key: value for key, value in whole.items() if key not in left_out and value != "null"}


def world_of(case):
    """Facts, events and nominations of every organization, all of round 1."""
    world = {}
    for org, facts in case["facts"].items():
        entered = case.get("entries", {}).get(org, "")
        tier = entered.replace("否决", "").strip()
        happened = [tuple([*line.split(), "1"][:3]) for line in case.get("events", {}).get(org, [])]
        world["1", org] = {**facts, "events": happened, "vetoed": "否决" in entered} | ({"tier": tier} if tier else {})
    return world


def row_of(line):
    """``90 1 rated 好 红旗、先锋`` as (score, rank, verdict, grade, badges)."""
    score, rank, verdict, *rest = line.split()
    grade, badges = [*rest, "-", "-"][:2]
    return (
        None if score == "-" else Fraction(score),
        None if rank == "-" else int(rank),
        verdict,
        "" if grade == "-" else grade,
        () if badges == "-" else tuple(badges.split("、")),
    )


def found_rows(outcome):
    rows = [outcome.row(entry) for entry in range(len(outcome.inputs))]
    scores = [outcome.score.value(entry) for entry in range(len(rows))]
    return {
        row.org_code: (score, row.rank, row.outcome.value, row.grade, row.badges)
        for row, score in zip(rows, scores, strict=True)
    }


def line_of(row, outcome):
    amount = [] if row.amount is None else [str(row.amount)]
    return " ".join([outcome.inputs.entry_org[row.entry], row.name, *amount])


@pytest.mark.parametrize("blocks, case", list(all_cases(recorded=True)))
def test_case_of_what_is_recorded(blocks, case):
    tree, world = document_of(blocks), world_of(case)
    scheme = read_scheme(text_of(tree))
    entries = [
        Entry("1", org, told.get("tier") or scheme.tier_names[0], told["vetoed"]) for (_, org), told in world.items()
    ]
    inputs = build_inputs(scheme, entries, None, recorded(scheme, entries, world))
    outcome = compute(scheme, inputs)
    expected = {org: row_of(line.partition("|")[0]) for org, line in case["expect"].items()}
    assert found_rows(outcome) == expected
    assert {org: row for (_, org), row in Ruling(tree, dated(world)).results().items()} == expected
    follows = sorted(line_of(row, outcome) for row in outcome.consequences)
    assert follows == sorted(case.get("consequences", []))
    parents = {row.parent: row.points for row in outcome.parents}
    assert parents == {code: Fraction(points) for code, points in case.get("parents", {}).items()}
    for org, line in case["expect"].items():
        found = explain(scheme, inputs, outcome, inputs.entry_at("1", org))
        assert all(readd(each.working) == each.working.value for each in found.derivation)
        assert line.partition("|")[2].strip() in "\n".join(f"{step.title}：{step.detail}" for step in found.steps)


def dated(world):
    return {
        place: told | {"events": [(key, date.fromisoformat(day), amount) for key, day, amount in told["events"]]}
        for place, told in world.items()
    }


def test_every_rule_kind_has_cases():
    kinds = {
        "mean",
        "median",
        "trimmed_mean",
        "node_mean",
        "untrimmed_mean",
        "elimination_rate",
        "quota",
        "share",
        "points",
        "count",
        "draw",
        "tie_figure",
        "eligibility",
        "vetoes",
        "ranking",
        "selection",
        "requires",
        "rating",
        "rating_limits",
        "steps",
        "badges",
        "consequences",
        "propagation",
    }
    assert kinds <= {path.stem for path in FOLDER.glob("*.yaml")}
