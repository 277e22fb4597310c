"""Looks at a file in a process of its own with limits of time and memory: a crash or delay is a refusal, never a hang.

The process gets no secret of ours in its environment, no open file of ours, and one empty folder to write into.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .kinds import OUTPUTS, FileKind, kind_of_name, short, too_large
from .names import safe_name

WALL_SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]
#: What of our environment the process needs to start at all.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT")


@dataclass(frozen=True)
class Checked:
    """``refused`` is the sentence for people, or empty; ``served`` and ``preview`` are files in the folder given."""

    kind: FileKind | None = None
    refused: str = ""
    served: Path | None = None
    preview: Path | None = None
    details: dict[str, Any] = field(default_factory=dict)


def check_file(path: Path, *, filename: str, target: Path, seconds: float = WALL_SECONDS) -> Checked:
    """Inspect the file and make its harmless copy in the empty folder ``target``. Never raises for a file's content."""
    filename = safe_name(filename)
    if refused := too_large(path.stat().st_size, kind_of_name(filename)):
        return Checked(refused=refused.sentence(filename))
    try:
        answer = ask(path, filename, target, seconds)
    except (subprocess.SubprocessError, ValueError, KeyError, OSError):
        clear(target)
        return Checked(refused=f"“{short(filename)}”太复杂或已损坏，没能在规定时间内检查完，请重新保存或另存为 PDF 后再上传。")
    if answer.refused:
        clear(target)
    return answer


def ask(path: Path, filename: str, target: Path, seconds: float) -> Checked:
    command = [sys.executable, "-m", "accounts.files.worker", str(path), filename, str(target)]
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    done = subprocess.run(
        command, cwd=ROOT, env=environment | {"LANG": "C.UTF-8", "PYTHONUTF8": "1"}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, close_fds=True, check=True,
        start_new_session=True,
    )  # fmt: skip
    facts = json.loads(done.stdout)
    if refused := facts.get("refused"):
        return Checked(refused=str(refused)[:300])
    return Checked(kind=FileKind(facts["kind"]), served=made(target, facts["served"]),
                   preview=made(target, facts["preview"]), details=facts["details"])  # fmt: skip


def made(target: Path, name: str) -> Path | None:
    """A file the process wrote; only the names we know, and never a link to somewhere else."""
    if not name:
        return None
    path = target / name
    if name not in OUTPUTS or path.is_symlink() or not path.is_file():
        raise ValueError(f"the worker named {name!r}")
    return path


def clear(target: Path) -> None:
    for path in target.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
