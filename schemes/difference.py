"""Two versions of a scheme compared: every difference as a Chinese sentence, with its block, place and clause.

The walk goes through the models themselves, so a field of a future rule is compared as soon as it exists. Lists are
compared by name, kind and likeness (``matching``), the criteria tree by key (``tree_difference``). Exactly the schemes
whose ``digest_scheme`` differs have changes; the order of keys in a group is not a difference, the order of a list is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel

from .change_words import (
    PHRASES,
    Manner,
    View,
    is_empty,
    manner_of,
    part_words,
    said_by,
    shown,
    shown_pair,
    spaced,
    word_for,
)
from .document import Node, Scheme
from .labels import KIND_NAMES
from .matching import match_items, name_of
from .tree_difference import Ident, TreeMatch, match_trees

Kind = Literal["added", "removed", "changed"]

#: Groups that are a block of their own, with the title that ``describe`` gives it.
BLOCKS = {
    "identity": "名称与版本",
    "eligibility": "参评条件",
    "criteria": "创建标准",
    "nomination": "申报",
    "panel": "评委与回避",
    "score": "计分",
    "ranking": "排名",
    "veto": "一票否决",
    "selection": "名额与淘汰",
    "rating": "评定等次",
    "titles": "称号",
    "titles.reinspection": "复评",
    "bonus": "考核加分",
    "subsidy": "补助",
}
#: The blocks of everything else; what is not named here has its label as title.
TITLES = {
    **BLOCKS,
    "period": "数据项与事项",
    "facts": "数据项与事项",
    "events": "数据项与事项",
    "tiers": "等次",
    "vetoes": "一票否决",
    "badges": "单项",
    "consequences": "后果",
    "propagation": "给上级的加减分",
}
#: Fields whose parts speak for themselves: “集体收入”的满分, not “集体收入”的打分方式的满分.
SILENT = {("Node", "mark")}


@dataclass(frozen=True)
class Change:
    """One difference. ``place`` is a document path in the new version, of what was removed in the old one.

    ``sentence`` has no final full stop. The clauses are those that the part, or the nearest part around it, names in
    the old and in the new version; empty where there is none.
    """

    block: str
    place: str
    kind: Kind
    sentence: str
    clause_before: str = ""
    clause_after: str = ""


def compare_schemes(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """Every difference, in the order of the document; none exactly when both have one digest.

    Meant for schemes without errors; of others the sentences are plainer. Never raises for schemes of the right shape.
    """
    walk = _Walk((View(old), View(new)))
    walk.parts(old, new, _Spot())
    return tuple(walk.changes)


def by_block(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Changes under the titles of their blocks, both in the order of the document."""
    order = list(dict.fromkeys(change.block for change in changes))
    ranked = sorted(changes, key=lambda change: order.index(change.block))
    return [(title, list(group)) for title, group in groupby(ranked, key=lambda change: change.block)]


@dataclass(frozen=True)
class _Spot:
    """Where the walk stands: path in both documents, whom the sentence is about, the clauses in force."""

    old: str = ""
    new: str = ""
    subject: str = ""
    clauses: tuple[str, str] = ("", "")

    def step(self, old: str, new: str | None = None) -> "_Spot":
        return replace(self, old=_path(self.old, old), new=_path(self.new, old if new is None else new))

    def inside(self, word: str) -> "_Spot":
        """Of a part of the subject: “群众满意均分”四舍五入."""
        return replace(self, subject=f"{self.subject}{word}")

    def named(self, word: str) -> str:
        """The subject's ``word``: “标杆”的授予标准."""
        return f"{self.subject}的{word}" if self.subject else word

    def under(self, *parts: Any) -> "_Spot":
        """With the clauses that these parts name, old and new, where they name one."""
        own = [getattr(part, "clause", "") for part in parts]
        old, new = (mine or around for mine, around in zip(own, self.clauses, strict=True))
        return replace(self, clauses=(old, new))


def _path(place: str, step: str) -> str:
    return f"{place}{step}" if step.startswith("[") or not place else f"{place}.{step}"


def block_of(place: str) -> str:
    """Title of the block that a document path lies in."""
    inside = [each for each in TITLES if place == each or place.startswith((f"{each}.", f"{each}["))]
    top = place.split(".")[0].split("[")[0]
    return TITLES[max(inside, key=len)] if inside else word_for(Scheme, top)


def _same(old: Any, new: Any) -> bool:
    return type(old) is type(new) and bool(old == new)


