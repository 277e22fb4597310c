"""Kinds and states of the sites app. A leaf: imports nothing of ours."""

from django.db import models


class PanelRole(models.TextChoices):
    """Only members' sheets count; observers and trainees score the same sheet and are never counted."""

    MEMBER = "member", "评委"
    OBSERVER = "observer", "观摩"
    TRAINEE = "trainee", "见习"


class ConflictKind(models.TextChoices):
    HOME = "home", "所在乡镇（街道）"
    CONTACT = "contact", "挂联村"
    DECLARED = "declared", "本人申报"
    OFFICE = "office", "组织部确定"


class ConflictState(models.TextChoices):
    PROPOSED = "proposed", "待确认"
    CONFIRMED = "confirmed", "应当回避"
    DISMISSED = "dismissed", "不须回避"


CONFLICT_TRANSITIONS: dict[str, frozenset[str]] = {
    ConflictState.PROPOSED: frozenset({ConflictState.CONFIRMED, ConflictState.DISMISSED}),
    ConflictState.CONFIRMED: frozenset({ConflictState.DISMISSED}),
    ConflictState.DISMISSED: frozenset({ConflictState.CONFIRMED}),
}
