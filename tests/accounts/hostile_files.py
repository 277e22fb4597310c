"""Files nobody should take in as they are: a table of their names, how each is made, and what must become of it.

Nothing is kept in the repository; every file is made when a test asks. ``refused`` files end with a sentence that holds
``says``; ``harmless`` ones are taken in, and what is served or shown of them no longer holds ``gone``.
"""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, PngImagePlugin

from . import hostile_office as office
from . import hostile_pdfs as pdfs

HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"
SCRIPT = b"<script>alert(1)</script>"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Hostile:
    """``build`` gives the bytes, or writes them to the path it is given when they are too many to hold."""

    name: str
    filename: str
    build: Callable[..., bytes | None]
    says: str = ""
    gone: bytes = b""
    large: bool = False

    @property
    def refused(self) -> bool:
        return bool(self.says)

    def write(self, folder: Path) -> Path:
        path = folder / "handed-in"
        content = self.build(path) if self.large else self.build()
        if content is not None:
            path.write_bytes(content)
        return path


def picture(width: int = 320, height: int = 200, **saved: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", **saved)
    return out.getvalue()


def png(**saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "PNG", **saved)
    return out.getvalue()


def located() -> bytes:
    """A photo that says where and with what it was taken, also in XMP."""
    exif = Image.Exif()
    exif[0x010F] = "XIANGJI-CHANGJIA"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (29.0, 28.0, 44.51), "E", (119.0, 17.0, 3.29)
    place[29] = "2026:03:15"
    return picture(exif=exif, xmp=b"<x:xmpmeta>GPSLatitude 29.479</x:xmpmeta>", comment=b"XIANGJI-CHANGJIA")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG whose header claims a size, whatever its data holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pixel_bomb() -> bytes:
    """20 kB that decode to 400 million pixels."""
    return claimed(20_000, 20_000, zlib.compress(bytes(2_501 * 20_000), 9))


def text_bomb() -> bytes:
    """A compressed remark of 100 MB in a small PNG."""
    whole = png()
    remark = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100 * MEGABYTE), 9))
    return whole[:33] + remark + whole[33:]


def noted() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT.decode())
    info.add_itxt("XML:com.adobe.xmp", "<x>GPSLongitude</x>" + SCRIPT.decode())
    return png(pnginfo=info)


def animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.effect_noise((64, 48), 90).convert("RGB") for _ in range(3)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def broken_exif() -> bytes:
    whole = picture()
    wrong = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03\xff\xff\xff\xff" + SCRIPT
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(wrong) + 2) + wrong + whole[2:]


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def named(*names: str) -> bytes:
    return archive(**dict.fromkeys(names, b"x"))


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        facts = tarfile.TarInfo("../../etc/passwd")
        facts.size = 4
        file.addfile(facts, io.BytesIO(b"root"))
    return out.getvalue()


def sparse(head: bytes, size: int) -> Callable[[Path], None]:
    """A file of so many bytes that takes up next to none."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.write(head)
            file.truncate(size)

    return write


def old(stream: str) -> bytes:
    """The container of .doc and .xls with one entry of its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


