"""Planning a re-inspection from the register: who holds a title, until when, last looked at when; choose, and plan."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, get_permitted, require

from ..enums import RoundKind, TitleState
from ..forms_titles import ReinspectionForm, today
from ..models import Campaign, Nomination, Title
from ..queries import visible_campaigns
from ..services.campaigns import RoundRefused
from ..services.reinspection import plan_reinspection, reinspecting_version

MANAGE = Permission.MANAGE_TITLES
#: Titles whose last day is this near are asked for first.
SOON = timedelta(days=90)


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reinspection(request: HttpRequest) -> HttpResponse:
    campaign, campaigns = chosen(request)
    if campaign is None:
        return render(request, "campaigns/reinspection.html", {"campaign": None})
    form = ReinspectionForm(request.POST if request.method == "POST" else None, campaign=campaign)
    if form.is_bound and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("onsite_date", "label")}
        try:
            planned = plan_reinspection(campaign=campaign, holders=form.chosen(), actor=request.user, **facts)
        except RoundRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{planned.title}已安排，复评单位已列入。接下来确定评委。")
            return redirect("reports:round", planned.pk)
    return render(request, "campaigns/reinspection.html", context(request, campaign, campaigns, form))


def context(
    request: HttpRequest, campaign: Campaign, campaigns: list[Campaign], form: ReinspectionForm
) -> dict[str, Any]:
    wanted, day = request.GET.get("show", ""), today()
    rows = held(campaign)
    narrowed = {"due": rows.filter(soon(day)), "warned": rows.filter(warned_on__isnull=False)}
    shown = narrowed.get(wanted, rows)
    labels = (("", "全部持有", rows), ("due", "90 天内到期", narrowed["due"]), ("warned", "警示中", narrowed["warned"]))
    filters = [
        {"label": label, "count": found.count(), "url": address(campaign, value), "pressed": wanted == value}
        for value, label, found in labels
    ]
    return {
        "campaign": campaign, "campaigns": campaigns, "form": form, "filters": filters, "rows": shown,
        "ticked": form.ticked, "why_not": why_not(campaign), "today": day, "near": day + SOON, "show": wanted,
    }  # fmt: skip


def held(campaign: Campaign) -> QuerySet[Title]:
    """Titles that are held, with the day of the last published re-inspection, the soonest to end first."""
    looked = Nomination.objects.filter(
        organization=OuterRef("organization"), round__campaign=campaign, round__kind=RoundKind.REINSPECTION,
        round__published_at__isnull=False,
    )  # fmt: skip
    last = looked.order_by().values("organization").annotate(day=Max("round__onsite_date")).values("day")
    rows = Title.objects.filter(campaign=campaign, state=TitleState.HELD).annotate(looked_on=Subquery(last))
    rows = rows.select_related("organization", "township", "round")
    return rows.order_by("valid_until", "awarded_on", "organization__path")


def soon(day: date) -> Q:
    return Q(valid_until__lte=day + SOON)


def chosen(request: HttpRequest) -> tuple[Campaign | None, list[Campaign]]:
    """The campaign asked for, else the newest with titles."""
    rows = visible_campaigns(request.membership)
    campaigns = list(rows.filter(titles__isnull=False).distinct().order_by("-starts_on"))
    if asked := request.GET.get("campaign", ""):
        return get_permitted(request.membership, MANAGE, rows, pk=asked), campaigns
    return (campaigns[0] if campaigns else None), campaigns


def address(campaign: Campaign, show: str) -> str:
    return f"?campaign={campaign.pk}" + (f"&show={show}" if show else "")


def why_not(campaign: Campaign) -> str:
    """Why nobody can be re-inspected by these rules; empty where somebody can."""
    try:
        reinspecting_version(campaign)
    except RoundRefused as refused:
        return str(refused)
    return ""
