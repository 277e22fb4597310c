"""Web server, worker and scheduler as children of one process: started together, ended together.

Responsible for: one running copy per var/ folder, waiting until the product answers, loading the demonstration, log
files, and leaving no child behind. Leaves alone: migrations and static files (the `serve` command does them before),
production (compose runs the parts as services of their own).
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

POLL = 0.2
READY_WITHIN = 60
STOP_WITHIN = 20
TAIL = 12
#: Background parts are started anew this often in one run; more deaths are a fault that a person must see.
MOST_RESTARTS = 5
LARGEST_LOG = 10 * 1024 * 1024
PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another supervisor holds this var/ folder; the text says where it answers."""


class Failed(Exception):
    """The start did not succeed or a part ended by itself; the text says which and where its log is."""


class _Asked(Exception):
    """SIGINT or SIGTERM arrived."""


class Supervisor:
    """Runs the parts of the product until it is told to stop or the web ends; worker and scheduler are started anew."""

    def __init__(self, *, var: Path, say: Callable[[str], None]) -> None:
        self.var, self.say, self.port = var, say, 0
        self.children: dict[str, subprocess.Popen] = {}
        self.restarts = 0
        self._stop = False
        self._lock = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- one copy per folder ---------------------------------------------------------------------

    def claim(self) -> None:
        """Hold the folder; a lock of the system ends with its process, so no stale file can bar the way."""
        self._lock = open(self.var / "serve.lock", "a+")  # noqa: SIM115  held until release
        if not _lock(self._lock):
            self._lock.close()
            self._lock = None
            raise AlreadyRunning(_describe(self.var / "serve.json"))

    def release(self) -> None:
        if self._lock is not None:
            (self.var / "serve.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    # --- the run ---------------------------------------------------------------------------------

    def run(self, *, demo: bool) -> None:
        """Start, wait, load, announce, watch; whatever happens, every child is ended before this returns."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start()
            self._wait_until_ready()
            if demo:
                self._load_demo()
            self._announce()
            while True:
                self._tick()
        except _Asked:
            self.say("正在停止……")
        finally:
            self._end_children()
        self.say("已停止。")

    def _start(self) -> None:
        (self.var / "log").mkdir(exist_ok=True)
        for name, command in self._commands().items():
            self._spawn(name, command)
        facts = {"pid": os.getpid(), "port": self.port, "address": self.address}
        (self.var / "serve.json").write_text(json.dumps(facts))

    def _commands(self) -> dict[str, list[str]]:
        celery = ["-m", "celery", "-A", "config.celery"]
        granian = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        threads = ["--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "warning"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
        schedule = ["--loglevel", "WARNING", "--pidfile", "", "--schedule", str(self.var / "beat-schedule")]
        return {
            "web": [*granian, *threads, "config.wsgi:application"],
            "worker": [*celery, "worker", "--pool", "prefork", "--concurrency", "2", *quiet],
            "scheduler": [*celery, "beat", *schedule],
        }

    def _spawn(self, name: str, command: list[str], *, to_console: bool = False) -> subprocess.Popen:
        log = None if to_console else self._open_log(name)
        child = subprocess.Popen(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        if log:
            log.close()
        self.children[name] = child
        return child

    def _open_log(self, name: str) -> BinaryIO:
        return open(_rotated(self.var / "log" / f"{name}.log"), "ab")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if time.monotonic() > deadline:
                raise Failed(f"网站在 {READY_WITHIN} 秒内没有就绪。{self._log_tail('web')}")
            self._tick()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _load_demo(self) -> None:
        loader = self._spawn("load_demo", ["manage.py", "load_demo"], to_console=True)
        while loader.poll() is None:
            self._tick(ignore="load_demo")
        del self.children["load_demo"]
        if loader.returncode:
            raise Failed("演示数据没有装好，原因见上；网站已停止。可以先用 --no-demo 启动空的平台。")

    def _announce(self) -> None:
        self.say(f"\n标杆已就绪：{self.address}\n日志在 {self.var / 'log'}；按 Ctrl-C 停止。")

    # --- watching and ending ---------------------------------------------------------------------

    def _ask_to_stop(self, number, frame) -> None:
        self._stop = True

    def _tick(self, ignore: str = "") -> None:
        if self._stop:
            raise _Asked
        for name, child in list(self.children.items()):
            if name != ignore and child.poll() is not None:
                self._replace(name, child.returncode)
        time.sleep(POLL)

    def _replace(self, name: str, code: int) -> None:
        """Start a background part that died anew, a few times; without the web there is nothing to keep up."""
        commands = self._commands()
        if name == "web" or name not in commands or self.restarts >= MOST_RESTARTS:
            raise Failed(f"{name} 意外结束（退出码 {code}），已停止其余部分。{self._log_tail(name)}")
        self.restarts += 1
        self.say(f"{name} 意外结束（退出码 {code}），已重新启动；未完成的后台任务会继续。")
        self._spawn(name, commands[name])

    def _end_children(self) -> None:
        """Ask each group politely, wait, then end what is left of the group without asking."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            _kill_group(child)

    def _log_tail(self, name: str) -> str:
        path = self.var / "log" / f"{name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:] if path.exists() else []
        return f"日志 {path} 的末尾：\n" + "\n".join(f"    {line}" for line in lines)


def _lock(handle) -> bool:
    """Whether the lock was free; Windows has another call for it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _rotated(path: Path) -> Path:
    """A log that grew large becomes the one before; two are kept."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path


def _describe(facts: Path) -> str:
    try:
        known = json.loads(facts.read_text())
        return f"标杆已在运行：{known['address']}（进程号 {known['pid']}）。要重新启动，请先在那个窗口按 Ctrl-C。"
    except (OSError, ValueError, KeyError):
        return "标杆正在由另一个窗口启动，请稍候片刻，地址会显示在那里。"


def _kill_group(child: subprocess.Popen) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()


def _end_with_parent() -> None:
    """Runs in the child: when the supervisor is killed without a chance to act, the kernel ends the child."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
