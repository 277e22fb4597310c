"""What one part of a scheme may name of another: clauses, tiers, grades, figures. Read from an unfinished tree too."""

from collections.abc import Callable, Iterator
from typing import Any

from .document import RESERVED
from .editing import Tree, value_at, walk_tree

#: (model, field): what the field names. A field called ``clause`` names a clause wherever it stands.
REFERENCES: dict[tuple[str, str], str] = {
    ("Promotion", "from_tier"): "tier",
    ("Promotion", "to_tier"): "tier",
    ("NodeMean", "node"): "node",
    ("ZeroItem", "item"): "node",
    ("EventItem", "event"): "event",
    ("FixedGrade", "grade"): "grade",
    ("GradeAtMost", "grade"): "grade",
    ("Bottom", "grade"): "grade",
    ("Ceiling", "at_most"): "grade",
    ("Condition", "of"): "figure",
    ("Measure", "of"): "figure",
    ("PerUnit", "base_of"): "figure",
    ("Linear", "target_of"): "figure",
    ("FigureTie", "of"): "figure",
    ("Badge", "of"): "node",
    ("Rating", "by"): "figure",
    ("Steps", "previous"): "figure",
    ("Correction", "panel"): "figure",
    ("PerParent", "by"): "figure",
    ("Propagation", "to"): "figure",
    ("Amount", "of"): "figure",
}
#: (model, field) of groups whose entries are named after something.
ENTRY_NAMES: dict[tuple[str, str], str] = {
    ("Bonus", "points"): "tier",
    ("Subsidy", "wan"): "tier",
    ("Quota", "places"): "tier",
    ("Propagation", "points"): "award",
}

Options = tuple[tuple[str, str], ...]


def referred(model: str, field: str) -> str:
    """What a field names; empty for a field that names nothing."""
    return "clause" if field == "clause" else REFERENCES.get((model, field), "")


def options(tree: Tree, what: str) -> Options:
    """What there is to name, as (value, words), in the order of the document; each value once."""
    return tuple(dict(_LISTS[what](tree)).items())


def _clauses(tree: Tree) -> Iterator[tuple[str, str]]:
    clauses = tree.get("clauses")
    for name, clause in clauses.items() if isinstance(clauses, dict) else ():
        title = _text(clause, "title")
        yield name, f"{name}　{title}" if title else name


def _tiers(tree: Tree) -> Iterator[tuple[str, str]]:
    yield from ((name, name) for name in _each(tree.get("tiers"), "name"))


def _grades(tree: Tree) -> Iterator[tuple[str, str]]:
    yield from ((name, name) for name in _each(value_at(tree, ("rating", "grades")), "name"))


def _nodes(tree: Tree) -> Iterator[tuple[str, str]]:
    """Items stand out, their criteria are set in."""
    for indexes, node in walk_tree(tree):
        if key := _text(node, "key"):
            yield key, f"{'　' * (len(indexes) - 1)}{_text(node, 'name') or key}"


def _keyed(block: str) -> Callable[[Tree], Iterator[tuple[str, str]]]:
    def listed(tree: Tree) -> Iterator[tuple[str, str]]:
        lines = tree.get(block)
        for line in lines if isinstance(lines, list) else ():
            if key := _text(line, "key"):
                yield key, _text(line, "name") or key

    return listed


def _figures(tree: Tree) -> Iterator[tuple[str, str]]:
    """Everything with a value: what the county records, what it marks, and what every scheme has."""
    for block in ("facts", "events"):
        yield from _keyed(block)(tree)
    yield from RESERVED.items()
    yield from _nodes(tree)
    yield from _keyed("badges")(tree)


def _awards(tree: Tree) -> Iterator[tuple[str, str]]:
    yield from _grades(tree)
    yield from _tiers(tree)
    yield from ((name, name) for name in _each(tree.get("badges"), "name"))


def _each(lines: Any, field: str) -> Iterator[str]:
    yield from (text for line in (lines if isinstance(lines, list) else ()) if (text := _text(line, field)))


def _text(group: Any, name: str) -> str:
    value = value_at(group, (name,))
    return value if isinstance(value, str) else ""


_LISTS: dict[str, Callable[[Tree], Iterator[tuple[str, str]]]] = {
    "clause": _clauses,
    "tier": _tiers,
    "grade": _grades,
    "node": _nodes,
    "event": _keyed("events"),
    "figure": _figures,
    "award": _awards,
}
