"""The API of the phone page: the day, sheets with their verdicts and a receipt, photos, the wish to reopen a sheet.

The inspector is the person signed in. Every answer carries ``X-Biaogan`` (see ``config.middleware``), so that a phone
can tell it from a captive portal's; a closed round is a verdict, never a status.
"""

from typing import Any
from urllib.parse import unquote
from uuid import UUID

import orjson
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Permission, allowed, get_permitted
from campaigns.models import Nomination
from sites.models import Inspector

from .day import day_of
from .models import SheetReopening
from .receipts import receipt_for
from .services.arriving import receive_sheets
from .services.photos import MOST_BYTES, PhotoFacts, PhotoRefused, keep_photo
from .services.reopening import ReopeningRefused, ask_reopening

MOST_SHEETS = 20
MOST_BODY = 1024 * 1024


class PhoneView(APIView):
    """An ended session answers 401, so that a phone asks to sign in again instead of believing it was refused."""

    permission_classes = [IsAuthenticated]

    def get_authenticate_header(self, request: Request) -> str:
        return "Session"


class NotInspector(APIException):
    status_code = 403


class TooLarge(APIException):
    status_code = 413


class JsonBody(BaseParser):
    """Strict JSON of bounded size."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            return orjson.loads(_read(stream, MOST_BODY) or b"{}")
        except orjson.JSONDecodeError:
            raise ParseError from None


class PhotoBody(BaseParser):
    """The bytes of a picture."""

    media_type = "image/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> bytes:
        return _read(stream, MOST_BYTES)


def _read(stream: Any, most: int) -> bytes:
    data: bytes = stream.read(most + 1)
    if len(data) > most:
        raise TooLarge(f"一次最多传 {most // 1024 // 1024} MB。")
    return data


class PhoneApi(PhoneView):
    """``inspector`` is the person signed in; who is none gets 403 with the code ``not_inspector``."""

    permission = Permission.SUBMIT_SHEET
    parser_classes = [JsonBody]
    inspector: Inspector

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        inspector = None
        if allowed(request.membership, Permission.SUBMIT_SHEET):
            inspector = Inspector.objects.select_related("home").filter(user=request.user).first()
        if inspector is None:
            raise NotInspector
        self.inspector = inspector

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, NotInspector):
            return refused("not_inspector", "这个账号不是评委，不能评分。请换评委账号登录，或联系组织部。", 403)
        if isinstance(exc, TooLarge):
            return refused("too_large", str(exc.detail), 413)
        return super().handle_exception(exc)

    def body(self, request: Request) -> dict[str, Any]:
        if not isinstance(request.data, dict):
            raise ParseError
        return request.data


def refused(code: str, message: str, status: int = 422) -> Response:
    return Response({"code": code, "message": message, "detail": message}, status=status)


def _answer(content: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(content), content_type="application/json", headers={"Cache-Control": "no-store"})


class DayView(PhoneApi):
    @extend_schema(operation_id="phone_day", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> HttpResponse:
        """The rounds, schemes, stops and sent sheets of the inspector's day."""
        return _answer({**day_of(self.inspector, request.membership.tenant), "csrf_token": get_token(request._request)})


class SheetsOfPhoneView(PhoneApi):
    @extend_schema(operation_id="phone_sheets", request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> HttpResponse | Response:
        """Hand in sheets: one verdict each, and a receipt of all that the server holds."""
        body = self.body(request)
        sheets, device = body.get("sheets"), body.get("device")
        if not isinstance(sheets, list) or not isinstance(device, str) or len(sheets) > MOST_SHEETS:
            return refused("shape", f"一次应传 1 至 {MOST_SHEETS} 份评分单，并写明设备编号。", 400)
        if body.get("inspector") not in (None, str(self.inspector.pk)):
            return refused("other_person", "登录的人与填写的人不是同一位评委，没有收下。请由填写的人重新登录。", 409)
        verdicts = receive_sheets(inspector=self.inspector, device=device, sheets=sheets, actor=request.user)
        receipt = receipt_for(self.inspector).as_dict()
        return _answer({"verdicts": [verdict.as_dict() for verdict in verdicts], "receipt": receipt})


class PhotoOfPhoneView(PhoneApi):
    parser_classes = [PhotoBody]

    @extend_schema(
        operation_id="phone_photo",
        parameters=[OpenApiParameter("X-Sheet", str, "header"), OpenApiParameter("X-Criterion", str, "header")],
        request={"image/jpeg": OpenApiTypes.BINARY},
        responses=OpenApiTypes.OBJECT,
    )
    def post(self, request: Request, photo_id: UUID) -> HttpResponse | Response:
        """One photo beside a sheet that is here."""
        try:
            sheet = UUID(request.headers.get("X-Sheet", ""))
        except ValueError:
            return refused("shape", "没有说明是哪份评分单的照片，没有收下。")
        criterion = unquote(request.headers.get("X-Criterion", ""))[:60]
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        data = request.data if isinstance(request.data, bytes) else b""
        facts = PhotoFacts(photo_id, sheet, criterion, kind, data)
        try:
            verdict, photo = keep_photo(inspector=self.inspector, facts=facts, actor=request.user)
        except PhotoRefused as error:
            return refused("photo", str(error))
        return _answer({"verdict": verdict, "sha256": photo.arrived})


class ReopenOfPhoneView(PhoneApi):
    @extend_schema(operation_id="phone_reopen", request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> HttpResponse | Response:
        """Ask the office to reopen a sent sheet."""
        body = self.body(request)
        rows = Nomination.objects.select_related("round")
        nomination = get_permitted(request.membership, self.permission, rows, pk=str(body.get("nomination", "")))
        try:
            asked: SheetReopening = ask_reopening(
                nomination=nomination,
                inspector=self.inspector,
                reason=str(body.get("reason") or ""),
                actor=request.user,
            )
        except ReopeningRefused as error:
            return refused("reopen", str(error))
        return _answer({"reopened": "open" if asked.state == "open" else "asked"})


urlpatterns = [
    path("phone/day/", DayView.as_view(), name="api-phone-day"),
    path("phone/sheets/", SheetsOfPhoneView.as_view(), name="api-phone-sheets"),
    path("phone/photos/<uuid:photo_id>/", PhotoOfPhoneView.as_view(), name="api-phone-photo"),
    path("phone/reopen/", ReopenOfPhoneView.as_view(), name="api-phone-reopen"),
]
