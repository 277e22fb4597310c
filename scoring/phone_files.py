"""The files of the phone page as one version: read from static/, compressed once, addressed by the hash of them all.

All lie in one folder named by that hash, so modules import each other by relative names and old and new never mix, with
no build step. Read again when a file changes. Leaves alone: the answers' headers (``phone_views``).
"""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

HERE = Path(settings.BASE_DIR, "static")
ENTRY, STYLES, WORKER, ICON = "main.js", "phone.css", "sw.js", "favicon.svg"
PIECES_OF_STYLE = ("css/tokens.css", "phone/phone.css", "phone/sheet.css")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
TYPES |= {".png": "image/png"}


@dataclass(frozen=True)
class PhoneFile:
    name: str
    body: bytes
    packed: bytes

    @property
    def content_type(self) -> str:
        return TYPES[Path(self.name).suffix]


@dataclass(frozen=True)
class PhoneFiles:
    """``version`` is the hash of everything, the shell's template included."""

    version: str
    files: dict[str, PhoneFile]
    worker: str

    @property
    def modules(self) -> list[str]:
        return sorted(name for name in self.files if name.endswith(".js") and name != ENTRY)


def phone_files() -> PhoneFiles:
    paths = _paths()
    return _read(tuple((str(path), path.stat().st_mtime_ns) for path in paths))


def _paths() -> list[Path]:
    template = Path(settings.BASE_DIR, "templates/scoring/phone.html")
    styles = [HERE / piece for piece in PIECES_OF_STYLE]
    icons = [HERE / "icons" / name for name in (ICON, "phone-192.png", "phone-512.png")]
    return [template, *styles, *icons, *sorted(HERE.glob("phone/*.js"))]


@lru_cache(maxsize=2)
def _read(stamps: tuple[tuple[str, int], ...]) -> PhoneFiles:
    paths = [Path(path) for path, _ in stamps]
    styles = b"\n".join((HERE / piece).read_bytes() for piece in PIECES_OF_STYLE)
    scripts = {path.name: path.read_bytes() for path in paths if path.suffix == ".js"}
    worker = scripts.pop(WORKER)
    icons = {path.name: path.read_bytes() for path in paths if path.parent.name == "icons"}
    contents = {STYLES: styles, **scripts, **icons}
    version = _digest([worker, paths[0].read_bytes(), *(contents[name] for name in sorted(contents))])
    files = {name: PhoneFile(name, body, gzip.compress(body, 9, mtime=0)) for name, body in contents.items()}
    return PhoneFiles(version, files, worker.decode())


def _digest(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def worker_script(files: PhoneFiles, addresses: list[str]) -> str:
    """The service worker, told which version it keeps and which addresses belong to it."""
    return files.worker.replace("__VERSION__", files.version).replace("__FILES__", json.dumps(addresses))
