"""Pages of rounds: the list, and one round's ranking with the next act on it.

Looks only: every act is a form that posts to the scoring app. Which act is next follows from the round's state.
"""

from dataclasses import dataclass
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
from reports.templatetags.wording import OUTCOMES
from schemes import Scheme
from schemes.exact import decimal_text
from scoring.enums import ComputationState
from scoring.models import Result

from ..queries import results as reads
from ..queries import rounds as figures
from ..queries.board import sheet_progress

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
    context |= acts(request, found, newest, current=generation == newest)
    if generation is None:
        return render(request, "reports/round.html", context | waiting(request, found))
    if found.kind == RoundKind.REINSPECTION:
        return render(request, "reports/round.html", context | review(request, generation, scheme))
    return render(request, "reports/round.html", context | group(request, found, generation, scheme))


def head(found: Round, generation: figures.Generation | None, scheme: Scheme) -> dict[str, Any]:
    light, words = figures.state_words(found, generation.computation if generation else None)
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
        "score_sentence": figures.with_clause(scheme.score.sentence(scheme), scheme.score.clause),
    }  # fmt: skip


def _book(found: Round) -> str:
    """Address of the round's workbook; empty while nothing serves one."""
    for args in ([found.pk], [found.pk, "xlsx"]):
        try:
            return reverse("reports:round_book", args=args)
        except NoReverseMatch:
            continue
    return ""


# -- the ranking of one tier


def group(request: HttpRequest, found: Round, generation: figures.Generation, scheme: Scheme) -> dict[str, Any]:
    computation = generation.computation
    groups = computation.groups
    names = [each["tier"] for each in groups]
    tier = request.GET.get("tier", "")
    tier = tier if tier in names else (names[0] if names else "")
    chosen_group = next((each for each in groups if each["tier"] == tier), None)
    visible = reads.results_of(request.membership, computation)
    summary = figures.group_summary(visible, computation, tier)
    rounding = scheme.score.round
    threshold = next((each.threshold for each in scheme.tiers if each.name == tier), None)
    awarded = chosen_group["awarded"] if chosen_group else None
    context = table(request, visible, tier, summary, line_after=awarded)
    context |= {"tabs": tabs(request, scheme, groups, tier), "tier": tier, "unified": not tier}
    context["ties"] = [tie.title(scheme) for tie in scheme.ranking.tie_breaks]
    context["columns"] = 8 + len(context["ties"]) + (not tier)
    if chosen_group is None:
        return context
    context["proof"] = figures.proof(scheme, found, chosen_group, summary)
    if summary.size <= figures.MOST_SQUARES:
        context["entries"] = figures.squares(visible, tier)
    context["cut_words"] = figures.award_line(chosen_group, summary, threshold, rounding.places if rounding else 2)
    return context


def tabs(request: HttpRequest, scheme: Scheme, groups: list[dict[str, Any]], tier: str) -> list[dict[str, Any]]:
    """One tab per tier of the scheme; a change of tier drops the filters of the other."""
    kept = {name: request.GET[name] for name in ("computation",) if name in request.GET}
    rows = []
    for each in groups:
        name = each["tier"]
        position = scheme.tier_names.index(name) + 1 if name in scheme.tier_names else 4
        url = f"?{_query({'tier': name, **kept})}"
        rows.append({**each, "name": name or "全部", "position": position, "url": url, "current": name == tier})
    return rows


def table(
    request: HttpRequest,
    visible: QuerySet[Result],
    tier: str,
    summary: figures.GroupSummary,
    *,
    line_after: int | None,
    order: str = "rank",
) -> dict[str, Any]:
    """A page of the ranking with its filters. The deciding line stands in the whole, in the page's own order only."""
    wanted = wanted_from(request.GET, summary, order)
    whole = wanted.sort == order and not wanted.narrowed
    rows = reads.ranking(visible, request.membership, tier, wanted)
    page = counted_page(rows, request.GET.get("page", "1"), _known_count(wanted, summary))
    lines = reads.ranking_rows(list(page), visible, first=page.start_index(), cut_after=line_after if whole else None)
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
    )


