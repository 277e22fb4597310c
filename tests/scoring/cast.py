"""A small county's round with people who act in it, all through services: for tests of scoring and campaigns.

Two criteria of ten points, two tiers with thresholds 12 and 10, at least 40% eliminated, the first criterion as
tie-break. J1 and J3 serve at the county; J2 serves in the east township and is recused there.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from uuid import uuid4

from accounts.enums import Role
from accounts.models import Organization, Tenant, User, tenant_scope
from campaigns.enums import RoundKind, RoundState
from campaigns.models import Campaign, Nomination, Round, SchemeVersion
from campaigns.services.campaigns import create_campaign, move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.schemes import add_version, publish_version
from scoring.enums import SheetSource
from scoring.models import Computation, Result
from scoring.services.computing import compute_round
from scoring.services.publication import confirm_computation, publish_computation
from scoring.services.sheets import Receipt, SheetFacts, submit_sheet
from sites.models import Inspector
from sites.services.inspectors import InspectorFacts, link_inspector, put_inspectors
from sites.services.panels import add_to_panel
from tests import factories
from tests.schemes.support import document, text_of

HIGH, LOW = "标杆", "进位"
RULES = {
    "tiers": [{"name": HIGH, "threshold": "12"}, {"name": LOW, "threshold": "10"}],
    "panel": {"size": 3, "recusal": "home_township"},
    "score": {"kind": "mean", "round": {"places": 2}},
    "ranking": {"tie_breaks": [{"kind": "node_mean", "node": "a", "round": {"places": 2}}]},
    "selection": {"limits": [{"kind": "elimination_rate", "minimum": "40%"}]},
    "titles": {
        "promotions": [{"from_tier": LOW, "to_tier": HIGH}],
        "reinspection": {"aggregation": {"kind": "mean"}, "revoke_below": "9"},
    },
    "bonus": {"points": {HIGH: "1", LOW: "0.3"}},
    "subsidy": {"wan": {HIGH: "0.9", LOW: "0.5"}},
}


@dataclass
class Stage:
    """``first`` configures and computes, ``second`` confirms and publishes. ``J`` are the inspectors by number."""

    tenant: Tenant
    county: SimpleNamespace
    first: User
    second: User
    people: dict[str, User]
    version: SchemeVersion
    campaign: Campaign
    J: dict[str, Inspector]

    @property
    def villages(self) -> list[Organization]:
        """Two of the east township, then two of the west."""
        return [*self.county.east_villages, *self.county.west_villages]


def set_stage(code: str = "330182", *, name: str = "建德市", **rules: object) -> Stage:
    tenant = factories.make_tenant(code, name=name)
    county = factories.make_county(tenant)
    first, second = factories.make_person(tenant), factories.make_person(tenant)
    people = {number: factories.make_person(tenant, Role.INSPECTOR) for number in ("J1", "J2")}
    with tenant_scope(tenant):
        version = add_version(tenant=tenant, text=text_of(document(**{**RULES, **rules})), actor=first)
        version = publish_version(version=version, actor=second)
        campaign = create_campaign(
            tenant=tenant, name="示范创建", host="中共县委", starts_on=date(2026, 1, 1), actor=first
        )
        homes = {"J1": county.county, "J2": county.east, "J3": county.county}
        rows = [InspectorFacts(number, f"评委{number}", home) for number, home in homes.items()]
        put_inspectors(tenant=tenant, rows=rows, actor=first)
        inspectors = {row.number: row for row in Inspector.objects.select_related("home")}
        for number, user in people.items():
            link_inspector(inspector=inspectors[number], user=user, actor=first)
    return Stage(tenant, county, first, second, people, version, campaign, inspectors)


def open_round(
    stage: Stage,
    entries: dict[Organization, str],
    *,
    label: str = "1",
    on: date = date(2026, 3, 15),
    kind: str = RoundKind.CREATION,
    vetoed: tuple[Organization, ...] = (),
    year: int | None = None,
) -> Round:
    """A round that takes sheets, of these organizations and tiers, with all three inspectors on its panel."""
    round = plan_round(
        campaign=stage.campaign,
        label=label,
        onsite_date=on,
        scheme_version=stage.version,
        kind=kind,
        year=year,
        actor=stage.first,
    )
    rows = [NominationFacts(organization, tier, organization in vetoed) for organization, tier in entries.items()]
    put_nominations(round=round, rows=rows, actor=stage.first)
    add_to_panel(round=round, inspectors=stage.J.values(), actor=stage.first)
    return move_round(round=round, to=RoundState.SCORING, actor=stage.first)


def entry(round: Round, organization: Organization) -> Nomination:
    return Nomination.objects.select_related("round__scheme_version").get(round=round, organization=organization)


def exact(marks) -> tuple[Fraction | None, ...]:
    return tuple(None if mark is None else Fraction(str(mark)) for mark in marks)


def submit(stage: Stage, nomination: Nomination, number: str, marks, **facts: object) -> Receipt:
    """One sheet of inspector ``number``; ``marks`` are numbers as written, None for a blank."""
    facts.setdefault("uuid", uuid4())
    return submit_sheet(
        nomination=nomination,
        inspector=stage.J[number],
        facts=SheetFacts(marks=exact(marks), **facts),
        source=SheetSource.PHONE,
        actor=stage.people.get(number),
    )


def fill(stage: Stage, round: Round, marks: dict[Organization, tuple], *numbers: str, based_on=None) -> None:
    """The same marks from every named inspector (J1 and J3 unless told)."""
    for organization, values in marks.items():
        for number in numbers or ("J1", "J3"):
            submit(stage, entry(round, organization), number, values, based_on=based_on)


def publish(stage: Stage, round: Round) -> Computation:
    """Compute by the first, confirm and publish by the second."""
    computation = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.first)
    confirm_computation(computation=computation, actor=stage.second)
    return publish_computation(computation=computation, actor=stage.second)


def results(computation: Computation) -> dict[str, tuple]:
    """(score, rank, verdict) by the organization's name."""
    rows = Result.objects.filter(computation=computation).select_related("organization")
    return {row.organization.name: (row.score_text, row.rank, row.verdict) for row in rows}


def standing_round(stage: Stage) -> Round:
    """Four villages for the higher tier, all scored: 18, 16, 14 and 11 points; at most two win."""
    round = open_round(stage, dict.fromkeys(stage.villages, HIGH))
    points = ((9, 9), (8, 8), (7, 7), (5.5, 5.5))
    fill(stage, round, dict(zip(stage.villages, points, strict=True)))
    return round
