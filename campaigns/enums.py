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
    AFTER = "after", "创后管理"


class Switch(models.TextChoices):
    """What a phase opens while its dates run. A round none of whose phases carries a switch is bound by its state
    alone.
    """

    NOMINATE = "nominate", "乡镇（街道）申报、补正"
    REVIEW = "review", "县级审核申报"
    PLAN = "plan", "确定评委和路线"
    ROUTE = "route", "评委可看到行程"
    SCORE = "score", "评委评分"
    LIVE_LEADERS = "live_leaders", "领导可看现场亮分"
    LIVE_TOWNSHIPS = "live_townships", "乡镇（街道）可看现场亮分"
    DECIDE = "decide", "计算与复核"
    NOTICE = "notice", "公示"
    OBJECT = "object", "受理异议"
    AWARD = "award", "授牌、资金下达"
    AFTER = "after", "复评、总结"


#: What each kind of phase opens unless the office says otherwise.
USUAL_SWITCHES: dict[str, tuple[str, ...]] = {
    PhaseKind.NOMINATION: (Switch.NOMINATE, Switch.REVIEW),
    PhaseKind.REVIEW: (Switch.NOMINATE, Switch.REVIEW),
    PhaseKind.TRAINING: (),
    PhaseKind.PANEL: (Switch.PLAN,),
    PhaseKind.ONSITE: (Switch.ROUTE, Switch.SCORE, Switch.LIVE_LEADERS),
    PhaseKind.DECISION: (Switch.DECIDE,),
    PhaseKind.NOTICE: (Switch.NOTICE, Switch.OBJECT),
    PhaseKind.AWARD: (Switch.AWARD,),
    PhaseKind.AFTER: (Switch.AFTER,),
}


class NominationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已申报"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "退回修改"
    REJECTED = "rejected", "不予通过"
    WITHDRAWN = "withdrawn", "已撤回"


NOMINATION_TRANSITIONS: dict[str, frozenset[str]] = {
    NominationState.DRAFT: frozenset({NominationState.SUBMITTED, NominationState.WITHDRAWN}),
    NominationState.SUBMITTED: frozenset(
        {NominationState.APPROVED, NominationState.RETURNED, NominationState.REJECTED, NominationState.WITHDRAWN}
    ),
    NominationState.RETURNED: frozenset({NominationState.SUBMITTED, NominationState.WITHDRAWN}),
    NominationState.APPROVED: frozenset({NominationState.RETURNED, NominationState.REJECTED}),
    NominationState.REJECTED: frozenset({NominationState.RETURNED}),
    NominationState.WITHDRAWN: frozenset({NominationState.SUBMITTED}),
}


class MaterialKind(models.TextChoices):
    PHOTO = "photo", "照片"
    WORD = "word", "Word 文档"
    EXCEL = "excel", "Excel 表格"
    PDF = "pdf", "PDF"


class MaterialState(models.TextChoices):
    RECEIVING = "receiving", "上传中"
    CHECKING = "checking", "检查中"
    READY = "ready", "可用"
    REFUSED = "refused", "不接收"
    WITHDRAWN = "withdrawn", "已撤下"


MATERIAL_TRANSITIONS: dict[str, frozenset[str]] = {
    MaterialState.RECEIVING: frozenset({MaterialState.CHECKING, MaterialState.REFUSED, MaterialState.WITHDRAWN}),
    MaterialState.CHECKING: frozenset({MaterialState.READY, MaterialState.REFUSED}),
    MaterialState.READY: frozenset({MaterialState.WITHDRAWN}),
    MaterialState.REFUSED: frozenset({MaterialState.WITHDRAWN}),
    MaterialState.WITHDRAWN: frozenset(),
}


class TitleState(models.TextChoices):
    HELD = "held", "持有"
    PROMOTED = "promoted", "已进阶"
    REVOKED = "revoked", "已摘牌"
    EXPIRED = "expired", "已到期"


class TitleEventKind(models.TextChoices):
    AWARDED = "awarded", "授予"
    PROMOTED = "promoted", "进阶"
    DELISTED = "delisted", "摘牌警示"
    EXCEPTIONAL = "exceptional", "破格授予"
    WARNED = "warned", "警示"
    RESTORED = "restored", "解除警示"
    REVOKED = "revoked", "摘牌"
    EXPIRED = "expired", "到期"


class TitleActKind(models.TextChoices):
    """What a county decides about a title beside what its rules work out; every act has a reason and a document."""

    EXCEPTIONAL = "exceptional", "破格授予"
    WARN = "warn", "警示"
    RESTORE = "restore", "解除警示"
    REVOKE = "revoke", "摘牌"
    EXPIRE = "expire", "到期终止"


class ActState(models.TextChoices):
    """Four eyes: one person proposes, another confirms."""

    PROPOSED = "proposed", "待复核"
    CONFIRMED = "confirmed", "已生效"
    DECLINED = "declined", "未采纳"


ACT_TRANSITIONS: dict[str, frozenset[str]] = {
    ActState.PROPOSED: frozenset({ActState.CONFIRMED, ActState.DECLINED}),
    ActState.CONFIRMED: frozenset(),
    ActState.DECLINED: frozenset(),
}


class PracticeState(models.TextChoices):
    DRAFT = "draft", "撰写中"
    SHARED = "shared", "已推广"
    WITHDRAWN = "withdrawn", "已撤下"


PRACTICE_TRANSITIONS: dict[str, frozenset[str]] = {
    PracticeState.DRAFT: frozenset({PracticeState.SHARED, PracticeState.WITHDRAWN}),
    PracticeState.SHARED: frozenset({PracticeState.WITHDRAWN}),
    PracticeState.WITHDRAWN: frozenset({PracticeState.DRAFT, PracticeState.SHARED}),
}


class SubsidyKind(models.TextChoices):
    AWARD = "award", "创成补助"
    SPECIAL = "special", "偏远村专项补助"
