"""Background work: claimed once, ended once, cancelled, taken back from a dead worker, told in words."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import tasks
from accounts.enums import JobState, Role
from accounts.models import Job, tenant_scope
from accounts.services import jobs
from accounts.services.jobs import JobProblem
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def sent(monkeypatch):
    """Messages handed to the broker, which nobody delivers unless the test does."""
    messages: list[dict] = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda **kwargs: messages.append(kwargs))
    return messages


@pytest.fixture
def handler(monkeypatch):
    """A function that registers work under the kind "trial"."""
    return lambda work: monkeypatch.setitem(tasks.HANDLERS, "trial", work)


def start(tenant, actor=None, key="one", **params):
    with tenant_scope(tenant):
        return jobs.start_job(tenant=tenant, kind="trial", title="试", key=key, params=params, actor=actor)


def deliver(message):
    tasks.run_job(**message)


def reload(job):
    with tenant_scope(job.tenant):
        return Job.objects.get(pk=job.pk)


def age(job, **fields):
    with tenant_scope(job.tenant):
        Job.objects.filter(pk=job.pk).update(**fields)


def test_a_job_is_sent_after_commit_and_ends_with_its_result(tenant, sent, handler):
    handler(lambda job, progress: {"url": "/rounds/", "rows": job.params["rows"]})
    with transaction.atomic():
        job = start(tenant, rows=3)
        assert sent == []
    deliver(sent[0])
    job = reload(job)
    assert (job.state, job.result, job.result_url, job.error) == (JobState.DONE, {"rows": 3}, "/rounds/", "")
    assert job.finished_at is not None


def test_the_same_key_is_the_same_job_while_it_is_open(tenant, sent, handler):
    handler(lambda job, progress: {})
    first, second = start(tenant), start(tenant)
    assert first.pk == second.pk
    assert len(sent) == 1
    deliver(sent[0])
    assert start(tenant).pk != first.pk


def test_two_counties_may_do_the_same_at_once(tenant, other, sent):
    assert start(tenant).pk != start(other).pk


def test_a_message_delivered_twice_works_once(tenant, sent, handler):
    runs = []
    handler(lambda job, progress: runs.append(job.attempts) or {})
    start(tenant)
    deliver(sent[0])
    deliver(sent[0])
    assert runs == [1]


def test_a_running_job_is_not_claimed_by_a_second_worker(tenant, sent):
    job = start(tenant)
    with tenant_scope(tenant):
        assert jobs.claim(job_id=job.pk).attempts == 1
        assert jobs.claim(job_id=job.pk) is None


def test_expected_trouble_is_told_in_its_own_words(tenant, sent, handler):
    def work(job, progress):
        raise JobProblem("第 3 轮还有 2 份评分表未到，请催传后再算。")

    handler(work)
    job = start(tenant)
    deliver(sent[0])
    job = reload(job)
    assert (job.state, job.error) == (JobState.FAILED, "第 3 轮还有 2 份评分表未到，请催传后再算。")


def test_unexpected_trouble_gives_a_number_and_logs_the_trace(tenant, sent, handler, caplog):
    def work(job, progress):
        raise ZeroDivisionError("secret detail")

    handler(work)
    job = start(tenant)
    deliver(sent[0])
    error = reload(job).error
    assert error.startswith(f"系统出错，编号 {str(job.pk)[:8]}")
    assert "secret" not in error
    assert "ZeroDivisionError" in caplog.text


def test_a_queued_job_is_cancelled_at_once(tenant, admin, sent, handler):
    runs = []
    handler(lambda job, progress: runs.append(1) or {})
    job = start(tenant)
    with tenant_scope(tenant):
        jobs.request_cancel(job=job, actor=admin)
    deliver(sent[0])
    assert (reload(job).state, runs) == (JobState.CANCELLED, [])


def test_a_running_job_stops_where_it_asks(tenant, admin, sent, handler):
    started = threading.Event()

    def work(job, progress):
        started.set()
        for _ in range(400):
            progress.check_cancelled()
            time.sleep(0.02)
        return {}

    handler(work)
    job = start(tenant)

    def cancel():
        started.wait(5)
        with tenant_scope(tenant):
            jobs.request_cancel(job=job, actor=admin)
        connection.close()

    other_person = threading.Thread(target=cancel)
    other_person.start()
    deliver(sent[0])
    other_person.join()
    assert reload(job).state == JobState.CANCELLED


def test_progress_is_visible_while_the_work_goes_on(tenant, sent, handler):
    seen = []

    def work(job, progress):
        progress.update(step="核对", done=127, total=330)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not seen:
            row = Job.objects.get(pk=job.pk)
            if row.done:
                seen.append((row.step, row.done, row.total))
            time.sleep(0.05)
        return {}

    handler(work)
    job = start(tenant)
    deliver(sent[0])
    assert seen == [("核对", 127, 330)]
    assert reload(job).done == 330


def test_a_lost_message_is_sent_again(tenant, sent):
    job = start(tenant)
    sent.clear()
    assert jobs.sweep(settle=lambda: None) == 0
    age(job, created_at=timezone.now() - timedelta(seconds=11))
    assert jobs.sweep(settle=lambda: None) == 1
    assert sent == [{"job_id": str(job.pk), "tenant_id": str(tenant.pk)}]


def dead(job):
    """Claimed by a worker that has not been heard of for 61 s."""
    with tenant_scope(job.tenant):
        jobs.claim(job_id=job.pk)
    age(job, heartbeat_at=timezone.now() - timedelta(seconds=61))


def test_a_dead_workers_job_is_taken_back_and_finished(tenant, sent, handler):
    handler(lambda job, progress: {"attempt": job.attempts})
    job = start(tenant)
    dead(job)
    sent.clear()
    assert jobs.sweep(settle=lambda: None) == 1
    deliver(sent[0])
    assert (reload(job).state, reload(job).result) == (JobState.DONE, {"attempt": 2})


def test_a_heartbeat_that_was_only_held_back_keeps_the_job(tenant, sent):
    job = start(tenant)
    dead(job)
    assert jobs.sweep(settle=lambda: age(job, heartbeat_at=timezone.now())) == 0
    assert reload(job).state == JobState.RUNNING


def test_after_three_attempts_it_gives_up_with_a_sentence(tenant, sent):
    job = start(tenant)
    for _ in range(3):
        dead(job)
        jobs.sweep(settle=lambda: None)
    job = reload(job)
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    assert job.error.startswith("已尝试 3 次")


def test_an_attempt_that_was_taken_over_does_not_write_its_end(tenant, sent):
    job = start(tenant)
    with tenant_scope(tenant):
        slow = jobs.claim(job_id=job.pk)
        age(job, heartbeat_at=timezone.now() - timedelta(seconds=61))
        jobs.claim(job_id=job.pk)
        assert jobs.finish(job=slow, state=JobState.DONE) is False
    assert reload(job).state == JobState.RUNNING


def test_a_broker_that_is_away_is_no_failure(tenant, monkeypatch):
    def refuse(**kwargs):
        raise ConnectionError

    monkeypatch.setattr(tasks.run_job, "delay", refuse)
    assert start(tenant).state == JobState.QUEUED


def test_pages_show_a_job_to_its_owner_and_not_to_the_neighbour(tenant, other, county, sent, signed_in):
    secretary = factories.make_person(tenant, Role.TOWNSHIP_SECRETARY, county.east)
    admin = factories.make_person(tenant)
    mine, theirs = start(tenant, secretary, key="a"), start(tenant, admin, key="b")
    browser = signed_in(secretary)
    assert browser.get(f"/jobs/{mine.pk}/").status_code == 200
    assert browser.get(f"/jobs/{theirs.pk}/").status_code == 404
    assert signed_in(admin).get(f"/jobs/{mine.pk}/").status_code == 200
    neighbour = signed_in(factories.make_person(other))
    assert neighbour.get(f"/jobs/{mine.pk}/").status_code == 404
    assert neighbour.post(f"/jobs/{mine.pk}/cancel/").status_code == 404


def test_the_fragment_asks_again_only_while_the_job_is_open(tenant, admin, sent, signed_in):
    job = start(tenant, admin)
    browser = signed_in(admin)
    assert "hx-get" in browser.get(f"/jobs/{job.pk}/progress/").content.decode()
    browser.post(f"/jobs/{job.pk}/cancel/")
    text = browser.get(f"/jobs/{job.pk}/progress/").content.decode()
    assert "hx-get" not in text
    assert "已取消" in text
