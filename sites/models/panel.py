"""Who scores: inspectors of a county, the panel of a round, and whom an inspector must not score."""

from django.conf import settings
from django.db import models

from accounts.models import Organization, TenantOwned
from campaigns.models import Round

from ..enums import ConflictKind, ConflictState, PanelRole


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
    """``group`` (组别) in this round: whose sheets are averaged together before the groups are weighed.

    Who left (``left_at``) keeps what they scored and scores no more; ``replaces`` says for whom somebody came.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="panel_members", verbose_name="轮次")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="panels", verbose_name="评委")
    group = models.CharField("组别", max_length=40, blank=True)
    role = models.CharField("身份", max_length=12, choices=PanelRole, default=PanelRole.MEMBER)
    left_at = models.DateTimeField("离开时间", null=True, blank=True)
    left_reason = models.CharField("离开原因", max_length=200, blank=True)
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced_by", verbose_name="接替")

    class Meta:
        verbose_name = "评委组成员"
        ordering = ["round", "inspector__number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "inspector"], name="panel_member_once")]

    def __str__(self) -> str:
        return self.inspector.name


class Conflict(TenantOwned):
    """An inspector does not score an organization, nor what lies below it, once this is confirmed.

    ``round`` empty: in every round. ``pinned``: the office's word, never changed by a later search for conflicts.
    """

    inspector = models.ForeignKey(Inspector, models.CASCADE, related_name="conflicts", verbose_name="评委")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织")
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="conflicts", verbose_name="轮次")
    kind = models.CharField("类型", max_length=12, choices=ConflictKind)
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=ConflictState, default=ConflictState.PROPOSED)
    pinned = models.BooleanField("固定", default=False)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = "回避"
        ordering = ["inspector__number", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "inspector", "organization", "kind"],
                                    condition=models.Q(round__isnull=True), name="conflict_standing"),
            models.UniqueConstraint(fields=["tenant", "inspector", "organization", "kind", "round"],
                                    condition=models.Q(round__isnull=False), name="conflict_of_round"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.inspector} 回避 {self.organization.name}"


class PanelDraw(TenantOwned):
    """A random draw that anybody can repeat: from these candidates, with this seed, these were drawn.

    ``candidates`` are [number, group, code of the home, why not drawn from], ``drawn`` numbers, ``rule`` what was asked
    for: ``sizes`` by group in order, ``spread`` over homes. ``services.drawing`` says how it goes.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="draws", verbose_name="轮次")
    seed = models.CharField("种子", max_length=64)
    rule = models.JSONField("抽取要求", default=dict)
    candidates = models.JSONField("候选", default=list)
    drawn = models.JSONField("抽中", default=list)
    applied_at = models.DateTimeField("采用时间", null=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField("抽取时间", auto_now_add=True)

    class Meta:
        verbose_name = "随机抽取"
        ordering = ["-drawn_at"]

    def __str__(self) -> str:
        return f"{self.round} {self.drawn_at:%Y-%m-%d}"
