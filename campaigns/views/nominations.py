"""A township's nominations: its list over the rounds, the choice of organization and tier; the county's reviews.

What may be put forward is said before anything is filled in; one nomination has its page in ``nomination``.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, get_permitted, require
from accounts.models import Organization

from ..eligibility import Answer, Grounds, load_grounds
from ..enums import SEALED_STATES, NominationState, RoundKind, Switch
from ..models import Nomination, Round
from ..nominating import EDITABLE, checklist, lacks, usable_evidence, why_not_nominate, why_not_review
from ..phases import phases_with
from ..queries import board_rounds, material_organizations, visible_nominations
from ..services.applying import NominationRefused, start_nomination

#: What waits for the township first, what is settled last.
ORDER = [
    NominationState.RETURNED, NominationState.DRAFT, NominationState.SUBMITTED, NominationState.APPROVED,
    NominationState.REJECTED, NominationState.WITHDRAWN,
]  # fmt: skip
LIGHTS = {
    NominationState.DRAFT: "idle", NominationState.SUBMITTED: "run", NominationState.APPROVED: "ok",
    NominationState.RETURNED: "warn", NominationState.REJECTED: "bad", NominationState.WITHDRAWN: "idle",
}  # fmt: skip


@dataclass(frozen=True)
class Window:
    """A round as a township meets it: whether it can nominate now, until when, or why not."""

    round: Round
    shut: str
    last_day: date | None

    @property
    def waiting(self) -> bool:
        """Shut now, but not for good: its day is still to come."""
        today = timezone.localdate()
        return bool(self.shut) and any(phase.opens_on > today for phase in phases_with(self.round, Switch.NOMINATE))


def creation_rounds(request: HttpRequest) -> QuerySet[Round]:
    """Rounds of creation, the newest first, published or not: that there is a round is no secret, its results are."""
    rounds = board_rounds(request.membership).filter(kind=RoundKind.CREATION)
    return rounds.select_related("campaign", "scheme_version").order_by("-onsite_date", "-sequence")


def find_round(request: HttpRequest, permission: Permission, round_id: UUID) -> Round:
    return get_permitted(request.membership, permission, creation_rounds(request), pk=round_id)


def last_day(round: Round, switch: str) -> date | None:
    """The last day on which ``switch`` is on; None where no date says so."""
    return max((phase.closes_on for phase in phases_with(round, switch)), default=None)


def windows(request: HttpRequest) -> list[Window]:
    """Rounds that still take nominations or will."""
    rounds = creation_rounds(request).exclude(state__in=SEALED_STATES)
    found = [Window(each, why_not_nominate(each), last_day(each, Switch.NOMINATE)) for each in rounds]
    return [window for window in found if not window.shut or window.waiting]


# -- the township's list


@require(Permission.NOMINATE)
@require_safe
def nominations(request: HttpRequest) -> HttpResponse:
    rows = visible_nominations(request.membership).select_related("organization", "round__scheme_version")
    rows = rows.prefetch_related("round__phases").order_by("-round__onsite_date", "organization__path")
    chosen = request.GET.get("state", "")
    everything = sorted(rows, key=lambda row: ORDER.index(NominationState(row.state)))
    shown = [row for row in everything if chosen in ("", row.state)]
    states = [row.state for row in everything]
    context = {
        "windows": windows(request), "rows": lines(shown), "chosen": chosen,
        "filters": chips(states, chosen), "any": bool(everything),
    }  # fmt: skip
    return render(request, "campaigns/nominations.html", context)


def lines(rows: list[Nomination]) -> list[dict[str, Any]]:
    """Each nomination with its light, what it lacks while it can be changed, and its last day."""
    evidence = usable_evidence([row for row in rows if row.state in EDITABLE])
    found = []
    for row in rows:
        editable = row.state in EDITABLE and not why_not_nominate(row.round)
        asked = checklist(row.round.scheme_version.document, evidence.get(row.pk, ())) if editable else None
        found.append({
            "nomination": row, "light": LIGHTS[NominationState(row.state)], "editable": editable,
            "lacks": lacks(row, asked) if asked and row.state != NominationState.WITHDRAWN else [],
            "last_day": last_day(row.round, Switch.NOMINATE) if editable else None,
        })  # fmt: skip
    return found


def chips(states: list[str], chosen: str, address: str = "?", but: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Filters by state, zeros included."""
    shown = [state for state in ORDER if state not in but]
    found = [{"label": "全部", "count": len(states), "url": address, "pressed": not chosen}]
    return found + [
        {
            "label": state.label,
            "count": states.count(state),
            "url": f"{address}state={state}",
            "pressed": chosen == state,
        }
        for state in shown
    ]


