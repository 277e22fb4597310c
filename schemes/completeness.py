"""Nothing that counts may be missing: every gap in sheets and facts at once, each with its remedy."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

import numpy as np

from .document import implied_facts
from .evaluation import Evaluation, Mask
from .inputs import MarkCodec
from .problems import Problem, ProblemsFound

#: A file with more gaps than this needs no longer list.
MOST_GAPS = 200


def require_complete(evaluation: Evaluation) -> None:
    """Raise ProblemsFound naming every criterion that a sheet leaves out and every fact that an entry lacks."""
    problems = [*_missing_marks(evaluation), *_missing_facts(evaluation)]
    if problems:
        raise ProblemsFound(problems)


def _missing_marks(evaluation: Evaluation) -> Iterator[Problem]:
    scheme, inputs = evaluation.scheme, evaluation.counted
    missing = MarkCodec(scheme).missing
    if not inputs.marks.size or inputs.marks.max() != missing:
        return
    for sheet, column in np.argwhere(inputs.marks == missing)[:MOST_GAPS]:
        label = f"{_entry_name(evaluation, int(inputs.sheet_entry[sheet]))} {inputs.sheet_inspector[sheet]}"
        reason = f"{label}：“{scheme.leaves[column].name}”没有打分"
        yield Problem(reason=reason, remedy="请补齐，没有打分不等于零分。")


def _missing_facts(evaluation: Evaluation) -> Iterator[Problem]:
    count, concerned, barred = 0, _concerned(evaluation), _barred(evaluation)
    asked = set(chain.from_iterable(each.keys() for each in evaluation.scheme.eligibility.conditions))
    for key, period in _wanted(evaluation):
        for entry in range(evaluation.count):
            if evaluation.raw(key, entry, period) is not None or evaluation.inputs.entry_vetoed[entry]:
                continue
            if (key in concerned and not concerned[key][entry]) or (barred[entry] and key not in asked):
                continue
            when = f"（{period}）" if period else ""
            reason = f"{_entry_name(evaluation, entry)}：“{evaluation.scheme.name_of(key)}”{when}没有填写"
            yield Problem(reason=reason, remedy="请补上；没有填写不等于零。")
            count += 1
            if count >= MOST_GAPS:
                return


def _barred(evaluation: Evaluation) -> Mask:
    """Who may not enter: beyond what that was decided by, nothing more need be known of them."""
    barred = np.zeros(evaluation.count, dtype=bool)
    for condition in evaluation.scheme.eligibility.conditions:
        barred |= ~evaluation.holds(condition)
    return barred


def _concerned(evaluation: Evaluation) -> dict[str, Mask]:
    """Whom each recorded criterion concerns; nobody else has to have what it reads under its own key."""
    found: dict[str, Mask] = {}
    for node in evaluation.scheme.recorded_leaves:
        mask = np.ones(evaluation.count, dtype=bool)
        for rule in evaluation.scheme.whom[node.key]:
            mask &= evaluation.holds(rule.when) if rule.when else mask
        found |= dict.fromkeys((fact.key for fact in implied_facts(node)), mask)
    return found


def _wanted(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """Facts that must be there, with each period they are recorded for."""
    scheme = evaluation.scheme
    times = {fact.key: scheme.times[node.key] for node in scheme.recorded_leaves if node.key in scheme.times
             for fact in implied_facts(node)}  # fmt: skip
    every = tuple(dict.fromkeys(period for time in scheme.times.values() for period in time.periods))
    strict = all(time.missing == "refuse" for time in scheme.times.values())
    for key, fact in scheme.recorded.items():
        if fact.missing != "refuse" or isinstance(fact.missing, Fraction):
            continue
        if not fact.per_period:
            yield key, ""
        elif key in times:
            yield from ((key, period) for period in times[key].periods if times[key].missing == "refuse")
        elif strict:
            yield from ((key, period) for period in every)


def _entry_name(evaluation: Evaluation, entry: int) -> str:
    inputs = evaluation.inputs
    return f"第 {inputs.rounds[inputs.entry_round[entry]]} 轮 {inputs.entry_org[entry]}"
