"""The engine beside the same arithmetic in bare numpy: both exact, both from arrays to verdicts."""

from pathlib import Path
from typing import Any

import numpy as np

import schemes
from schemes import Inputs, Scheme, compute, read_scheme

from .timing import Ratio, paired

SHEETS = 5


def jiande() -> Scheme:
    return read_scheme((Path(schemes.__file__).parent / "shipped/jiande/scheme.yaml").read_text(encoding="utf-8"))


def random_marks(scheme: Scheme, entries: int, seed: int = 1) -> Any:
    """Steps of every mark, shape (entries, SHEETS, criteria): most near the top, as in life, so that ties happen."""
    random = np.random.default_rng(seed)
    top = np.array([method.units_at_most for method in scheme.methods])
    return np.rint(random.uniform(0.7, 1.0, (entries, SHEETS, 1)) * top).astype(np.uint8)


def inputs_of(scheme: Scheme, marks: Any, group: int) -> Inputs:
    """Rounds of ``group`` entries each, all for the first tier."""
    entries = len(marks)
    rounds = -(-entries // group)
    return Inputs(
        rounds=tuple(str(i + 1) for i in range(rounds)),
        tiers=scheme.tier_names,
        entry_round=(np.arange(entries) // group).astype(np.int32),
        entry_tier=np.zeros(entries, dtype=np.int32),
        entry_org=[f"{i:012d}" for i in range(entries)],
        entry_vetoed=np.zeros(entries, dtype=bool),
        sheet_entry=np.repeat(np.arange(entries, dtype=np.int32), SHEETS),
        sheet_inspector=["J"] * (entries * SHEETS),
        marks=marks.reshape(entries * SHEETS, -1),
    )


def bare_numpy(marks: Any, group: int) -> Any:
    """Jiande's rules by hand for five sheets each: totals, trimmed mean, half up, ties, ranks, cut."""
    totals = marks.astype(np.int32).sum(axis=2)
    kept = totals.sum(axis=1) - totals.max(axis=1) - totals.min(axis=1)
    score = (2 * kept.astype(np.int64) * 100 + 6) // 12
    keys = [score]
    for first, last in ((10, 14), (17, 20)):
        part = marks[:, :, first:last].astype(np.int32).sum(axis=(1, 2)).astype(np.int64)
        keys.append((2 * part * 100 + 10) // 20)
    of_group = np.arange(len(marks)) // group
    order = np.lexsort((-keys[2], -keys[1], -keys[0], of_group))
    sorted_keys = np.stack([of_group[order], *(key[order] for key in keys)])
    new_run = np.concatenate(([True], (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0)))
    at = np.arange(len(order))
    start = np.maximum.accumulate(np.where(new_run, at, 0))
    rank = start - sorted_keys[0] * group + 1
    run = np.cumsum(new_run) - 1
    size = np.bincount(run)[run]
    limit = np.bincount(of_group)[sorted_keys[0]] * 6 // 10
    won = (rank + size - 1 <= limit) & (sorted_keys[1] >= 8500)
    result = np.zeros(len(order), dtype=bool)
    result[order] = won
    return score, result


def engine_ratio(entries: int, group: int = 1500, rounds: int = 5) -> Ratio:
    """Time both on the same marks, after checking that they say the same of every entry."""
    scheme = jiande()
    marks = random_marks(scheme, entries)
    inputs = inputs_of(scheme, marks, group)
    outcome, (score, won) = compute(scheme, inputs), bare_numpy(marks, group)
    assert (outcome.score.numerators == score).all() and ((outcome.verdict == 0) == won).all()
    ours, theirs = paired(lambda: compute(scheme, inputs), lambda: bare_numpy(marks, group), rounds=rounds)
    return Ratio(f"engine, {entries} entries x {SHEETS} x {len(scheme.leaves)}, against bare numpy", ours, theirs, 3)
