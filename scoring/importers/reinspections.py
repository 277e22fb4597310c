"""The importer of re-inspections: sheets of title holders, by month. The round of the month is planned when it is new.

A re-inspection has no nominations to hand in: who holds a title is known, so its entries are the holders in the file.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.access import Permission
from accounts.imports import Column, ImportFailed, Problem, Table
from accounts.models import Organization, Upload, User
from accounts.services.uploads import Report, importer
from campaigns.enums import RoundKind, RoundState
from campaigns.importers.shared import CampaignForm, campaign_of, first_lines, open_table, refuse, rounds_of
from campaigns.models import Campaign, Nomination, Round, SchemeVersion, Title
from campaigns.queries import townships_by_code
from campaigns.services.campaigns import move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from schemes.intake import INSPECTOR, ORG, sheet_columns
from sites.models import Inspector

from .marks import RoundSheets, sheets_of_round
from .sheets import (
    SheetsPlan,
    closed_rounds,
    newest_columns,
    newest_example,
    nominations_by_round,
    report_of,
    store_plan,
)

#: A re-inspection belongs to a month as a sheet belongs to a round.
MONTH = Column("round", ("month", "月份", "复评月份"), required=True)
FIRST = (MONTH, ORG, INSPECTOR)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*月|(?:[-/.]|月)\d{1,2}日?)?")
OPENING = (RoundState.PLANNED, RoundState.NOMINATING)


@dataclass
class Month:
    """The re-inspection of one month: its round (not yet saved when new) and the holders that enter it."""

    round: Round
    entries: list[Nomination]
    new: list[Nomination]

    @property
    def unopened(self) -> bool:
        return self.round._state.adding or self.round.state in OPENING


@importer("reinspections")
class ReinspectionsImporter:
    title = "复评评分单"
    permission = Permission.IMPORT_DATA
    params_form = CampaignForm

    @property
    def columns(self) -> tuple[Column, ...]:
        return newest_columns(FIRST)

    @property
    def example(self) -> tuple[tuple[str, ...], ...]:
        return newest_example(("2026-05", "990101001201", "J01"), ("2026-05", "990101001201", "J02"))

    def preview(self, upload: Upload) -> Report:
        plan, months = plan_reinspections(upload)
        report = report_of(plan)
        report.remarks = [
            f"{month.round.title}将安排在 {month.round.onsite_date} 并开放评分，{len(month.new)} 家持有称号的单位参加。"
            for month in months.values()
            if month.unopened
        ] + report.remarks
        return report

    @transaction.atomic
    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        _, months = plan_reinspections(upload)
        for month in months.values():
            open_month(month, actor)
        return store_plan(plan_reinspections(upload)[0], actor)


def open_month(month: Month, actor: User | None) -> None:
    """Plan the round when it is new, enter the holders, open it for sheets."""
    planned = month.round
    if planned._state.adding:
        planned = plan_round(
            campaign=planned.campaign,
            label=planned.label,
            onsite_date=planned.onsite_date,
            kind=RoundKind.REINSPECTION,
            scheme_version=planned.scheme_version,
            actor=actor,
        )
    if month.new:
        put_nominations(round=planned, rows=[NominationFacts(n.organization, n.tier) for n in month.new], actor=actor)
    planned.refresh_from_db()
    if planned.state == RoundState.NOMINATING:
        move_round(round=planned, to=RoundState.SCORING, actor=actor)


def plan_reinspections(upload: Upload) -> tuple[SheetsPlan, dict[str, Month]]:
    """Raises ImportFailed with every problem of every row."""
    campaign = campaign_of(upload)
    version = newest_version(campaign, upload)
    columns = sheet_columns(version.document, first=FIRST)
    table = by_month(open_table(upload, columns))
    known = rounds_of(campaign, RoundKind.REINSPECTION)
    opened = {name: round for name, round in known.items() if round.state not in OPENING}
    problems = [*wrong_months(table), *closed_rounds(table, opened)]
    inspectors = {row.number: row for row in Inspector.objects.select_related("home")}
    entered = nominations_by_round(list(known.values()))
    months: dict[str, Month] = {}
    parts: list[RoundSheets] = []
    for name in first_lines(table):
        if month_of(name) is None:
            continue
        round = known.get(name) or planned_round(campaign, version, name)
        own = replace(table, rows=[(line, row) for line, row in table.rows if row["round"] == name])
        months[name] = month = enter_holders(own, round, entered.get(round.pk, []), problems)
        own = of_entries(own, month.entries)
        parts.append(sheets_of_round(own, round.scheme_version.document, round, month.entries, inspectors))
    problems += [problem for part in parts for problem in part.problems]
    refuse(problems)
    return SheetsPlan(table, columns, parts, problems), months


def newest_version(campaign: Campaign, upload: Upload) -> SchemeVersion:
    """The version of the campaign's last round. Raises ImportFailed when its scheme re-inspects nobody."""
    last = campaign.rounds.select_related("scheme_version__scheme").order_by("-sequence").first()
    if last is None or last.scheme_version.document.titles.reinspection is None:
        raise ImportFailed(
            [Problem(file=upload.filename, reason="办法没有规定复评。", remedy="请核对活动和所采用的办法。")]
        )
    return last.scheme_version


