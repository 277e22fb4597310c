"""The process in which a file is looked at: ``python -m accounts.files.worker FILE NAME FOLDER``.

Limits itself before it loads any reader of formats, writes into FOLDER only, and answers one line of JSON: what was
found, or why the file is refused. Whatever else happens to it, ``sandbox`` takes for a refusal.
"""

import json
import os
import resource
import sys
from pathlib import Path

from .kinds import MEGABYTE, Refused

CPU_SECONDS = 40
ADDRESS_SPACE = 1536 * MEGABYTE
FILE_SIZE = 64 * MEGABYTE


def limit() -> None:
    """CPU time, memory, size of what is written, open files; no core dump, which would hold the file."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def look(path: Path, filename: str, target: Path) -> dict[str, object]:
    from .inspection import inspect_file, make_harmless

    try:
        inspected = inspect_file(path, filename=filename)
        made = make_harmless(path, inspected.kind, target)
    except Refused as refused:
        return {"refused": refused.sentence(filename)}
    details = {**inspected.details, **made.details}
    return {"kind": inspected.kind, "served": made.served, "preview": made.preview, "details": details}


def main() -> None:
    """Only the answer goes to the true output: readers of formats print what they like into nothing."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    limit()
    path, filename, target = sys.argv[1:4]
    answer.write(json.dumps(look(Path(path), filename, Path(target)), ensure_ascii=False))
    answer.flush()


if __name__ == "__main__":
    main()
