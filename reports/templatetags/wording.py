"""Words, shapes and order of outcomes and states: one place for pages, workbooks and documents.

Plain data. The wording is that of the glossary; the order is the order of filters, legends and sheets everywhere.
"""

from dataclasses import dataclass
from typing import Final

from accounts.enums import JobState


@dataclass(frozen=True)
class OutcomeWords:
    """How one outcome is shown: its word, the short word for legends, its icon and the class of its chip."""

    word: str
    short: str
    icon: str
    css: str


OUTCOMES: Final[dict[str, OutcomeWords]] = {
    "awarded": OutcomeWords("授予", "授予", "check", "ok"),
    "tied_at_cut": OutcomeWords("并列淘汰", "并列", "equal", "warn"),
    "over_quota": OutcomeWords("超出名额", "超额", "over", "warn line"),
    "below_threshold": OutcomeWords("低于标准", "低于标准", "below", ""),
    "vetoed": OutcomeWords("一票否决", "否决", "cross", "bad"),
    "unscored": OutcomeWords("未评", "未评", "dash", "dash"),
    "ineligible": OutcomeWords("不符合条件", "不符条件", "barred", ""),
    "unmet": OutcomeWords("未满足前置条件", "缺前置", "gap", ""),
    "reserve": OutcomeWords("候补", "候补", "waiting", "line"),
    "rated": OutcomeWords("已评定", "已评定", "graded", "ok"),
    "not_rated": OutcomeWords("只考核", "只考核", "seen", "dash"),
}
#: Outcomes that most schemes do not know: filters and legends show them only where there are some.
RARE: Final[frozenset[str]] = frozenset({"unscored", "ineligible", "unmet", "reserve", "rated", "not_rated"})

LIGHTS: Final[frozenset[str]] = frozenset({"ok", "warn", "bad", "idle", "run"})

JOB_LIGHTS: Final[dict[str, str]] = {
    JobState.QUEUED: "idle",
    JobState.RUNNING: "run",
    JobState.DONE: "ok",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "idle",
}


def outcome_words(outcome: object) -> OutcomeWords:
    """Words of an outcome given as its key or as an enum member. Raises KeyError for an outcome nobody has named."""
    key = str(getattr(outcome, "value", outcome))
    if key not in OUTCOMES:
        raise KeyError(f"no words for outcome {key!r}; known: {', '.join(OUTCOMES)}")
    return OUTCOMES[key]
