"""Pages on which two people key a paper form apart, and settle what they read differently."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, get_permitted, require
from campaigns.enums import NominationState, RoundState
from campaigns.models import Nomination
from campaigns.queries import visible_campaigns
from schemes import Problem, ProblemsFound, Scheme
from sites.models import Inspector
from sites.queries import managed_rounds, panels_of, rows_by_day

from .enums import KeyingState
from .models import KeyedSheet, ScoreSheet
from .services.keying import (
    OPEN,
    KeyingRefused,
    begin_keying,
    differences,
    key_again,
    settle_keying,
    why_not,
    withdraw_keying,
)

ENTER = Permission.ENTER_PAPER
FORM = ["GET", "HEAD", "POST"]
PER_PAGE = 50


def visible_keyed(request: HttpRequest) -> Any:
    rows = KeyedSheet.objects.filter(nomination__round__campaign__in=visible_campaigns(request.membership))
    return rows.select_related(
        "nomination__round__scheme_version", "nomination__organization", "inspector", "first_by", "second_by", "sheet"
    )


@require(ENTER)
@require_safe
def keying(request: HttpRequest) -> HttpResponse:
    """What waits for a second person or a third look; and the choice of the next form."""
    rounds = list(rows_by_day(managed_rounds(request.membership).filter(state=RoundState.SCORING)))
    round = next((each for each in rounds if str(each.pk) == request.GET.get("round")), None)
    round = round or (rounds[0] if rounds else None)
    done = visible_keyed(request).exclude(state__in=OPEN)
    context = {
        "rounds": rounds,
        "round": round,
        "waiting": visible_keyed(request).filter(state__in=OPEN).order_by("first_at"),
        "page": Paginator(done, PER_PAGE).get_page(request.GET.get("page")),
        **choices(round),
    }
    return render(request, "scoring/keying.html", context)


def choices(round: Any) -> dict[str, Any]:
    """Members of the panel with how many of their sheets are not in, and the entries of the round."""
    if round is None:
        return {"members": [], "entries": []}
    panel = panels_of([round])[round.pk]
    there = set(ScoreSheet.objects.filter(round=round, revision=1).values_list("inspector_id", "nomination_id"))
    rows = Inspector.objects.filter(pk__in=[seat.inspector for seat in panel.seats if not seat.left]).order_by("number")
    members = [
        {"inspector": each, "left": sum((each.pk, entry) not in there | panel.recused for entry in panel.entries)}
        for each in rows
    ]
    entries = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    return {
        "members": members,
        "entries": entries.select_related("organization", "township").order_by("township__path", "organization__path"),
    }


@require(ENTER)
@require_http_methods(FORM)
def keying_new(request: HttpRequest) -> HttpResponse:
    """The first reading of a form. The form is named by ``inspector`` and ``nomination`` in the address."""
    nomination, inspector = _named(request)
    if nomination is None or inspector is None:
        messages.error(request, "请先选轮次、评委和参评单位。")
        return redirect("scoring:keying")
    if request.method != "POST" and (reason := why_not(nomination, inspector)):
        messages.error(request, f"{inspector.name}对{nomination.organization.name}：{reason}")
        return redirect("scoring:keying")
    texts, problems = request.POST, ()
    if request.method == "POST":
        try:
            begin_keying(nomination=nomination, inspector=inspector, texts=texts.dict(), actor=request.user)
        except ProblemsFound as found:
            problems = found.problems
        except KeyingRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{inspector.name}对{nomination.organization.name}的第一遍已录入，请另一人录第二遍。")
            return redirect("scoring:keying")
    context = page_of(nomination, inspector, texts, problems, "第一遍录入")
    return render(request, "scoring/keying_form.html", context)


def _named(request: HttpRequest) -> tuple[Nomination | None, Inspector | None]:
    nominations = Nomination.objects.filter(round__in=managed_rounds(request.membership))
    nominations = nominations.select_related("round__scheme_version", "organization", "township")
    try:
        nomination = nominations.filter(pk=request.GET.get("nomination") or None).first()
        inspectors = Inspector.objects.filter(pk=request.GET.get("inspector") or None)
        return nomination, inspectors.select_related("home").first()
    except (ValueError, TypeError, ValidationError):
        raise Http404 from None


@require(ENTER)
@require_http_methods(FORM)
def keying_one(request: HttpRequest, keyed_id: UUID) -> HttpResponse:
    """The second reading; where the two differ, the third look; afterwards what came of it."""
    row: KeyedSheet = get_permitted(request.membership, ENTER, visible_keyed(request), pk=keyed_id)
    settling = row.state == KeyingState.DIFFERS
    texts, problems = request.POST, ()
    if request.method == "POST":
        act = settle_keying if settling else key_again
        try:
            done = act(keyed=row, texts=texts.dict(), actor=request.user)
        except ProblemsFound as found:
            problems = found.problems
        except KeyingRefused as refused:
            messages.error(request, str(refused))
        else:
            return _answered(request, done)
    return _shown(request, row, texts, problems)


def _answered(request: HttpRequest, row: KeyedSheet) -> HttpResponse:
    whose = f"{row.inspector.name}对{row.nomination.organization.name}的纸质表"
    if row.state == KeyingState.DONE:
        messages.success(request, f"{whose}两遍一致，已成评分单。")
        return redirect("scoring:keying")
    messages.warning(request, f"{whose}两遍有 {len(differences(row))} 处不一致，请照原表核对。")
    return redirect("scoring:keying_one", row.pk)


def _shown(request: HttpRequest, row: KeyedSheet, texts: Any, problems: Any) -> HttpResponse:
    """Figures are shown only after both have keyed, and not to the first before."""
    first, second = row.first_by_id == request.user.pk, row.second_by_id == request.user.pk
    context = {"keyed": row, "first": first, "crumbs": crumbs("录入")}
    if row.state == KeyingState.FIRST and not first:
        facts = page_of(row.nomination, row.inspector, texts, problems, "第二遍录入")
        return render(request, "scoring/keying_form.html", {**facts, "keyed": row})
    if row.state == KeyingState.DIFFERS:
        found = differences(row)
        names = {problem.place: problem for problem in problems}
        context["differences"] = [
            {"each": each, "text": texts.get(each.key, ""), "problem": names.get(each.key)} for each in found
        ]
        context["may_settle"] = second
    context["problems"] = problems
    return render(request, "scoring/keying_one.html", context)


@require(ENTER)
@require_POST
def keying_withdraw(request: HttpRequest, keyed_id: UUID) -> HttpResponse:
    row = get_permitted(request.membership, ENTER, visible_keyed(request), pk=keyed_id)
    try:
        withdraw_keying(keyed=row, reason=request.POST.get("reason", ""), actor=request.user)
    except KeyingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "这次录入已作废，可由两人重新录入。")
    return redirect("scoring:keying")


# -- the form as a page


def page_of(
    nomination: Nomination, inspector: Inspector, texts: Any, problems: tuple[Problem, ...], step: str
) -> dict[str, Any]:
    named = {problem.place: problem for problem in problems}
    return {
        "nomination": nomination,
        "inspector": inspector,
        "step": step,
        "items": form_lines(nomination.round.scheme_version.document, texts, named),
        "problems": problems,
        "crumbs": crumbs(step),
    }


def form_lines(scheme: Scheme, texts: Any, problems: dict[str, Problem]) -> list[dict[str, Any]]:
    """The criteria under their items, in the order of the paper, with what was typed."""
    methods = dict(zip(scheme.column_keys, scheme.methods, strict=True))
    items, number = [], 0
    for node in scheme.criteria.tree:
        rows = []
        for leaf in node.leaves:
            if leaf.key in methods:
                number += 1
                rows.append({"order": number, "leaf": leaf, "allowed": methods[leaf.key].allowed(),
                             "text": texts.get(leaf.key, ""), "problem": problems.get(leaf.key)})  # fmt: skip
        if rows:
            items.append({"name": node.name, "rows": rows, "alone": not node.children})
    return items


def crumbs(step: str) -> list[dict[str, str]]:
    return [{"label": "纸质表录入", "url": reverse("scoring:keying")}, {"label": step, "url": ""}]
