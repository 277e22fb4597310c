"""Files that people hand in: keep, look through, show what would happen, write on confirmation, once.

Each kind of import is an importer registered here (``@importer("organizations")``); what its rows mean, it knows.
A file lies under its tenant and content hash, never under the name it came with.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..access import Permission
from ..files.names import safe_name
from ..imports import Column, ImportFailed, Problem
from ..models import Job, Tenant, Upload, User
from .audit import plain, record
from .jobs import start_job

#: More rows than this are written by a background job.
ROWS_AT_ONCE = 5_000
PROBLEMS_KEPT = 500
SAMPLE = 10


@dataclass
class Report:
    """What a file holds: counts by name, its first rows, what is wrong. Anything wrong and nothing can be written."""

    counts: list[tuple[str, int]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    sample_rows: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    remarks: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "counts": [list(pair) for pair in self.counts],
            "header": self.header,
            "sample_rows": self.sample_rows[:SAMPLE],
            "problems": [problem.as_dict() for problem in self.problems[:PROBLEMS_KEPT]],
            "problem_count": len(self.problems),
            "rows": self.rows,
            "remarks": self.remarks,
        }


class Importer(Protocol):
    """``title`` names it to people, ``columns`` make its template, ``params_form`` asks for what the file does not say
    (a round; built with ``membership=``), ``permission`` is what its user needs besides import_data."""

    kind: str
    title: str
    permission: Permission
    columns: tuple[Column, ...]
    params_form: type[forms.Form] | None
    example: tuple[tuple[str, ...], ...]

    def preview(self, upload: Upload) -> Report:
        """Look through the file; write nothing. ImportFailed is a report with problems only."""

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        """Check again and write everything, inside the open transaction; a ``"url"`` says where to go."""


IMPORTERS: dict[str, Importer] = {}


def importer(kind: str) -> Callable[[type], type]:
    """Register an importer class under ``kind``; one instance serves everybody."""

    def register(cls: type) -> type:
        if kind in IMPORTERS:
            raise ValueError(f"importer {kind} is registered twice")
        cls.kind = kind  # type: ignore[attr-defined]
        IMPORTERS[kind] = cls()
        return cls

    return register


def keep_upload(
    *, tenant: Tenant, kind: str, filename: str, data: bytes, actor: User, params: dict[str, Any] | None = None
) -> Upload:
    """Store the file, look through it, keep what was found. Writes nothing of the file's content.

    The reading stands before the transaction: on SQLite an open one holds back every other writer.
    """
    digest = hashlib.sha256(data).hexdigest()
    store(tenant, digest, data)
    upload = Upload(tenant=tenant, kind=kind, filename=safe_name(filename), sha256=digest, size=len(data),
                    params=plain(params or {}), created_by=actor)  # fmt: skip
    upload.report = look_through(upload).as_dict() if kind in IMPORTERS else {}
    with transaction.atomic():
        upload.save()
        record(actor=actor, verb="上传文件", target=upload, new={"kind": kind, "sha256": digest, "size": len(data)})
    return upload


def look_through(upload: Upload) -> Report:
    try:
        return IMPORTERS[upload.kind].preview(upload)
    except ImportFailed as failed:
        return Report(problems=list(failed.problems))


@transaction.atomic
def apply_upload(*, upload: Upload, actor: User | None) -> dict[str, Any]:
    """Write a previewed file, whole or not at all. A file that was written before is not written again."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.applied_at is not None:
        return upload.report.get("result", {})
    result = IMPORTERS[upload.kind].apply(upload, actor) or {}
    upload.applied_at = timezone.now()
    upload.report = {**upload.report, "result": plain(result)}
    upload.save(update_fields=["applied_at", "report"])
    record(actor=actor, verb="写入导入文件", target=upload, new={k: v for k, v in result.items() if k != "url"})
    return result


def confirm_upload(*, upload: Upload, actor: User) -> Job | dict[str, Any]:
    """Write now when the file is small; otherwise the job that will."""
    if upload.report.get("problem_count"):
        raise ValidationError("文件还有问题，未写入任何数据。请改好后重新上传整个文件。")
    if upload.report.get("rows", 0) <= ROWS_AT_ONCE:
        return apply_upload(upload=upload, actor=actor)
    return start_job(tenant=upload.tenant, kind="apply_upload", title=f"写入“{upload.filename}”",
                     key=f"apply_upload:{upload.pk}", params={"upload": str(upload.pk)}, actor=actor)  # fmt: skip


def stored_path(tenant_id: object, digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / str(tenant_id) / digest


def store(tenant: Tenant, digest: str, data: bytes) -> None:
    """Write the bytes once; a reader never meets half a file."""
    target = stored_path(tenant.pk, digest)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, target)


def read_upload(upload: Upload) -> bytes:
    """The bytes that were handed in; a file that changed on disk since is refused."""
    try:
        data = stored_path(upload.tenant_id, upload.sha256).read_bytes()
    except FileNotFoundError as error:
        raise missing(upload) from error
    if hashlib.sha256(data).hexdigest() != upload.sha256:
        raise missing(upload)
    return data


def missing(upload: Upload) -> ImportFailed:
    return ImportFailed([Problem(file=upload.filename, reason="服务器上的文件不见了或被改动。", remedy="请重新上传。")])
