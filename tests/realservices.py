"""pytest plugin, named with -p: starts PostgreSQL and Redis before pytest-django reads the settings.

A conftest is read too late for that: the settings would already hold SQLite. Workers of xdist inherit the addresses;
only the process that started the servers stops them. BIAOGAN_TEST_DB=sqlite leaves PostgreSQL out.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from tests import services

FOREIGN = ("SECRET_KEY", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG", "CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXY_COUNT")
_running: list[services.Server] = []
_folders: list[Path] = []


def _prepare() -> None:
    """The environment of the whole run: nothing of the person's own settings reaches the tests."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    shared = Path(tempfile.mkdtemp(prefix="biaogan-test-"))
    _folders.append(shared)
    os.environ |= {
        "BIAOGAN_ENV": "test",
        "BIAOGAN_TEST_SHARED": str(shared),
        "BIAOGAN_VAR": str(shared / "var"),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # playwright's loop runs in the thread that uses the database
    }
    redis = _start(services.Redis())
    os.environ |= {"CELERY_BROKER_URL": redis.url, "CACHE_URL": redis.url.replace("/0", "/1")}
    _choose_database()


def _choose_database() -> None:
    wanted = os.environ.get("BIAOGAN_TEST_DB", "postgresql")
    if wanted == "sqlite":
        os.environ.pop("DATABASE_URL", None)
        return
    if wanted != "postgresql":
        raise RuntimeError(f"BIAOGAN_TEST_DB 只能是 postgresql 或 sqlite，现为 {wanted!r}。")
    postgres = _start(services.Postgres())
    os.environ["DATABASE_URL"] = postgres.dsn()
    os.environ["BIAOGAN_APP_DSN_ROLE"] = postgres.dsn(user=services.APP_ROLE)


def _start(server):
    _running.append(server.launch())
    return server


def _end_shared_servers() -> None:
    """What some worker started (tests.demo, tests.walk.installation) belongs to the run, so the run ends it."""
    for mark in [folder / name / "pid" for folder in _folders for name in ("demo", "walk")]:
        if mark.exists():
            pid = int(mark.read_text())
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + 30
            while _alive(pid) and time.monotonic() < deadline:
                time.sleep(0.1)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def pytest_unconfigure(config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    try:
        _end_shared_servers()
    finally:
        while _running:
            _running.pop().stop()
        while _folders:
            shutil.rmtree(_folders.pop(), ignore_errors=True)


if "PYTEST_XDIST_WORKER" not in os.environ:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a run that is told to stop still cleans up
    try:
        _prepare()
    except BaseException:
        pytest_unconfigure(None)
        raise
elif os.environ.get("BIAOGAN_TEST_SHARED"):
    # one var folder per worker: SQLite test files and secret keys must not meet
    os.environ["BIAOGAN_VAR"] = str(Path(os.environ["BIAOGAN_TEST_SHARED"]) / os.environ["PYTEST_XDIST_WORKER"])
