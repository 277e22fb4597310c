"""The API of scoring: an inspector hands in a sheet, and reads back what the server holds of theirs."""

from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Permission, check, get_permitted
from campaigns.models import Nomination
from schemes import MarkCodec, ProblemsFound
from schemes.exact import decimal_text, parse_number
from sites.models import Inspector

from . import api_phone
from .api_phone import PhoneView
from .models import ScoreSheet
from .queries import visible_sheets
from .services.arriving import hand_in
from .services.sheets import Receipt, SheetFacts, SheetRefused

#: How a refusal is told to the client; the sheet stays on the phone in every case.
STATUS = {"conflict": 409, "locked": 409, "closed": 423, "late": 423, "not_assigned": 403, "recused": 403}


@extend_schema_field({"oneOf": [{"type": "string", "example": "4.5"}, {"type": "integer"}], "nullable": True})
class MarkField(serializers.Field):
    """A mark as exact text ("4.5"); numbers with a point are refused, as they are binary by the time they arrive.

    Null comes through: the service names the criterion that was left out.
    """

    def to_internal_value(self, data: Any) -> Fraction:
        try:
            if isinstance(data, str) and set(data) & set("%％/／"):
                raise ValueError("不是打分")
            return parse_number(data)
        except ValueError as error:
            raise serializers.ValidationError(f"“{str(data)[:20]}”{error}，请以文字传十进制数。") from None

    def to_representation(self, value: Fraction) -> str:
        return decimal_text(value)


class SheetSerializer(serializers.Serializer):
    uuid = serializers.UUIDField()
    nomination = serializers.UUIDField()
    marks = serializers.ListField(child=MarkField(allow_null=True), max_length=500)
    based_on = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1000)
    device = serializers.CharField(required=False, max_length=64, allow_blank=True)
    device_sequence = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2_000_000_000)
    client_time = serializers.DateTimeField(required=False, allow_null=True)


class ReceiptSerializer(serializers.Serializer):
    status = serializers.ChoiceField(["stored", "duplicate"])
    sequence = serializers.IntegerField(source="sheet.pk")
    uuid = serializers.UUIDField(source="sheet.uuid")
    revision = serializers.IntegerField(source="sheet.revision")
    content_hash = serializers.CharField(source="sheet.content_hash")
    received_at = serializers.DateTimeField(source="sheet.received_at")


class RefusalSerializer(serializers.Serializer):
    """Why a sheet was not taken: a word for programs, a sentence for people, and what is wrong mark by mark."""

    code = serializers.CharField()
    message = serializers.CharField()
    problems = serializers.ListField(child=serializers.DictField())


class ReadableSheetSerializer(serializers.Serializer):
    """A stored sheet with its marks by criterion."""

    sequence = serializers.IntegerField()
    uuid = serializers.UUIDField()
    nomination = serializers.UUIDField()
    organization = serializers.CharField()
    inspector = serializers.CharField()
    revision = serializers.IntegerField()
    total = serializers.CharField(help_text="弃权的为 0，见 abstained")
    abstained = serializers.BooleanField()
    marks = serializers.DictField(child=serializers.CharField(allow_null=True))
    received_at = serializers.DateTimeField()


def refusal(code: str, message: str, problems: list[dict[str, object]] | None = None) -> Response:
    number = STATUS.get(code, status.HTTP_422_UNPROCESSABLE_ENTITY)
    return Response({"code": code, "message": message, "problems": problems or []}, status=number)


ANSWERS = {
    200: OpenApiResponse(ReceiptSerializer, "已经收到过，没有再写"),
    201: OpenApiResponse(ReceiptSerializer, "已收到"),
    403: OpenApiResponse(RefusalSerializer, "不在评委组，或应当回避"),
    409: OpenApiResponse(RefusalSerializer, "与服务器上的另一份不同，或已提交而没有重开"),
    422: OpenApiResponse(RefusalSerializer, "打分有误"),
    423: OpenApiResponse(RefusalSerializer, "这一轮不收评分单，或已过截止时间"),
}


