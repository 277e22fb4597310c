"""One log line when a background task begins and one when it ends, under the id of the request that asked for it.

Arguments are not logged: ids alone would do no harm, but nobody can promise that they stay ids.
"""

import time

import structlog
from celery import signals

log = structlog.get_logger("biaogan.task")
_begun: dict[str, float] = {}


@signals.before_task_publish.connect
def pass_request_id(headers=None, **kwargs) -> None:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    if request_id and headers is not None:
        headers["request_id"] = request_id


@signals.task_prerun.connect
def begin(task_id=None, task=None, **kwargs) -> None:
    structlog.contextvars.clear_contextvars()
    request_id = getattr(task.request, "request_id", None) or (task.request.headers or {}).get("request_id")
    structlog.contextvars.bind_contextvars(task_id=task_id, task=task.name, request_id=request_id)
    _begun[task_id] = time.monotonic()
    log.debug("task begins")


@signals.task_postrun.connect
def end(task_id=None, task=None, state=None, **kwargs) -> None:
    seconds = time.monotonic() - _begun.pop(task_id, time.monotonic())
    log.info("task ends", state=state, ms=round(seconds * 1000, 1))
    structlog.contextvars.clear_contextvars()
