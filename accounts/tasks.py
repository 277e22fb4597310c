"""Celery's door to background work: ids in, tenant scope opened, one handler called, the end written in words.

Other apps register their handlers in their own ``tasks.py``; nothing here knows what the work is.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded

from schemes.problems import ProblemsFound

from .enums import JobState
from .models import Job, Tenant, Upload, tenant_scope
from .services import divisions, jobs, messages, uploads
from .services.jobs import JobProblem
from .services.progress import HEARTBEAT, JobCancelled, JobProgress

log = logging.getLogger(__name__)

Handler = Callable[[Job, JobProgress], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register ``function(job, progress) -> result``; a ``"url"`` in the result is where the person goes next.

    A handler may run again after a crash, so it is idempotent. It raises JobProblem or ProblemsFound for what
    a person can mend.
    """

    def register(function: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"job kind {kind} is registered twice")
        HANDLERS[kind] = function
        return function

    return register


class TenantTask(Task):
    """A task whose body runs inside the scope of the tenant named by ``tenant_id``."""

    abstract = True

    def __call__(self, *args: Any, tenant_id: str, **kwargs: Any) -> Any:
        with tenant_scope(Tenant.objects.get(pk=tenant_id)):
            return super().__call__(*args, tenant_id=tenant_id, **kwargs)


@shared_task(base=TenantTask, name="accounts.run_job")
def run_job(*, job_id: str, tenant_id: str) -> None:
    """Run a job once, however often the message is delivered."""
    job = jobs.claim(job_id=job_id)
    if job is None:
        log.info("job %s: nothing to do", job_id)
        return
    state, result, error = work(job)
    if not jobs.finish(job=job, state=state, result=result, error=error):
        log.warning("job %s: attempt %s was taken over, its end is not written", job.pk, job.attempts)


def work(job: Job) -> tuple[str, dict[str, Any], str]:
    """Call the handler; the state it ended in, its result, and the reason in words when it did not succeed."""
    try:
        with JobProgress(job=job, tenant=job.tenant) as progress:
            return JobState.DONE, HANDLERS[job.kind](job, progress) or {}, ""
    except JobCancelled:
        return JobState.CANCELLED, {}, "已按要求停止，未写入的部分不会保留。"
    except (JobProblem, ProblemsFound) as problem:
        return JobState.FAILED, {}, str(problem)
    except SoftTimeLimitExceeded:
        return JobState.FAILED, {}, "用时超过上限，已停止，未写入的部分不会保留。请减少一次处理的数量后重新发起。"
    except Exception:
        number = str(job.pk)[:8]
        log.exception("job %s (%s) failed, number %s", job.pk, job.kind, number)
        return JobState.FAILED, {}, f"系统出错，编号 {number}。数据没有改动；请稍后重试，仍不成功请把编号告诉管理员。"


@shared_task(name="accounts.tasks.sweep_jobs")
def sweep_jobs() -> int:
    """Every 15 s: send again what was lost on the way, take back what lost its worker."""
    return jobs.sweep(settle=lambda: time.sleep(HEARTBEAT + 1))


@shared_task(name="accounts.tasks.deliver_messages")
def deliver_messages() -> int:
    """Every half minute: send what waits in every tenant's outbox; how many went out."""
    sent = 0
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            sent += messages.deliver_due()["sent"]
    return sent


@job_handler("apply_upload")
def apply_upload(job: Job, progress: JobProgress) -> dict[str, Any]:
    upload = Upload.objects.get(pk=job.params["upload"])
    progress.update(step="核对并写入", done=0, total=upload.report.get("rows", 0))
    progress.check_cancelled()
    return uploads.apply_upload(upload=upload, actor=job.created_by)


@job_handler("import_divisions")
def import_divisions(job: Job, progress: JobProgress) -> dict[str, Any]:
    kept = Upload.objects.in_bulk(job.params["uploads"])
    files = [kept[key] for key in sorted(kept, key=lambda pk: job.params["uploads"].index(str(pk)))]
    sources = [divisions.Source(file.filename, uploads.stored_path(file.tenant_id, file.sha256)) for file in files]
    return divisions.import_divisions(sources=sources, actor=job.created_by, progress=progress)
