"""Importers of who scores and who guides: inspectors with their homes, and secretaries' guidance visits."""

from collections import Counter
from typing import Any

from django.urls import reverse

from accounts.access import Permission
from accounts.enums import OrganizationKind
from accounts.imports import Cells, Column, Problem, Table, parse_date, parse_integer
from accounts.models import Organization, Upload, User
from accounts.services.uploads import Report, importer
from campaigns.importers.shared import (
    CampaignForm,
    campaign_of,
    open_table,
    refuse,
    remarks_of,
    rounds_of,
    unknown_rounds,
)
from campaigns.models import Round
from schemes.intake import INSPECTOR_COLUMNS, ORG, ROUND, read_inspectors, round_name

from .models import Inspector
from .services.inspectors import InspectorFacts, put_inspectors
from .services.visits import VisitFacts, put_visits, unrecorded

# --- inspectors ---


@importer("inspectors")
class InspectorsImporter:
    title = "评委"
    permission = Permission.IMPORT_DATA
    columns = INSPECTOR_COLUMNS
    params_form = None
    example = (("J01", "评委01", "990101", "领导组"), ("J09", "评委09", "990101002", ""))

    def preview(self, upload: Upload) -> Report:
        table, facts, notes = plan_inspectors(upload)
        changes = Counter(change_of(row, known_inspectors()) for row in facts)
        return Report(
            counts=[
                ("行", len(facts)),
                ("新增", changes["new"]),
                ("更改", changes["changed"]),
                ("不变", changes["same"]),
            ],
            header=["编号", "姓名", "所在单位代码", "所在单位"],
            sample_rows=[[row.number, row.name, row.home.code, row.home.name] for row in facts[:10]],
            rows=len(facts),
            remarks=remarks_of(table, INSPECTOR_COLUMNS, notes),
        )

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        _, facts, _ = plan_inspectors(upload)
        counts = put_inspectors(tenant=upload.tenant, rows=facts, actor=actor)
        return {**counts, "url": reverse("campaigns:imports")}


def known_inspectors() -> dict[str, Inspector]:
    return {row.number: row for row in Inspector.objects.select_related("home")}


def change_of(facts: InspectorFacts, known: dict[str, Inspector]) -> str:
    row = known.get(facts.number)
    if row is None:
        return "new"
    return "same" if (row.name, row.home_id, row.group) == (facts.name, facts.home.pk, facts.group) else "changed"


def plan_inspectors(upload: Upload) -> tuple[Table, list[InspectorFacts], list[Problem]]:
    """Raises ImportFailed with every problem. An empty cell leaves what is known; a new inspector needs both."""
    table = open_table(upload, INSPECTOR_COLUMNS)
    read = read_inspectors(table)
    known, homes = known_inspectors(), {row.code: row for row in Organization.objects.filter(active=True)}
    problems = list(read.problems)
    facts: dict[str, InspectorFacts] = {}
    for line, values in table.rows:
        row = Cells(table, line, values, problems)
        if found := read_inspector(row, known.get(row.text("inspector")), homes):
            facts.setdefault(found.number, found)
    refuse(problems)
    return table, list(facts.values()), problems


def read_inspector(row: Cells, known: Inspector | None, homes: dict[str, Organization]) -> InspectorFacts | None:
    number, code = row.text("inspector"), row.text("home_code")
    name = row.text("name") or (known.name if known else "")
    home = homes.get(code) if code else known.home if known else None
    group = row.text("group") or (known.group if known else "")
    if not number:
        return None
    if len(number) > 20:
        row.refuse("inspector", "编号超过 20 字。", "请改短。")
    if not name or len(name) > 40:
        row.refuse("name", "没有填写姓名，或超过 40 字。", "请填写姓名。")
    if len(group) > 40:
        row.refuse("group", "组别超过 40 字。", "请改短。")
    if home is None:
        reason = "没有这个单位。" if code else "没有填写所在单位；评委要回避所在乡镇（街道）。"
        row.refuse("home_code", reason, "请填乡镇（街道）的代码；县直单位的填县的代码。")
        return None
    return InspectorFacts(number, name, home, group)


