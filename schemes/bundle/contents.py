"""What lies in a bundle: its files by name, the manifest, the inputs as CSV and the outcome as JSON, written one way.

Everything here is a function of scheme, inputs and outcome; order of rows in the inputs leaves no trace.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from ..cells import DANGEROUS
from ..document import Scheme
from ..exact import decimal_text
from ..files import Sources, load_inputs
from ..inputs import Inputs, MarkCodec
from ..intake import round_order
from ..outcome import Outcome
from ..problems import Problem, ProblemsFound
from .recorded import recorded_files

README, SCHEME, OUTCOME, MANIFEST, INPUTS = "README.txt", "scheme.yaml", "outcome.json", "manifest.json", "inputs/"
NOMINATION_HEAD = ("round", "org_code", "tier", "vetoed")
SHEET_HEAD = ("round", "org_code", "inspector")

#: How a scheme judges: those who compete for a title, or those who hold one.
Kind = Literal["creation", "reinspection"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Listed(_Part):
    name: str
    size: int
    sha256: str


class SchemeFacts(_Part):
    name: str
    version: str
    digest: str


class InputFacts(_Part):
    entries: int
    sheets: int
    digest: str


class Manifest(_Part):
    """Every file with its digest, the digests of what the files mean, and a digest over the manifest itself."""

    format: Literal["biaogan-bundle/1"] = "biaogan-bundle/1"
    kind: Kind
    engine_version: str
    scheme: SchemeFacts
    inputs: InputFacts
    outcome_digest: str
    files: tuple[Listed, ...]
    seal: str = ""

    def sealed(self) -> "Manifest":
        return self.model_copy(update={"seal": self.seal_due})

    @property
    def seal_due(self) -> str:
        """SHA-256 over everything else in the manifest."""
        return sha256(json_bytes(self.model_dump(exclude={"seal"})))

    def encode(self) -> bytes:
        return json_bytes(self.model_dump())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def json_bytes(value: object) -> bytes:
    return f"{json.dumps(value, default=_exact, ensure_ascii=False, indent=1)}\n".encode()


def _exact(value: Any) -> str:
    if isinstance(value, Fraction):
        return decimal_text(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def shown(text: object) -> str:
    """A text from an untrusted file in one short line: signs that a screen would obey become “?”."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in str(text)[:81])
    return plain if len(plain) < 81 else f"{plain[:80]}…"


def listed(files: Mapping[str, bytes]) -> tuple[Listed, ...]:
    return tuple(Listed(name=name, size=len(data), sha256=sha256(data)) for name, data in sorted(files.items()))


# -- inputs


def input_files(scheme: Scheme, inputs: Inputs) -> dict[str, str]:
    """The inputs as CSV texts by file name, as ``load_inputs`` reads them: ``nominations.csv`` is its nominations.

    Rows stand in the order of round, organization and inspector; inspectors by number, no other person.
    """
    entries = sorted(range(len(inputs)), key=lambda i: (round_order(_round(inputs, i)), inputs.entry_org[i]))
    place = np.empty(len(entries), dtype=np.int64)
    place[entries] = np.arange(len(entries))
    sheets = np.lexsort((np.array(inputs.sheet_inspector, dtype=str), place[inputs.sheet_entry])).tolist()
    owners, marks = inputs.sheet_entry.tolist(), _mark_rows(scheme, inputs.marks)
    nominations = (
        (_round(inputs, i), inputs.entry_org[i], inputs.tiers[inputs.entry_tier[i]], int(inputs.entry_vetoed[i]))
        for i in entries
    )
    columns = [
        (name, labels) for name, labels in (("group", inputs.sheet_group), ("period", inputs.sheet_period)) if labels
    ]
    rows = (
        (
            _round(inputs, owners[s]), inputs.entry_org[owners[s]], inputs.sheet_inspector[s],
            *(labels[s] for _, labels in columns), *marks[s],
        )
        for s in sheets
    )  # fmt: skip
    files = {"nominations.csv": _csv(NOMINATION_HEAD, nominations)}
    if scheme.leaves:
        files["sheets.csv"] = _csv((*SHEET_HEAD, *(name for name, _ in columns), *scheme.column_keys), rows)
    return files | recorded_files(inputs, [int(i) for i in entries])


def _round(inputs: Inputs, entry: int) -> str:
    return inputs.rounds[int(inputs.entry_round[entry])]


def _mark_rows(scheme: Scheme, marks: Any) -> list[tuple[str, ...]]:
    """Marks of every sheet as exact decimals, empty where nothing was marked; each different mark is written once."""
    codec, columns = MarkCodec(scheme), []
    for place, method in enumerate(codec.methods):
        steps, where = np.unique(marks[:, place], return_inverse=True)
        texts = ["" if step == codec.missing else decimal_text(method.to_mark(step)) for step in steps.tolist()]
        columns.append([texts[i] for i in where.tolist()])
    return list(zip(*columns, strict=True))


def _csv(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula gets the apostrophe that reading takes off again."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    """Input files as they lie in the bundle; the byte order mark lets Excel show Chinese."""
    return {f"{INPUTS}{name}": text.encode("utf-8-sig") for name, text in files.items()}


def read_inputs(scheme: Scheme, files: Mapping[str, bytes]) -> Inputs:
    """The inputs among the files of a bundle. Raises ProblemsFound with the problems of all of them."""
    given = {name.removeprefix(INPUTS): data for name, data in files.items() if name.startswith(INPUTS)}
    wanted = {"nominations", "sheets"} if scheme.leaves else {"nominations"}
    sources = {f"{field.name}.csv": field.name in wanted for field in fields(Sources) if field.name != "round"}
    problems = [_strange(name) for name in sorted(set(given) - set(sources))]
    problems += [_missing(name) for name, needed in sources.items() if needed and name not in given]
    if problems:
        raise ProblemsFound(problems)
    with TemporaryDirectory() as folder:
        paths: dict[str, Any] = {}
        for name, data in given.items():
            paths[Path(name).stem] = Path(folder, name)
            Path(folder, name).write_bytes(data)
        return load_inputs(scheme, Sources(paths.pop("nominations"), paths.pop("sheets", None), **paths)).inputs


def _strange(name: str) -> Problem:
    return Problem(file=shown(f"{INPUTS}{name}"), reason="本程序不认识这个输入文件", remedy="请用更新的程序核验。")


def _missing(name: str) -> Problem:
    return Problem(file=f"{INPUTS}{name}", reason="缺少这个输入文件", remedy="请用出具时的原件。")


# -- outcome


def outcome_bytes(scheme: Scheme, outcome: Outcome) -> bytes:
    """Every entry by round, tier, rank (unranked last), organization, and the arithmetic of every group."""
    tiers = {name: place for place, name in enumerate(("", *scheme.tier_names))}
    entries = [asdict(row) for row in outcome.rows()]
    entries.sort(key=lambda row: (round_order(row["round"]), tiers[row["tier"]], *_by_rank(row)))
    groups = [_group(asdict(found), found.elimination_rate) for found in outcome.groups]
    groups.sort(key=lambda group: (round_order(group["round"]), tiers[group["tier"]]))
    return json_bytes({"entries": entries, "groups": groups})


def _group(facts: dict[str, Any], rate: Fraction | None) -> dict[str, Any]:
    return {**facts.pop("group"), **facts, "elimination_rate": rate}


def _by_rank(row: dict[str, Any]) -> tuple[bool, int, str]:
    return row["rank"] is None, row["rank"] or 0, row["org_code"]
