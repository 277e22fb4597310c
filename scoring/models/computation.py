"""One computed generation of a round's results. Rows of a generation never change; a correction is a new one."""

from django.conf import settings
from django.db import models

from accounts.models import Job, Organization, TenantOwned
from campaigns.models import Nomination, Round, SchemeVersion

from ..enums import ComputationState, Verdict


class Computation(TenantOwned):
    """``sheet_cut``, ``fact_cut``, ``event_cut`` are the highest ids of sheets, facts and events that went in.

    ``groups`` is the arithmetic of each ranking group for display. ``panel`` is whose sheets counted and in which
    groups they served when it was computed, so that it reads the same after the panel has changed.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="computations", verbose_name="轮次")
    scheme_version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name="办法版本")
    engine_version = models.CharField("引擎版本", max_length=20)
    inputs_digest = models.CharField("输入摘要", max_length=64)
    outcome_digest = models.CharField("结果摘要", max_length=64)
    sheet_cut = models.BigIntegerField("评分单截止号")
    fact_cut = models.BigIntegerField("数据截止号", default=0)
    event_cut = models.BigIntegerField("事项截止号", default=0)
    sheet_count = models.PositiveIntegerField("评分单数")
    groups = models.JSONField("分组核算", default=list)
    panel = models.JSONField("评委组", default=dict)
    state = models.CharField("状态", max_length=12, choices=ComputationState, default=ComputationState.COMPUTED)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="计算人"
    )
    computed_at = models.DateTimeField("计算时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="公布人"
    )
    published_at = models.DateTimeField("公布时间", null=True)

    class Meta:
        verbose_name = "计算"
        ordering = ["-computed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "round", "inputs_digest", "scheme_version", "engine_version"], name="computation_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "round"],
                condition=models.Q(state=ComputationState.PUBLISHED),
                name="computation_published_once",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("computed_by")),
                name="computation_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.inputs_digest[:8]}"


class Result(TenantOwned):
    """One entry's outcome. The exact score is ``score_units / score_unit``; texts are ready for pages and books.

    ``group_label`` names the ranking group where the scheme groups by more than tiers. ``grade`` and ``badges`` are
    empty where the scheme has none. ``figures``: exact texts of the tree's nodes by key, where a score is not just
    the sheets' total.
    """

    computation = models.ForeignKey(Computation, models.CASCADE, related_name="results", verbose_name="计算")
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="results", verbose_name="参评单位")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="results", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    tier = models.CharField("等次", max_length=40)
    group_label = models.CharField("分组", max_length=200, blank=True)
    vetoed = models.BooleanField("一票否决", default=False)
    position = models.PositiveIntegerField("显示顺序")
    score_units = models.BigIntegerField("得分（最小单位）", null=True)
    score_unit = models.BigIntegerField("每分的单位数", default=1)
    score_text = models.CharField("得分", max_length=24, blank=True)
    rank = models.PositiveIntegerField("名次", null=True)
    tie_size = models.PositiveIntegerField("并列数", default=1)
    verdict = models.CharField("结果", max_length=20, choices=Verdict)
    grade = models.CharField("评定", max_length=40, blank=True)
    badges = models.JSONField("获得", default=list)
    figures = models.JSONField("各项得分", default=dict)
    sheet_count = models.PositiveSmallIntegerField("评分单数")
    recused_count = models.PositiveSmallIntegerField("回避数", default=0)
    tie_texts = models.JSONField("同分比较", default=list)
    margin_text = models.CharField("距末位授予", max_length=24, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "结果"
        ordering = ["computation", "tier", "position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "computation", "nomination"], name="result_once")]
        indexes = [models.Index(fields=["computation", "tier", "position"], name="result_page")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.score_text} {self.rank}"

    @property
    def words(self) -> str:
        """The result in words: the grade where there are grades, else what became of the application; badges too."""
        graded = self.grade if self.verdict in (Verdict.RATED, Verdict.NOT_RATED) else ""
        return "、".join([graded or Verdict(self.verdict).label, *self.badges])