@dataclass
class _Walk:
    views: tuple[View, View]
    changes: list[Change] = field(default_factory=list)

    def note(self, kind: Kind, sentence: str, spot: _Spot) -> None:
        place = spot.old if kind == "removed" else spot.new
        self.changes.append(Change(block_of(place), place, kind, sentence, *spot.clauses))

    # --- models and their fields ------------------------------------------------------------------

    def parts(self, old: BaseModel, new: BaseModel, spot: _Spot, skip: Sequence[str] = ()) -> None:
        """Two models of one class, field by field."""
        spot = spot.under(old, new)
        for name, info in type(new).model_fields.items():
            if name not in skip and not info.exclude:
                self.field(type(new), name, (getattr(old, name), getattr(new, name)), spot.step(name))

    def field(self, model: type[BaseModel], name: str, values: tuple[Any, Any], spot: _Spot) -> None:
        old, new = values
        label = word_for(model, name)
        if _is_tree(old, new):
            self.tree(old, new, spot)
        elif isinstance(old, BaseModel) and isinstance(new, BaseModel):
            silent = spot.new in BLOCKS or (model.__name__, name) in SILENT
            self.nested(old, new, spot, label, silent=silent)
        else:
            self.compare(old, new, spot, label, manner_of(model, name), PHRASES.get((model.__name__, name), ""))

    def nested(self, old: BaseModel, new: BaseModel, spot: _Spot, label: str, *, silent: bool = False) -> None:
        """Two models; those of different kinds as a whole, since their fields are others."""
        if type(old) is type(new):
            self.parts(old, new, spot if silent else spot.inside(label))
            return
        before, after = part_words(old, self.views[0]), part_words(new, self.views[1])
        if before == after:
            before, after = _kind_name(old), _kind_name(new)
        self.note("changed", f"{spot.named(label)}由“{before}”改为“{after}”", spot.under(old, new))

    def compare(self, old: Any, new: Any, spot: _Spot, label: str, manner: Manner, template: str = "") -> None:
        """Two values that are not both models: entry by entry where both are groups or lists, else as they are."""
        if isinstance(old, dict) and isinstance(new, dict):
            self.entries(old, new, spot, label, manner)
        elif isinstance(old, (tuple, list)) and isinstance(new, (tuple, list)):
            self.items(old, new, spot, label, manner)
        elif type(old) is not type(new) or old != new:
            self.value(old, new, spot, label, manner, template)

    def value(self, old: Any, new: Any, spot: _Spot, label: str, manner: Manner, template: str) -> None:
        spot = spot.under(old, new)
        if is_empty(old) and not is_empty(new):
            self.note("added", f"{spot.subject}增加{label}：{self.whole(new, spot.new, manner, 1)}", spot)
        elif is_empty(new) and not is_empty(old):
            words = self.whole(old, spot.old, manner, 0)
            self.note("removed", f"{spot.subject}取消{label}（原为：{words}）", spot)
        else:
            before, after = shown_pair(old, new, manner, self.views)
            usual = f"{spot.named(label)}由{spaced(before)}改为{spaced(after).rstrip()}"
            self.note("changed", template.format(subject=spot.subject, old=before, new=after) or usual, spot)

    def whole(self, value: Any, place: str, manner: Manner, side: int) -> str:
        """A value that came or went; a whole block in the sentences that describe it."""
        title = value.name if place == "rating" else BLOCKS.get(place, "")
        sentences = self.views[side].paragraphs.get(title, ())
        return "；".join(sentences) if sentences else shown(value, manner, self.views[side])

    # --- groups and lists -------------------------------------------------------------------------

    def entries(self, old: dict[str, Any], new: dict[str, Any], spot: _Spot, label: str, manner: Manner) -> None:
        """Two groups by key; the order of keys says nothing."""
        for key in dict.fromkeys((*old, *new)):
            here = spot.step(str(key))
            if key not in new:
                words = shown(old[key], manner, self.views[0])
                self.note("removed", f"{spot.subject}删去{label}“{key}”（{words}）", here)
            elif key not in old:
                self.note("added", f"{spot.subject}增加{label}“{key}”：{shown(new[key], manner, self.views[1])}", here)
            elif isinstance(old[key], BaseModel) and isinstance(new[key], BaseModel):
                self.nested(old[key], new[key], here, f"{label}“{key}”")
            else:
                self.compare(old[key], new[key], here.inside(f"“{key}”"), label, manner)

    def items(self, old: Sequence[Any], new: Sequence[Any], spot: _Spot, label: str, manner: Manner) -> None:
        """Two lists: what went, what came, what changed, what is now in another order."""
        found = match_items(old, new)
        for i in found.removed:
            here = spot.step(f"[{i}]").under(old[i], None)
            self.note("removed", f"{spot.subject}删去{label}：{shown(old[i], manner, self.views[0])}", here)
        pairs = {j: i for i, j in found.pairs}
        for j, item in enumerate(new):
            here = spot.step(f"[{pairs.get(j, j)}]", f"[{j}]")
            if j not in pairs:
                words = shown(item, manner, self.views[1])
                self.note("added", f"{spot.subject}增加{label}：{words}", here.under(None, item))
                continue
            self.item(old[pairs[j]], item, here, _title(label, new, j, self.views[1]), manner)
            if j in found.moved:
                items = [_mention(label, new, at, manner, self.views[1]) for at in (j, j - 1) if at >= 0]
                self.note("changed", f"{spot.named(label)}中，{_position(*items)}", here)

    def item(self, old: Any, new: Any, spot: _Spot, title: str, manner: Manner) -> None:
        """Two items of a list that are one to people; plain values are paired only when they are equal."""
        if not isinstance(old, BaseModel) or not isinstance(new, BaseModel):
            self.compare(old, new, spot, title, manner)
        elif type(old) is not type(new) or not name_of(new):
            self.nested(old, new, spot, title)
        else:
            here = spot.inside(title).under(old, new)
            self.renamed(old, new, here.step("name"))
            self.parts(old, new, here, skip=("name",))

    def renamed(self, old: Any, new: Any, spot: _Spot) -> None:
        before, after = getattr(old, "name", ""), getattr(new, "name", "")
        if before != after:
            self.note("changed", f"“{before}”改名为“{after}”", spot)

    # --- the criteria tree ------------------------------------------------------------------------

    def tree(self, old: tuple[Node, ...], new: tuple[Node, ...], spot: _Spot) -> None:
        """By key, wherever in the tree a node now is."""
        match = match_trees(old, new, spot.old, spot.new)
        for ident in match.removed:
            branch = match.old[ident]
            here = replace(spot, old=branch.place).under(branch.node.mark, None)
            self.note("removed", f"删去{match.content(branch, old=True, view=self.views[0])}", here)
        for ident, branch in match.new.items():
            here = replace(spot, new=branch.place)
            if ident in match.twins:
                self.node(match, ident, replace(here, old=match.old[match.twins[ident]].place))
            elif ident in match.added:
                above = f"{match.word(match.new[branch.parent].node)}下" if branch.parent else ""
                words = match.content(branch, old=False, view=self.views[1])
                self.note("added", f"{above}新增{words}", here.under(None, branch.node.mark))
        for move in match.reordered():
            nodes = [match.word(match.new[each].node) for each in (move.ident, move.after) if each]
            branch = match.new[move.ident]
            above = f"{match.word(match.new[branch.parent].node)}下，" if branch.parent else ""
            self.note("changed", f"{above}{_position(*nodes)}", replace(spot, new=branch.place))

    def node(self, match: TreeMatch, ident: Ident, spot: _Spot) -> None:
        """One node in both trees: its name, its place in the tree, and everything written on it."""
        old, branch = match.old[match.twins[ident]].node, match.new[ident]
        word = match.word(branch.node)
        self.renamed(old, branch.node, spot.step("name"))
        if match.is_moved(ident):
            where = f"移到{match.word(match.new[branch.parent].node)}下" if branch.parent else "移为一级项目"
            self.note("changed", f"{word}{where}", spot)
        self.parts(old, branch.node, spot.inside(word), skip=("name", "children"))


