"""Nothing that counts may be missing: every gap in sheets and facts at once, each with its remedy."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from .evaluation import Evaluation
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
    count = 0
    for key, period in _wanted(evaluation):
        for entry in range(evaluation.count):
            if evaluation.raw(key, entry, period) is not None or evaluation.inputs.entry_vetoed[entry]:
                continue
            when = f"（{period}）" if period else ""
            reason = f"{_entry_name(evaluation, entry)}：“{evaluation.scheme.name_of(key)}”{when}没有填写"
            yield Problem(reason=reason, remedy="请补上；没有填写不等于零。")
            count += 1
            if count >= MOST_GAPS:
                return


def _wanted(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """Facts that must be there, with each period they are recorded for."""
    scheme = evaluation.scheme
    periods = {node.key: node.over_time.periods for node in scheme.nodes.values() if node.over_time}
    every = tuple(dict.fromkeys(period for each in periods.values() for period in each))
    skipping = any(node.over_time and node.over_time.missing != "refuse" for node in scheme.nodes.values())
    for key, fact in scheme.recorded.items():
        if fact.missing != "refuse" or isinstance(fact.missing, Fraction):
            continue
        if not fact.per_period:
            yield key, ""
        elif not skipping:
            yield from ((key, period) for period in periods.get(key, every))


def _entry_name(evaluation: Evaluation, entry: int) -> str:
    inputs = evaluation.inputs
    return f"第 {inputs.rounds[inputs.entry_round[entry]]} 轮 {inputs.entry_org[entry]}"
