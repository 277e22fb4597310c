"""Uploads that can be taken up where they broke off: tus 1.0.0, core with creation and termination.

An upload is its owner's alone, whatever else others may see. CSRF is on: the page sends the token as a header. What is
wrong is said as one sentence in plain text, which the page shows beside the file.
"""

import base64
import binascii
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, get_permitted, require
from accounts.files.kinds import LARGEST

from ..enums import MaterialState
from ..models import Material
from ..queries import material_organizations, visible_materials
from ..services.materials import (
    CHUNK,
    MaterialRefused,
    TooLarge,
    WrongOffset,
    append_chunk,
    begin_material,
    finish_material,
    received_so_far,
    withdraw_material,
)

MANAGE = Permission.MANAGE_MATERIALS
VERSION = "1.0.0"


@require(MANAGE)
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: HttpRequest) -> HttpResponse:
    """What this server can do; and where a new file goes."""
    if request.method == "OPTIONS":
        return answer(204, {"Tus-Version": VERSION, "Tus-Extension": "creation,termination", "Tus-Max-Size": LARGEST})
    if refused := strange_version(request):
        return refused
    size = whole_number(request.headers.get("Upload-Length"))
    named = metadata(request.headers.get("Upload-Metadata", ""))
    if size is None or named is None:
        return said(400, "上传请求不完整，请刷新页面后重试。")
    if size > LARGEST:
        return said(413, f"文件超过 {LARGEST // 1024 // 1024} MB，请压缩或分成几个文件后再上传。")
    code = named.get("organization", "")
    organization = next((row for row in material_organizations(request.membership) if str(row.pk) == code), None)
    if organization is None:
        return said(400, "请先选择组织，再上传文件。")
    try:
        material = begin_material(organization=organization, filename=named.get("filename", ""), size=size,
                                  title=named.get("title", ""), actor=request.user)  # fmt: skip
    except MaterialRefused as refused:
        return said(413 if isinstance(refused, TooLarge) else 400, str(refused))
    return answer(201, {"Location": reverse("campaigns:material_upload", args=[material.pk])})


@require(MANAGE)
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """How far it is, the next piece, or giving it up."""
    material = find(request, material_id)
    if refused := strange_version(request):
        return refused
    if request.method == "HEAD":
        return answer(200, {**standing(material), "Upload-Length": material.size})
    try:
        if request.method == "DELETE":
            withdraw_material(material=material, actor=request.user)
            return answer(204, {})
        return piece(request, material)
    except WrongOffset as wrong:
        return said(409, str(wrong), {"Upload-Offset": wrong.received})
    except MaterialRefused as refused:
        return said(413 if isinstance(refused, TooLarge) else 400, str(refused))


def piece(request: HttpRequest, material: Material) -> HttpResponse:
    """Append one piece; the last one is answered when the file has been looked at."""
    if request.headers.get("Content-Type") != "application/offset+octet-stream":
        return said(415, "上传请求的格式不对，请刷新页面后重试。")
    offset = whole_number(request.headers.get("Upload-Offset"))
    if offset is None:
        return said(400, "上传请求不完整，请刷新页面后重试。")
    length = whole_number(request.headers.get("Content-Length")) or 0
    if length > CHUNK:
        return said(413, f"一次最多传 {CHUNK // 1024 // 1024} MB，请刷新页面后重试。")
    if material.state == MaterialState.RECEIVING:
        material = append_chunk(material=material, offset=offset, data=arrived(request))
    elif offset != material.size:
        raise WrongOffset(material.size)
    if material.received == material.size:
        material = finish_material(material=material, actor=request.user)
    return answer(204, standing(material))


def arrived(request: HttpRequest) -> bytes:
    """What came of a piece, also when the line broke in its middle."""
    blocks: list[bytes] = []
    try:
        while block := request.read(64 * 1024):
            blocks.append(block)
    except UnreadablePostError:
        pass
    return b"".join(blocks)[:CHUNK]


def find(request: HttpRequest, material_id: UUID) -> Material:
    """Of this person, and still on its way or just settled: the answer to a last piece may have been lost."""
    rows = visible_materials(request.membership).filter(created_by=request.user).exclude(state=MaterialState.WITHDRAWN)
    return get_permitted(request.membership, MANAGE, rows, pk=material_id)


def standing(material: Material) -> dict[str, object]:
    """How many bytes are here; once it is settled also what became of it, for the page to show."""
    receiving = material.state == MaterialState.RECEIVING
    facts: dict[str, object] = {"Upload-Offset": received_so_far(material) if receiving else material.size}
    if not receiving:
        facts |= {"Material-State": material.state, "Material-Problem": quote(material.problem)}
    return facts


def answer(status: int, headers: dict[str, object]) -> HttpResponse:
    response = HttpResponse(status=status)
    for name, value in {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}.items():
        response[name] = str(value)
    return response


def said(status: int, sentence: str, headers: dict[str, object] | None = None) -> HttpResponse:
    response = answer(status, headers or {})
    response.content = sentence.encode()
    response["Content-Type"] = "text/plain; charset=utf-8"
    return response


def strange_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return said(412, "上传方式的版本不对，请刷新页面后重试。", {"Tus-Version": VERSION})


def whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def metadata(header: str) -> dict[str, str] | None:
    """``key base64,key base64``; nothing when it cannot be read."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            return None
    return found
