"""Pages of rounds: the list, and one round's ranking with the next act on it.

Looks only; the acts are in ``acts``.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from accounts.access import Permission, allowed, get_permitted, require
from campaigns.enums import NominationState, RoundKind, RoundState
from campaigns.models import Round
from campaigns.queries import visible_nominations, visible_rounds
from reports.templatetags.wording import OUTCOMES, RARE
from schemes import Scheme
from schemes.exact import decimal_text
from scoring.enums import ComputationState
from scoring.models import Result, ResultDecision
from scoring.queries import applied
from scoring.services.drawing import changed_sources
from scoring.sources import sourced_facts
from scoring.wording import score_clause, score_places, score_sentence

from ..queries import results as reads
from ..queries import rounds as figures
from ..queries.board import sheet_progress
from ..queries.following import any_following
from .acts import acts
from .review import review_of

PER_PAGE = 50
REVIEW_WORDS = {"awarded": "保留称号", "below_threshold": "摘牌警示", "unscored": "未评"}


@require(Permission.VIEW_ROUNDS)
def rounds(request: HttpRequest) -> HttpResponse:
    year = request.GET.get("year", "")
    order = request.GET.get("sort", "-date")
    found = figures.round_list(request.membership, year=int(year) if year.isdecimal() else None, order=order)
    chips = [{"label": "全部", "count": sum(n for _, n in found.years), "url": "?", "pressed": not year.isdecimal()}]
    chips += [{"label": f"{y} 年", "count": n, "url": f"?year={y}", "pressed": year == str(y)} for y, n in found.years]
    return render(request, "reports/rounds.html", {"list": found, "filters": chips, "sort": order, "year": year})


@require(Permission.VIEW_ROUNDS)
def round(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One round: its ranking, or before there is one, how far it has come."""
    membership = request.membership
    rows = visible_rounds(membership).select_related("campaign", "scheme_version__scheme")
    found = get_permitted(membership, Permission.VIEW_ROUNDS, rows, pk=round_id)
    scheme = figures.document_of(found.scheme_version)
    all_generations = figures.generations(membership, found)
    wanted = _uuid(request.GET.get("computation", ""))
    generation = figures.chosen(all_generations, wanted)
    if wanted and generation is None:
        raise Http404
    newest = figures.chosen(all_generations, None)
    context = head(found, generation, scheme) | {"earlier": [g for g in all_generations if g != generation]}
    context["bundle_url"] = _bundle(request, generation)
    context |= beside(request, generation, scheme)
    office = review_of(request, generation.computation if generation else None)
    context |= acts(request, found, newest, office, current=generation == newest) | {"review_strip": office.steps}
    if generation is None:
        return render(request, "reports/round.html", context | waiting(request, found))
    if found.kind == RoundKind.REINSPECTION:
        return render(request, "reports/round.html", context | review(request, generation, scheme))
    kept = applied(office.decisions)
    return render(request, "reports/round.html", context | group(request, found, generation, scheme, kept))


def head(found: Round, generation: figures.Generation | None, scheme: Scheme) -> dict[str, Any]:
    light, words = figures.state_words(found, generation.computation if generation else None)
    words = words if scheme.leaves else words.replace("评分中", "填报中").replace("申报中", "填报中")
    crumbs = [
        {"label": "轮次与结果", "url": reverse("reports:rounds")},
        {"label": f"{found.year} 年", "url": f"{reverse('reports:rounds')}?year={found.year}"},
        {"label": found.title},
    ]
    return {
        "round": found, "light": light, "words": words, "crumbs": crumbs, "scheme": scheme, "generation": generation,
        "computation": generation.computation if generation else None, "book_url": _book(found),
        "correcting": generation is not None and found.state == RoundState.SCORING,
        "superseded": generation is not None and generation.computation.state == ComputationState.SUPERSEDED,
        "ranking_clause": figures.clause_words(scheme.ranking.clause), "review": found.kind == RoundKind.REINSPECTION,
        "score_sentence": figures.with_clause(score_sentence(scheme), score_clause(scheme)),
        "rated": rates_only(scheme),
    }  # fmt: skip


def _book(found: Round) -> str:
    """Address of the round's workbook; empty while nothing serves one."""
    for args in ([found.pk], [found.pk, "xlsx"]):
        try:
            return reverse("reports:round_book", args=args)
        except NoReverseMatch:
            continue
    return ""


def _bundle(request: HttpRequest, generation: figures.Generation | None) -> str:
    """Address of the sealed bundle of a confirmed generation, for the office; empty otherwise."""
    if generation is None or generation.computation.confirmed_at is None:
        return ""
    office = allowed(request.membership, Permission.IMPORT_DATA)
    return reverse("reports:bundle", args=[generation.computation.pk]) if office else ""


