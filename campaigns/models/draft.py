"""A scheme while it is being written: it may be unfinished and wrong, and several people may have a hand in it."""

from django.conf import settings
from django.db import models

from accounts.models import TenantOwned

from .scheme import SchemeVersion


class SchemeDraft(TenantOwned):
    """``text`` is a document that may have problems; free of errors it becomes a version and the draft is gone.

    ``revision`` grows with every save; ``touched`` says of each block in which revision, by whom and when it was last
    changed: ``{"tiers": {"revision": 3, "by": "李敏", "at": "2027-01-05T09:30:00+08:00"}}``. ``undo`` holds the blocks
    as they were before the last save.
    """

    name = models.CharField("办法名称", max_length=80)
    text = models.TextField("文本")
    based_on = models.ForeignKey(SchemeVersion, models.SET_NULL, null=True, related_name="+", verbose_name="起草自")
    revision = models.PositiveIntegerField("修订", default=1)
    touched = models.JSONField("各部分的修改", default=dict)
    undo = models.JSONField("上一步之前", default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "办法编辑稿"
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.name
