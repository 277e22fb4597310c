"""Power cuts: a worker or web server is killed in the middle of a transaction, and what it did is whole or absent.

Real processes on real PostgreSQL and Redis. A gate in the database holds the work after it has written, so that the
kill always falls between the first row and the commit.
"""

import threading
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis import Redis

from accounts.enums import JobState
from accounts.models import AuditEntry, Job, Upload, tenant_scope
from accounts.services.jobs import MAX_ATTEMPTS, STALE_AFTER, start_job, sweep
from accounts.services.uploads import keep_upload
from campaigns.enums import RoundState
from campaigns.models import BonusEntry, Round, Subsidy, Title
from config import celery
from scoring.enums import ComputationState
from scoring.models import Computation, Result, ScoreSheet
from scoring.services.computing import compute_round, request_computation
from scoring.services.publication import confirm_computation
from tests import services

from . import cast, crashing

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the gate is a lock of PostgreSQL"),
]
assert connection  # the condition above is read in this module

VILLAGES = 4


@pytest.fixture(scope="module")
def redis():
    """A queue of this module's own: workers of tests that run beside it would take its messages."""
    server = services.Redis().launch()
    yield server
    server.stop()


@pytest.fixture
def stage(transactional_db, redis, monkeypatch):
    """A county whose jobs go to that queue, and to nobody who is left over from the test before."""
    with closing(Redis.from_url(redis.url)) as queue:
        queue.flushall()
    monkeypatch.setenv("CELERY_BROKER_URL", redis.url)  # Celery looks here first, in this process and in its children
    monkeypatch.setattr(celery.app.amqp, "_producer_pool", None)
    return cast.set_stage()


@pytest.fixture
def running():
    """A function that remembers what was started; at the end nothing of it is left."""
    started = []
    yield lambda process: started.append(process) or process
    for process in started:
        process.kill()


def job_now(stage, job):
    with tenant_scope(stage.tenant):
        return Job.objects.get(pk=job.pk)


def silent(stage, job):
    """The worker has not been heard of for longer than the sweeper is patient."""
    with tenant_scope(stage.tenant):
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - STALE_AFTER - timedelta(seconds=1))


def sweep_now():
    """The sweeper's work, without its wait for a heartbeat: the worker is dead, and the test knows it."""
    return sweep(settle=lambda: None)


def finished(stage, job, process):
    """The job, once ``process`` has brought it to its end."""
    crashing.wait_for(lambda: process.alive and not job_now(stage, job).is_open, "the job's end")
    return job_now(stage, job)


def cut(gate, process):
    """Kill at the gate; returns once the database has taken back what was written."""
    backend = gate.reached(process)
    process.kill()
    gate.open()
    gate.forgotten(backend)


# -- computing


def scored(stage):
    with tenant_scope(stage.tenant):
        round = cast.standing_round(stage)
        return round, request_computation(round=round, actor=stage.first)


def computed(stage, round):
    """The round's state and how many computations and results there are."""
    with tenant_scope(stage.tenant):
        return Round.objects.get(pk=round.pk).state, Computation.objects.count(), Result.objects.count()


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_a_worker_killed_while_it_writes_results_leaves_none_and_the_next_finishes(stage, running, tmp_path, pool):
    round, job = scored(stage)
    with crashing.Gate("scoring_result") as gate:
        cut(gate, running(crashing.worker(tmp_path, pool=pool)))
        assert computed(stage, round) == (RoundState.SEALED, 0, 0)
    found = job_now(stage, job)
    assert (found.state, found.attempts) == (JobState.RUNNING, 1)
    assert sweep_now() == 0  # the worker may yet speak
    silent(stage, job)
    assert sweep_now() == 1
    found = finished(stage, job, running(crashing.worker(tmp_path, pool=pool)))
    assert (found.state, found.attempts, found.error) == (JobState.DONE, 2, "")
    assert computed(stage, round) == (RoundState.COMPUTED, 1, VILLAGES)
    with tenant_scope(stage.tenant):
        assert cast.results(Computation.objects.get()) == {
            "杨村": ("18.00", 1, "awarded"), "赵村": ("16.00", 2, "awarded"),
            "岭后村": ("14.00", 3, "over_quota"), "石塘村": ("11.00", 4, "below_threshold"),
        }  # fmt: skip


