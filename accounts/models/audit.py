"""Who did what, when, with old and new values. Rows are only ever added; the database refuses anything else."""

from django.conf import settings
from django.db import models

from .tenant import Tenant


class AuditEntry(models.Model):
    """One act. ``tenant`` is empty only for acts before a tenant is known (a failed sign-in)."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField("操作人", max_length=60)
    verb = models.CharField("操作", max_length=60)
    target_type = models.CharField("对象类别", max_length=40, blank=True)
    target_id = models.CharField("对象编号", max_length=40, blank=True)
    target_label = models.CharField("对象", max_length=120, blank=True)
    old = models.JSONField("原值", default=dict)
    new = models.JSONField("新值", default=dict)
    succeeded = models.BooleanField("是否成功", default=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "操作日志"
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "-id"], name="audit_tenant")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb}"
