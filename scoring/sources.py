"""What the platform knows of a round's facts by itself: outcomes of other schemes, and the list of organizations.

Reads only; ``services.drawing`` writes it down before computing, and pages ask whether it has changed since.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Organization
from campaigns.enums import NominationState, RoundKind
from campaigns.models import BonusEntry, Nomination, Round
from campaigns.models import Scheme as SchemeRow
from schemes import Scheme
from schemes.blocks.facts import Source
from schemes.checking import named_figures
from schemes.exact import decimal_text

from .enums import ComputationState, Verdict
from .models import Computation, ParentPoints, Result

#: Where the platform took something over is told in at most so many characters.
LONGEST = 400


@dataclass(frozen=True)
class Drawn:
    """A fact that the platform takes over: its text, and where it comes from."""

    text: str
    note: str


Values = dict[tuple[UUID, str], Drawn]


def sourced_facts(scheme: Scheme) -> dict[str, Source]:
    """Facts that come from another outcome, by key."""
    return {fact.key: fact.source for fact in scheme.facts if fact.source is not None}


def place_keys(scheme: Scheme) -> set[str]:
    """Which of 组织类别 and 所属乡镇 the scheme looks at."""
    return {key for _, key in named_figures(scheme)} & {"kind", "township"}


def participants(round: Round) -> list[Nomination]:
    rows = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    return list(rows.select_related("organization", "township").order_by("organization__path"))


def values_from_outcomes(round: Round, organizations: Iterable[Organization]) -> Values:
    """Every sourced fact that can be drawn now, by organization and key; one query or two for each fact.

    Nothing is drawn from a scheme that has nothing published in the round's year: missing is not zero.
    """
    ids = {row.pk for row in organizations}
    found: Values = {}
    for key, source in sourced_facts(round.scheme_version.document).items():
        if _published(round, source.scheme).exists():
            found |= {(owner, key): drawn for owner, drawn in _drawn(round, source, ids).items()}
    return found


def values_from_places(scheme: Scheme, entries: Iterable[Nomination]) -> Values:
    """组织类别 in words and the township's code, where the scheme asks for them."""
    found: Values = {}
    keys, note = place_keys(scheme), "取自组织机构"
    for entry in entries:
        if "kind" in keys:
            found[entry.organization_id, "kind"] = Drawn(entry.organization.get_kind_display(), note)
        if "township" in keys and entry.township is not None:
            found[entry.organization_id, "township"] = Drawn(entry.township.code, note)
    return found


def _published(round: Round, scheme_key: str) -> QuerySet[Computation]:
    """Published computations of the other scheme's rounds in the same year."""
    rows = Computation.objects.filter(state=ComputationState.PUBLISHED, round__kind=RoundKind.CREATION)
    of_scheme = rows.filter(scheme_version__scheme__key=scheme_key, round__year=round.year)
    return of_scheme.exclude(round=round)


def _drawn(round: Round, source: Source, ids: set[UUID]) -> dict[UUID, Drawn]:
    scheme = SchemeRow.objects.filter(key=source.scheme).first()
    head = f"取自“{scheme.name if scheme else source.scheme}”{round.year} 年"
    match source.figure:
        case "bonus":
            return _summed(f"{head}考核加分", _bonus_lines(round, source.scheme), ids)
        case "points":
            return _summed(f"{head}得分", _point_lines(_published(round, source.scheme)), ids)
    return _own(f"{head}结果", _published(round, source.scheme), source.figure, ids)


Lines = Mapping[UUID, list[tuple[str, Fraction]]]


def _bonus_lines(round: Round, scheme_key: str) -> Lines:
    """(words, points) by township; points taken back are lines of their own."""
    rows = BonusEntry.objects.filter(year=round.year, round__scheme_version__scheme__key=scheme_key)
    found: dict[UUID, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in rows.select_related("organization", "round").order_by(
        "round__sequence", "organization__path", "-points"
    ):
        words = f"{row.organization.name}“{row.tier}”{'收回' if row.taken_back_in_id else ''}"
        found[row.township_id].append((words, Fraction(row.points)))
    return found


def _point_lines(published: QuerySet[Computation]) -> Lines:
    rows = ParentPoints.objects.filter(computation__in=published, parent__isnull=False)
    found: dict[UUID, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in rows.select_related("computation__round").order_by("computation__round__sequence", "position"):
        words = f"{row.computation.round.title}{row.name}"
        found[row.parent_id].append((words, Fraction(row.points)))  # type: ignore[index]
    return found


def _summed(head: str, lines: Lines, ids: set[UUID]) -> dict[UUID, Drawn]:
    """Sums; who got nothing in a year with something published has 0."""
    found = {}
    for owner in ids:
        own = lines.get(owner, [])
        said = "；".join(f"{words} {decimal_text(points)}" for words, points in own) or "没有"
        found[owner] = Drawn(decimal_text(sum((points for _, points in own), Fraction(0))), _short(f"{head}：{said}"))
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _own(head: str, published: QuerySet[Computation], figure: str, ids: set[UUID]) -> dict[UUID, Drawn]:
    """A figure of each organization's own newest result; nothing where it has none (``tier``: the one it was
    awarded).
    """
    rows = Result.objects.filter(computation__in=published, organization__in=ids)
    rows = rows.select_related("computation__round").order_by("computation__published_at")
    found = {row.organization_id: (row, _figure(row, figure)) for row in rows}
    return {
        owner: Drawn(text, _short(f"{head}（{row.computation.round.title}）"))
        for owner, (row, text) in found.items()
        if text
    }


def _figure(row: Result, figure: str) -> str:
    match figure:
        case "score":
            return "" if row.score_units is None else decimal_text(Fraction(row.score_units, row.score_unit))
        case "rank":
            return str(row.rank or "")
        case "tier":
            return row.tier if row.verdict == Verdict.AWARDED else ""
    return row.grade
