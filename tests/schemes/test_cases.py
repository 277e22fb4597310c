"""The worked cases of every rule kind: ``cases/*.yaml``, each threshold, quota, cut and band on the line and beside it.

A case lays blocks over a scheme of one criterion (0 to 100 by 0.5), lists the sheets of each organization (one text per
inspector, its marks in order; ``85 × 39``: 39 of them) and expects ``score rank outcome`` per organization,
``-`` for what is missing. After ``|`` stands what the explanation must say. The plain oracle has to agree with every
case, too.
"""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from schemes import compute, explain, read_scheme
from tests.schemes import oracle
from tests.schemes.support import build, document, results, text_of

FOLDER = Path(__file__).parent / "cases"
ONE_CRITERION = {"tree": [{"key": "a", "name": "党建", "mark": {"max": "100", "step": "0.5"}}]}


def values(node):
    """BaseLoader keeps every number as its text; only yes and no are made of words."""
    if isinstance(node, dict):
        return {key: values(value) for key, value in node.items()}
    if isinstance(node, list):
        return [values(value) for value in node]
    return {"true": True, "false": False}.get(node, node)


def all_cases():
    for path in sorted(FOLDER.glob("*.yaml")):
        whole = values(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
        for case in whole["cases"]:
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
    }
    assert kinds <= {path.stem for path in FOLDER.glob("*.yaml")}