def _is_tree(old: Any, new: Any) -> bool:
    both = (*old, *new) if isinstance(old, tuple) and isinstance(new, tuple) else ()
    return any(isinstance(item, Node) for item in both)


def _kind_name(part: BaseModel) -> str:
    kind = str(getattr(part, "kind", type(part).__name__))
    return KIND_NAMES.get(kind, kind)


def _title(label: str, items: Sequence[Any], position: int, view: View) -> str:
    """What people call an item: its name; what it compares; its kind, counted where several are; else its number."""
    item = items[position]
    if name_of(item):
        return f"“{name_of(item)}”"
    if title := said_by(item, "title", view):
        return f"“{title}”"
    if not isinstance(getattr(item, "kind", None), str):
        return f"{label}第 {position + 1} 条"
    alone = sum(getattr(each, "kind", None) == item.kind for each in items) == 1
    return _kind_name(item) if alone else f"{_kind_name(item)}（第 {position + 1} 条）"


def _mention(label: str, items: Sequence[Any], position: int, manner: Manner, view: View) -> str:
    """An item in a sentence about its place."""
    item = items[position]
    return _title(label, items, position, view) if isinstance(item, BaseModel) else shown(item, manner, view)


def _position(word: str, after: str = "") -> str:
    return f"{word}移到{after}之后" if after else f"{word}移到最前"
