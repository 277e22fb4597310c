"""A campaign, its rounds and their dated phases."""

from django.conf import settings
from django.db import models

from accounts.models import TenantOwned

from ..enums import USUAL_SWITCHES, CampaignKind, PhaseKind, RoundKind, RoundState
from .scheme import SchemeVersion


class Campaign(TenantOwned):
    """The legal frame of a campaign is data: kind, host, approval, cycle (创建示范活动管理办法)."""

    name = models.CharField("活动名称", max_length=80)
    kind = models.CharField("创建类别", max_length=12, choices=CampaignKind, default=CampaignKind.CREATION)
    host = models.CharField("主办单位", max_length=80)
    organizer = models.CharField("承办单位", max_length=80, blank=True)
    approval_authority = models.CharField("批准机关", max_length=80, blank=True)
    approval_no = models.CharField("批准文号", max_length=60, blank=True)
    cycle = models.CharField("周期", max_length=40, blank=True)
    number_cap = models.PositiveIntegerField("名额上限", null=True, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True, blank=True)

    class Meta:
        verbose_name = "创建活动"
        ordering = ["-starts_on"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="campaign_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def lacks_approval(self) -> bool:
        """A creation campaign needs an approval on record; assessments and gradings do not."""
        return self.kind == CampaignKind.CREATION and not self.approval_no


class Round(TenantOwned):
    """One batch of on-site comparison, or one re-inspection of title holders. ``label`` is the round in files.

    ``published_at`` stays when a published round is returned for a correction: what was published remains visible.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="rounds", verbose_name="活动")
    kind = models.CharField("类别", max_length=12, choices=RoundKind, default=RoundKind.CREATION)
    label = models.CharField("轮次", max_length=20)
    sequence = models.PositiveSmallIntegerField("顺序")
    year = models.PositiveSmallIntegerField("年度")
    onsite_date = models.DateField("现场日期")
    scheme_version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="rounds", verbose_name="办法版本")
    state = models.CharField("状态", max_length=12, choices=RoundState, default=RoundState.PLANNED)
    published_at = models.DateTimeField("首次公布时间", null=True, blank=True)
    grace_minutes = models.PositiveSmallIntegerField("评分宽限（分钟）", default=30)
    notice_days = models.PositiveSmallIntegerField("公示工作日", default=5)

    class Meta:
        verbose_name = "轮次"
        ordering = ["campaign", "sequence"]
        constraints = [models.UniqueConstraint(fields=["tenant", "campaign", "kind", "label"], name="round_label")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        if self.kind == RoundKind.REINSPECTION:
            return f"{self.label} 复评"
        return f"第 {self.label} 轮" if self.label.isdecimal() else self.label


class Phase(TenantOwned):
    """One stage of a round with its dates; ``finished_on`` when it was really done.

    ``switches`` (values of :class:`Switch`) say what is open from the first moment of ``opens_on`` to the last of
    ``closes_on``, in the county's time zone; null: those usual for its kind.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="phases", verbose_name="轮次")
    kind = models.CharField("阶段", max_length=12, choices=PhaseKind)
    sequence = models.PositiveSmallIntegerField("顺序")
    opens_on = models.DateField("开始")
    closes_on = models.DateField("截止")
    finished_on = models.DateField("完成", null=True, blank=True)
    switches = models.JSONField("开放事项", null=True, blank=True)

    class Meta:
        verbose_name = "阶段"
        ordering = ["round", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "kind"], name="phase_kind"),
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="phase_dates"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def opens(self) -> tuple[str, ...]:
        """The switches that are on while this phase runs."""
        return USUAL_SWITCHES[self.kind] if self.switches is None else tuple(self.switches)


class PhaseMove(TenantOwned):
    """One change of a phase's dates or switches, with the reason that was given. Rows are only added."""

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="moves", verbose_name="阶段")
    old_opens_on = models.DateField("原开始")
    old_closes_on = models.DateField("原截止")
    new_opens_on = models.DateField("现开始")
    new_closes_on = models.DateField("现截止")
    reason = models.CharField("原因", max_length=200)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    moved_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "阶段调整"
        ordering = ["-moved_at"]

    def __str__(self) -> str:
        return f"{self.phase} {self.old_closes_on} → {self.new_closes_on}"


class Holiday(TenantOwned):
    """A day that departs from the week: a working day off, or a weekend day worked (调休). Working days are counted
    by it.
    """

    on = models.DateField("日期")
    working = models.BooleanField("上班", default=False)
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = "节假日"
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["tenant", "on"], name="holiday_day")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
