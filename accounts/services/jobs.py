"""Background work as rows: start it, claim it, report on it, end it, take it back when its worker died.

The row is its own outbox entry: what the broker loses, ``sweep`` sends again. Every change of ``state``
is here. What the work is, the handlers registered with ``accounts.tasks.job_handler`` know.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ..enums import JOB_TRANSITIONS, JobState
from ..models import Job, Tenant, User, tenant_scope
from .audit import record

log = logging.getLogger(__name__)

OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)
#: A running job that has not been heard of for this long has lost its worker.
STALE_AFTER = timedelta(seconds=60)
#: A queued job that nobody claimed for this long is sent again.
RESEND_AFTER = timedelta(seconds=10)
MAX_ATTEMPTS = 3


class JobProblem(Exception):
    """An expected reason why work could not be done, as a Chinese sentence for the person who started it."""


def start_job(*, tenant: Tenant, kind: str, title: str, key: str, params: dict[str, Any], actor: User | None) -> Job:
    """Queue work; while work with the same ``key`` is open, that job is the answer. ``params`` holds ids only."""
    with transaction.atomic():
        # Insert first: two people pressing the button at once meet at the unique index, not between a read and a write.
        job = Job(tenant=tenant, kind=kind, title=title, key=key, params=params, created_by=actor)
        while not _insert(job):
            if existing := Job.objects.filter(key=key, state__in=OPEN_STATES).first():
                return existing
        record(actor=actor, verb="发起后台任务", target=job, new={"kind": kind, **params}, tenant=tenant)
        transaction.on_commit(lambda: send(job))
    return job


def _insert(job: Job) -> bool:
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return Job.objects.filter(pk=job.pk).exists()


def send(job: Job) -> None:
    """Hand the job to the broker. A broker that is away is no failure: the sweeper sends again."""
    from ..tasks import run_job

    try:
        run_job.delay(job_id=str(job.pk), tenant_id=str(job.tenant_id))
    except Exception:
        log.warning("job %s not sent, the sweeper will", job.pk, exc_info=True)


@transaction.atomic
def request_cancel(*, job: Job, actor: User) -> Job:
    """Cancel what is queued; ask what is running to stop at its next safe place. Ended work stays as it is."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.is_open:
        return job
    job.cancel_requested = True
    job.save(update_fields=["cancel_requested"])
    if job.state == JobState.QUEUED:
        move(job, JobState.CANCELLED, error="开始之前已取消，未写入任何数据。")
    record(actor=actor, verb="取消后台任务", target=job)
    return job


@transaction.atomic
def claim(*, job_id: UUID | str) -> Job | None:
    """Take a queued job, or a running one whose worker died. None when another worker has it or it has ended."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not job.is_open or (job.state == JobState.RUNNING and not is_stale(job)):
        return None
    if job.attempts >= MAX_ATTEMPTS:
        give_up(job)
        return None
    job.attempts += 1
    job.started_at = job.heartbeat_at = timezone.now()
    job.save(update_fields=["attempts", "started_at", "heartbeat_at"])
    move(job, JobState.RUNNING)
    return job


@transaction.atomic
def finish(*, job: Job, state: str, result: dict[str, Any] | None = None, error: str = "") -> bool:
    """Write the end of this attempt; False when the job was meanwhile taken over, and this attempt no longer speaks."""
    current = Job.objects.select_for_update().get(pk=job.pk)
    if current.state != JobState.RUNNING or current.attempts != job.attempts:
        return False
    outcome = dict(result or {})
    current.result_url = str(outcome.pop("url", ""))[:200]
    current.result = outcome
    if state == JobState.DONE and current.total:
        current.done = current.total
    current.save(update_fields=["result", "result_url", "done"])
    move(current, state, error=error)
    record(actor=current.created_by, verb=f"后台任务{JobState(state).label}", target=current, new=outcome,
           succeeded=state == JobState.DONE)  # fmt: skip
    return True


def move(job: Job, state: str, *, error: str = "") -> None:
    """The only writer of ``state``. The caller holds the row's lock."""
    if state not in JOB_TRANSITIONS[job.state]:
        raise ValueError(f"job {job.pk}: {job.state} -> {state}")
    job.state = state
    job.error = error
    job.finished_at = None if state in OPEN_STATES else timezone.now()
    job.save(update_fields=["state", "error", "finished_at"])


def is_stale(job: Job) -> bool:
    return job.heartbeat_at is None or timezone.now() - job.heartbeat_at > STALE_AFTER


def give_up(job: Job) -> None:
    move(
        job,
        JobState.FAILED,
        error=f"已尝试 {MAX_ATTEMPTS} 次，每次都中途断开，已停止。请重新发起；仍不成功请联系管理员。",
    )


def sweep(*, settle: Callable[[], None]) -> int:
    """Send again what nobody claimed, take back what lost its worker; how many. Runs outside any scope.

    ``settle`` waits a heartbeat: on SQLite a long write holds back the heartbeat of its own job, so a job is
    taken back only when a second look, after every writer had its turn, still finds it silent.
    """
    count, suspects = 0, []
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            count += resend_queued()
            stale = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=timezone.now() - STALE_AFTER)
            suspects += [(tenant, pk) for pk in stale.values_list("pk", flat=True)]
    if suspects:
        settle()
    for tenant, pk in suspects:
        with tenant_scope(tenant):
            count += take_back(job_id=pk)
    return count


def resend_queued() -> int:
    waiting = Job.objects.filter(state=JobState.QUEUED, created_at__lt=timezone.now() - RESEND_AFTER)
    jobs = list(waiting)
    for job in jobs:
        send(job)
    return len(jobs)


@transaction.atomic
def take_back(*, job_id: UUID | str) -> bool:
    """Queue a silent job again, or fail it after the last attempt."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state != JobState.RUNNING or not is_stale(job):
        return False
    if job.cancel_requested:
        move(job, JobState.CANCELLED, error="已取消。")
    elif job.attempts >= MAX_ATTEMPTS:
        give_up(job)
    else:
        move(job, JobState.QUEUED)
        transaction.on_commit(lambda: send(job))
    return True
