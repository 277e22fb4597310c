"""May this workbook be opened? Decided from its directory and its real unpacked size before any parser sees it.

A small archive can unpack to gigabytes, a directory can lie about it, one cell far away can make a parser reserve
the whole sheet, and a workbook can carry macros or links to other files. Each is refused with a remedy.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
SAVE_AGAIN = "请在 Excel 或 WPS 中另存为普通的 .xlsx 或 CSV 后重新上传。"

_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_FAR = re.compile(rb'<c r="([A-Z]{2,3})\d+"')
_UNCOMPUTED = re.compile(
    rb'<c r="([A-Z]+\d+)"(?![^>]*\bt="str")[^>]*>\s*<f[^>]*>[^<]*</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at all."""

    size: int = 20 * MEGABYTE
    rows: int = 100_000
    columns: int = 500
    entries: int = 2_000
    unpacked: int = 200 * MEGABYTE
    ratio: int = 200


class Refused(Exception):
    """Why a file is not opened, and what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}{remedy}")


def inspect_workbook(data: bytes, *, limits: Limits) -> None:
    """Raise Refused unless ``data`` is an .xlsx that is safe and sensible to open."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused("文件不完整或已损坏，打不开。", f"请重新下载或导出，{SAVE_AGAIN}") from error
    with archive:
        entries = archive.infolist()
        check_directory(entries, len(data), limits)
        check_contents([entry.filename for entry in entries])
        left = limits.unpacked
        for entry in entries:
            content = unpack(data, entry, left)
            left -= len(content)
            check_part(entry.filename, content, limits)


def check_directory(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Refused(f"压缩包里有 {len(entries)} 个文件，超过 {limits.entries} 个。", SAVE_AGAIN)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked or (unpacked > 10 * MEGABYTE and unpacked > size * limits.ratio):
        raise Refused(
            f"解开后有 {unpacked // MEGABYTE} MB，超过上限（{limits.unpacked // MEGABYTE} MB，或原大小的 {limits.ratio} 倍）。",
            "请删去无用的工作表和空白行，分成几个文件后重新上传。",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("文件加了密码。", "请去掉密码后重新上传。")


def check_contents(names: list[str]) -> None:
    if "xl/workbook.xml" not in names:
        raise Refused("压缩包里没有工作簿。", SAVE_AGAIN)
    if any(name.endswith("vbaProject.bin") or "/macrosheets/" in name for name in names):
        raise Refused("工作簿含有宏。", SAVE_AGAIN)
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise Refused("工作簿链接了其他文件。", "请在“数据—编辑链接”中断开链接（保留数值），保存后重新上传。")


def unpack(data: bytes, entry: zipfile.ZipInfo, most: int) -> bytes:
    """Unpack one entry, but never more than ``most`` bytes whatever its directory says."""
    head = data[entry.header_offset : entry.header_offset + 30]
    start = entry.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        content = packed
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        content = inflate(packed, most)
    else:
        raise Refused("压缩方式不常见，无法读取。", SAVE_AGAIN)
    if len(content) > most or len(content) != entry.file_size:
        raise Refused("压缩包目录与内容不符。", SAVE_AGAIN)
    return content


def inflate(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most + 1)
    except zlib.error as error:
        raise Refused("文件不完整或已损坏，打不开。", f"请重新下载或导出，{SAVE_AGAIN}") from error


def check_part(name: str, content: bytes, limits: Limits) -> None:
    if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content[:2048]:
        raise Refused("工作簿里有外部实体定义。", SAVE_AGAIN)
    if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
        return
    rows = max((int(number) for number in _ROW.findall(content)), default=0)
    if rows > limits.rows:
        raise Refused(
            f"表格到了第 {rows} 行，超过 {limits.rows} 行。", "请删去末尾的空白行，或分成几个文件后重新上传。"
        )
    columns = max((column_number(letters.decode()) for letters in set(_FAR.findall(content))), default=0)
    if columns > limits.columns:
        raise Refused(f"表格到了第 {columns} 列，超过 {limits.columns} 列。", "请删去右边的空白列后重新上传。")
    if blank := _UNCOMPUTED.search(content):
        raise Refused(
            f"单元格 {blank[1].decode()} 的公式没有计算结果。", "请用 Excel 或 WPS 打开，保存一次，再重新上传。"
        )


def column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
