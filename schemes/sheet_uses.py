"""Which of an entry's sheets counted and which were dropped, as their rule took them: alone or within their group."""

from typing import Any

import numpy as np

from .document import Scheme
from .explanation import Use
from .inputs import Inputs
from .rules.aggregation import Aggregation, AnyAggregation, WeightedGroups
from .sheets import scaled_totals


def uses_of(scheme: Scheme, inputs: Inputs, sheets: Any) -> tuple[Use, ...]:
    """One answer per sheet of one entry.

    Where criteria are taken one by one, or sheets become several figures, no sheet is dropped as a whole.
    """
    found: list[Use] = ["kept"] * len(sheets)
    rule = _only_rule(scheme)
    if rule is None or rule.per != "sheet":
        return tuple(found)
    totals = scaled_totals(scheme, inputs.marks[sheets])
    for places in _together(rule, inputs, sheets):
        ordered = sorted(places, key=lambda place: int(totals[place]))
        within = rule.within if isinstance(rule, WeightedGroups) else rule
        for place, use in zip(ordered, kept_or_dropped(within, len(ordered)), strict=True):
            found[place] = use
    return tuple(found)


def kept_or_dropped(rule: Aggregation, count: int) -> tuple[Use, ...]:
    """What a rule does with each of ``count`` values, lowest first."""
    kept = rule.kept(np.arange(count), np.full(count, count))
    first = int(np.argmax(kept)) if count else 0
    dropped: tuple[Use, Use] = ("highest", "lowest")
    return tuple("kept" if keep else dropped[i < first] for i, keep in enumerate(kept))


def _only_rule(scheme: Scheme) -> AnyAggregation | None:
    if scheme.one_sheet:
        return scheme.score
    rules = list(scheme.sheet_nodes.values())
    return rules[0] if len(rules) == 1 else None


def _together(rule: AnyAggregation, inputs: Inputs, sheets: Any) -> list[list[int]]:
    """Places of the sheets that are compared with each other."""
    if not isinstance(rule, WeightedGroups) or not inputs.sheet_group:
        return [list(range(len(sheets)))]
    groups = [inputs.sheet_group[int(sheet)] for sheet in sheets]
    return [[place for place, name in enumerate(groups) if name == wanted] for wanted in rule.groups]
