"""The county's calendar of days off and made-up working days, year by year, as the office entered it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, get_permitted, require

from ..forms import YEARS
from ..forms_calendar import DayForm, LinesForm
from ..models import Holiday
from ..services.holidays import put_holidays, remove_holiday
from ..workdays import SATURDAY, weekday, working_days_between

MANAGE = Permission.MANAGE_CAMPAIGNS


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """One year's list; a day, many lines or a removal is posted with its ``act``."""
    year, act = chosen_year(request.GET.get("year", "")), request.POST.get("act", "")
    if act == "remove":
        return removed(request, request.POST.get("holiday", ""))
    forms: dict[str, Any] = {
        "day": DayForm(request.POST if act == "day" else None),
        "lines": LinesForm(request.POST if act == "lines" else None),
    }
    form = forms.get(act)
    if form is not None and form.is_valid():
        rows = form.facts()
        added, changed = put_holidays(tenant=request.tenant, rows=rows, actor=request.user)
        messages.success(request, f"已录入 {added} 天" + (f"，更新 {changed} 天。" if changed else "。"))
        return redirect(address(rows[0].on.year))
    days = list(Holiday.objects.filter(on__year=year))
    context = {
        **forms,
        "year": year,
        "years": year_links(year),
        "rows": [{"day": day, "weekday": weekday(day.on), "idle": idle(day)} for day in days],
        "off": sum(not day.working for day in days),
        "made_up": sum(day.working for day in days),
        "working": working_days_between(date(year, 1, 1), date(year, 12, 31)),
    }
    return render(request, "campaigns/calendar.html", context)


def idle(day: Holiday) -> bool:
    """A weekend day that is off anyway: harmless, kept for the name of the holiday."""
    return not day.working and day.on.weekday() >= SATURDAY


def chosen_year(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and int(text) in YEARS else timezone.localdate().year


def address(year: int) -> str:
    return f"{reverse('campaigns:calendar')}?year={year}"


def year_links(year: int) -> list[dict[str, Any]]:
    """Every year that has days, and those around today's and the chosen one."""
    today = timezone.localdate().year
    wanted = {day.year for day in Holiday.objects.dates("on", "year")} | {today, today + 1, year}
    return [{"year": each, "url": address(each), "current": each == year} for each in sorted(wanted)]


def removed(request: HttpRequest, pk: str | UUID) -> HttpResponse:
    day = get_permitted(request.membership, MANAGE, Holiday.objects.all(), pk=pk)
    remove_holiday(holiday=day, actor=request.user)
    messages.success(request, f"已删除 {day.on} {day.name}，这一天恢复按星期计算。")
    return redirect(address(day.on.year))
