"""The importer of nominations: checked by ``schemes.intake``, compared with what stands, written by the service."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from accounts.access import Permission
from accounts.imports import Column, Problem, Table
from accounts.models import Organization, Upload, User
from accounts.services.uploads import Report, importer
from schemes import Scheme
from schemes.intake import NOMINATION_COLUMNS, TIER, Nominations, read_nominations

from ..enums import RoundState
from ..models import Campaign, Nomination, Round
from ..services.nominations import NominationFacts, put_nominations
from .shared import (
    CampaignForm,
    by_document,
    campaign_of,
    first_lines,
    open_table,
    refuse,
    remarks_of,
    round_page,
    rounds_of,
    unknown_rounds,
)

#: Schemes without tiers of their own need no column of tiers; for the others it is asked for below.
COLUMNS = tuple(Column(TIER.key, TIER.names) if column is TIER else column for column in NOMINATION_COLUMNS)
OPEN_FOR_NOMINATIONS = (RoundState.PLANNED, RoundState.NOMINATING, RoundState.SCORING)


@dataclass
class NominationPlan:
    table: Table
    facts: dict[Round, list[NominationFacts]]
    changes: Counter[str]
    notes: list[Problem]


@importer("nominations")
class NominationsImporter:
    title = "申报"
    permission = Permission.IMPORT_DATA
    columns = NOMINATION_COLUMNS
    params_form = CampaignForm
    example = (("1", "990101001201", "进位", "否"), ("1", "990101002201", "标杆", "否"))

    def preview(self, upload: Upload) -> Report:
        plan = plan_nominations(upload)
        rows = [(round, row) for round, rows in plan.facts.items() for row in rows]
        return Report(
            counts=[("轮次", len(plan.facts)), ("新增", plan.changes["new"]), ("更改", plan.changes["changed"]),
                    ("不变", plan.changes["same"])],
            header=["轮次", "组织代码", "组织", "申报等次", "一票否决"],
            sample_rows=[[round.title, row.organization.code, row.organization.name, row.tier,
                          "是" if row.vetoed else "否"] for round, row in rows[:10]],
            rows=len(rows),
            remarks=remarks_of(plan.table, NOMINATION_COLUMNS, plan.notes),
        )  # fmt: skip

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        plan = plan_nominations(upload)
        for round, rows in plan.facts.items():
            put_nominations(round=round, rows=rows, actor=actor)
        return {"new": plan.changes["new"], "changed": plan.changes["changed"], "url": round_page(list(plan.facts))}


def plan_nominations(upload: Upload) -> NominationPlan:
    """Raises ImportFailed with every problem of every row."""
    campaign, table = campaign_of(upload), open_table(upload, COLUMNS)
    rounds = rounds_of(campaign)
    standing = {(n.round_id, n.organization.code): n for n in known_nominations(campaign)}
    organizations = {o.code: o for o in Organization.objects.all()}
    nominable = {o.code for o in organizations.values() if o.active} | {code for _, code in standing}
    found = unknown_rounds(table, rounds) + closed_rounds(table, rounds)
    plan = NominationPlan(table, {}, Counter(), found)
    for document, part in by_document(table, rounds):
        if lacking := no_tiers(part, document):
            found.extend(lacking)
            continue
        read = read_nominations(with_tiers(part), document, organizations=nominable)
        found.extend(read.problems)
        collect(plan, part, read, rounds, organizations, standing)
    refuse(found)
    return plan


def no_tiers(table: Table, document: Scheme) -> list[Problem]:
    """The column that schemes with tiers need."""
    if table.has(TIER.key) or "tiers" not in document.model_fields_set:
        return []
    remedy = f"请加上表头为“{'、'.join(TIER.names)}”之一的列。"
    return [Problem(table.file, None, TIER.label, "", "缺少这一列。", remedy)]


def with_tiers(table: Table) -> Table:
    """Rows that have the column of tiers, empty where the file has none."""
    return replace(table, rows=[(line, {TIER.key: "", **row}) for line, row in table.rows])


def known_nominations(campaign: Campaign) -> Iterable[Nomination]:
    return Nomination.objects.filter(round__campaign=campaign).select_related("organization")


def closed_rounds(table: Table, rounds: dict[str, Round]) -> list[Problem]:
    """Rounds of the file whose nominations have been decided on."""
    return [
        table.problem(line, "round", name, f"{rounds[name].title}“{rounds[name].get_state_display()}”，不能再改申报。",
                      "如确需更正，请先在轮次页退回评分。")
        for name, line in first_lines(table).items()
        if name in rounds and rounds[name].state not in OPEN_FOR_NOMINATIONS
    ]  # fmt: skip


def collect(
    plan: NominationPlan,
    table: Table,
    read: Nominations,
    rounds: dict[str, Round],
    organizations: dict[str, Organization],
    standing: dict[tuple[object, str], Nomination],
) -> None:
    """Facts of every entry, and whether they are news. An empty veto cell leaves a registered veto as it is."""
    cells = dict(table.rows)
    for entry, line in zip(read.entries, read.lines, strict=True):
        round = rounds.get(entry.round)
        if round is None or entry.org_code not in organizations:
            continue
        known = standing.get((round.pk, entry.org_code))
        said = bool(cells[line].get("vetoed"))
        vetoed = entry.vetoed if said or known is None else known.vetoed
        plan.facts.setdefault(round, []).append(NominationFacts(organizations[entry.org_code], entry.tier, vetoed))
        same = known is not None and (known.tier, known.vetoed) == (entry.tier, vetoed)
        plan.changes["new" if known is None else "same" if same else "changed"] += 1
