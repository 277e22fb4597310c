"""What waits for a person, computed from the state of things: to-dos, deadlines, the stage board, recent activity.

Nothing is stored; a to-do disappears when its cause does. Dates are judged against the day that is handed in.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.enums import JobState
from accounts.models import AuditEntry, Job, Membership, Organization
from accounts.queries import visible_jobs
from campaigns.enums import NominationState, PhaseKind, RoundKind, RoundState
from campaigns.limits import Caution, warnings_of
from campaigns.models import Campaign, Nomination, Phase, Round, SchemeVersion
from campaigns.queries import board_rounds, visible_campaigns, visible_nominations, visible_rounds
from scoring.counting import sheet_dues
from scoring.enums import ComputationState
from scoring.models import Computation, Result, ScoreSheet
from scoring.queries import visible_computations, visible_results, visible_sheets
from sites.models import Inspector, PanelMember

#: Cautions that wait for somebody; the others are told on the campaigns' page.
TO_SETTLE = ("host", "cap", "ended")
#: A job that failed longer ago than this is history, not work.
FAILED_WITHIN = timedelta(days=14)
#: Phases that come after the results are published.
AFTER_PUBLICATION = (PhaseKind.NOTICE, PhaseKind.AWARD)
SHEET = str(ScoreSheet._meta.verbose_name)
#: Kinds of object whose acts are the county's business; sign-in, accounts and jobs are not.
BUSINESS = tuple(
    str(model._meta.verbose_name) for model in (Campaign, Round, SchemeVersion, Nomination, Organization, ScoreSheet)
)


@dataclass(frozen=True)
class RoundWork:
    """An unpublished round with what has come in. ``expected`` sheets: panel times entries, without recusals."""

    round: Round
    submitted: int
    approved: int
    sheets: int
    expected: int
    panel: int
    computation: Computation | None

    @property
    def complete(self) -> bool:
        return self.expected > 0 and self.sheets >= self.expected


@dataclass(frozen=True)
class Activity:
    at: datetime
    who: str
    what: str
    target: str


@dataclass(frozen=True)
class PanelWork:
    """One round of an inspector: how many entries they may score and how many sheets they have sent."""

    round: Round
    sent: int
    expected: int


def unpublished_rounds(membership: Membership) -> QuerySet[Round]:
    rows = visible_rounds(membership).exclude(state=RoundState.PUBLISHED)
    return rows.prefetch_related("phases").order_by("onsite_date", "sequence")


def round_work(rounds: list[Round]) -> list[RoundWork]:
    """What has come in for these rounds: seven queries, however many rounds."""
    keys = [round.pk for round in rounds]
    submitted = _submitted(keys)
    dues = sheet_dues(rounds)
    computations = _computations(keys)
    return [
        RoundWork(
            round=round,
            submitted=submitted[round.pk],
            approved=len(dues[round.pk].panel.entries),
            panel=dues[round.pk].panel.counting,
            expected=len(dues[round.pk].due),
            sheets=len(dues[round.pk].sent),
            computation=computations.get(round.pk),
        )
        for round in rounds
    ]


def _submitted(rounds: list[UUID]) -> Counter[UUID]:
    """Number of nominations of each round that wait to be looked at."""
    rows = Nomination.objects.filter(round__in=rounds, state=NominationState.SUBMITTED).order_by()
    return Counter(dict(rows.values_list("round_id").annotate(n=Count("pk"))))


def _computations(rounds: list[UUID]) -> dict[UUID, Computation]:
    """The computation of each round that waits for the next step."""
    states = [ComputationState.COMPUTED, ComputationState.CONFIRMED]
    rows = Computation.objects.filter(round__in=rounds, state__in=states).select_related("computed_by")
    return {computation.round_id: computation for computation in rows.defer("groups").order_by("computed_at")}


def campaigns_lacking_approval(membership: Membership) -> list[Campaign]:
    return [campaign for campaign in visible_campaigns(membership) if campaign.lacks_approval]


def campaign_cautions(membership: Membership, *, today: date) -> list[tuple[Campaign, Caution]]:
    """What the office should settle about its campaigns beside a missing approval."""
    found = warnings_of(visible_campaigns(membership), today=today)
    return [(campaign, each) for campaign, cautions in found.items() for each in cautions if each.code in TO_SETTLE]


def open_jobs(membership: Membership) -> QuerySet[Job]:
    return visible_jobs(membership).filter(state__in=[JobState.QUEUED, JobState.RUNNING])


def failed_jobs(membership: Membership, *, now: datetime) -> QuerySet[Job]:
    """Failed jobs that nobody has since run again."""
    again = Job.objects.filter(key=OuterRef("key"), created_at__gt=OuterRef("created_at"))
    recent = visible_jobs(membership).filter(state=JobState.FAILED, created_at__gte=now - FAILED_WITHIN)
    return recent.exclude(Exists(again))


def deadlines(membership: Membership, *, today: date) -> QuerySet[Phase]:
    """Phases not yet done, the most pressing first; of a published round the 公示 and 授牌 not yet over."""
    rows = Phase.objects.filter(round__campaign__in=visible_campaigns(membership), finished_on__isnull=True)
    ahead = Q(kind__in=AFTER_PUBLICATION, closes_on__gte=today)
    rows = rows.filter(~Q(round__state=RoundState.PUBLISHED) | ahead).select_related("round")
    return rows.order_by("closes_on", "round__sequence", "sequence")


def current_round(membership: Membership, *, today: date) -> Round | None:
    """The round on the stage board: one under way, else the next planned, else the last one done."""
    rounds = board_rounds(membership).filter(kind=RoundKind.CREATION).order_by("onsite_date", "sequence")
    under_way = Q(state__in=[s for s in RoundState if s not in (RoundState.PLANNED, RoundState.PUBLISHED)])
    for wanted in (under_way, Q(state=RoundState.PLANNED, onsite_date__gte=today)):
        if found := rounds.filter(wanted).first():
            return found
    return rounds.last()


def activity(membership: Membership, *, limit: int) -> list[Activity]:
    """Business acts of people in this tenant, the newest first: who, what, on what."""
    rows = AuditEntry.objects.filter(tenant=membership.tenant_id, actor__isnull=False, target_type__in=BUSINESS)
    entries = list(rows.order_by("-id")[:limit])
    sheets = [int(e.target_id) for e in entries if e.target_type == SHEET and e.target_id.isdecimal()]
    scored = dict(ScoreSheet.objects.filter(pk__in=sheets).values_list("pk", "nomination__organization__name"))
    return [Activity(entry.at, entry.actor_name, entry.verb, _target(entry, scored)) for entry in entries]


def _target(entry: AuditEntry, scored: dict[int, str]) -> str:
    """The name of what was acted on; a sheet is known by the organization it scores."""
    if entry.target_type == SHEET:
        return scored.get(int(entry.target_id), "") if entry.target_id.isdecimal() else ""
    return entry.target_label


def newest_results(membership: Membership, township: Organization | None = None) -> list[Result]:
    """Results of the round published last, in a township's case of the last one it took part in."""
    rows = visible_results(membership).filter(computation__state=ComputationState.PUBLISHED)
    if township is not None:
        rows = rows.filter(township=township)
    newest = rows.order_by("-computation__round__onsite_date", "-computation__published_at")
    computation = newest.values_list("computation", flat=True).first()
    if computation is None:
        return []
    found = rows.filter(computation=computation).select_related("computation__round", "organization")
    return list(found.order_by("tier", "position"))


