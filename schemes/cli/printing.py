"""How answers look: text for people with columns that fit Chinese, CSV and JSON for programs, files written whole."""

import csv
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..describe import Paragraph, criteria_lines
from ..document import Scheme
from ..exact import decimal_text
from ..explanation import Explanation
from ..outcome import ConsequenceRow, Outcome, ParentRow
from ..problems import Problem, ProblemsFound
from ..replay import Replay, ReplayLine

OUTCOME_HEAD = ("round", "org_code", "tier", "score", "rank", "outcome")
SIGNS = {"ok": "✓", "warn": "！", "bad": "✗"}
USES = {"kept": "计入", "highest": "去掉最高", "lowest": "去掉最低"}


def print_text(text: str) -> None:
    """Text on standard output, as UTF-8 wherever that goes."""
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def print_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def print_problems(problems: Iterable[Problem]) -> None:
    """One line each on standard error; a line break inside a cell does not make two lines of it."""
    for problem in problems:
        label = "提示：" if problem.severity == "warning" else ""
        print_error(label + " ".join(str(problem).split("\n")))


def json_text(value: object) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, Fraction):
        return decimal_text(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def outcome_csv(outcome: Outcome) -> str:
    """One row per entry by round, tier, rank, organization; score and rank are empty where there is none.

    Schemes with grades or badges get a column of each.
    """
    scheme = outcome.evaluation.scheme
    more = [name for name, there in (("grade", scheme.rating), ("badges", scheme.badges)) if there]
    rows = []
    for row in outcome.rows():
        own = {"grade": row.grade, "badges": "、".join(row.badges)}
        plain = (row.round, row.org_code, row.tier, row.score or "", row.rank or "", row.outcome.value)
        rows.append([*plain, *(own[name] for name in more)])
    return csv_text((*OUTCOME_HEAD, *more), rows)


def consequence_line(outcome: Outcome, row: ConsequenceRow) -> dict[str, Any]:
    """A consequence with the round and organization it concerns."""
    inputs = outcome.inputs
    return {
        "round": inputs.rounds[inputs.entry_round[row.entry]],
        "org_code": inputs.entry_org[row.entry],
        "key": row.key,
        "name": row.name,
        "amount": decimal_text(row.amount) if row.amount is not None else "",
        "unit": row.unit,
        "who": row.who,
        "within_days": row.within_days if row.within_days is not None else "",
        "reason": row.reason,
        "clause": row.clause,
    }


def consequences_csv(outcome: Outcome) -> str:
    lines = [consequence_line(outcome, row) for row in outcome.consequences]
    head = ("round", "org_code", "key", "name", "amount", "unit", "who", "within_days", "reason", "clause")
    return csv_text(head, [[line[name] for name in head] for line in lines])


def parents_csv(outcome: Outcome) -> str:
    """One row per parent and rule; ``lines`` say which organization gave which points."""
    rows = [
        (row.round, row.parent, row.key, row.name, decimal_text(row.points), decimal_text(row.uncapped), _lines(row))
        for row in outcome.parents
    ]
    return csv_text(("round", "parent", "key", "name", "points", "uncapped", "lines"), rows)


def _lines(row: ParentRow) -> str:
    return "；".join(f"{code} {won} {decimal_text(points)}" for code, won, points in row.lines)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()


def write_result(out: str, text: str) -> None:
    """Write the whole file or nothing: beside the place first, then renamed into it."""
    if out == "-":
        print_text(text)
        return
    write_bytes(out, text.encode("utf-8"))


def write_bytes(out: str, data: bytes) -> None:
    path = Path(out)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if path.is_dir():
            raise IsADirectoryError(out)
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except (OSError, ValueError):
        draft.unlink(missing_ok=True)
        reason, remedy = "写不到这里", "请确认文件夹存在、可以写入，且不是同名的文件夹。"
        raise ProblemsFound([Problem(file=out, reason=reason, remedy=remedy)]) from None


def width(text: str) -> int:
    """Columns a text takes on a screen: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def table_text(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned by what they take on the screen; the last one is not padded."""
    widths = [max(width(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = [
        "  ".join(cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True)) for row in (head, *rows)
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def print_description(scheme: Scheme, paragraphs: Sequence[Paragraph]) -> None:
    text = [f"{scheme.identity.name}（{scheme.identity.version}）  {scheme.identity.issuer}\n"]
    for number, paragraph in enumerate(paragraphs, start=1):
        clause = f"（{paragraph.clause}）" if paragraph.clause else ""
        text += [f"\n{number}. {paragraph.title}{clause}\n"]
        text += [f"   {sentence}。\n" for sentence in paragraph.sentences]
    text.append("\n创建标准\n")
    for line in criteria_lines(scheme):
        how = f"：{line.how}" if line.how else f"：共 {line.points} 分"
        text.append(f"   {'  ' * line.depth}{line.name}（{line.key}）{how}\n")
    print_text("".join(text))


def print_explanation(scheme: Scheme, found: Explanation, organizations: Mapping[str, str]) -> None:
    row = found.row
    name = organizations.get(row.org_code)
    text = [f"第 {row.round} 轮  {row.org_code}{f'  {name}' if name else ''}  申报“{row.tier}”\n\n"]
    for number, step in enumerate(found.steps, start=1):
        clause = f"（{step.clause}）" if step.clause else ""
        text.append(f"{number}. {SIGNS[step.sign]} {step.title}{clause}：{step.detail}\n")
    if len(found.derivation) > 1:
        text.append("\n各项得分\n")
        text += [f"   {'  ' * line.depth}{line.name}：{line.text}\n" for line in found.derivation]
    if found.sheets:
        text.append("\n评分单（由低到高）\n")
        text.append(table_text(("评委", "总分", "取舍"), [(s.inspector, s.total, USES[s.use]) for s in found.sheets]))
    if found.nodes:
        head = ("项目", "满分", "均分", "本组均分", "最低", "最高")
        rows = [("  " * n.depth + n.name, n.full, n.mean, n.group_mean, n.lowest, n.highest) for n in found.nodes]
        text.append("\n各项标准\n" + table_text(head, rows))
    print_text("".join(text))


def print_replays(found: Sequence[Replay]) -> None:
    """A table for each county, then what became of all of them."""
    texts = [_replay_text(each) for each in found]
    if len(found) > 1:
        lines = [line for each in found for line in each.lines]
        texts.append(f"{len(found)} 个县（市、区）{_agreement(lines)}\n")
    print_text("\n\n".join(texts))


def _replay_text(found: Replay) -> str:
    rows = [
        (line.what, line.computed, line.published, "一致" if line.equal else "不一致", line.source)
        for line in found.lines
    ]
    head = ("项目", "计算", "公布", "比对", "公开资料的说法")
    title = f"{found.county}：按办法计算的与公开的数字\n资料：{found.source}；分值为合成。\n\n"
    return title + table_text(head, rows) + f"\n{_agreement(found.lines)}\n"


def _agreement(lines: Sequence[ReplayLine]) -> str:
    wrong = sum(not line.equal for line in lines)
    return f"{len(lines)} 项全部一致。" if not wrong else f"{len(lines)} 项中有 {wrong} 项不一致。"
