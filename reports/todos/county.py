"""To-dos of the county office in words: what waits, since when or until when, and the one button that does it.

What only opens or computes is done here; what is final (confirming, publishing) leads to the round, to be seen first.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse

from accounts.enums import JobState
from accounts.models import Job, Membership
from campaigns.enums import PhaseKind, RoundState, Switch
from campaigns.limits import Caution
from campaigns.models import Campaign, Phase, Round
from campaigns.phases import is_open, phases_with
from scoring.enums import ComputationState, NoticeState

from ..queries.workbench import RoundWork
from .lived import county_round_todos
from .words import Todo, due_light, in_order

#: The phase by whose end a round should leave a state.
LEAVES_BY = {
    RoundState.PLANNED: PhaseKind.NOMINATION,
    RoundState.NOMINATING: PhaseKind.ONSITE,
    RoundState.SCORING: PhaseKind.ONSITE,
    RoundState.SEALED: PhaseKind.DECISION,
    RoundState.COMPUTED: PhaseKind.DECISION,
    RoundState.CONFIRMED: PhaseKind.NOTICE,
}


def county_todos(
    *,
    membership: Membership,
    works: Iterable[RoundWork],
    campaigns: Iterable[Campaign],
    cautions: Iterable[tuple[Campaign, Caution]] = (),
    running: Iterable[Job],
    failed: Iterable[Job],
    today: date,
) -> list[Todo]:
    """Everything that waits for the office, the most pressing first."""
    found = [
        *(todo for work in works for todo in round_todos(membership, work, today)),
        *(approval_todo(campaign) for campaign in campaigns),
        *(caution_todo(campaign, caution) for campaign, caution in cautions),
        *(job_todo(job) for job in (*failed, *running)),
        *county_round_todos(membership, today),
    ]
    return in_order(found)


def round_todos(membership: Membership, work: RoundWork, today: date) -> Iterator[Todo]:
    """The next act on one round, and nominations that wait beside it."""
    light, words, due = _deadline(work.round, today)
    url = reverse("reports:round", args=[work.round.pk])
    subject, detail, button, action, post = _next_act(membership, work, url)
    yield Todo(light, words, subject, detail, url, button, action, post, due)
    if work.submitted and work.round.state in (RoundState.NOMINATING, RoundState.SCORING):
        subject = f"{work.round.title}有 {work.submitted} 家申报待审核"
        review = reverse("campaigns:review", args=[work.round.pk])
        review_by = phase_end(work.round, PhaseKind.REVIEW)
        yield Todo("warn", "待审核", subject, "未通过的不评分、不计入参评", review, "审核", review, due=review_by)


def _deadline(round: Round, today: date) -> tuple[str, str, date | None]:
    due = phase_end(round, LEAVES_BY[RoundState(round.state)])
    if due is None:
        return "run", "待办", None
    return (*due_light(due, today), due)


def phase_end(round: Round, kind: str) -> date | None:
    """When a phase closes, unless it was finished; reads the phases already loaded."""
    phases: Iterable[Phase] = round.phases.all()
    return next((phase.closes_on for phase in phases if phase.kind == kind and phase.finished_on is None), None)


def _next_act(membership: Membership, work: RoundWork, url: str) -> tuple[str, str, str, str, bool]:
    """Subject, detail, button, its address, and whether it is a form."""
    round, title = work.round, work.round.title
    match round.state:
        case RoundState.PLANNED:
            day = f"现场日期 {round.onsite_date:%Y-%m-%d}"
            return f"{title}待导入申报", day, "导入申报", reverse("campaigns:imports"), False
        case RoundState.NOMINATING:
            detail = f"已通过 {work.approved} 家，评委 {work.panel} 人"
            if is_open(round, Switch.NOMINATE) and phases_with(round, Switch.NOMINATE):
                review = reverse("campaigns:review", args=[round.pk])
                return f"{title}正在申报", detail, "查看申报", review, False
            return f"{title}待开放评分", detail, "开放评分", reverse("scoring:open", args=[round.pk]), True
        case RoundState.SCORING:
            return _collecting(work, url)
        case RoundState.SEALED:
            detail = "评分单已封存，计算没有完成"
            return f"{title}待计算", detail, "计算", reverse("scoring:compute", args=[round.pk]), True
        case RoundState.COMPUTED:
            return _confirming(membership, work, url)
        case _:
            return _publishing(work, url)


def _publishing(work: RoundWork, url: str) -> tuple[str, str, str, str, bool]:
    """While a notice runs nothing can be published: the to-do says until when."""
    notice = work.computation and work.computation.notices.filter(state=NoticeState.OPEN).first()
    if notice:
        address = reverse("scoring:notice", args=[notice.pk])
        return f"{work.round.title}公示至 {notice.closes_on:%m-%d}", "期满且没有未办结的异议后公布", "查看公示", address, False
    detail = "结果已由两人确认，公布后更新称号、加分和补助"
    return f"{work.round.title}待公布", detail, "查看并公布", url, False


def _collecting(work: RoundWork, url: str) -> tuple[str, str, str, str, bool]:
    """Only a round with every sheet is computed from here; with sheets missing somebody should look first."""
    title, count = work.round.title, f"评分单 {work.sheets} / {work.expected} 份"
    if work.complete:
        address = reverse("scoring:compute", args=[work.round.pk])
        return f"{title}评分单已收齐，待计算", f"{count}；计算前封存", "封存并计算", address, True
    missing = f"还差 {work.expected - work.sheets} 份" if work.expected else "还没有评委组"
    return f"{title}正在评分", f"{count}，{missing}", "查看", url, False


def _confirming(membership: Membership, work: RoundWork, url: str) -> tuple[str, str, str, str, bool]:
    computation = work.computation
    if computation is not None and computation.state == ComputationState.COMPUTED:
        if computation.computed_by_id == membership.user_id:
            return f"{work.round.title}待另一人确认", "您是计算人，须由另一位管理员确认", "查看", url, False
        return f"{work.round.title}待确认", f"计算人 {computation.computed_by or '系统'}", "查看并确认", url, False
    return f"{work.round.title}待确认", "请先重新计算", "查看", url, False


def approval_todo(campaign: Campaign) -> Todo:
    detail = "《创建示范活动管理办法（试行）》要求创建活动经批准后开展，请补录批准机关和文号"
    url = reverse("campaigns:campaign_edit", args=[campaign.pk])
    return Todo(
        "warn", "缺批准文号", f"“{campaign.name}”没有批准文号", detail, url, "补录文号", f"{url}#id_approval_no"
    )


def caution_todo(campaign: Campaign, caution: Caution) -> Todo:
    url = reverse("campaigns:campaign_edit", args=[campaign.pk])
    subject = f"“{campaign.name}”{caution.words}"
    return Todo("warn", "请核对", subject, caution.text, url, "核对", f"{url}#id_{caution.field}")


def job_todo(job: Job) -> Todo:
    url = reverse("accounts:job", args=[job.pk])
    if job.state == JobState.FAILED:
        return Todo("bad", "任务未完成", f"{job.title}没有完成", job.error or "请查看原因后重试", url, "查看原因", url)
    step = f"{job.step} {job.done} / {job.total}".strip() if job.total else job.step
    words = "排队中" if job.state == JobState.QUEUED else "进行中"
    return Todo("run", words, job.title, step or "可离开，完成后在后台任务中查看", url, "查看进度", url)
