"""A scheme document as a plain tree that people change piece by piece: read a place, set, insert, move, remove, write.

Responsible for the tree (dict, list, text, yes/no, nothing) and for its text. Leaves alone what the values mean:
an unfinished document is a tree like any other. Every function answers a new tree and keeps the one it was given.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

import yaml

from .loading import MAX_DEPTH, load_document

Steps = tuple[str | int, ...]
Tree = dict[str, Any]

#: The items of the criteria tree.
ROOT: Steps = ("criteria", "tree")
_BARE = r"^(?:~|null|true|false|是|否|)$"


class _Writer(yaml.CSafeDumper):
    """Writes numbers and days as bare words, as people write them; only what the reader would not take for text is
    quoted."""

    yaml_implicit_resolvers: dict[Any, Any] = {}


def _add_bare_words() -> None:
    for tag, words in (("tag:yaml.org,2002:null", "~nN"), ("tag:yaml.org,2002:bool", "tTfF是否")):
        _Writer.add_implicit_resolver(tag, re.compile(_BARE, re.IGNORECASE), [*words, ""])


_add_bare_words()


def write_document(tree: Any) -> str:
    """The text of a tree; ``load_document`` reads the same tree from it."""
    return yaml.dump(tree, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=120)


def read_tree(text: str) -> Tree:
    """The tree of a document; an empty one for a text that holds no group. Raises ProblemsFound for no document."""
    tree = load_document(text).tree
    return tree if isinstance(tree, dict) else {}


# --- places ------------------------------------------------------------------------------------------


def place_of(steps: Sequence[str | int]) -> str:
    """A place as problems name it: ``criteria.tree[0].mark.step``."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text


def value_at(tree: Any, steps: Sequence[str | int]) -> Any:
    """What stands at a place; nothing when there is no such place."""
    for step in steps:
        if isinstance(tree, dict) and isinstance(step, str):
            tree = tree.get(step)
        elif isinstance(tree, list) and isinstance(step, int) and 0 <= step < len(tree):
            tree = tree[step]
        else:
            return None
    return tree


def set_at(tree: Tree, steps: Steps, value: Any) -> Tree:
    """The tree with ``value`` at a place; groups on the way are made. Raises LookupError for no such line."""
    if not steps:
        return value if isinstance(value, dict) else {}
    changed = deepcopy(tree)
    parent: Any = changed
    for here, after in pairwise(steps):
        if isinstance(parent, dict) and not isinstance(parent.get(here), dict | list):  # type: ignore[arg-type]
            parent[here] = [] if isinstance(after, int) else {}
        parent = parent[here]
    parent[steps[-1]] = value
    return changed


def remove_at(tree: Tree, steps: Steps) -> Tree:
    """The tree without what stands at a place; unchanged when there is nothing."""
    changed = deepcopy(tree)
    parent, last = value_at(changed, steps[:-1]), steps[-1]
    if isinstance(parent, dict):
        parent.pop(last, None)
    elif isinstance(parent, list) and isinstance(last, int) and 0 <= last < len(parent):
        del parent[last]
    return changed


def insert_at(tree: Tree, steps: Steps, value: Any) -> Tree:
    """A new line in a list before the line named, or at the end; the list is made when there is none."""
    items = value_at(tree, steps[:-1])
    lines = deepcopy(items) if isinstance(items, list) else []
    lines.insert(min(int(steps[-1]), len(lines)), value)
    return set_at(tree, steps[:-1], lines)


def append_at(tree: Tree, steps: Steps, value: Any) -> Tree:
    """A new last line of the list at a place."""
    items = value_at(tree, steps)
    return insert_at(tree, (*steps, len(items) if isinstance(items, list) else 0), value)


def move_at(tree: Tree, steps: Steps, by: int) -> Tree:
    """A line of a list, or an entry of a group, moved up (−1) or down (1) among its neighbours; ends stay ends."""
    changed = deepcopy(tree)
    parent, last = value_at(changed, steps[:-1]), steps[-1]
    if isinstance(parent, list) and isinstance(last, int):
        to = min(max(last + by, 0), len(parent) - 1)
        parent.insert(to, parent.pop(last))
    elif isinstance(parent, dict) and last in parent:
        names = list(parent)
        to = min(max(names.index(str(last)) + by, 0), len(names) - 1)
        names.insert(to, names.pop(names.index(str(last))))
        entries = dict(parent)
        parent.clear()
        parent.update((name, entries[name]) for name in names)
    return changed


# --- the criteria tree -------------------------------------------------------------------------------


def node_steps(indexes: Sequence[int]) -> Steps:
    """``(0, 2)`` is the third criterion of the first item."""
    steps: Steps = ROOT
    for level, index in enumerate(indexes):
        steps = (*steps, "children", index) if level else (*steps, index)
    return steps


def walk_tree(tree: Tree) -> Iterator[tuple[tuple[int, ...], Tree]]:
    """Every item and criterion with its indexes, depth first; what is no group of values is left out."""
    yield from _walk(value_at(tree, ROOT), ())


