"""The bound on repeated computation: how much is done while somebody waits, and the sentence when it is too much."""

from ..problems import Problem

#: Score sheets computed again, counted each time: about a second of work.
MOST = 5_000_000
#: The same where every round of computing is a small one, and costs accordingly more.
MOST_IN_TRIALS = 1_000_000


def too_much(what: str, sheets: int, most: int) -> Problem | None:
    """Why ``what`` is not run, when it would compute ``sheets`` score sheets again; None when it may run."""
    if sheets <= most:
        return None
    reason = f"{what}要重算评分单 {sheets:,} 份次，超过一次查看的上限 {most:,}，没有进行"
    return Problem(place="稳健性", reason=reason, remedy="请按轮次或等次分开查看", severity="warning")
