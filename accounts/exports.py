"""Lists as files people carry away: CSV with a byte order mark for Excel, and plain .xlsx, both safe and readable back.

Responsible for neutralising what a spreadsheet would run as a formula. Reports with styles are in ``reports``.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from schemes.cells import DANGEROUS

from .models import Organization

Row = Sequence[object]
TYPES = {"csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip

ORGANIZATION_HEADER = ("代码", "名称", "类别", "上级代码", "偏远", "薄弱", "党组织层级", "党员数")


def neutral(value: object) -> object:
    """Text that a spreadsheet would take for a formula gets an apostrophe; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value


def csv_bytes(header: Row, rows: Iterable[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([neutral(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(title: str, header: Row, rows: Iterable[Row]) -> bytes:
    """One sheet, bold frozen header, every text cell typed as text (codes keep their digits)."""
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    sheet.append(list(header))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([neutral(value) for value in row])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type, cell.number_format = "s", "@"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, 3 * len(str(name)))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def download(name: str, extension: str, header: Row, rows: Iterable[Row]) -> HttpResponse:
    """The list as an attachment named in Chinese."""
    content = csv_bytes(header, rows) if extension == "csv" else xlsx_bytes(name, header, rows)
    response = HttpResponse(content, content_type=TYPES[extension])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{extension}")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def organization_rows(organizations: Iterable[Organization]) -> Iterable[Row]:
    """Rows that the importer of organizations reads back unchanged."""
    for row in organizations:
        yield (
            row.code,
            row.name,
            row.get_kind_display(),
            row.parent.code if row.parent else "",
            "是" if row.remote else "否",
            "是" if row.weak else "否",
            row.get_level_display(),
            row.member_count,
        )
