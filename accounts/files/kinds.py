"""The kinds of file that are taken in, their limits, what a check finds, and how a refusal is said. A leaf."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MEGABYTE = 1024 * 1024


class FileKind(StrEnum):
    """Values are those of ``campaigns.enums.MaterialKind``."""

    PHOTO = "photo"
    WORD = "word"
    EXCEL = "excel"
    PDF = "pdf"


#: What a name may end with, by kind. A photo's ending may be another photo's: it is drawn anew in any case.
EXTENSIONS: dict[FileKind, tuple[str, ...]] = {
    FileKind.PHOTO: ("jpg", "jpeg", "jfif", "png", "webp"),
    FileKind.WORD: ("docx",),
    FileKind.EXCEL: ("xlsx",),
    FileKind.PDF: ("pdf",),
}
LABELS = {FileKind.PHOTO: "照片", FileKind.WORD: "Word 文档", FileKind.EXCEL: "Excel 表格", FileKind.PDF: "PDF"}
MOST_BYTES = {
    FileKind.PHOTO: 15 * MEGABYTE,
    FileKind.WORD: 20 * MEGABYTE,
    FileKind.EXCEL: 20 * MEGABYTE,
    FileKind.PDF: 20 * MEGABYTE,
}
LARGEST = max(MOST_BYTES.values())
ACCEPTED = "照片（JPG、PNG、WebP）、Word（.docx）、Excel（.xlsx）和 PDF"

#: Files that a check writes: the photo drawn anew, a small one, the first page of a PDF.
PHOTO, THUMBNAIL, PAGE = OUTPUTS = ("photo.jpg", "thumbnail.jpg", "page.png")

#: Preview: how much of a document is kept as text.
LINES, COLUMNS, LINE_LENGTH = 30, 12, 200


class Refused(Exception):
    """Why a file is not taken in, and what to do; without the name of the file, which ``sentence`` puts before."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}，{remedy}")

    def sentence(self, filename: str) -> str:
        return f"“{short(filename)}”{self.reason}，{self.remedy}。"


@dataclass(frozen=True)
class Inspected:
    """A file that may be taken in: its kind and what was found on the way (pages, width, height)."""

    kind: FileKind
    details: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def short(filename: str) -> str:
    """A name as a sentence can hold it."""
    name = "".join(sign for sign in filename.replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return f"{name[:28]}…{name[-8:]}" if len(name) > 40 else name or "未命名"


def kind_of_name(filename: str) -> FileKind | None:
    """What the name claims to be; None for an ending that is not taken in, or no ending at all."""
    ending = extension(filename)
    return next((kind for kind, endings in EXTENSIONS.items() if ending in endings), None)


#: Endings of files that are not taken in, with the way to hand them in after all.
_OTHERS = {
    "doc": "请在 Word 或 WPS 中另存为 .docx 后再上传", "wps": "请在 WPS 中另存为 .docx 后再上传",
    "xls": "请在 Excel 或 WPS 中另存为 .xlsx 后再上传", "et": "请在 WPS 中另存为 .xlsx 后再上传",
    "csv": "请另存为 .xlsx 后再上传", "docm": "请另存为不含宏的 .docx 后再上传", "xlsm": "请另存为不含宏的 .xlsx 后再上传",
    "ppt": "请另存为 PDF 后再上传", "pptx": "请另存为 PDF 后再上传", "ofd": "请用 OFD 阅读器转成 PDF 后再上传",
    "heic": "请转成 JPG 后再上传", "zip": "请解压后逐个上传", "rar": "请解压后逐个上传", "7z": "请解压后逐个上传",
}  # fmt: skip


def unwanted_name(filename: str) -> Refused | None:
    """What a name alone gives away, before a byte has come. A name without an ending is left to the content."""
    ending = extension(filename)
    if not ending or kind_of_name(filename) is not None:
        return None
    return Refused(f"是 .{ending[:10]} 文件，不能作为材料", _OTHERS.get(ending, f"请上传{ACCEPTED}"))


def extension(filename: str) -> str:
    """The part after the last dot in small letters; nothing for a name without a dot."""
    stem, dot, ending = filename.strip().rpartition(".")
    return ending.strip().lower() if dot and stem else ""


def too_large(size: int, kind: FileKind | None) -> Refused | None:
    """What is wrong with a file of so many bytes; nothing when it is small enough and not empty."""
    if size <= 0:
        return Refused("是空文件", "请确认内容已保存后重新上传")
    most = MOST_BYTES[kind] if kind else LARGEST
    if size <= most:
        return None
    what = LABELS[kind] if kind else "文件"
    remedy = "请压缩或重新拍摄后再上传" if kind == FileKind.PHOTO else "请压缩图片或分成几个文件后再上传"
    return Refused(f"有 {size / MEGABYTE:.1f} MB，超过{what}的上限 {most // MEGABYTE} MB", remedy)
