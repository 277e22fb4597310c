"""What imports of facts and events share: the round a file is for, who takes part in it, what is told about it."""

from collections.abc import Callable
from typing import Any

from django import forms

from accounts.imports import ImportFailed, Problem, Table
from accounts.models import Membership, Organization, Upload
from campaigns.enums import SEALED_STATES, NominationState, RoundKind
from campaigns.importers.rounds import published_versions
from campaigns.models import Nomination, Round
from campaigns.queries import visible_rounds
from schemes import Entry, Scheme
from schemes.fact_tables import organizations_of
from schemes.intake import round_name

Wants = Callable[[Scheme], bool]


class RecordsForm(forms.Form):
    """Which round a file of facts or events belongs to: only rounds that are not sealed and whose scheme asks for
    any.
    """

    round = forms.ChoiceField(label="轮次", help_text="数据和事项记在这一轮；封存以后不能再改。")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rounds = visible_rounds(membership).filter(kind=RoundKind.CREATION).exclude(state__in=SEALED_STATES)
        rows = rounds.select_related("campaign", "scheme_version").order_by("-onsite_date", "-sequence")
        self.fields["round"].choices = [
            (str(row.pk), f"{row.campaign.name} {row.title}") for row in rows if self.wants(row.scheme_version.document)
        ]
        if not self.fields["round"].choices:
            self.fields["round"].help_text = "现在没有可以导入的轮次：没有采用这类办法的，或者都已封存。"

    @staticmethod
    def wants(scheme: Scheme) -> bool:
        return bool(scheme.recorded)


class EventsForm(RecordsForm):
    @staticmethod
    def wants(scheme: Scheme) -> bool:
        return bool(scheme.events)


def newest_document(wants: Wants) -> Scheme | None:
    """The newest published scheme that asks for this kind of record: what a blank template is made from."""
    return next((row.document for row in published_versions() if wants(row.document)), None)


def round_of(upload: Upload) -> Round:
    """Raises ImportFailed when no round was chosen, it is gone, or it is sealed."""
    rows = Round.objects.select_related("campaign", "scheme_version__scheme")
    chosen = rows.filter(pk=upload.params.get("round") or None).first()
    if chosen is None:
        raise ImportFailed([Problem(file=upload.filename, reason="没有选择轮次。", remedy="请重新上传并选择轮次。")])
    if chosen.state in SEALED_STATES:
        reason = f"{chosen.title}“{chosen.get_state_display()}”，不能再改数据和事项。"
        raise ImportFailed([Problem(file=upload.filename, reason=reason, remedy="如需更正，请先在轮次页退回评分。")])
    return chosen


def entries_of(round: Round) -> dict[str, Nomination]:
    """Approved nominations of the round by the organization's code."""
    rows = Nomination.objects.filter(round=round, state=NominationState.APPROVED).select_related("organization")
    return {row.organization.code: row for row in rows}


def joining(
    table: Table, round: Round, entries: dict[str, Nomination], problems: list[Problem]
) -> dict[str, Organization]:
    """Who takes part because the file names them: everybody, where nobody has to apply and nobody has been entered."""
    if entries or "tiers" in round.scheme_version.document.model_fields_set:
        return {}
    codes = [code for _, code in organizations_of(table, round.label)]
    known = {row.code: row for row in Organization.objects.filter(code__in=codes, active=True)}
    for line, row in table.rows:
        code = row["org_code"]
        if code and code not in known:
            problems.append(table.problem(line, "org_code", code, "没有这个组织。", "请核对代码，或先登记这个组织。"))
    return known


def engine_entries(round: Round, codes: list[str]) -> list[Entry]:
    """Entries as the readers of tables take them; the tier does not matter there."""
    tier = round.scheme_version.document.tier_names[0]
    return [Entry(round_name(round.label), code, tier) for code in codes]


def in_this_round(table: Table, round: Round, problems: list[Problem]) -> None:
    """A file for one round names no other."""
    wrong: dict[str, list[int]] = {}
    for line, row in table.rows:
        if row.get("round") and round_name(row["round"]) != round_name(round.label):
            wrong.setdefault(row["round"], []).append(line)
    for name, lines in wrong.items():
        reason = f"选择的是{round.title}，这里写的是另一轮（共 {len(lines)} 行）。"
        problems.append(table.problem(lines[0], "round", name, reason, "请核对轮次，或分开导入。"))
