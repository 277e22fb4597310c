"""What follows from a round's results (结果运用), and two of its computations side by side (版本对照)."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Permission, get_permitted, require
from campaigns.models import Round
from campaigns.queries import visible_rounds

from ..queries import following as reads
from ..queries import rounds as figures
from ..queries.versions import side_by_side

PER_PAGE = 100


def _round(request: HttpRequest, round_id: UUID) -> Round:
    rows = visible_rounds(request.membership).select_related("campaign", "scheme_version__scheme")
    found: Round = get_permitted(request.membership, Permission.VIEW_ROUNDS, rows, pk=round_id)
    return found


def _frame(found: Round, title: str) -> dict[str, Any]:
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": found.title, "url": reverse("reports:round", args=[found.pk])},
        {"label": title},
    ]
    return {"round": found, "crumbs": crumbs, "scheme": figures.document_of(found.scheme_version)}


def _wanted(request: HttpRequest, name: str) -> UUID | None:
    """An id from the address. Raises Http404 for anything else."""
    text = request.GET.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error


@require(Permission.VIEW_ROUNDS)
@require_safe
def following(request: HttpRequest, round_id: UUID) -> HttpResponse:
    found = _round(request, round_id)
    context = _frame(found, "结果运用")
    wanted = _wanted(request, "computation")
    generation = figures.chosen(figures.generations(request.membership, found), wanted)
    if wanted and generation is None:
        raise Http404
    if generation is None:
        return render(request, "reports/following.html", context)
    rows = list(reads.visible_consequences(request.membership, generation.computation))
    kinds = reads.kinds(rows)
    chosen = request.GET.get("kind", "")
    shown = [row for row in rows if row.key == chosen] if any(kind.key == chosen for kind in kinds) else rows
    context |= {
        "generation": generation, "computation": generation.computation, "kinds": kinds,
        "filters": _filters(request, kinds, len(rows)) if len(kinds) > 1 else [],
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")), "count": len(rows),
        "points": list(reads.visible_points(request.membership, generation.computation)),
    }  # fmt: skip
    return render(request, "reports/following.html", context)


def _filters(request: HttpRequest, kinds: list[reads.Kind], count: int) -> list[dict[str, Any]]:
    """Chips of the kinds of consequences, in the order of the scheme."""
    kept, chosen = request.GET.copy(), request.GET.get("kind", "")
    kept.pop("page", None)
    found = []
    for key, label, number in [("", "全部", count), *((kind.key, kind.name, kind.count) for kind in kinds)]:
        kept["kind"] = key
        found.append({"label": label, "count": number, "url": f"?{kept.urlencode()}", "pressed": chosen == key})
    return found


@require(Permission.VIEW_ROUNDS)
@require_safe
def versions(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The two newest computations that the person may see, or the two they chose."""
    found = _round(request, round_id)
    every = figures.generations(request.membership, found)
    context = _frame(found, "版本对照") | {"generations": every}
    if len(every) < 2:
        return render(request, "reports/versions.html", context)
    earlier, later = _pair(request, every)
    rows = side_by_side(request.membership, earlier.computation, later.computation)
    changed = [row for row in rows if row.changed]
    shown = rows if request.GET.get("all") else changed
    context |= {
        "earlier": earlier, "later": later, "total": len(rows), "changed": len(changed),
        "all": bool(request.GET.get("all")), "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "reports/versions.html", context)


def _pair(request: HttpRequest, every: list[figures.Generation]) -> tuple[figures.Generation, figures.Generation]:
    chosen = []
    for name, usual in (("earlier", every[-2]), ("later", every[-1])):
        wanted = _wanted(request, name)
        generation = usual if wanted is None else figures.chosen(every, wanted)
        if generation is None:
            raise Http404
        chosen.append(generation)
    return chosen[0], chosen[1]
