"""Handing in a file as a person does: the upload with its report, and what was found in it. No tests here."""

from typing import Any

from accounts.models import Job, Upload, tenant_scope
from accounts.services.uploads import confirm_upload, keep_upload


def hand_in(
    stage: Any, kind: str, text: str | bytes, *, filename: str = "表.csv", encoding: str = "utf-8", **params: Any
) -> Upload:
    """Upload and preview; nothing of the content is written."""
    data = text if isinstance(text, bytes) else text.encode(encoding)
    asked = {"campaign": str(stage.campaign.pk), **params}
    with tenant_scope(stage.tenant):
        return keep_upload(
            tenant=stage.tenant, kind=kind, filename=filename, data=data, actor=stage.maker, params=asked
        )


def write(stage: Any, kind: str, text: str | bytes, **options: Any) -> Job | dict[str, Any]:
    """Upload and confirm; a file with problems fails the test with them."""
    upload = hand_in(stage, kind, text, **options)
    assert upload.report["problems"] == []
    with tenant_scope(stage.tenant):
        return confirm_upload(upload=upload, actor=stage.maker)


def counts(upload: Upload) -> dict[str, int]:
    return dict(upload.report["counts"])


def found(upload: Upload) -> list[tuple[int | None, str, str]]:
    """Row, column and reason of every problem; each says what to do as well."""
    problems = upload.report["problems"]
    assert [problem for problem in problems if not problem["remedy"] or not problem["file"]] == []
    return [(problem["row"], problem["column"], problem["reason"].rstrip("。")) for problem in problems]
