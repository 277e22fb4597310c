"""What was typed into a form of a block, as a piece of the plain tree. What the form did not ask stays as it was."""

from collections.abc import Mapping
from typing import Any

from schemes.editing import Tree
from schemes.labels import SPOKEN
from schemes.shapes import Entries, Field, Group, Kinds, Leaf, Lines

from .block_controls import inner_field, pairs_of

MOST_LINES, MOST_CHARACTERS, LONGEST_KEY = 500, 20_000, 40
#: How keys and names of new things begin until people write theirs.
UNNAMED = "未命名"
#: Where nothing is written.
NOTHING: Any = object()

Data = Mapping[str, Any]


def read(about: Field, data: Data, name: str, old: Any, without: frozenset[str] = frozenset()) -> Any:
    """The value that stands in the form under ``name``; ``old`` is what stood in the tree. NOTHING for none."""
    shape = about.shape
    if isinstance(shape, Leaf):
        return _leaf(about, shape, data, name, old)
    if isinstance(shape, Lines):
        return _lines(about, shape, data, name, old)
    if isinstance(shape, Entries):
        return _entries(about, shape, data, name, old)
    if about.may_lack and f"{name}~on" not in data:
        return NOTHING
    value = (
        _kinds(about, shape, data, name, old) if isinstance(shape, Kinds) else _group(shape, data, name, old, without)
    )
    return value if value or about.required or about.may_lack else NOTHING


def _kinds(about: Field, shape: Kinds, data: Data, name: str, old: Any) -> Tree:
    kind = str(data.get(f"{name}.kind", shape.kind_of(old) or about.default))
    group = shape.group(kind)
    if group is None:
        return {**(old if isinstance(old, dict) else {}), **({"kind": kind} if kind else {})}
    if isinstance(old, dict) and kind != shape.kind_of(old):
        old = {key: each for key, each in old.items() if key in group.model.model_fields}
    value = _group(group, data, name, old, frozenset())
    given = isinstance(old, dict)
    if (given and "kind" not in old and kind == shape.unsaid) or (not given and not value and kind == about.default):
        return value
    return {"kind": kind, **value}


def _group(group: Group, data: Data, name: str, old: Any, without: frozenset[str]) -> Tree:
    given = old if isinstance(old, dict) else {}
    asked = {each.name: each for each in group.fields if each.name not in without}
    value: Tree = {}
    for field in group.model.model_fields:
        if field in asked:
            found = read(asked[field], data, f"{name}.{field}", given.get(field))
            if found is not NOTHING:
                value[field] = found
        elif field in given and field != "kind":
            value[field] = given[field]
    value |= {key: each for key, each in given.items() if key not in group.model.model_fields and key != "kind"}
    return _keyed(value) if {"key", "name"} <= asked.keys() else value


def _keyed(value: Tree) -> Tree:
    """Who writes a name need not think of a key."""
    name, key = str(value.get("name", "")).replace(" ", "")[:LONGEST_KEY], str(value.get("key", ""))
    return {**value, "key": name} if name and (not key or key.startswith(UNNAMED)) else value


def _leaf(about: Field, leaf: Leaf, data: Data, name: str, old: Any) -> Any:
    if name not in data:
        return NOTHING if old is None else old
    text = str(data[name]).replace("\r\n", "\n").replace("\r", "\n").strip()[:MOST_CHARACTERS]
    spoken = {words: value for value, words in SPOKEN.get((about.model, about.name), {}).items()}
    text = spoken.get(text, text)
    if not text or (text == about.default and old is None):
        return NOTHING
    if leaf.kind == "yes_no":
        return text == "yes"
    return [line.strip() for line in text.split("\n") if line.strip()] if leaf.kind == "words" else text


def _lines(about: Field, shape: Lines, data: Data, name: str, old: Any) -> Any:
    if f"{name}~n" not in data:
        return NOTHING if old is None else old
    below, before = inner_field(about, shape.item, ""), [each for _, each in pairs_of(old)]
    rows = [
        read(below, data, f"{name}.{i}", before[i] if i < len(before) else None)
        for i in range(_count(data[f"{name}~n"]))
    ]
    lines = [row for row in rows if row is not NOTHING]
    return lines if lines or about.required else NOTHING


def _entries(about: Field, shape: Entries, data: Data, name: str, old: Any) -> Any:
    if f"{name}~n" not in data:
        return NOTHING if old is None else old
    below, before = inner_field(about, shape.value, ""), [each for _, each in pairs_of(old)]
    entries: Tree = {}
    for i in range(_count(data[f"{name}~n"])):
        value = read(below, data, f"{name}.{i}.value", before[i] if i < len(before) else None)
        key = str(data.get(f"{name}.{i}.key", "")).strip()[:LONGEST_KEY]
        if key or value is not NOTHING:
            entries[_unlike(key or UNNAMED, entries)] = "" if value is NOTHING else value
    return entries if entries or about.required else NOTHING


def _count(text: Any) -> int:
    return min(int(text), MOST_LINES) if str(text).isdecimal() else 0


def _unlike(key: str, taken: Tree) -> str:
    """Two entries with one name would become one; the second keeps its content under another."""
    return key if key not in taken else _unlike(f"{key}（重名）", taken)
