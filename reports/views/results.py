"""One result, derived down to single marks, for those who may see them."""

import logging
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import Permission, get_permitted, require
from accounts.enums import Role
from schemes import Explanation, Scheme
from schemes.trial import grades_instead
from scoring.explaining import ExplainedResult, NotReproducible, explain_result
from scoring.models import Result
from scoring.queries import explainable_results, kept_back
from scoring.wording import score_clause, score_places, score_sentence

from ..queries import results as reads
from ..queries.derived import derived_rows, following_rows
from ..queries.rounds import clause_words, generations, with_clause

log = logging.getLogger(__name__)

RELATED = (
    "organization", "township", "nomination", "computation__round__campaign", "computation__scheme_version__scheme",
    "computation__computed_by", "computation__confirmed_by", "computation__published_by",
)  # fmt: skip


@require(Permission.VIEW_EXPLANATIONS)
def result(request: HttpRequest, result_id: UUID) -> HttpResponse:
    """The derivation; when it cannot be repeated, a red note in place of every figure."""
    found = find(request, result_id)
    context, explained = frame(request, found), explained_or_none(found)
    if explained is None:
        return render(request, "reports/result.html", context | {"broken": True})
    return render(request, "reports/result.html", context | figures(request, found, explained))


def find(request: HttpRequest, result_id: UUID) -> Result:
    """A result whose single marks this person may see; 404 for any other."""
    rows = explainable_results(request.membership).select_related(*RELATED)
    return get_permitted(request.membership, Permission.VIEW_EXPLANATIONS, rows, pk=result_id)


def explained_or_none(found: Result) -> ExplainedResult | None:
    """None, and a line in the log, when computing again gives other figures than those that are stored."""
    try:
        return explain_result(found)
    except NotReproducible:
        log.exception("result %s cannot be reproduced", found.pk)
        return None


def frame(request: HttpRequest, found: Result) -> dict[str, Any]:
    """What the page shows of a result before any figure."""
    computation, round = found.computation, found.computation.round
    number = next(each.number for each in generations(request.membership, round) if each.computation == computation)
    back = f"{reverse('reports:round', args=[round.pk])}?tier={found.tier}"
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": f"{round.title} {found.tier}", "url": back},
        {"label": "得分说明"},
    ]
    before, after = reads.neighbours(request.membership, found)
    return {
        "result": found, "computation": computation, "round": round, "number": number, "crumbs": crumbs,
        "before": before, "after": after, "review": reads.is_reinspection(found), "back": back,
        "kept": kept_back(computation).get(found.pk),
    }  # fmt: skip


def worded(found: Result, explanation: Explanation, *, names: bool) -> Explanation:
    """The explanation in the words of its round; inspectors by number unless their ``names`` may be seen."""
    if reads.is_reinspection(found):
        explanation = reads.as_reinspection(explanation)
    return explanation if names else reads.without_names(explanation, found)


def figures(request: HttpRequest, found: Result, explained: ExplainedResult) -> dict[str, Any]:
    names = request.membership.role != Role.TOWNSHIP_SECRETARY
    explanation, scheme = worded(found, explained.explanation, names=names), explained.scheme
    derivation = reads.derivation(ExplainedResult(scheme, explanation))
    return {
        "derivation": derivation, "explanation": explanation, "scheme": scheme, "steps": chain(explanation, scheme),
        "figures": derived_rows(explanation), "following": following_rows(explanation.consequences),
        "places": score_places(scheme),
        "score_sentence": with_clause(score_sentence(scheme), score_clause(scheme)),
        "deciding_clause": clause_words(explanation.steps[-1].clause), "rule": scheme.titles.reinspection,
        "ranking_clause": clause_words(scheme.ranking.clause), "graded": grades_instead(scheme),
    }  # fmt: skip


def chain(explanation: Explanation, scheme: Scheme) -> list[dict[str, Any]]:
    """The steps with the words and the text of their clauses."""
    texts = {name: clause.text for name, clause in scheme.clauses.items()}
    words = {step.clause: clause_words(step.clause) for step in explanation.steps}
    return [{"step": s, "label": words[s.clause], "text": texts.get(s.clause, "")} for s in explanation.steps]
