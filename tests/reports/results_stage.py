"""A small county with one scored round: ties, a zero, a veto, a recusal, an entry nobody scored. No tests here.

进位: 杨村 19, 赵村 17, 石塘村 and 电子党支部 tied at 15 across the cut, 岭后村 0, 溪口村 vetoed; 6 take part, so at most 3
win and 2 do. 标杆: 北坡村 18, 南坡村 unscored.
"""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import uuid4

from accounts.enums import OrganizationKind, Role
from accounts.models import Organization, tenant_scope
from campaigns.enums import PhaseKind, RoundKind, RoundState
from campaigns.models import Campaign, Nomination, Round, SchemeVersion
from campaigns.services.campaigns import PhaseDates, create_campaign, move_round, plan_round
from campaigns.services.nominations import NominationFacts, declare_veto, put_nominations
from campaigns.services.schemes import add_version, publish_version
from scoring.models import Computation, Result
from scoring.services.computing import compute_round
from scoring.services.publication import confirm_computation, publish_computation
from scoring.services.sheets import SheetFacts, submit_sheet
from sites.models import Inspector, PanelMember
from tests import factories

SCHEME = """
language: biaogan-scheme/1
identity: {key: test, name: 试行办法, county: {code: "330182", name: 建德市}, issuer: 组织部, version: 2026-1}
clauses:
  第一条: {title: 标准, text: 两项三条，满分 20 分。}
  第二条: {title: 名额, text: 淘汰率不低于 40%，并列跨越名额线的整组不授予。}
  第三条: {title: 复评, text: 低于 12 分的摘牌警示。}
criteria:
  clause: 第一条
  full_marks: 20
  tree:
    - key: work
      name: 工作
      children: [{key: a, name: 实绩, mark: {max: 8, step: 0.5}}, {key: b, name: 规范, mark: {max: 2, step: 0.5}}]
    - {key: people, name: 群众, children: [{key: c, name: 满意度, mark: {max: 10, step: 0.5}}]}
panel: {size: 4, clause: 第一条}
tiers: [{name: 标杆, threshold: 16}, {name: 进位, threshold: 10}]
score: {kind: trimmed_mean, clause: 第一条, bands: [{from_sheets: 4, drop_highest: 1, drop_lowest: 1}], round: {places: 2}}
ranking: {clause: 第一条, tie_breaks: [{kind: node_mean, node: people, round: {places: 2}}]}
veto: {clause: 第二条}
selection: {clause: 第二条, limits: [{kind: elimination_rate, minimum: 40%}]}
titles: {reinspection: {clause: 第三条, aggregation: {kind: mean, round: {places: 2}}, revoke_below: 12}}
"""
DAY = date(2026, 3, 15)


@dataclass
class Stage:
    """The county, its people and the pieces of its campaign; ``entries`` are organizations by name."""

    tenant: Any
    county: Any
    maker: Any
    checker: Any
    leader: Any
    east_secretary: Any
    west_secretary: Any
    version: SchemeVersion
    campaign: Campaign
    inspectors: list[Inspector]
    entries: dict[str, Organization] = field(default_factory=dict)

    def round(self, label: str = "1", *, kind: str = RoundKind.CREATION, day: date = DAY, phases: Any = ()) -> Round:
        with tenant_scope(self.tenant):
            return plan_round(
                campaign=self.campaign, label=label, onsite_date=day, scheme_version=self.version, actor=None,
                kind=kind, phases=phases,
            )  # fmt: skip

    def enter(self, round: Round, rows: dict[str, str]) -> None:
        with tenant_scope(self.tenant):
            facts = [NominationFacts(self.entries[name], tier) for name, tier in rows.items()]
            put_nominations(round=round, rows=facts, actor=self.maker)
            PanelMember.objects.bulk_create(
                PanelMember(tenant=self.tenant, round=round, inspector=each) for each in self.inspectors
            )

    def open(self, round: Round) -> Round:
        with tenant_scope(self.tenant):
            return move_round(round=round, to=RoundState.SCORING, actor=self.maker)

    def score(self, round: Round, name: str, *sheets: tuple[str, str, str] | None) -> None:
        """One sheet per inspector in order; None where that one hands in nothing."""
        with tenant_scope(self.tenant):
            nomination = Nomination.objects.select_related("round__scheme_version").get(
                round=round, organization=self.entries[name]
            )
            for inspector, marks in zip(self.inspectors, sheets, strict=False):
                if marks is not None:
                    facts = SheetFacts(uuid=uuid4(), marks=[Fraction(mark) for mark in marks])
                    submit_sheet(nomination=nomination, inspector=inspector, facts=facts, source="desk", actor=None)

    def compute(self, round: Round) -> Computation:
        with tenant_scope(self.tenant):
            return compute_round(round=Round.objects.get(pk=round.pk), actor=self.maker)

    def publish(self, computation: Computation) -> Computation:
        with tenant_scope(self.tenant):
            confirmed = confirm_computation(computation=computation, actor=self.checker)
            return publish_computation(computation=confirmed, actor=self.checker)

    def result(self, name: str) -> Result:
        """The newest result of an organization."""
        with tenant_scope(self.tenant):
            rows = Result.objects.filter(organization=self.entries[name]).select_related("computation", "nomination")
            return rows.order_by("-computation__computed_at").first()


