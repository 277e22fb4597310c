"""A secret key for a demonstration: made once, kept in var/, readable by its owner only. Production brings its own."""

import os
import secrets
import time
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The key in `path`; made when missing. Processes that start together agree on one."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return _read(path)


def _read(path: Path) -> str:
    """The other process may have created the file and not yet written it."""
    for _ in range(100):
        if key := path.read_text().strip():
            return key
        time.sleep(0.02)
    raise RuntimeError(f"{path} 是空的；请删除它后重新启动")
