"""The county office dates a round: its phases, what each opens, what is done, how long notice and grace are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, get_permitted, require

from ..enums import PhaseKind, Switch
from ..forms_phases import (
    SWITCH_HELP,
    UNNAMED,
    AddPhaseForm,
    FinishForm,
    MoveForm,
    ReopenForm,
    ShiftForm,
    SwitchesForm,
    TermsForm,
)
from ..models import Phase, PhaseMove, Round
from ..phases import is_open, phases_with
from ..queries import visible_campaigns, visible_rounds
from ..services import phases as service
from ..standing import Standing, standing
from ..workdays import entered_days, is_working_day, weekday, working_days_between

MANAGE = Permission.MANAGE_CAMPAIGNS


@dataclass(frozen=True)
class Row:
    phase: Phase
    standing: Standing
    opens: list[str]
    moves: list[PhaseMove]


@dataclass(frozen=True)
class SwitchRow:
    """One switch over the whole round: when it is on, and whether it is today."""

    label: str
    help: str
    when: list[str]
    light: str
    words: str


def find_round(request: HttpRequest, round_id: UUID) -> Round:
    rounds = visible_rounds(request.membership).prefetch_related("phases__moves__moved_by")
    return get_permitted(request.membership, MANAGE, rounds, pk=round_id)


def find_phase(request: HttpRequest, phase_id: UUID) -> Phase:
    phases = Phase.objects.filter(round__campaign__in=visible_campaigns(request.membership))
    return get_permitted(request.membership, MANAGE, phases.select_related("round__campaign"), pk=phase_id)


def attempt(form: Form, call: Callable[[], Any]) -> bool:
    """Whether the service did it; what it refuses becomes an error of the form."""
    try:
        call()
    except service.PhaseRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


# -- a round's phases


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def round_phases(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The table; beside it two small forms, each posted with its ``act``."""
    round = find_round(request, round_id)
    act, data = request.POST.get("act", ""), request.POST
    terms = TermsForm(data if act == "terms" else None, round=round)
    adding = AddPhaseForm(data if act == "add" else None, round=round)
    if act == "terms" and terms.is_valid():
        if attempt(terms, lambda: service.set_terms(round=round, actor=request.user, **terms.cleaned_data)):
            messages.success(request, "评分宽限和公示天数已保存。")
            return redirect("campaigns:phases", round.pk)
    if act == "add" and adding.is_valid():
        if attempt(adding, lambda: service.add_phase(round=round, actor=request.user, **adding.cleaned_data)):
            messages.success(request, f"“{PhaseKind(adding.cleaned_data['kind']).label}”已加入。")
            return redirect("campaigns:phases", round.pk)
    today = timezone.localdate()
    context = {
        "round": round,
        "today": today,
        "rows": [row(phase, today) for phase in round.phases.all()],
        "switches": switch_rows(round, today),
        "notice": short_notice(round),
        "terms": terms,
        "adding": adding,
        "shift": ShiftForm(round=round),
        "crumbs": [*crumbs(round)[:-1], {"label": "阶段安排"}],
    }
    return render(request, "campaigns/phases.html", context)


def crumbs(round: Round) -> list[dict[str, str]]:
    return [
        {"label": "活动与轮次", "url": reverse("campaigns:campaigns")},
        {"label": round.title, "url": reverse("reports:round", args=[round.pk])},
        {"label": "阶段安排", "url": reverse("campaigns:phases", args=[round.pk])},
    ]


def row(phase: Phase, today: date) -> Row:
    moves = list(phase.moves.all())
    labels = [str(switch.label) for switch in Switch if switch in phase.opens]
    return Row(phase, standing(phase, moves, today), labels, moves)


def switch_rows(round: Round, today: date) -> list[SwitchRow]:
    """Every switch, by what the phases say of it."""
    found = []
    for switch in Switch:
        carrying = phases_with(round, switch)
        when = [f"{phase} {span(phase.opens_on, phase.closes_on)}" for phase in carrying]
        on = is_open(round, switch, today=today)
        light, words = ("ok", "今天开放") if on else ("idle", "今天不开放")
        if not carrying:
            words = UNNAMED.get(switch, "不受日期限制")
        found.append(SwitchRow(switch.label, SWITCH_HELP[switch], when, light, words))
    return found


def span(first: date, last: date) -> str:
    return f"{first:%m-%d}" if first == last else f"{first:%m-%d} 至 {last:%m-%d}"