# --- guidance visits ---

GUIDANCE_COLUMNS = (
    ROUND,
    Column("township_code", ("乡镇代码", "乡镇（街道）代码", "街道代码"), required=True),
    ORG,
    Column("date", ("日期", "指导日期", "时间"), required=True),
    Column("problems_solved", ("解决问题数", "解决问题"), required=True),
)


@importer("guidance")
class GuidanceImporter:
    title = "书记现场指导"
    permission = Permission.IMPORT_DATA
    columns = GUIDANCE_COLUMNS
    params_form = CampaignForm
    example = (
        ("11", "990101001", "990101001201", "2022-08-01", "2"),
        ("11", "990101002", "990101002201", "2022-08-01", "0"),
    )

    def preview(self, upload: Upload) -> Report:
        table, facts = plan_visits(upload)
        new = len(unrecorded(facts))
        return Report(
            counts=[("行", len(facts)), ("新增", new), ("不变", len(facts) - new)],
            header=["轮次", "乡镇（街道）", "组织", "日期", "解决问题数"],
            sample_rows=[[row.round.title, row.township.name, row.organization.name, row.on.isoformat(),
                          str(row.problems_solved)] for row in facts[:10]],
            rows=len(facts),
            remarks=remarks_of(table, GUIDANCE_COLUMNS),
        )  # fmt: skip

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        _, facts = plan_visits(upload)
        counts = put_visits(tenant=upload.tenant, rows=facts, actor=actor)
        return {**counts, "url": reverse("campaigns:imports")}


def plan_visits(upload: Upload) -> tuple[Table, list[VisitFacts]]:
    """Raises ImportFailed with every problem of every row."""
    campaign, table = campaign_of(upload), open_table(upload, GUIDANCE_COLUMNS)
    rounds = rounds_of(campaign)
    organizations = {row.code: row for row in Organization.objects.all()}
    problems = unknown_rounds(table, rounds)
    read = [read_visit(Cells(table, line, values, problems), rounds, organizations) for line, values in table.rows]
    refuse(problems)
    return table, [found for found in read if found is not None]


def read_visit(row: Cells, rounds: dict[str, Round], organizations: dict[str, Organization]) -> VisitFacts | None:
    round = rounds.get(round_name(row.text("round")))
    if not row.text("round"):
        row.refuse("round", "没有填写。", "请填写轮次。")
    township, organization = read_places(row, organizations)
    on = row.parsed("date", parse_date, remedy="请写成 2022-08-01 的样子。")
    if not row.text("date"):
        row.refuse("date", "没有填写。", "请填写指导日期。")
    solved = row.parsed("problems_solved", parse_integer, remedy="请填 0 以上的整数。")
    if not row.text("problems_solved"):
        row.refuse("problems_solved", "没有填写；没有填写不等于 0。", "没有解决问题的请填 0。")
    if solved is not None and not 0 <= solved <= 1000:
        row.refuse("problems_solved", "不在 0 至 1000 之间。", "请核对。")
    if round is None or township is None or organization is None or on is None or solved is None:
        return None
    return VisitFacts(round, township, organization, on, solved)


def read_places(row: Cells, organizations: dict[str, Organization]) -> tuple[Organization | None, Organization | None]:
    """The township and the organization visited, which lies below it."""
    township = organizations.get(row.text("township_code"))
    organization = organizations.get(row.text("org_code"))
    if township is None or township.kind != OrganizationKind.TOWNSHIP:
        row.refuse("township_code", "没有这个乡镇（街道）。", "请核对代码。")
        township = None
    if organization is None:
        row.refuse("org_code", "没有这个组织。", "请核对代码，或先登记这个组织。")
    elif township and organization.township_code != township.code:
        row.refuse("org_code", f"“{organization.name}”不在{township.name}。", "请核对两处代码。")
    return township, organization
