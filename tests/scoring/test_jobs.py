"""The way of the button: a job is queued, worked off by the task, and told in words; nothing half written is left."""

import pytest

from accounts import tasks
from accounts.enums import JobState
from accounts.models import Job, tenant_scope
from accounts.services.jobs import request_cancel
from accounts.services.progress import JobProgress
from campaigns.enums import RoundState
from campaigns.models import Round
from campaigns.services.campaigns import move_round
from schemes import Problem, ProblemsFound
from scoring.models import Computation, Result
from scoring.services import computing
from scoring.services.computing import ComputeRefused, request_computation
from scoring.services.publication import confirm_computation, return_to_scoring

from . import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def messages(monkeypatch):
    """What was handed to the broker, which the test delivers."""
    sent: list[dict] = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda **message: sent.append(message))
    return sent


@pytest.fixture
def scored(transactional_db, messages):
    """A stage and its scored round; no scope is open."""
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        return stage, cast.standing_round(stage)


def start(stage, round):
    with tenant_scope(stage.tenant):
        return request_computation(round=round, actor=stage.first)


def deliver(messages):
    while messages:
        tasks.run_job(**messages.pop(0))


def after(stage, round, job):
    """The job, the round's state, and how many computations and results there are."""
    with tenant_scope(stage.tenant):
        job = Job.objects.get(pk=job.pk)
        return job, Round.objects.get(pk=round.pk).state, Computation.objects.count(), Result.objects.count()


def test_a_job_computes_tells_its_steps_and_says_where_to_go(scored, messages, monkeypatch):
    stage, round = scored
    steps, update = [], JobProgress.update

    def overheard(self, **told):
        steps.append(told.get("step"))
        update(self, **told)

    monkeypatch.setattr(JobProgress, "update", overheard)
    job = start(stage, round)
    assert (job.state, job.title, len(messages)) == (JobState.QUEUED, "计算 第 1 轮", 1)
    deliver(messages)
    job, state, computations, rows = after(stage, round, job)
    assert steps == ["封存评分单", "读取评分单", "计算 4 家、8 份评分单", "写入结果", "完成"]
    assert (job.state, job.done, job.total, job.error) == (JobState.DONE, 4, 4, "")
    assert job.result_url == f"/rounds/{round.pk}/"
    assert (state, computations, rows) == (RoundState.COMPUTED, 1, 4)
    with tenant_scope(stage.tenant):
        computation = Computation.objects.get()
    assert (computation.job_id, computation.computed_by_id) == (job.pk, stage.first.pk)
    assert job.result == {"computation": str(computation.pk)}


def test_asking_twice_is_one_job(scored, messages):
    stage, round = scored
    assert start(stage, round).pk == start(stage, round).pk
    assert len(messages) == 1


def test_a_message_delivered_twice_computes_once(scored, messages):
    stage, round = scored
    job = start(stage, round)
    deliver([*messages, *messages])
    assert after(stage, round, job)[2:] == (1, 4)


def test_what_cannot_be_computed_is_refused_at_the_button(scored, messages):
    stage, round = scored
    with tenant_scope(stage.tenant):
        Round.objects.filter(pk=round.pk).update(state=RoundState.PUBLISHED)
        with pytest.raises(ComputeRefused, match="已公布”，不能计算"):
            request_computation(round=Round.objects.get(pk=round.pk), actor=stage.first)
    assert messages == []


def test_what_became_impossible_meanwhile_fails_with_the_sentence(scored, messages):
    stage, round = scored
    job = start(stage, round)
    with tenant_scope(stage.tenant):
        Round.objects.filter(pk=round.pk).update(state=RoundState.CONFIRMED)
    deliver(messages)
    job, state, computations, _ = after(stage, round, job)
    assert (job.state, job.error) == (JobState.FAILED, "第 1 轮“已确认”，不能计算。已确认或公布的要先退回评分。")
    assert (state, computations) == (RoundState.CONFIRMED, 0)


def test_what_the_engine_finds_wrong_is_told_as_it_says_it(scored, messages, monkeypatch):
    stage, round = scored

    def refuse(*args):
        raise ProblemsFound([Problem(reason="“党建”没有打分", remedy="请补齐。")])

    monkeypatch.setattr(computing, "compute", refuse)
    job = start(stage, round)
    deliver(messages)
    job, state, computations, _ = after(stage, round, job)
    assert (job.state, job.error) == (JobState.FAILED, "“党建”没有打分。请补齐。")
    assert (state, computations) == (RoundState.SEALED, 0)


