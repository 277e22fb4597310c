"""States of the scoring app, with their transition tables. A leaf: imports nothing of ours."""

from django.db import models


class ComputationState(models.TextChoices):
    COMPUTED = "computed", "已计算"
    CONFIRMED = "confirmed", "已确认"
    PUBLISHED = "published", "已公布"
    SUPERSEDED = "superseded", "已更正"


COMPUTATION_TRANSITIONS: dict[str, frozenset[str]] = {
    ComputationState.COMPUTED: frozenset({ComputationState.CONFIRMED, ComputationState.SUPERSEDED}),
    ComputationState.CONFIRMED: frozenset({ComputationState.PUBLISHED, ComputationState.SUPERSEDED}),
    ComputationState.PUBLISHED: frozenset({ComputationState.SUPERSEDED}),
    ComputationState.SUPERSEDED: frozenset({ComputationState.COMPUTED}),
}


class SheetSource(models.TextChoices):
    PHONE = "phone", "手机"
    IMPORT = "import", "导入"
    DESK = "desk", "电脑"


class Verdict(models.TextChoices):
    """The engine's verdicts as a column; same values, same order."""

    AWARDED = "awarded", "授予"
    TIED_AT_CUT = "tied_at_cut", "并列淘汰"
    OVER_QUOTA = "over_quota", "超出名额"
    BELOW_THRESHOLD = "below_threshold", "低于标准"
    VETOED = "vetoed", "一票否决"
    UNSCORED = "unscored", "未评"
    INELIGIBLE = "ineligible", "不符合条件"
    UNMET = "unmet", "未满足前置条件"
    RESERVE = "reserve", "候补"
    RATED = "rated", "已评定"
    NOT_RATED = "not_rated", "只考核"
