"""What waits for a township and for an inspector; and, for reminders, what waits for anybody."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership
from campaigns.enums import NominationState, RoundState, Switch
from campaigns.models import Round
from campaigns.phases import is_open, phases_with
from campaigns.queries import board_rounds, visible_nominations
from scoring.enums import NoticeState, ReopeningState
from scoring.models import PublicNotice, SheetReopening

from ..queries import workbench as reads
from .county import county_todos
from .words import Todo, due_light, in_order


def todos_for(membership: Membership, today: date) -> list[Todo]:
    """Everything that waits for one person in one post, the most pressing first; nothing for who only looks."""
    match membership.role:
        case Role.COUNTY_ADMIN:
            return office_todos(membership, today)
        case Role.TOWNSHIP_SECRETARY:
            return in_order(township_todos(membership, today))
        case Role.INSPECTOR:
            return in_order(inspector_todos(membership, today))
    return []


def office_todos(membership: Membership, today: date) -> list[Todo]:
    works = reads.round_work(list(reads.unpublished_rounds(membership)))
    return county_todos(
        membership=membership,
        works=works,
        campaigns=reads.campaigns_lacking_approval(membership),
        running=reads.open_jobs(membership),
        failed=reads.failed_jobs(membership, now=timezone.now()),
        today=today,
    )


def township_todos(membership: Membership, today: date) -> Iterator[Todo]:
    """Returned applications first, then unfinished ones, then windows that are open; a notice one may object to."""
    unfinished = (NominationState.RETURNED, NominationState.DRAFT)
    own = visible_nominations(membership).filter(state__in=unfinished).select_related("organization", "round")
    for nomination in own.prefetch_related("round__phases"):
        due = _last_day(nomination.round, Switch.NOMINATE, today)
        light, words = due_light(due, today) if due else ("warn", "待办")
        url = reverse("campaigns:nomination", args=[nomination.pk])
        if nomination.state == NominationState.RETURNED:
            subject = f"{nomination.organization.name}的申报被退回修改"
            light = "bad" if light == "bad" else "warn"
            yield Todo(light, words, subject, nomination.decision_reason, url, "修改", url, due=due)
        else:
            subject = f"{nomination.organization.name}的申报还没有提交"
            detail = f"{nomination.round.title}，申报“{nomination.tier}”"
            yield Todo(light, words, subject, detail, url, "继续", url, due=due)
    yield from _windows(membership, today)
    for notice in PublicNotice.objects.filter(state=NoticeState.OPEN, closes_on__gte=today):
        light, words = due_light(notice.closes_on, today)
        url = reverse("scoring:notice", args=[notice.pk])
        detail = "对结果有异议的，请在公示期内提出"
        yield Todo("idle", words, notice.title, detail, url, "查看", url, due=notice.closes_on)


def _windows(membership: Membership, today: date) -> Iterator[Todo]:
    """Rounds that take applications now and have none of this township yet."""
    applied = set(visible_nominations(membership).values_list("round_id", flat=True))
    rounds = board_rounds(membership).filter(state__in=[RoundState.PLANNED, RoundState.NOMINATING])
    for round in rounds:
        due = _last_day(round, Switch.NOMINATE, today)
        if round.pk not in applied and due is not None and is_open(round, Switch.NOMINATE, today=today):
            light, words = due_light(due, today)
            url = reverse("campaigns:nominate", args=[round.pk])
            yield Todo(light, words, f"{round.title}可以申报", "本乡镇还没有申报", url, "申报", url, due=due)


def _last_day(round: Round, switch: str, today: date) -> date | None:
    """The last day of the phases that carry the switch, once the first of them has begun."""
    carrying = phases_with(round, switch)
    if not carrying or carrying[0].opens_on > today:
        return None
    return max(phase.closes_on for phase in carrying)


def inspector_todos(membership: Membership, today: date) -> Iterator[Todo]:
    """Sheets still owed in rounds that are being scored, and sheets that were opened again."""
    url = reverse("scoring:phone")
    for work in reads.panel_work(membership):
        if work.round.state != RoundState.SCORING or work.sent >= work.expected:
            continue
        due = _last_day(work.round, Switch.SCORE, today)
        light, words = due_light(due, today) if due else ("run", "评分中")
        detail = f"已送达 {work.sent} / {work.expected} 份"
        subject = f"{work.round.title}还有 {work.expected - work.sent} 份评分单"
        yield Todo(light, words, subject, detail, url, "去评分", url, due=due)
    open_again = SheetReopening.objects.filter(state=ReopeningState.OPEN, inspector__user=membership.user_id)
    for reopening in open_again.select_related("nomination__organization"):
        name = reopening.nomination.organization.name
        yield Todo("warn", "已重开", f"{name}的评分单可以修改", reopening.reason, url, "去修改", url)
