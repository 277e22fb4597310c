"""At most a share of the group wins, the fraction rounded down, up or half up as the scheme says."""

from fractions import Fraction
from typing import Any, Literal

from ...exact import round_half_up, share_text
from ..base import Share
from .base import BASIS_NAMES, Basis, Group, Limit, basis_size

_WORDS = {"floor": "只舍不入", "ceil": "只入不舍", "half_up": "四舍五入"}


class ShareOfGroup(Limit):
    kind: Literal["share"] = "share"
    at_most_share: Share
    whole: Literal["floor", "ceil", "half_up"] = "floor"
    basis: Basis = "participants"

    def at_most(self, group: Group) -> int:
        exact: Fraction = self.at_most_share * basis_size(group, self.basis)
        if self.whole == "half_up":
            return int(round_half_up(exact.numerator, exact.denominator))
        return int(exact // 1 if self.whole == "floor" else -(-exact // 1))

    def working(self, group: Group) -> str:
        size = basis_size(group, self.basis)
        share = share_text(self.at_most_share)
        return f"{BASIS_NAMES[self.basis]} {size} × {share}，{_WORDS[self.whole]}，至多 {self.at_most(group)}"

    def sentence(self, scheme: Any) -> str:
        return f"授予不超过{BASIS_NAMES[self.basis]}的 {share_text(self.at_most_share)}（名额{_WORDS[self.whole]}）"
