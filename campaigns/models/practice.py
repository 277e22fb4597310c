"""Good practices (经验做法): written up after a round, shared with the whole county."""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned

from ..enums import PracticeState
from .campaign import Round
from .material import Material


class Practice(TenantOwned):
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="practices", verbose_name="轮次"
    )
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="practices", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    title = models.CharField("标题", max_length=80)
    summary = models.CharField("一句话", max_length=120, blank=True)
    text = models.TextField("做法", max_length=4000)
    materials = models.ManyToManyField(Material, through="PracticeMaterial", related_name="practices")
    state = models.CharField("状态", max_length=12, choices=PracticeState, default=PracticeState.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField("撰写时间", auto_now_add=True)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    shared_at = models.DateTimeField("推广时间", null=True)

    class Meta:
        verbose_name = "经验做法"
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return self.title


class PracticeMaterial(TenantOwned):
    practice = models.ForeignKey(Practice, models.CASCADE, related_name="uses", verbose_name="经验做法")
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name="材料")

    class Meta:
        verbose_name = "经验附件"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "practice", "material"], name="practice_material_once")
        ]

    def __str__(self) -> str:
        return f"{self.practice_id} {self.material_id}"
