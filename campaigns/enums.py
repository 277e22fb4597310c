"""States and kinds of the campaigns app, with their transition tables. A leaf: imports nothing of ours."""

from django.db import models


class CampaignKind(models.TextChoices):
    CREATION = "creation", "创建示范"
    ANNUAL = "annual", "年度考核"
    STAR = "star", "星级评定"
    ARENA = "arena", "擂台赛"
    CLASS = "class", "分类定级"


class VersionState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已停用"


VERSION_TRANSITIONS: dict[str, frozenset[str]] = {
    VersionState.DRAFT: frozenset({VersionState.PUBLISHED}),
    VersionState.PUBLISHED: frozenset({VersionState.WITHDRAWN}),
    VersionState.WITHDRAWN: frozenset(),
}


class RoundKind(models.TextChoices):
    CREATION = "creation", "创建"
    REINSPECTION = "reinspection", "复评"


class RoundState(models.TextChoices):
    """From plan to publication. Sheets are taken while ``SCORING``; from ``SEALED`` on the database refuses them."""

    PLANNED = "planned", "未开始"
    NOMINATING = "nominating", "申报中"
    SCORING = "scoring", "评分中"
    SEALED = "sealed", "已封存"
    COMPUTED = "computed", "已计算"
    CONFIRMED = "confirmed", "已确认"
    PUBLISHED = "published", "已公布"


ROUND_TRANSITIONS: dict[str, frozenset[str]] = {
    RoundState.PLANNED: frozenset({RoundState.NOMINATING}),
    RoundState.NOMINATING: frozenset({RoundState.SCORING}),
    RoundState.SCORING: frozenset({RoundState.SEALED}),
    RoundState.SEALED: frozenset({RoundState.COMPUTED, RoundState.SCORING}),
    RoundState.COMPUTED: frozenset({RoundState.CONFIRMED, RoundState.SCORING, RoundState.COMPUTED}),
    RoundState.CONFIRMED: frozenset({RoundState.PUBLISHED, RoundState.SCORING}),
    RoundState.PUBLISHED: frozenset({RoundState.SCORING}),
}

#: States in which the database refuses score sheets.
SEALED_STATES = (RoundState.SEALED, RoundState.COMPUTED, RoundState.CONFIRMED, RoundState.PUBLISHED)


class PhaseKind(models.TextChoices):
    NOMINATION = "nomination", "申报"
    REVIEW = "review", "县级审核"
    TRAINING = "training", "培训与标准"
    PANEL = "panel", "评委与路线"
    ONSITE = "onsite", "现场评分"
    DECISION = "decision", "计算与复核"
    NOTICE = "notice", "公示"
    AWARD = "award", "授牌"


class NominationState(models.TextChoices):
    SUBMITTED = "submitted", "已申报"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "退回修改"
    REJECTED = "rejected", "不予通过"


class TitleState(models.TextChoices):
    HELD = "held", "持有"
    PROMOTED = "promoted", "已进阶"
    REVOKED = "revoked", "已摘牌"


class TitleEventKind(models.TextChoices):
    AWARDED = "awarded", "授予"
    PROMOTED = "promoted", "进阶"
    DELISTED = "delisted", "摘牌警示"


class SubsidyKind(models.TextChoices):
    AWARD = "award", "创成补助"
    SPECIAL = "special", "偏远村专项补助"
