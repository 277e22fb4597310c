"""Awarding: the rounds to award, one round's titles with plaques, certificates and papers."""

from datetime import date
from io import BytesIO
from typing import IO
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, get_permitted, require
from accounts.services.audit import record
from campaigns.enums import RoundKind, RoundState, TitleState
from campaigns.forms_titles import parsed_day
from campaigns.models import Round, Title
from campaigns.queries import visible_rounds
from campaigns.services.plaques import PlaquesRefused, assign_plaques

from ..books.official import FONTS_NOTE, TYPE, OfficialPaper
from ..books.title_papers import delisting_paper, naming_paper
from ..certificates import CertificatesRefused, certificates_of
from ..forms_awarding import PlaquesForm
from ..queries import awarding as reads
from ..queries.figures import chosen_campaign, frame_of
from .books import attachment
from .titles import LIGHTS

MANAGE = Permission.MANAGE_TITLES
PDF = "application/pdf"


@require(MANAGE)
@require_safe
def awarding(request: HttpRequest) -> HttpResponse:
    campaign, campaigns = chosen_campaign(request.membership, MANAGE, request.GET.get("campaign", ""))
    rows = reads.awarded_rounds(request.membership, campaign) if campaign else []
    return render(request, "reports/awarding.html", {"campaign": campaign, "campaigns": campaigns, "rows": rows})


@require(MANAGE)
@require_safe
def award(request: HttpRequest, round_id: UUID) -> HttpResponse:
    return page(request, find(request, round_id), PlaquesForm())


def page(request: HttpRequest, round: Round, form: PlaquesForm) -> HttpResponse:
    titles = reads.round_titles(request.membership, round)
    held = [title for title in titles if title.state == TitleState.HELD]
    wanted = reads.MoneyFilter(campaign=str(round.campaign_id))
    lines = list(reads.ledger(request.membership, wanted).filter(round=round))
    context = {
        "round": round, "titles": titles, "held": held, "numbered": [title for title in held if title.plaque_no],
        "unnumbered": [title for title in held if not title.plaque_no], "form": form, "lights": LIGHTS,
        "positions": frame_of(round.campaign).positions, "money": reads.sums(lines, {})[0], "fonts_note": FONTS_NOTE,
        "correcting": round.state != RoundState.PUBLISHED, "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "reports/award.html", context)


def find(request: HttpRequest, round_id: UUID) -> Round:
    """A round that was published once; before that nothing is awarded."""
    rows = visible_rounds(request.membership).filter(kind=RoundKind.CREATION, published_at__isnull=False)
    return get_permitted(request.membership, MANAGE, rows.select_related("scheme_version", "campaign"), pk=round_id)


@require(MANAGE)
@require_POST
def award_plaques(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round, form = find(request, round_id), PlaquesForm(request.POST)
    if not form.is_valid():
        return page(request, round, form)
    try:
        rows = assign_plaques(round=round, pattern=form.cleaned_data["pattern"], actor=request.user)
    except PlaquesRefused as refused:
        form.add_error("pattern", str(refused))
        return page(request, round, form)
    span = rows[0].plaque_no if len(rows) == 1 else f"{rows[0].plaque_no} 至 {rows[-1].plaque_no}"
    messages.success(request, f"已编号 {len(rows)} 个：{span}。")
    return redirect("reports:award", round.pk)


@require(MANAGE)
@require_safe
def certificates(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Of the held titles with a number; of one organization alone where the address names its title."""
    round = find(request, round_id)
    titles = [title for title in reads.round_titles(request.membership, round) if title.state == TitleState.HELD]
    if one := request.GET.get("title", ""):
        titles = [title for title in titles if str(title.pk) == one]
    try:
        data = certificates_of(titles, request.tenant, round.campaign, asked_day(request))
    except CertificatesRefused as refused:
        messages.error(request, str(refused))
        return redirect("reports:award", round.pk)
    record(actor=request.user, verb="制作证书", target=round, new={"certificates": len(titles)})
    name = f"{titles[0].organization.name}证书.pdf" if one else f"{round.campaign.name}{round.title}证书.pdf"
    return attachment(name.replace(" ", ""), lambda out: out.write(data), PDF)


@require(MANAGE)
@require_safe
def naming(request: HttpRequest, round_id: UUID) -> HttpResponse:
    round = find(request, round_id)
    titles: list[Title] = [t for t in reads.round_titles(request.membership, round) if t.state == TitleState.HELD]
    if not titles:
        messages.error(request, f"{round.title}没有持有中的称号，不用出命名决定。")
        return redirect("reports:award", round.pk)
    number, day = request.GET.get("number", "").strip()[:60], asked_day(request)
    paper = naming_paper(request.tenant, round, titles, number=number, day=day)
    record(actor=request.user, verb="导出命名决定", target=round)
    return document(f"{round.title}命名决定.docx".replace(" ", ""), paper)


@require(MANAGE)
@require_safe
def delisting(request: HttpRequest) -> HttpResponse:
    campaign, _ = chosen_campaign(request.membership, MANAGE, request.GET.get("campaign", ""))
    since = parsed_day(request.GET.get("from", "")) or date(timezone.localdate().year, 1, 1)
    until = parsed_day(request.GET.get("to", "")) or timezone.localdate()
    events = reads.delistings(request.membership, campaign, since, until) if campaign else []
    if campaign is None or not events:
        messages.error(request, f"{since} 至 {until} 没有摘牌的单位，不用出通报。")
        return redirect("campaigns:title_acts")
    number = request.GET.get("number", "").strip()[:60]
    paper = delisting_paper(request.tenant, campaign, events, number=number, day=asked_day(request))
    record(actor=request.user, verb="导出摘牌通报", target=campaign, new={"from": since, "to": until})
    return document(f"{campaign.name}摘牌通报.docx", paper)


def document(name: str, paper: OfficialPaper) -> HttpResponse:
    def write(out: IO[bytes]) -> None:
        held = BytesIO()
        paper.save(held)
        out.write(held.getvalue())

    return attachment(name, write, TYPE)


def asked_day(request: HttpRequest) -> date:
    """The day that stands on a paper: the one asked for, else today."""
    return parsed_day(request.GET.get("day", "")) or timezone.localdate()
