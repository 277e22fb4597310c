"""The roster of a panel (花名册): groups, names, homes, and whom each leaves to the others."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from accounts.models import Tenant
from campaigns.models import Nomination, Round
from sites.models import PanelMember
from sites.queries import panels_of

from .layout import Cell, Column, Sheet

COLUMNS = (
    Column("序号", 6, 0, centred=True), Column("组别", 12, centred=True), Column("编号", 9, centred=True),
    Column("姓名", 12, centred=True), Column("身份", 9, centred=True), Column("单位", 22), Column("回避单位", 44),
    Column("情况", 30),
)  # fmt: skip


def panel_sheet(round: Round, tenant: Tenant) -> Sheet:
    members = PanelMember.objects.filter(round=round).select_related("inspector__home", "replaces__inspector")
    rows = list(members.order_by("group", "inspector__number"))
    return Sheet(
        name="花名册",
        title=f"{tenant.name}{round.campaign.name}{round.title}评委花名册",
        columns=COLUMNS,
        rows=list(_rows(round, rows)),
        line=f"现场日期：{round.onsite_date:%Y-%m-%d}",
        notes=("观摩、见习人员的评分单不计入结果。",),
        frozen=4,
    )


def _rows(round: Round, members: list[PanelMember]) -> Iterator[list[Cell]]:
    recused = _recused(round)
    for number, each in enumerate(members, start=1):
        yield [
            number, each.group or None, each.inspector.number, each.inspector.name, each.get_role_display(),
            each.inspector.home.name, "、".join(recused[each.inspector_id]) or None, _state(each),
        ]  # fmt: skip


def _recused(round: Round) -> dict[UUID, list[str]]:
    """Names of entries by inspector, in the order of the list of organizations."""
    pairs = panels_of([round])[round.pk].recused
    entries = Nomination.objects.filter(round=round).order_by("organization__path")
    names = dict(entries.values_list("pk", "organization__name"))
    found: dict[UUID, list[str]] = defaultdict(list)
    for pk, name in names.items():
        for inspector, nomination in pairs:
            if nomination == pk:
                found[inspector].append(name)
    return found


def _state(member: PanelMember) -> str | None:
    if member.left_at is not None:
        return f"已离开：{member.left_reason}"
    return f"接替{member.replaces.inspector.name}" if member.replaces else None
