"""One XML part of a Word or Excel file, read by expat: relations that leave the file, fields and formulas that act.

Reading is one pass without a tree, so a part needs no more memory than it has bytes. A document type declaration, an
encoding that would hide words, or a depth nobody writes ends it at once.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from .kinds import FileKind, Refused

DEPTH = 200
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 500, 3_000_000
SAVE_AGAIN = "请在 Word、Excel 或 WPS 中另存为普通的 .docx 或 .xlsx 后重新上传"
BREAK_LINKS = "请按 Ctrl+A 全选，再按 Ctrl+Shift+F9 断开链接，保存后重新上传"

_MAIN = {
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    FileKind.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_MAIN_NAME = {FileKind.WORD: "/word/document.xml", FileKind.EXCEL: "/xl/workbook.xml"}
_SAFE_LINK = re.compile(r"(?:https?://|mailto:|tel:|#)", re.I)
_FIELDS = re.compile(
    r'\s*"?(DDEAUTO|DDE|LINK|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|DATABASE|RD|MACROBUTTON)\b', re.I
)
#: A pipe outside quotation marks is a conversation with another program; the functions fetch or run.
_FORMULA = re.compile(
    r"\||\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|SQL\.REQUEST|IMAGE)\s*\(|\[[^\]]*\.(?:xl|doc|csv)",
    re.I,
)
_OUTSIDE = re.compile(r'HYPERLINK\s*\(\s*"(?!#)', re.I)
_QUOTED = re.compile(r'"[^"]*"')
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})$")


@dataclass
class Part:
    """The name of a part, the kind of file it is in, and what was found in it."""

    name: str
    kind: FileKind
    found: dict[str, Any] = field(default_factory=dict)


class Reader:
    """Reads any part: well formed, plainly encoded, without a document type."""

    def __init__(self, part: Part) -> None:
        self.part, self.depth = part, 0

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self.declared
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.doctype
        parser.StartElementHandler = self.opened
        parser.EndElementHandler = self.closed
        if type(self).text is not Reader.text:
            parser.CharacterDataHandler = self.text
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            if not self.part.name.lower().endswith(".vml"):  # drawings of remarks, which Excel itself writes unclosed
                raise Refused("的内容已损坏", "请确认能在本机打开，重新保存后再上传") from error
        self.ended()

    def declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "utf-16"):
            raise Refused("用了不常见的编码", SAVE_AGAIN)

    def doctype(self, *declared: object) -> None:
        raise Refused("里面有外部实体定义", SAVE_AGAIN)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise Refused("的内容嵌套过深", SAVE_AGAIN)
        self.element(local(name), {local(key): value for key, value in attributes.items()} if attributes else {})

    def closed(self, name: str) -> None:
        self.depth -= 1
        self.left(local(name))

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name in ("OLEObject", "oleObject", "objectEmbed", "objectLink", "altChunk"):
            raise Refused("嵌入了其他文件", "请删去嵌入的对象（图表可粘贴为图片）后重新上传")
        if name == "script":
            raise Refused("里面有脚本", SAVE_AGAIN)

    def left(self, name: str) -> None:
        """An element ended."""

    def text(self, data: str) -> None:
        """Text between elements."""

    def ended(self) -> None:
        """The part is through."""


def local(name: str) -> str:
    return name.rpartition(":")[2]


class Types(Reader):
    """``[Content_Types].xml``: what the parts say they are."""

    main = ""

    def element(self, name: str, attributes: dict[str, str]) -> None:
        said = attributes.get("ContentType", "").lower()
        if "macroenabled" in said or "vbaproject" in said or "macrosheet" in said:
            raise Refused("含有宏", "请另存为不含宏的 .docx 或 .xlsx 后重新上传")
        if "activex" in said:
            raise Refused("含有 ActiveX 控件", "请删去控件后重新上传")
        if said.endswith(("externallink+xml", "connections+xml", "querytable+xml")):
            raise Refused("链接了外部文件或数据", "请在“数据—编辑链接”中断开链接（保留数值）后重新上传")
        if attributes.get("PartName") == _MAIN_NAME[self.part.kind]:
            self.main = attributes["ContentType"]

    def ended(self) -> None:
        if self.main != _MAIN[self.part.kind]:
            raise Refused("不是普通的文档或表格", SAVE_AGAIN)


class Relations(Reader):
    """``*.rels``: only links that a person presses may lead out of the file, and only to the web or to mail."""

    def element(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        target = attributes.get("Target", "")
        if attributes.get("TargetMode", "").lower() == "external":
            self.external(kind, target)
        elif kind in ("oleobject", "package", "afchunk", "control", "vbaproject", "attachedtemplate", "externallink"):
            raise Refused("嵌入了其他文件", "请删去嵌入的对象（图表可粘贴为图片）后重新上传")
        elif ".." in target.replace("\\", "/").split("/")[3:] or re.match(r"[a-z][a-z0-9+.-]*:", target, re.I):
            raise Refused("里面有不正常的文件路径", SAVE_AGAIN)

    @staticmethod
    def external(kind: str, target: str) -> None:
        if kind == "hyperlink" and _SAFE_LINK.match(target):
            return
        if kind == "attachedtemplate":
            raise Refused("引用了外部模板", "请在“开发工具—文档模板”中改回 Normal，或另存为 PDF 后重新上传")
        if kind == "hyperlink":
            raise Refused("有指向本机或共享文件夹的超链接", "请删去该超链接后重新上传")
        raise Refused("链接了外部文件或数据", BREAK_LINKS)


class Story(Reader):
    """Parts of a Word document: the commands of its fields, also when split into pieces or nested."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.fields: list[str] = []
        self.in_command = False

    def element(self, name: str, attributes: dict[str, str]) -> None:
        super().element(name, attributes)
        if name == "fldSimple":
            self.command(attributes.get("instr", ""))
        elif name == "instrText":
            self.in_command = True
        elif name == "fldChar":
            self.mark(attributes.get("fldCharType", ""))

    def mark(self, kind: str) -> None:
        if kind == "begin":
            if self.fields and not self.fields[-1].strip():
                raise Refused("有由其他域拼成的域命令", BREAK_LINKS)
            self.fields.append("")
        elif kind == "separate" and self.fields:
            self.command(self.fields[-1])
        elif kind == "end" and self.fields:
            self.command(self.fields.pop())

    def text(self, data: str) -> None:
        if self.in_command and self.fields:
            self.fields[-1] += data
        elif self.in_command:
            self.command(data)

    def left(self, name: str) -> None:
        if name == "instrText":
            self.in_command = False

    @staticmethod
    def command(text: str) -> None:
        if _FIELDS.match(text):
            raise Refused("含有会读取外部内容的域（如 DDE）", BREAK_LINKS)


