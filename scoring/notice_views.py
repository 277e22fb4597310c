"""Pages of public notices and objections for members: the office opens, ends and answers; a township objects."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, allowed, get_permitted, require
from accounts.enums import Role
from campaigns.enums import RoundKind
from campaigns.models import Round
from campaigns.workdays import add_working_days, working_days_between

from .decision_forms import DeadlineForm, NotedObjectionForm, NoticeForm, ObjectionForm, ReplyForm
from .enums import ComputationState, NoticeState, ObjectionState, RaisedAs
from .gate import why_not_publish
from .models import Computation, Objection, PublicNotice
from .queries import visible_computations, visible_notices, visible_objections
from .services import notices as services
from .services import objections as objecting

MANAGE = Permission.MANAGE_NOTICES
REFUSALS = (services.NoticeRefused, objecting.ObjectionRefused)
FORM = ["GET", "HEAD", "POST"]


def find(request: HttpRequest, permission: Permission, notice_id: UUID) -> PublicNotice:
    rows = visible_notices(request.membership).select_related("computation__round__campaign", "opened_by")
    found: PublicNotice = get_permitted(request.membership, permission, rows, pk=notice_id)
    return found


def settle(form: Form, service: Callable[[], Any]) -> Any:
    """Call a service; what it refuses becomes an error of the form."""
    try:
        return service()
    except REFUSALS as refused:
        form.add_error(None, str(refused))
    return None


def crumbs(*rest: tuple[str, str]) -> list[dict[str, str]]:
    every = [("公示与异议", reverse("scoring:notices")), *rest]
    return [{"label": label, "url": url} if url else {"label": label} for label, url in every]


# -- the list


@require(Permission.VIEW_NOTICES)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Notices the person may see, the newest first; for the office also what is confirmed and waits for one."""
    membership = request.membership
    mine = Q(objections__in=visible_objections(membership))
    rows = visible_notices(membership).select_related("computation__round__campaign").annotate(
        raised=Count("objections", filter=mine),
        waiting=Count("objections", filter=mine & Q(objections__state=ObjectionState.OPEN)),
    )  # fmt: skip
    today = timezone.localdate()
    context = {
        "notices": [(row, *light(row, today)) for row in rows.order_by("-opens_on", "-opened_at")],
        "due": _due(request, today), "office": allowed(membership, MANAGE),
        "confirmed": _confirmed(request) if allowed(membership, MANAGE) else [],
    }  # fmt: skip
    return render(request, "scoring/notices.html", context)


def _confirmed(request: HttpRequest) -> list[Computation]:
    rows = visible_computations(request.membership).filter(state=ComputationState.CONFIRMED)
    return list(rows.exclude(notices__state=NoticeState.OPEN).select_related("round__campaign"))


def _due(request: HttpRequest, today: date) -> list[tuple[Objection, str, str]]:
    """Open objections, the most pressing first, with their light."""
    rows = visible_objections(request.membership).filter(state=ObjectionState.OPEN)
    rows = rows.select_related("notice", "township", "result__organization").order_by("due_on", "raised_at")
    return [(row, *due_light(row, today)) for row in rows]


def light(notice: PublicNotice, today: date) -> tuple[str, str]:
    """Light and words of a notice on a day."""
    if notice.state == NoticeState.WITHDRAWN:
        return "idle", "已撤下"
    if notice.state == NoticeState.ENDED:
        return "ok", "已期满"
    if today < notice.opens_on:
        return "idle", f"{notice.opens_on:%m-%d} 开始"
    if today > notice.closes_on:
        return "warn", "已期满，待结束"
    left = working_days_between(today, notice.closes_on)
    return "run", f"公示中，还有 {left} 个工作日（含今天）"


def due_light(objection: Objection, today: date) -> tuple[str, str]:
    if objection.state != ObjectionState.OPEN:
        settled = {ObjectionState.UPHELD: "warn", ObjectionState.DISMISSED: "ok"}
        return settled.get(ObjectionState(objection.state), "idle"), objection.get_state_display()
    days = (objection.due_on - today).days
    if days < 0:
        return "bad", f"逾期 {-days} 天"
    return ("warn" if days <= 2 else "run"), ("今日到期" if days == 0 else f"剩 {days} 天")


# -- one notice


