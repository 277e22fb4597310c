"""The outbox: write a message once, send it by a background task, try again with growing pauses, say why it failed.

Who is told what is decided above (``reports.reminders``). Nothing is sent inside a request or a transaction.
"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..enums import MESSAGE_TRANSITIONS, ChannelKind, MessageState
from ..messaging import SENDERS, Letter, NotSent
from ..messaging.webhooks import check_address
from ..models import Message, MessageChannel, Tenant, User
from .audit import record

#: Pauses before the next attempt; after the last the message is given up until a person asks again.
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
AT_ONCE = 50


@transaction.atomic
def set_channel(
    *,
    tenant: Tenant,
    actor: User,
    kind: str,
    name: str,
    address: str = "",
    secret: str = "",
    active: bool = True,
    channel: MessageChannel | None = None,
) -> MessageChannel:
    """Make or change a channel. An empty ``secret`` keeps the one there is; it is never written to the log."""
    if kind != ChannelKind.EMAIL:
        try:
            check_address(address)
        except NotSent as problem:
            raise ValidationError({"address": str(problem)}) from problem
    known = MessageChannel.objects.select_for_update().get(pk=channel.pk) if channel else None
    channel = known or MessageChannel(tenant=tenant)
    channel.kind, channel.name, channel.active = kind, name, active
    channel.address = "" if kind == ChannelKind.EMAIL else address
    channel.secret = secret or channel.secret
    channel.save()
    record(actor=actor, verb="设置消息渠道", target=channel, new={"kind": kind, "name": name, "active": active})
    return channel


@transaction.atomic
def put_message(
    *, channel: MessageChannel, key: str, subject: str, body: str, url: str = "", recipient: User | None = None
) -> bool:
    """Lay a message into the outbox; False when the same thing was already told (``key``)."""
    message = Message(tenant_id=channel.tenant_id, channel=channel, recipient=recipient, key=key[:160], url=url,
                      subject=subject[:120], body=body, next_attempt_at=timezone.now())  # fmt: skip
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.filter(pk=message.pk).exists()


def deliver_due(*, limit: int = AT_ONCE) -> dict[str, int]:
    """Send what is due in the open tenant; counts of ``sent`` and ``failed``. Two workers never send one message twice
    at the same time: each attempt is claimed before the line is opened."""
    counts = {"sent": 0, "failed": 0}
    due = Message.objects.filter(state=MessageState.WAITING, next_attempt_at__lte=timezone.now())
    for pk in list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:limit]):
        message = _claim(pk)
        if message is not None:
            counts["sent" if _attempt(message) else "failed"] += 1
    return counts


@transaction.atomic
def _claim(pk: Any) -> Message | None:
    """Take one attempt: whoever comes second finds its time moved. A crash after it costs a pause, not the message."""
    message = Message.objects.select_for_update(of=("self",)).select_related("channel", "recipient").get(pk=pk)
    if message.state != MessageState.WAITING or (message.next_attempt_at or timezone.now()) > timezone.now():
        return None
    message.next_attempt_at = timezone.now() + PAUSES[min(message.attempts, len(PAUSES) - 1)]
    message.attempts += 1
    message.save(update_fields=["next_attempt_at", "attempts"])
    return message


def _attempt(message: Message) -> bool:
    channel = message.channel
    if not channel.active:
        _move(message, MessageState.DROPPED, error="渠道已停用。")
        return False
    to = message.recipient.email if message.recipient else ""
    letter = Letter(message.subject, message.body, message.url, to, channel.address, channel.secret)
    try:
        SENDERS[channel.kind](letter)
    except NotSent as problem:
        given_up = problem.final or message.attempts > len(PAUSES)
        _move(message, MessageState.FAILED if given_up else MessageState.WAITING, error=str(problem))
        return False
    _move(message, MessageState.SENT)
    return True


@transaction.atomic
def _move(message: Message, state: str, *, error: str = "") -> None:
    current = Message.objects.select_for_update().get(pk=message.pk)
    if state != current.state and state not in MESSAGE_TRANSITIONS[current.state]:
        return  # somebody stopped it meanwhile
    current.state, current.error = state, error[:300]
    current.sent_at = timezone.now() if state == MessageState.SENT else current.sent_at
    current.save(update_fields=["state", "error", "sent_at"])


@transaction.atomic
def retry_message(*, message: Message, actor: User) -> Message:
    """Put a failed message back into the outbox, due now."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if MessageState.WAITING not in MESSAGE_TRANSITIONS[message.state]:
        raise ValidationError(f"这条消息“{message.get_state_display()}”，不能重发。")
    message.state, message.attempts, message.next_attempt_at = MessageState.WAITING, 0, timezone.now()
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    record(actor=actor, verb="重发消息", target=message)
    return message


@transaction.atomic
def drop_message(*, message: Message, actor: User) -> Message:
    """Stop a message that was not sent yet."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if MessageState.DROPPED not in MESSAGE_TRANSITIONS[message.state]:
        raise ValidationError(f"这条消息“{message.get_state_display()}”，不能取消。")
    message.state = MessageState.DROPPED
    message.save(update_fields=["state"])
    record(actor=actor, verb="取消消息", target=message)
    return message
