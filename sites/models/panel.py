"""Who scores: inspectors of a county, and the panel of a round."""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned
from campaigns.models import Round


class Inspector(TenantOwned):
    """``home`` is where the inspector serves: they do not score organizations below it (回避).

    ``group`` (组别) is the one they usually serve in, for schemes that weigh groups of inspectors.
    """

    number = models.CharField("编号", max_length=20)
    name = models.CharField("姓名", max_length=40)
    home = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="所在单位")
    group = models.CharField("组别", max_length=40, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "评委"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="inspector_number"),
            models.UniqueConstraint(
                fields=["tenant", "user"], condition=models.Q(user__isnull=False), name="inspector_user"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PanelMember(TenantOwned):
    """``group`` (组别) in this round: whose sheets are averaged together before the groups are weighed."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="panel_members", verbose_name="轮次")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="panels", verbose_name="评委")
    group = models.CharField("组别", max_length=40, blank=True)

    class Meta:
        verbose_name = "评委组成员"
        ordering = ["round", "inspector__number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "inspector"], name="panel_member_once")]

    def __str__(self) -> str:
        return self.inspector.name
