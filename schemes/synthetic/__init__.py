"""Synthetic inputs of the shipped counties, made by documented rules: the same bytes on every machine.

``python -m schemes.synthetic fucheng`` writes the CSV files of a county into its folder. A county is a module with
``files() -> dict[str, str]``: the text of every file by its path below ``shipped/<county>/``. Organizations are named
as examples (示例) unless the source names them; persons are invented codes. No published result is written anywhere in
these files: they hold marks, facts and events only, and the results come out of the engine.
"""

from importlib import import_module
from pathlib import Path

from ..files import SHIPPED

COUNTIES = ("fucheng", "haian", "jinyun", "quzhou")


def files_of(county: str) -> dict[str, str]:
    """Texts by path below the county's folder. Raises ModuleNotFoundError for a county that has no synthetic inputs."""
    files: dict[str, str] = import_module(f"{__name__}.{county}").files()
    return files


def write(county: str, folder: Path | None = None) -> list[Path]:
    """Write a county's files (into another folder if one is given); the paths written."""
    written = []
    for name, text in files_of(county).items():
        path = (folder or SHIPPED / county) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        written.append(path)
    return written
