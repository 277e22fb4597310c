"""A county whose panel scores on phones: every kind of criterion, rounds of twenty villages, inspectors who sign in.

No tests here. 6 criteria, 40 points: a and b points in halves, c grades, d yes or no, e deductions, f whole points.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.enums import OrganizationKind, Role
from accounts.models import Organization, User, tenant_scope
from campaigns.enums import PhaseKind, RoundState
from campaigns.models import Nomination, Round
from campaigns.services.campaigns import PhaseDates, create_campaign, move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.schemes import add_version, publish_version
from scoring.models import QuarantinedSheet, ScoreSheet
from sites.models import Inspector, PanelMember
from tests import factories

SCHEME = """
language: biaogan-scheme/1
identity: {key: phone, name: 试行办法, county: {code: "330182", name: 建德市}, issuer: 组织部, version: 2026-1}
clauses:
  第一条: {title: 标准, text: 六条，满分 40 分。}
  第二条: {title: 名额, text: 淘汰率不低于 40%。}
criteria:
  clause: 第一条
  full_marks: 40
  tree:
    - key: work
      name: 工作
      children:
        - {key: a, name: 村容村貌整洁, guidance: 看主干道和农户庭院。, mark: {max: 10, step: 0.5}}
        - {key: b, name: 特色产业培育, mark: {max: 10, step: 0.5}}
        - {key: c, name: 书记带富能力, mark: {kind: grades, grades: {好: 5, 一般: 3, 差: 0}}}
    - key: people
      name: 群众
      children:
        - {key: d, name: 三务公开, mark: {kind: yes_no, max: 5}}
        - key: e
          name: 组织生活
          mark:
            {kind: deduction, max: 5, step: 0.5, items: [{name: 少开一次, points: 0.5, most: 2}, {name: 台账缺项, points: 1}]}
        - {key: f, name: 信访, mark: {max: 5, step: 1}}
panel: {size: 3, clause: 第一条, abstention: true}
tiers: [{name: 标杆, threshold: 16}]
score: {kind: mean, clause: 第一条, round: {places: 2}}
ranking: {clause: 第一条, tie_breaks: [{kind: node_mean, node: people, round: {places: 2}}]}
selection: {clause: 第二条, limits: [{kind: elimination_rate, minimum: 40%}]}
"""


@dataclass
class PhoneStage:
    """``people`` are the users of the inspectors 甲 and 乙, both of the county's own office."""

    tenant: Any
    office: User
    people: list[User]
    inspectors: list[Inspector]
    villages: list[Any]
    campaign: Any
    version: Any
    rounds: list[Round] = field(default_factory=list)

    def round(self, label: str, villages: int) -> Round:
        today = timezone.localdate()
        with tenant_scope(self.tenant):
            round = plan_round(
                campaign=self.campaign, label=label, onsite_date=today, scheme_version=self.version, actor=self.office,
                phases=[PhaseDates(PhaseKind.ONSITE, today, today + timedelta(days=1))],
            )  # fmt: skip
            rows = [NominationFacts(village, "标杆") for village in self.villages[:villages]]
            put_nominations(round=round, rows=rows, actor=self.office)
            PanelMember.objects.bulk_create(
                PanelMember(tenant=self.tenant, round=round, inspector=each) for each in self.inspectors
            )
            round = move_round(round=Round.objects.get(pk=round.pk), to=RoundState.SCORING, actor=self.office)
        self.rounds.append(round)
        return round

    def nomination(self, name: str) -> str:
        with tenant_scope(self.tenant):
            return str(Nomination.objects.filter(organization__name=name).first().pk)

    # -- what the server holds

    def held(self) -> list[ScoreSheet]:
        with tenant_scope(self.tenant):
            rows = ScoreSheet.objects.select_related("nomination__organization", "inspector", "scheme_version")
            return list(rows.order_by("pk"))

    def apart(self) -> list[QuarantinedSheet]:
        with tenant_scope(self.tenant):
            return list(QuarantinedSheet.objects.select_related("inspector", "rival").order_by("received_at"))


def make_phone_stage(*, villages: int = 20) -> PhoneStage:
    tenant = factories.make_tenant()
    office = factories.make_person(tenant, Role.COUNTY_ADMIN, display_name="李敏")
    people = [factories.make_person(tenant, Role.INSPECTOR, username=name) for name in ("inspector-a", "inspector-b")]
    with tenant_scope(tenant):
        county = Organization.objects.get(code=tenant.code)
    towns = [
        factories.make_organization(tenant, f"{tenant.code}10{n}", name, OrganizationKind.TOWNSHIP, county)
        for n, name in enumerate(("东溪镇", "西山乡"), start=1)
    ]
    rows = [
        factories.make_organization(
            tenant, f"{towns[n % 2].code}2{n:02d}", f"第{n}村", OrganizationKind.VILLAGE, towns[n % 2]
        )
        for n in range(1, villages + 1)
    ]
    with tenant_scope(tenant):
        version = publish_version(version=add_version(tenant=tenant, text=SCHEME, actor=None), actor=None)
        day = date(timezone.localdate().year, 1, 1)
        campaign = create_campaign(tenant=tenant, name="创建", host="县委", starts_on=day, actor=None)
        inspectors = Inspector.objects.bulk_create(
            Inspector(tenant=tenant, number=f"0{n}", name=name, home=home, user=user)
            for n, (name, home, user) in enumerate(zip(("评委甲", "评委乙"), (county, county), people, strict=True), start=1)
        )
    return PhoneStage(tenant, office, people, inspectors, rows, campaign, version)
