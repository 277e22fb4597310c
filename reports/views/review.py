"""What the office has still to look at, decide and show between computing and publishing: one strip on a round's
page.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.access import Permission, allowed
from campaigns.enums import RoundKind
from scoring.enums import ComputationState, DecisionState, NoticeState, ObjectionState
from scoring.explaining import NotReproducible
from scoring.models import Computation, Objection, PublicNotice, ResultDecision
from scoring.notice_views import light
from scoring.traces import anomaly_counts


@dataclass(frozen=True)
class Step:
    """One part of the strip: its light and words, and the page behind it."""

    name: str
    light: str
    words: str
    url: str
    link: str


def review_strip(request: HttpRequest, computation: Computation | None) -> list[Step]:
    """For whoever decides, of a generation that stands; else nothing."""
    if computation is None or computation.state == ComputationState.SUPERSEDED:
        return []
    if not allowed(request.membership, Permission.DECIDE_RESULT):
        return []
    steps = [_anomalies(computation)] if computation.state == ComputationState.COMPUTED else []
    if computation.round.kind == RoundKind.CREATION:
        steps += _decisions(computation)
    return [*steps, *_notice(computation), *_objections(computation)]


def anomaly_words(computation: Computation) -> str:
    """For the dialog of confirming: a warning, never a bar."""
    try:
        every, waiting = anomaly_counts(computation)
    except NotReproducible:
        return "按留存数据不能复算，请先查明原因"
    if not every:
        return "没有发现异常"
    return f"异常 {every} 条，{f'还有 {waiting} 条没有核查' if waiting else '都已核查'}"


def _anomalies(computation: Computation) -> Step:
    words, url = anomaly_words(computation), reverse("scoring:anomalies", args=[computation.pk])
    return Step("异常", "warn" if "没有核查" in words or "不能复算" in words else "ok", words, url, "异常核查")


def _decisions(computation: Computation) -> list[Step]:
    rows = ResultDecision.objects.filter(computation=computation)
    states = list(rows.values_list("state", flat=True))
    staged, applied = states.count(DecisionState.STAGED), states.count(DecisionState.APPLIED)
    if not states and computation.state != ComputationState.COMPUTED:
        return []
    words = f"拟定 {staged} 条待执行" if staged else f"暂缓、不予 {applied} 家" if applied else "都按办法授予"
    url = reverse("scoring:decisions", args=[computation.pk])
    return [Step("授予决定", "warn" if staged else "ok", words, url, "授予决定")]


def _notice(computation: Computation) -> list[Step]:
    notices = PublicNotice.objects.filter(computation=computation)
    if found := notices.exclude(state=NoticeState.WITHDRAWN).order_by("-opened_at").first():
        state, words = light(found, timezone.localdate())
        return [Step("公示", state, words, reverse("scoring:notice", args=[found.pk]), "查看公示")]
    if computation.state != ComputationState.CONFIRMED:
        return []
    return [Step("公示", "idle", "还没有公示", reverse("scoring:notice_new", args=[computation.pk]), "发布公示")]


def _objections(computation: Computation) -> list[Step]:
    waiting = Objection.objects.filter(
        notice__computation__round=computation.round_id, state=ObjectionState.OPEN
    ).count()
    return [Step("异议", "warn", f"{waiting} 件没有办结", reverse("scoring:notices"), "办理")] if waiting else []
