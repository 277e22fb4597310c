"""What a nomination holds and what it still lacks, and whether it is the time to nominate or to review. Reads only."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from uuid import UUID

from schemes import Scheme
from schemes.asked import Piece, pieces
from schemes.document import Node
from schemes.exact import decimal_text, parse_number
from schemes.rules.marking import SheetMark

from .enums import MaterialState, NominationState, RoundKind, RoundState, Switch
from .models import Evidence, Nomination, Round
from .phases import phases_with, why_shut

BEFORE_THE_SEAL = (RoundState.PLANNED, RoundState.NOMINATING, RoundState.SCORING)
#: What its township may still change. What was withdrawn can be taken up again.
EDITABLE = (NominationState.DRAFT, NominationState.RETURNED, NominationState.WITHDRAWN)
#: Of criteria without a mark so many are named.
NAMED = 5


def why_not_nominate(round: Round, *, today: date | None = None) -> str:
    """One sentence, or nothing while a township may put forward, mend and submit."""
    if round.kind != RoundKind.CREATION:
        return f"{round.title}是复评，由县里确定单位，不需要申报。"
    if round.state not in BEFORE_THE_SEAL:
        return f"{round.title}“{round.get_state_display()}”，不能再申报。"
    if round.state == RoundState.SCORING and not phases_with(round, Switch.NOMINATE):
        return f"{round.title}已经开始评分，不能再申报。如需补报，请联系县委组织部。"
    return why_shut(round, Switch.NOMINATE, today=today)


def why_not_review(round: Round, *, today: date | None = None) -> str:
    """One sentence, or nothing while the county may decide on nominations."""
    if round.state not in BEFORE_THE_SEAL:
        return f"{round.title}“{round.get_state_display()}”，不能再审核申报。如确需更正，请先退回评分。"
    return why_shut(round, Switch.REVIEW, today=today)


# -- evidence


@dataclass(frozen=True)
class Ask:
    """One piece asked for, with what was attached to it."""

    piece: Piece
    given: list[Evidence]

    @property
    def lacking(self) -> bool:
        return self.piece.required and not self.given


@dataclass(frozen=True)
class Checklist:
    """Every piece asked for, and what was attached beside."""

    asks: list[Ask]
    others: list[Evidence] = field(default_factory=list)

    @property
    def lacking(self) -> list[Piece]:
        return [ask.piece for ask in self.asks if ask.lacking]

    @property
    def required(self) -> int:
        return sum(ask.piece.required for ask in self.asks)


def usable_evidence(nominations: Iterable[Nomination]) -> dict[UUID, list[Evidence]]:
    """Attached material that can be looked at, by nomination: one query however many there are."""
    rows = Evidence.objects.filter(nomination__in=[row.pk for row in nominations], material__state=MaterialState.READY)
    found: dict[UUID, list[Evidence]] = defaultdict(list)
    for evidence in rows.select_related("material").order_by("requirement", "attached_at"):
        found[evidence.nomination_id].append(evidence)
    return found


def checklist(scheme: Scheme, evidence: Iterable[Evidence]) -> Checklist:
    asks = [Ask(piece, []) for piece in pieces(scheme)]
    by_name = {ask.piece.requirement: ask for ask in asks}
    others: list[Evidence] = []
    for each in evidence:
        ask = by_name.get(each.requirement)
        (ask.given if ask else others).append(each)
    return Checklist(asks, others)


# -- self-assessment


def read_self_mark(node: Node, text: str) -> str:
    """A mark as it is kept: an exact decimal. Raises ValueError with a Chinese reason."""
    if not isinstance(node.mark, SheetMark):
        raise ValueError("这一条不由评委打分")
    mark = node.mark.read(text)
    node.mark.to_units(mark)
    return decimal_text(mark)


def self_marks_lacking(scheme: Scheme, nomination: Nomination) -> list[Node]:
    """Criteria without a mark, where the scheme wants a self-assessment. Zero is a mark."""
    if not scheme.nomination.self_assessment:
        return []
    return [leaf for leaf in scheme.leaves if leaf.key not in nomination.self_marks]


def self_total(scheme: Scheme, nomination: Nomination) -> str:
    """The sum of a complete self-assessment, exactly; empty otherwise."""
    if not scheme.nomination.self_assessment or self_marks_lacking(scheme, nomination):
        return ""
    marks = (parse_number(nomination.self_marks[leaf.key]) for leaf in scheme.leaves)
    return decimal_text(sum(marks, Fraction(0)))


# -- all of it


def lacks(nomination: Nomination, asked: Checklist) -> list[str]:
    """What is missing before it can be submitted: a sentence each; eligibility is asked elsewhere."""
    scheme = nomination.round.scheme_version.document
    found = []
    limit = scheme.nomination.statement_limit
    if not nomination.statement.strip():
        found.append("还没有填写基本情况。")
    elif len(nomination.statement) > limit:
        found.append(f"基本情况 {len(nomination.statement)} 字，超过 {limit} 字，请精简。")
    if marks := self_marks_lacking(scheme, nomination):
        names = "、".join(leaf.name for leaf in marks[:NAMED])
        found.append(f"自评还差 {len(marks)} 条：{names}{'等' if len(marks) > NAMED else ''}。")
    found += [f"缺材料：{piece.criterion}“{piece.text}”。" for piece in asked.lacking]
    return found
