"""What a file is by its content: its first and last bytes and, for an archive, the names in it. Never by its name.

What is not one of the four kinds is refused by the name people know it under, with the way to hand it in after all.
"""

import io
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from .kinds import ACCEPTED, EXTENSIONS, LABELS, FileKind, Refused, extension

_TAIL = 65_557  # the end record of an archive and its longest remark
_AS_DOCX = "请在 Word 或 WPS 中另存为 .docx 后重新上传"
_AS_XLSX = "请在 Excel 或 WPS 中另存为 .xlsx 后重新上传"
_AS_PDF = "请另存为 PDF 后重新上传"
_TAKEN = f"请上传{ACCEPTED}"
_HEIC = "请在手机“相机—格式”中选“兼容性最佳”后重拍，或转成 JPG 后重新上传"

#: First bytes of what people may try to hand in, what they call it, and the remedy.
_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (b"MZ", "是 Windows 程序", _TAKEN),
    (b"\x7fELF", "是程序", _TAKEN),
    (b"\xca\xfe\xba\xbe", "是程序", _TAKEN),
    (b"\xcf\xfa\xed\xfe", "是程序", _TAKEN),
    (b"dex\n", "是手机程序", _TAKEN),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "是快捷方式", "请上传它指向的文件"),
    (b"Rar!", "是压缩包", "请解压后逐个上传"),
    (b"7z\xbc\xaf\x27\x1c", "是压缩包", "请解压后逐个上传"),
    (b"\x1f\x8b", "是压缩包", "请解压后逐个上传"),
    (b"BZh", "是压缩包", "请解压后逐个上传"),
    (b"\xfd7zXZ", "是压缩包", "请解压后逐个上传"),
    (b"MSCF", "是压缩包", "请解压后逐个上传"),
    (b"{\\rtf", "是 RTF 文档", _AS_DOCX),
    (b"GIF8", "是 GIF 动图", "请转成 JPG 后重新上传"),
    (b"BM", "是 BMP 图片", "请转成 JPG 后重新上传"),
    (b"II*\x00", "是 TIFF 图片", "请转成 JPG 后重新上传"),
    (b"MM\x00*", "是 TIFF 图片", "请转成 JPG 后重新上传"),
    (b"%!PS", "是 PostScript 文件", _AS_PDF),
    (b"\x00\x00\x01\x00", "是图标文件", "请转成 JPG 后重新上传"),
    (b"#!", "是脚本", _TAKEN),
)
#: What text that is no document begins with or holds near its beginning.
_MARKUP = (
    (rb"<svg[\s>]", "是 SVG 图形", "请转成 JPG 或 PNG 后重新上传"),
    (rb"<(?:!doctype\s+html|html|head|body|script|iframe|hta:)", "是网页", "请打开后另存为 PDF 再上传"),
    (rb"^(?:mime-version:|content-type:\s*multipart)", "是网页", "请打开后另存为 PDF 再上传"),
    (rb"^\[internetshortcut\]", "是网址快捷方式", "请上传内容本身"),
    (rb"<\?php|<%", "是脚本", _TAKEN),
    (rb"<\?xml", "是 XML 文件", _TAKEN),
)


def recognise(path: Path, *, filename: str) -> FileKind:
    """The kind of the file; Refused when it is none that is taken in, or its name claims another."""
    with path.open("rb") as file:
        head = file.read(4096)
        kind = by_head(head, file)
    ending = extension(filename)
    if ending and ending not in EXTENSIONS[kind]:
        raise Refused(f"的扩展名 .{ending[:10]} 与内容不符，内容是 {LABELS[kind]}",
                      f"请确认是要上传的文件，把扩展名改为 .{EXTENSIONS[kind][0]} 后重新上传")  # fmt: skip
    return kind


def by_head(head: bytes, file: BinaryIO) -> FileKind:
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return FileKind.PHOTO
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FileKind.PHOTO
    if head.startswith(b"%PDF-"):
        return FileKind.PDF
    if head.startswith(b"PK\x03\x04"):
        return by_archive(file)
    raise strange(head, file)


