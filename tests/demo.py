"""One demonstration server for the whole run: the product as `manage.py up` starts it, with its demonstration loaded.

The first test that asks starts it (a file lock decides which worker that is); `tests.realservices` ends it with the
run. Tests read through it or write what no other test reads.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
LOADED_WITHIN = 300
READY = "标杆已就绪"
NOT_FOR_DEMO = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "REDIS_URL", "SECRET_KEY", "BIAOGAN_STATIC")


@dataclass(frozen=True)
class DemoServer:
    base_url: str
    var: Path
    output: str


def environment(var: Path) -> dict[str, str]:
    """What a fresh clone has: no settings at all, except where its data lies."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_DEMO}
    return {**kept, "BIAOGAN_ENV": "demo", "BIAOGAN_VAR": str(var), "PYTHONUNBUFFERED": "1"}


def start(var: Path, console: Path, port: int, *options: str) -> subprocess.Popen:
    """`serve` as its own process; what it prints goes to `console`."""
    with open(console, "ab") as output:
        return subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port), *options],
            cwd=ROOT,
            env=environment(var),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def wait_until_ready(process: subprocess.Popen, console: Path, times: int = 1) -> str:
    """All that was printed once the address has been announced; the text is the error when it never is."""
    deadline = time.monotonic() + LOADED_WITHIN
    while console.read_text().count(READY) < times:
        printed = console.read_text()
        assert process.poll() is None, f"serve 提前结束（退出码 {process.returncode}）：\n{printed}"
        assert time.monotonic() < deadline, f"serve 在 {LOADED_WITHIN} 秒内没有就绪：\n{printed}"
        time.sleep(0.2)
    return console.read_text()


def shared_server() -> DemoServer:
    home = Path(os.environ["BIAOGAN_TEST_SHARED"]) / "demo"
    home.mkdir(exist_ok=True)
    facts, console, var = home / "facts.json", home / "console", home / "var"
    with open(home / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not facts.exists():
            port = free_port()
            process = start(var, console, port)
            (home / "pid").write_text(str(process.pid))
            wait_until_ready(process, console)
            facts.write_text(json.dumps({"base_url": f"http://127.0.0.1:{port}"}))
    return DemoServer(base_url=json.loads(facts.read_text())["base_url"], var=var, output=console.read_text())