def short_notice(round: Round) -> str:
    """A warning where the dates of the notice hold fewer working days than the round grants."""
    phase = next((each for each in round.phases.all() if each.kind == PhaseKind.NOTICE), None)
    if phase is None or phase.finished_on is not None:
        return ""
    days = working_days_between(phase.opens_on, phase.closes_on)
    if days >= round.notice_days:
        return ""
    return f"公示阶段只有 {days} 个工作日，少于约定的 {round.notice_days} 个。请延长公示，或核对节假日历。"


# -- one phase


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def phase(request: HttpRequest, phase_id: UUID) -> HttpResponse:
    """Dates, switches and end of one phase: a form each, posted with its ``act``."""
    found = find_phase(request, phase_id)
    act = request.POST.get("act", "")
    forms = {name: make(request.POST if act == name else None, phase=found) for name, make in FORMS.items()}
    form = forms.get(act)
    if form is not None and form.is_valid() and attempt(form, lambda: DOINGS[act](request, found, form)):
        messages.success(request, DONE[act].format(found))
        return redirect("campaigns:phases", found.round_id)
    today = timezone.localdate()
    context = {
        **forms,
        "phase": found,
        "row": row(found, today),
        "why_kept": service.why_kept(round=found.round, phase=found),
        "crumbs": [*crumbs(found.round), {"label": str(found)}],
    }
    return render(request, "campaigns/phase.html", context)


class RemoveForm(Form):
    """Nothing to fill in: only the place where a refusal is told."""

    def __init__(self, *args: Any, phase: Phase, **kwargs: Any) -> None:
        super().__init__(*args, prefix="remove", **kwargs)


FORMS: dict[str, Any] = {
    "move": MoveForm,
    "switches": SwitchesForm,
    "finish": FinishForm,
    "reopen": ReopenForm,
    "remove": RemoveForm,
}
DOINGS: dict[str, Callable[[HttpRequest, Phase, Any], object]] = {
    "move": lambda request, phase, form: service.move_phase(phase=phase, actor=request.user, **form.cleaned_data),
    "switches": lambda request, phase, form: service.set_switches(
        phase=phase, switches=form.chosen(), reason=form.cleaned_data["reason"], actor=request.user
    ),
    "finish": lambda request, phase, form: service.finish_phase(phase=phase, actor=request.user, **form.cleaned_data),
    "reopen": lambda request, phase, form: service.reopen_phase(phase=phase, actor=request.user, **form.cleaned_data),
    "remove": lambda request, phase, form: service.remove_phase(phase=phase, actor=request.user),
}
DONE = {
    "move": "“{}”的日期已保存。",
    "switches": "“{}”的开放事项已保存。",
    "finish": "“{}”已标记完成。",
    "reopen": "“{}”已撤销完成。",
    "remove": "“{}”已删除。",
}


# -- several phases at once


@dataclass(frozen=True)
class Moved:
    """One line of the preview: what the dates were and what they would be."""

    phase: Phase
    before: str
    after: str
    remark: str


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def phases_shift(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """First shown with every date it changes; done only as it was shown."""
    round = find_round(request, round_id)
    form = ShiftForm(request.POST if request.method == "POST" else None, round=round)
    preview: list[Moved] = []
    if form.is_bound and form.is_valid():
        preview = previewed(form)
        data = form.cleaned_data
        if "apply" in request.POST and data["previewed"] == form.mark:
            facts = {"first": form.chosen, "days": data["days"], "reason": data["reason"], "actor": request.user}
            if attempt(form, lambda: service.shift_phases(**facts)):
                messages.success(request, f"{len(preview)} 个阶段已{moved_words(data['days'])}。")
                return redirect("campaigns:phases", round.pk)
        form.show_mark()
    context = {"round": round, "form": form, "preview": preview, "crumbs": [*crumbs(round), {"label": "整体顺延"}]}
    return render(request, "campaigns/phases_shift.html", context)


def moved_words(days: int) -> str:
    return f"顺延 {days} 天" if days > 0 else f"提前 {-days} 天"


def previewed(form: ShiftForm) -> list[Moved]:
    entered = entered_days()
    found = []
    for each in service.shifted(first=form.chosen, days=form.cleaned_data["days"]):
        ends = {"开始": each.opens_on, "截止": each.closes_on}
        free = [f"{word} {day:%m-%d} 是{weekday(day)}，休息日" for word, day in ends.items()
                if not is_working_day(day, entered)]  # fmt: skip
        before = f"{each.phase.opens_on} 至 {each.phase.closes_on}"
        found.append(Moved(each.phase, before, f"{each.opens_on} 至 {each.closes_on}", "；".join(dict.fromkeys(free))))
    return found
