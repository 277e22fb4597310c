"""What tests of shipped counties share: a programme computed from edited tables, rows by organization, replays."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from schemes import replay as replay_module
from schemes.files import SHIPPED
from schemes.loading import load_document
from schemes.programme import load_programme
from schemes.replay import Replay

Row = dict[str, str]
Edit = Callable[[list[Row]], list[Row]]


def table(county: str, programme: str, name: str) -> list[Row]:
    """Rows of a CSV file of a programme by their headers."""
    text = (SHIPPED / county / programme / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def edited(county: str, programme: str, folder: Path, **edits: Edit) -> Path:
    """A copy of a programme's data with some of its tables changed: ``facts=lambda rows: rows[1:]``."""
    data = folder / programme
    shutil.copytree(SHIPPED / county / programme / "data", data, dirs_exist_ok=True)
    for name, edit in edits.items():
        rows = table(county, programme, name)
        with open(data / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(edit(rows))
    return data


def replay_with(monkeypatch, county: str, folder: Path, **edits: dict[str, Edit]) -> Replay:
    """The county's replay with tables changed, by programme: ``classes={"facts": lambda rows: rows[1:]}``."""
    data = {programme: edited(county, programme, folder, **each) for programme, each in edits.items()}
    with monkeypatch.context() as patched:
        patched.setattr(replay_module, "load_programme", lambda c, p: load_programme(c, p, data=data.get(p)))
        return replay_module.replay(county)


def differing(found: Replay) -> dict[str, str]:
    """Computed figures that are not the published ones, by what they are."""
    return {line.what: line.computed for line in found.lines if not line.equal}


def setting(column: str, value: str, *codes: str) -> Edit:
    """An edit: the column of these organizations (of all without codes), where it is filled in, becomes the value."""

    def edit(rows: list[Row]) -> list[Row]:
        return [
            {**row, column: value} if row[column] and row["组织代码"] in (codes or [row["组织代码"]]) else row
            for row in rows
        ]

    return edit


def without(*codes: str) -> Edit:
    """An edit: no row of these organizations."""
    return lambda rows: [row for row in rows if row["组织代码"] not in codes]


def figures_without_published(county: str) -> list[str]:
    """Computed figures with every published number and wording replaced by another."""
    path = SHIPPED / county / "published.yaml"
    lines = load_document(path.read_bytes()).tree["lines"]
    programmes = {item["programme"]: load_programme(county, item["programme"]) for item in lines}
    changed = [{**item, "value": "9", "words": "9"} for item in lines]
    return [replay_module._line(programmes[item["programme"]], item).computed for item in changed]
