"""The importer of rounds: plans the ones that are new; a round that stands is never moved by a file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from accounts.access import Permission
from accounts.imports import Cells, Column, ImportFailed, Problem, Table, parse_date, parse_integer
from accounts.models import Membership, Upload, User
from accounts.services.uploads import Report, importer
from schemes.intake import ROUND, round_name

from ..enums import VersionState
from ..models import Round, SchemeVersion
from ..services.campaigns import plan_round
from .shared import CampaignForm, campaign_of, open_table, refuse, remarks_of, rounds_of

ROUND_COLUMNS = (
    ROUND,
    Column("year", ("年度", "年份", "年")),
    Column("month", ("月份", "计划月份", "月")),
    Column("onsite_date", ("现场日期", "现场时间", "日期"), required=True),
)


class RoundsForm(CampaignForm):
    """New rounds pin a version of the scheme."""

    version = forms.ChoiceField(label="办法版本", help_text="新安排的轮次采用这一版；以后发布的版本不影响它们。")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, membership=membership, **kwargs)
        self.fields["version"].choices = [(str(row.pk), str(row)) for row in published_versions()]


def published_versions() -> list[SchemeVersion]:
    """Published versions, the newest first."""
    rows = SchemeVersion.objects.filter(state=VersionState.PUBLISHED).select_related("scheme")
    return list(rows.order_by("-published_at"))


@dataclass(frozen=True)
class PlannedRound:
    name: str
    year: int
    onsite_date: date


@importer("rounds")
class RoundsImporter:
    title = "轮次"
    permission = Permission.IMPORT_DATA
    columns = ROUND_COLUMNS
    params_form = RoundsForm
    example = (("1", "2026", "3", "2026-03-20"), ("2", "2026", "7", "2026-07-15"), ("3", "2026", "10", "2026-10-20"))

    def preview(self, upload: Upload) -> Report:
        table, planned, known = plan_rounds(upload)
        return Report(
            counts=[("行", len(planned)), ("新增", sum(row.name not in known for row in planned)),
                    ("不变", sum(row.name in known for row in planned))],
            header=["轮次", "年度", "现场日期"],
            sample_rows=[[row.name, str(row.year), row.onsite_date.isoformat()] for row in planned[:10]],
            rows=len(planned),
            remarks=remarks_of(table, ROUND_COLUMNS),
        )  # fmt: skip

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        _, planned, known = plan_rounds(upload)
        campaign, version = campaign_of(upload), version_of(upload)
        new = [row for row in planned if row.name not in known]
        for row in sorted(new, key=lambda row: row.onsite_date):
            plan_round(campaign=campaign, label=row.name, onsite_date=row.onsite_date, year=row.year,
                       scheme_version=version, actor=actor)  # fmt: skip
        return {"new": len(new), "url": reverse("campaigns:imports")}


def version_of(upload: Upload) -> SchemeVersion:
    chosen = next((row for row in published_versions() if str(row.pk) == upload.params.get("version")), None)
    if chosen is None:
        raise ImportFailed(
            [Problem(file=upload.filename, reason="没有选择已发布的办法版本。", remedy="请重新上传并选择。")]
        )
    return chosen


def plan_rounds(upload: Upload) -> tuple[Table, list[PlannedRound], dict[str, Round]]:
    """Raises ImportFailed with every problem; a round that stands otherwise than the file says is one."""
    campaign, table = campaign_of(upload), open_table(upload, ROUND_COLUMNS)
    version_of(upload)
    known = rounds_of(campaign)
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    planned = []
    for line, values in table.rows:
        row = Cells(table, line, values, problems)
        if found := read_round(row, known, seen):
            planned.append(found)
    refuse(problems)
    return table, planned, known


def read_round(row: Cells, known: dict[str, Round], seen: dict[str, int]) -> PlannedRound | None:
    name = round_name(row.text("round"))
    year = row.parsed("year", parse_integer, remedy="请填四位年份，或留空。")
    month = row.parsed("month", parse_integer, remedy="请填 1 至 12，或留空。")
    day = row.parsed("onsite_date", parse_date, remedy="请写成 2026-03-20 的样子。")
    if not name or len(name) > 20:
        row.refuse("round", "没有填写轮次，或超过 20 字。", "请填 1、2、3 这样的轮次。")
    elif seen.setdefault(name, row.line) != row.line:
        row.refuse("round", f"与第 {seen[name]} 行是同一轮。", "请只留一行。")
    if not row.text("onsite_date"):
        row.refuse("onsite_date", "没有填写。", "请填写现场日期。")
    if year is not None and not 2000 <= year <= 2100:
        row.refuse("year", "不是合理的年份。", "请填四位年份，或留空。")
    if month is not None and not 1 <= month <= 12:
        row.refuse("month", "不是月份。", "请填 1 至 12，或留空。")
    if not name or day is None:
        return None
    stands = known.get(name)
    if stands and (stands.onsite_date, stands.year) != (day, year or day.year):
        row.refuse(
            "onsite_date",
            f"这一轮已安排在 {stands.year} 年度、{stands.onsite_date}。",
            "请与已安排的一致，或删去这一行。",
        )
    return PlannedRound(name, year or day.year, day)