def by_archive(file: BinaryIO) -> FileKind:
    """Word or Excel by the main part; other archives by what gives them away."""
    names = archive_names(file)
    if "word/document.xml" in names:
        return FileKind.WORD
    if "xl/workbook.xml" in names:
        return FileKind.EXCEL
    if "xl/workbook.bin" in names:
        raise Refused("是二进制工作簿（.xlsb）", _AS_XLSX)
    if "ppt/presentation.xml" in names:
        raise Refused("是演示文稿", _AS_PDF)
    if "OFD.xml" in names:
        raise Refused("是 OFD 版式文件", "请用 OFD 阅读器转成 PDF 后重新上传")
    if "mimetype" in names and "content.xml" in names:
        raise Refused("是 OpenDocument 文件", "请另存为 .docx 或 .xlsx 后重新上传")
    if "AndroidManifest.xml" in names or "META-INF/MANIFEST.MF" in names:
        raise Refused("是程序", _TAKEN)
    if "[Content_Types].xml" in names:
        raise Refused("缺少正文，不是完整的 Word 文档或 Excel 表格", "请重新另存为 .docx 或 .xlsx 后重新上传")
    raise Refused("是压缩包", "请解压后逐个上传")


def archive_names(file: BinaryIO) -> set[str]:
    """Names in the directory, whose size is looked at before it is read."""
    check_directory_size(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, EOFError) as error:
        raise broken() from error


def check_directory_size(file: BinaryIO, most: int = 1_000_000) -> None:
    """Refuse an archive whose directory alone would fill the memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise broken()
    if int.from_bytes(tail[at + 12 : at + 16], "little") > most:
        raise Refused("里面的文件太多", "请重新另存为普通的 .docx 或 .xlsx 后重新上传")


def broken() -> Refused:
    return Refused("不完整或已损坏，打不开", "请确认能在本机打开，重新保存后再上传")


def strange(head: bytes, file: BinaryIO) -> Refused:
    """The refusal of what is none of the four kinds, by the name people know it under."""
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return old_office(file)
    for start, reason, remedy in _KNOWN:
        if head.startswith(start):
            return Refused(reason, remedy)
    if head[257:262] == b"ustar":
        return Refused("是压缩包", "请解压后逐个上传")
    if head[4:8] == b"ftyp":
        heic = head[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
        return Refused("是 HEIC 照片", _HEIC) if heic else Refused("是视频", "请截取照片后上传")
    if head.startswith((b"RIFF", b"\x1aE\xdf\xa3", b"\x00\x00\x01\xba")):
        return Refused("是音频或视频", "请截取照片后上传")
    return text_like(head) or unknown(head)


def old_office(file: BinaryIO) -> Refused:
    """The container of .doc and .xls, which may hold macros anywhere and hides encrypted new files."""
    file.seek(0)
    content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refused("加了密码", "请去掉密码后重新上传")
    if "WordDocument".encode("utf-16-le") in content:
        return Refused("是旧格式的 Word 文档", _AS_DOCX)
    if "Workbook".encode("utf-16-le") in content or b"B\x00o\x00o\x00k\x00" in content:
        return Refused("是旧格式的 Excel 表格", _AS_XLSX)
    return Refused("是旧格式的文件", "请在 Word、Excel 或 WPS 中另存为 .docx、.xlsx 或 PDF 后重新上传")


def text_like(head: bytes) -> Refused | None:
    """Web pages, scripts and plain text, also in UTF-16."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.replace(b"\x00", b"")
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    for pattern, reason, remedy in _MARKUP:
        if re.search(pattern, start):
            return Refused(reason, remedy)
    if b"\x00" not in head:
        return Refused("是纯文本", "请把表格另存为 .xlsx、文字另存为 .docx 后重新上传")
    return None


def unknown(head: bytes) -> Refused:
    """Whatever else it is; a known ending is named when the content has one."""
    import puremagic

    try:
        guess = puremagic.from_string(head).lstrip(".")
    except (puremagic.PureError, ValueError):
        guess = ""
    named = f"的内容是 {guess} 格式" if re.fullmatch(r"[a-z0-9]{1,6}", guess) else "的内容认不出是什么文件"
    return Refused(named, _TAKEN)
