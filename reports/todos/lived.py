"""What a round that is being lived asks of the county office: sheets, conflicts, notices, titles, messages."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, Q
from django.urls import reverse

from accounts.enums import MessageState
from accounts.models import Membership, Message
from campaigns.enums import ActState, RoundState
from campaigns.models import Round, TitleAct
from campaigns.queries import visible_rounds
from scoring.enums import DecisionState, KeyingState, NoticeState, ObjectionState, QuarantineState, ReopeningState
from scoring.models import KeyedSheet, Objection, PublicNotice, QuarantinedSheet, ResultDecision, SheetReopening
from sites.enums import ConflictState
from sites.models import Conflict

from .titles import title_todos
from .words import Todo, due_light


def county_round_todos(membership: Membership, today: date) -> Iterator[Todo]:
    """Everything beside the next act on each round; one to-do per round and kind, however many wait."""
    live = visible_rounds(membership).filter(state__in=[RoundState.NOMINATING, RoundState.SCORING])
    rounds = {round.pk: round for round in live}
    yield from _sheets(membership, rounds)
    yield from _conflicts(rounds)
    yield from _notices(today)
    yield from _second_person(membership)
    yield from title_todos(today)
    if failed := Message.objects.filter(state=MessageState.FAILED).count():
        url = f"{reverse('accounts:messages')}?state={MessageState.FAILED}"
        yield Todo("warn", "未发出", f"有 {failed} 条提醒没有发出", "请核对渠道后重发", url, "查看", url)


def _sheets(membership: Membership, rounds: dict[UUID, Round]) -> Iterator[Todo]:
    """Sheets in quarantine hold up the computation; wishes to reopen and keyed forms wait for somebody."""
    waiting = QuarantinedSheet.objects.filter(state=QuarantineState.WAITING, round__in=rounds).order_by()
    for pk, number in waiting.values_list("round_id").annotate(n=Count("pk")):
        url = reverse("reports:control", args=[pk])
        words = "处理完才能计算；两份内容都保留着"
        yield Todo("warn", "待处理", f"{rounds[pk].title}有 {number} 份评分单待核", words, url, "处理", url)
    asked = SheetReopening.objects.filter(state=ReopeningState.ASKED, nomination__round__in=rounds).order_by()
    for pk, number in asked.values_list("nomination__round_id").annotate(n=Count("pk")):
        url = reverse("reports:control", args=[pk])
        yield Todo(
            "warn",
            "待答复",
            f"{rounds[pk].title}有 {number} 份评分单申请重开",
            "同意后评委可以改一次",
            url,
            "答复",
            url,
        )
    keyed = KeyedSheet.objects.filter(state__in=[KeyingState.FIRST, KeyingState.DIFFERS])
    mine = keyed.exclude(first_by=membership.user_id).count()
    if mine:
        url = reverse("scoring:keying")
        yield Todo("run", "待录入", f"有 {mine} 份纸质表等第二人录入", "两人录入一致才成为评分单", url, "录入", url)


def _conflicts(rounds: dict[UUID, Round]) -> Iterator[Todo]:
    standing = Q(round__isnull=True, inspector__panels__round__in=rounds)
    found = Conflict.objects.filter(Q(round__in=rounds) | standing, state=ConflictState.PROPOSED)
    concerned: Counter[UUID] = Counter()
    for row in found.distinct().prefetch_related("inspector__panels"):
        seats = {seat.round_id for seat in row.inspector.panels.all()} & rounds.keys()
        concerned.update({row.round_id} if row.round_id else seats)
    for pk, number in concerned.items():
        url = reverse("sites:panel", args=[pk])
        yield Todo("warn", "待确认", f"{rounds[pk].title}有 {number} 项回避待确认", "确认后不再评分", url, "确认", url)


def _notices(today: date) -> Iterator[Todo]:
    """Objections by their deadlines; notices whose last day is past."""
    for objection in Objection.objects.filter(state=ObjectionState.OPEN).select_related("notice"):
        light, words = due_light(objection.due_on, today)
        url = reverse("scoring:notice", args=[objection.notice_id])
        detail = "办结之前不能公布结果"
        yield Todo(
            light, words, f"{objection.notice.title}有异议待办", detail, url, "办理", url, due=objection.due_on
        )
    for notice in PublicNotice.objects.filter(state=NoticeState.OPEN, closes_on__lt=today):
        url = reverse("scoring:notice", args=[notice.pk])
        yield Todo(
            "warn", "已期满", f"{notice.title}已期满", "没有未办结的异议即可结束公示并公布", url, "查看", url
        )


def _second_person(membership: Membership) -> Iterator[Todo]:
    """What one colleague proposed and another has to confirm."""
    acts = TitleAct.objects.filter(state=ActState.PROPOSED).exclude(proposed_by=membership.user_id).count()
    if acts:
        url = reverse("campaigns:title_acts")
        yield Todo("warn", "待复核", f"有 {acts} 项称号决定待复核", "由提出人以外的管理员复核", url, "复核", url)
    staged = ResultDecision.objects.filter(state=DecisionState.STAGED).exclude(staged_by=membership.user_id).order_by()
    for pk, number, _ in staged.values_list("computation_id").annotate(n=Count("pk"), first=Min("staged_at")):
        url = reverse("scoring:decisions", args=[pk])
        yield Todo("warn", "待执行", f"有 {number} 项授予决定待第二人核对执行", "执行后才能确认结果", url, "核对", url)
