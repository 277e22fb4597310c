"""PDF: what it would do when opened is refused; the first page becomes a picture.

Names are looked for in three readings of the file: its bytes as they came (with ``#4a`` for ``J`` undone), what its
object streams unpack to, and the copy that PDFium writes of every object it sees. So a name hides neither in an
escape, nor in a compressed object, nor behind a broken table.
"""

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from .kinds import MEGABYTE, Refused

MOST_PAGES, LONG_SIDE = 500, 1200
PRINT_AGAIN = "请用“打印—另存为 PDF”重新生成后上传"
BROKEN = Refused("不是完整的 PDF，打不开", "请重新导出或扫描后再上传")

#: What may not be in it: names of at least six letters, which do not come about by chance in compressed bytes.
_ACTIONS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"JavaScript",), "含有脚本（JavaScript）"),
    ((b"Launch", b"ImportData", b"SubmitForm", b"GoToE"), "含有会运行程序或发送数据的动作"),
    ((b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment"), "内嵌了其他文件"),
    ((b"RichMedia", b"RichMediaContent", b"Rendition"), "内嵌了多媒体"),
    ((b"NeedsRendering",), "是动态表单（XFA）"),
)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def inspect_pdf(path: Path) -> dict[str, Any]:
    """The number of pages; Refused when the file is broken, locked, would act when opened, or carries other files."""
    content = path.read_bytes()
    check_end(content)
    if re.search(rb"/Encrypt\b", plain(content)):
        raise Refused("加了密码或限制", "请去掉密码和限制后重新上传")
    check_names(plain(content))
    for part in object_streams(content):
        check_names(plain(part))
    document = opened(path)
    try:
        pages = len(document)
        if pages == 0:
            raise Refused("没有页面", PRINT_AGAIN)
        if pages > MOST_PAGES:
            raise Refused(f"有 {pages} 页，超过 {MOST_PAGES} 页", "请分成几个文件后上传")
        check_document(document)
    finally:
        document.close()
    return {"pages": pages}


def check_end(content: bytes) -> None:
    at = content.rfind(b"%%EOF")
    if at < 0:
        raise BROKEN
    if content[at + 5 :].strip(b"\r\n\t \x00"):
        raise Refused("末尾附加了别的内容", PRINT_AGAIN)


def plain(content: bytes) -> bytes:
    """Names as they are meant: ``/J#61vaScript`` is ``/JavaScript``."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content) if b"#" in content else content


def check_names(content: bytes) -> None:
    for names, reason in _ACTIONS:
        for name in names:
            if re.search(rb"/" + name + rb"(?![A-Za-z0-9])", content):
                raise Refused(reason, PRINT_AGAIN)


def object_streams(content: bytes) -> Iterator[bytes]:
    """What is in the object streams. One that is packed in an unusual way is refused: nobody writes it by accident."""
    left = 100 * MEGABYTE
    for found in _STREAM.finditer(content):
        start = content.rfind(b"obj", max(0, found.start() - 4096), found.start())
        facts = plain(content[max(start, found.start() - 4096) : found.start()])
        if b"/ObjStm" not in facts and not (b"/First" in facts and b"/N " in facts):
            continue
        if re.search(rb"/(?:ASCII|LZW|RunLength|Crypt|Predictor)", facts):
            raise Refused("的内部结构不常见，无法检查", PRINT_AGAIN)
        if b"/FlateDecode" not in facts and b"/Fl" not in facts:
            continue  # not packed: its bytes were read with the rest
        unpacked = inflate(content[found.end() :], left)
        left -= len(unpacked)
        yield unpacked


def inflate(packed: bytes, most: int) -> bytes:
    try:
        unpacked = zlib.decompressobj().decompress(packed, most + 1)
    except zlib.error as error:
        raise BROKEN from error
    if len(unpacked) > most:
        raise Refused("解开后过大，像是压缩炸弹", PRINT_AGAIN)
    return unpacked


def opened(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(str(path))
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused("加了密码或限制", "请去掉密码和限制后重新上传") from error
        raise BROKEN from error


def check_document(document: pdfium.PdfDocument) -> None:
    """What PDFium itself finds in it, and the names in every object it sees."""
    if raw.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise Refused("加了密码或限制", "请去掉密码和限制后重新上传")
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Refused("含有脚本（JavaScript）", PRINT_AGAIN)
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        raise Refused("内嵌了其他文件", PRINT_AGAIN)
    if raw.FPDF_GetFormType(document) in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND):
        raise Refused("是动态表单（XFA）", PRINT_AGAIN)
    check_names(plain(rewritten(document)))


def rewritten(document: pdfium.PdfDocument) -> bytes:
    """Every object PDFium sees, written out plainly by it."""
    buffer = io.BytesIO()
    try:
        document.save(buffer)
    except pdfium.PdfiumError as error:
        raise BROKEN from error
    return buffer.getvalue()


def draw_first_page(path: Path, target: Path) -> None:
    """The first page as a PNG, its longer side ``LONG_SIDE`` whatever the page claims to measure."""
    document = opened(path)
    try:
        page = document[0]
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise BROKEN
        scale = LONG_SIDE / max(width, height)
        picture = page.render(scale=scale, draw_annots=False).to_pil().convert("RGB")
        picture.save(target, "PNG", optimize=True)
    except pdfium.PdfiumError as error:
        raise BROKEN from error
    finally:
        document.close()
