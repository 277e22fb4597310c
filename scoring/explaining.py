"""The explanation of a stored result: its group is read again as it was and computed again, and must give the same."""

from dataclasses import dataclass

from accounts.models import Organization
from schemes import Explanation, Scheme, compute, explain
from sites.models import Inspector

from .models import Result
from .reading import alone, load_computed


class NotReproducible(Exception):
    """The stored result and the recomputed one differ: the data was changed behind the application's back."""


@dataclass(frozen=True)
class ExplainedResult:
    scheme: Scheme
    explanation: Explanation


def explain_result(result: Result) -> ExplainedResult:
    """Derive one stored result. Raises NotReproducible when the recomputed figures are not the stored ones."""
    computation = result.computation
    document = computation.scheme_version.document
    loaded = load_computed(computation, result.tier if alone(document) else None)
    outcome = compute(loaded.scheme, loaded.inputs)
    entry = next(i for i, n in enumerate(loaded.nominations) if n["id"] == result.nomination_id)
    value = outcome.score.value(entry)
    stored = None if result.score_units is None else (result.score_units, result.score_unit)
    same_score = value is None if stored is None else value is not None and value * stored[1] == stored[0]
    found = (int(outcome.rank[entry]) or None, outcome.verdict_of(entry), outcome.grade_of(entry) or "")
    if not same_score or found != (result.rank, result.verdict, result.grade):
        raise NotReproducible(f"{result.pk}: stored {result.score_text} {result.rank} {result.verdict}")
    organizations = dict(Organization.objects.filter(code__in=loaded.inputs.entry_org).values_list("code", "name"))
    inspectors = dict(Inspector.objects.values_list("number", "name"))
    explanation = explain(
        loaded.scheme, loaded.inputs, outcome, entry, organizations=organizations, inspectors=inspectors
    )
    return ExplainedResult(loaded.scheme, explanation)