def test_a_job_whose_every_worker_dies_says_so(stage, running, tmp_path):
    round, job = scored(stage)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with crashing.Gate("scoring_result") as gate:
            cut(gate, running(crashing.worker(tmp_path)))
        assert job_now(stage, job).attempts == attempt
        silent(stage, job)
        sweep_now()
    found = job_now(stage, job)
    assert (found.state, found.error) == (
        JobState.FAILED,
        "已尝试 3 次，每次都中途断开，已停止。请重新发起；仍不成功请联系管理员。",
    )
    assert computed(stage, round) == (RoundState.SEALED, 0, 0)


# -- importing

HEAD = "round,org_code,inspector,a,b\n"


def handed_in(stage):
    """A file of eight sheets, previewed and confirmed, as one that is long enough for a job."""
    with tenant_scope(stage.tenant):
        round = cast.open_round(stage, dict.fromkeys(stage.villages, cast.HIGH))
        rows = [
            f"1,{village.code},{number},8,{7 - n}"
            for n, village in enumerate(stage.villages)
            for number in ("J1", "J3")
        ]
        upload = keep_upload(
            tenant=stage.tenant, kind="sheets", filename="评分单.csv", data=(HEAD + "\n".join(rows) + "\n").encode(),
            actor=stage.first, params={"campaign": str(stage.campaign.pk)},
        )  # fmt: skip
        assert upload.report["problems"] == []
        job = start_job(
            tenant=stage.tenant, kind="apply_upload", title="写入“评分单.csv”", key=f"apply_upload:{upload.pk}",
            params={"upload": str(upload.pk)}, actor=stage.first,
        )  # fmt: skip
        return round, upload, job


def imported(stage, upload):
    """How many sheets there are, whether the file counts as written, and how often that was recorded."""
    with tenant_scope(stage.tenant):
        applied = Upload.objects.get(pk=upload.pk).applied_at is not None
        return ScoreSheet.objects.count(), applied, AuditEntry.objects.filter(verb="写入导入文件").count()


def test_a_worker_killed_while_it_imports_leaves_no_row_and_the_next_writes_each_once(stage, running, tmp_path):
    _, upload, job = handed_in(stage)
    with crashing.Gate("scoring_scoresheet") as gate:
        cut(gate, running(crashing.worker(tmp_path)))
        assert imported(stage, upload) == (0, False, 0)
    silent(stage, job)
    assert sweep_now() == 1
    assert finished(stage, job, running(crashing.worker(tmp_path))).state == JobState.DONE
    assert imported(stage, upload) == (8, True, 1)


# -- publishing


def published(stage, computation):
    """State of computation and round, and what the register holds."""
    with tenant_scope(stage.tenant):
        state = Computation.objects.get(pk=computation.pk).state
        counts = [model.objects.count() for model in (Title, BonusEntry, Subsidy)]
        return state, Round.objects.get(pk=computation.round_id).state, *counts


def test_a_server_killed_while_it_publishes_has_published_nothing_and_the_next_click_does_all(stage, running, tmp_path):
    with tenant_scope(stage.tenant):
        computation = compute_round(round=cast.standing_round(stage), actor=stage.first)
        confirm_computation(computation=computation, actor=stage.second)
    client = Client()
    client.force_login(stage.second, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session.session_key
    path = reverse("scoring:publish", args=[computation.pk])
    with crashing.Gate("campaigns_title") as gate:
        web, answers = running(crashing.Web(tmp_path)), []
        click = threading.Thread(target=lambda: answers.append(web.post(path, session)))
        click.start()
        cut(gate, web)
        click.join(crashing.WITHIN)
        assert answers and answers[0] not in (200, 302), answers
        assert published(stage, computation) == (ComputationState.CONFIRMED, RoundState.CONFIRMED, 0, 0, 0)
    assert running(crashing.Web(tmp_path)).post(path, session) == 302
    assert published(stage, computation) == (ComputationState.PUBLISHED, RoundState.PUBLISHED, 2, 2, 2)
