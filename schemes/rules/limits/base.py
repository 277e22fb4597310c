"""The slot's base: a limit says how many of a group may win at most."""

from dataclasses import dataclass
from typing import Any, Literal

from ..base import Rule


@dataclass(frozen=True)
class Group:
    """One ranking group: ``participants`` take part, ``ranked`` of them are ranked (not vetoed, scored).

    ``label``: the words that entries are grouped by, such as 村; empty when only by round and tier.
    """

    round: str
    tier: str
    participants: int
    ranked: int
    label: str = ""


class Limit(Rule):
    def at_most(self, group: Group) -> int | None:
        """The most that may win, or None where this limit says nothing of the group."""
        raise TypeError(f"{type(self).__name__} limits nothing")

    def working(self, group: Group) -> str:
        """The arithmetic behind ``at_most``, as shown in an explanation."""
        raise TypeError(f"{type(self).__name__} shows nothing")


#: What a rate is taken of.
Basis = Literal["participants", "ranked"]
BASIS_NAMES: dict[str, str] = {"participants": "参评数", "ranked": "进入排名数"}


def basis_size(group: Group, basis: Any) -> int:
    return group.participants if basis == "participants" else group.ranked
