"""The county office sets up its campaigns and plans their rounds."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Prefetch
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, get_permitted, require

from ..forms import CampaignForm, RoundForm, published_versions
from ..limits import warnings_of
from ..models import Campaign, Round
from ..queries import visible_campaigns, visible_rounds
from ..services.campaigns import RoundRefused, create_campaign, plan_round, revise_campaign

MANAGE = Permission.MANAGE_CAMPAIGNS


@require(MANAGE)
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    rounds = visible_rounds(request.membership).select_related("scheme_version__scheme")
    rows = visible_campaigns(request.membership).prefetch_related(Prefetch("rounds", rounds))
    cautions = warnings_of(rows, today=timezone.localdate())
    return render(request, "campaigns/campaigns.html", {"campaigns": [(row, cautions[row]) for row in rows]})


def find(request: HttpRequest, campaign_id: UUID) -> Campaign:
    return get_permitted(request.membership, MANAGE, visible_campaigns(request.membership), pk=campaign_id)


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    form = CampaignForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        facts = form.cleaned_data
        if made := settle(form, lambda: create_campaign(tenant=request.tenant, actor=request.user, **facts), "name"):
            return saved(request, made, f"“{made}”已新建。")
    return render(request, "campaigns/campaign_form.html", {"form": form})


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_edit(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    data = request.POST if request.method == "POST" else None
    form = CampaignForm(data, campaign=campaign)
    if form.is_valid():
        facts = form.cleaned_data
        if made := settle(form, lambda: revise_campaign(campaign=campaign, actor=request.user, **facts), "name"):
            return saved(request, made, f"“{made}”已保存。")
    cautions = warnings_of([campaign], today=timezone.localdate())[campaign]
    context = {"form": form, "campaign": campaign, "cautions": cautions}
    return render(request, "campaigns/campaign_form.html", context)


def saved(request: HttpRequest, campaign: Campaign, done: str) -> HttpResponse:
    """Back to the list; a missing approval and the like are warnings there and to-dos, never refusals."""
    messages.success(request, done)
    return redirect("campaigns:campaigns")


def settle(form: Form, service: Callable[[], Any], unique: str) -> Any:
    """Call a service. What it refuses becomes an error of the form, also a name that somebody took this very moment."""
    try:
        return service()
    except IntegrityError:
        form.add_error(unique, "刚刚有人用了同样的名称，请换一个。")
    except RoundRefused as refused:
        form.add_error(None, str(refused))
    return None


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def round_new(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    versions = published_versions(request.membership)
    form = round_form(request, campaign, versions)
    if form.is_bound and form.is_valid() and (planned := settle(form, lambda: plan(request, campaign, form), "label")):
        messages.success(request, f"{planned.title}已安排。接下来导入本轮申报和评委。")
        return redirect("reports:round", planned.pk)
    context = {"form": form, "campaign": campaign, "has_version": bool(versions)}
    return render(request, "campaigns/round_form.html", context)


def round_form(request: HttpRequest, campaign: Campaign, versions: Any) -> RoundForm:
    """Empty, handed in, or (``fill``) with the dates of its phases worked out from the day on site."""
    if request.method != "POST":
        return RoundForm(campaign=campaign, versions=versions)
    form = RoundForm(request.POST, campaign=campaign, versions=versions)
    return form.with_usual_phases() if "fill" in request.POST else form


def plan(request: HttpRequest, campaign: Campaign, form: RoundForm) -> Round:
    return plan_round(campaign=campaign, actor=request.user, phases=form.phases(), **form.facts())
