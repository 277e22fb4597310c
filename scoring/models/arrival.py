"""What arrives beside sheets that count: sheets that wait for a person, photos, requests to reopen, keyed paper
forms.
"""

from django.conf import settings
from django.db import models

from accounts.models import TenantOwned
from campaigns.models import Nomination, Round
from sites.models import Inspector

from ..enums import KeyingState, QuarantineState, ReopeningState, SheetSource
from .sheet import ScoreSheet


class QuarantinedSheet(TenantOwned):
    """A sheet kept exactly as it arrived (``payload``) because it may not simply count; ``code`` says why.

    The same id with the same content is one row, however often it arrives. ``rival`` is the sheet it disagrees with,
    ``sheet`` the revision made of it when it was admitted.
    """

    uuid = models.UUIDField("客户端编号")
    client_hash = models.CharField("内容摘要", max_length=64)
    payload = models.JSONField("原样内容")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="quarantined", verbose_name="评委")
    round = models.ForeignKey(Round, models.PROTECT, related_name="quarantined", verbose_name="轮次")
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="quarantined", verbose_name="参评单位")
    code = models.CharField("原因", max_length=20)
    message = models.CharField("说明", max_length=300)
    source = models.CharField("来源", max_length=12, choices=SheetSource)
    device = models.CharField("设备", max_length=64, blank=True)
    rival = models.ForeignKey(ScoreSheet, models.PROTECT, null=True, related_name="rivals", verbose_name="不一致的评分单")
    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, null=True, related_name="+", verbose_name="采用为")
    state = models.CharField("状态", max_length=12, choices=QuarantineState, default=QuarantineState.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)
    decision_reason = models.CharField("处理意见", max_length=200, blank=True)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)

    class Meta:
        verbose_name = "待核评分单"
        ordering = ["received_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "uuid", "client_hash"], name="quarantined_once")]
        indexes = [models.Index(fields=["tenant", "round", "state"], name="quarantined_round")]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.inspector_id} {self.code}"


class SheetReopening(TenantOwned):
    """A sent sheet is locked; this lets its inspector send one more revision. Asked by the inspector or made by the
    office.
    """

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="reopenings", verbose_name="参评单位")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="reopenings", verbose_name="评委")
    revision = models.PositiveSmallIntegerField("针对的修订")
    reason = models.CharField("原因", max_length=200)
    state = models.CharField("状态", max_length=12, choices=ReopeningState, default=ReopeningState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("处理时间", null=True)
    reply = models.CharField("答复", max_length=200, blank=True)

    class Meta:
        verbose_name = "重开评分单"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "nomination", "inspector"],
                condition=models.Q(state__in=[ReopeningState.ASKED, ReopeningState.OPEN]),
                name="reopening_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.inspector_id} {self.state}"


class SheetPhoto(TenantOwned):
    """A photo beside a sheet; re-encoded on arrival, without location. ``uuid`` is the phone's."""

    uuid = models.UUIDField("客户端编号")
    sheet_uuid = models.UUIDField("评分单编号")
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="photos", verbose_name="参评单位")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="photos", verbose_name="评委")
    criterion = models.CharField("指标", max_length=60, blank=True)
    arrived = models.CharField("原件摘要", max_length=64)
    served = models.CharField("存放摘要", max_length=64)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)

    class Meta:
        verbose_name = "评分照片"
        ordering = ["received_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "uuid"], name="sheet_photo_uuid")]

    def __str__(self) -> str:
        return f"{self.sheet_uuid} {self.criterion}"


class KeyedSheet(TenantOwned):
    """A paper form keyed by two people who do not see each other's figures. ``first`` and ``second``: texts by
    criterion key.
    """

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="keyed", verbose_name="参评单位")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="keyed", verbose_name="评委")
    state = models.CharField("状态", max_length=12, choices=KeyingState, default=KeyingState.FIRST)
    first = models.JSONField("第一人录入", default=dict)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_at = models.DateTimeField("第一次录入时间", auto_now_add=True)
    second = models.JSONField("第二人录入", default=dict)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField("第二次录入时间", null=True)
    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, null=True, related_name="+", verbose_name="评分单")

    class Meta:
        verbose_name = "纸质表录入"
        ordering = ["-first_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "nomination", "inspector"],
                condition=models.Q(state__in=[KeyingState.FIRST, KeyingState.DIFFERS]),
                name="keyed_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(second_by__isnull=True) | ~models.Q(second_by=models.F("first_by")),
                name="keyed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nomination_id} {self.inspector_id}"


class BoardSnapshot(TenantOwned):
    """The live board as it stood when it was frozen (封盘): a picture, never computed again."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="snapshots", verbose_name="轮次")
    standings = models.JSONField("榜单")
    sheet_cut = models.BigIntegerField("评分单截止号")
    reason = models.CharField("说明", max_length=200, blank=True)
    lifted_at = models.DateTimeField("解除时间", null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField("封盘时间", auto_now_add=True)

    class Meta:
        verbose_name = "封盘"
        ordering = ["-taken_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "round"], condition=models.Q(lifted_at__isnull=True), name="snapshot_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.taken_at:%Y-%m-%d %H:%M}"
