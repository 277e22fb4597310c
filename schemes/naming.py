"""What a scheme names: every part of it with its place, its rules, the clauses and the figures they name."""

from collections.abc import Iterator
from typing import Any

from .blocks.conditions import Condition
from .blocks.criteria import walk_nodes
from .document import Scheme
from .formula import parse_formula
from .rules.base import Part, Rule
from .rules.marking import Measure


def parts_of(part: Any, place: str = "") -> Iterator[tuple[Part, str]]:
    """Every part of a document with its place, depth first."""
    if isinstance(part, Part):
        yield part, place
        for name in type(part).model_fields:
            yield from parts_of(getattr(part, name), f"{place}.{name}" if place else name)
    elif isinstance(part, tuple):
        for i, each in enumerate(part):
            yield from parts_of(each, f"{place}[{i}]")
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from parts_of(each, f"{place}.{key}")


def rules_of(scheme: Scheme) -> Iterator[tuple[Rule, str]]:
    """Every rule with its place."""
    yield from ((part, place) for part, place in parts_of(scheme) if isinstance(part, Rule))


def clauses_named(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Every place that names a clause, with the clause it names."""
    for part, place in parts_of(scheme):
        if clause := getattr(part, "clause", ""):
            yield f"{place}.clause", clause


def named_figures(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Every place that names a figure, with its key."""
    for part, place in parts_of(scheme):
        if isinstance(part, Condition) and part.of is not None:
            yield f"{place}.of", part.of
    for node, place in walk_nodes(scheme.criteria.tree):
        if isinstance(node.mark, Measure) and not node.on_sheets:
            yield from ((f"{place}.mark", key) for key in node.mark.keys(node.key))
            yield from ((f"{place}.mark.group_by", key) for key in node.mark.group_by)
        if node.correction:
            yield f"{place}.correction.panel", node.correction.panel
    for i, fact in enumerate(scheme.facts):
        yield from ((f"facts[{i}].formula", name) for name in formula_names(fact.formula))
    yield from (("ranking.group_by", key) for key in scheme.ranking.group_by)
    for i, tie in enumerate(scheme.ranking.tie_breaks):
        yield from ((f"ranking.tie_breaks[{i}].of", key) for key in tie.figures())
    if scheme.selection.per_parent:
        yield "selection.per_parent.by", scheme.selection.per_parent.by
    if scheme.rating:
        yield "rating.by", scheme.rating.by
        if scheme.rating.steps:
            yield "rating.steps.previous", scheme.rating.steps.previous
    for i, consequence in enumerate(scheme.consequences):
        if consequence.amount and consequence.amount.of:
            yield f"consequences[{i}].amount.of", consequence.amount.of
    yield from ((f"propagation[{i}].to", each.to) for i, each in enumerate(scheme.propagation))


def formula_names(text: str) -> tuple[str, ...]:
    """The figures that a formula reads; none where it cannot be read (that is another problem)."""
    try:
        return tuple(parse_formula(text).names) if text else ()
    except ValueError:
        return ()
