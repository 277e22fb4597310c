"""A county whose scheme asks for evidence, a self-assessment and conditions of entry, in its window. No tests.

Two criteria marked by inspectors (实绩 8 points, 规范 2 points); 实绩 asks for 会议记录 and, if there is one, 照片; three
party members at least, villages and communities only; 进位 holders may apply for 标杆.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organization, Tenant, User, tenant_scope
from campaigns.enums import MaterialKind, MaterialState, PhaseKind, RoundState, TitleState
from campaigns.models import Campaign, Material, Nomination, Round, SchemeVersion, Title
from campaigns.services.applying import revise_nomination, start_nomination, submit_nomination
from campaigns.services.campaigns import PhaseDates, create_campaign, plan_round
from campaigns.services.evidence import attach_evidence
from campaigns.services.schemes import add_version, publish_version
from scoring.services.facts import FactCell, put_facts
from tests import factories

HIGH, LOW = "标杆", "进位"
SCHEME = """
language: biaogan-scheme/1
identity: {key: apply, name: 示范创建办法, county: {code: "330182", name: 建德市}, issuer: 组织部, version: 2026-1}
clauses:
  第一条: {title: 标准, text: 两条，满分 10 分。}
  第二条: {title: 参评, text: 党员三名以上的村、社区。}
  第三条: {title: 称号, text: 进位再创成标杆的进阶。}
facts: [{key: members, name: 党员数}]
eligibility:
  clause: 第二条
  conditions: [{of: members, at_least: 3}, {of: kind, one_of: [村, 社区]}]
criteria:
  clause: 第一条
  tree:
    - {key: a, name: 实绩, evidence: [会议记录, 照片（选交）], mark: {max: 8, step: 0.5}}
    - {key: b, name: 规范, mark: {max: 2, step: 0.5}}
nomination: {self_assessment: 是, statement_limit: 50}
tiers: [{name: 标杆, threshold: 8}, {name: 进位, threshold: 6}]
score: {kind: mean, round: {places: 2}}
selection: {limits: [{kind: elimination_rate, minimum: 40%}]}
titles: {clause: 第三条, promotions: [{from_tier: 进位, to_tier: 标杆}]}
"""


@dataclass
class Stage:
    tenant: Tenant
    county: Any
    maker: User
    checker: User
    leader: User
    east_secretary: User
    west_secretary: User
    version: SchemeVersion
    campaign: Campaign
    round: Round

    @property
    def village(self) -> Organization:
        """杨村 of 东溪镇."""
        return self.county.east_villages[0]

    @property
    def neighbour(self) -> Organization:
        """岭后村 of 西山乡."""
        return self.county.west_villages[0]

    def members(self, number: str, organization: Organization | None = None) -> None:
        put_facts(round=self.round, cells=[FactCell(organization or self.village, "members", number)], actor=self.maker)

    def start(self, organization: Organization | None = None, tier: str = LOW, **facts: Any) -> Nomination:
        organization = organization or self.village
        township = Organization.objects.get(pk=organization.parent_id)
        facts = {"round": self.round, "tier": tier, "township": township, "actor": self.east_secretary, **facts}
        return start_nomination(organization=organization, **facts)

    def material(self, organization: Organization | None = None, title: str = "会议记录", **facts: Any) -> Material:
        organization = organization or self.village
        facts = {"state": MaterialState.READY, "kind": MaterialKind.PDF, "size": 3, "received": 3, **facts}
        row = Material(tenant=self.tenant, organization=organization, title=title, filename=f"{title}.pdf", **facts)
        row.save()
        return row

    def complete(self, nomination: Nomination) -> Nomination:
        """Everything that the scheme asks for."""
        attach_evidence(
            nomination=nomination, material=self.material(nomination.organization), requirement="a:1", actor=None
        )
        marks = {"a": "7.5", "b": "0"}
        return revise_nomination(nomination=nomination, statement="基础较好。", plan="", self_marks=marks, actor=None)

    def submitted(self, organization: Organization | None = None, tier: str = LOW) -> Nomination:
        nomination = self.complete(self.start(organization, tier))
        return submit_nomination(nomination=nomination, actor=self.east_secretary)

    def title(self, organization: Organization, tier: str, state: str = TitleState.HELD, **facts: Any) -> Title:
        earlier = self.plan("0", on=date(2025, 3, 15)) if not hasattr(self, "earlier") else self.earlier
        self.earlier = earlier
        Round.objects.filter(pk=earlier.pk).update(state=RoundState.PUBLISHED)
        row = Title(
            tenant=self.tenant, campaign=self.campaign, organization=organization, round=earlier, tier=tier,
            awarded_on=date(2025, 3, 20), state=state, **facts,
        )  # fmt: skip
        row.save()
        return row

    def plan(self, label: str, *, on: date, phases: Any = ()) -> Round:
        return plan_round(
            campaign=self.campaign, label=label, onsite_date=on, scheme_version=self.version, actor=None, phases=phases
        )


def make_stage() -> Stage:
    """The window opened a week ago and closes in a week."""
    tenant = factories.make_tenant()
    county = factories.make_county(tenant)
    people = [factories.make_person(tenant, Role.COUNTY_ADMIN, display_name=name) for name in ("李敏", "王建")]
    leader = factories.make_person(tenant, Role.LEADER)
    towns = [factories.make_person(tenant, Role.TOWNSHIP_SECRETARY, town) for town in (county.east, county.west)]
    with tenant_scope(tenant):
        version = publish_version(version=add_version(tenant=tenant, text=SCHEME, actor=None), actor=None)
        campaign = create_campaign(
            tenant=tenant, name="示范创建", host="县委", starts_on=date(2025, 1, 1), approval_no="1 号", actor=None
        )
        stage = Stage(tenant, county, *people, leader, *towns, version, campaign, None)  # type: ignore[arg-type]
        stage.round = stage.plan("1", on=timezone.localdate() + timedelta(days=60), phases=[window(-7, 7)])
    return stage


def window(opens: int, closes: int) -> PhaseDates:
    """The nomination phase from so many days from today to so many."""
    today = timezone.localdate()
    return PhaseDates(PhaseKind.NOMINATION, today + timedelta(days=opens), today + timedelta(days=closes))


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
