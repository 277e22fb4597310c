"""Made-up marks for rehearsals and the demonstration: drawn from a digest, so the same names give the same marks."""

import hashlib
from fractions import Fraction

from campaigns.models import Nomination
from schemes.rules.marking.base import SheetMark
from schemes.rules.marking.choices import ChoiceMark
from sites.models import Inspector


def made_up_marks(nomination: Nomination, inspector: Inspector) -> list[Fraction]:
    """Between six and ten tenths of what each criterion allows; better villages are better throughout."""
    document = nomination.round.scheme_version.document
    level = _drawn(nomination.organization.code, "level") % 30
    made = []
    for key, method in zip(document.column_keys, document.methods, strict=True):
        share = Fraction(60 + level + _drawn(nomination.organization.code, inspector.number, key) % 12, 101)
        made.append(_nearest(method, share))
    return made


def _nearest(method: SheetMark, share: Fraction) -> Fraction:
    if isinstance(method, ChoiceMark):
        wanted = method.lowest + (method.full - method.lowest) * share
        return min((points for _, points in method.choices), key=lambda points: (abs(points - wanted), points))
    return method.to_mark(int(method.units_at_most * share))


def _drawn(*words: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(words).encode()).digest()[:4], "big")
