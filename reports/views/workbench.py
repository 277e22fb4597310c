"""The first page of every role: what waits for this person, then what is new. Links only; acts are POSTs of scoring."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission, allowed, get_permitted, require, signed_in
from accounts.context import address
from accounts.enums import Role, TenantKind
from accounts.models import Membership
from campaigns.enums import PhaseKind, RoundState
from campaigns.models import Phase, Round
from schemes import Scheme
from schemes.exact import decimal_text
from scoring.models import ScoreSheet
from scoring.queries import explainable_results

from ..queries import workbench as reads
from ..queries.figures import chosen_campaign, frame_of
from ..queries.townships import standings, township_matrix
from ..todos import county_todos, due_light, summary, todos_for

DEADLINES = 5
ACTIVITIES = 8
WEEKDAYS = "一二三四五六日"

#: Doors of the three administrators: what, where, why.
DOORS: dict[str, list[tuple[str, str, str]]] = {
    Role.SYSTEM_ADMIN: [
        ("租户", "accounts:tenants", "建立县（市、区）和地级市，导入区划清单"),
        ("人员", "accounts:people", "安全管理员、审计管理员等账号"),
        ("后台任务", "accounts:jobs", "正在进行和没有完成的任务"),
    ],
    Role.SECURITY_ADMIN: [("登录安全", "accounts:security", "登录失败和被锁定的账号，解除锁定")],
    Role.AUDIT_ADMIN: [("操作日志", "accounts:audit", "谁在什么时候做了什么，只增不改")],
}


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    return redirect("reports:workbench")


@require(Permission.VIEW_WORKBENCH)
def workbench(request: HttpRequest) -> HttpResponse:
    """Each role has its own parts; the page around them is the same. Who looks from above starts at the counties."""
    if request.tenant.kind == TenantKind.PREFECTURE and allowed(request.membership, Permission.VIEW_PREFECTURE):
        return redirect("reports:prefecture")
    today = timezone.localdate()
    parts = PARTS.get(Role(request.membership.role), doors)
    context = {"today": today, "weekday": WEEKDAYS[today.weekday()], **parts(request.membership, today)}
    return render(request, "reports/workbench.html", context)


def county(membership: Membership, today: date) -> dict[str, Any]:
    current = reads.current_round(membership, today=today)
    waiting = list(reads.unpublished_rounds(membership))
    works = reads.round_work([*waiting, *([current] if current and current not in waiting else [])])
    todos = county_todos(
        membership=membership,
        works=[work for work in works if work.round.state != RoundState.PUBLISHED],
        campaigns=reads.campaigns_lacking_approval(membership),
        cautions=reads.campaign_cautions(membership, today=today),
        running=reads.open_jobs(membership),
        failed=reads.failed_jobs(membership, now=timezone.now()),
        today=today,
    )
    return {
        "part": "reports/workbench_county.html",
        "todos": todos,
        "todo_words": summary(todos, today),
        "deadlines": [deadline(phase, today) for phase in reads.deadlines(membership, today=today)[:DEADLINES]],
        "nothing": nothing_to_do(membership, today) if not todos else "",
        "current": current,
        "stages": stages(current, works, today) if current else [],
        "work": next((work for work in works if work.round == current), None),
        "published": reads.published_computation(membership, current) if current else None,
        "activities": reads.activity(membership, limit=ACTIVITIES),
    }


def nothing_to_do(membership: Membership, today: date) -> str:
    """What an empty list of to-dos means: after publication a round still has its 公示 and 授牌 to come."""
    left = reads.deadlines(membership, today=today).count()
    if left:
        return f"没有待办：各轮都已公布，还有 {left} 个阶段未完成，日期见“期限”。"
    return "没有待办：各轮都已公布，没有未完成的后台任务。"


def deadline(phase: Phase, today: date) -> dict[str, Any]:
    light, words = due_light(phase.closes_on, today)
    weekday = "今天" if phase.closes_on == today else f"周{WEEKDAYS[phase.closes_on.weekday()]}"
    return {"phase": phase, "light": light, "words": words, "weekday": weekday}


def stages(round: Round, works: list[reads.RoundWork], today: date) -> list[dict[str, Any]]:
    """The stage board of one round, as ``components/stages.html`` takes it."""
    work = next((work for work in works if work.round == round), None)
    return [
        {
            "name": phase.get_kind_display(),
            "dates": dates(phase),
            "count": count(phase.kind, work),
            **place(phase, today),
        }
        for phase in round.phases.all()
    ]


def dates(phase: Phase) -> str:
    if phase.opens_on == phase.closes_on:
        return f"{phase.opens_on:%m-%d}"
    return f"{phase.opens_on:%m-%d} 至 {phase.closes_on:%m-%d}"


def count(kind: str, work: reads.RoundWork | None) -> str:
    """What is known of a stage in one short phrase."""
    if work is None:
        return ""
    words = {
        PhaseKind.NOMINATION: f"申报 {work.submitted + work.approved} 家",
        PhaseKind.REVIEW: f"通过 {work.approved} 家",
        PhaseKind.PANEL: f"评委 {work.panel} 人",
        PhaseKind.ONSITE: f"已收 {work.sheets} / {work.expected}",
    }
    return words.get(PhaseKind(kind), "")


def place(phase: Phase, today: date) -> dict[str, Any]:
    """Where a stage stands on its day: done, late, now or next."""
    whole = (phase.closes_on - phase.opens_on).days + 1
    if phase.finished_on is not None:
        return {"place": "done", "light": "ok", "words": "已完成"}
    if today > phase.closes_on:
        late = (today - phase.closes_on).days
        return {"place": "late", "light": "bad", "words": f"逾期 {late} 天", "done": whole, "total": whole}
    if today >= phase.opens_on:
        gone = (today - phase.opens_on).days + 1
        return {"place": "now", "light": "run", "words": "进行中", "done": gone, "total": whole + 1}
    return {"place": "next", "light": "idle", "words": "未开始"}


def township(membership: Membership, today: date) -> dict[str, Any]:
    own = membership.organization
    results = reads.newest_results(membership, own)
    todos = todos_for(membership, today)
    return {
        "part": "reports/workbench_township.html",
        "todos": todos,
        "todo_words": summary(todos, today),
        "own": own,
        "waiting": list(reads.waiting_entries(membership)),
        "results": results,
        "explained": _explained(membership, results),
        **_own_place(membership),
    }


def _explained(membership: Membership, results: list[Any]) -> set[Any]:
    rows = explainable_results(membership).filter(pk__in=[row.pk for row in results])
    return set(rows.values_list("pk", flat=True))


def _own_place(membership: Membership) -> dict[str, Any]:
    """Points and place of the own township in the newest published year."""
    campaign, _ = chosen_campaign(membership, Permission.VIEW_TOWNSHIPS, "")
    if campaign is None:
        return {}
    frame = frame_of(campaign)
    year = frame.year_or_latest("")
    if year is None:
        return {"frame": frame}
    places = standings(frame, township_matrix(frame), year)
    own = next((place for place in places if place.row.township == membership.organization), None)
    return {"frame": frame, "year": year, "standing": own, "count": len(places)}


def inspector(membership: Membership, today: date) -> dict[str, Any]:
    todos = todos_for(membership, today)
    return {
        "part": "reports/workbench_inspector.html",
        "todos": todos,
        "todo_words": summary(todos, today),
        "panels": reads.panel_work(membership),
    }


def looking(membership: Membership, today: date) -> dict[str, Any]:
    computation = reads.newest_computation(membership)
    return {"part": "reports/workbench_leader.html", "computation": computation}


def doors(membership: Membership, today: date) -> dict[str, Any]:
    """The three administrators meet no business data: a list of their own pages."""
    entries = DOORS.get(Role(membership.role), [])
    shown = [{"label": label, "url": url, "why": why} for label, name, why in entries if (url := address(name))]
    return {"part": "reports/workbench_doors.html", "doors": shown}


PARTS: dict[Role, Callable[[Membership, date], dict[str, Any]]] = {
    Role.COUNTY_ADMIN: county,
    Role.TOWNSHIP_SECRETARY: township,
    Role.INSPECTOR: inspector,
    Role.LEADER: looking,
    Role.OBSERVER: looking,
}


def _total(sheet: ScoreSheet, scheme: Scheme) -> str:
    if sheet.abstained:
        return "弃权"
    return decimal_text(Fraction(sheet.total_scaled, scheme.scale), scheme.mark_places)


@require(Permission.SUBMIT_SHEET)
def my_sheets(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """What the inspector sent for one round, newest revisions, with totals as written."""
    rounds = reads.panel_rounds(request.membership)
    round = get_permitted(request.membership, Permission.SUBMIT_SHEET, rounds, pk=round_id)
    scheme = round.scheme_version.document
    rows = [
        {"sheet": sheet, "total": _total(sheet, scheme)}
        for sheet in reads.sent_sheets(request.membership, round)
    ]
    crumbs = [{"label": "工作台", "url": reverse("reports:workbench")}, {"label": f"{round.title}评分单"}]
    context = {"round": round, "rows": rows, "crumbs": crumbs, "open": round.state == RoundState.SCORING}
    return render(request, "reports/my_sheets.html", context)
