"""Standings so far of a round that is being scored: exact, provisional, and without a word of who gave which mark.

The same figures as a computation where everything the rules read is there; else the part that inspectors mark.
"""

from typing import Any

import numpy as np

from campaigns.models import Nomination, Round
from schemes import MarkCodec, ProblemsFound, Scheme
from schemes.completeness import require_complete
from schemes.evaluation import Evaluation
from schemes.exact import decimal_text
from schemes.figures import Figure
from schemes.inputs import Inputs
from schemes.ranking import group_entries, rank
from schemes.sheets import aggregate

from .counting import sheet_dues
from .reading import load_round
from .wording import score_places

WHOLE, PART = "总分", "评委打分部分"


def standings(round: Round) -> dict[str, Any]:
    """Groups with their rows as plain texts, ready to be shown and to be kept as a snapshot."""
    loaded = load_round(round)
    scheme, inputs = loaded.scheme, loaded.inputs
    if not len(inputs):
        return {"what": WHOLE, "groups": [], "sheets": 0, "due": 0, "cut": loaded.cut, "ballots": False}
    evaluation = Evaluation(scheme, inputs, inputs)
    figure, what = _figure(scheme, inputs, evaluation)
    group, names = group_entries(evaluation)
    place, tied = rank(group, figure.known & ~inputs.entry_vetoed, [figure.comparable()])
    ids = [row["id"] for row in loaded.nominations]
    places = score_places(scheme)
    rows = _rows(ids, round)
    for i, pk in enumerate(ids):
        value = figure.value(i)
        rows[pk] |= {
            "group": int(group[i]),
            "score": "" if value is None else _text(figure, i, places),
            "rank": int(place[i]) or None,
            "tied": int(tied[i]) > 1,
            "vetoed": bool(inputs.entry_vetoed[i]),
        }
    groups = [
        {"tier": tier, "label": label, "rows": _ordered(row for row in rows.values() if row.get("group") == number)}
        for number, (_, tier, label) in enumerate(names)
    ]
    tiers = {name: at for at, name in enumerate(scheme.tier_names)}
    return {
        "what": what,
        "groups": sorted(groups, key=lambda each: (tiers.get(str(each["tier"]), 0), str(each["label"]))),
        "sheets": sum(row["sheets"] for row in rows.values()),
        "due": sum(row["due"] for row in rows.values()),
        "cut": loaded.cut,
        "ballots": scheme.panel.ballots is not None,
    }


def _figure(scheme: Scheme, inputs: Inputs, evaluation: Evaluation) -> tuple[Figure, str]:
    """The score where nothing is missing; else what the sheets alone give, unknown where one leaves a criterion out."""
    try:
        require_complete(evaluation)
        return evaluation.number("score"), WHOLE
    except ProblemsFound:
        pass
    rules = scheme.sheet_nodes or ({"": scheme.score} if scheme.score is not None else {})
    parts = [
        aggregate(scheme, rule, inputs, list(scheme.columns_of(key)) if key else None) for key, rule in rules.items()
    ]
    total = parts[0]
    for part in parts[1:]:
        total = total.plus(part)
    gaps = np.zeros(len(inputs), dtype=bool)
    if inputs.marks.size:
        gaps[inputs.sheet_entry[(inputs.marks == MarkCodec(scheme).missing).any(axis=1)]] = True
    return total.known_only(~gaps), PART


def _text(figure: Figure, entry: int, places: int) -> str:
    value = figure.value(entry)
    assert value is not None
    return decimal_text(value, figure.places if figure.places is not None else places)


def _rows(ids: list[Any], round: Round) -> dict[Any, dict[str, Any]]:
    dues = sheet_dues([round])[round.pk]
    due: dict[Any, int] = dict.fromkeys(ids, 0)
    sent: dict[Any, int] = dict.fromkeys(ids, 0)
    for counts, pairs in ((due, dues.due), (sent, dues.sent)):
        for _, nomination in pairs:
            counts[nomination] = counts.get(nomination, 0) + 1
    rows = Nomination.objects.filter(pk__in=ids).select_related("organization", "township")
    return {
        row.pk: {
            "organization": row.organization.name,
            "township": row.township.name if row.township else "",
            "path": row.organization.path,
            "tier": row.tier,
            "sheets": sent[row.pk],
            "due": due[row.pk],
        }
        for row in rows
    }


def _ordered(rows: Any) -> list[dict[str, Any]]:
    """Ranked first, then those without a figure, then the vetoed; without what only sorts."""
    ordered = sorted(rows, key=lambda row: (row["vetoed"], row["rank"] or 10**6, row["path"]))
    return [{name: value for name, value in row.items() if name not in ("path", "group")} for row in ordered]
