"""Files of a public notice: the document to stamp and post, and the list in the office's own columns."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Permission, get_permitted, require
from accounts.services.audit import record
from scoring.models import PublicNotice
from scoring.queries import visible_notices

from ..books.layout import Column, Sheet
from ..books.notice_document import TYPE, write_notice
from ..books.writer import write_book
from .books import attachment, demo_note

MANAGE = Permission.MANAGE_NOTICES


def _notice(request: HttpRequest, notice_id: UUID) -> PublicNotice:
    rows = visible_notices(request.membership).select_related("computation__round__campaign")
    found: PublicNotice = get_permitted(request.membership, MANAGE, rows, pk=notice_id)
    return found


@require(MANAGE)
@require_safe
def notice_document(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    found = _notice(request, notice_id)
    record(actor=request.user, verb="导出公示文稿", target=found)
    name, note = f"{found.title}.docx".replace(" ", ""), demo_note(request)
    return attachment(name, lambda out: write_notice(out, found, request.tenant, note=note), TYPE)


@require(MANAGE)
@require_safe
def notice_list(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    found = _notice(request, notice_id)
    record(actor=request.user, verb="导出公示名单", target=found)
    columns = [Column("序号", 8, 0, centred=True), Column("单位全称", 40), Column("类别/星级", 14, centred=True),
               Column("所属乡镇", 24), Column("备注", 30)]  # fmt: skip
    rows = [[n, row["organization"], row["tier"], row["township"] or None, ""] for n, row in enumerate(found.rows, 1)]
    line = f"公示单位（盖章）：{request.tenant.office}　　公示时间：{found.opens_on} 至 {found.closes_on}"
    sheet = Sheet("公示名单", found.title, columns, rows, line, notes=["同类别内按代码排列，不分先后。"])
    name = f"{found.title}名单.xlsx".replace(" ", "")
    return attachment(name, lambda out: write_book(out, [sheet], size=len(rows), demo_note=demo_note(request)))
