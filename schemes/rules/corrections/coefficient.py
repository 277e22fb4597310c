"""Correction coefficient (校正系数): score × overall mean ÷ panel mean, the coefficient rounded where the rule says."""

from typing import Any, Literal

from ...working import Working, given, quotient, rounded, times
from ..base import Rounding
from .base import Correction, Scores


class Coefficient(Correction):
    """A panel whose mean is zero is left as it is; a panel of one entry is corrected like any other."""

    kind: Literal["coefficient"] = "coefficient"
    coefficient_round: Rounding | None = None

    def corrected(self, score: Working, own: Scores, everybody: Scores) -> Working:
        if not own.mean:
            return score.named(score.label, "本组均分为 0，不校正")
        factor = quotient(given(everybody.mean, "全体均分"), given(own.mean, "本组均分"))
        if self.coefficient_round:
            factor = rounded(factor, self.coefficient_round.places, self.coefficient_round.mode)
        return times(score, factor.named("校正系数"))

    def sentence(self, scheme: Any) -> str:
        ending = f"，系数{self.coefficient_round.sentence()}" if self.coefficient_round else ""
        return f"得分 ×（全体均分 ÷ 本组均分）{ending}"
