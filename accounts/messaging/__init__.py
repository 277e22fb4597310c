"""Ways to reach people: one module per kind of channel. Each sends one message or raises NotSent; none of them
knows why.
"""

from ..enums import ChannelKind
from .base import Letter, NotSent, Sender
from .mail import send_mail
from .webhooks import send_dingtalk, send_wecom

SENDERS: dict[str, Sender] = {
    ChannelKind.EMAIL: send_mail,
    ChannelKind.DINGTALK: send_dingtalk,
    ChannelKind.WECOM: send_wecom,
}

__all__ = ["SENDERS", "Letter", "NotSent", "Sender"]
