"""Handing in files: choose, look at what would happen, confirm. The same three pages for every kind of import."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schemes.problems import ProblemsFound

from ..access import Permission, check, get_permitted, require
from ..exports import TYPES, download
from ..forms import UploadForm
from ..models import Job, Upload
from ..services.uploads import IMPORTERS, PROBLEMS_KEPT, Importer, confirm_upload, keep_upload


@require(Permission.IMPORT_DATA)
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    importer = find_importer(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None, kind=kind, membership=request.membership,
                      initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        upload = keep_upload(tenant=request.tenant, kind=kind, filename=file.name, data=file.read(),
                             actor=request.user, params=form.params())  # fmt: skip
        return redirect("accounts:import_preview", upload.pk)
    return render(request, "accounts/import_new.html", {"form": form, "importer": importer})


@require(Permission.IMPORT_DATA)
@require_safe
def import_preview(request: HttpRequest, upload_id: str) -> HttpResponse:
    upload = find_upload(request, upload_id)
    context = {"upload": upload, "report": upload.report, "importer": IMPORTERS[upload.kind], "kept": PROBLEMS_KEPT}
    return render(request, "accounts/import_preview.html", context)


@require(Permission.IMPORT_DATA)
@require_POST
def import_confirm(request: HttpRequest, upload_id: str) -> HttpResponse:
    """Write, or start the job that writes. What changed since the preview shows as problems, and nothing is written."""
    upload = find_upload(request, upload_id)
    try:
        outcome = confirm_upload(upload=upload, actor=request.user)
    except ValidationError as refused:
        messages.error(request, "".join(refused.messages))
        return redirect("accounts:import_preview", upload.pk)
    except ProblemsFound as failed:
        problems = [problem.as_dict() for problem in failed.problems]
        upload.report = {**upload.report, "problems": problems[:PROBLEMS_KEPT], "problem_count": len(problems)}
        upload.save(update_fields=["report"])
        messages.error(request, "预览之后系统里的数据有变化，未写入任何数据。")
        return redirect("accounts:import_preview", upload.pk)
    if isinstance(outcome, Job):
        return redirect("accounts:job", outcome.pk)
    messages.success(request, f"“{upload.filename}”已写入。")
    return redirect(outcome.get("url") or reverse("accounts:import_preview", args=[upload.pk]))


@require(Permission.IMPORT_DATA)
@require_safe
def import_template(request: HttpRequest, kind: str, extension: str) -> HttpResponse:
    """An empty table with the columns of this import and example rows."""
    importer = find_importer(request, kind)
    if extension not in TYPES:
        raise Http404
    header = [column.label for column in importer.columns]
    return download(f"{importer.title}导入模板", extension, header, importer.example)


def find_importer(request: HttpRequest, kind: str) -> Importer:
    importer = IMPORTERS.get(kind)
    if importer is None:
        raise Http404
    check(request.membership, importer.permission)
    return importer


def find_upload(request: HttpRequest, upload_id: str) -> Upload:
    rows = Upload.objects.filter(kind__in=list(IMPORTERS)).select_related("created_by")
    upload = get_permitted(request.membership, Permission.IMPORT_DATA, rows, pk=upload_id)
    find_importer(request, upload.kind)
    return upload
