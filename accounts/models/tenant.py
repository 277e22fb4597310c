"""A tenant: one county's (or prefecture's, or the platform's, or a rehearsal's) closed world."""

import uuid

from django.db import models

from ..enums import TenantKind


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    office = models.CharField("主管单位", max_length=80, help_text="页面左上角显示，如：建德市委组织部")
    kind = models.CharField("类别", max_length=12, choices=TenantKind, default=TenantKind.COUNTY)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    rehearsal_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rehearsals", verbose_name="所演练的县"
    )
    is_demo = models.BooleanField("演示", default=False)
    demo_note = models.CharField("演示说明", max_length=120, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "租户"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
