"""A star rating beside the same arithmetic in bare numpy: two weighted halves, rounding, stars by threshold and
share.
"""

from typing import Any

import numpy as np

from schemes import Scheme, compute, read_scheme

from .numbers import SHEETS, inputs_of, random_marks
from .timing import Ratio, paired

CRITERIA, MOST, STEP = 20, 5, "0.5"


def stars() -> Scheme:
    halves = "\n".join(_half(key, range(first, first + 10)) for key, first in (("onsite", 0), ("daily", 10)))
    return read_scheme(f"""
language: biaogan-scheme/1
identity: {{key: stars, name: 星级评定, county: {{code: "1", name: 县}}, issuer: 部, version: "1", kind: star_rating}}
criteria:
  round: {{places: 2}}
  tree:
{halves}
score: {{kind: trimmed_mean, bands: [{{from_sheets: 5}}]}}
rating:
  name: 星级
  grades:
    - {{name: 五星, threshold: 43, limits: [{{kind: share, at_most_share: 10%}}]}}
    - {{name: 四星, threshold: 40, limits: [{{kind: share, at_most_share: 30%}}]}}
    - {{name: 三星, threshold: 35}}
""")


def _half(key: str, columns: range) -> str:
    leaves = "\n".join(f"        - {{key: c{i}, name: 条目{i}, mark: {{max: {MOST}, step: {STEP}}}}}" for i in columns)
    return f"    - key: {key}\n      name: {key}\n      weight: 50%\n      children:\n{leaves}"


def bare_numpy(marks: Any, group: int) -> tuple[Any, Any]:
    """Scores in hundredths, and the star of every entry (0 the highest, 3 none)."""
    halves = 0
    for columns in (slice(0, 10), slice(10, 20)):
        totals = marks[:, :, columns].astype(np.int32).sum(axis=2)
        halves = halves + totals.sum(axis=1) - totals.max(axis=1) - totals.min(axis=1)
    score = (2 * halves.astype(np.int64) * 100 + 12) // 24
    of_group = np.arange(len(marks)) // group
    order = np.lexsort((-score, of_group))
    place = _places(score[order], of_group[order], group)
    limits = np.bincount(of_group)[of_group]
    star, open_ = np.full(len(marks), 3), np.ones(len(marks), dtype=bool)
    at = np.empty(len(marks), dtype=np.int64)
    at[order] = place
    for index, (threshold, share) in enumerate(((4300, 1), (4000, 3), (3500, 10))):
        candidates = open_ & (score >= threshold)
        taken = candidates if share == 10 else _first(candidates, at, of_group, limits * share // 10)
        star[taken], open_ = index, open_ & ~taken
    return score, star


def _places(score: Any, of_group: Any, group: int) -> Any:
    new = np.concatenate(([True], (score[1:] != score[:-1]) | (of_group[1:] != of_group[:-1])))
    at = np.arange(len(score))
    return np.maximum.accumulate(np.where(new, at, 0)) - of_group * group + 1


def _first(candidates: Any, place: Any, of_group: Any, limit: Any) -> Any:
    """Candidates within the limit of their group, whole ties only."""
    chosen = np.flatnonzero(candidates)
    order = chosen[np.lexsort((place[chosen], of_group[chosen]))]
    groups, places = of_group[order], place[order]
    at = np.arange(len(order))
    new_group = np.concatenate(([True], groups[1:] != groups[:-1]))
    new = new_group | np.concatenate(([True], places[1:] != places[:-1]))
    start = np.maximum.accumulate(np.where(new, at, 0)) - np.maximum.accumulate(np.where(new_group, at, 0))
    run = np.cumsum(new) - 1
    taken = np.zeros(len(candidates), dtype=bool)
    taken[order] = start + np.bincount(run)[run] <= limit[order]
    return taken


def stars_ratio(entries: int, group: int = 1500, rounds: int = 5) -> Ratio:
    """Time both on the same marks, after checking that they say the same of every entry."""
    scheme = stars()
    marks = random_marks(scheme, entries)
    inputs = inputs_of(scheme, marks, group)
    outcome, (score, star) = compute(scheme, inputs), bare_numpy(marks, group)
    assert outcome.ratings is not None
    assert (outcome.score.numerators == score).all()
    assert (np.where(outcome.ratings.grade < 0, 3, outcome.ratings.grade) == star).all()
    ours, theirs = paired(lambda: compute(scheme, inputs), lambda: bare_numpy(marks, group), rounds=rounds)
    return Ratio(f"star rating, {entries} entries x {SHEETS} x {CRITERIA}, against bare numpy", ours, theirs, 3)
