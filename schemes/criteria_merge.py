"""Criteria that were handed in take the place of a draft's; what has the same name keeps its key and its rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .criteria_table import CriteriaTable, Criterion, Item
from .editing import Tree, value_at, walk_tree
from .exact import decimal_text


@dataclass(frozen=True)
class Merged:
    """The new items as a tree, and what changes: names of criteria."""

    tree: list[Tree]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int


def merge_criteria(tree: Tree, table: CriteriaTable) -> Merged:
    """Everything of the table; keys, rules and remarks of the draft where an item or criterion has the same name."""
    work = _Merge(tree)
    items = [node for item in table.items for node in work.item(item)]
    names = tuple(name for name in work.before if name not in work.seen)
    return Merged(items, tuple(work.added), tuple(work.changed), names, work.kept)


class _Merge:
    def __init__(self, tree: Tree) -> None:
        nodes = [node for _, node in walk_tree(tree)]
        self.items = {_name(node): node for node in nodes if node.get("children")}
        self.before = {_name(node): node for node in nodes if not node.get("children")}
        self.keys = _free_keys({str(node.get("key")) for node in nodes})
        self.used: set[str] = set()
        self.seen: set[str] = set()
        self.added: list[str] = []
        self.changed: list[str] = []
        self.kept = 0

    def item(self, item: Item) -> Iterator[Tree]:
        """The item with its criteria; one that is a criterion itself, and criteria of no item, stand at the top."""
        nodes = [self.criterion(each) for each in item.criteria]
        if not item.name or (len(nodes) == 1 and item.criteria[0].name == item.name):
            yield from nodes
            return
        old = self.items.get(item.name, {})
        other = {name: value for name, value in old.items() if name not in ("key", "name", "children", "mark")}
        yield {"key": self._key(old, "item"), "name": item.name, **other, "children": nodes}

    def criterion(self, criterion: Criterion) -> Tree:
        old = self.before.get(criterion.name, {}) if criterion.name not in self.seen else {}
        self.seen.add(criterion.name)
        new = {
            **{name: value for name, value in old.items() if name != "key"},
            "name": criterion.name,
            **({"guidance": criterion.guidance} if criterion.guidance else {}),
            **({"evidence": list(criterion.evidence)} if criterion.evidence else {}),
            "mark": _mark(old.get("mark"), criterion),
        }
        self._count(old, new, criterion.name)
        return {"key": self._key(old, "c"), **new}

    def _count(self, old: Tree, new: Tree, name: str) -> None:
        if not old:
            self.added.append(name)
        elif {**old, "key": None} != {**new, "key": None}:
            self.changed.append(name)
        else:
            self.kept += 1

    def _key(self, old: Tree, prefix: str) -> str:
        key = old.get("key")
        if not isinstance(key, str) or not key or key in self.used:
            key = next(free for free in self.keys[prefix] if free not in self.used)
        self.used.add(key)
        return key


def _mark(old: Any, criterion: Criterion) -> Tree:
    """Full marks and step of the sheet; a method other than points stays as the draft has it."""
    if isinstance(old, dict) and old.get("kind", "points") != "points":
        return old
    mark = old if isinstance(old, dict) else {}
    return {**mark, "max": decimal_text(criterion.points), "step": decimal_text(criterion.step)}


def _free_keys(taken: set[str]) -> dict[str, list[str]]:
    """Keys that nobody has, more than a table may have rows."""
    return {
        prefix: [key for n in range(1, len(taken) + 2_002) if (key := f"{prefix}{n:02d}") not in taken]
        for prefix in ("c", "item")
    }


def _name(node: Tree) -> str:
    name = value_at(node, ("name",))
    return name if isinstance(name, str) else ""
