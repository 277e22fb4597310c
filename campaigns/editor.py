"""A draft on the desk: its tree, what the engine says of it, its blocks in the order of a 办法. Reads only.

Responsible for which page shows which part and which problem belongs where. Leaves alone forms and writing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from pydantic import ValidationError

from schemes import Problem, Scheme, examine_scheme
from schemes.document import Node
from schemes.editing import Steps, Tree, blank_scheme, node_steps, place_of, read_tree, value_at
from schemes.problems import ProblemsFound, errors
from schemes.shapes import Field, shape_of

from .block_controls import Control
from .block_forms import BlockForm
from .block_reading import UNNAMED
from .models import SchemeDraft

#: The block with a page of its own kind, and what of it is not asked in its form.
CRITERIA = "criteria"
_TREE, _BELOW = frozenset({"tree"}), frozenset({"children"})
_UNASKED = frozenset({"language"})
_NODE = re.compile(r"criteria\.tree(\[\d+\](?:\.children\[\d+\])*)")


@dataclass(frozen=True)
class Block:
    """A part of the scheme with a page; ``wrong`` and ``odd`` count its errors and warnings."""

    about: Field
    url: str
    wrong: int
    odd: int
    present: bool

    @property
    def name(self) -> str:
        return self.about.name

    @property
    def label(self) -> str:
        return self.about.label


@dataclass(frozen=True)
class Line:
    """A problem of the overview: the labels that lead to its field, and the field's address."""

    problem: Problem
    block: str
    trail: str
    url: str


@dataclass(frozen=True)
class Desk:
    draft: SchemeDraft

    @cached_property
    def tree(self) -> Tree:
        try:
            return read_tree(self.draft.text)
        except ProblemsFound:
            return {}

    @cached_property
    def _examined(self) -> tuple[Scheme | None, list[Problem]]:
        return examine_scheme(self.draft.text)

    @property
    def scheme(self) -> Scheme | None:
        """The scheme, once it is free of errors."""
        return None if errors(self.problems) else self._examined[0]

    @property
    def readable(self) -> Scheme | None:
        """A scheme with these criteria as soon as their own shape is right, whatever is still wrong elsewhere."""
        if self._examined[0] is not None:
            return self._examined[0]
        frame = blank_scheme(key="draft", name=UNNAMED, county=(UNNAMED, UNNAMED), issuer="", version="1")
        try:
            return Scheme.model_validate({**frame, "criteria": self.tree.get(CRITERIA)})
        except ValidationError:
            return None

    @property
    def problems(self) -> list[Problem]:
        return self._examined[1]

    @property
    def wrong(self) -> list[Problem]:
        return errors(self.problems)

    def problems_of(self, steps: Steps) -> list[Problem]:
        """Problems of what stands at a place and below it."""
        return [problem for problem in self.problems if _within(problem.place, place_of(steps))]

    @cached_property
    def blocks(self) -> list[Block]:
        return [self._block(about) for about in block_fields()]

    def _block(self, about: Field) -> Block:
        found = self.problems_of((about.name,))
        wrong = len(errors(found))
        return Block(about, self.address(about.name), wrong, len(found) - wrong, self.tree.get(about.name) is not None)

    def address(self, block: str) -> str:
        if block == CRITERIA:
            return reverse("campaigns:draft_criteria", args=[self.draft.pk])
        return reverse("campaigns:draft_block", args=[self.draft.pk, block])

    def node_address(self, indexes: Iterable[int]) -> str:
        return reverse("campaigns:draft_node", args=[self.draft.pk, "-".join(map(str, indexes))])

    # -- forms

    def form(self, name: str) -> BlockForm:
        """The form of a block. Raises KeyError when there is no such block."""
        about = next((field for field in block_fields() if field.name == name), None)
        if about is None:
            raise KeyError(name)
        return BlockForm(self.tree, (name,), about, _TREE if name == CRITERIA else frozenset())

    def node_form(self, indexes: tuple[int, ...]) -> BlockForm:
        """The form of an item or criterion. Raises KeyError when there is none."""
        steps = node_steps(indexes)
        node = value_at(self.tree, steps)
        if not isinstance(node, dict):
            raise KeyError(place_of(steps))
        about = Field("Criteria", "tree", "条目", "", shape_of(Node), required=True, may_lack=False, default="")
        return BlockForm(self.tree, steps, about, _BELOW | {"mark"} if node.get("children") else _BELOW)

    # -- problems

    @cached_property
    def lines(self) -> list[Line]:
        """Every problem with the address of its field, errors first, in the order of the blocks."""
        order = {about.name: i for i, about in enumerate(block_fields())}
        ranked = sorted(self.problems, key=lambda p: (p.severity != "error", order.get(_first(p.place), -1)))
        return [self._line(problem) for problem in ranked]

    def _line(self, problem: Problem) -> Line:
        name = _first(problem.place)
        label = next((about.label for about in block_fields() if about.name == name), "整份办法")
        if name == CRITERIA and (indexes := _indexes(problem.place)):
            return self._linked(label, self.node_address(indexes), self.node_form(indexes), problem)
        if label == "整份办法":
            return Line(problem, label, "", "")
        return self._linked(label, self.address(name), self.form(name), problem)

    def _linked(self, label: str, address: str, form: BlockForm, problem: Problem) -> Line:
        """The problem in the words of its field, and the field's address."""
        root = form.control([problem])
        trail = _trail(root)
        anchor = f"#f-{trail[-1].name}" if len(trail) > 1 else ""
        name = value_at(self.tree, (*form.steps, "name")) if label != root.label else ""
        words = [*([str(name)] if name else []), *(control.label for control in trail[1:])]
        return Line(trail[-1].problems[0], label, " · ".join(words), f"{address}{anchor}")


def _trail(control: Control) -> list[Control]:
    """From a control down to the one that has a problem."""
    if control.problems:
        return [control]
    below = [part for part in (control.key, control.entry, *control.parts) if part is not None]
    return [control, *next(trail for part in below if (trail := _trail_or_none(part)))]


def _trail_or_none(control: Control) -> list[Control]:
    return _trail(control) if any(each.problems for each in control.all()) else []


def block_fields() -> list[Field]:
    """The blocks of the language that people write, in the order of the document."""
    return [field for field in shape_of(Scheme).fields if field.name not in _UNASKED]


def _within(place: str, here: str) -> bool:
    return place == here or place.startswith((f"{here}.", f"{here}["))


def _first(place: str) -> str:
    return place.partition(".")[0].partition("[")[0]


def _indexes(place: str) -> tuple[int, ...]:
    """Of ``criteria.tree[0].children[2].mark`` the node: ``(0, 2)``."""
    found = _NODE.match(place)
    return tuple(int(number) for number in re.findall(r"\d+", found[1])) if found else ()
