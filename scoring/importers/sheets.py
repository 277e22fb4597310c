"""The importer of score sheets: the marks of a creation round, one row per inspector and entry, as the paper was."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.access import Permission
from accounts.imports import Column, Problem, Table
from accounts.models import Upload, User
from accounts.services.uploads import Report, importer
from campaigns.enums import NominationState, RoundState
from campaigns.importers.rounds import published_versions
from campaigns.importers.shared import (
    CampaignForm,
    campaign_of,
    first_lines,
    open_table,
    refuse,
    remarks_of,
    round_page,
    rounds_of,
    unknown_rounds,
    with_rows,
)
from campaigns.models import Nomination, Round, SchemeVersion
from schemes.exact import decimal_text
from schemes.intake import GROUP, INSPECTOR, ORG, ROUND, SHEET_PERIOD, sheet_columns
from sites.models import Inspector
from sites.services.panels import add_to_panel

from ..reading import group_names, weighs_groups
from ..services.sheets import store_sheets
from .marks import RoundSheets, sheets_of_round

FIRST = (ROUND, ORG, INSPECTOR)
NOT_YET = (RoundState.PLANNED, RoundState.NOMINATING)


@dataclass
class SheetsPlan:
    table: Table
    columns: Sequence[Column]
    rounds: list[RoundSheets]
    notes: list[Problem]


@importer("sheets")
class SheetsImporter:
    title = "评分单"
    permission = Permission.IMPORT_DATA
    params_form = CampaignForm

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of the newest published scheme; each round of a file is read by its own."""
        return newest_columns(FIRST)

    @property
    def example(self) -> tuple[tuple[str, ...], ...]:
        return newest_example(("1", "990101001201", "J05"), ("1", "990101001201", "J07"))

    def preview(self, upload: Upload) -> Report:
        return report_of(plan_sheets(upload))

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        return store_plan(plan_sheets(upload), actor)


def newest_columns(first: Sequence[Column]) -> tuple[Column, ...]:
    versions = published_versions()
    if not versions:
        return tuple(first)
    document = versions[0].document
    unused = {SHEET_PERIOD.key} if weighs_groups(document) else {GROUP.key, SHEET_PERIOD.key}
    return tuple(column for column in sheet_columns(document, first=first) if column.key not in unused)


def newest_example(*starts: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Rows with full marks of the newest scheme behind these beginnings."""
    versions = published_versions()
    if not versions:
        return starts
    document = versions[0].document
    groups = tuple(group_names(document)[:1])
    marks = tuple(decimal_text(method.full) for method in document.methods)
    return tuple((*start, *groups, *marks) for start in starts)


def report_of(plan: SheetsPlan) -> Report:
    changes = sum((part.changes() for part in plan.rounds), Counter())
    joined = [
        f"{part.round.title}还没有评委组：写入时按评分单确定 {len(part.joining)} 人，"
        f"{'、'.join(row.name for row in part.joining[:20])}。"
        for part in plan.rounds
        if part.joining
    ]
    revised = [f"{changes['revised']} 份与已有的不同，将记为新的修订，原来的保留。"] if changes["revised"] else []
    return Report(
        counts=[("轮次", len(plan.rounds)), ("新增", changes["new"]), ("修订", changes["revised"]),
                ("不变", changes["same"])],
        header=["轮次", "被评单位", "评委", "总分"],
        sample_rows=[row for part in plan.rounds for row in part.samples()][:10],
        rows=sum(len(part.rows) for part in plan.rounds),
        remarks=[*joined, *revised, *remarks_of(plan.table, plan.columns, plan.notes)],
    )  # fmt: skip


def store_plan(plan: SheetsPlan, actor: User | None) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    for part in plan.rounds:
        if part.joining:
            add_to_panel(round=part.round, inspectors=part.joining, actor=actor, groups=part.groups)
        counts.update(store_sheets(round=part.round, rows=part.rows, actor=actor))
    return {**counts, "url": round_page([part.round for part in plan.rounds])}


def plan_sheets(upload: Upload) -> SheetsPlan:
    """Raises ImportFailed with every problem of every row."""
    rounds = rounds_of(campaign_of(upload))
    table, columns, parts = tables_by_round(upload, rounds)
    inspectors = {row.number: row for row in Inspector.objects.select_related("home")}
    entries = nominations_by_round([rounds[name] for name in parts])
    problems = [*unknown_rounds(table, rounds), *unnamed_rounds(table), *closed_rounds(table, rounds)]
    found = [
        sheets_of_round(part, rounds[name].scheme_version.document, rounds[name], entries[rounds[name].pk], inspectors)
        for name, part in parts.items()
    ]
    problems += [problem for part in found for problem in part.problems]
    refuse(problems)
    return SheetsPlan(table, columns, found, problems)


def tables_by_round(upload: Upload, rounds: dict[str, Round]) -> tuple[Table, Sequence[Column], dict[str, Table]]:
    """The whole file, its columns, and the rows of each round read by the columns of its own scheme.

    Mostly all rounds of a campaign pin one version; the file is then read once.
    """
    versions = {round.scheme_version for round in rounds.values()}
    shared = sheet_columns(next(iter(versions)).document) if len(versions) == 1 else None
    table = open_table(upload, shared or FIRST)
    named: dict[SchemeVersion, list[str]] = {}
    for name in first_lines(table):
        if name in rounds:
            named.setdefault(rounds[name].scheme_version, []).append(name)
    parts: dict[str, Table] = {}
    columns = shared or FIRST
    for version, names in named.items():
        columns = shared or sheet_columns(version.document)
        whole = table if shared else open_table(upload, columns)
        parts |= {name: with_rows(whole, [name]) for name in names}
    return table, columns, parts


def unnamed_rounds(table: Table) -> list[Problem]:
    return [
        table.problem(line, "round", "", "没有填写。", "请填写轮次。") for line, row in table.rows if not row["round"]
    ]


def closed_rounds(table: Table, rounds: dict[str, Round]) -> list[Problem]:
    """Rounds of the file that take no sheets now, and what to do about it."""
    found = []
    for name, line in first_lines(table).items():
        if name not in rounds or rounds[name].state == RoundState.SCORING:
            continue
        round = rounds[name]
        remedy = "请先在轮次页开放评分。" if round.state in NOT_YET else "如需更正，请先在轮次页退回评分。"
        reason = f"{round.title}“{round.get_state_display()}”，不收评分单。"
        found.append(table.problem(line, "round", name, reason, remedy))
    return found


def nominations_by_round(rounds: Sequence[Round]) -> dict[UUID, list[Nomination]]:
    """Approved nominations of these rounds, with what a sheet needs of them."""
    found: dict[UUID, list[Nomination]] = {round.pk: [] for round in rounds}
    rows = Nomination.objects.filter(round__in=rounds, state=NominationState.APPROVED)
    for row in rows.select_related("organization", "township"):
        found[row.round_id].append(row)
    return found