def month_of(name: str) -> date | None:
    """The last day of ``2022-05``; None for what is no month."""
    found = _MONTH.fullmatch(name)
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    year, month = int(found[1]), int(found[2])
    return date(year, month, monthrange(year, month)[1])


def by_month(table: Table) -> Table:
    """``2022年5月``, ``2022/5`` and the date that a spreadsheet makes of it are all ``2022-05``."""
    rows = []
    for line, row in table.rows:
        day = month_of(row["round"])
        rows.append((line, {**row, "round": f"{day:%Y-%m}" if day else row["round"]}))
    return replace(table, rows=rows)


def wrong_months(table: Table) -> Iterable[Problem]:
    for line, row in table.rows:
        if month_of(row["round"]) is None:
            yield table.problem(line, "round", row["round"], "不是月份。", "请写成 2026-05 的样子。")


def planned_round(campaign: Campaign, version: SchemeVersion, name: str) -> Round:
    """A round as it will be planned, not saved: previews write nothing."""
    day = month_of(name)
    return Round(tenant=campaign.tenant, campaign=campaign, kind=RoundKind.REINSPECTION, label=name,
                 year=day.year if day else None, onsite_date=day, scheme_version=version)  # fmt: skip


def enter_holders(table: Table, round: Round, entered: list[Nomination], problems: list[Problem]) -> Month:
    """Entries of the month: those already entered, and holders of a title on its day. Others become problems."""
    codes = {n.organization.code for n in entered}
    named = {row["org_code"]: line for line, row in reversed(table.rows) if row["org_code"] not in codes}
    tiers, townships = held_tiers(round, named), townships_by_code()
    organizations = {o.code: o for o in Organization.objects.filter(code__in=named)}
    new = []
    for code, line in sorted(named.items(), key=lambda item: item[1]):
        if code in tiers:
            organization = organizations[code]
            new.append(Nomination(tenant=round.tenant, organization=organization, tier=tiers[code],
                                  township=townships.get(organization.township_code)))  # fmt: skip
        else:
            problems.append(
                table.problem(line, "org_code", code, "这个组织那时没有称号，不能复评。", "请核对代码与月份。")
            )
    return Month(round, [*entered, *new], new)


def of_entries(table: Table, entries: list[Nomination]) -> Table:
    """Rows of those who enter; the others have been refused, once each."""
    codes = {n.organization.code for n in entries}
    return replace(table, rows=[(line, row) for line, row in table.rows if row["org_code"] in codes])


def held_tiers(round: Round, codes: Iterable[str]) -> dict[str, str]:
    """The highest tier that each organization held on the round's day; a scheme lists its tiers highest first."""
    day = round.onsite_date
    still = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    titles = Title.objects.filter(still, campaign=round.campaign, awarded_on__lte=day)
    titles = titles.filter(organization__code__in=list(codes))
    tiers = round.scheme_version.document.tier_names
    held = [pair for pair in titles.values_list("organization__code", "tier") if pair[1] in tiers]
    return dict(sorted(held, key=lambda pair: -tiers.index(pair[1])))
