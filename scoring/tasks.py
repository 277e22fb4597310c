"""Background jobs of scoring: thin wrappers, one service call each."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Job, Tenant, tenant_scope
from accounts.services.jobs import JobProblem
from accounts.services.progress import JobProgress
from accounts.tasks import job_handler
from campaigns.models import Round
from campaigns.services.campaigns import RoundRefused
from campaigns.tasks import RUN_ROUNDS

from .services.computing import JOB_KIND, ComputeRefused, compute_round, round_url
from .services.notices import end_due_notices
from .services.publication import PublicationRefused
from .services.register import settle_expired

log = logging.getLogger(__name__)


@job_handler(JOB_KIND)
def run_compute_round(job: Job, progress: JobProgress) -> dict[str, object]:
    round = Round.objects.get(pk=job.params["round"])
    try:
        computation = compute_round(round=round, actor=job.created_by, job=job, progress=progress)
    except (ComputeRefused, PublicationRefused, RoundRefused) as error:
        raise JobProblem(str(error)) from error
    return {"computation": str(computation.pk), "url": round_url(round)}


@shared_task(name="scoring.tasks.expire_titles")
def expire_titles() -> int:
    """Every few hours: end the titles whose validity is over; how many campaigns were settled. One county's trouble
    does not keep the others waiting.
    """
    count, today = 0, timezone.localdate()
    for tenant in Tenant.objects.filter(kind__in=RUN_ROUNDS):
        try:
            with tenant_scope(tenant):
                count += settle_expired(today=today)
        except Exception:
            log.exception("titles of tenant %s did not end by their dates", tenant.code)
    return count


@shared_task(name="scoring.tasks.end_notices")
def end_notices() -> int:
    """Every ten minutes: end the public notices whose last day is over; how many."""
    count, today = 0, timezone.localdate()
    for tenant in Tenant.objects.filter(kind__in=RUN_ROUNDS):
        try:
            with tenant_scope(tenant):
                count += end_due_notices(today=today)
        except Exception:
            log.exception("notices of tenant %s did not end by their dates", tenant.code)
    return count