def _walk(nodes: Any, above: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Tree]]:
    for i, node in enumerate(nodes if isinstance(nodes, list) else ()):
        if isinstance(node, dict) and len(above) < MAX_DEPTH:
            yield (*above, i), node
            yield from _walk(node.get("children"), (*above, i))


def free_key(tree: Tree, prefix: str = "c") -> str:
    """The next key nobody has: after c01…c20 comes c21."""
    taken = {str(node.get("key", "")) for _, node in walk_tree(tree)}
    numbers = [int(key[len(prefix) :]) for key in taken if key.startswith(prefix) and key[len(prefix) :].isdecimal()]
    number = max(numbers, default=0) + 1
    return f"{prefix}{number:02d}"


def add_item(tree: Tree) -> Tree:
    """A new item at the end with one criterion in it, both without a name."""
    item = {"key": free_key(tree, "item"), "name": "", "children": [_criterion(free_key(tree))]}
    return append_at(tree, ROOT, item)


def add_criterion(tree: Tree, indexes: Sequence[int]) -> Tree:
    """A new criterion under a node, marked like the last of its neighbours; a marked node becomes an item of it."""
    steps = node_steps(indexes)
    neighbours = [node for place, node in walk_tree(tree) if place[:-1] == tuple(indexes) and "mark" in node]
    mark = deepcopy(neighbours[-1]["mark"]) if neighbours else deepcopy(value_at(tree, (*steps, "mark")))
    changed = remove_at(tree, (*steps, "mark"))
    return append_at(changed, (*steps, "children"), _criterion(free_key(tree), mark))


def add_beside(tree: Tree, indexes: Sequence[int]) -> Tree:
    """A new criterion after another, marked like it."""
    mark = deepcopy(value_at(tree, (*node_steps(indexes), "mark")))
    return insert_at(tree, node_steps((*indexes[:-1], indexes[-1] + 1)), _criterion(free_key(tree), mark))


def _criterion(key: str, mark: Any = None) -> Tree:
    return {
        "key": key,
        "name": "",
        "mark": mark if isinstance(mark, dict) else {"kind": "points", "max": "5", "step": "0.5"},
    }


def remove_node(tree: Tree, indexes: Sequence[int]) -> Tree:
    """The tree without a node and all below it; an item that loses its last criterion is marked itself again."""
    mark = value_at(tree, (*node_steps(indexes), "mark"))
    changed = remove_at(tree, node_steps(indexes))
    above = node_steps(indexes[:-1])
    if len(indexes) > 1 and value_at(changed, (*above, "children")) == []:
        changed = remove_at(changed, (*above, "children"))
        changed = set_at(changed, (*above, "mark"), mark if isinstance(mark, dict) else _criterion("")["mark"])
    return changed


def move_node(tree: Tree, indexes: Sequence[int], by: int) -> Tree:
    """A node up or down: past its neighbour, and at the end of its item into the item before or after."""
    *above, last = indexes
    there = value_at(tree, node_steps(indexes)[:-1])
    if not isinstance(there, list) or 0 <= last + by < len(there):
        return move_at(tree, node_steps(indexes), by)
    beside = (*above[:-1], above[-1] + by) if above else ()
    item = value_at(tree, node_steps(beside)) if beside and beside[-1] >= 0 else None
    if not isinstance(item, dict) or not isinstance(item.get("children"), list):
        return tree
    node = value_at(tree, node_steps(indexes))
    end = 0 if by > 0 else len(item["children"])
    changed = insert_at(tree, (*node_steps(beside), "children", end), node)
    return remove_node(changed, indexes)


# --- beginnings --------------------------------------------------------------------------------------


def blank_scheme(*, key: str, name: str, county: tuple[str, str], issuer: str, version: str) -> Tree:
    """The least a scheme needs, to be filled in: one item, one tier, plain means. ``county`` is (code, name)."""
    identity = {"key": key, "name": name, "county": _county(county), "issuer": issuer, "version": version}
    tree: Tree = {
        "language": "biaogan-scheme/1",
        "identity": identity,
        "clauses": {},
        "criteria": {"full_marks": "100", "tree": []},
        "tiers": [{"name": "标杆"}],
        "score": {"kind": "mean", "round": {"places": "2"}},
    }
    return add_item(tree)


def adopt_scheme(tree: Tree, *, key: str, county: tuple[str, str], issuer: str, version: str) -> Tree:
    """Another county's document as the beginning of one's own: all rules, but one's own county, issuer and version."""
    identity = value_at(tree, ("identity",))
    kept = {name: identity[name] for name in ("name",) if name in identity} if isinstance(identity, dict) else {}
    own = {"key": key, **kept, "county": _county(county), "issuer": issuer, "version": version}
    return set_at(tree, ("identity",), own)


def _county(county: tuple[str, str]) -> Tree:
    return {"code": county[0], "name": county[1]}
