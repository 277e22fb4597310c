"""Word documents and Excel tables: archives of XML that are looked through part by part before any program opens them.

The directory decides first (number, names, sizes, ratio), then every part is unpacked under a limit. XML goes through
expat with a handler that stops at any document type declaration, so that entities are never defined, let alone
expanded. What a document would fetch, run or hide is refused; ``office_parts`` says what that is.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .kinds import MEGABYTE, FileKind, Refused
from .office_parts import Part, reader_for
from .recognise import broken, check_directory_size

MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 2_000, 150 * MEGABYTE, 100
SMALL = 10 * MEGABYTE  # below this a good ratio is no sign of malice
SAVE_AGAIN = "请在 Word、Excel 或 WPS 中另存为普通的 .docx 或 .xlsx 后重新上传"
REMOVE = "请删去嵌入的对象（图表可粘贴为图片）后重新上传"

_MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|/customui|attachedtoolbars", re.I)
_ACTIVE = re.compile(r"activex", re.I)
_OBJECTS = re.compile(r"embeddings/|oleobject|afchunk", re.I)
_LINKS = re.compile(r"xl/(?:externallinks/|connections\.xml|querytables/)|webextensions/", re.I)
_ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MSCF", b"BZh", b"\xfd7zXZ")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xd0\xcf\x11\xe0", b"%PDF", b"<htm", b"<HTM", b"<scr", b"<svg")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"\x01\0\0\0",
             b"\xd7\xcd\xc6\x9a")  # fmt: skip
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
_XML = re.compile(r"\.(?:xml|rels|vml|svg)$", re.I)


def inspect_office(path: Path, kind: FileKind) -> dict[str, Any]:
    """What was found (pages); Refused when the archive or any part of it is not plain content."""
    with path.open("rb") as file:
        check_directory_size(file)
        check_ends(file)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
                check_directory(entries, path.stat().st_size)
                check_names(entries)
                details: dict[str, Any] = {}
                for entry, part in unpacked(archive, entries):
                    check_part(entry.filename, part, kind, details)
        except _BROKEN as error:
            raise broken() from error
    return details


def check_ends(file: Any) -> None:
    """Nothing before the first entry or after the end record: what hangs on there is for another program."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 22))
    tail = file.read(22)
    if tail[:4] != b"PK\x05\x06":
        raise Refused("末尾附加了别的内容", SAVE_AGAIN)
    length, start = int.from_bytes(tail[12:16], "little"), int.from_bytes(tail[16:20], "little")
    if start + length != size - 22:
        raise Refused("前面附加了别的内容", SAVE_AGAIN)


def check_directory(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused(f"里面有 {len(entries)} 个部件，超过 {MOST_ENTRIES} 个", SAVE_AGAIN)
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise Refused("加了密码", "请去掉密码后重新上传")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Refused("的压缩方式不常见", SAVE_AGAIN)
    whole = sum(entry.file_size for entry in entries)
    if whole > MOST_UNPACKED or (whole > SMALL and whole > size * MOST_RATIO):
        raise Refused(f"解开后有 {whole // MEGABYTE} MB，像是压缩炸弹", "请删去空白的行列和无用的内容，另存后重新上传")
    taken = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < taken:
            raise Refused("的部件互相重叠，像是压缩炸弹", SAVE_AGAIN)
        taken = entry.header_offset + 30 + len(entry.filename) + entry.compress_size


def check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name, raw = entry.filename, entry.orig_filename
        odd = name != raw or "\\" in raw or name.startswith("/") or ".." in name.split("/") or ":" in name
        if odd or not name.isprintable() or name.lower() in seen:
            raise Refused("里面有不正常的文件路径", SAVE_AGAIN)
        seen.add(name.lower())
        if _MACROS.search(name):
            raise Refused("含有宏", "请另存为不含宏的 .docx 或 .xlsx 后重新上传")
        if _ACTIVE.search(name):
            raise Refused("含有 ActiveX 控件", "请删去控件后重新上传")
        if _OBJECTS.search(name):
            raise Refused("嵌入了其他文件", REMOVE)
        if _LINKS.search(name):
            raise Refused("链接了外部文件或数据", "请在“数据—编辑链接”中断开链接（保留数值）后重新上传")


def unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every part, but never more bytes than the directory said and the limit allows."""
    for entry in entries:
        if entry.is_dir():
            continue
        with archive.open(entry) as stream:
            content = stream.read(entry.file_size + 1)
        if len(content) != entry.file_size:
            raise Refused("的目录与内容不符，像是压缩炸弹", SAVE_AGAIN)
        yield entry, content


def check_part(name: str, content: bytes, kind: FileKind, details: dict[str, Any]) -> None:
    if _XML.search(name):
        part = Part(name, kind)
        reader_for(part).read(content)
        details.update(part.found)
        return
    if content.startswith(_ARCHIVES):
        raise Refused("里面还有压缩包", REMOVE)
    if content.startswith(_PROGRAMS) or not content.startswith(_PICTURES):
        check_other(name, content)


def check_other(name: str, content: bytes) -> None:
    """Parts that are neither XML nor pictures: printer settings and fonts are known, the rest is not."""
    known = re.search(r"printerSettings\d*\.bin$|/fonts/font\d+\.odttf$|\.(?:emf|wmf|wdp)$", name)
    if content.startswith(_PROGRAMS) or not (known or not content.strip(b"\0")):
        raise Refused("嵌入了其他文件", REMOVE)
