"""The county's review of a round's nominations as one table: filters, batches, a file of what is shown; burden."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, require
from accounts.enums import Role
from accounts.exports import download
from accounts.models import Organization

from ..burden import RULE, Burden, burden_of, burden_years, burdens, shared_files
from ..eligibility import Answer, Grounds, load_grounds
from ..enums import NominationState, Switch
from ..models import Nomination, Round
from ..nominating import Checklist, checklist, lacks, self_total, usable_evidence, why_not_review
from ..queries import visible_nominations
from ..services.applying import NominationRefused
from ..services.reviewing import DECISIONS, decide_many
from .nominations import LIGHTS, ORDER, chips, find_round, last_day

REVIEW = Permission.REVIEW_NOMINATIONS
HEADER = (
    "序号", "组织代码", "组织全称", "所属乡镇", "组织类别", "申报等次", "状态", "尚缺", "佐证材料", "自评", "提交时间", "审核意见",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A nomination as the office looks at it."""

    nomination: Nomination
    asked: Checklist
    lacks: list[str]
    answer: Answer
    total: str
    shared: list[str]
    burden: Burden
    light: str
    decidable: bool


@require(REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The table; a batch is decided all or none, and what was ticked and written stays when it is refused."""
    found = find_round(request, REVIEW, round_id)
    here = f"{reverse('campaigns:review', args=[found.pk])}{address(request)}"
    ticked = request.POST.getlist("chosen")
    if request.method == "POST" and decided(request, found, ticked):
        return redirect(here)
    everything, shown = rows_of(request, found)
    grounds = load_grounds(found, [row.nomination.organization for row in everything])
    states, chosen = [row.nomination.state for row in everything], request.GET.get("state", "")
    shut = why_not_review(found)
    context = {
        "round": found, "rows": shown, "here": here, "shut": shut, "last_day": last_day(found, Switch.REVIEW),
        "filters": chips(states, chosen, f"?{kept(request, 'township')}", but=(NominationState.DRAFT,)),
        "townships": townships(everything), "township": request.GET.get("township", ""), "chosen": chosen,
        "places": places(grounds, everything), "decisions": [] if shut else list(DECISIONS.items()),
        "ticked": ticked, "reason": request.POST.get("reason", ""), "decision": request.POST.get("decision", ""),
        "file": f"{reverse('campaigns:review_file', args=[found.pk])}{address(request)}", "any": bool(everything),
        "crumbs": [{"label": "申报审核", "url": reverse("campaigns:reviews")}, {"label": f"{found.title}申报审核"}],
        "limits": [limit.sentence(grounds.scheme) for limit in grounds.scheme.selection.limits],
    }  # fmt: skip
    return render(request, "campaigns/review.html", context)


def decided(request: HttpRequest, found: Round, ticked: list[str]) -> bool:
    """Only what is of this round and may be seen can be ticked; anything else is not there."""
    known = {str(row.pk): row for row in visible_nominations(request.membership).filter(round=found)}
    decision = request.POST.get("decision", "")
    chosen = [known[pk] for pk in dict.fromkeys(ticked) if pk in known]
    try:
        done = decide_many(
            nominations=chosen, decision=decision, reason=request.POST.get("reason", ""), actor=request.user
        )
    except NominationRefused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
        return False
    messages.success(request, f"已办理 {len(done)} 份申报：{DECISIONS[NominationState(decision)]}。")
    return True


def rows_of(request: HttpRequest, found: Round) -> tuple[list[Row], list[Row]]:
    """Every row of the round, and those that the filters leave."""
    nominations = visible_nominations(request.membership).filter(round=found)
    everything = table(found, nominations.select_related("organization", "township"))
    state, township = request.GET.get("state", ""), request.GET.get("township", "")
    shown = [
        row for row in everything
        if state in ("", row.nomination.state) and township in ("", str(row.nomination.township_id))
    ]  # fmt: skip
    return everything, shown


def table(found: Round, nominations: Iterable[Nomination]) -> list[Row]:
    """Rows in the order of work; a few queries, however many there are."""
    rows = list(nominations)
    for row in rows:
        row.round = found
    scheme, evidence, shared = found.scheme_version.document, usable_evidence(rows), shared_files(rows)
    burden, grounds = burden_of(rows), load_grounds(found, [row.organization for row in rows])
    made = [
        _row(row, checklist(scheme, evidence.get(row.pk, ())), grounds, shared.get(row.pk, []),
             burden[row.organization_id])
        for row in rows
    ]  # fmt: skip
    return sorted(made, key=_place)


def _place(row: Row) -> tuple[int, str, str]:
    order = [NominationState.SUBMITTED, *(state for state in ORDER if state != NominationState.SUBMITTED)]
    return order.index(NominationState(row.nomination.state)), row.nomination.tier, row.nomination.organization.path


def _row(row: Nomination, asked: Checklist, grounds: Grounds, shared: list[str], burden: Burden) -> Row:
    scheme, state = grounds.scheme, NominationState(row.state)
    decidable = state in (NominationState.SUBMITTED, NominationState.APPROVED, NominationState.REJECTED)
    answer = grounds.answer(row.organization, row.tier, own=row, timely=True)
    return Row(row, asked, lacks(row, asked), answer, self_total(scheme, row), shared, burden, LIGHTS[state], decidable)


def townships(rows: list[Row]) -> list[Organization]:
    found = {row.nomination.township for row in rows if row.nomination.township is not None}
    return sorted(found, key=lambda each: each.path)


def places(grounds: Grounds, rows: list[Row]) -> list[dict[str, Any]]:
    """Per tier: how many wait, how many were approved; the limits are the round's and stand once beside."""
    counts = Counter((row.nomination.tier, row.nomination.state) for row in rows)
    return [
        {
            "name": tier.name, "target": tier.target,
            "waiting": counts[tier.name, NominationState.SUBMITTED],
            "approved": counts[tier.name, NominationState.APPROVED],
            "returned": counts[tier.name, NominationState.RETURNED],
            "rejected": counts[tier.name, NominationState.REJECTED],
        }
        for tier in grounds.scheme.tiers
    ]  # fmt: skip


def kept(request: HttpRequest, *names: str) -> str:
    """These parameters of the address, ready for another one behind them."""
    pairs = [(name, request.GET[name]) for name in names if request.GET.get(name)]
    return f"{urlencode(pairs)}&" if pairs else ""


def address(request: HttpRequest) -> str:
    query = kept(request, "state", "township").rstrip("&")
    return f"?{query}" if query else ""


@require(REVIEW)
@require_safe
def review_file(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The table as it is shown, as a workbook."""
    found = find_round(request, REVIEW, round_id)
    _, shown = rows_of(request, found)
    name = f"{request.tenant.name}{found.title}申报审核表".replace(" ", "")
    return download(name, "xlsx", HEADER, [_cells(number, row) for number, row in enumerate(shown, start=1)])


def _cells(number: int, row: Row) -> tuple[object, ...]:
    nomination, organization = row.nomination, row.nomination.organization
    submitted = f"{timezone.localtime(nomination.submitted_at):%Y-%m-%d %H:%M}" if nomination.submitted_at else ""
    given = sum(bool(ask.given) for ask in row.asked.asks)
    return (
        number, organization.code, organization.name, nomination.township.name if nomination.township else "",
        organization.get_kind_display(), nomination.tier, nomination.get_state_display(), "".join(row.lacks),
        f"{given}/{len(row.asked.asks)}", row.total, submitted, nomination.decision_reason,
    )  # fmt: skip


# -- what was asked of whom


@require(Permission.VIEW_NOMINATIONS)
@require_safe
def burden(request: HttpRequest) -> HttpResponse:
    years = burden_years(request.membership)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else (years[0] if years else None)
    rows = burdens(request.membership, year) if year else []
    names = ("nominations", "asked", "given", "reused", "returned")
    context = {
        "year": year, "years": years, "rule": RULE, "number": len(rows),
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "totals": {name: sum(getattr(row, name) for row in rows) for name in names},
        "own": request.membership.role == Role.TOWNSHIP_SECRETARY,
    }  # fmt: skip
    return render(request, "campaigns/burden.html", context)
