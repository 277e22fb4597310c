"""One shipped county into the database, step by step, each step done once: organizations, scheme, rounds, entries, sheets,
then computed by background jobs, confirmed by a second person and published."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.enums import JobState
from accounts.models import Job, Organization, Tenant, User, tenant_scope
from accounts.services.organizations import Facts, write_tree
from accounts.tasks import run_job
from campaigns.enums import PhaseKind, RoundKind, RoundState
from campaigns.models import Campaign, Nomination, Round, SchemeVersion
from campaigns.services.campaigns import PhaseDates, create_campaign, move_round, plan_round
from campaigns.services.nominations import NominationFacts, put_nominations
from campaigns.services.schemes import add_version, publish_version
from campaigns.services.titles import put_special_subsidies
from schemes import MarkCodec, Scheme
from schemes.engine import scaled_totals
from schemes.exact import parse_number
from scoring.models import Computation
from scoring.services.computing import request_computation
from scoring.services.publication import confirm_computation, publish_computation
from scoring.services.sheets import PackedSheet, store_sheets
from sites.models import GuidanceVisit, Inspector, PanelMember

from .source import Source

Say = Callable[[str], None]
Row = dict[str, str]

#: Days from each phase's start to the day on site, and its length; invented, as the programme does not publish them.
PHASES = (
    (PhaseKind.NOMINATION, -75, 30),
    (PhaseKind.REVIEW, -43, 8),
    (PhaseKind.TRAINING, -29, 0),
    (PhaseKind.PANEL, -17, 2),
    (PhaseKind.ONSITE, 0, 0),
    (PhaseKind.DECISION, 2, 1),
    (PhaseKind.NOTICE, 5, 7),
    (PhaseKind.AWARD, 14, 0),
)


@dataclass
class CountyLoader:
    """``first`` configures and computes, ``second`` confirms and publishes. ``inline`` runs jobs in this process."""

    tenant: Tenant
    source: Source
    first: User
    second: User
    say: Say
    inline: bool = False

    def load(self) -> None:
        with tenant_scope(self.tenant):
            campaign = self.campaign()
            rounds = self.rounds(campaign)
            self.inspectors()
            for round in rounds:
                if round.state in (RoundState.PLANNED, RoundState.NOMINATING, RoundState.SCORING):
                    self.fill(round)
            self.publish_all(rounds)
            self.extras(campaign)

    # -- what is agreed

    def version(self) -> SchemeVersion:
        known = SchemeVersion.objects.filter(scheme__key=self.source.key).first()
        return known or publish_version(
            version=add_version(tenant=self.tenant, text=self.source.scheme_text, actor=self.first), actor=self.second
        )

    def campaign(self) -> Campaign:
        facts = self.source.campaign
        known = Campaign.objects.filter(name=facts["name"]).first()
        return known or create_campaign(tenant=self.tenant, actor=self.first, **facts)

    @transaction.atomic
    def rounds(self, campaign: Campaign) -> list[Round]:
        version = self.version()
        planned = {(r.kind, r.label): r for r in campaign.rounds.all()}
        rounds = []
        for kind, label, year, onsite in self.source.rounds():
            known = planned.get((kind, label))
            rounds.append(
                known
                or plan_round(
                    campaign=campaign,
                    label=label,
                    onsite_date=onsite,
                    year=year,
                    kind=kind,
                    scheme_version=version,
                    actor=self.first,
                    phases=_phases(onsite) if kind == RoundKind.CREATION else (),
                )
            )
        return rounds

    # -- who takes part, who scores

    @transaction.atomic
    def inspectors(self) -> None:
        known = set(Inspector.objects.values_list("number", flat=True))
        homes = {o.code: o for o in Organization.objects.all()}
        rows = [r for r in self.source.table("inspectors.csv") if r["inspector"] not in known]
        Inspector.objects.bulk_create(
            Inspector(
                tenant=self.tenant,
                number=r["inspector"],
                name=r["name"],
                home=homes[r["home_code"]],
                user=User.objects.filter(username=self.source.inspector_users.get(r["inspector"], "")).first(),
            )
            for r in rows
        )

    def fill(self, round: Round) -> None:
        """Nominations, panel and sheets of one round; then it is ready to be computed."""
        if round.state == RoundState.PLANNED:
            self.nominate(round)
            round.refresh_from_db()
        if round.state == RoundState.NOMINATING:
            move_round(round=round, to=RoundState.SCORING, actor=self.first)
        self.score(round)

    def nominate(self, round: Round) -> None:
        organizations = {o.code: o for o in Organization.objects.all()}
        rows = [
            NominationFacts(organizations[code], tier, vetoed) for code, tier, vetoed in self.source.entries(round.kind, round.label)
        ]
        put_nominations(round=round, rows=rows, actor=self.first)

    @transaction.atomic
    def score(self, round: Round) -> None:
        document = round.scheme_version.document
        entries = {n.organization.code: n for n in Nomination.objects.filter(round=round).select_related("organization")}
        inspectors = {i.number: i for i in Inspector.objects.all()}
        rows = list(self.source.sheets(round.kind, round.label))
        panel = sorted({row["inspector"] for row in rows})
        known = set(PanelMember.objects.filter(round=round).values_list("inspector__number", flat=True))
        PanelMember.objects.bulk_create(
            PanelMember(tenant=self.tenant, round=round, inspector=inspectors[n]) for n in panel if n not in known
        )
        packed = [_pack(document, row, entries[row["org_code"]], inspectors[row["inspector"]]) for row in rows]
        store_sheets(round=round, rows=packed, actor=self.first)

    # -- compute, confirm, publish

    def publish_all(self, rounds: Iterable[Round]) -> None:
        waiting = [r for r in Round.objects.filter(pk__in=[r.pk for r in rounds]) if r.state != RoundState.PUBLISHED]
        jobs = [request_computation(round=r, actor=self.first) for r in waiting if r.state in _COMPUTABLE]
        if jobs:
            self.say(f"  后台任务：计算 {self.tenant} {len(jobs)} 轮……")
        for job in jobs:
            self.wait(job)
        for round in waiting:
            round.refresh_from_db()
            computation = Computation.objects.filter(round=round).latest("computed_at")
            if round.state == RoundState.COMPUTED:
                computation = confirm_computation(computation=computation, actor=self.second)
            publish_computation(computation=computation, actor=self.second)

    def wait(self, job: Job) -> None:
        if self.inline and job.is_open:
            run_job(job_id=str(job.pk), tenant_id=str(job.tenant_id))
        deadline = time.monotonic() + 180
        while True:
            job.refresh_from_db()
            if job.state == JobState.DONE:
                return
            if not job.is_open:
                raise RuntimeError(f"{job.title}：{job.error}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{job.title}：后台任务 3 分钟内没有完成。请查看 var/log 中的 worker 日志。")
            time.sleep(0.1)

    # -- beside the results

    @transaction.atomic
    def extras(self, campaign: Campaign) -> None:
        organizations = {o.code: o for o in Organization.objects.all()}
        if not campaign.subsidies.filter(round=None).exists():
            amounts = {organizations[r["org_code"]]: Decimal(r["amount_wan"]) for r in self.source.table("special_subsidies.csv")}
            if amounts:
                put_special_subsidies(campaign=campaign, amounts=amounts, actor=self.first)
        if not GuidanceVisit.objects.exists():
            rounds = {r.label: r for r in campaign.rounds.filter(kind=RoundKind.CREATION)}
            GuidanceVisit.objects.bulk_create(
                GuidanceVisit(
                    tenant=self.tenant,
                    round=rounds[r["round"]],
                    township=organizations[r["township_code"]],
                    organization=organizations[r["org_code"]],
                    on=date.fromisoformat(r["date"]),
                    problems_solved=int(r["problems_solved"]),
                )
                for r in self.source.table("guidance.csv")
            )


_COMPUTABLE = (RoundState.SCORING, RoundState.SEALED)


def ensure_organizations(tenant: Tenant, source: Source) -> None:
    """The tree, before its people: a membership names an organization."""
    with tenant_scope(tenant):
        if Organization.objects.filter(depth__gt=0).exists():
            return
        rows = [
            Facts(code=r["code"], name=r["name"], kind=r["kind"], parent_code=r["parent_code"], remote=r["remote"] == "1")
            for r in source.table("organizations.csv")
        ]
        write_tree(tenant=tenant, rows=rows, actor=None, verb="导入组织机构")


def _phases(onsite: date) -> list[PhaseDates]:
    starts = [(kind, onsite + timedelta(days=offset), length) for kind, offset, length in PHASES]
    return [PhaseDates(kind, start, end := start + timedelta(days=length), end) for kind, start, length in starts]


def _pack(document: Scheme, row: Row, nomination: Nomination, inspector: Inspector) -> PackedSheet:
    codec = MarkCodec(document)
    packed = codec.pack([parse_number(row[key]) for key in document.column_keys])
    return PackedSheet(nomination, inspector, packed, int(scaled_totals(document, codec.matrix(packed))[0]))
