"""Front-end files of packages, served by name under static/, and the storage that gives files their hash.

Only the files named here are served, never a whole package: the whole of the API page's package alone would keep a
first start waiting for a minute. Leaves alone: our own files in static/.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


@dataclass(frozen=True)
class Package:
    """The files of one package: their prefix under static/, where they lie, and which of them are served."""

    prefix: str
    root: Path
    patterns: tuple[str, ...]

    def serves(self, relative: str) -> bool:
        path = PurePosixPath(relative)
        plain = path.as_posix() == relative and not path.is_absolute() and ".." not in path.parts
        return plain and any(_same_depth_match(path, pattern) for pattern in self.patterns)

    def files(self) -> Iterator[str]:
        for pattern in self.patterns:
            for path in sorted(self.root.glob(pattern)):
                yield path.relative_to(self.root).as_posix()


def _from_npm(folder: str) -> Path:
    return Path(settings.BASE_DIR, "node_modules", folder)


def _from_python(module: str, folder: str) -> Path:
    """Where an installed Python package keeps its static files; found without importing it."""
    spec = find_spec(module)
    return Path(spec.submodule_search_locations[0], "static", folder)


FONT = ("index.css", "files/*-wght-normal.woff2")
API_PAGE = "drf_spectacular_sidecar/swagger-ui-dist"
PACKAGES = (
    Package("vendor/echarts", _from_npm("echarts/dist"), ("echarts.min.js",)),
    Package("vendor/tus", _from_npm("tus-js-client/dist"), ("tus.min.js", "tus.min.js.map")),
    Package("vendor/noto-sans-sc", _from_npm("@fontsource-variable/noto-sans-sc"), FONT),
    Package("vendor/noto-serif-sc", _from_npm("@fontsource-variable/noto-serif-sc"), FONT),
    Package("django_htmx", _from_python("django_htmx", "django_htmx"), ("htmx-2*.js", "django-htmx.js")),
    Package(
        API_PAGE,
        _from_python("drf_spectacular_sidecar", API_PAGE),
        ("swagger-ui*.css", "swagger-ui*.js", "swagger-ui*.map", "favicon-32x32.png"),
    ),
)


class VendorFinder(BaseFinder):
    """Lets collectstatic and the finders see the named files under their prefix."""

    def list(self, ignore_patterns):
        for package in PACKAGES:
            storage = FileSystemStorage(location=package.root)
            storage.prefix = package.prefix
            for relative in package.files():
                yield relative, storage

    def find(self, path, find_all=False, **kwargs):
        hits = [str(hit) for package in PACKAGES if (hit := _locate(package, path))]
        if find_all:
            return hits
        return hits[0] if hits else []

    def check(self, **kwargs):
        return []


class CollectedStorage(CompressedManifestStaticFilesStorage):
    """Hashed names once collectstatic has run; plain names before, so that tests need no collecting.

    Only production compresses (COMPRESS_STATIC): it costs half a minute, and a demonstration serves its own machine.
    """

    def compress_files(self, paths):
        return super().compress_files(paths) if settings.COMPRESS_STATIC else iter(())

    def stored_name(self, name):
        return super().stored_name(name) if self.hashed_files else name


def _locate(package: Package, path: str) -> Path | None:
    if not path.startswith(f"{package.prefix}/"):
        return None
    relative = path[len(package.prefix) + 1 :]
    found = package.root / relative
    return found if package.serves(relative) and found.is_file() else None


def _same_depth_match(path: PurePosixPath, pattern: str) -> bool:
    """`match` alone would accept `files/index.css` for `index.css`, since it compares from the right."""
    return len(path.parts) == len(PurePosixPath(pattern).parts) and path.match(pattern)
