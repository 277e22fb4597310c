"""Places by township: at most so many of each, and the best of each first (每乡镇至多、至少)."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .evaluation import Evaluation
from .exact import Integers

Mask = NDArray[np.bool_]


def select_per_parent(
    evaluation: Evaluation, limit: Integers, group: Integers, open_: Mask, place: Integers
) -> tuple[Mask, Mask]:
    """Who gets a place in each group, and who stands in a tie that the places could not be given to as a whole.

    First the guaranteed of each parent, then down the ranking while parent and group have places. A tie that does not
    fit as a whole gets nothing (or, with ``admit_all``, all of it), whatever made it not fit.
    """
    rule = evaluation.scheme.selection.per_parent
    assert rule is not None
    admits = evaluation.scheme.selection.tie_at_cut == "admit_all"
    parents = [str(evaluation.cell(rule.by, entry) or "") for entry in range(len(group))]
    taken, tied = np.zeros(len(group), dtype=bool), np.zeros(len(group), dtype=bool)
    for each in np.unique(group):
        members = np.flatnonzero((group == each) & open_)
        runs = _runs(members, place)
        most = int(limit[members[0]]) if len(members) else 0
        for guarantee in (rule.at_least or 0, None):
            _give(runs, parents, taken, tied, most, rule.at_most if guarantee is None else guarantee, admits)
    return taken, tied & ~taken


def _runs(members: NDArray[np.int64], place: Integers) -> list[list[int]]:
    """Entries of one group in order of place, those of one place together."""
    runs: dict[int, list[int]] = defaultdict(list)
    for entry in members.tolist():
        runs[int(place[entry])].append(entry)
    return [runs[at] for at in sorted(runs)]


def take_by_parent(
    parents: list[str], cap: int, before: dict[str, int], members: NDArray[np.int64], place: Integers, most: int,
    *, admits: bool,
) -> tuple[list[int], list[int]]:  # fmt: skip
    """Of one group's candidates who gets a place, down the ranking, and who was tied; ``before`` counts earlier places.

    The counts in ``before`` grow by the places given.
    """
    taken, tied = np.zeros(len(place), dtype=bool), np.zeros(len(place), dtype=bool)
    _give(_runs(members, place), parents, taken, tied, most, cap, admits, before)
    given = [entry for entry in members.tolist() if taken[entry]]
    for entry in given:
        before[parents[entry]] = before.get(parents[entry], 0) + 1
    return given, [entry for entry in members.tolist() if tied[entry] and not taken[entry]]


def _give(
    runs: list[list[int]], parents: list[str], taken: Mask, tied: Mask, most: int, cap: int | None, admits: bool,
    before: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Go down the ranking once, giving places until the group's or the parents' are used up."""
    everyone = [entry for run in runs for entry in run]
    used = sum(bool(taken[entry]) for entry in everyone)
    of_parent: dict[str, int] = defaultdict(int, before or {})
    for entry in everyone:
        of_parent[parents[entry]] += bool(taken[entry])
    for run in runs:
        waiting = [entry for entry in run if not taken[entry]]
        for parent in dict.fromkeys(parents[entry] for entry in waiting):
            mine = [entry for entry in waiting if parents[entry] == parent]
            room = len(mine) if cap is None else max(cap - of_parent[parent], 0)
            if room == 0:
                continue
            if len(mine) > room and not admits:
                tied[mine] = True
                waiting = [entry for entry in waiting if parents[entry] != parent]
        chosen = [entry for entry in waiting if cap is None or of_parent[parents[entry]] < cap]
        if not chosen or used >= most:
            continue
        if used + len(chosen) > most and not admits:
            tied[chosen] = True
            used = most
            continue
        for entry in chosen:
            taken[entry] = True
            of_parent[parents[entry]] += 1
        used += len(chosen)