def test_a_job_cancelled_before_its_start_writes_nothing(scored, messages):
    stage, round = scored
    job = start(stage, round)
    with tenant_scope(stage.tenant):
        request_cancel(job=job, actor=stage.first)
    deliver(messages)
    job, state, computations, _ = after(stage, round, job)
    assert (job.state, job.error) == (JobState.CANCELLED, "开始之前已取消，未写入任何数据。")
    assert (state, computations) == (RoundState.SCORING, 0)


def test_a_job_cancelled_while_computing_keeps_no_result(scored, messages, monkeypatch):
    stage, round = scored
    outcome_of = computing.compute
    monkeypatch.setattr(computing, "compute", lambda *args: (JobProgress.stop(), outcome_of(*args))[1])
    working: list[JobProgress] = []
    monkeypatch.setattr(JobProgress, "stop", lambda: working[0]._cancelled.set(), raising=False)
    enter = JobProgress.__enter__
    monkeypatch.setattr(JobProgress, "__enter__", lambda self: (working.append(self), enter(self))[1])
    job = start(stage, round)
    deliver(messages)
    job, state, computations, rows = after(stage, round, job)
    assert (job.state, job.error) == (JobState.CANCELLED, "已按要求停止，未写入的部分不会保留。")
    assert (state, computations, rows) == (RoundState.SEALED, 0, 0)


def test_a_worker_dying_between_seal_and_store_leaves_nothing_and_the_next_finishes(scored, messages, monkeypatch):
    stage, round = scored
    store = computing.store_outcome

    def die(**facts):
        store(**facts)
        raise RuntimeError("power cut")

    monkeypatch.setattr(computing, "store_outcome", die)
    job = start(stage, round)
    deliver(messages)
    job, *found = after(stage, round, job)
    assert job.state == JobState.FAILED
    assert "系统出错，编号" in job.error and "power cut" not in job.error
    assert found == [RoundState.SEALED, 0, 0]
    monkeypatch.setattr(computing, "store_outcome", store)
    again = start(stage, round)
    deliver(messages)
    again, *found = after(stage, round, again)
    assert (again.state, found) == (JobState.DONE, [RoundState.COMPUTED, 1, 4])


def test_a_correction_taken_back_by_a_job_stands_again(scored, messages):
    """The job meets a superseded computation of the same inputs and gives it its place again."""
    stage, round = scored
    start(stage, round)
    deliver(messages)
    with tenant_scope(stage.tenant):
        confirm_computation(computation=Computation.objects.get(), actor=stage.second)
        return_to_scoring(round=round, reason="再看一遍", actor=stage.second)
    job = start(stage, round)
    deliver(messages)
    job, state, computations, _ = after(stage, round, job)
    assert (job.state, state, computations) == (JobState.DONE, RoundState.COMPUTED, 1)
    with tenant_scope(stage.tenant):
        assert Computation.objects.get().job_id == job.pk


def test_another_countys_round_is_not_found_by_a_job(scored, messages):
    """A job works inside its own tenant's scope, whatever ids its parameters hold."""
    stage, round = scored
    other = cast.set_stage("330183", name="邻县市")
    job = start(stage, round)
    with tenant_scope(stage.tenant):
        Job.objects.filter(pk=job.pk).delete()
    with tenant_scope(other.tenant):
        stray = Job.objects.create(
            tenant=other.tenant, kind=computing.JOB_KIND, title="偷算", key="x", params={"round": str(round.pk)}
        )
    messages[:] = [{"job_id": str(stray.pk), "tenant_id": str(other.tenant.pk)}]
    deliver(messages)
    with tenant_scope(other.tenant):
        assert Job.objects.get(pk=stray.pk).state == JobState.FAILED
    with tenant_scope(stage.tenant):
        assert (Computation.objects.count(), Round.objects.get(pk=round.pk).state) == (0, RoundState.SCORING)
        assert move_round(round=round, to=RoundState.SEALED, actor=None).state == RoundState.SEALED
