"""The tally sheet (核分单) of one result: every text of it, for the printed page and the document alike.

What is shown was computed and worded elsewhere; inspectors stand here by number only.
"""

from dataclasses import dataclass

from django.utils.timezone import localtime

from accounts.models import Tenant
from scoring.explaining import ExplainedResult
from scoring.models import Computation, Result
from scoring.queries import kept_back

from ..queries.derived import DerivedRow, FollowingRow, derived_rows, following_rows
from ..queries.results import Derivation
from ..queries.rounds import clause_words

USES = {"kept": "计入", "highest": "去掉最高", "lowest": "去掉最低"}
SIGNS = ("计票人", "监票人", "审核人")
#: A4 upright holds this many columns of marks.
MOST_SHEETS = 12


@dataclass(frozen=True)
class StepRow:
    """One step of the chain of decisions."""

    title: str
    detail: str
    label: str


@dataclass(frozen=True)
class SheetRow:
    inspector: str
    total: str
    use: str


@dataclass(frozen=True)
class MarksRow:
    name: str
    item: bool
    full: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """``facts`` and ``proof`` are labels with their texts; ``mean`` is the arithmetic from sheets to score."""

    title: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[StepRow, ...]
    figures: tuple[DerivedRow, ...]
    following: tuple[FollowingRow, ...]
    sheets: tuple[SheetRow, ...]
    mean: str
    marks: tuple[MarksRow, ...]
    proof: tuple[tuple[str, str], ...]
    note: str
    signs: tuple[str, ...] = SIGNS

    @property
    def numbers(self) -> tuple[str, ...]:
        """Heads of the columns of marks: the inspectors' numbers."""
        return tuple(sheet.inspector.removeprefix("评委").strip() or "评委" for sheet in self.sheets)


def tally_of(result: Result, explained: ExplainedResult, laid_out: Derivation, *, tenant: Tenant, number: str) -> Tally:
    """``number`` is the computation's number in talk and files; ``explained`` names inspectors by number."""
    explanation = explained.explanation
    demo = "演示数据，分值为合成。" if tenant.is_demo else ""
    state = (
        "" if result.computation.state == "published" else f"本结果{result.computation.get_state_display()}，未公布。"
    )
    return Tally(
        title=f"{tenant.name}{result.computation.round.campaign.name}核分单",
        facts=_facts(result, explained),
        steps=tuple(StepRow(step.title, step.detail, clause_words(step.clause)) for step in explanation.steps),
        figures=derived_rows(explanation),
        following=following_rows(explanation.consequences),
        sheets=tuple(SheetRow(sheet.inspector, sheet.total, USES[sheet.use]) for sheet in explanation.sheets),
        mean=explanation.derivation[0].text if explanation.sheets and explained.scheme.one_sheet else "",
        marks=_marks(laid_out) if len(explanation.sheets) <= MOST_SHEETS else (),
        proof=_proof(result.computation, number),
        note=f"{demo}{state}{_kept(result)}",
    )


def _kept(result: Result) -> str:
    """That the county keeps the award back, which changes no figure on the sheet."""
    kept = kept_back(result.computation).get(result.pk)
    return f"按办法授予，县里{kept.get_kind_display()}：{kept.reason}。" if kept else ""


def _facts(result: Result, explained: ExplainedResult) -> tuple[tuple[str, str], ...]:
    scheme, row, round = explained.scheme, explained.explanation.row, result.computation.round
    township = f"（{result.township.name}）" if result.township else ""
    graded = scheme.rating is not None and bool(row.grade)
    rows = [
        ("组织", f"{result.organization.name}{township}"),
        ("组织代码", result.organization.code),
        ("轮次", f"{round.title}，{round.onsite_date:%Y-%m-%d}"),
        ("办法", f"{scheme.identity.name}（{result.computation.scheme_version.number} 版）"),
        ("申报等次", result.tier) if "tiers" in scheme.model_fields_set else ("参评", result.group_label or "本轮全部"),
        ("得分", row.score or "—"),
        ("名次", f"{'并列' if explained.explanation.tied_with else ''}第 {row.rank} 名" if row.rank else "不参加排名"),
        (scheme.rating.name, row.grade) if graded and scheme.rating else ("结果", _outcome(explained)),
    ]
    return (*rows, ("单项", "、".join(row.badges))) if row.badges else tuple(rows)


def _outcome(explained: ExplainedResult) -> str:
    """As the last step says it, so that a re-inspection speaks of titles."""
    return explained.explanation.steps[-1].title.removeprefix("结果：")


def _marks(laid_out: Derivation) -> tuple[MarksRow, ...]:
    return tuple(
        MarksRow(f"{row.order} {row.name}".strip(), row.item, row.full, row.marks)
        for row in laid_out.marks
        if row.marks
    )


def _proof(computation: Computation, number: str) -> tuple[tuple[str, str], ...]:
    def moment(value: object) -> str:
        return f"{localtime(value):%Y-%m-%d %H:%M}" if value else ""  # type: ignore[arg-type]

    def who(person: object, value: object) -> str:
        return f"{person or '系统'}，{moment(value)}" if value else "未办"

    return (
        ("统计时间", moment(computation.computed_at)),
        ("计算编号", number),
        ("计算", who(computation.computed_by, computation.computed_at)),
        ("确认", who(computation.confirmed_by, computation.confirmed_at)),
        ("公布", who(computation.published_by, computation.published_at)),
        ("引擎", computation.engine_version),
        ("输入摘要", computation.inputs_digest),
        ("结果摘要", computation.outcome_digest),
        ("办法摘要", computation.scheme_version.digest),
    )
