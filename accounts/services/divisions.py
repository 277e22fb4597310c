"""The national list of divisions: read hundreds of thousands of rows without holding them, then switch at once.

Rows go into the staging table in short transactions, so that progress shows and nobody waits; one last
transaction replaces the list. Whatever goes wrong before it leaves the present list as it is.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Length

from schemes.cells import clean, normal
from schemes.problems import Problem
from schemes.tables import ImportFailed

from ..models import Division, StagedDivision, User
from .audit import record
from .organizations import CODE

Row = tuple[str, str, str]

BATCH = 5_000
PROBLEMS_SHOWN = 100
#: The nearest level above comes first: a village's file names its street, county, city and province.
PARENT_HEADERS = ("parent_code", "parent", "上级代码", "streetcode", "areacode", "citycode", "provincecode")


class Progress(Protocol):
    def update(self, *, step: str | None = None, done: int | None = None, total: int | None = None) -> None: ...

    def check_cancelled(self) -> None: ...


@dataclass(frozen=True)
class Source:
    """One file of the list, under the name the person gave it."""

    name: str
    path: Path


def import_divisions(*, sources: Sequence[Source], actor: User | None, progress: Progress) -> dict[str, int]:
    """Replace the list by what the files say. Raises ImportFailed with the first hundred problems."""
    progress.update(step="数行", done=0)
    progress.update(step="读入", total=sum(count_lines(source.path) for source in sources))
    StagedDivision.objects.all().delete()
    problems: list[Problem] = []
    done = 0
    for source in sources:
        done = stage(source, done, problems, progress)
    progress.update(step="核对上级")
    problems += orphans()
    if problems:
        StagedDivision.objects.all().delete()
        raise ImportFailed(problems[:PROBLEMS_SHOWN])
    progress.check_cancelled()
    progress.update(step="切换")
    return switch(actor)


def count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def stage(source: Source, done: int, problems: list[Problem], progress: Progress) -> int:
    """Read one file in batches; each batch is its own transaction."""
    rows = read(source, problems)
    while batch := list(islice(rows, BATCH)):
        progress.check_cancelled()
        try:
            with transaction.atomic():
                insert([row for _, row in batch])
        except IntegrityError:
            problems += duplicates(source, batch)
        done += len(batch)
        progress.update(done=done)
        if len(problems) >= PROBLEMS_SHOWN:
            break
    return done


def insert(rows: list[Row]) -> None:
    """The database's own bulk way: three quarters of the time went into making model instances and their SQL."""
    columns = f"{StagedDivision._meta.db_table} (code, name, parent_code)"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.StringIO(newline="")
            csv.writer(text).writerows(rows)
            text.seek(0)
            # The driver's own method: its errors are turned into Django's here, not by the cursor's wrapper.
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {columns} FROM STDIN WITH (FORMAT csv)", text)
        else:
            cursor.executemany(f"INSERT INTO {columns} VALUES (%s, %s, %s)", rows)


def read(source: Source, problems: list[Problem]) -> Iterator[tuple[int, Row]]:
    """(line, row) of every good line; bad lines become problems."""
    with source.path.open(encoding=encoding_of(source.path), newline="", errors="replace") as file:
        lines = csv.reader(file)
        header = [normal(cell) for cell in next(lines, [])]
        places = locate(source, header, problems)
        if places is None:
            return
        for row in lines:
            cells = [clean(row[place]) if place < len(row) else "" for place in places]
            if problem := fault(source, lines.line_num, cells):
                problems.append(problem)
            elif any(cells):
                yield lines.line_num, (cells[0], cells[1], cells[2])


def encoding_of(path: Path) -> str:
    """Told from the first part of the file: UTF-8 with or without its mark, else the national encoding."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    try:
        head[: head.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def locate(source: Source, header: list[str], problems: list[Problem]) -> tuple[int, int, int] | None:
    """Places of code, name and parent."""
    wanted = {"代码（code）": ("code", "代码"), "名称（name）": ("name", "名称"), "上级（parent_code）": PARENT_HEADERS}
    places = []
    for label, names in wanted.items():
        place = next((header.index(name) for name in names if name in header), None)
        if place is None:
            problems.append(Problem(source.name, 1, label, "", "缺少这一列。", "请用原始清单，或加上这一列。"))
        else:
            places.append(place)
    return (places[0], places[1], places[2]) if len(places) == 3 else None


def fault(source: Source, line: int, cells: list[str]) -> Problem | None:
    code, name, parent = cells
    if not any(cells):
        return None
    if not CODE.fullmatch(code):
        return Problem(source.name, line, "code", code, "代码不是 6–12 位数字。", "请改正后重新导入。")
    if not name or len(name) > 80:
        return Problem(source.name, line, "name", name, "名称是空的或超过 80 字。", "请改正后重新导入。")
    if "\ufffd" in name:
        return Problem(source.name, line, "name", name, "名称里有乱码。", "请把文件另存为 UTF-8 后重新导入。")
    if not parent.isdigit() or parent == code:
        return Problem(source.name, line, "parent_code", parent, "上级代码不是数字，或是自己。", "请改正后重新导入。")
    return None


def duplicates(source: Source, batch: list[tuple[int, Row]]) -> list[Problem]:
    """Lines of a refused batch whose code was met before, in it or in an earlier one."""
    codes = [code for _, (code, _, _) in batch]
    seen = set(StagedDivision.objects.filter(code__in=codes).values_list("code", flat=True))
    found = []
    for line, (code, _, _) in batch:
        if code in seen:
            found.append(Problem(source.name, line, "code", code, "代码出现了不止一次。", "请删去重复的行。"))
        seen.add(code)
    return found


def orphans() -> list[Problem]:
    """Villages whose street is not in the list."""
    known = StagedDivision.objects.values("code")
    villages = StagedDivision.objects.annotate(digits=Length("code")).filter(digits=12)
    rows = villages.exclude(parent_code__in=known)[:PROBLEMS_SHOWN]
    return [Problem("", None, "parent_code", row.parent_code, f"{row.code} {row.name} 的上级不在清单里。",
                    "请同时导入街道（乡镇）清单。") for row in rows]  # fmt: skip


@transaction.atomic
def switch(actor: User | None) -> dict[str, int]:
    """Make the staged rows the list, inside the database: no row travels through Python."""
    Division.objects.all().delete()
    live, staged = Division._meta.db_table, StagedDivision._meta.db_table
    columns = "code, name, parent_code"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {live} ({columns}) SELECT {columns} FROM {staged}")
    StagedDivision.objects.all().delete()
    counts = {"divisions": Division.objects.count()}
    record(actor=actor, verb="导入区划清单", new=counts)
    return counts
