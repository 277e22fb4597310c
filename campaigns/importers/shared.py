"""What every import into a campaign shares: which campaign and round a row belongs to, and what the person is told.

Tables are read by ``schemes.tables``, checked by ``schemes.intake``, written by services.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.urls import reverse

from accounts.imports import Column, ImportFailed, Problem, Table, read_table
from accounts.models import Membership, Upload
from accounts.services.uploads import read_upload
from schemes import Scheme
from schemes.intake import round_name
from schemes.problems import errors

from ..enums import RoundKind
from ..models import Campaign, Round
from ..queries import visible_campaigns

#: A preview is read by a person; more remarks than this say no more.
MOST_REMARKS = 20


class CampaignForm(forms.Form):
    """Which campaign a file belongs to: files name rounds, not campaigns."""

    campaign = forms.ChoiceField(label="活动", help_text="文件里的轮次在这个活动里查找。")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].choices = [(str(row.pk), row.name) for row in visible_campaigns(membership)]


def campaign_of(upload: Upload) -> Campaign:
    """Raises ImportFailed when no campaign was chosen, or it is gone."""
    chosen = Campaign.objects.filter(pk=upload.params.get("campaign") or None).first()
    if chosen is None:
        raise ImportFailed([Problem(file=upload.filename, reason="没有选择活动。", remedy="请重新上传并选择活动。")])
    return chosen


def rounds_of(campaign: Campaign, kind: str = RoundKind.CREATION) -> dict[str, Round]:
    """Rounds of one kind by the name that files use."""
    rows = campaign.rounds.filter(kind=kind).select_related("scheme_version__scheme", "campaign")
    return {round_name(row.label): row for row in rows}


def open_table(upload: Upload, columns: Sequence[Column]) -> Table:
    """The file as rows. Raises ImportFailed for its shape, and when it has no row of data."""
    table = read_table(upload.filename, read_upload(upload), columns=columns)
    if not table.rows:
        raise ImportFailed([table.problem(None, "", "", "表头下面没有数据行。", "请填写后重新上传。")])
    return table


def with_rows(table: Table, names: Iterable[str]) -> Table:
    """The table with the rows of these rounds only."""
    wanted = set(names)
    return replace(table, rows=[(line, row) for line, row in table.rows if round_name(row["round"]) in wanted])


def by_document(table: Table, rounds: dict[str, Round]) -> Iterator[tuple[Scheme, Table]]:
    """Rows by the scheme that judges them. Rows of no known round come with the newest, so that all else is checked."""
    if not rounds:
        return
    newest = max(rounds.values(), key=lambda round: round.sequence).scheme_version
    versions = {round.scheme_version_id: round.scheme_version for round in rounds.values()}
    named = {round_name(row["round"]) for _, row in table.rows}
    for version in versions.values():
        own = {name for name, round in rounds.items() if round.scheme_version_id == version.pk}
        part = with_rows(table, (named & own) | ((named - rounds.keys()) if version == newest else set()))
        if part.rows:
            yield version.document, part


def unknown_rounds(table: Table, rounds: dict[str, Round]) -> list[Problem]:
    """One problem for every name that is no round of the campaign, at its first row."""
    rows: dict[str, list[int]] = {}
    for line, row in table.rows:
        if row["round"] and round_name(row["round"]) not in rounds:
            rows.setdefault(row["round"], []).append(line)
    known = f"已安排：{'、'.join(rounds)}。" if rounds else "请先安排轮次。"
    return [
        table.problem(lines[0], "round", name, f"活动里没有这一轮（共 {len(lines)} 行）。", f"请核对轮次。{known}")
        for name, lines in rows.items()
    ]


def first_lines(table: Table) -> dict[str, int]:
    """Where each round is first named."""
    lines: dict[str, int] = {}
    for line, row in table.rows:
        lines.setdefault(round_name(row["round"]), line)
    return lines


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ImportFailed with everything found, in the order of rows, if any of it forbids use."""
    if wrong := errors(problems):
        raise ImportFailed(sorted(wrong, key=lambda problem: problem.row or 0))


def remarks_of(table: Table, columns: Sequence[Column], notes: Iterable[Problem] = ()) -> list[str]:
    """What the reader should know and need not mend: columns not used, rows skipped, notes of the checks."""
    known = {column.key for column in columns}
    extra = [header for key, header in table.headers.items() if key not in known]
    remarks = [f"没有用到的列：{'、'.join(f'“{header}”' for header in extra)}。"] if extra else []
    remarks += [f"第 {line} 行“{text}”不是数据，已跳过。" for line, text in table.skipped]
    remarks += [str(note) for note in notes if note.severity != "error"]
    more = len(remarks) - MOST_REMARKS
    return [*remarks[:MOST_REMARKS], f"另有 {more} 条说明。"] if more > 0 else remarks


def round_page(rounds: Sequence[Round]) -> str:
    """Where to go on: the round when there is one, else the page of imports."""
    return reverse("reports:round", args=[rounds[0].pk]) if len(rounds) == 1 else reverse("campaigns:imports")
