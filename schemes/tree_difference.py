"""Two criteria trees compared by key: which nodes are the same, came, went, moved or changed places."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .change_words import LONGEST_LIST, View
from .document import Node
from .matching import moved_among

#: A node's key, and which of several nodes with this key it is (0 in every tree without errors).
Ident = tuple[str, int]


@dataclass(frozen=True)
class Branch:
    """A node with its place, the node above it (None at the top) and its position among its siblings."""

    node: Node
    place: str
    parent: Ident | None
    position: int


@dataclass(frozen=True)
class Reordered:
    """A node that stayed under its parent and now follows ``after`` (None: it is the first)."""

    ident: Ident
    after: Ident | None


@dataclass
class TreeMatch:
    """Both trees by ident in document order; ``twins`` gives the old ident of a new one."""

    old: dict[Ident, Branch]
    new: dict[Ident, Branch]
    twins: dict[Ident, Ident] = field(default_factory=dict)

    @cached_property
    def removed(self) -> list[Ident]:
        """Nodes that went, without those below a node that went."""
        stayed = set(self.twins.values())
        return [ident for ident, b in self.old.items() if ident not in stayed and (not b.parent or b.parent in stayed)]

    @cached_property
    def added(self) -> list[Ident]:
        """Nodes that came, without those below a node that came."""
        known = self.twins
        return [ident for ident, b in self.new.items() if ident not in known and (not b.parent or b.parent in known)]

    def is_moved(self, ident: Ident) -> bool:
        """Whether a node with a twin is now below another node."""
        above, before = self.new[ident].parent, self.old[self.twins[ident]].parent
        return above is not None and self.twins.get(above) != before if before else above is not None

    def reordered(self) -> Iterator[Reordered]:
        """The fewest moves among siblings that explain the new order."""
        families: dict[Ident | None, list[Ident]] = defaultdict(list)
        for ident, branch in self.new.items():
            families[branch.parent].append(ident)
        for children in families.values():
            stayed = [ident for ident in children if ident in self.twins and not self.is_moved(ident)]
            pairs = [(self.old[self.twins[ident]].position, self.new[ident].position) for ident in stayed]
            for position in moved_among(pairs):
                yield Reordered(children[position], children[position - 1] if position else None)

    @cached_property
    def _names(self) -> Counter[str]:
        return Counter(branch.node.name for branch in self.new.values()) | Counter(
            branch.node.name for branch in self.old.values()
        )

    def word(self, node: Node) -> str:
        """A node as people call it, with its key where several have its name."""
        return f"“{node.name}”" if self._names[node.name] < 2 else f"“{node.name}”（{node.key}）"

    def content(self, branch: Branch, *, old: bool, view: View) -> str:
        """A node that came or went: its points, and the criteria that came or went with it."""
        what = "项目" if branch.node.children else "条目"
        known = set(self.twins.values()) if old else set(self.twins)
        side = self.old if old else self.new
        inside = [b.node for i, b in side.items() if i not in known and b.place.startswith(f"{branch.place}.")]
        leaves = [f"{self.word(node)}{points(node, view, ' ')}" for node in inside if not node.children]
        more = f"等 {len(leaves)} 条" if len(leaves) > LONGEST_LIST else ""
        listed = f"（含{'、'.join(leaves[:LONGEST_LIST])}{more}）" if leaves else ""
        return f"{what}{self.word(branch.node)}{points(branch.node, view, '，')}{listed}"


def points(node: Node, view: View, before: str) -> str:
    """Full marks of a node as ``describe`` states them; nothing where it states none."""
    line = view.lines.get(node.key)
    return f"{before}{line.points} 分" if line and line.points[:1].isdigit() else ""


def match_trees(old: tuple[Node, ...], new: tuple[Node, ...], old_place: str, new_place: str) -> TreeMatch:
    """Nodes are the same when their keys are; of the others, when their name is and nobody else has it."""
    match = TreeMatch(_branches(old, old_place), _branches(new, new_place))
    match.twins = {ident: ident for ident in match.new if ident in match.old}
    left = _by_name(match.old, set(match.twins))
    right = _by_name(match.new, set(match.twins))
    for name, idents in right.items():
        if len(idents) == len(left.get(name, ())) == 1:
            match.twins[idents[0]] = left[name][0]
    return match


def _by_name(tree: dict[Ident, Branch], known: set[Ident]) -> dict[str, list[Ident]]:
    found: dict[str, list[Ident]] = defaultdict(list)
    for ident, branch in tree.items():
        if ident not in known:
            found[branch.node.name].append(ident)
    return found


def _branches(nodes: tuple[Node, ...], place: str) -> dict[Ident, Branch]:
    found: dict[Ident, Branch] = {}
    seen: Counter[str] = Counter()

    def walk(nodes: tuple[Node, ...], place: str, parent: Ident | None) -> None:
        for position, node in enumerate(nodes):
            ident = (node.key, seen[node.key])
            seen[node.key] += 1
            found[ident] = Branch(node, f"{place}[{position}]", parent, position)
            walk(node.children, f"{place}[{position}].children", ident)

    walk(nodes, place, None)
    return found