# -- whom, and for what


@require(Permission.NOMINATE)
@require_http_methods(["GET", "HEAD", "POST"])
def nominate(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Every organization with every tier at once; with one chosen, every line of the answer and the way on."""
    found = find_round(request, Permission.NOMINATE, round_id)
    organizations = own_organizations(request)
    asked = request.POST if request.method == "POST" else request.GET
    chosen = choice(organizations, asked.get("organization", ""))
    grounds = load_grounds(found, organizations if chosen is None else [chosen])
    tier = asked.get("tier", "")
    if request.method == "POST" and chosen is not None:
        if nomination := started(request, found, chosen, tier):
            return redirect("campaigns:nomination", nomination.pk)
    elif request.method == "POST":
        messages.error(request, "请先选择要申报的组织和等次。")
    context = {
        "round": found, "shut": grounds.shut, "last_day": last_day(found, Switch.NOMINATE),
        "tiers": grounds.scheme.tiers, "organization": chosen, "tier": tier, "crumbs": crumbs(found),
    }  # fmt: skip
    if chosen is None or tier not in grounds.scheme.tier_names:
        context |= {"organization": None, "table": choices(grounds, [chosen] if chosen else organizations)}
        return render(request, "campaigns/nominate.html", context)
    return render(request, "campaigns/nominate_one.html", context | {"answer": grounds.answer(chosen, tier)})


def own_organizations(request: HttpRequest) -> list[Organization]:
    rows = material_organizations(request.membership).exclude(pk=request.membership.organization_id)
    return list(rows)


def choice(organizations: list[Organization], asked: str) -> Organization | None:
    """The organization asked for; another township's is a missing one."""
    if not asked:
        return None
    found = next((each for each in organizations if str(each.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def started(request: HttpRequest, round: Round, organization: Organization, tier: str) -> Nomination | None:
    township = request.membership.organization
    facts = {"round": round, "organization": organization, "tier": tier, "township": township}
    try:
        return start_nomination(actor=request.user, **facts)
    except NominationRefused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
        return None


def choices(grounds: Grounds, organizations: list[Organization]) -> list[dict[str, Any]]:
    """For each organization: what it holds, what it put in already, and the answer for each tier."""
    found = []
    for organization in organizations:
        entered = next(
            (entry for entry in grounds.entries.get(organization.pk, ()) if entry.round_id == grounds.round.pk), None
        )
        answers: list[tuple[str, Answer]] = [
            (name, grounds.answer(organization, name)) for name in grounds.scheme.tier_names
        ]
        found.append({
            "organization": organization, "entered": entered, "answers": answers,
            "titles": [title for title in grounds.titles.get(organization.pk, ()) if title.state == "held"],
        })  # fmt: skip
    return found


def crumbs(round: Round) -> list[dict[str, str]]:
    return [{"label": "申报", "url": reverse("campaigns:nominations")}, {"label": f"{round.title}申报"}]


# -- the county's rounds


@require(Permission.REVIEW_NOMINATIONS)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Every round of creation with how many nominations wait; those that can be decided on first."""
    rounds = list(creation_rounds(request))
    rows = visible_nominations(request.membership).filter(round__in=rounds).order_by()
    counts = {(pk, state): n for pk, state, n in rows.values_list("round_id", "state").annotate(n=Count("pk"))}
    table = [
        {
            "round": each, "shut": why_not_review(each), "last_day": last_day(each, Switch.NOMINATE),
            "counts": [(state, counts.get((each.pk, state), 0)) for state in ORDER if state != NominationState.DRAFT],
            "waiting": counts.get((each.pk, NominationState.SUBMITTED), 0),
            "number": sum(number for (pk, _), number in counts.items() if pk == each.pk),
        }
        for each in rounds
    ]  # fmt: skip
    table.sort(key=lambda row: (bool(row["shut"]), -int(str(row["waiting"]))))
    return render(request, "campaigns/reviews.html", {"table": table})
