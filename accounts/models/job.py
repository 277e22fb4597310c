"""A piece of background work as the person who started it sees it. The row is also its own outbox entry:
what the broker loses, the sweeper sends again."""

from django.conf import settings
from django.db import models

from ..enums import JobState
from .base import TenantOwned


class Job(TenantOwned):
    """``params`` holds ids only. ``key`` makes starting the same work twice one job while it is open."""

    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=120)
    key = models.CharField("幂等键", max_length=120)
    params = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=12, choices=JobState, default=JobState.QUEUED)
    step = models.CharField("步骤", max_length=80, blank=True)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    result = models.JSONField("结果", default=dict)
    result_url = models.CharField("结果页", max_length=200, blank=True)
    error = models.TextField("原因", blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    cancel_requested = models.BooleanField("请求取消", default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True)
    heartbeat_at = models.DateTimeField("心跳", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "后台任务"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_open_once",
            )
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_sweep")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)
