"""Rehearsals (演练): a round played with made-up people and marks, on the same pages, in a closed world of its own.

A rehearsal is a tenant. So both walls that keep counties apart keep it out of the county's figures, registers and
exports: nothing has to be filtered anywhere. The county's office gets a post in it and goes over by the menu of posts;
made-up inspectors and townships sign in by accounts that end with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.enums import OrganizationKind, Role, TenantKind
from accounts.models import Membership, Organization, Tenant, User, tenant_scope
from accounts.services.audit import record
from accounts.services.people import create_person, grant_membership, new_password, sign_out_everywhere
from accounts.services.tenants import create_tenant
from campaigns.enums import NominationState, PhaseKind, RoundState
from campaigns.models import Nomination, Round, SchemeVersion
from campaigns.services.campaigns import PhaseDates, create_campaign, plan_round, usual_phases
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.schemes import add_version, publish_version
from sites.models import Inspector, PanelMember
from sites.services.inspectors import InspectorFacts, link_inspector, put_inspectors
from sites.services.panels import add_to_panel

from ..enums import SheetSource
from ..made_up import made_up_marks
from ..models import ScoreSheet
from .sheets import SheetFacts, is_recused, submit_sheet

INSPECTORS = 5
#: Where a round has no applications yet, so many villages are made up of the county's list.
ENTRIES = 12
#: Every phase of a rehearsed round is open for so long, so that any step can be tried in any order.
DAYS = 60
NOTE = "演练：这里的人、打分和结果都是假的，不进入任何统计、台账和导出。"


class RehearsalRefused(Exception):
    """A rehearsal cannot be begun or ended; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Account:
    """A made-up person; the password is shown once."""

    username: str
    name: str
    role: str
    password: str


@dataclass(frozen=True)
class _Copied:
    """What a rehearsal takes over from the county: texts and codes, no rows."""

    organizations: list[Organization]
    scheme_text: str
    campaign: dict[str, Any]
    round: dict[str, Any]
    entries: list[tuple[str, str]]
    office: list[User]


@transaction.atomic
def begin_rehearsal(*, round: Round, actor: User) -> tuple[Tenant, list[Account]]:
    """Open a rehearsal of ``round`` in a world of its own. Raises RehearsalRefused while another one is open."""
    county = Tenant.objects.select_for_update().get(pk=round.tenant_id)
    if county.kind == TenantKind.REHEARSAL:
        raise RehearsalRefused("这里已经是演练，不能再从演练中开始演练。")
    if open_rehearsal(county) is not None:
        raise RehearsalRefused("已有一场演练没有结束。请先结束它，再开始新的。")
    copied = _copy(round)
    number = Tenant.objects.filter(rehearsal_of=county).count() + 1
    code = f"9{county.code[:7]}{number:04}"
    world = create_tenant(code=code, name=f"{county.name}（演练）", office=f"{county.office}（演练）", actor=actor,
                          kind=TenantKind.REHEARSAL, is_demo=True, demo_note=NOTE)  # fmt: skip
    Tenant.objects.filter(pk=world.pk).update(rehearsal_of=county)
    with tenant_scope(world):
        accounts = _build(world, copied, actor)
    record(actor=actor, verb="开始演练", target=round, new={"rehearsal": code})
    return world, accounts


def open_rehearsal(county: Tenant) -> Tenant | None:
    return Tenant.objects.filter(rehearsal_of=county, closed_at__isnull=True).first()


def _copy(round: Round) -> _Copied:
    states = (NominationState.APPROVED, NominationState.SUBMITTED)
    entries = Nomination.objects.filter(round=round, state__in=states).order_by("organization__path")
    chosen = list(entries.values_list("organization__code", "tier"))
    if not chosen:
        tier = next(iter(round.scheme_version.document.tier_names), "")
        villages = Organization.objects.filter(active=True, kind=OrganizationKind.VILLAGE).order_by("path")
        chosen = [(code, tier) for code in villages.values_list("code", flat=True)[:ENTRIES]]
    campaign = round.campaign
    names = ("kind", "host", "organizer", "approval_authority", "approval_no", "cycle", "number_cap")
    return _Copied(
        organizations=list(Organization.objects.order_by("depth", "path")),
        scheme_text=round.scheme_version.text,
        campaign={"name": f"{campaign.name}（演练）", **{name: getattr(campaign, name) for name in names}},
        round={"label": round.label, "kind": round.kind, "year": round.year},
        entries=chosen,
        office=[m.user for m in Membership.objects.filter(role=Role.COUNTY_ADMIN, active=True).select_related("user")],
    )


def _build(world: Tenant, copied: _Copied, actor: User) -> list[Account]:
    organizations = _organizations(world, copied.organizations)
    for user in copied.office:
        grant_membership(user=user, tenant=world, role=Role.COUNTY_ADMIN, actor=None, post="演练")
    version = publish_version(version=add_version(tenant=world, text=copied.scheme_text, actor=None), actor=None)
    round = _round(world, copied, version, actor)
    rows = [NominationFacts(organizations[code], tier) for code, tier in copied.entries if code in organizations]
    put_nominations(round=round, rows=rows, actor=actor)
    accounts = list(_people(world, organizations, actor))
    add_to_panel(round=round, inspectors=Inspector.objects.all(), actor=actor)
    return accounts


