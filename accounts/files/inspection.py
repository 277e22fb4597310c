"""Is this file taken in, and what of it is shown? Two functions, to be run in the sandbox.

The readers of a format are loaded when a file of that format comes: most of a check is starting its process.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .kinds import PAGE, PHOTO, THUMBNAIL, FileKind, Inspected, too_large
from .recognise import recognise


@dataclass(frozen=True)
class Harmless:
    """What was written into the folder: ``served`` instead of the original, ``preview`` beside it; texts in details."""

    served: str = ""
    preview: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def inspect_file(path: Path, *, filename: str) -> Inspected:
    """The kind by content and what was found; raises Refused, whose ``sentence(filename)`` is for people."""
    if refused := too_large(path.stat().st_size, None):
        raise refused
    kind = recognise(path, filename=filename)
    if refused := too_large(path.stat().st_size, kind):
        raise refused
    if kind == FileKind.PHOTO:
        from . import photos

        return Inspected(kind, photos.inspect_photo(path))
    if kind == FileKind.PDF:
        from . import pdfs

        return Inspected(kind, pdfs.inspect_pdf(path))
    from . import office

    return Inspected(kind, office.inspect_office(path, kind))


def make_harmless(path: Path, kind: FileKind, target: Path) -> Harmless:
    """Photos drawn anew with a thumbnail; the first page of a PDF; the first lines or rows of a document."""
    if kind == FileKind.PHOTO:
        from . import photos

        photos.redraw(path, photo=target / PHOTO, thumbnail=target / THUMBNAIL)
        return Harmless(PHOTO, THUMBNAIL)
    if kind == FileKind.PDF:
        from . import pdfs

        pdfs.draw_first_page(path, target / PAGE)
        return Harmless("", PAGE)
    from . import previews

    if kind == FileKind.WORD:
        return Harmless(details={"lines": previews.word_lines(path)})
    return Harmless(details={"table": previews.excel_rows(path)})
