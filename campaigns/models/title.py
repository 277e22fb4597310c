"""Titles with their history, and the points and money that follow from them."""

from django.conf import settings
from django.db import models

from accounts.fields import ExactDecimalField
from accounts.models import Organization, TenantOwned

from ..enums import ActState, SubsidyKind, TitleActKind, TitleEventKind, TitleState
from .campaign import Campaign, Round


class Title(TenantOwned):
    """What an organization was awarded in one round. Ended by promotion, revocation or expiry.

    Once it has a plaque number it is never deleted: if a correction takes its award away, it ends as revoked.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="titles", verbose_name="活动")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="titles", verbose_name="组织")
    township = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="乡镇（街道）")
    round = models.ForeignKey(Round, models.PROTECT, related_name="titles", verbose_name="授予轮次")
    tier = models.CharField("等次", max_length=40)
    awarded_on = models.DateField("授予日期")
    state = models.CharField("状态", max_length=12, choices=TitleState, default=TitleState.HELD)
    ended_on = models.DateField("终止日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    warned_on = models.DateField("警示日期", null=True, blank=True)
    plaque_no = models.CharField("标牌编号", max_length=40, blank=True)

    class Meta:
        verbose_name = "称号"
        ordering = ["-awarded_on", "tier", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organization", "round"], name="title_once"),
            models.UniqueConstraint(
                fields=["tenant", "plaque_no"], condition=~models.Q(plaque_no=""), name="title_plaque_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state"], name="title_state")]

    def __str__(self) -> str:
        return f"{self.organization.name} {self.tier}"


class TitleAct(TenantOwned):
    """A decision about an organization's title beside the rules; one proposes, another confirms, and the register
    follows.

    ``round`` is the one whose title it concerns (for an exceptional award: the round it is given with).
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="title_acts", verbose_name="活动")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="title_acts", verbose_name="组织")
    round = models.ForeignKey(Round, models.PROTECT, related_name="title_acts", verbose_name="轮次")
    kind = models.CharField("事项", max_length=12, choices=TitleActKind)
    tier = models.CharField("等次", max_length=40)
    on = models.DateField("日期")
    reason = models.CharField("事由", max_length=200)
    document_no = models.CharField("文号", max_length=60)
    state = models.CharField("状态", max_length=12, choices=ActState, default=ActState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "称号决定"
        ordering = ["-on", "-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="title_act_four_eyes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization.name} {self.get_kind_display()}"


class TitleEvent(TenantOwned):
    """One line of an organization's history of titles, with the rule behind it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="title_events", verbose_name="活动")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="title_events", verbose_name="组织")
    round = models.ForeignKey(Round, models.PROTECT, related_name="title_events", verbose_name="轮次")
    kind = models.CharField("事项", max_length=12, choices=TitleEventKind)
    tier = models.CharField("等次", max_length=40)
    on = models.DateField("日期")
    reason = models.CharField("事由", max_length=200)
    clause = models.CharField("条款", max_length=40, blank=True)
    document_no = models.CharField("文号", max_length=60, blank=True)

    class Meta:
        verbose_name = "称号记录"
        ordering = ["on", "organization__path"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "organization", "round", "kind", "on"], name="title_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.organization.name} {self.get_kind_display()}"


class BonusEntry(TenantOwned):
    """Points that one award gives a township in the annual assessment of ``year``.

    A counter line (``taken_back_in`` set, negative points, a ``reason``) takes them back when the title was revoked: in
    the re-inspection, or, by a decision of the county, in the round of the title itself.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="bonus_entries", verbose_name="活动")
    township = models.ForeignKey(
        Organization, models.PROTECT, related_name="bonus_entries", verbose_name="乡镇（街道）"
    )
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织")
    round = models.ForeignKey(Round, models.PROTECT, related_name="bonus_entries", verbose_name="轮次")
    tier = models.CharField("等次", max_length=40)
    year = models.PositiveSmallIntegerField("年度")
    points = ExactDecimalField("加分", places=4)
    taken_back_in = models.ForeignKey(Round, models.PROTECT, null=True, related_name="+", verbose_name="收回加分的复评")
    reason = models.CharField("事由", max_length=200, blank=True)

    class Meta:
        verbose_name = "考核加分"
        ordering = ["year", "township__path", "round__sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "organization", "round"],
                condition=models.Q(taken_back_in__isnull=True),
                name="bonus_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "organization", "round"],
                condition=models.Q(taken_back_in__isnull=False),
                name="bonus_taken_back_once",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "year"], name="bonus_year")]

    def __str__(self) -> str:
        return f"{self.year} {self.township.name} {self.points}"


class Subsidy(TenantOwned):
    """Money for an award, or a special subsidy to a remote village; in 万元.

    Once ``issued_on`` is set it has been paid: it is never removed, a counter line (``counters`` set, negative amount,
    a ``reason``) takes it back. If it is due again, a new line ``counters`` that counter line in turn, so the lines of
    one award are a chain, of which at most the last is positive and due.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="subsidies", verbose_name="活动")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="subsidies", verbose_name="组织")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="subsidies", verbose_name="轮次")
    kind = models.CharField("类别", max_length=12, choices=SubsidyKind)
    tier = models.CharField("等次", max_length=40, blank=True)
    amount_wan = ExactDecimalField("金额（万元）", places=4)
    document_no = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("下达日期", null=True, blank=True)
    counters = models.ForeignKey("self", models.PROTECT, null=True, related_name="countered_by", verbose_name="冲回")
    reason = models.CharField("事由", max_length=200, blank=True)

    class Meta:
        verbose_name = "补助"
        ordering = ["kind", "round__sequence", "organization__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "campaign", "organization", "round", "kind"],
                condition=models.Q(counters__isnull=True),
                name="subsidy_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "counters"],
                condition=models.Q(counters__isnull=False),
                name="subsidy_countered_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "campaign", "organization"],
                condition=models.Q(kind=SubsidyKind.SPECIAL, counters__isnull=True),
                name="subsidy_special_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.name} {self.amount_wan} 万元"
