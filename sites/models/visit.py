"""Guidance visits: a township secretary on site during a round, and the problems solved. Several a day are several."""

from django.db import models

from accounts.models import Organization, TenantOwned
from campaigns.models import Round


class GuidanceVisit(TenantOwned):
    round = models.ForeignKey(Round, models.PROTECT, related_name="guidance_visits", verbose_name="轮次")
    township = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="乡镇（街道）")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织")
    on = models.DateField("日期")
    problems_solved = models.PositiveSmallIntegerField("解决问题数", default=0)

    class Meta:
        verbose_name = "现场指导"
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.township.name} → {self.organization.name}"
