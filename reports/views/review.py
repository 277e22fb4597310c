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


@dataclass(frozen=True)
class Review:
    """``decisions`` are all that were ever taken about a computation; ``anomalies`` says in words what was found."""

    decisions: tuple[ResultDecision, ...] = ()
    anomalies: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def staged(self) -> int:
        return _count(self.decisions, DecisionState.STAGED)


def review_of(request: HttpRequest, computation: Computation | None) -> Review:
    """The steps are for whoever decides, of a generation that stands."""
    if computation is None:
        return Review()
    decisions = tuple(ResultDecision.objects.filter(computation=computation))
    decides = allowed(request.membership, Permission.DECIDE_RESULT)
    if computation.state == ComputationState.SUPERSEDED or not decides:
        return Review(decisions)
    words = anomaly_words(computation) if computation.state == ComputationState.COMPUTED else ""
    steps = [_anomalies(computation, words)] if words else []
    if computation.round.kind == RoundKind.CREATION:
        steps += _decisions(computation, decisions)
    return Review(decisions, words, (*steps, *_notice(computation), *_objections(computation)))


def anomaly_words(computation: Computation) -> str:
    """For the dialog of confirming: a warning, never a bar."""
    try:
        every, waiting = anomaly_counts(computation)
    except NotReproducible:
        return "按留存数据不能复算，请先查明原因"
    if not every:
        return "没有发现异常"
    return f"异常 {every} 条，{f'还有 {waiting} 条没有核查' if waiting else '都已核查'}"


def _anomalies(computation: Computation, words: str) -> Step:
    url = reverse("scoring:anomalies", args=[computation.pk])
    return Step("异常", "warn" if "没有核查" in words or "不能复算" in words else "ok", words, url, "异常核查")


def _decisions(computation: Computation, decisions: tuple[ResultDecision, ...]) -> list[Step]:
    staged, applied = (_count(decisions, state) for state in (DecisionState.STAGED, DecisionState.APPLIED))
    if not decisions and computation.state != ComputationState.COMPUTED:
        return []
    words = f"拟定 {staged} 条待执行" if staged else f"暂缓、不予 {applied} 家" if applied else "都按办法授予"
    url = reverse("scoring:decisions", args=[computation.pk])
    return [Step("授予决定", "warn" if staged else "ok", words, url, "授予决定")]


def _count(decisions: tuple[ResultDecision, ...], state: str) -> int:
    return sum(decision.state == state for decision in decisions)


def _notice(computation: Computation) -> list[Step]:
    if computation.confirmed_at is None:  # nothing is shown before
        return []
    notices = PublicNotice.objects.filter(computation=computation)
    if found := notices.exclude(state=NoticeState.WITHDRAWN).order_by("-opened_at").first():
        state, words = light(found, timezone.localdate())
        return [Step("公示", state, words, reverse("scoring:notice", args=[found.pk]), "查看公示")]
    if computation.state != ComputationState.CONFIRMED:
        return []
    return [Step("公示", "idle", "还没有公示", reverse("scoring:notice_new", args=[computation.pk]), "发布公示")]


def _objections(computation: Computation) -> list[Step]:
    of_round = Objection.objects.filter(notice__computation__round=computation.round_id)
    waiting = of_round.filter(state=ObjectionState.OPEN).count()
    return [Step("异议", "warn", f"{waiting} 件没有办结", reverse("scoring:notices"), "办理")] if waiting else []
