"""Two rounds of the invented county that are being lived while somebody looks: one on site, one taking applications.

So every page of a lived round has something on it. Written by the same services as everything else; done once.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from campaigns.enums import PhaseKind, RoundState
from campaigns.models import Campaign, Nomination, Round, SchemeVersion, Title
from campaigns.services.applying import revise_nomination, start_nomination, submit_nomination
from campaigns.services.campaigns import PhaseDates, move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.practices import PracticeFacts, share_practice, write_practice
from campaigns.services.reviewing import return_nomination
from scoring.enums import SheetSource
from scoring.made_up import made_up_marks
from scoring.models import Result
from scoring.services.reopening import ask_reopening
from scoring.services.sheets import SheetFacts, is_recused, submit_sheet
from sites.models import Inspector, PanelMember
from sites.services.conflicts import declare_conflict, find_conflicts
from sites.services.maps import PlaceFacts, put_places
from sites.services.panels import add_to_panel
from sites.services.routes import RouteFacts, create_route, note_arrival, order_by_nearness, plan_times, put_stops

#: Where the invented county lies on its invented map.
CENTRE = (119.30, 29.40)
STOPS = 9
STATEMENT = "全村 612 户、党员 58 名，近两年建成便民服务点和村集体茶厂，群众满意度逐年提高。（虚构）"
PLAN = "以茶厂分红和“板凳议事会”为抓手，力争年内集体收入增长两成。（虚构）"


@dataclass
class LiveRounds:
    """``office`` is the first person of the county, ``township`` its secretary, ``inspector`` who signs in to score."""

    campaign: Campaign
    office: User
    township: User
    inspector: User

    @transaction.atomic
    def load(self) -> None:
        if self.campaign.rounds.filter(label="3").exists():
            return
        self.today = timezone.localdate()
        self.version = SchemeVersion.objects.filter(rounds__campaign=self.campaign).first()
        self.places()
        self.on_site()
        self.taking_applications()
        self.practice()

    # -- the round that is on site today

    def on_site(self) -> None:
        round = self.plan("3", self.today, (
            (PhaseKind.NOMINATION, -45, -25), (PhaseKind.REVIEW, -24, -15), (PhaseKind.PANEL, -7, -3),
            (PhaseKind.ONSITE, 0, 1), (PhaseKind.DECISION, 2, 3), (PhaseKind.NOTICE, 4, 10), (PhaseKind.AWARD, 14, 14),
        ))  # fmt: skip
        villages = self.villages()[:STOPS]
        put_nominations(round=round, rows=[NominationFacts(v, self.tier) for v in villages], actor=self.office)
        add_to_panel(round=round, inspectors=Inspector.objects.all(), actor=self.office)
        find_conflicts(round=round, actor=self.office)
        mine = Inspector.objects.get(user=self.inspector)
        declare_conflict(inspector=mine, organization=villages[-1], note="爱人在该村任职", actor=self.inspector)
        route = self.route(round)
        round = move_round(round=Round.objects.get(pk=round.pk), to=RoundState.SCORING, actor=self.office)
        stops = list(route.stops.select_related("nomination__organization").order_by("sequence"))
        for stop in stops[:4]:
            note_arrival(stop=stop, actor=self.office)
            self.score(stop.nomination)
        first = stops[0].nomination
        ask_reopening(nomination=first, inspector=mine, reason="集体收入一条看错了行", actor=self.inspector)

    def route(self, round: Round):
        facts = RouteFacts(name="一线", on=self.today, starts_at=time(8, 30), start=Organization.objects.get(depth=0))
        route = create_route(round=round, facts=facts, actor=self.office)
        put_stops(route=route, nominations=Nomination.objects.filter(round=round), actor=self.office)
        order_by_nearness(route=route, actor=self.office)
        plan_times(route=route, minutes=25, speed=40, actor=self.office)
        return route

    def score(self, nomination: Nomination) -> None:
        """Everybody but the last of the panel has sent this village's sheet."""
        members = PanelMember.objects.filter(round=nomination.round_id).order_by("inspector__number")
        for member in list(members.select_related("inspector__home", "inspector__user"))[:-1]:
            if is_recused(nomination, member.inspector):
                continue
            facts = SheetFacts(uuid=uuid4(), marks=made_up_marks(nomination, member.inspector))
            submit_sheet(nomination=nomination, inspector=member.inspector, facts=facts, source=SheetSource.DESK,
                         actor=member.inspector.user or self.office)  # fmt: skip

    # -- the round that takes applications

    def taking_applications(self) -> None:
        round = self.plan("4", self.today + timedelta(days=60), (
            (PhaseKind.NOMINATION, -70, -40), (PhaseKind.REVIEW, -39, -30), (PhaseKind.ONSITE, 0, 0),
            (PhaseKind.DECISION, 2, 3), (PhaseKind.NOTICE, 4, 10), (PhaseKind.AWARD, 14, 14),
        ))  # fmt: skip
        own = self.township.memberships.select_related("organization").get(active=True).organization
        holding = set(Title.objects.filter(campaign=self.campaign).values_list("organization_id", flat=True))
        free = [v for v in self.villages() if v.township_code == own.code and v.pk not in holding]
        for number, village in enumerate(free[:3]):
            nomination = start_nomination(round=round, organization=village, tier=self.tier, township=own,
                                          actor=self.township)  # fmt: skip
            if number == 2:
                continue  # stays a draft
            revise_nomination(nomination=nomination, statement=STATEMENT, plan=PLAN, actor=self.township)
            nomination = submit_nomination(nomination=Nomination.objects.get(pk=nomination.pk), actor=self.township)
            if number == 1:
                return_nomination(nomination=nomination, reason="请补充集体收入的台账复印件。", actor=self.office)

    # -- beside

    def practice(self) -> None:
        won = Result.objects.filter(computation__round__campaign=self.campaign, verdict="awarded",
                                    computation__state="published").select_related("organization").first()  # fmt: skip
        if won is None:
            return
        facts = PracticeFacts(
            organization=won.organization, title="板凳议事会：小事不出组", round=won.computation.round,
            summary="村民搬着板凳来，当场议、当场定、当场分工。",
            text="每月初八在村口大樟树下开会，党员联户收集议题，村两委当场答复；定下的事贴在公开栏，下月先报办结情况。（虚构）",
        )  # fmt: skip
        share_practice(practice=write_practice(facts=facts, actor=self.office), actor=self.office)

    def plan(self, label: str, onsite: date, phases: tuple[tuple[str, int, int], ...]) -> Round:
        dates = []
        for kind, opens, closes in phases:
            last = onsite + timedelta(days=closes)
            finished = last if last < self.today else None
            dates.append(PhaseDates(kind, onsite + timedelta(days=opens), last, finished))
        return plan_round(campaign=self.campaign, label=label, onsite_date=onsite, scheme_version=self.version,
                          actor=self.office, phases=dates)  # fmt: skip

    def villages(self) -> list[Organization]:
        return list(Organization.objects.filter(depth=2, active=True).order_by("path"))

    @property
    def tier(self) -> str:
        return self.version.document.tier_names[0]

    def places(self) -> None:
        """Villages around their township, townships around the middle; the same every time."""
        rows = []
        for number, town in enumerate(Organization.objects.filter(depth=1).order_by("path")):
            x, y = CENTRE[0] + 0.09 * (number % 3 - 1), CENTRE[1] + 0.07 * (number // 3 - 0.5)
            rows.append(PlaceFacts(town, round(x, 4), round(y, 4)))
            for place, village in enumerate(town.children.order_by("path")):
                dx, dy = ((0.03, 0.01), (-0.02, 0.02), (0.01, -0.025), (-0.03, -0.015), (0.02, 0.03))[place % 5]
                rows.append(PlaceFacts(village, round(x + dx, 4), round(y + dy, 4)))
        root = Organization.objects.get(depth=0)
        put_places(rows=[PlaceFacts(root, *CENTRE), *rows], actor=self.office)
