"""The criteria tree of an unfinished scheme as rows of a table: what each is called, worth, and how it adds up.

Full marks are the engine's own wherever a part of the tree can be read; what cannot be read yet has none.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from pydantic import ValidationError

from .document import Node
from .editing import Tree, node_steps, place_of, value_at, walk_tree
from .exact import decimal_text, parse_number
from .labels import KIND_NAMES, choice_of
from .shapes import Kinds, shape_of


@dataclass(frozen=True)
class Row:
    """``points``: what is typed as full marks, None where the marking method has no such field. ``full``: what the row
    is worth in its parent, None where nobody can say. ``adds``: whether its worth is the plain sum of its children."""

    indexes: tuple[int, ...]
    place: str
    name: str
    kind: str
    points: str | None
    step: str | None
    full: Fraction | None
    children: int
    adds: bool
    role: str

    @property
    def depth(self) -> int:
        return len(self.indexes) - 1

    @property
    def id(self) -> str:
        """``0-2``: as it stands in names and addresses."""
        return "-".join(map(str, self.indexes))

    @property
    def above(self) -> str:
        return "-".join(map(str, self.indexes[:-1]))

    @property
    def role_name(self) -> str:
        return choice_of("role", self.role)

    @property
    def full_text(self) -> str:
        return "" if self.full is None else decimal_text(self.full)


def criteria_rows(tree: Tree) -> list[Row]:
    """Every item and criterion, depth first."""
    return [_row(indexes, node) for indexes, node in walk_tree(tree)]


def _row(indexes: tuple[int, ...], node: Tree) -> Row:
    mark, children = node.get("mark"), node.get("children")
    kind = str(mark.get("kind", "points")) if isinstance(mark, dict) else ""
    direct = isinstance(mark, dict) and _asks_full_marks(kind)
    return Row(
        indexes=indexes,
        place=place_of(node_steps(indexes)),
        name=_text(node.get("name")),
        kind="" if children else KIND_NAMES.get(kind, kind),
        points=_text(value_at(mark, ("max",))) if direct else None,
        step=_text(value_at(mark, ("step",))) if direct and kind == "points" else None,
        full=_full(node),
        children=len(children) if isinstance(children, list) else 0,
        adds=not any(name in node for name in ("weight", "cap", "over_time")) and node.get("combine", "sum") == "sum",
        role=_text(node.get("role")) or "base",
    )


@cache
def _asks_full_marks(kind: str) -> bool:
    """Whether full marks are one figure that must be typed, as in most marking methods."""
    marks = shape_of(Node).field("mark")
    group = marks.shape.group(kind) if marks is not None and isinstance(marks.shape, Kinds) else None
    full = group.field("max") if group is not None else None
    return full is not None and full.required


def _full(node: Tree) -> Fraction | None:
    """The engine's word for a node that can be read; else the sum of what can be, or the full marks typed."""
    try:
        return Node.model_validate(_named(node)).full
    except ValidationError:
        children = node.get("children")
        if isinstance(children, list):
            fulls = [
                _full(child) for child in children if isinstance(child, dict) and child.get("role") in (None, "base")
            ]
            return sum((full for full in fulls if full is not None), Fraction(0))
        return _number(value_at(node, ("mark", "max")))


def _named(node: Any) -> Any:
    """The same node with a name, so that full marks are known while names are still missing."""
    if not isinstance(node, dict):
        return node
    children = node.get("children")
    named = {**node, "key": node.get("key") or "-", "name": node.get("name") or "-"}
    return {**named, "children": [_named(child) for child in children]} if isinstance(children, list) else named


def total_of(rows: Sequence[Row]) -> Fraction:
    """What the whole table adds up to, bonuses and deductions aside."""
    return sum((row.full for row in rows if not row.depth and row.role == "base" and row.full is not None), Fraction(0))


def stated_total(tree: Tree) -> Fraction | None:
    """The full marks that the table is said to have."""
    return _number(value_at(tree, ("criteria", "full_marks")))


def with_rows(tree: Tree, typed: Iterable[tuple[tuple[int, ...], str, str]]) -> Tree:
    """The tree with names, full marks and steps as typed in the table: (indexes, ``name``/``max``/``step``, text)."""
    changed = deepcopy(tree)
    for indexes, column, text in typed:
        node = value_at(changed, node_steps(indexes))
        if not isinstance(node, dict):
            continue
        if column == "name":
            node["name"] = text
        elif isinstance(node.get("mark"), dict):
            if text:
                node["mark"][column] = text
            else:
                node["mark"].pop(column, None)
    return changed


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> Fraction | None:
    try:
        return parse_number(value) if value else None
    except ValueError:
        return None
