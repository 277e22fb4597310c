"""Whose sheets count: members of the panel, not observers and trainees, and not where a conflict was confirmed.

A computation keeps the answer it was computed with (``Computation.panel``), as roles, groups and conflicts may change
when its round is returned; so its explanation always reads the same sheets.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from campaigns.models import Round
from sites.enums import ConflictState, PanelRole
from sites.models import Conflict, PanelMember
from sites.queries import Pair, Panel, is_below, panels_of

from .models import ScoreSheet


@dataclass(frozen=True)
class Counting:
    """``groups`` (组别) by inspector number; ``uncounted`` inspectors; ``left_out`` sheets by inspector and entry."""

    groups: dict[str, str] = field(default_factory=dict)
    uncounted: tuple[UUID, ...] = ()
    left_out: tuple[Pair, ...] = ()

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Counting":
        pairs = tuple((UUID(inspector), UUID(nomination)) for inspector, nomination in stored["left_out"])
        return cls(stored["groups"], tuple(map(UUID, stored["uncounted"])), pairs)

    def as_json(self) -> dict[str, Any]:
        pairs = [[str(inspector), str(nomination)] for inspector, nomination in self.left_out]
        return {"groups": self.groups, "uncounted": [str(pk) for pk in self.uncounted], "left_out": pairs}


def counting_now(round: Round) -> Counting:
    """As the panel stands now. Of conflicts those of this very round: a standing one changes no past round."""
    members = PanelMember.objects.filter(round=round).order_by("inspector__number")
    rows = list(members.values_list("inspector_id", "inspector__number", "group", "role"))
    return Counting(
        groups={number: group for _, number, group, _ in rows},
        uncounted=tuple(sorted((pk for pk, _, _, role in rows if role != PanelRole.MEMBER), key=str)),
        left_out=_left_out(round),
    )


def _left_out(round: Round) -> tuple[Pair, ...]:
    """Sheets that were sent before a conflict of this round was confirmed."""
    conflicts = Conflict.objects.filter(round=round, state=ConflictState.CONFIRMED)
    above: dict[UUID, list[str]] = defaultdict(list)
    for inspector, path in conflicts.values_list("inspector_id", "organization__path"):
        above[inspector].append(path)
    if not above:
        return ()
    sent = ScoreSheet.objects.filter(round=round, inspector__in=above, revision=1).order_by()
    rows = sent.values_list("inspector_id", "nomination_id", "nomination__organization__path")
    found = {(i, n) for i, n, path in rows if any(is_below(path, each) for each in above[i])}
    return tuple(sorted(found, key=str))


def counted_sheets(sheets: QuerySet[ScoreSheet], counting: Counting) -> QuerySet[ScoreSheet]:
    """Those of the sheets that count."""
    if counting.uncounted:
        sheets = sheets.exclude(inspector__in=counting.uncounted)
    if counting.left_out:
        sheets = sheets.exclude(reduce(or_, (Q(inspector=i, nomination=n) for i, n in counting.left_out)))
    return sheets


# -- sheets that are due


@dataclass(frozen=True)
class Dues:
    """Sheets due of a round's panel and those of them that are in, by inspector and nomination."""

    due: frozenset[Pair]
    sent: frozenset[Pair]
    panel: Panel

    @property
    def missing(self) -> frozenset[Pair]:
        return self.due - self.sent


def sheet_dues(rounds: Iterable[Round]) -> dict[UUID, Dues]:
    """Due is a sheet of every counting member for every approved entry, recusals left out: five queries in all.

    Who left owes nothing more, and what they sent is in; who took their place owes the rest.
    """
    rounds = list(rounds)
    panels = panels_of(rounds)
    received: dict[UUID, set[Pair]] = {round.pk: set() for round in rounds}
    first = ScoreSheet.objects.filter(round__in=received, revision=1).order_by()
    for key, inspector, nomination in first.values_list("round_id", "inspector_id", "nomination_id"):
        received[key].add((inspector, nomination))
    return {round.pk: dues_of(panels[round.pk], received[round.pk]) for round in rounds}


def dues_of(panel: Panel, received: set[Pair]) -> Dues:
    """``received``: pairs of which there is a sheet, whoever sent it."""
    due: set[Pair] = set()
    for seat in panel.seats:
        if seat.counts:
            due |= {(seat.inspector, entry) for entry in panel.entries if _owed(seat, entry, received)}
    due -= panel.recused
    return Dues(frozenset(due), frozenset(due & received), panel)


def _owed(seat: Any, entry: UUID, received: set[Pair]) -> bool:
    if seat.left:
        return (seat.inspector, entry) in received
    return all((before, entry) not in received for before in seat.before)
