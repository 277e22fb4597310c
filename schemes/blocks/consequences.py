"""Who may enter, what rules somebody out, and what follows from a result: vetoes, consequences, points for parents."""

from typing import Annotated, Literal

from pydantic import Field

from ..rules.base import Count, Exact, Key, Part, Share, YesNo
from .conditions import Condition


class Eligibility(Part):
    """Who may enter: every condition must hold; its words say why an organization may not."""

    clause: str = ""
    conditions: tuple[Condition, ...] = ()


class Veto(Part):
    """A vetoed entry is not ranked and wins nothing; it counts as a participant unless the scheme says otherwise."""

    clause: str = ""
    counts_as_participant: YesNo = True


class Out(Part):
    """Not ranked, nothing won."""

    kind: Literal["out"] = "out"


class ZeroScore(Part):
    """The total counts as zero (or what ``score`` says)."""

    kind: Literal["zero_score"] = "zero_score"
    score: Exact = Field(default=0, validate_default=True)


class ZeroItem(Part):
    """One item counts as zero."""

    kind: Literal["zero_item"] = "zero_item"
    item: Key


class FixedGrade(Part):
    """Whatever the score, this grade."""

    kind: Literal["fixed_grade"] = "fixed_grade"
    grade: Key


class GradeAtMost(Part):
    """No grade above this one."""

    kind: Literal["grade_at_most"] = "grade_at_most"
    grade: Key


class NoGrade(Part):
    """Assessed and ranked, but no grade and no award (只考核不定星)."""

    kind: Literal["no_grade"] = "no_grade"


class Lower(Part):
    """``by`` grades lower than reached, or than last year's (``from_previous``)."""

    kind: Literal["lower"] = "lower"
    by: Count = 1
    from_previous: YesNo = False


AnyEffect = Annotated[
    Out | ZeroScore | ZeroItem | FixedGrade | GradeAtMost | NoGrade | Lower, Field(discriminator="kind")
]


class VetoRule(Part):
    """One veto (一票否决): when it holds, its effect. The window of events is the events' own."""

    key: Key
    name: Key
    when: Condition
    effect: AnyEffect = Out()
    by: str = ""
    clause: str = ""


class Amount(Part):
    """``times`` × the figure ``of`` (a constant without it), from ``least`` to ``most``; 500 元 for every missed day."""

    of: Key | None = None
    times: Exact
    most: Exact | None = None
    least: Exact | None = None
    unit: str = "元"


class Consequence(Part):
    """A row for everybody whom it concerns, with its reason: a talk (约谈), a warning, pay deducted, a subsidy.

    ``last`` / ``last_share``: the lowest of each ranking group. With ``when`` as well, both must hold.
    """

    key: Key
    name: Key
    when: Condition | None = None
    last: Count | None = None
    last_share: Share | None = None
    whole: Literal["floor", "ceil", "half_up"] = "half_up"
    amount: Amount | None = None
    who: str = ""
    within_days: Count | None = None
    clause: str = ""


class Propagation(Part):
    """Points that results give to the parent: by grade, tier or badge won, added up, within ``floor`` and ``cap``."""

    key: Key
    name: Key
    to: Key = "township"
    points: dict[str, Exact]
    cap: Exact | None = None
    floor: Exact | None = None
    unit: str = "分"
    clause: str = ""
