"""The importer of facts (数据表): one row per organization and period, one column per fact, of one round.

Where nobody has applied and the scheme names no tiers, the organizations in the file are those that take part.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.access import Permission
from accounts.imports import Column, Problem, Table
from accounts.models import Organization, Upload, User
from accounts.services.uploads import Report, importer
from campaigns.importers.shared import open_table, refuse, remarks_of
from campaigns.models import Round
from campaigns.services.nominations import NominationFacts, put_nominations
from schemes import Scheme
from schemes.blocks.facts import Fact
from schemes.fact_tables import fact_columns, read_facts
from schemes.problems import errors

from ..records import records_url, standing_facts
from ..services.facts import FactCell, change_of, put_facts
from ..sources import place_keys
from .open_rounds import RecordsForm, engine_entries, entries_of, in_this_round, joining, newest_document, round_of

#: What a cell says to take back what stands; an empty cell says nothing.
TAKEN_BACK = "清空"
LONGEST = 200
EXAMPLES = {"number": "85", "text": "示例", "yes_no": "是", "date": "2026-03-15"}


@dataclass
class FactsPlan:
    table: Table
    round: Round
    columns: Sequence[Column]
    joining: dict[str, Organization]
    cells: list[FactCell] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    @property
    def scheme(self) -> Scheme:
        return self.round.scheme_version.document

    def changes(self) -> Counter[str]:
        standing = standing_facts(self.round)
        texts = {place: fact.text for place, fact in standing.items()}
        return Counter(
            change_of(cell, texts.get((cell.organization.pk, cell.period, cell.key), "")) for cell in self.cells
        )


@importer("facts")
class FactsImporter:
    title = "数据表"
    permission = Permission.IMPORT_DATA
    params_form = RecordsForm

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of the newest published scheme that asks for facts; each file is read by its round's own."""
        document = newest_document(lambda scheme: bool(scheme.recorded))
        return site_columns(document) if document else ()

    @property
    def example(self) -> tuple[tuple[str, ...], ...]:
        document = newest_document(lambda scheme: bool(scheme.recorded))
        return (tuple(example_of(document, column.key) for column in site_columns(document)),) if document else ()

    def preview(self, upload: Upload) -> Report:
        plan = plan_facts(upload)
        changes = plan.changes()
        return Report(
            counts=[("单位", len({cell.organization.pk for cell in plan.cells})), ("新增", changes["new"]),
                    ("更改", changes["changed"]), ("清空", changes["taken_back"]), ("不变", changes["same"])],
            header=["组织代码", "组织", "数据项", "考核期", "内容"],
            sample_rows=[[cell.organization.code, cell.organization.name, plan.scheme.name_of(cell.key),
                          cell.period or "—", cell.text or TAKEN_BACK] for cell in plan.cells[:10]],
            rows=len(plan.cells),
            remarks=[*remarks(plan), *remarks_of(plan.table, plan.columns, plan.notes)],
        )  # fmt: skip

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        plan = plan_facts(upload)
        if plan.joining:
            tier = plan.scheme.tier_names[0]
            rows = [NominationFacts(organization, tier) for organization in plan.joining.values()]
            put_nominations(round=plan.round, rows=rows, actor=actor)
        counts = put_facts(round=plan.round, cells=plan.cells, actor=actor)
        return {**counts, "joined": len(plan.joining), "url": records_url(plan.round)}


def site_columns(scheme: Scheme) -> tuple[Column, ...]:
    """The columns of a facts table, without those that the scheme does not look at."""
    wanted = place_keys(scheme) | ({"period"} if any(fact.per_period for fact in scheme.recorded.values()) else set())
    unused = {"kind", "township", "period"} - wanted
    return tuple(column for column in fact_columns(scheme) if column.key not in unused)


def example_of(scheme: Scheme, key: str) -> str:
    """What an example row shows in one column."""
    fixed = {"round": "1", "org_code": "990101001201", "period": "2026年1季度", "kind": "村", "township": "990101001"}
    if key in fixed:
        return fixed[key]
    fact: Fact = scheme.recorded[key]
    return fact.choices[0] if fact.choices else EXAMPLES[fact.type]


def remarks(plan: FactsPlan) -> Iterator[str]:
    if plan.joining:
        yield f"{plan.round.title}还没有参评单位：写入时表中 {len(plan.joining)} 个组织都将参评。"
    sourced = [fact.name for fact in plan.scheme.facts if fact.source]
    if sourced:
        yield f"{'、'.join(f'“{name}”' for name in sourced)}由平台取自其他办法的结果：计算前能取到的，以取到的为准。"


def plan_facts(upload: Upload) -> FactsPlan:
    """Raises ImportFailed with every problem of every row."""
    round = round_of(upload)
    scheme = round.scheme_version.document
    columns = fact_columns(scheme)
    table = open_table(upload, columns)
    problems: list[Problem] = []
    in_this_round(table, round, problems)
    if not any(table.has(key) for key in scheme.recorded):
        names = "、".join(fact.name for fact in scheme.recorded.values())
        problems.append(table.problem(None, "", "", "没有一列是办法的数据项。", f"办法的数据项有：{names}。"))
    entries = entries_of(round)
    new = joining(table, round, entries, problems)
    refuse(problems)
    organizations = {code: entry.organization for code, entry in entries.items()} | new
    read = read_facts(without_taken_back(table, scheme), scheme, engine_entries(round, list(organizations)))
    cells = list(cells_of(table, scheme, organizations, problems))
    refuse([*problems, *read.problems])
    return FactsPlan(table, round, columns, new, cells, [each for each in read.problems if not errors([each])])


def without_taken_back(table: Table, scheme: Scheme) -> Table:
    """The table as the reader of facts takes it: what is to be taken back says nothing."""
    rows = [(line, {key: "" if text == TAKEN_BACK else text for key, text in row.items()}) for line, row in table.rows]
    return Table(table.file, table.sheet, table.headers, rows, table.skipped)


def cells_of(
    table: Table, scheme: Scheme, organizations: dict[str, Organization], problems: list[Problem]
) -> Iterator[FactCell]:
    """Every filled cell once, in the order of the file."""
    seen: set[tuple[str, str, str]] = set()
    for line, row in table.rows:
        organization = organizations.get(row["org_code"])
        for key in (*scheme.recorded, *place_keys(scheme)) if organization else ():
            text = row.get(key, "")
            fact = scheme.recorded.get(key)
            period = row.get("period", "") if fact is not None and fact.per_period else ""
            if not text or (row["org_code"], period, key) in seen:
                continue
            if max(len(text), len(period) * 5) > LONGEST:
                problems.append(table.problem(line, key, text[:20], "超过 200 字，或考核期超过 40 字。", "请改短。"))
            seen.add((row["org_code"], period, key))
            assert organization is not None
            note = f"{table.file} 第 {line} 行"[:LONGEST]
            yield FactCell(organization, key, "" if text == TAKEN_BACK else text, period, note)
