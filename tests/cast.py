"""Two counties that differ in every word and number, their platform and prefectures: for tests of who may see what.

``make_world`` gives ``home`` and ``other``. Every text of a county begins with its ``sign`` (雁 or 鹊), so one character
found in a strange answer is a leak. Each has round 1 published and round 2 computed and not published; the marks of
round 2 (``secrets``) occur nowhere else. Everything is written by services.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from accounts.enums import OrganizationKind, Role, TenantKind
from accounts.models import Job, Organization, Tenant, Upload, User, tenant_scope
from accounts.services.audit import record
from campaigns.enums import PhaseKind, RoundState
from campaigns.models import Nomination, Round, SchemeVersion
from campaigns.services.campaigns import PhaseDates, create_campaign, move_round, plan_round
from campaigns.services.drafts import begin_draft
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.schemes import add_version, publish_version
from campaigns.services.subsidies import put_special_subsidies
from schemes.editing import read_tree
from scoring.models import Computation, EventRevision, Result, ScoreSheet
from scoring.services.computing import compute_round
from scoring.services.facts import EventFacts, put_events, withdraw_event
from scoring.services.publication import confirm_computation, publish_computation
from scoring.services.sheets import SheetFacts, submit_sheet
from sites.models import GuidanceVisit, Inspector, PanelMember
from tests import factories
from tests.cast_lived import lived

SCHEME = """
language: biaogan-scheme/1
identity:
  {{key: {key}, name: {sign}试行办法, county: {{code: "{code}", name: {sign}县}}, issuer: {sign}组织部, version: {sign}2026}}
clauses:
  {sign}一: {{title: {sign}标准, text: {sign}满分二十。}}
  {sign}二: {{title: {sign}名额, text: {sign}淘汰四成。}}
criteria:
  clause: {sign}一
  full_marks: 20
  tree:
    - {{key: {key}a, name: {sign}实绩, mark: {{max: 10, step: 0.01}}}}
    - {{key: {key}b, name: {sign}满意, mark: {{max: 10, step: 0.01}}}}
