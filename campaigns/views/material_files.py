"""The files of a material: documents as attachments, photos only as the copy drawn anew, previews as pictures."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.access import Permission, get_permitted, require
from accounts.files.names import served_name

from ..enums import MaterialKind, MaterialState
from ..models import Material
from ..queries import visible_materials
from ..services.materials import material_path

VIEW = Permission.VIEW_MATERIALS
TYPES = {
    MaterialKind.PHOTO: ("jpg", "image/jpeg"),
    MaterialKind.WORD: ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    MaterialKind.EXCEL: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    MaterialKind.PDF: ("pdf", "application/pdf"),
}


@require(VIEW)
@require_safe
def material_file(request: HttpRequest, material_id: UUID) -> HttpResponseBase:
    """To carry away, named as people named it, with the ending of what it is."""
    material = find(request, material_id)
    ending, kind = TYPES[MaterialKind(material.kind)]
    return sent(material, material.served, kind, served_name(f"{material.title}.{ending}"))


@require(VIEW)
@require_safe
def material_photo(request: HttpRequest, material_id: UUID) -> HttpResponseBase:
    material = find(request, material_id)
    if material.kind != MaterialKind.PHOTO:
        raise Http404
    return sent(material, material.served, "image/jpeg", served_name(f"{material.title}.jpg", inline=True))


@require(VIEW)
@require_safe
def material_preview(request: HttpRequest, material_id: UUID) -> HttpResponseBase:
    """The small photo, or the first page of a PDF."""
    material = find(request, material_id)
    kinds = {MaterialKind.PHOTO: ("jpg", "image/jpeg"), MaterialKind.PDF: ("png", "image/png")}
    if not material.preview or material.kind not in kinds:
        raise Http404
    ending, kind = kinds[MaterialKind(material.kind)]
    return sent(material, material.preview, kind, served_name(f"{material.title}.{ending}", inline=True))


def find(request: HttpRequest, material_id: UUID) -> Material:
    """Only what passed the check is served; a withdrawn one stays readable where it is attached."""
    rows = visible_materials(request.membership).filter(state__in=(MaterialState.READY, MaterialState.WITHDRAWN))
    return get_permitted(request.membership, VIEW, rows.exclude(sha256=""), pk=material_id)


def sent(material: Material, digest: str, kind: str, disposition: str) -> HttpResponseBase:
    """A file by its digest, which never changes; nothing in it is ever run or framed."""
    path = material_path(material, digest)
    if not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=kind)
    response["Content-Disposition"] = disposition
    response["Content-Length"] = str(path.stat().st_size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
