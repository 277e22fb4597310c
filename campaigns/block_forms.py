"""Forms of one block of a scheme, made from its shape: shown, read back into the plain tree, and their buttons.

Leaves alone whether what was typed is right (the engine says so) and keeping it (``services.drafts``). An input is
named after its place, with numbers for lines: ``b.bands.0.from_sheets``; ``b.bands~n`` counts the lines,
``b.round~on`` says that a group is there which may be missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemes import Problem
from schemes.editing import Steps, Tree, append_at, move_at, remove_at, set_at, value_at
from schemes.references import ENTRY_NAMES, options
from schemes.shapes import Entries, Field, Group, Kinds, Leaf, Lines, Shape

from .block_controls import Builder, Control, inner_field, pairs_of, place_problems
from .block_reading import NOTHING, UNNAMED, Data, read

ROOT = "b"


@dataclass(frozen=True)
class BlockForm:
    """The form of what stands at ``steps``; fields in ``without`` have pages of their own and stay as they are."""

    tree: Tree
    steps: Steps
    about: Field
    without: frozenset[str] = frozenset()

    def control(self, problems: Iterable[Problem] = ()) -> Control:
        """Everything of the block, each problem beside the nearest field that is shown."""
        value = value_at(self.tree, self.steps)
        root = Builder(self.tree, self.without).control(self.about, value, ROOT, self.steps, outermost=True)
        place_problems(root, problems)
        return root

    def read(self, data: Data) -> Tree:
        """The tree with what was typed."""
        value = read(self.about, data, ROOT, value_at(self.tree, self.steps), self.without)
        return remove_at(self.tree, self.steps) if value is NOTHING else set_at(self.tree, self.steps, value)

    def act(self, tree: Tree, do: str) -> tuple[Tree, str]:
        """What a button within the form (``add:b.bands``, ``up:b.bands.1``…) does to ``tree``, and where to look."""
        verb, _, name = do.partition(":")
        found = _find(self.about, value_at(tree, self.steps), name.split(".")[1:])
        if found is None or name.split(".")[0] != ROOT:
            return tree, ""
        inner, about = found
        steps, above = (*self.steps, *inner), name.rpartition(".")[0]
        if verb == "add":
            return self._add(tree, steps, about, name)
        if verb in ("up", "down"):
            return move_at(tree, steps, -1 if verb == "up" else 1), above
        return (remove_at(tree, steps), above) if verb == "remove" else (tree, "")

    def _add(self, tree: Tree, steps: Steps, about: Field, name: str) -> tuple[Tree, str]:
        shape, value = about.shape, value_at(tree, steps)
        if isinstance(shape, Lines):
            count = len(value) if isinstance(value, list) else 0
            return append_at(tree, steps, _new_line(about, shape.item, value)), f"{name}.{count}"
        if isinstance(shape, Entries):
            taken = value if isinstance(value, dict) else {}
            named = ENTRY_NAMES.get((about.model, about.name), "")
            known = [key for key, _ in options(tree, named)] if named else []
            key = _next_clause(taken) if about.name == "clauses" else _free_name(taken, known)
            return set_at(tree, (*steps, key), _empty(shape.value)), f"{name}.{len(taken)}"
        return set_at(tree, steps, _empty(shape)), name


def _empty(shape: Shape) -> Any:
    """A new thing of a shape, to be filled in."""
    if isinstance(shape, Kinds):
        return {"kind": shape.groups[0][0]}
    if isinstance(shape, Lines):
        return []
    return "" if isinstance(shape, Leaf) else {}


def _new_line(about: Field, shape: Shape, lines: Any) -> Any:
    """A new line; one that has a key gets one that stands until it has a name."""
    if not isinstance(shape, Group) or not (shape.field("key") and shape.field("name")):
        return _empty(shape)
    taken = {str(value_at(line, ("key",))): None for line in lines or () if isinstance(line, dict)}
    return {"key": _free_name(taken, [], f"{UNNAMED}{about.label}")}


def _free_name(taken: Mapping[str, Any], known: list[str], stem: str = UNNAMED) -> str:
    free = [name for name in known if name not in taken]
    return free[0] if free else next(name for n in range(len(taken) + 1) if (name := f"{stem}{n + 1}") not in taken)


def _next_clause(taken: Mapping[str, Any]) -> str:
    """After 第九条 comes 第十条."""
    return next(name for n in range(len(taken) + 1, 2 * len(taken) + 2) if (name := f"第{_numeral(n)}条") not in taken)


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number >= 100:
        return "".join(digits[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    return f"{(digits[tens] if tens > 1 else '') + '十' if tens else ''}{digits[ones] if ones or not tens else ''}"


def _find(about: Field, value: Any, names: list[str]) -> tuple[Steps, Field] | None:
    """The steps from a value to what an input's name says, and what stands there."""
    if not names:
        return (), about
    shape, first, rest = about.shape, names[0], names[1:]
    if isinstance(shape, Kinds):
        shape = shape.group(shape.kind_of(value) or about.default) or shape
    if isinstance(shape, Group):
        below = shape.field(first)
        return _lead(first, _find(below, value_at(value, (first,)), rest)) if below else _unknown(value, names)
    pairs = pairs_of(value)
    if isinstance(shape, Lines | Entries) and first.isdecimal() and int(first) < len(pairs):
        step, inner = pairs[int(first)]
        if isinstance(shape, Lines):
            return _lead(step, _find(inner_field(about, shape.item, ""), inner, rest))
        return _lead(step, _find(inner_field(about, shape.value, ""), inner, rest[1:]))
    return None


def _lead(step: str | int, found: tuple[Steps, Field] | None) -> tuple[Steps, Field] | None:
    return ((step, *found[0]), found[1]) if found else None


def _unknown(value: Any, names: list[str]) -> tuple[Steps, Field] | None:
    """Something the language does not know: it can only be removed."""
    known = isinstance(value, dict) and len(names) == 1 and names[0] in value
    return ((names[0],), Field("", names[0], names[0], "", Leaf("text"), False, False, "")) if known else None
