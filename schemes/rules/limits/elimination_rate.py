"""At least this share of the group is eliminated, so at most floor((1 - minimum) × basis) win (淘汰率不低于 40%)."""

from typing import Any, Literal

from ...exact import share_text
from ..base import Share
from .base import BASIS_NAMES, Basis, Group, Limit, basis_size


class EliminationRate(Limit):
    kind: Literal["elimination_rate"] = "elimination_rate"
    minimum: Share
    basis: Basis = "participants"

    def at_most(self, group: Group) -> int:
        return int((1 - self.minimum) * basis_size(group, self.basis) // 1)

    def working(self, group: Group) -> str:
        size = basis_size(group, self.basis)
        share = share_text(1 - self.minimum)
        return f"{BASIS_NAMES[self.basis]} {size} × {share}，取整数部分，至多 {self.at_most(group)}"

    def sentence(self, scheme: Any) -> str:
        return f"淘汰率不低于 {share_text(self.minimum)}（按{BASIS_NAMES[self.basis]}计算，名额只舍不入）"