def beside(request: HttpRequest, generation: figures.Generation | None, scheme: Scheme) -> dict[str, Any]:
    """Whether anything follows from the results, and what the outcomes they drew on say differently now."""
    if generation is None:
        return {}
    computation = generation.computation
    standing = computation.state != ComputationState.SUPERSEDED
    draws = standing and bool(sourced_facts(scheme)) and allowed(request.membership, Permission.RUN_COMPUTATION)
    follows = bool(scheme.consequences or scheme.propagation) and any_following(request.membership, computation)
    return {"follows": follows, "stale": changed_sources(computation) if draws else []}


def rates_only(scheme: Scheme) -> bool:
    """Whether nothing is awarded: everybody takes part, is ranked and rated."""
    return "tiers" not in scheme.model_fields_set


# -- the ranking of one tier


def group(
    request: HttpRequest,
    found: Round,
    generation: figures.Generation,
    scheme: Scheme,
    kept: Mapping[UUID, ResultDecision],
) -> dict[str, Any]:
    computation = generation.computation
    groups = computation.groups
    chosen_group = chosen_of(groups, request.GET.get("tier", ""), request.GET.get("group", ""))
    tier, label = (chosen_group["tier"], chosen_group.get("label", "")) if chosen_group else ("", "")
    visible = reads.results_of(request.membership, computation)
    visible = visible.filter(group_label=label) if label else visible
    summary = figures.group_summary(visible, computation, tier, label)
    threshold = next((each.threshold for each in scheme.tiers if each.name == tier), None)
    awarded = chosen_group["awarded"] if chosen_group and not rates_only(scheme) else None
    context = table(request, visible, tier, summary, line_after=awarded, kept=kept)
    context["kept"] = dict(Counter(decision.get_kind_display() for decision in kept.values()))
    context |= {"tabs": tabs(request, scheme, groups, chosen_group), "tier": tier, "unified": not tier}
    context["group_label"] = label
    if scheme.rating and rates_only(scheme):
        context["filters"] = grades(request, scheme, summary, context["wanted"])
    context["ties"] = [tie.title(scheme) for tie in scheme.ranking.tie_breaks]
    context["columns"] = 8 + len(context["ties"]) + (not tier)
    if chosen_group is None or rates_only(scheme):
        return context
    context["proof"] = figures.proof(scheme, found, chosen_group, summary)
    if summary.size <= figures.MOST_SQUARES:
        context["entries"] = figures.squares(visible, tier)
    context["cut_words"] = figures.award_line(chosen_group, summary, threshold, score_places(scheme))
    return context


def chosen_of(groups: list[dict[str, Any]], tier: str, label: str) -> dict[str, Any] | None:
    """The ranking group asked for, else the first of that tier, else the first."""
    of_tier = [each for each in groups if each["tier"] == tier] or groups[:1]
    of_label = [each for each in groups if each["tier"] == tier and each.get("label", "") == label]
    return next(iter(of_label or of_tier), None)


def grades(
    request: HttpRequest, scheme: Scheme, summary: figures.GroupSummary, wanted: reads.Wanted
) -> list[dict[str, Any]]:
    """Chips with the number of each grade, from the highest down; zeros included, of the grades themselves."""
    assert scheme.rating is not None
    order = [*scheme.grade_names, scheme.rating.below, scheme.rating.not_rated_words]
    counted = [(name, summary.grades.get(name, 0)) for name in dict.fromkeys(order)]
    shown = [(name, number) for name, number in counted if number or name in scheme.grade_names]
    return [
        {"label": label, "count": count, "url": _with(request, grade=key), "pressed": wanted.grade == key}
        for key, label, count in [("", "全部", summary.size), *((name, name, number) for name, number in shown)]
    ]


