"""The queue's promises: late acknowledgement, limits in order, an embedded queue that reads where it writes."""

import structlog

from config import celery, tasklog


def test_a_task_ends_before_the_queue_hands_it_out_again():
    assert celery.SOFT_LIMIT < celery.HARD_LIMIT < celery.VISIBILITY_TIMEOUT


def test_work_is_acknowledged_when_done_and_taken_one_by_one():
    conf = celery.app.conf
    assert conf.task_acks_late is True
    assert conf.task_reject_on_worker_lost is True
    assert conf.worker_prefetch_multiplier == 1
    assert conf.accept_content == ["json"]
    assert conf.task_ignore_result is True


def test_the_sweeper_runs_every_fifteen_seconds():
    entry = celery.app.conf.beat_schedule["sweep-jobs"]
    assert (entry["task"], entry["schedule"]) == ("accounts.tasks.sweep_jobs", 15.0)
    celery.app.loader.import_default_modules()
    assert entry["task"] in celery.app.tasks


def test_the_embedded_queue_makes_its_folders(tmp_path):
    options = celery.queue_options("filesystem://", tmp_path)
    assert options["data_folder_in"] == options["data_folder_out"]
    assert (tmp_path / "queue").is_dir()
    assert (tmp_path / "queue-control").is_dir()


def test_redis_knows_the_visibility_timeout(tmp_path):
    assert celery.queue_options("redis://127.0.0.1", tmp_path)["visibility_timeout"] == celery.VISIBILITY_TIMEOUT
    assert list(tmp_path.iterdir()) == []


def test_the_request_id_travels_with_the_task():
    headers = {}
    with structlog.contextvars.bound_contextvars(request_id="0123456789"):
        tasklog.pass_request_id(headers=headers)
    assert headers == {"request_id": "0123456789"}