def _organizations(world: Tenant, originals: list[Organization]) -> dict[str, Organization]:
    """The county's tree once more, parents before children, under new keys."""
    made: dict[Any, Organization] = {}
    for original in originals:
        facts = {field.attname: getattr(original, field.attname) for field in Organization._meta.local_concrete_fields}
        facts |= {"id": uuid4(), "tenant_id": world.pk}
        facts["parent_id"] = made[original.parent_id].pk if original.parent_id else None
        made[original.pk] = Organization(**facts)
    Organization.objects.bulk_create(made.values(), batch_size=500)
    return {row.code: row for row in made.values()}


def _round(world: Tenant, copied: _Copied, version: SchemeVersion, actor: User) -> Round:
    today = timezone.localdate()
    campaign = create_campaign(tenant=world, actor=actor, starts_on=today, **copied.campaign)
    until = today + timedelta(days=DAYS)
    usual = usual_phases(onsite_date=today, kind=copied.round["kind"])
    # Without a phase for it nobody waits five working days for a notice; a notice can still be tried.
    phases = [PhaseDates(each.kind, today, until) for each in usual if each.kind != PhaseKind.NOTICE]
    return plan_round(campaign=campaign, onsite_date=today, scheme_version=version, actor=actor, phases=phases,
                      **copied.round)  # fmt: skip


def _people(world: Tenant, organizations: dict[str, Organization], actor: User) -> Iterator[Account]:
    """Inspectors of the county office and one of a township (who meets 回避), two townships, a leader."""
    county = next(o for o in organizations.values() if o.parent_id is None)
    towns = sorted((o for o in organizations.values() if o.kind == OrganizationKind.TOWNSHIP), key=lambda o: o.path)
    homes = [*[county] * (INSPECTORS - 1), *towns[:1]] if towns else [county] * INSPECTORS
    facts = [InspectorFacts(f"Y{n}", f"演练评委 {n}", home) for n, home in enumerate(homes, start=1)]
    put_inspectors(tenant=world, rows=facts, actor=actor)
    for inspector in Inspector.objects.order_by("number"):
        account, user = _account(world, inspector.number.lower(), inspector.name, Role.INSPECTOR, None)
        link_inspector(inspector=inspector, user=user, actor=actor)
        yield account
    for n, town in enumerate(towns[:2], start=1):
        yield _account(world, f"x{n}", f"{town.name}（演练）", Role.TOWNSHIP_SECRETARY, town)[0]
    yield _account(world, "ld", "演练领导", Role.LEADER, None)[0]


def _account(
    world: Tenant, suffix: str, name: str, role: str, organization: Organization | None
) -> tuple[Account, User]:
    password = new_password()
    username = f"yl{world.code}{suffix}"
    user = create_person(username=username, display_name=name, password=password, actor=None,
                         must_change_password=False)  # fmt: skip
    grant_membership(user=user, tenant=world, role=role, actor=None, organization=organization, post="演练")
    return Account(username, name, Role(role).label, password), user


@transaction.atomic
def fill_with_marks(*, round: Round, actor: User) -> int:
    """Hand in a made-up sheet for every inspector and entry that has none; how many. Only in a rehearsal.

    Marks are drawn from a digest of entry, inspector and criterion: the same rehearsal gives the same marks.
    """
    if round.tenant.kind != TenantKind.REHEARSAL:
        raise RehearsalRefused("只有演练可以填入假的打分。")
    if round.state != RoundState.SCORING:
        raise RehearsalRefused(f"{round.title}“{round.get_state_display()}”，请先开放评分。")
    there = set(ScoreSheet.objects.filter(round=round).values_list("nomination_id", "inspector_id"))
    count = 0
    rows = Nomination.objects.filter(round=round, state=NominationState.APPROVED)
    entries = list(rows.select_related("round__scheme_version", "organization"))
    for member in PanelMember.objects.filter(round=round, left_at__isnull=True).select_related("inspector__home"):
        inspector = member.inspector
        for nomination in entries:
            if (nomination.pk, inspector.pk) in there or is_recused(nomination, inspector):
                continue
            facts = SheetFacts(uuid=uuid4(), marks=made_up_marks(nomination, inspector))
            submit_sheet(nomination=nomination, inspector=inspector, facts=facts, source=SheetSource.DESK, actor=actor)
            count += 1
    return count


@transaction.atomic
def end_rehearsal(*, county: Tenant, actor: User) -> Tenant:
    """Close the open rehearsal of a county: nobody has a post in it any more, made-up accounts are switched off."""
    world = Tenant.objects.select_for_update().filter(rehearsal_of=county, closed_at__isnull=True).first()
    if world is None:
        raise RehearsalRefused("没有正在进行的演练。")
    with tenant_scope(world):
        for membership in Membership.objects.filter(active=True).select_related("user"):
            Membership.objects.filter(pk=membership.pk).update(active=False)
            if membership.user.username.startswith(f"yl{world.code}"):
                User.objects.filter(pk=membership.user_id).update(is_active=False)
                sign_out_everywhere(user=membership.user, actor=None)
        record(actor=actor, verb="结束演练", target=str(world), tenant=world)
    Tenant.objects.filter(pk=world.pk).update(closed_at=timezone.now())
    record(actor=actor, verb="结束演练", target=str(world), new={"rehearsal": world.code})
    return world
