"""Is the process alive, and can it serve: two addresses without sign-in that say nothing about data.

`/healthz` answers while the process runs. `/readyz` asks the database, the migrations and the queue, and answers 503
with the part that failed. Leaves alone: whether jobs get done, which the job rows tell.
"""

import os
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import public

log = structlog.get_logger("biaogan.health")


@public
@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@public
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    parts = {"database": _says(_database), "migrations": _says(_migrations), "broker": _says(_broker)}
    good = all(answer == "ok" for answer in parts.values())
    return JsonResponse({"status": "ok" if good else "failed", "parts": parts}, status=200 if good else 503)


def _says(check: Callable[[], str]) -> str:
    """A failure names its part only; its text, which may hold addresses, goes to the log."""
    try:
        return check()
    except Exception as error:
        log.warning("not ready", part=check.__name__.strip("_"), error=type(error).__name__, detail=str(error))
        return "failed"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return "ok" if cursor.fetchone() == (1,) else "failed"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _broker() -> str:
    if settings.CELERY_BROKER_URL.startswith("filesystem://"):
        return "ok" if os.access(settings.VAR / "queue", os.R_OK | os.W_OK) else "failed"
    from config.celery import app

    with app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    return "ok"
