"""What follows from one generation of results: consequences of entries, and points for the organizations above.

Written with the results in one transaction by ``services.results``; rows never change.
"""

from django.db import models

from accounts.models import Organization, TenantOwned

from .computation import Computation


class ConsequenceRow(TenantOwned):
    """One consequence of one entry: a talk, a warning, an amount. ``amount`` is exact text (``500``, ``1/3``)."""

    computation = models.ForeignKey(Computation, models.CASCADE, related_name="consequences", verbose_name="计算")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    position = models.PositiveIntegerField("显示顺序")
    key = models.CharField("规则", max_length=40)
    name = models.CharField("结果运用", max_length=80)
    amount = models.CharField("数额", max_length=60, blank=True)
    unit = models.TextField("单位", blank=True)
    reason = models.TextField("事由", blank=True)
    clause = models.TextField("条款", blank=True)
    who = models.TextField("承办", blank=True)
    within_days = models.PositiveIntegerField("限期（天）", null=True)

    class Meta:
        verbose_name = "结果运用"
        ordering = ["computation", "position"]
        indexes = [models.Index(fields=["tenant", "computation", "position"], name="consequence_page")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.name}"


class ParentPoints(TenantOwned):
    """Points that one generation's results give to one parent; ``points`` and ``uncapped`` are exact texts.

    ``parent_text`` is what the scheme's figure says; ``parent`` the organization of that code or name, if there is one.
    ``lines`` are (organization, result, points) as texts.
    """

    computation = models.ForeignKey(Computation, models.CASCADE, related_name="parent_points", verbose_name="计算")
    parent = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="上级")
    parent_text = models.CharField("上级", max_length=200)
    position = models.PositiveIntegerField("显示顺序")
    key = models.CharField("规则", max_length=40)
    name = models.CharField("名称", max_length=80)
    points = models.CharField("得分", max_length=60)
    uncapped = models.CharField("封顶前", max_length=60)
    lines = models.JSONField("明细", default=list)
    clause = models.TextField("条款", blank=True)

    class Meta:
        verbose_name = "上级得分"
        ordering = ["computation", "position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "computation", "key", "parent_text"], name="parent_points_once")
        ]

    def __str__(self) -> str:
        return f"{self.parent_text} {self.points}"