@require(Permission.VIEW_NOTICES)
@require_safe
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    found = find(request, Permission.VIEW_NOTICES, notice_id)
    today = timezone.localdate()
    rows = visible_objections(request.membership).filter(notice=found)
    rows = rows.select_related("township", "result__organization", "replied_by").order_by("due_on", "raised_at")
    office = allowed(request.membership, MANAGE)
    state, words = light(found, today)
    context = {
        "notice": found, "round": found.computation.round, "light": state, "words": words, "office": office,
        "objections": [(row, *due_light(row, today)) for row in rows],
        "shown": office or found.state != NoticeState.WITHDRAWN, "crumbs": crumbs((found.title, "")),
        "address": request.build_absolute_uri(reverse("scoring:public_notice", args=[request.tenant.code, found.slug])),
        "over": found.state == NoticeState.OPEN and today > found.closes_on,
        "running": found.state == NoticeState.OPEN and found.opens_on <= today <= found.closes_on,
        "noting": office and found.computation.state == ComputationState.CONFIRMED,
        "gate": why_not_publish(found.computation) if office and _confirmed_now(found) else "",
        "sees_objections": office or request.membership.role == Role.TOWNSHIP_SECRETARY,
    }  # fmt: skip
    return render(request, "scoring/notice.html", context)


def _confirmed_now(found: PublicNotice) -> bool:
    return found.computation.state == ComputationState.CONFIRMED


@require(MANAGE)
@require_http_methods(FORM)
def notice_new(request: HttpRequest, computation_id: UUID) -> HttpResponse:
    """Open a notice of a confirmed computation. ``preview`` shows the last day and the list, and writes nothing."""
    rows = visible_computations(request.membership).select_related("round__campaign", "round__scheme_version__scheme")
    computation = get_permitted(request.membership, MANAGE, rows, pk=computation_id)
    form = NoticeForm(request.POST if request.method == "POST" else None, initial=usual(request, computation))
    if form.is_valid() and "preview" not in request.POST:
        facts = form.cleaned_data
        opened = settle(form, lambda: services.open_notice(computation=computation, actor=request.user, **facts))
        if opened:
            messages.success(request, f"公示已发布，到 {opened.closes_on} 为止。")
            return redirect("scoring:notice", opened.pk)
    context = {
        "form": form, "computation": computation, "round": computation.round,
        "rows": services.notice_rows(computation), "closes_on": _closes(form, computation),
        "confirmed": computation.state == ComputationState.CONFIRMED,
        "crumbs": crumbs((f"公示{computation.round.title}结果", "")),
    }  # fmt: skip
    return render(request, "scoring/notice_form.html", context)


def usual(request: HttpRequest, computation: Computation) -> dict[str, Any]:
    """Where writing a notice begins."""
    round: Round = computation.round
    name = f"“{round.campaign.name}”{round.title}"
    kept = "复评拟保留称号" if round.kind == RoundKind.REINSPECTION else "拟授予"
    start = add_working_days(timezone.localdate(), 1)
    text = (
        f"根据《{computation.scheme_version.scheme.name}》，经评分、核算和复核，现将{name}{kept}的党组织名单予以公示。"
        "公示期间，对名单有异议的，可以向主管单位反映。反映问题应实事求是；以单位名义反映的请加盖公章，"
        "以个人名义反映的请署真实姓名和联系方式。"
    )
    last = PublicNotice.objects.exclude(channels="").order_by("-opened_at").first()
    return {
        "title": f"关于{name}{kept}名单的公示", "text": text, "opens_on": start,
        "working_days": max(round.notice_days, 1), "channels": last.channels if last else "",
    }  # fmt: skip


def _closes(form: NoticeForm, computation: Computation) -> date | None:
    facts = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else form.initial
    opens, days = facts.get("opens_on"), facts.get("working_days")
    return add_working_days(opens - timedelta(days=1), days) if opens and days else None


def _act(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    try:
        act()
    except REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)


