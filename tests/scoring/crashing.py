"""Real processes of the product that a test starts and kills, and a gate in the database that holds them in the middle.

Every process has a session of its own and is killed by its own group; nothing else is touched. No tests here.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connection

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
WITHIN = 60
GATE = 47_110_815


def wait_for(answers, what):
    """What ``answers`` returns once it is true. Fails by name when that takes too long."""
    deadline = time.monotonic() + WITHIN
    while not (answer := answers()):
        assert time.monotonic() < deadline, f"{what}: not within {WITHIN} s"
        time.sleep(0.05)
    return answer


def environment():
    """As the tests run, on the tests' own database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    return {**os.environ, "DATABASE_URL": url, "BIAOGAN_VAR": str(settings.VAR), "PYTHONUNBUFFERED": "1"}


class Process:
    """One process of the product, with its children; ``kill`` is a power cut."""

    def __init__(self, log, *command):
        self.log = log
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def kill(self):
        """SIGKILL to the process and its own children, which are all in the group that it leads."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait(WITHIN)

    @property
    def alive(self):
        """Fails with what it said when it has ended by itself."""
        assert self.child.poll() is None, self.log.read_text(errors="replace")
        return True


def worker(folder, *, pool="solo"):
    """A real worker on the tests' Redis. ``prefork``: the work is done by a child, as in production."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    command = ["-m", "celery", "-A", "config.celery", "worker", "--pool", pool, "--concurrency", "1", *quiet]
    name = f"crash{time.monotonic_ns()}"
    return Process(folder / f"{name}.log", *command, "-n", f"{name}@test")


class Web:
    """A real web server; ``post`` as a signed-in person, like a browser."""

    def __init__(self, folder):
        self.address = f"http://127.0.0.1:{(port := free_port())}"
        command = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        self.process = Process(folder / f"web-{port}.log", *command, "--no-ws", "config.wsgi:application")
        wait_for(self._answers, "the web server")

    @property
    def alive(self):
        return self.process.alive

    def _answers(self):
        assert self.alive
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as response:
            return response.status == 200

    def post(self, path, session):
        """The status of the answer, or the name of what went wrong on the way."""
        token = "a" * 32
        cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
        request = urllib.request.Request(
            self.address + path, data=f"csrfmiddlewaretoken={token}".encode(), headers={"Cookie": cookies}
        )
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=WITHIN) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except Exception as error:
            return type(error).__name__

    def kill(self):
        self.process.kill()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        """Where the answer leads to is not asked for."""
        return None


class Gate:
    """Whoever has just written into ``table`` waits in the middle of its transaction until the gate is opened."""

    def __init__(self, table):
        self.table = table
        facts = connection.settings_dict
        self.link = psycopg2.connect(host=facts["HOST"], port=facts["PORT"], dbname=facts["NAME"], user="postgres")
        self.link.autocommit = True

    def __enter__(self):
        self._run(
            f"CREATE OR REPLACE FUNCTION crash_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NULL; END $$"
        )
        self._run(
            f"CREATE TRIGGER crash_gate AFTER INSERT ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION crash_gate()"
        )
        self._run(f"SELECT pg_advisory_lock({GATE})")
        return self

    def __exit__(self, *failure):
        self.open()
        self._run(f"DROP TRIGGER IF EXISTS crash_gate ON {self.table}")
        self._run("DROP FUNCTION IF EXISTS crash_gate()")
        self.link.close()

    def reached(self, process):
        """The database's process that waits at the gate on behalf of ``process``."""
        waiting = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {GATE} AND NOT granted"
        return wait_for(lambda: process.alive and self._run(waiting), f"nobody came to {self.table}")[0][0]

    def open(self):
        self._run("SELECT pg_advisory_unlock_all()")

    def forgotten(self, pid):
        """Waits until the database has noticed that the client of ``pid`` is gone, and taken back what it wrote."""
        wait_for(lambda: not self._run(f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid}"), "the broken connection")

    def _run(self, statement):
        with self.link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