WRONG_TYPES = (
    Hostile("a web page as a photo", "村貌.jpg", lambda: HTML, "是网页"),
    Hostile("a web page in UTF-16 as a photo", "村貌.jpg", lambda: HTML.decode().encode("utf-16"), "是网页"),
    Hostile("a saved web page as Word", "总结.docx", lambda: b"MIME-Version: 1.0\r\nContent-Type: text/html", "是网页"),
    Hostile("a drawing with a script", "徽标.png", lambda: b"<svg xmlns='x'><script>1</script></svg>", "是 SVG 图形"),
    Hostile("an XML drawing", "徽标.jpg", lambda: b"<?xml version='1.0'?><svg onload='x()'/>", "是 SVG 图形"),
    Hostile("a Windows program as a photo", "村貌.jpg", lambda: b"MZ\x90" + bytes(900), "是 Windows 程序"),
    Hostile("a program as PDF", "方案.pdf", lambda: b"\x7fELF" + bytes(900), "是程序"),
    Hostile("a Java program as Word", "方案.docx", lambda: named("META-INF/MANIFEST.MF"), "是程序"),
    Hostile("a phone program as Excel", "台账.xlsx", lambda: named("AndroidManifest.xml"), "是程序"),
    Hostile("a shell script as Word", "方案.docx", lambda: b"#!/bin/sh\nrm -rf ~\n", "是脚本"),
    Hostile("a PHP script as a photo", "村貌.jpg", lambda: b"<?php system($_GET['c']);", "是脚本"),
    Hostile("a shortcut", "方案.pdf", lambda: b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(90), "是快捷方式"),
    Hostile("an internet shortcut", "方案.pdf", lambda: b"[InternetShortcut]\nURL=file://10.0.0.1/x", "是网址快捷方式"),
    Hostile("PostScript as PDF", "方案.pdf", lambda: b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file", "是 PostScript 文件"),
    Hostile("a table as text that a spreadsheet runs", "台账.csv", lambda: b"=cmd|'/c calc'!A0,1\n", "是纯文本"),
    Hostile("text as Excel", "台账.xlsx", lambda: "村,收入\n".encode(), "是纯文本"),
    Hostile("XML as Excel", "台账.xlsx", lambda: b"<?xml version='1.0'?><Workbook/>", "是 XML 文件"),
    Hostile("RTF with an object", "总结.doc", lambda: rb"{\rtf1{\object\objautlink\objupdate}}", "是 RTF 文档"),
    Hostile("old Word", "总结.doc", lambda: old("WordDocument"), "另存为 .docx"),
    Hostile("old Excel", "台账.xls", lambda: old("Workbook"), "另存为 .xlsx"),
    Hostile("an installer", "总结.docx", lambda: old("Root Entry"), "是旧格式的文件"),
    Hostile("Word behind a password", "总结.docx", lambda: old("EncryptedPackage"), "加了密码"),
    Hostile("an archive", "材料.zip", lambda: named("a.txt"), "是压缩包"),
    Hostile("an archive as Word", "总结.docx", lambda: named("a.txt"), "请解压后逐个上传"),
    Hostile("RAR", "材料.rar", lambda: b"Rar!\x1a\x07\x00" + bytes(90), "是压缩包"),
    Hostile("7z as PDF", "材料.pdf", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), "是压缩包"),
    Hostile("gzip as PDF", "材料.pdf", lambda: gzip.compress(HTML), "是压缩包"),
    Hostile("tar with a path", "材料.tar", tar, "是压缩包"),
    Hostile("slides", "汇报.pptx", lambda: named("ppt/presentation.xml"), "是演示文稿"),
    Hostile("OFD", "公文.ofd", lambda: named("OFD.xml"), "OFD 阅读器"),
    Hostile("OpenDocument", "总结.odt", lambda: named("mimetype", "content.xml"), "OpenDocument"),
    Hostile("a binary workbook", "台账.xlsb", lambda: named("xl/workbook.bin"), ".xlsb"),
    Hostile("HEIC as JPEG", "村貌.jpg", lambda: b"\0\0\0\x18ftypheic" + bytes(90), "兼容性最佳"),
    Hostile("a film", "村貌.jpg", lambda: b"\0\0\0\x18ftypisom" + bytes(90), "是视频"),
    Hostile("GIF", "村貌.gif", lambda: b"GIF89a" + bytes(90), "是 GIF 动图"),
    Hostile("TIFF as JPEG", "村貌.jpg", lambda: b"II*\x00" + bytes(90), "是 TIFF 图片"),
    Hostile("noise", "村貌.jpg", lambda: bytes(range(1, 256)) + b"\0", "的内容"),
    Hostile("an empty file", "村貌.jpg", lambda: b"", "是空文件"),
    Hostile("a photo as PDF", "方案.pdf", picture, "扩展名 .pdf 与内容不符，内容是 照片"),
    Hostile("PDF as a photo", "村貌.jpg", pdfs.plain, "扩展名 .jpg 与内容不符，内容是 PDF"),
    Hostile("Word as PDF", "方案.pdf", office.word, "内容是 Word 文档"),
    Hostile("Excel as Word", "方案.docx", office.excel, "内容是 Excel 表格"),
    Hostile("a photo as a program", "村貌.jpg.exe", picture, "扩展名 .exe"),
    Hostile("a name written backwards", "村貌\u202egpj.exe", picture, "扩展名 .exe"),
)

