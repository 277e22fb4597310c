"""Messages to people: they wait in an outbox row until a channel took them; nothing is sent inside a request."""

from django.conf import settings
from django.db import models

from ..enums import ChannelKind, MessageState
from .base import TenantOwned


class MessageChannel(TenantOwned):
    """How a county reaches its people. ``address`` is a webhook (or empty for e-mail); ``secret`` signs it and is
    never shown again.
    """

    kind = models.CharField("方式", max_length=12, choices=ChannelKind)
    name = models.CharField("名称", max_length=40)
    address = models.CharField("地址", max_length=500, blank=True)
    secret = models.CharField("密钥", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "消息渠道"
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "name"], name="message_channel_name")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Message(TenantOwned):
    """``key`` makes telling the same person the same thing twice one message; ``recipient`` is empty for a group
    robot.
    """

    channel = models.ForeignKey(MessageChannel, models.PROTECT, related_name="messages", verbose_name="渠道")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="收件人"
    )
    key = models.CharField("幂等键", max_length=160)
    subject = models.CharField("标题", max_length=120)
    body = models.TextField("内容")
    url = models.CharField("链接", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_attempt_at = models.DateTimeField("下次发送", null=True)
    error = models.CharField("原因", max_length=300, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    sent_at = models.DateTimeField("发出时间", null=True)

    class Meta:
        verbose_name = "消息"
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "channel", "key"], name="message_once")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="message_outbox")]

    def __str__(self) -> str:
        return self.subject
