"""An organization put forward for one tier of one round."""

from django.db import models

from accounts.models import Organization, TenantOwned

from ..enums import NominationState
from .campaign import Round


class Nomination(TenantOwned):
    """``township`` is the one above the organization when it was nominated: a later move does not change history."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="nominations", verbose_name="轮次")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="nominations", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    tier = models.CharField("申报等次", max_length=40)
    vetoed = models.BooleanField("一票否决", default=False)
    veto_reason = models.CharField("否决事由", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=NominationState, default=NominationState.SUBMITTED)
    created_at = models.DateTimeField("申报时间", auto_now_add=True)

    class Meta:
        verbose_name = "申报"
        ordering = ["round", "tier", "organization__path"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "organization"], name="nomination_once")]

    def __str__(self) -> str:
        return f"{self.organization.name} 申报 {self.tier}"