class Sheet(Reader):
    """Worksheets: how far the cells reach, and formulas that would act."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.rows = self.columns = 0
        self.formula: list[str] | None = None

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.reach(attributes.get("r", ""))
        elif name in ("f", "formula1", "formula2", "formula", "definedName"):
            self.formula = []
        elif name != "v":
            super().element(name, attributes)
            if name == "ddeLink":
                raise Refused("含有 DDE 链接", BREAK_LINKS)

    def reach(self, place: str) -> None:
        if found := _CELL.match(place):
            self.rows = max(self.rows, int(found[2]))
            self.columns = max(self.columns, column_number(found[1]))

    def text(self, data: str) -> None:
        if self.formula is not None:
            self.formula.append(data)

    def left(self, name: str) -> None:
        if self.formula is not None and name in ("f", "formula1", "formula2", "formula", "definedName"):
            self.check("".join(self.formula))
            self.formula = None

    @staticmethod
    def check(formula: str) -> None:
        bare = _QUOTED.sub('""', formula)
        if _FORMULA.search(bare) or _OUTSIDE.search(formula):
            raise Refused("的公式会读取外部内容或运行程序", "请把该公式粘贴为数值后重新上传")

    def ended(self) -> None:
        if self.rows > MOST_ROWS or self.columns > MOST_COLUMNS or self.rows * self.columns > MOST_CELLS:
            raise Refused(f"的表格到了第 {self.rows} 行、第 {self.columns} 列", "请删去末尾的空白行列后重新上传")


class Properties(Reader):
    """``docProps/app.xml``: the number of pages, as the program that wrote the file counted."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.inside, self.pages = False, ""

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self.inside = name == "Pages"

    def left(self, name: str) -> None:
        self.inside = False

    def text(self, data: str) -> None:
        self.pages += data if self.inside else ""

    def ended(self) -> None:
        if self.part.kind == FileKind.WORD and re.fullmatch(r"[1-9]\d{0,3}", self.pages):
            self.part.found["pages"] = int(self.pages)


def column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def reader_for(part: Part) -> Reader:
    """The reader of a part, chosen by where it lies; every XML part gets at least the plain one."""
    name = part.name.lower()
    if name == "[content_types].xml":
        return Types(part)
    if name.endswith(".rels"):
        return Relations(part)
    if name == "docprops/app.xml":
        return Properties(part)
    if name.startswith("word/"):
        return Story(part)
    return Sheet(part) if name.startswith("xl/") else Reader(part)
