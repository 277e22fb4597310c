"""What a form of a block shows: controls made from the shape of the document and what is written in it.

Responsible for values as people type them, choices, what is folded away, and problems beside their fields.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from schemes import Problem
from schemes.editing import Steps, Tree, place_of, value_at
from schemes.labels import EARLY, ENTRY_VALUES, INNER, KIND_NAMES, LONG_TEXTS, RARE, SPOKEN
from schemes.references import ENTRY_NAMES, options, referred
from schemes.shapes import Entries, Field, Group, Kinds, Leaf, Lines, Shape

YES_NO = (("yes", "是"), ("no", "否"))
Choices = tuple[tuple[str, str], ...]


@dataclass
class Control:
    """One thing on the page. ``kind``: a leaf's, or ``group``, ``kinds``, ``lines``, ``entries``; parts lie inside.

    ``word`` is the field in the document; ``key`` chooses the kind of a ``kinds``; ``entry`` is the name of an entry,
    beside its value. ``rare`` is folded away until something is written or wrong there, ``inner`` until it is wrong.
    """

    kind: str
    name: str
    place: str
    label: str
    word: str = ""
    hint: str = ""
    value: str = ""
    default: str = ""
    choices: Choices = ()
    required: bool = False
    long: bool = False
    rare: bool = False
    inner: bool = False
    may_lack: bool = False
    present: bool = True
    parts: list["Control"] = field(default_factory=list)
    key: "Control | None" = None
    entry: "Control | None" = None
    unknown: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def all(self) -> Iterator["Control"]:
        yield self
        for part in (self.key, self.entry, *self.parts):
            if part is not None:
                yield from part.all()

    @property
    def is_leaf(self) -> bool:
        return self.kind not in ("group", "kinds", "lines", "entries")

    @property
    def wrong(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def shown(self) -> str:
        """The value as a person reads it."""
        return dict(self.choices).get(self.value, self.value) or "（空）"

    @property
    def line_name(self) -> str:
        """The line that this is the content of, as its buttons name it."""
        return self.name.removesuffix(".value") if self.entry else self.name

    @property
    def said(self) -> bool:
        """Whether anything is written here or below."""
        if self.is_leaf:
            return self.value not in ("", self.default)
        return bool(self.unknown) or any(part.said for part in self.parts) or (self.may_lack and self.present)

    @property
    def folded(self) -> bool:
        hidden = self.inner or (self.rare and not self.said)
        return hidden and not any(each.problems for each in self.all())

    @property
    def front(self) -> list["Control"]:
        return [part for part in self.parts if not part.folded]

    @property
    def back(self) -> list["Control"]:
        return [part for part in self.parts if part.folded]


@dataclass(frozen=True)
class Builder:
    """Makes the controls of one tree; fields named in ``without`` are left out of the outermost group."""

    tree: Tree
    without: frozenset[str] = frozenset()

    def control(self, about: Field, value: Any, name: str, steps: Steps, *, outermost: bool = False) -> Control:
        shape, named = about.shape, (about.model, about.name)
        control = Control(kind_of(shape), name, place_of(steps), about.label, about.name, about.hint)
        control.required, control.rare, control.inner = about.required, named in RARE, about.name in INNER
        control.may_lack, control.present = about.may_lack, value is not None or not about.may_lack
        if isinstance(shape, Leaf):
            self._fill_leaf(control, about, shape, value)
        elif isinstance(shape, Lines | Entries):
            self._fill_many(control, about, value, name, steps)
        elif isinstance(shape, Kinds):
            self._fill_kinds(control, shape, value, about.default)
        if isinstance(shape, Group | Kinds) and control.present:
            self._fill_group(control, shape, value, steps, self.without if outermost else frozenset())
        return control

    def _fill_leaf(self, control: Control, about: Field, leaf: Leaf, value: Any) -> None:
        control.value = typed(leaf, value)
        control.default = about.default
        named = referred(about.model, about.name)
        control.long = (about.model, about.name) in LONG_TEXTS or leaf.kind == "words"
        if spoken := SPOKEN.get((about.model, about.name)):
            control.value = spoken.get(control.value, control.value)
            control.default = spoken.get(control.default, control.default)
        elif leaf.kind in ("choice", "yes_no") or named:
            given = YES_NO if leaf.kind == "yes_no" else options(self.tree, named) if named else leaf.choices
            control.kind = "choice"
            control.value = control.value or about.default
            control.choices = with_blank(given, control.value, required=about.required, default=about.default)

    def _fill_kinds(self, control: Control, shape: Kinds, value: Any, default: str) -> None:
        chosen = shape.kind_of(value) or default
        choices = with_blank(shape.choices, chosen, required=True, default="")
        control.key = Control("choice", f"{control.name}.kind", f"{control.place}.kind", "规则种类", "kind")
        control.key.value, control.key.choices, control.key.required = chosen, choices, True

    def _fill_group(
        self, control: Control, shape: Group | Kinds, value: Any, steps: Steps, without: frozenset[str]
    ) -> None:
        group = shape.group(control.key.value if control.key else "") if isinstance(shape, Kinds) else shape
        if group is None:
            return
        control.parts = [
            self.control(each, value_at(value, (each.name,)), f"{control.name}.{each.name}", (*steps, each.name))
            for each in sorted(group.fields, key=_rank)
            if each.name not in without
        ]
        known = {*group.model.model_fields, "kind"}
        given = value.items() if isinstance(value, dict) else ()
        control.unknown = [(key, "" if isinstance(v, dict | list) else str(v)) for key, v in given if key not in known]

    def _fill_many(self, control: Control, about: Field, value: Any, name: str, steps: Steps) -> None:
        shape = about.shape
        for i, (step, each) in enumerate(pairs_of(value)):
            if isinstance(shape, Lines):
                below = inner_field(about, shape.item, f"{about.label} {i + 1}")
                control.parts.append(self.control(below, each, f"{name}.{i}", (*steps, step)))
            elif isinstance(shape, Entries):
                below = inner_field(about, shape.value, ENTRY_VALUES.get((about.model, about.name), "值"))
                part = self.control(below, each, f"{name}.{i}.value", (*steps, step))
                part.entry = self._entry_name(about, str(step), f"{name}.{i}.key")
                control.parts.append(part)

    def _entry_name(self, about: Field, value: str, name: str) -> Control:
        named = ENTRY_NAMES.get((about.model, about.name), "")
        control = Control("text", name, "", "名称", value=value, required=True)
        if named:
            control.kind = "choice"
            control.choices = with_blank(options(self.tree, named), value, required=True, default="")
        return control


def place_problems(root: Control, problems: Iterable[Problem]) -> None:
    """Put each problem beside the nearest control that is shown, in the words of that place."""
    by_place = {control.place: control for control in root.all() if control.place}
    above = {part.name: control for control in root.all() for part in (*control.parts, control.key) if part is not None}
    for problem in problems:
        place = problem.place
        while place not in by_place and place:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        control = by_place.get(place, root)
        near = [*control.parts, *(above[control.name].parts if control.name in above else ())]
        control.problems.append(in_words(problem, {part.word: part.label for part in reversed(near)}))


def in_words(problem: Problem, labels: dict[str, str]) -> Problem:
    """A problem without the field names and kinds of the document: “请写 least: 0” becomes “请写“保底”：0”."""

    def said(text: str) -> str:
        return re.sub(r" ?\b([a-z][a-z_]*)\b(:?) ?", lambda found: _word(found, labels), text)

    return replace(problem, reason=said(problem.reason), remedy=said(problem.remedy))


def _word(found: re.Match[str], labels: dict[str, str]) -> str:
    words = labels.get(found[1]) or KIND_NAMES.get(found[1])
    return f"“{words}”{'：' if found[2] else ''}" if words else found[0]


def _rank(about: Field) -> int:
    """Keys and names, then what is said early, then the rest in the order of the document."""
    return 0 if about.name in ("key", "name") else 1 if (about.model, about.name) in EARLY else 2


# --- values ------------------------------------------------------------------------------------------


def kind_of(shape: Shape) -> str:
    return shape.kind if isinstance(shape, Leaf) else type(shape).__name__.lower()


def typed(leaf: Leaf, value: Any) -> str:
    """A value of the tree as it stands in an input."""
    if leaf.kind == "words":
        return "\n".join(str(each) for each in value) if isinstance(value, list) else str(value or "")
    if leaf.kind == "yes_no":
        return (
            {True: "yes", False: "no", "是": "yes", "否": "no"}.get(value, "") if isinstance(value, bool | str) else ""
        )
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None or isinstance(value, dict | list) else str(value)


def with_blank(given: Choices, value: str, *, required: bool, default: str) -> Choices:
    """The choices, a blank one where nothing may be or was chosen, and what is written but not to be had."""
    missing = ((value, f"{value}（没有这一项）"),) if value and value not in dict(given) else ()
    blank = () if default or (required and value) else (("", "请选择" if required else "不填"),)
    return (*blank, *given, *missing)


def pairs_of(value: Any) -> list[tuple[str | int, Any]]:
    """Lines or entries with the step that leads to each."""
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def inner_field(about: Field, shape: Shape, label: str) -> Field:
    """What one line or entry of a field is."""
    return Field(about.model, about.name, label, "", shape, required=True, may_lack=False, default="")
