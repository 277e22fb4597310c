"""The task queue: Redis in production, a folder under var/ for a demonstration.

A queue may lose what it holds; the truth about a job is its row (`accounts.Job`), and the sweeper below sends again
what is not done. So: acknowledge late, take one at a time, end a task before the queue would hand it out twice.
Leaves alone: what tasks do.
"""

import os

from celery import Celery, signals
from celery.schedules import crontab

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

VISIBILITY_TIMEOUT = 3600
HARD_LIMIT = 1800
SOFT_LIMIT = 1740

SWEEP = {"task": "accounts.tasks.sweep_jobs", "schedule": 15.0, "options": {"expires": 15}}
ADVANCE = {"task": "campaigns.tasks.advance_rounds", "schedule": 900.0, "options": {"expires": 900}}
DELIVER = {"task": "accounts.tasks.deliver_messages", "schedule": 30.0, "options": {"expires": 30}}
EXPIRE = {"task": "scoring.tasks.expire_titles", "schedule": 14400.0, "options": {"expires": 14400}}

REMIND = {"task": "reports.tasks.remind", "schedule": crontab(hour=8, minute=30), "options": {"expires": 3600}}
END_NOTICES = {"task": "scoring.tasks.end_notices", "schedule": 600.0, "options": {"expires": 600}}

broker.install()
app = Celery("biaogan")


def queue_options(url: str, var) -> dict:
    """Options of the transport. The embedded queue reads where it writes; its folders are made here."""
    if not url.startswith("filesystem://"):
        return {"visibility_timeout": VISIBILITY_TIMEOUT, "socket_connect_timeout": 5, "socket_keepalive": True}
    folder, control = var / "queue", var / "queue-control"
    for each in (folder, control):
        each.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(control),
        "polling_interval": 0.1,
    }


def configure() -> None:
    from django.conf import settings

    app.conf.update(
        broker_url=settings.CELERY_BROKER_URL,
        broker_transport_options=queue_options(settings.CELERY_BROKER_URL, settings.VAR),
        broker_connection_retry_on_startup=True,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=HARD_LIMIT,
        task_soft_time_limit=SOFT_LIMIT,
        task_default_queue="biaogan",
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=200,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        timezone=settings.TIME_ZONE,
        enable_utc=True,
        beat_schedule_filename=str(settings.VAR / "beat-schedule"),
        beat_schedule={
            "sweep-jobs": SWEEP,
            "advance-rounds": ADVANCE,
            "deliver-messages": DELIVER,
            "remind": REMIND,
            "expire-titles": EXPIRE,
            "end-notices": END_NOTICES,
        },
    )
    app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**kwargs) -> None:
    """Celery would replace the root logger; Django has configured ours already."""


configure()
from config import tasklog  # noqa: E402,F401  connects its signals
