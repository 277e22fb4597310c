"""Score sheets as append-only revisions; marks packed in one binary column per sheet.

The unit is a revision: all marks of one inspector for one entry, under an id the client made. The database
refuses UPDATE and DELETE, and INSERT into a sealed round. ``id`` grows with every revision received.
"""

from django.conf import settings
from django.db import models

from accounts.models import TenantOwned
from campaigns.models import Nomination, Round, SchemeVersion
from sites.models import Inspector

from ..enums import SheetSource


class ScoreSheet(TenantOwned):
    """``marks`` is packed by ``schemes.MarkCodec``; ``total_scaled`` counts ``1/scheme.scale`` points.

    ``details`` is what stands beside the marks: itemised deductions, reasons, remarks, signature. ``client_hash``
    is the
    content hash that phone and server both computed. An ``abstained`` sheet has no marks and counts nowhere.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField("客户端编号")
    round = models.ForeignKey(Round, models.PROTECT, related_name="sheets", verbose_name="轮次")
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="sheets", verbose_name="参评单位")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="sheets", verbose_name="评委")
    scheme_version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name="办法版本")
    revision = models.PositiveSmallIntegerField("修订", default=1)
    marks = models.BinaryField("打分")
    total_scaled = models.BigIntegerField("总分（最小单位）")
    content_hash = models.CharField("内容摘要", max_length=64)
    source = models.CharField("来源", max_length=12, choices=SheetSource)
    device = models.CharField("设备", max_length=64, blank=True)
    device_sequence = models.PositiveIntegerField("设备序号", null=True)
    client_time = models.DateTimeField("填写时间", null=True)
    started_at = models.DateTimeField("开始填写", null=True)
    details = models.JSONField("说明", default=dict)
    client_hash = models.CharField("手机端摘要", max_length=64, blank=True)
    abstained = models.BooleanField("弃权", default=False)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )

    class Meta:
        verbose_name = "评分单"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "uuid"], name="sheet_uuid"),
            models.UniqueConstraint(fields=["tenant", "nomination", "inspector", "revision"], name="sheet_revision"),
        ]
        indexes = [models.Index(fields=["tenant", "round", "nomination"], name="sheet_round")]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.inspector_id} r{self.revision}"