def published_computation(membership: Membership, round: Round) -> Computation | None:
    return visible_computations(membership).filter(round=round, state=ComputationState.PUBLISHED).first()


def newest_computation(membership: Membership) -> Computation | None:
    rows = visible_computations(membership).filter(state=ComputationState.PUBLISHED).select_related("round__campaign")
    return rows.order_by("-round__onsite_date", "-published_at").first()


def waiting_entries(membership: Membership) -> QuerySet[Nomination]:
    """Own entries of rounds that are not published yet."""
    rows = visible_nominations(membership).exclude(round__state=RoundState.PUBLISHED)
    return rows.select_related("organization", "round").order_by("round__sequence", "tier", "organization__path")


def panel_work(membership: Membership) -> list[PanelWork]:
    """Rounds in whose panel the person sits, the newest first."""
    inspector = Inspector.objects.filter(user_id=membership.user_id).select_related("home").first()
    if inspector is None:
        return []
    rounds = list(
        Round.objects.filter(panel_members__inspector=inspector, campaign__in=visible_campaigns(membership))
        .select_related("campaign")
        .order_by("-onsite_date", "-sequence")
    )
    found = []
    for round, dues in zip(rounds, sheet_dues(rounds).values(), strict=True):
        due = {pair for pair in dues.due if pair[0] == inspector.pk}
        found.append(PanelWork(round, len(due & dues.sent), len(due)))
    return found


def sent_sheets(membership: Membership, round: Round) -> QuerySet[ScoreSheet]:
    """What the person sent for one round: the newest revision of each sheet, without its marks."""
    mine = visible_sheets(membership).filter(round=round)
    same = {"nomination": OuterRef("nomination"), "inspector": OuterRef("inspector")}
    newer = mine.filter(**same, revision__gt=OuterRef("revision"))
    rows = mine.exclude(Exists(newer)).select_related("nomination__organization__parent", "inspector")
    return rows.defer("marks").order_by("nomination__tier", "nomination__organization__path", "inspector__number")


def panel_rounds(membership: Membership) -> QuerySet[Round]:
    """Rounds whose sheets the person may look at: those in whose panel they sit."""
    own = PanelMember.objects.filter(round=OuterRef("pk"), inspector__user_id=membership.user_id)
    rows = Round.objects.filter(Exists(own), campaign__in=visible_campaigns(membership))
    return rows.select_related("scheme_version")
