"""Between a computed and a published outcome: what the county decided, the public notice, objections, what was
looked at.
"""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned

from ..enums import DecisionKind, DecisionState, NoticeState, ObjectionState
from .computation import Computation, Result


class ResultDecision(TenantOwned):
    """An entry that the rules award and the county does not, or not yet. Staged by one person, applied by another."""

    computation = models.ForeignKey(Computation, models.PROTECT, related_name="decisions", verbose_name="计算")
    result = models.ForeignKey(Result, models.PROTECT, related_name="decisions", verbose_name="结果")
    kind = models.CharField("决定", max_length=12, choices=DecisionKind)
    reason = models.CharField("事由", max_length=200)
    document_no = models.CharField("文号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=12, choices=DecisionState, default=DecisionState.STAGED)
    staged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    staged_at = models.DateTimeField("拟定时间", auto_now_add=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField("执行时间", null=True)
    ended_at = models.DateTimeField("撤销或解除时间", null=True)
    end_reason = models.CharField("解除原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "授予决定"
        ordering = ["staged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "result"],
                condition=models.Q(state__in=[DecisionState.STAGED, DecisionState.APPLIED]),
                name="decision_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(applied_by__isnull=True) | ~models.Q(applied_by=models.F("staged_by")),
                name="decision_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result_id} {self.get_kind_display()}"


class AnomalyNote(TenantOwned):
    """The office looked at one anomaly of a computation; ``key`` names it (kind, inspector, entry)."""

    computation = models.ForeignKey(Computation, models.CASCADE, related_name="anomaly_notes", verbose_name="计算")
    key = models.CharField("异常", max_length=160)
    note = models.CharField("核查意见", max_length=200)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    looked_at = models.DateTimeField("核查时间", auto_now_add=True)

    class Meta:
        verbose_name = "异常核查"
        ordering = ["looked_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "computation", "key"], name="anomaly_note_once")]

    def __str__(self) -> str:
        return self.key


class PublicNotice(TenantOwned):
    """A confirmed outcome shown to the public for so many working days; organizations only, no scores, no people.

    ``slug`` is the unguessable part of its address; ``rows`` are frozen as shown: tier, organization, township.
    """

    computation = models.ForeignKey(Computation, models.PROTECT, related_name="notices", verbose_name="计算")
    slug = models.CharField("网址", max_length=40)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=1000, blank=True)
    channels = models.TextField("反映渠道", max_length=500, blank=True)
    rows = models.JSONField("名单", default=list)
    opens_on = models.DateField("公示开始")
    closes_on = models.DateField("公示截止")
    working_days = models.PositiveSmallIntegerField("工作日")
    state = models.CharField("状态", max_length=12, choices=NoticeState, default=NoticeState.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField("发布时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    end_reason = models.CharField("结束说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "公示"
        ordering = ["-opens_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "computation"],
                condition=models.Q(state=NoticeState.OPEN),
                name="notice_one_at_a_time",
            ),
            models.UniqueConstraint(fields=["tenant", "slug"], name="notice_slug"),
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="notice_dates"),
        ]

    def __str__(self) -> str:
        return self.title


class Objection(TenantOwned):
    """Bound to one version of a result: the notice's computation. Raised by a township, or noted by the office for
    others.
    """

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    computation = models.ForeignKey(Computation, models.PROTECT, related_name="objections", verbose_name="针对的计算")
    result = models.ForeignKey(Result, models.PROTECT, null=True, related_name="objections", verbose_name="针对的结果")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="提出单位")
    raised_as = models.CharField("提出方式", max_length=40)
    text = models.TextField("异议内容", max_length=1000)
    received_on = models.DateField("收到日期")
    due_on = models.DateField("办理期限")
    state = models.CharField("状态", max_length=12, choices=ObjectionState, default=ObjectionState.OPEN)
    reply = models.TextField("答复", max_length=1000, blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField("登记时间", auto_now_add=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "异议"
        ordering = ["-raised_at"]

    def __str__(self) -> str:
        return f"{self.notice} {self.received_on}"
