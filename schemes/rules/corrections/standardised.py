"""Standardised scores: every panel is brought to the common mean and spread (标准差), the spread rounded as stated."""

from fractions import Fraction
from math import isqrt
from typing import Any, Literal

from ...working import Working, given, minus, quotient, times, total
from ..base import Places
from .base import Correction, Scores


class Standardised(Correction):
    """(score − panel mean) ÷ panel spread × overall spread + overall mean.

    A square root has no exact decimal: spreads (population standard deviations) are rounded half up to
    ``spread_places``. A panel without spread (one entry, or all equal) only has its mean moved.
    """

    kind: Literal["standardised"] = "standardised"
    spread_places: Places = 4

    def corrected(self, score: Working, own: Scores, everybody: Scores) -> Working:
        distance = minus(score, given(own.mean, "本组均分"))
        near, wide = (spread(scores.variance, self.spread_places) for scores in (own, everybody))
        if near:
            distance = times(quotient(distance, given(near, "本组标准差")), given(wide, "全体标准差"))
        return total([distance, given(everybody.mean, "全体均分")])

    def sentence(self, scheme: Any) -> str:
        return (
            f"（得分 − 本组均分）÷ 本组标准差 × 全体标准差 + 全体均分，标准差四舍五入保留 {self.spread_places} 位小数"
        )


def spread(variance: Fraction, places: int) -> Fraction:
    """Its square root, half up to ``places`` decimals, in integers."""
    scaled = variance * 10 ** (2 * places) * 4
    return Fraction((isqrt(scaled.numerator // scaled.denominator) + 1) // 2, 10**places)