def _known_count(wanted: reads.Wanted, summary: figures.GroupSummary) -> int | None:
    if wanted.township or wanted.text:
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
    """Filter chips in the fixed order of outcomes, zeros included; 未评 only when there is one."""
    labels = words or {key: each.word for key, each in OUTCOMES.items()}
    keys = [key for key in labels if key != "unscored" or summary.verdicts.get(key)]
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


# -- the next act


@dataclass(frozen=True)
class Act:
    """One act on a round: the variables of its dialog, or why it may not be done now."""

    id: str
    label: str
    title: str
    consequence: str
    url: str
    touches: str = ""
    why_not: str = ""


def acts(request: HttpRequest, found: Round, newest: figures.Generation | None, *, current: bool) -> dict[str, Any]:
    """The primary act and the way back, for the office and the generation that stands."""
    if not current or not allowed(request.membership, Permission.RUN_COMPUTATION):
        return {}
    return {"act": next_act(request, found, newest), "return_act": return_act(found)}


def next_act(request: HttpRequest, found: Round, newest: figures.Generation | None) -> Act | None:
    if found.state in (RoundState.PLANNED, RoundState.NOMINATING):
        return _open_act(found)
    if found.state in (RoundState.SCORING, RoundState.SEALED):
        return _compute_act(found)
    if newest is None:
        return None
    if found.state == RoundState.COMPUTED:
        return _confirm_act(request, found, newest)
    return _publish_act(found, newest) if found.state == RoundState.CONFIRMED else None


def _open_act(found: Round) -> Act:
    why = "" if found.state == RoundState.NOMINATING else "还没有申报。请先在“申报与评分导入”中导入本轮申报。"
    consequence = "开放后评委可以提交评分单，手机提交和表格导入都可以；到封存为止。"
    url = reverse("scoring:open", args=[found.pk])
    return Act("open", "开放评分", f"开放评分：{found.title}", consequence, url, why_not=why)


def _compute_act(found: Round) -> Act:
    label = "封存并计算" if found.state == RoundState.SCORING else "计算"
    consequence = "封存后不再收评分单，随即在后台计算；要更正须退回评分并写明原因。"
    return Act("compute", label, f"{label}：{found.title}", consequence, reverse("scoring:compute", args=[found.pk]))


def _confirm_act(request: HttpRequest, found: Round, newest: figures.Generation) -> Act:
    mine = newest.computation.computed_by_id == request.user.pk
    why = "计算由您发起，请另一位管理员确认（两人经手）。" if mine else ""
    url = reverse("scoring:confirm", args=[newest.computation.pk])
    consequence = "确认表示您已核对评分单与结果。确认后可以公布，公布前仍可退回评分。"
    return Act("confirm", "确认结果", f"确认{found.title}结果", consequence, url, _touches(found, newest), why)


def _publish_act(found: Round, newest: figures.Generation) -> Act:
    url = reverse("scoring:publish", args=[newest.computation.pk])
    consequence = "公布后领导、乡镇（街道）都能看到结果，称号、考核加分和补助随之更新；更正只能另行计算、再次公布。"
    return Act("publish", "公布结果", f"公布{found.title}结果", consequence, url, _touches(found, newest))


def _touches(found: Round, newest: figures.Generation) -> str:
    groups, sheets = newest.computation.groups, newest.computation.sheet_count
    tiers = "，".join(f"{each['tier']}授予 {each['awarded']} 家" for each in groups if each["tier"])
    if found.kind == RoundKind.REINSPECTION:
        tiers = ""
    parts = [
        f"计算编号 {newest.number}",
        f"参评 {sum(each['participants'] for each in groups)} 家",
        f"评分单 {sheets} 份",
        tiers,
    ]
    return "，".join(part for part in parts if part)


def return_act(found: Round) -> Act | None:
    if found.state not in (RoundState.SEALED, RoundState.COMPUTED, RoundState.CONFIRMED, RoundState.PUBLISHED):
        return None
    published = found.state == RoundState.PUBLISHED
    consequence = "退回后重新收评分单，" + (
        "已公布的结果在更正公布之前仍然有效。" if published else "这次计算作废，须重新计算。"
    )
    url = reverse("scoring:return", args=[found.pk])
    return Act("return", "退回评分", f"退回评分：{found.title}", consequence, url)


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
