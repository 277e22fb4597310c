"""How far a job is, told while it works.

The handler only writes to memory. One thread with its own database connection copies that to the job row
(at most every 0.3 s) and says every 5 s that the worker lives. So on PostgreSQL progress is visible
even while the work is inside a long transaction. SQLite has one writer: there it becomes visible between the
work's transactions, which is why long work is cut into short ones (read and check first, write in batches,
switch at the end). A cancellation is seen by the same thread, so ``check_cancelled`` costs nothing.
"""

import logging
import threading
import time
from types import TracebackType
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from ..models import Job, Tenant, tenant_scope

log = logging.getLogger(__name__)

TICK = 0.3
HEARTBEAT = 5.0


class JobCancelled(Exception):
    """The person who started the work asked for it to stop. What the handler did in its open transaction is undone."""


class NoProgress:
    """For callers that show none: the same two methods, doing nothing."""

    def update(self, *, step: str | None = None, done: int | None = None, total: int | None = None) -> None:
        """Nobody watches."""

    def check_cancelled(self) -> None:
        """Nobody can ask."""


class JobProgress:
    """Passed to handlers: ``progress.update(step="核对", done=127, total=330)`` and ``progress.check_cancelled()``."""

    def __init__(self, *, job: Job, tenant: Tenant) -> None:
        self._job_id, self._attempt, self._tenant = job.pk, job.attempts, tenant
        self._lock = threading.Lock()
        self._pending: dict[str, Any] = {}
        self._cancelled = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"job-{job.pk}", daemon=True)

    def update(self, *, step: str | None = None, done: int | None = None, total: int | None = None) -> None:
        """Remember where the work is. Cheap enough to call for every row."""
        given = {"step": step and step[:80], "done": done, "total": total}
        with self._lock:
            self._pending.update({name: value for name, value in given.items() if value is not None})

    def check_cancelled(self) -> None:
        """Raise JobCancelled when someone asked for the work to stop. Call it where nothing is half done."""
        if self._cancelled.is_set():
            raise JobCancelled

    def __enter__(self) -> "JobProgress":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        with tenant_scope(self._tenant):
            self._write(self._taken())

    def _run(self) -> None:
        last = 0.0
        try:
            with tenant_scope(self._tenant):
                while not self._stop.wait(TICK):
                    values = self._taken()
                    if values or time.monotonic() - last >= HEARTBEAT:
                        self._try_write(values)
                        last = time.monotonic()
                    self._look_for_cancellation()
        finally:
            connection.close()

    def _taken(self) -> dict[str, Any]:
        with self._lock:
            values, self._pending = self._pending, {}
        return values

    def _try_write(self, values: dict[str, Any]) -> None:
        """A database that is busy must not end the heartbeat: what could not be written is written next time."""
        try:
            self._write(values)
        except Error:
            log.debug("progress of job %s waits", self._job_id, exc_info=True)
            with self._lock:
                self._pending = {**values, **self._pending}

    def _write(self, values: dict[str, Any]) -> None:
        row = Job.objects.filter(pk=self._job_id, attempts=self._attempt)
        row.update(heartbeat_at=timezone.now(), **values)

    def _look_for_cancellation(self) -> None:
        try:
            if Job.objects.filter(pk=self._job_id, cancel_requested=True).exists():
                self._cancelled.set()
        except Error:
            log.debug("job %s: cancellation not readable now", self._job_id, exc_info=True)
