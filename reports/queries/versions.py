"""Two computations of one round side by side: whose score, rank or result became another."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from accounts.models import Membership
from scoring.models import Computation, Result

from .results import results_of


@dataclass(frozen=True)
class Beside:
    """One entry in the earlier and in the later computation; None where it took no part."""

    earlier: Result | None
    later: Result | None

    @property
    def result(self) -> Result:
        found = self.later or self.earlier
        assert found is not None
        return found

    @property
    def changed(self) -> bool:
        return _shown(self.earlier) != _shown(self.later)

    @property
    def difference(self) -> Decimal | None:
        """Points gained; None where one of the scores is missing, or they are equal."""
        if not self.earlier or not self.later or not self.earlier.score_text or not self.later.score_text:
            return None
        gained = Decimal(self.later.score_text) - Decimal(self.earlier.score_text)
        return gained or None


def _shown(result: Result | None) -> tuple[object, ...]:
    return (result.score_text, result.rank, result.words) if result else ()


def side_by_side(membership: Membership, earlier: Computation, later: Computation) -> list[Beside]:
    """Every entry that the person may see in either, in the order of the later one; those that left it last."""
    old, new = _by_nomination(membership, earlier), _by_nomination(membership, later)
    return [Beside(old.get(key), new.get(key)) for key in _keys(new, old)]


def _by_nomination(membership: Membership, computation: Computation) -> dict[UUID, Result]:
    rows = results_of(membership, computation).select_related("organization", "township").order_by("tier", "position")
    return {row.nomination_id: row for row in rows}


def _keys(*parts: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(key for part in parts for key in part))
