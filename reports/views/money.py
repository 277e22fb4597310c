"""The ledger of subsidies: what is due, issued, taken back; issuing in batch; the notice and the table to carry
away.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, allowed, require
from accounts.models import Membership
from accounts.queries import townships
from accounts.services.audit import record
from campaigns.models import Campaign, Round
from campaigns.services.subsidies import SubsidyRefused, issue_subsidies

from ..books.money_book import MoneyBook
from ..books.official import FONTS_NOTE
from ..books.title_papers import subsidy_paper
from ..books.writer import write_book
from ..forms_awarding import IssueForm
from ..queries import awarding as reads
from ..queries.figures import chosen_campaign, frame_of, plain_text
from .awarding import asked_day, document
from .books import attachment, demo_note
from .titles import changed

VIEW, MANAGE = Permission.VIEW_TOWNSHIPS, Permission.MANAGE_TITLES
PAGE = 200


@require(VIEW)
@require_safe
def subsidies(request: HttpRequest) -> HttpResponse:
    campaign, campaigns = chosen_campaign(request.membership, VIEW, request.GET.get("campaign", ""))
    if campaign is None:
        return render(request, "reports/subsidies.html", {"campaign": None})
    return page(request, campaign, campaigns, None)


def page(
    request: HttpRequest, campaign: Campaign, campaigns: list[Campaign], form: IssueForm | None, status: int = 200
) -> HttpResponse:
    wanted = asked(request.GET, campaign)
    rows = reads.ledger(request.membership, wanted)
    lines = list(rows)
    every, parts = reads.sums(lines, {row.code: row.name for row in townships()})
    shown = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    manages = allowed(request.membership, MANAGE)
    if manages and form is None:
        form = IssueForm(rows=rows, ticked=[], initial={"on": timezone.localdate()})
    context = {
        "campaign": campaign, "campaigns": campaigns, "wanted": wanted, "page": shown, "form": form,
        "rows": [
            {"line": row, "state": (state := reads.state_of(row)), "words": reads.STATES[state]} for row in shown
        ],
        "every": every, "parts": parts, "filters": states(request, wanted), "years": years(campaign),
        "townships": townships(), "documents": reads.documents(request.membership, campaign), "manages": manages,
        "positions": frame_of(campaign).positions, "fonts_note": FONTS_NOTE, "query": kept(wanted),
        "open_lines": [row for row in lines if row.issued_on is None],
    }  # fmt: skip
    context["open_wan"] = reads.total(context["open_lines"])
    return render(request, "reports/subsidies.html", context, status=status)


def asked(query: QueryDict, campaign: Campaign) -> reads.MoneyFilter:
    names = ("year", "township", "state", "document")
    return reads.MoneyFilter(campaign=str(campaign.pk), **{name: query.get(name, "") for name in names})


def kept(wanted: reads.MoneyFilter) -> str:
    """The filter as a query, to go on with."""
    return urlencode({name: value for name, value in vars(wanted).items() if value})


def states(request: HttpRequest, wanted: reads.MoneyFilter) -> list[dict[str, Any]]:
    found = [reads.state_of(row) for row in reads.ledger(request.membership, wanted, leave_out="state")]
    rows = [("", "全部", len(found)), *((key, words, found.count(key)) for key, (words, _) in reads.STATES.items())]
    return [
        {"label": label, "count": count, "url": changed(request.GET, state=value), "pressed": wanted.state == value}
        for value, label, count in rows
    ]


def years(campaign: Campaign) -> list[int]:
    rows = Round.objects.filter(campaign=campaign, subsidies__isnull=False)
    return sorted(set(rows.values_list("year", flat=True)), reverse=True)


@require(MANAGE)
@require_POST
def subsidies_issue(request: HttpRequest) -> HttpResponse:
    """With the filter of the page in the address: what is not shown is not issued."""
    campaign, campaigns = chosen_campaign(request.membership, MANAGE, request.GET.get("campaign", ""))
    if campaign is None:
        raise Http404
    wanted = asked(request.GET, campaign)
    rows = reads.ledger(request.membership, wanted)
    form = IssueForm(request.POST, rows=rows, ticked=request.POST.getlist("line"))
    if form.is_valid():
        facts = {"document_no": form.cleaned_data["document_no"], "on": form.cleaned_data["on"]}
        try:
            issued = issue_subsidies(subsidies=form.chosen(), actor=request.user, **facts)
        except SubsidyRefused as refused:
            form.add_error(None, str(refused))
        else:
            words = f"{facts['document_no']}已登记：{issued.lines} 笔，合计 {plain_text(issued.wan)} 万元。"
            messages.success(request, words)
            back = urlencode({"campaign": campaign.pk, "document": facts["document_no"].strip()})
            return redirect(f"{reverse('reports:subsidies')}?{back}")
    return page(request, campaign, campaigns, form)


def narrowed(request: HttpRequest, permission: Permission) -> tuple[Campaign, reads.MoneyFilter, list[Any]]:
    campaign, _ = chosen_campaign(request.membership, permission, request.GET.get("campaign", ""))
    if campaign is None:
        raise Http404
    wanted = asked(request.GET, campaign)
    return campaign, wanted, list(reads.ledger(request.membership, wanted))


@require(MANAGE)
@require_safe
def subsidies_notice(request: HttpRequest) -> HttpResponse:
    """补助资金下达通知 with the lines of the page as its list."""
    campaign, wanted, rows = narrowed(request, MANAGE)
    if not rows:
        messages.error(request, "没有符合这些条件的补助，不用出下达通知。")
        return redirect("reports:subsidies")
    number = request.GET.get("number", "").strip()[:60] or wanted.document
    paper = subsidy_paper(request.tenant, campaign, rows, number=number, day=asked_day(request))
    record(actor=request.user, verb="导出补助下达通知", target=campaign, new={"lines": len(rows)})
    return document(f"{campaign.name}补助资金下达通知.docx", paper)


@require(VIEW)
@require_safe
def subsidies_book(request: HttpRequest) -> HttpResponse:
    campaign, wanted, rows = narrowed(request, VIEW)
    book = MoneyBook(request.tenant, campaign, rows, narrowed=wanted.any, own=own_only(request.membership))
    record(actor=request.user, verb="导出补助台账", target=campaign, new={"lines": len(rows)})
    return attachment(
        book.filename, lambda out: write_book(out, book.sheets(), size=len(rows), demo_note=demo_note(request))
    )


def own_only(membership: Membership) -> bool:
    return not allowed(membership, MANAGE) and membership.organization_id is not None