panel: {{size: 3, clause: {sign}一}}
tiers: [{{name: {sign}标杆, threshold: 5}}]
score: {{kind: mean, clause: {sign}一, round: {{places: 2}}}}
ranking: {{clause: {sign}二, tie_breaks: [{{kind: node_mean, node: {key}b, round: {{places: 2}}}}]}}
selection: {{clause: {sign}二, limits: [{{kind: elimination_rate, minimum: 40%}}]}}
bonus: {{clause: {sign}二, points: {{{sign}标杆: {bonus}}}}}
subsidy: {{clause: {sign}二, wan: {{{sign}标杆: {wan}}}}}
consequences: [{{key: {key}c, name: {sign}约谈, last: 1, who: {sign}组织部}}]
propagation: [{{key: {key}p, name: {sign}乡镇得分, points: {{{sign}标杆: {bonus}}}}}]
"""
#: Marks of the four villages in each round; published ones of home are round, all others are unmistakable.
MARKS = {
    "雁": ([("9", "8"), ("8", "8"), ("7", "7"), ("6", "6")],
           [("8.61", "9.12"), ("7.83", "8.54"), ("7.19", "6.91"), ("6.07", "6.34")]),
    "鹊": ([("9.43", "9.26"), ("8.37", "8.46"), ("7.23", "7.46"), ("6.43", "6.22")],
           [("9.67", "9.58"), ("8.93", "8.78"), ("7.69", "7.88"), ("6.73", "6.92")]),
}  # fmt: skip
MONEY = {"雁": ("0.5", "0.9", "3"), "鹊": ("0.3719", "0.8473", "7.7731")}


@dataclass
class County:
    """``people`` by role and, for the second of a kind, by what it is; ``ids`` by the name a route gives them."""

    sign: str
    key: str
    code: str
    tenant: Tenant
    people: dict[str, User] = field(default_factory=dict)
    towns: list[Organization] = field(default_factory=list)
    villages: list[Organization] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    computations: list[Computation] = field(default_factory=list)
    ids: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)

    def named(self, text: str) -> str:
        return f"{self.sign}{text}"

    @property
    def secrets(self) -> set[str]:
        """Every number of the round that is not published."""
        marks = MARKS[self.sign][1]
        return {mark for pair in marks for mark in pair} | {_total(pair) for pair in marks}

    @property
    def numbers(self) -> set[str]:
        return (
            self.secrets
            | {mark for pair in MARKS[self.sign][0] for mark in (*pair, _total(pair))}
            | set(MONEY[self.sign])
        )


def _total(pair: tuple[str, str]) -> str:
    return str(sum(map(Decimal, pair)))


def make_world() -> SimpleNamespace:
    """``home``, ``other``, ``platform`` (three administrators), ``watcher``, ``stranger`` (no post)."""
    platform = factories.make_tenant("platform", name="平台", kind=TenantKind.PLATFORM)
    admins = {
        role: factories.make_person(platform, role)
        for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    }
    above = [
        factories.make_tenant(code, name=name, kind=TenantKind.PREFECTURE)
        for code, name in (("3301", "甲市"), ("3302", "乙市"))
    ]
    home, other = (
        make_county(sign, key, code, parent)
        for sign, key, code, parent in (("雁", "wyan", "330182", above[0]), ("鹊", "zqxe", "437651", above[1]))
    )
    watcher = factories.make_person(above[0], Role.OBSERVER)
    stranger = factories.make_person(platform, Role.AUDIT_ADMIN, username="nobody")
    with tenant_scope(platform):
        stranger.memberships.all().update(active=False)
    return SimpleNamespace(
        home=home, other=other, platform=platform, admins=admins, prefectures=above, watcher=watcher, stranger=stranger
    )


def make_county(sign: str, key: str, code: str, parent: Tenant | None = None) -> County:
    tenant = factories.make_tenant(code, name=f"{sign}县", office=f"{sign}县委组织部", parent=parent)
    county = County(sign, key, code, tenant)
    _organizations(county)
    _people(county)
    with tenant_scope(tenant):
        campaign = _campaign(county)
        for number in (1, 2):
            _round(county, campaign, number)
        _beside(county, campaign)
        _ids(county, campaign)
    return county


def _organizations(county: County) -> None:
    make, tenant = factories.make_organization, county.tenant
    with tenant_scope(tenant):
        root = Organization.objects.get(code=county.code)
    for number, name in enumerate(("东溪镇", "西山乡"), start=1):
        town = make(tenant, f"{county.code}10{number}", county.named(name), OrganizationKind.TOWNSHIP, root)
        county.towns.append(town)
        for village in (1, 2):
            code = f"{town.code}20{village}"
            row = make(tenant, code, county.named(f"{name[:2]}{'一二'[village - 1]}村"), OrganizationKind.VILLAGE, town)
            county.villages.append(row)


def _people(county: County) -> None:
    east, west = county.towns
    posts = {
        Role.COUNTY_ADMIN: (Role.COUNTY_ADMIN, None),
        "checker": (Role.COUNTY_ADMIN, None),
        Role.TOWNSHIP_SECRETARY: (Role.TOWNSHIP_SECRETARY, east),
        "neighbour": (Role.TOWNSHIP_SECRETARY, west),
        Role.INSPECTOR: (Role.INSPECTOR, None),
        Role.LEADER: (Role.LEADER, None),
        Role.OBSERVER: (Role.OBSERVER, None),
    }
    for name, (role, town) in posts.items():
        display = county.named(f"{Role(role).label}{'乙' if name != role else ''}")
        with tenant_scope(county.tenant):  # or the log would keep the new account as nobody's
            county.people[str(name)] = factories.make_person(
                county.tenant, role, town, username=f"{county.key}_{name}", display_name=display
            )


def _campaign(county: County) -> Any:
    bonus, wan, _ = MONEY[county.sign]
    text = SCHEME.format(sign=county.sign, key=county.key, code=county.code, bonus=bonus, wan=wan)
    maker, checker = county.people[Role.COUNTY_ADMIN], county.people["checker"]
    version = publish_version(version=add_version(tenant=county.tenant, text=text, actor=maker), actor=checker)
    county.ids["version_id"] = version.pk
    home = Organization.objects.get(code=county.code)
    people = (county.people[Role.INSPECTOR], None, None)
    Inspector.objects.bulk_create(
        Inspector(tenant=county.tenant, number=f"{county.key}{n}", name=county.named(f"评委{n}"), home=home, user=user)
        for n, user in enumerate(people, start=1)
    )
    return create_campaign(
        tenant=county.tenant,
        name=county.named("创建"),
        host=county.named("县委"),
        starts_on=date(2026, 1, 1),
        actor=maker,
    )


def _round(county: County, campaign: Any, number: int) -> None:
    day, maker = date(2026, 1 + 2 * number, 15), county.people[Role.COUNTY_ADMIN]
    version = SchemeVersion.objects.get(pk=county.ids["version_id"])
    phases = [PhaseDates(PhaseKind.ONSITE, day, day)]
    round = plan_round(
        campaign=campaign,
        label=f"{county.key}{number}",
        onsite_date=day,
        scheme_version=version,
        actor=maker,
        phases=phases,
    )
    rows = [NominationFacts(village, county.named("标杆")) for village in county.villages]
    put_nominations(round=round, rows=rows, actor=maker)
    PanelMember.objects.bulk_create(
        PanelMember(tenant=county.tenant, round=round, inspector=each) for each in Inspector.objects.all()
    )
    round.refresh_from_db()
    round = move_round(round=round, to=RoundState.SCORING, actor=maker)
    _score(county, round, MARKS[county.sign][number - 1])
    _event(county, round)
    computation = compute_round(round=Round.objects.get(pk=round.pk), actor=maker)
    if number == 1:
        checker = county.people["checker"]
        computation = publish_computation(
            computation=confirm_computation(computation=computation, actor=checker), actor=checker
        )
    county.rounds.append(Round.objects.get(pk=round.pk))
    county.computations.append(computation)


def _score(county: County, round: Round, marks: list[tuple[str, str]]) -> None:
    for village, pair in zip(county.villages, marks, strict=True):
        nomination = Nomination.objects.select_related("round__scheme_version").get(round=round, organization=village)
        for inspector in Inspector.objects.order_by("number"):
            facts = SheetFacts(uuid=uuid4(), marks=[Fraction(mark) for mark in pair])
            submit_sheet(nomination=nomination, inspector=inspector, facts=facts, source="desk", actor=inspector.user)


def _event(county: County, round: Round) -> None:
    """An event that was taken back again: there to be asked for, and of no consequence."""
    maker = county.people[Role.COUNTY_ADMIN]
    put_events(round=round, rows=[EventFacts(county.villages[0], county.named("表扬"), date(2026, 1, 5))], actor=maker)
    event = EventRevision.objects.get(round=round)
    withdraw_event(event=event, reason=county.named("重复"), actor=maker)
    county.ids["event_id"] = event.pk


def _beside(county: County, campaign: Any) -> None:
    """What lies beside the results: money, visits, a job that ended, a file that was handed in."""
    maker, east = county.people[Role.COUNTY_ADMIN], county.towns[0]
    amount = Decimal(MONEY[county.sign][2])
    put_special_subsidies(campaign=campaign, amounts={county.villages[3]: amount}, actor=maker)
    GuidanceVisit.objects.bulk_create([
        GuidanceVisit(tenant=county.tenant, round=county.rounds[0], township=east, organization=county.villages[0],
                      on=date(2026, 3, 15), problems_solved=3),
    ])  # fmt: skip
    job = Job(tenant=county.tenant, kind="compute_round", title=county.named("计算"), key=county.key, created_by=maker)
    job.save()
    report = dict.fromkeys(("header", "sample_rows", "counts", "problems"), ())
    report |= {"problem_count": 1, "rows": 0, "remarks": [county.named("备注")]}
    upload = Upload(
        tenant=county.tenant, kind="organizations", filename=county.named("组织.csv"), sha256="0" * 64, size=1,
        report=report, created_by=maker,
    )  # fmt: skip
    upload.save()
    draft = begin_draft(tenant=county.tenant, tree=read_tree(SchemeVersion.objects.get().text), actor=maker)
    county.ids |= {"draft_id": draft.pk}
    county.ids |= {"job_id": job.pk, "upload_id": upload.pk, "campaign": campaign.pk, "campaign_id": campaign.pk}
    record(actor=maker, verb="导出", target=county.named("台账"))


def _ids(county: County, campaign: Any) -> None:
    """The id of every kind of thing; ``others``: of the same county, but the other township's or the hidden round's."""
    first, second = county.computations
    results = [
        Result.objects.get(computation=computation, organization=village)
        for computation, village in (
            (first, county.villages[0]),
            (first, county.villages[3]),
            (second, county.villages[0]),
        )
    ]
    sheets = ScoreSheet.objects.order_by("pk")
    county.ids |= {
        "round_id": county.rounds[0].pk,
        "computation_id": second.pk,
        "result_id": results[0].pk,
        "organization_id": county.villages[0].pk,
        "township_id": county.towns[0].pk,
        "membership_id": county.people[Role.LEADER].post_held.pk,
        "user_id": county.people[Role.LEADER].pk,
        "sheet_id": sheets.filter(inspector__number=f"{county.key}1").first().pk,
        "nomination": Nomination.objects.get(round=county.rounds[1], organization=county.villages[0]).pk,
        "pk": county.villages[0].pk,
        **lived(county),
    }
    county.others |= {
        "round_id": county.rounds[1].pk,
        "result_id": results[1].pk,
        "hidden_result_id": results[2].pk,
        "township_id": county.towns[1].pk,
        "organization_id": county.villages[3].pk,
        "sheet_id": sheets.filter(inspector__number=f"{county.key}2").first().pk,
        "nomination_id": Nomination.objects.get(round=county.rounds[1], organization=county.villages[3]).pk,
    }