@require(MANAGE)
@require_POST
def end(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    found = find(request, MANAGE, notice_id)
    _act(request, lambda: services.end_notice(notice=found, actor=request.user), "公示已结束。")
    return redirect("scoring:notice", found.pk)


@require(MANAGE)
@require_POST
def withdraw(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    found, reason = find(request, MANAGE, notice_id), request.POST.get("reason", "")
    act = lambda: services.withdraw_notice(notice=found, reason=reason, actor=request.user)  # noqa: E731
    _act(request, act, "公示已撤下，公众页面不再显示名单。")
    return redirect("scoring:notice", found.pk)


# -- objections


@require(Permission.OBJECT)
@require_http_methods(FORM)
def object(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """A township objects, on the page."""
    found = find(request, Permission.OBJECT, notice_id)
    data = request.POST if request.method == "POST" else None
    form = ObjectionForm(data, notice=found, membership=request.membership)
    if form.is_valid():
        facts = {"raised_as": RaisedAs.PAGE, "township": request.membership.organization, **form.cleaned_data}
        raised = settle(form, lambda: objecting.raise_objection(notice=found, actor=request.user, **facts))
        if raised:
            messages.success(request, f"异议已提交，主管单位应在 {raised.due_on} 前答复。")
            return redirect("scoring:notice", found.pk)
    return _objection_form(request, found, form, "提出异议", "提交异议")


@require(MANAGE)
@require_http_methods(FORM)
def note(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """The office notes what came in writing, by telephone or in person."""
    found = find(request, MANAGE, notice_id)
    data = request.POST if request.method == "POST" else None
    form = NotedObjectionForm(data, notice=found, membership=request.membership)
    if form.is_valid():
        facts = form.cleaned_data
        raised = settle(form, lambda: objecting.raise_objection(notice=found, actor=request.user, **facts))
        if raised:
            messages.success(request, f"异议已登记，办理期限 {raised.due_on}。")
            return redirect("scoring:objection", raised.pk)
    return _objection_form(request, found, form, "登记异议", "登记")


def _objection_form(request: HttpRequest, found: PublicNotice, form: Form, heading: str, button: str) -> HttpResponse:
    trail = crumbs((found.title, reverse("scoring:notice", args=[found.pk])), (heading, ""))
    context = {"notice": found, "form": form, "heading": heading, "button": button, "crumbs": trail}
    return render(request, "scoring/objection_form.html", context)


@require(Permission.VIEW_NOTICES)
@require_http_methods(FORM)
def objection(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    """One objection with its answer; the office answers here."""
    rows = visible_objections(request.membership).select_related(
        "notice", "computation__round__campaign", "result__organization", "township", "raised_by", "replied_by"
    )
    found: Objection = get_permitted(request.membership, Permission.VIEW_NOTICES, rows, pk=objection_id)
    office = allowed(request.membership, MANAGE)
    form = ReplyForm(request.POST if request.method == "POST" and office else None)
    if form.is_valid():
        facts = form.cleaned_data
        done = settle(form, lambda: objecting.reply_objection(objection=found, actor=request.user, **facts))
        if done:
            messages.success(request, f"已答复：{done.get_state_display()}。")
            return redirect("scoring:objection", found.pk)
    return render(request, "scoring/objection.html", _objection(found, form, office))


def _objection(found: Objection, form: ReplyForm, office: bool) -> dict[str, Any]:
    state, words = due_light(found, timezone.localdate())
    title = reverse("scoring:notice", args=[found.notice_id])
    current = found.computation.state in (ComputationState.CONFIRMED, ComputationState.PUBLISHED)
    return {
        "objection": found, "notice": found.notice, "round": found.computation.round, "form": form, "office": office,
        "light": state, "words": words, "open": found.state == ObjectionState.OPEN,
        "deadline": DeadlineForm(objection=found),
        "returning": office and found.state == ObjectionState.UPHELD and current,
        "crumbs": crumbs((found.notice.title, title), ("异议", "")),
    }  # fmt: skip


@require(MANAGE)
@require_POST
def deadline(request: HttpRequest, objection_id: UUID) -> HttpResponse:
    rows = visible_objections(request.membership)
    found = get_permitted(request.membership, MANAGE, rows, pk=objection_id)
    form = DeadlineForm(request.POST, objection=found)
    if form.is_valid():
        facts = form.cleaned_data
        act = lambda: objecting.move_deadline(objection=found, actor=request.user, **facts)  # noqa: E731
        _act(request, act, f"办理期限改为 {facts['due_on']}。")
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("scoring:objection", found.pk)
