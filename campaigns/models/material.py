"""Files that show what was done: handed in once for an organization, attached to as many nominations as need them."""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned

from ..enums import MaterialKind, MaterialState
from .nomination import Nomination


class Material(TenantOwned):
    """``received`` bytes of ``size`` so far; ``sha256`` of the whole once it is there; ``served`` of the harmless copy.

    ``details``: what the check found (pages, width, height, preview lines); ``problem``: why it was refused.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="materials", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    title = models.CharField("名称", max_length=80)
    filename = models.CharField("文件名", max_length=200)
    kind = models.CharField("类别", max_length=8, choices=MaterialKind, blank=True)
    state = models.CharField("状态", max_length=12, choices=MaterialState, default=MaterialState.RECEIVING)
    size = models.PositiveBigIntegerField("字节")
    received = models.PositiveBigIntegerField("已收字节", default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    served = models.CharField(max_length=64, blank=True)
    preview = models.CharField(max_length=64, blank=True)
    details = models.JSONField("内容", default=dict)
    problem = models.CharField("不接收的原因", max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = "材料"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["tenant", "organization", "state"], name="material_organization")]

    def __str__(self) -> str:
        return self.title


class Evidence(TenantOwned):
    """One material attached to a nomination for one thing asked; ``requirement`` is ``criterion key:number`` or ""."""

    nomination = models.ForeignKey(Nomination, models.CASCADE, related_name="evidence", verbose_name="申报")
    material = models.ForeignKey(Material, models.PROTECT, related_name="uses", verbose_name="材料")
    requirement = models.CharField("对应要求", max_length=80, blank=True)
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    attached_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["requirement", "attached_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "nomination", "material", "requirement"], name="evidence_once")
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.material_id}"
