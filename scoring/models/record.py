"""What is recorded of organizations besides marks, as append-only revisions: facts (数据) and events (事项).

The database refuses UPDATE and DELETE, and INSERT into a sealed round. ``id`` grows with every line received, so a
computation names what went into it by the last id it saw.
"""

from django.conf import settings
from django.db import models

from accounts.fields import ExactDecimalField
from accounts.models import Organization, TenantOwned
from campaigns.models import Round


class FactRevision(TenantOwned):
    """One cell of the facts table as it was written; of each (organization, period, key) the newest counts.

    ``text`` is what a person wrote, or what was drawn from another outcome; empty, it takes back what stood. ``note``
    says where it comes from; ``drawn`` that the platform took it over, from another outcome or the list of
    organizations.
    """

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="fact_revisions", verbose_name="轮次")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织")
    period = models.CharField("考核期", max_length=40, blank=True)
    key = models.CharField("数据项", max_length=40)
    text = models.CharField("内容", max_length=200, blank=True)
    note = models.CharField("来源", max_length=500, blank=True)
    drawn = models.BooleanField("平台取来", default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "数据"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "round", "id"], name="fact_round")]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.key} {self.text}"


class EventRevision(TenantOwned):
    """One recorded event. A line with ``withdrawn_of`` takes that one back; the note says why."""

    id = models.BigAutoField(primary_key=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="event_revisions", verbose_name="轮次")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织")
    key = models.CharField("事项", max_length=40)
    day = models.DateField("日期")
    amount = ExactDecimalField("数量", places=6)
    subject = models.CharField("对象", max_length=200, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    period = models.CharField("考核期", max_length=40, blank=True)
    withdrawn_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="withdrawals", verbose_name="撤回")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "事项"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "withdrawn_of"], name="event_withdrawn_once")]
        indexes = [models.Index(fields=["tenant", "round", "id"], name="event_round")]

    def __str__(self) -> str:
        return f"{self.day} {self.organization_id} {self.key}"