def tabs(
    request: HttpRequest, scheme: Scheme, groups: list[dict[str, Any]], chosen: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """One tab per ranking group of the scheme; a change of group drops the filters of the other."""
    kept = {name: request.GET[name] for name in ("computation",) if name in request.GET}
    rows = []
    for each in groups:
        name, label = each["tier"], each.get("label", "")
        position = scheme.tier_names.index(name) + 1 if name in scheme.tier_names and not rates_only(scheme) else 4
        url = f"?{_query({'tier': name, 'group': label, **kept})}"
        shown = label if rates_only(scheme) else " ".join(part for part in (name, label) if part)
        rows.append({**each, "name": shown or "全部", "position": position, "url": url, "current": each is chosen})
    return rows


def table(
    request: HttpRequest,
    visible: QuerySet[Result],
    tier: str,
    summary: figures.GroupSummary,
    *,
    line_after: int | None,
    order: str = "rank",
    kept: Mapping[UUID, ResultDecision] | None = None,
) -> dict[str, Any]:
    """A page of the ranking with its filters. The deciding line stands in the whole, in the page's own order only."""
    wanted = wanted_from(request.GET, summary, order)
    whole = wanted.sort == order and not wanted.narrowed
    rows = reads.ranking(visible, request.membership, tier, wanted)
    page = counted_page(rows, request.GET.get("page", "1"), _known_count(wanted, summary))
    cut = line_after if whole else None
    lines = reads.ranking_rows(list(page), visible, first=page.start_index(), cut_after=cut, kept=kept)
    return {
        "rows": lines, "page": page, "wanted": wanted, "summary": summary, "filters": chips(request, summary, wanted),
        "sort": wanted.sort, "cut_last": whole and summary.size == line_after == page.end_index() and summary.size > 0,
    }  # fmt: skip


def wanted_from(query: QueryDict, summary: figures.GroupSummary, order: str = "rank") -> reads.Wanted:
    """Filters from the address; what means nothing is left out. ``order`` is the page's own."""
    verdict, sort = query.get("verdict", ""), query.get("sort", order)
    township = _uuid(query.get("township", ""))
    return reads.Wanted(
        verdict=verdict if verdict in OUTCOMES else "",
        township=township if any(pk == str(township) for pk, _ in summary.townships) else None,
        text=query.get("q", "").strip()[:40],
        sort=sort if sort.lstrip("-") in reads.ORDERS else order,
        grade=query.get("grade", "") if query.get("grade", "") in summary.grades else "",
    )


def _known_count(wanted: reads.Wanted, summary: figures.GroupSummary) -> int | None:
    if wanted.township or wanted.text or wanted.grade:
        return None
    return summary.verdicts.get(wanted.verdict, 0) if wanted.verdict else summary.size


def counted_page(rows: Any, number: str, known: int | None) -> Page:
    """A page of a queryset; where the count is known it is not counted again."""
    paginator = Paginator(rows, PER_PAGE)
    if known is not None:
        paginator.__dict__["count"] = known
    return paginator.get_page(number)


def chips(
    request: HttpRequest, summary: figures.GroupSummary, wanted: reads.Wanted, words: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Filter chips in the fixed order of outcomes, zeros included; rare ones only when there is one."""
    labels = words or {key: each.word for key, each in OUTCOMES.items()}
    keys = [key for key in labels if key not in RARE or summary.verdicts.get(key)]
    rows = [("", "全部", summary.size)] + [(key, labels[key], summary.verdicts.get(key, 0)) for key in keys]
    return [
        {"label": label, "count": count, "url": _with(request, verdict=key), "pressed": wanted.verdict == key}
        for key, label, count in rows
    ]


# -- a re-inspection, a round without results


def review(request: HttpRequest, generation: figures.Generation, scheme: Scheme) -> dict[str, Any]:
    """Title holders re-inspected: no tabs, no proof, no ranks; lowest score first, a line at the one threshold."""
    visible = reads.results_of(request.membership, generation.computation)
    summary = figures.group_summary(visible, generation.computation, "")
    rule, lost = scheme.titles.reinspection, summary.verdicts.get("below_threshold", 0)
    context = table(request, visible, "", summary, line_after=lost or None, order="score")
    context["filters"] = chips(request, summary, context["wanted"], REVIEW_WORDS)
    least = decimal_text(rule.revoke_below, 2) if rule else ""
    words = f"复评标准 {least} 分 · 上面 {lost} 家低于标准，摘牌警示"
    return context | {"rule": rule, "ties": [], "columns": 7, "cut_words": words}


def waiting(request: HttpRequest, found: Round) -> dict[str, Any]:
    """Before the first computation: entries per tier, and for the office how many sheets are in."""
    entries = visible_nominations(request.membership).filter(round=found)
    states = list(entries.order_by().values_list("tier", "state"))
    tiers = [
        {"tier": tier, "number": sum(t == tier for t, _ in states),
         "approved": sum(t == tier and s == NominationState.APPROVED for t, s in states)}
        for tier in figures.document_of(found.scheme_version).tier_names
    ]  # fmt: skip
    return {"waiting": True, "entry_tiers": tiers, "progress": sheet_progress(request.membership, [found])[found.pk]}


# -- addresses


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _query(parameters: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in parameters.items() if value})
    return query.urlencode()


def _with(request: HttpRequest, **changes: str) -> str:
    """This page's address with some parameters changed; an empty one and the page number are dropped."""
    kept = {name: value for name, value in request.GET.dict().items() if name != "page"}
    return f"?{_query({**kept, **changes})}"
