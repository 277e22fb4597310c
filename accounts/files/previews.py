"""Documents as a few lines of plain text, so that a reader sees what a file is without opening it."""

from pathlib import Path
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from schemes.cells import DANGEROUS, clean

from .kinds import COLUMNS, LINE_LENGTH, LINES
from .office_parts import local
from .recognise import broken


def word_lines(path: Path) -> list[str]:
    """The first paragraphs that hold text, as the document shows them (deleted text is not text)."""
    with ZipFile(path) as archive:
        content = archive.read("word/document.xml")
    lines: list[str] = []
    pieces: list[str] = []
    inside = False

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = local(name) == "t"
        if local(name) in ("tab", "br"):
            pieces.append(" ")

    def closed(name: str) -> None:
        nonlocal inside
        inside = False
        if local(name) == "p":
            text = " ".join("".join(pieces).split())
            pieces.clear()
            if text and len(lines) < LINES:
                lines.append(cut(text))

    def text(data: str) -> None:
        if inside:
            pieces.append(data)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = opened, closed, text
    parser.Parse(content, True)
    return lines


def excel_rows(path: Path) -> dict[str, Any]:
    """The first rows of the first sheet that holds any; texts that a spreadsheet would run get an apostrophe."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = book.sheet_names
            for name in names:
                sheet = book.get_sheet_by_name(name)
                rows = [[cell(value) for value in row[:COLUMNS]] for row in sheet.to_python(nrows=LINES)]
                if any(any(row) for row in rows):
                    last = sheet.end or (0, 0)
                    return {"sheets": len(names), "sheet": cut(name), "rows": rows, "all_rows": last[0] + 1,
                            "all_columns": last[1] + 1}  # fmt: skip
    except CalamineError as error:
        raise broken() from error
    return {"sheets": len(names), "sheet": cut(names[0]) if names else "", "rows": [], "all_rows": 0, "all_columns": 0}


def cell(value: object) -> str:
    text = clean(value)
    return cut(f"'{text}" if isinstance(value, str) and text.startswith(DANGEROUS) else text)


def cut(text: str) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text if len(text) <= LINE_LENGTH else f"{text[: LINE_LENGTH - 1]}…"
