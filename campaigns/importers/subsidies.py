"""The importer of special subsidies to remote villages: amounts in 万元, or in 元 where the file says so."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.access import Permission
from accounts.imports import Cells, Column, Problem, Table, parse_decimal
from accounts.models import Organization, Upload, User
from accounts.services.uploads import Report, importer
from schemes.intake import ORG

from ..models import Campaign, Subsidy
from ..services.subsidies import put_special_subsidies
from .shared import CampaignForm, campaign_of, open_table, refuse, remarks_of

SUBSIDY_COLUMNS = (ORG, Column("amount_wan", ("补助金额", "金额", "补助金额（万元）", "专项补助"), required=True))


@importer("special_subsidies")
class SpecialSubsidiesImporter:
    title = "偏远村专项补助"
    permission = Permission.IMPORT_DATA
    columns = SUBSIDY_COLUMNS
    params_form = CampaignForm
    example = (("990101001201", "20"), ("990101001202", "18.5"))

    def preview(self, upload: Upload) -> Report:
        table, amounts = plan_subsidies(upload)
        known = dict(special_subsidies(campaign_of(upload)))
        new = sum(row.pk not in known for row in amounts)
        same = sum(known.get(row.pk) == amount for row, amount in amounts.items())
        total = sum(amounts.values(), Decimal(0))
        return Report(
            counts=[("行", len(amounts)), ("新增", new), ("更改", len(amounts) - new - same), ("不变", same)],
            header=["组织代码", "组织", "补助金额（万元）"],
            sample_rows=[[row.code, row.name, f"{amount:f}"] for row, amount in list(amounts.items())[:10]],
            rows=len(amounts),
            remarks=[f"合计 {total:f} 万元。", *remarks_of(table, SUBSIDY_COLUMNS)],
        )

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        _, amounts = plan_subsidies(upload)
        count = put_special_subsidies(campaign=campaign_of(upload), amounts=amounts, actor=actor)
        return {"organizations": count, "url": reverse("campaigns:imports")}


def special_subsidies(campaign: Campaign) -> Iterable[tuple[Any, Decimal]]:
    """What stands for each organization: lines that no counter line took back."""
    countered = Exists(Subsidy.objects.filter(counters=OuterRef("pk")))
    rows = Subsidy.objects.filter(campaign=campaign, round=None, amount_wan__gte=0).exclude(countered)
    return rows.values_list("organization_id", "amount_wan")


def plan_subsidies(upload: Upload) -> tuple[Table, dict[Organization, Decimal]]:
    """Amounts in 万元 by organization. Raises ImportFailed with every problem."""
    table = open_table(upload, SUBSIDY_COLUMNS)
    organizations = {row.code: row for row in Organization.objects.filter(active=True)}
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    amounts: dict[Organization, Decimal] = {}
    for line, values in table.rows:
        row = Cells(table, line, values, problems)
        code, amount = row.text("org_code"), read_amount(row)
        if code not in organizations:
            row.refuse("org_code", "没有这个组织。", "请核对代码，或先登记这个组织。")
        elif lines.setdefault(code, line) != line:
            row.refuse("org_code", f"与第 {lines[code]} 行是同一个组织。", "请合并成一行。")
        elif amount is not None:
            amounts[organizations[code]] = amount
    refuse(problems)
    return table, amounts


def read_amount(row: Cells) -> Decimal | None:
    """万元, unless the cell or the head of its column says 元."""
    text, head = row.text("amount_wan"), row.table.headers["amount_wan"]
    amount = row.parsed("amount_wan", parse_decimal, remedy="请填数，单位万元。")
    if not text:
        row.refuse("amount_wan", "没有填写；没有金额不等于 0。", "请填写金额，或删去这一行。")
    if amount is None:
        return None
    unit = text if "元" in text else head
    wan = amount.scaleb(-4) if "元" in unit and "万" not in unit else amount
    if wan <= 0 or wan != wan.quantize(Decimal("0.0001")) or wan >= 10**8:
        row.refuse("amount_wan", "金额应大于 0，精确到元。", "请核对金额和单位。")
        return None
    return wan
