"""An organization put forward for one tier of one round, and every step of what became of that."""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned

from ..enums import NominationState
from .campaign import Round


class Nomination(TenantOwned):
    """``township`` is the one above the organization when it was nominated: a later move does not change history.

    ``self_marks`` is the self-assessment: exact decimal texts by criterion key, where the scheme asks for it.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="nominations", verbose_name="轮次")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="nominations", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    tier = models.CharField("申报等次", max_length=40)
    vetoed = models.BooleanField("一票否决", default=False)
    veto_reason = models.CharField("否决事由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=NominationState, default=NominationState.SUBMITTED)
    statement = models.TextField("基本情况", max_length=500, blank=True)
    plan = models.TextField("创建方案摘要", max_length=500, blank=True)
    self_marks = models.JSONField("自评", default=dict)
    decision_reason = models.CharField("审核意见", max_length=300, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审核时间", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("申报时间", auto_now_add=True)

    class Meta:
        verbose_name = "申报"
        ordering = ["round", "tier", "organization__path"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "organization"], name="nomination_once")]

    def __str__(self) -> str:
        return f"{self.organization.name} 申报 {self.tier}"


class NominationStep(TenantOwned):
    """One step of a nomination: who, when, from which state to which, with the reason. Rows are only added."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="steps", verbose_name="申报")
    from_state = models.CharField("原状态", max_length=12, choices=NominationState, blank=True)
    to_state = models.CharField("状态", max_length=12, choices=NominationState)
    note = models.CharField("说明", max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "申报经过"
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.to_state}"
