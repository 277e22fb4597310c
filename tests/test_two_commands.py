"""`manage.py up` after its installation: one command gives a running product, one signal ends all of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from config import bootstrap
from tests import demo
from tests.services import free_port

STOPPED_WITHIN = 40


@pytest.fixture
def home(tmp_path):
    (tmp_path / "var").mkdir()
    return tmp_path


def finish(process: subprocess.Popen) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(STOPPED_WITHIN)


def children_of(pid: int) -> set[int]:
    """Process ids of all descendants, by the kernel's list."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | children_of(child)
    return found


def get(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def rows(var: Path) -> dict[str, int]:
    """How many rows every table of the SQLite file holds, without the bookkeeping of sessions."""
    import sqlite3

    with sqlite3.connect(f"file:{var / 'biaogan.sqlite3'}?mode=ro", uri=True) as link:
        names = [name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: link.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def test_serve_loads_the_demonstration_and_ends_without_a_trace(home):
    console, port = home / "console", free_port()
    process = demo.start(home / "var", console, port)
    try:
        printed = demo.wait_until_ready(process, console)
        address = f"http://127.0.0.1:{port}"
        assert address in printed
        assert "账号" in printed
        assert get(f"{address}/readyz") == 200
        assert get(f"{address}/healthz") == 200
        family = children_of(process.pid)
        assert len(family) >= 3
        code = finish(process)
    finally:
        if process.poll() is None:
            finish(process)
    assert code == 0, console.read_text()
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []
    assert not (home / "var" / "serve.json").exists()
    second_start_is_quick_and_loses_nothing(home, port)


def second_start_is_quick_and_loses_nothing(home, port):
    console, before, begun = home / "console", rows(home / "var"), time.monotonic()
    process = demo.start(home / "var", console, port)
    try:
        demo.wait_until_ready(process, console, times=2)
        assert time.monotonic() - begun < 45
        after = rows(home / "var")
        assert {name: count for name, count in after.items() if count < before[name]} == {}
    finally:
        assert finish(process) == 0


def test_a_second_start_says_where_the_first_one_answers(home):
    port = free_port()
    process = demo.start(home / "var", home / "console", port, "--no-demo")
    try:
        demo.wait_until_ready(process, home / "console")
        second = demo.start(home / "var", home / "second", free_port(), "--no-demo")
        assert second.wait(60) == 0
        assert f"已在运行：http://127.0.0.1:{port}" in (home / "second").read_text()
        assert json.loads((home / "var" / "serve.json").read_text())["pid"] == process.pid
    finally:
        assert finish(process) == 0


def member(family: list[int], word: bytes) -> int:
    return next(pid for pid in family if word in Path(f"/proc/{pid}/cmdline").read_bytes())


def test_serve_starts_a_dead_part_anew_and_ends_with_the_web(home):
    process = demo.start(home / "var", home / "console", free_port(), "--no-demo")
    demo.wait_until_ready(process, home / "console")
    os.kill(member(children_of(process.pid), b"\0beat\0"), signal.SIGKILL)
    deadline = time.monotonic() + 20
    while "scheduler 意外结束" not in (home / "console").read_text() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert "已重新启动" in (home / "console").read_text()
    family = children_of(process.pid)
    assert member(family, b"\0beat\0") in family
    os.kill(member(family, b"granian"), signal.SIGKILL)
    assert process.wait(STOPPED_WITHIN) == 1
    assert "web 意外结束" in (home / "console").read_text()
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


def test_serve_refuses_a_taken_port(home):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = demo.start(home / "var", home / "console", port, "--no-demo")
        assert process.wait(60) == 1
    assert f"端口 {port} 已被占用" in (home / "console").read_text()


def test_both_commands_of_the_readme_exist(monkeypatch):
    seen = []
    monkeypatch.setattr(bootstrap, "prepare", lambda *, dev: seen.append(dev))
    monkeypatch.setattr(bootstrap, "_become", lambda *arguments: seen.append(arguments))
    bootstrap.enter(["manage.py", "up", "--port", "9000"])
    assert seen == [False, ("manage.py", "serve", "--port", "9000")]


def test_tests_run_on_both_databases_and_report_the_worse_end(monkeypatch):
    runs = []

    def call(command, cwd, env):
        runs.append((command[2:], env.get("BIAOGAN_TEST_DB")))
        return 1 if len(runs) == 1 else 0

    monkeypatch.delenv("BIAOGAN_TEST_DB", raising=False)
    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    assert bootstrap.run_tests([]) == 1
    assert runs == [(["pytest"], None), (["pytest", "-m", "both_databases"], "sqlite")]