TOO_LARGE = (
    Hostile("a photo of 100 MB", "村貌.jpg", sparse(b"\xff\xd8\xff", 100 * MEGABYTE), "100.0 MB", large=True),
    Hostile("Word of 100 MB", "总结.docx", sparse(b"PK\x03\x04", 100 * MEGABYTE), "上限 20 MB", large=True),
    Hostile("PDF of 100 MB", "方案.pdf", sparse(b"%PDF-1.7", 100 * MEGABYTE), "上限 20 MB", large=True),
    Hostile("100 MB without an ending", "方案", sparse(b"%PDF-1.7", 100 * MEGABYTE), "上限 20 MB", large=True),
    Hostile("a photo of 16 MB", "村貌.jpg", sparse(picture(), 16 * MEGABYTE), "照片的上限 15 MB", large=True),
    Hostile("a photo of 16 MB without an ending", "村貌", sparse(picture(), 16 * MEGABYTE), "上限 15 MB", large=True),
)

PHOTOS = (
    Hostile("a photo with its place", "村貌.jpg", located, gone=b"XIANGJI-CHANGJIA"),
    Hostile("a photo with a web page behind it", "村貌.jpg", lambda: picture() + HTML, gone=b"<script>"),
    Hostile("a photo with an archive behind it", "村貌.jpg", lambda: picture() + named("evil.class"), gone=b"PK\x03\x04"),
    Hostile("a photo with PDF in its remark", "村貌.jpg", lambda: picture(comment=pdfs.plain()), gone=b"%PDF"),
    Hostile("a photo with a script in its remark", "村貌.jpg", lambda: picture(comment=SCRIPT), gone=b"<script>"),
    Hostile("a PNG with scripts in its remarks", "村貌.png", noted, gone=b"script"),
    Hostile("a PNG with a program behind it", "村貌.png", lambda: png() + b"MZ\x90" + SCRIPT, gone=b"<script>"),
    Hostile("a photo with broken EXIF", "村貌.jpg", broken_exif, gone=b"<script>"),
    Hostile("a photo with a wrong profile", "村貌.jpg", lambda: picture(icc_profile=SCRIPT * 9), gone=b"<script>"),
    Hostile("a moving picture", "村貌.webp", animated, gone=b"ANMF"),
    Hostile("a photo called like a path", "../../../etc/cron.d/村貌.jpg", picture, gone=b"etc"),
    Hostile("a photo called like a device", "C:\\fakepath\\con.jpg", picture, gone=b"fakepath"),
    Hostile("a photo called like a header", "村貌.jpg\r\nSet-Cookie: a=b;.jpg", picture, gone=b"Set-Cookie"),
    Hostile("a photo called like a formula", "=cmd|'/c calc'!A0.jpg", picture, gone=b"cmd"),
    Hostile("a photo with a name of 400 letters", "村" * 400 + ".jpg", picture, gone="村村".encode()),
    Hostile("400 million pixels in 20 kB", "村貌.png", pixel_bomb, "超过 4000 万像素"),
    Hostile("more pixels than a program counts", "村貌.png", lambda: claimed(2**31 - 1, 2**31 - 1), "超过 4000 万像素"),
    Hostile("a remark that unpacks to 100 MB", "村貌.png", text_bomb, "不完整或已损坏"),
    Hostile("half a photo", "村貌.jpg", lambda: picture(900, 900)[:9000], "不完整或已损坏"),
    Hostile("a photo without data", "村貌.png", lambda: claimed(300, 300), "不完整或已损坏"),
    Hostile("a counting pixel", "村貌.png", lambda: claimed(1, 1, zlib.compress(b"\0\0")), "看不清"),
)

HOSTILE: tuple[Hostile, ...] = (
    *WRONG_TYPES,
    *TOO_LARGE,
    *PHOTOS,
    *(Hostile(*row) for row in office.WORD),
    *(Hostile(*row) for row in office.EXCEL),
    *(Hostile(*row) for row in office.ARCHIVES),
    *(Hostile(*row) for row in pdfs.PDFS),
)
