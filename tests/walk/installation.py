"""A real installation of the product for one run: `manage.py serve --no-demo` with web, worker and scheduler. No tests.

On the SQLite run nothing is configured: a database file and a broker that is a folder. On the PostgreSQL run it has a
database and Redis numbers of its own, is migrated by the owner and serves as the role that owns nothing. The first test
that asks starts it (a file lock decides which worker that is); `tests.realservices` ends it with the run.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests import demo
from tests.services import APP_ROLE, free_port

from .county import BlankCounty

DATABASE = "walk"
WITHIN = 300
#: Numbers of the run's Redis: the tests themselves have 0 and 1.
BROKER, CACHE = 5, 6


@dataclass(frozen=True)
class Installation:
    base_url: str
    var: Path
    settings: dict[str, str]

    def environment(self, **more: str) -> dict[str, str]:
        return {**demo.environment(self.var), **self.settings, **more}

    def manage(self, *arguments: str, given: str = "", **more: str) -> str:
        """What a command of this installation printed; its errors are the text of the failure."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=demo.ROOT, env=self.environment(**more), input=given, capture_output=True, text=True, timeout=WITHIN,
        )  # fmt: skip
        assert done.returncode == 0, f"{arguments}：\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def settle(self, county: BlankCounty) -> BlankCounty:
        assert "县已建好" in self.manage("shell", "--no-imports", given=county.program())
        return county


def shared_installation() -> Installation:
    """The one installation of this run, on the database of this run."""
    home = Path(os.environ["BIAOGAN_TEST_SHARED"]) / "walk"
    home.mkdir(exist_ok=True)
    facts = home / "facts.json"
    with open(home / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not facts.exists():
            start(home, facts)
    known = json.loads(facts.read_text())
    return Installation(known["base_url"], home / "var", known["settings"])


def start(home: Path, facts: Path) -> None:
    var, console, port = home / "var", home / "console", free_port()
    found = Installation(f"http://127.0.0.1:{port}", var, configured())
    if found.settings:
        prepare(found)
    with open(console, "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(port)],
            cwd=demo.ROOT, env=found.environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    (home / "pid").write_text(str(process.pid))
    demo.wait_until_ready(process, console)
    facts.write_text(json.dumps({"base_url": found.base_url, "settings": found.settings}))


def configured() -> dict[str, str]:
    """Nothing on SQLite; on PostgreSQL a database as the application's role, and Redis."""
    if os.environ.get("BIAOGAN_TEST_DB", "postgresql") == "sqlite":
        return {}
    redis = os.environ["CELERY_BROKER_URL"].rsplit("/", 1)[0]
    return {
        "DATABASE_URL": dsn(os.environ["BIAOGAN_APP_DSN_ROLE"]),
        "CELERY_BROKER_URL": f"{redis}/{BROKER}",
        "CACHE_URL": f"{redis}/{CACHE}",
    }


def dsn(address: str) -> str:
    return f"{address.rsplit('/', 1)[0]}/{DATABASE}"


def prepare(found: Installation) -> None:
    """Make the database, migrate and grant as its owner, as an installation in production does."""
    import psycopg2

    assert APP_ROLE in found.settings["DATABASE_URL"]
    owner = dsn(os.environ["BIAOGAN_APP_DSN_ROLE"].replace(APP_ROLE, "postgres"))
    link = psycopg2.connect(owner.replace(f"/{DATABASE}", "/postgres"))
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    link.close()
    found.manage("migrate", "--verbosity", "0", DATABASE_URL=owner)
    found.manage("grant_roles", DATABASE_URL=owner)
