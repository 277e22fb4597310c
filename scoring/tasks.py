"""Background jobs of scoring: thin wrappers, one service call each."""

from accounts.models import Job
from accounts.services.jobs import JobProblem
from accounts.services.progress import JobProgress
from accounts.tasks import job_handler
from campaigns.models import Round
from campaigns.services.campaigns import RoundRefused

from .services.computing import JOB_KIND, ComputeRefused, compute_round, round_url
from .services.publication import PublicationRefused


@job_handler(JOB_KIND)
def run_compute_round(job: Job, progress: JobProgress) -> dict[str, object]:
    round = Round.objects.get(pk=job.params["round"])
    try:
        computation = compute_round(round=round, actor=job.created_by, job=job, progress=progress)
    except (ComputeRefused, PublicationRefused, RoundRefused) as error:
        raise JobProblem(str(error)) from error
    return {"computation": str(computation.pk), "url": round_url(round)}
