"""Background work as its owner sees it: the list, one job, its progress as a fragment, stopping it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..access import Permission, get_permitted, require
from ..models import Job
from ..queries import visible_jobs
from ..services.jobs import request_cancel
from .answers import page_of


@require(Permission.VIEW_JOBS)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    rows = visible_jobs(request.membership).select_related("created_by")
    return render(request, "accounts/jobs.html", {"page": page_of(request, rows)})


@require(Permission.VIEW_JOBS)
@never_cache
@require_safe
def job(request: HttpRequest, job_id: str) -> HttpResponse:
    return render(request, "accounts/job.html", job_context(find(request, job_id)))


@require(Permission.VIEW_JOBS)
@never_cache
@require_safe
def job_progress(request: HttpRequest, job_id: str) -> HttpResponse:
    """The fragment that asks for itself while the job is open."""
    return render(request, "components/job.html", job_context(find(request, job_id)))


@require(Permission.VIEW_JOBS)
@require_POST
def job_cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    job = request_cancel(job=find(request, job_id), actor=request.user)
    messages.success(request, "已请求停止，正在等它到可以停的地方。" if job.is_open else "任务已结束。")
    return redirect("accounts:job", job.pk)


def find(request: HttpRequest, job_id: str) -> Job:
    return get_permitted(request.membership, Permission.VIEW_JOBS, visible_jobs(request.membership), pk=job_id)


def job_context(job: Job) -> dict[str, object]:
    """What ``components/job.html`` shows; other pages include it with the same values."""
    job.message = job.error  # type: ignore[attr-defined]
    return {
        "job": job,
        "poll_url": reverse("accounts:job_progress", args=[job.pk]) if job.is_open else "",
        "cancel_url": reverse("accounts:job_cancel", args=[job.pk]) if job.is_open else "",
        "result_url": job.result_url,
        "result_label": "查看结果",
    }