#: What reading a sheet needs besides its own row.
READ_WITH = ("scheme_version", "nomination__organization", "inspector")


class SheetsView(PhoneView):
    """The inspector is the person signed in, never a field of the request."""

    permission = Permission.SUBMIT_SHEET

    @extend_schema(operation_id="sheets_submit", request=SheetSerializer, responses=ANSWERS)
    def post(self, request: Request) -> Response:
        check(request.membership, Permission.SUBMIT_SHEET)
        sheet = SheetSerializer(data=request.data)
        sheet.is_valid(raise_exception=True)
        inspector = self._inspector(request)
        nominations = Nomination.objects.select_related("round__scheme_version")
        nomination = get_permitted(
            request.membership, Permission.SUBMIT_SHEET, nominations, pk=sheet.validated_data["nomination"]
        )
        facts = SheetFacts(**{k: v for k, v in sheet.validated_data.items() if k != "nomination"})
        try:
            receipt = hand_in(nomination=nomination, inspector=inspector, facts=facts, actor=request.user)
        except SheetRefused as refused:
            return refusal(refused.code, str(refused))
        except ProblemsFound as found:
            return refusal("marks", "打分有误，评分单没有写入。", [problem.as_dict() for problem in found.problems])
        return self._receipt(receipt)

    @extend_schema(
        operation_id="sheets_list",
        parameters=[OpenApiParameter("round", str, description="轮次，如 11；不填为全部")],
        responses={200: ReadableSheetSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        check(request.membership, Permission.VIEW_SHEETS)
        rows = visible_sheets(request.membership).select_related(*READ_WITH)
        if label := request.query_params.get("round"):
            rows = rows.filter(round__label=label)
        return Response([_readable(row) for row in rows.order_by("-pk")[:500]])

    def _inspector(self, request: Request) -> Inspector:
        try:
            return Inspector.objects.select_related("home").get(user=request.user)
        except Inspector.DoesNotExist:
            raise PermissionDenied("您的账号没有对应的评委，请联系组织部。") from None

    def _receipt(self, receipt: Receipt) -> Response:
        number = status.HTTP_201_CREATED if receipt.status == "stored" else status.HTTP_200_OK
        return Response(ReceiptSerializer(receipt).data, status=number)


class SheetView(PhoneView):
    """One sheet that the person may see, marks readable."""

    permission = Permission.VIEW_SHEETS

    @extend_schema(operation_id="sheets_retrieve", responses={200: ReadableSheetSerializer})
    def get(self, request: Request, sheet_id: int) -> Response:
        check(request.membership, Permission.VIEW_SHEETS)
        rows = visible_sheets(request.membership).select_related(*READ_WITH)
        return Response(_readable(get_permitted(request.membership, Permission.VIEW_SHEETS, rows, pk=sheet_id)))


def _readable(sheet: ScoreSheet) -> dict[str, object]:
    document = sheet.scheme_version.document
    marks = MarkCodec(document).unpack(bytes(sheet.marks))
    return {
        "sequence": sheet.pk,
        "uuid": str(sheet.uuid),
        "nomination": str(sheet.nomination_id),
        "organization": sheet.nomination.organization.name,
        "inspector": sheet.inspector.number,
        "revision": sheet.revision,
        "total": decimal_text(Fraction(sheet.total_scaled, document.scale)),
        "abstained": sheet.abstained,
        "marks": {
            key: None if mark is None else decimal_text(mark)
            for key, mark in zip(document.column_keys, marks, strict=True)
        },
        "received_at": sheet.received_at.isoformat(),
    }


urlpatterns = [
    path("sheets/", SheetsView.as_view(), name="api-sheets"),
    path("sheets/<int:sheet_id>/", SheetView.as_view(), name="api-sheet"),
    *api_phone.urlpatterns,
]
