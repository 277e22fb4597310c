"""Computing a round: take over what the platform knows, seal it, read, compute, store.

Started by a person, run by a background job.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Job, User
from accounts.services.jobs import start_job
from accounts.services.progress import JobProgress, NoProgress
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import move_round
from schemes import Outcome, compute

from ..enums import ComputationState
from ..models import Computation
from ..reading import LoadedRound, load_round
from .deciding import carry_decisions
from .drawing import draw_facts
from .publication import move_computation
from .quarantine import waiting_in
from .results import store_outcome

JOB_KIND = "compute_round"


class ComputeRefused(Exception):
    """A round cannot be computed now; the message is a Chinese sentence."""


def request_computation(*, round: Round, actor: User) -> Job:
    """Start the background job; while one is open for this round, that one is the answer."""
    _require_computable(round)
    _require_all_decided(round)
    return start_job(
        tenant=round.tenant,
        kind=JOB_KIND,
        title=f"计算 {round.title}",
        key=f"{JOB_KIND}:{round.pk}",
        params={"round": str(round.pk)},
        actor=actor,
    )


def compute_round(
    *, round: Round, actor: User | None, job: Job | None = None, progress: JobProgress | NoProgress | None = None
) -> Computation:
    """Compute a round from what is in the database. Running it again on the same inputs changes nothing.

    Raises ComputeRefused when the round is not ready, ProblemsFound when a sheet is incomplete.
    """
    progress = progress or NoProgress()
    progress.update(step="封存评分单", done=0, total=4)
    round = seal_round(round=round, actor=actor)
    progress.update(step="读取评分单", done=1)
    loaded = load_round(round)
    progress.check_cancelled()
    progress.update(step=f"计算 {len(loaded.inputs)} 家、{len(loaded.inputs.sheet_entry)} 份评分单", done=2)
    outcome = compute(loaded.scheme, loaded.inputs)
    progress.check_cancelled()
    progress.update(step="写入结果", done=3)
    computation = _keep(loaded=loaded, outcome=outcome, actor=actor, job=job)
    progress.update(step="完成", done=4)
    return computation


@transaction.atomic
def _keep(*, loaded: LoadedRound, outcome: Outcome, actor: User | None, job: Job | None) -> Computation:
    """Store the outcome and move the round on, whole or not at all; refused when the round was returned meanwhile."""
    round = Round.objects.select_for_update().get(pk=loaded.round.pk)
    if round.state not in (RoundState.SEALED, RoundState.COMPUTED):
        raise ComputeRefused(f"计算期间{round.title}转为“{round.get_state_display()}”，没有写入结果。请重新计算。")
    computation, created = store_outcome(loaded=loaded, outcome=outcome, job=job, actor=actor)
    if created:
        carry_decisions(computation=computation, actor=actor)
    if computation.state == ComputationState.PUBLISHED:
        _stand_published(round, actor)
        return computation
    if computation.state == ComputationState.SUPERSEDED:
        computation = _reinstate(computation, actor, job)
    if created or round.state == RoundState.SEALED:
        move_round(round=round, to=RoundState.COMPUTED, actor=actor)
    return computation


@transaction.atomic
def seal_round(*, round: Round, actor: User | None) -> Round:
    """From here on the database refuses sheets, facts and events of this round. A sealed round stays as it is.

    Just before, facts are drawn from other schemes' published outcomes.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    _require_computable(round)
    if round.state == RoundState.NOMINATING:
        round = move_round(round=round, to=RoundState.SCORING, actor=actor)
    _require_all_decided(round)
    if round.state == RoundState.SCORING:
        draw_facts(round=round, actor=actor)
        round = move_round(round=round, to=RoundState.SEALED, actor=actor)
    return round


def _require_computable(round: Round) -> None:
    ready = [RoundState.SCORING, RoundState.SEALED, RoundState.COMPUTED]
    if not round.scheme_version.document.leaves:
        ready.append(RoundState.NOMINATING)  # no sheets are waited for
    if round.state not in ready:
        raise ComputeRefused(f"{round.title}“{round.get_state_display()}”，不能计算。已确认或公布的要先退回评分。")
    if not round.nominations.exists():
        raise ComputeRefused(f"{round.title}还没有申报，无从计算。请先导入申报。")


def _require_all_decided(round: Round) -> None:
    """No sheet may wait for a person's word when the round is sealed; what arrives afterwards changes nothing."""
    if round.state in (RoundState.SCORING, RoundState.NOMINATING) and (waiting := waiting_in(round)):
        raise ComputeRefused(f"{round.title}还有 {waiting} 份待核评分单，处理完才能计算。请到现场调度逐份采用或不采用。")


def _reinstate(computation: Computation, actor: User | None, job: Job | None) -> Computation:
    """A correction was itself taken back: the earlier computation stands again, to be confirmed anew.

    It counts as computed by who asked now, so that this person is not the one who confirms it.
    """
    now = {"computed_by": actor, "computed_at": timezone.now(), "job": job}
    nobody = dict.fromkeys(("confirmed_by", "confirmed_at", "published_by", "published_at"))
    return move_computation(computation=computation, to=ComputationState.COMPUTED, actor=actor, **now, **nobody)


def _stand_published(round: Round, actor: User | None) -> None:
    """The round was opened and nothing was corrected: what is published and was confirmed then simply stands."""
    for state in (RoundState.COMPUTED, RoundState.CONFIRMED, RoundState.PUBLISHED):
        round = move_round(round=round, to=state, actor=actor, reason="评分单没有变化，已公布的结果照旧")


def round_url(round: Round) -> str:
    return reverse("reports:round", args=[round.pk])
