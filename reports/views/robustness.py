"""The page 稳健性 of a round: how firmly its outcome stands. For the office only; it changes nothing."""

import logging
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import Permission, get_permitted, require
from campaigns.enums import RoundKind
from campaigns.models import Round
from campaigns.queries import visible_rounds
from scoring.explaining import NotReproducible

from ..queries import rounds as figures
from ..queries.robustness import robustness_study

log = logging.getLogger(__name__)


@require(Permission.RUN_COMPUTATION)
def robustness(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Of the generation asked for (``?computation=``), else of the one that stands; of none, an empty page."""
    rows = visible_rounds(request.membership).select_related("campaign", "scheme_version__scheme")
    found = get_permitted(request.membership, Permission.RUN_COMPUTATION, rows, pk=round_id)
    generation = figures.chosen(figures.generations(request.membership, found), _wanted(request))
    if generation is None and "computation" in request.GET:
        raise Http404
    context = frame(found, generation)
    if generation is None:
        return render(request, "reports/robustness.html", context)
    try:
        study = robustness_study(request.membership, generation.computation)
    except NotReproducible:
        log.exception("computation %s cannot be reproduced", generation.computation.pk)
        return render(request, "reports/robustness.html", context | {"broken": True})
    return render(request, "reports/robustness.html", context | {"study": study})


def _wanted(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["computation"]) if "computation" in request.GET else None
    except ValueError:
        raise Http404 from None


def frame(found: Round, generation: figures.Generation | None) -> dict[str, Any]:
    """What the page shows of the round beside its study."""
    back = reverse("reports:round", args=[found.pk])
    computation = generation.computation if generation else None
    light, words = figures.state_words(found, computation)
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": found.title, "url": back},
        {"label": "稳健性"},
    ]
    return {
        "round": found, "crumbs": crumbs, "back": back, "generation": generation, "computation": computation,
        "light": light, "words": words, "review": found.kind == RoundKind.REINSPECTION,
        "tiers": {name: i for i, name in enumerate(figures.document_of(found.scheme_version).tier_names, start=1)},
    }  # fmt: skip