def make_stage() -> Stage:
    tenant = factories.make_tenant()
    county = factories.make_county(tenant)
    people = [factories.make_person(tenant, Role.COUNTY_ADMIN, display_name=name) for name in ("李敏", "王建")]
    leader = factories.make_person(tenant, Role.LEADER)
    secretaries = [factories.make_person(tenant, Role.TOWNSHIP_SECRETARY, town) for town in (county.east, county.west)]
    extra = [
        factories.make_organization(tenant, f"{county.west.code}30{n}", name, OrganizationKind.VILLAGE, county.west)
        for n, name in enumerate(("溪口村", "北坡村", "南坡村"))
    ]
    with tenant_scope(tenant):
        version = publish_version(version=add_version(tenant=tenant, text=SCHEME, actor=None), actor=None)
        campaign = create_campaign(tenant=tenant, name="创建", host="县委", starts_on=DAY, actor=None)
        homes = [county.county, county.county, county.county, county.west]
        inspectors = Inspector.objects.bulk_create(
            Inspector(tenant=tenant, number=f"J0{n}", name=f"{family}评委", home=home)
            for n, (family, home) in enumerate(zip("赵钱孙周", homes, strict=True), start=1)
        )
    rows = [*county.east_villages, *county.west_villages, county.two_new, *extra]
    entries = {row.name: row for row in rows}
    return Stage(tenant, county, *people, leader, *secretaries, version, campaign, inspectors, entries)


def play_round(stage: Stage, label: str = "1", day: date = DAY) -> Computation:
    """Plan, enter, score and compute the round of the module's docstring."""
    round = stage.round(label, day=day, phases=stages_of(day))
    names = ("杨村", "赵村", "石塘村", "东溪电子党支部", "岭后村", "溪口村")
    stage.enter(round, dict.fromkeys(names, "进位") | {"北坡村": "标杆", "南坡村": "标杆"})
    with tenant_scope(stage.tenant):
        vetoed = Nomination.objects.select_related("round").get(round=round, organization=stage.entries["溪口村"])
        declare_veto(nomination=vetoed, reason="安全生产事故", actor=stage.maker)
    stage.open(round)
    stage.score(round, "杨村", ("8", "2", "8.5"), ("8", "2", "9"), ("8", "2", "9"), ("8", "2", "10"))
    stage.score(round, "赵村", *[("7", "1", "9")] * 4)
    stage.score(round, "石塘村", *[("6", "1", "8")] * 3)
    stage.score(round, "东溪电子党支部", *[("6", "1", "8")] * 4)
    stage.score(round, "岭后村", *[("0", "0", "0")] * 3)
    stage.score(round, "溪口村", *[("8", "2", "10")] * 3)
    stage.score(round, "北坡村", *[("8", "2", "8")] * 3)
    return stage.compute(round)


def stages_of(day: date) -> list[PhaseDates]:
    return [
        PhaseDates(PhaseKind.NOMINATION, date(day.year, 1, 1), date(day.year, 1, 31), date(day.year, 1, 31)),
        PhaseDates(PhaseKind.ONSITE, day, day),
    ]
