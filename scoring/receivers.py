"""What scoring does on news from below: a confirmed decision about a title is settled in the same transaction."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from campaigns.models import TitleAct
from campaigns.signals import title_act_confirmed

from .services.register import settle_campaign


@receiver(title_act_confirmed)
def follow_act(sender: type, act: TitleAct, actor: User, **kwargs: Any) -> None:
    settle_campaign(campaign=act.campaign, actor=actor)
