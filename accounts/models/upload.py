"""A file a person handed in for import, kept under its tenant and content hash while it is previewed and after."""

from django.conf import settings
from django.db import models

from .base import TenantOwned


class Upload(TenantOwned):
    """``kind`` names the importer; ``params`` what it needs besides the file (a round); ``report`` what was found."""

    kind = models.CharField("种类", max_length=40)
    filename = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("字节")
    params = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    applied_at = models.DateTimeField("写入时间", null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "导入文件"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.filename
