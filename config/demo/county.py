"""One shipped county into the database, the way a county's own office does it: plan the rounds, hand in the files,
open scoring, compute by background jobs, confirm by a second person, publish. Each step is done once.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.enums import JobState
from accounts.models import Job, Tenant, Upload, User, tenant_scope
from accounts.services.uploads import confirm_upload, keep_upload
from accounts.tasks import run_job
from campaigns.enums import RoundKind, RoundState
from campaigns.models import Campaign, Round, SchemeVersion
from campaigns.services.campaigns import PhaseDates, create_campaign, move_round, plan_round, usual_phases
from campaigns.services.schemes import add_version, publish_version
from scoring.models import Computation
from scoring.services.computing import request_computation
from scoring.services.publication import confirm_computation, publish_computation
from sites.models import Inspector
from sites.services.inspectors import link_inspector

from .source import Source

Say = Callable[[str], None]

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
            self.hand_in("inspectors", "inspectors.csv")
            self.link_accounts()
            self.score(campaign, [r for r in rounds if r.kind == RoundKind.CREATION])
            self.hand_in("reinspections", "reinspections.csv", campaign)
            self.publish_all(r for r in rounds if r.kind == RoundKind.REINSPECTION)
            self.hand_in("special_subsidies", "special_subsidies.csv", campaign)
            self.hand_in("guidance", "guidance.csv", campaign)

    def hand_in(self, kind: str, name: str, campaign: Campaign | None = None) -> None:
        """Import one shipped file as a person does: hand in, look at what was found, confirm. Written once."""
        data = self.source.file(name)
        if data is None or already_written(kind, name):
            return
        params = {"campaign": str(campaign.pk)} if campaign else {}
        upload = keep_upload(tenant=self.tenant, kind=kind, filename=name, data=data, actor=self.first, params=params)
        if upload.report["problem_count"]:
            first = upload.report["problems"][0]
            raise RuntimeError(f"{name} 第 {first['row']} 行：{first['reason']}")
        written = confirm_upload(upload=upload, actor=self.first)
        if isinstance(written, Job):
            self.wait(written)

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

    def link_accounts(self) -> None:
        """The inspectors who sign in have their accounts."""
        users = self.source.inspector_users
        for inspector in Inspector.objects.filter(number__in=users, user=None):
            user = User.objects.get(username=users[inspector.number])
            link_inspector(inspector=inspector, user=user, actor=self.first)

    def score(self, campaign: Campaign, rounds: list[Round]) -> None:
        """Nominations, then scoring opens, then sheets; then the rounds are computed and published."""
        self.hand_in("nominations", "nominations.csv", campaign)
        for round in Round.objects.filter(pk__in=[r.pk for r in rounds], state=RoundState.NOMINATING):
            move_round(round=round, to=RoundState.SCORING, actor=self.first)
        self.hand_in("sheets", "sheets.csv", campaign)
        self.publish_all(rounds)

    # -- compute, confirm, publish

    def publish_all(self, rounds: Iterable[Round]) -> None:
        """Rounds never published yet, save those left for a person; one returned to scoring is theirs to finish."""
        never = Round.objects.filter(pk__in=[r.pk for r in rounds]).exclude(computations__published_at__isnull=False)
        waiting = list(never)
        jobs = [request_computation(round=r, actor=self.first) for r in waiting if r.state in _COMPUTABLE]
        if jobs:
            self.say(f"  后台任务：计算 {self.tenant} {len(jobs)} 轮……")
        for job in jobs:
            self.wait(job)
        for round in waiting:
            if round.label not in self.source.awaiting:
                self.publish(round)

    def publish(self, round: Round) -> None:
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


_COMPUTABLE = (RoundState.SCORING, RoundState.SEALED)


def already_written(kind: str, name: str) -> bool:
    return Upload.objects.filter(kind=kind, filename=name, applied_at__isnull=False).exists()


def ensure_organizations(tenant: Tenant, source: Source, actor: User, say: Say) -> None:
    """The tree, before most people: a membership names an organization."""
    with tenant_scope(tenant):
        CountyLoader(tenant, source, actor, actor, say).hand_in("organizations", "organizations.csv")


def _phases(onsite: date) -> list[PhaseDates]:
    """The usual phases, finished when their last day is past; invented, as the programme does not publish them."""
    today = timezone.localdate()
    phases = usual_phases(onsite_date=onsite)
    return [replace(phase, finished_on=phase.closes_on) if phase.closes_on < today else phase for phase in phases]
