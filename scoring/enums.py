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
    PAPER = "paper", "纸质表双人录入"
    FILE = "file", "手机导出文件"


class QuarantineState(models.TextChoices):
    """A sheet that arrived and cannot simply count: a person decides. While one is waiting the round is not
    computed.
    """

    WAITING = "waiting", "待处理"
    ADMITTED = "admitted", "已采用"
    SET_ASIDE = "set_aside", "不采用"


QUARANTINE_TRANSITIONS: dict[str, frozenset[str]] = {
    QuarantineState.WAITING: frozenset({QuarantineState.ADMITTED, QuarantineState.SET_ASIDE}),
    QuarantineState.ADMITTED: frozenset(),
    QuarantineState.SET_ASIDE: frozenset({QuarantineState.ADMITTED}),
}


#: Why a sheet may not simply count, in a word for the office; by ``QuarantinedSheet.code``.
QUARANTINE_WORDS: dict[str, str] = {
    "late": "迟到", "closed": "不在评分时间", "not_assigned": "不在评委组", "recused": "应当回避",
    "not_approved": "申报未通过", "conflict": "两份不一致", "locked": "已提交未重开", "version": "办法版本不同",
}  # fmt: skip


class ReopeningState(models.TextChoices):
    ASKED = "asked", "申请中"
    OPEN = "open", "已重开"
    DECLINED = "declined", "未同意"
    USED = "used", "已重新提交"
    CLOSED = "closed", "已收回"


REOPENING_TRANSITIONS: dict[str, frozenset[str]] = {
    ReopeningState.ASKED: frozenset({ReopeningState.OPEN, ReopeningState.DECLINED}),
    ReopeningState.OPEN: frozenset({ReopeningState.USED, ReopeningState.CLOSED}),
    ReopeningState.DECLINED: frozenset(),
    ReopeningState.USED: frozenset(),
    ReopeningState.CLOSED: frozenset(),
}


class KeyingState(models.TextChoices):
    """A paper form is keyed by two people apart; what agrees becomes a sheet."""

    FIRST = "first", "待第二人录入"
    DIFFERS = "differs", "两次不一致"
    DONE = "done", "已成评分单"
    WITHDRAWN = "withdrawn", "已作废"


class NoticeState(models.TextChoices):
    OPEN = "open", "公示中"
    ENDED = "ended", "已结束"
    WITHDRAWN = "withdrawn", "已撤下"


NOTICE_TRANSITIONS: dict[str, frozenset[str]] = {
    NoticeState.OPEN: frozenset({NoticeState.ENDED, NoticeState.WITHDRAWN}),
    NoticeState.ENDED: frozenset(),
    NoticeState.WITHDRAWN: frozenset(),
}


class ObjectionState(models.TextChoices):
    OPEN = "open", "办理中"
    UPHELD = "upheld", "异议成立"
    DISMISSED = "dismissed", "维持原结果"
    NOT_TAKEN = "not_taken", "不予受理"


OBJECTION_TRANSITIONS: dict[str, frozenset[str]] = {
    ObjectionState.OPEN: frozenset({ObjectionState.UPHELD, ObjectionState.DISMISSED, ObjectionState.NOT_TAKEN}),
    ObjectionState.UPHELD: frozenset(),
    ObjectionState.DISMISSED: frozenset(),
    ObjectionState.NOT_TAKEN: frozenset(),
}


class DecisionKind(models.TextChoices):
    """What the county decides about an entry that its rules award."""

    DEFER = "defer", "暂缓授予"
    WITHHOLD = "withhold", "不予授予"


class DecisionState(models.TextChoices):
    STAGED = "staged", "拟定"
    APPLIED = "applied", "已执行"
    DROPPED = "dropped", "已撤销"
    RELEASED = "released", "已解除"


DECISION_TRANSITIONS: dict[str, frozenset[str]] = {
    DecisionState.STAGED: frozenset({DecisionState.APPLIED, DecisionState.DROPPED}),
    DecisionState.APPLIED: frozenset({DecisionState.RELEASED}),
    DecisionState.DROPPED: frozenset(),
    DecisionState.RELEASED: frozenset(),
}


class AnomalyKind(models.TextChoices):
    """What the office looks at before it confirms. Nothing of it changes a score."""

    FAR = "far", "远离其他评委"
    IDENTICAL = "identical", "雷同评分单"
    UNIFORM = "uniform", "各家同分"
    EARLY = "early", "到达前评分"
    FAST = "fast", "评分过快"
    REVISED = "revised", "评后修改"
    ADMITTED = "admitted", "采用的待核单"
    HINGE = "hinge", "系于一个打分"


class RaisedAs(models.TextChoices):
    """How an objection reached the office; the page is a township's own."""

    PAGE = "网上提交", "网上提交"
    WRITTEN = "书面", "书面"
    PHONE = "电话", "电话"
    VISIT = "来访", "来访"


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
