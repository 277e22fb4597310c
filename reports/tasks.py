"""Scheduled work of reports: the morning's reminders."""

from celery import shared_task
from django.utils import timezone

from .reminders import remind_all


@shared_task(name="reports.tasks.remind")
def remind() -> int:
    """Every working morning; running it again the same day adds nothing."""
    return remind_all(today=timezone.localdate())
