"""The table of sheets in an explanation says of every sheet whether it counted, wherever sheets become a figure."""

import numpy as np
import pytest

from schemes import Entry, Inputs, compute, explain
from schemes.intake import SheetTable, build_inputs
from tests.schemes.support import recorded, scheme_of

TRIMMED = {"kind": "trimmed_mean", "bands": [{"from_sheets": 3}]}
ONSITE = {"key": "o", "name": "现场", "children": [{"key": "a", "name": "条", "mark": {"max": "100"}}]}
FINE = {"key": "f", "name": "扣分", "role": "deduction", "mark": {"kind": "figure"}}


def uses(scheme, marks, groups=(), **facts):
    entries = [Entry("1", "V1", "标杆")]
    table = SheetTable(
        lines=np.arange(len(marks)), entry_index=np.zeros(len(marks), dtype=np.int32),
        inspectors=[f"J{i}" for i in range(len(marks))], marks=np.array(marks, dtype="u1").reshape(-1, 1),
        problems=(), groups=tuple(groups),
    )  # fmt: skip
    inputs: Inputs = build_inputs(scheme, entries, table, recorded(scheme, entries, {("1", "V1"): facts}))
    found = explain(scheme, inputs, compute(scheme, inputs), 0)
    return {line.inspector: line.use for line in found.sheets}


def test_beside_a_recorded_criterion_the_dropped_are_named():
    scheme = scheme_of(criteria={"tree": [ONSITE, FINE]}, score=TRIMMED)
    assert uses(scheme, [90, 10, 70, 80], f="0") == {
        "J0": "highest", "J1": "lowest", "J2": "kept", "J3": "kept",
    }  # fmt: skip


@pytest.mark.parametrize("per", ["sheet", "criterion"])
def test_within_weighted_groups_each_group_drops_its_own(per):
    rule = {"kind": "weighted_groups", "groups": {"甲": "60%", "乙": "40%"}, "within": {**TRIMMED, "per": per}}
    scheme = scheme_of(criteria={"tree": [ONSITE]}, score=rule)
    found = uses(scheme, [90, 10, 70, 50, 60, 40], ["甲", "甲", "甲", "乙", "乙", "乙"])
    dropped = {"J0": "highest", "J1": "lowest", "J4": "highest", "J5": "lowest"} if per == "sheet" else {}
    assert found == {**dict.fromkeys(found, "kept"), **dropped}
