"""The next act on a round, and the way back: which one, what it does, or why it may not be done now.

Every act is a form that posts to the scoring app; which one is next follows from the round's state.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.access import Permission, allowed
from campaigns.enums import RoundKind, RoundState
from campaigns.models import Round
from scoring.gate import why_not_confirm, why_not_publish

from ..queries import rounds as figures
from .review import Review


@dataclass(frozen=True)
class Act:
    """One act on a round: the variables of its dialog, or why it may not be done now."""

    id: str
    label: str
    title: str
    consequence: str
    url: str
    touches: str = ""
    why_not: str = ""


def acts(
    request: HttpRequest, found: Round, newest: figures.Generation | None, review: Review, *, current: bool
) -> dict[str, Any]:
    """The primary act and the way back, for the office and the generation that stands."""
    if not current or not allowed(request.membership, Permission.RUN_COMPUTATION):
        return {}
    return {"act": next_act(request, found, newest, review), "return_act": return_act(found)}


def next_act(request: HttpRequest, found: Round, newest: figures.Generation | None, review: Review) -> Act | None:
    sheets = bool(figures.document_of(found.scheme_version).leaves)
    if found.state == RoundState.PLANNED or (found.state == RoundState.NOMINATING and sheets):
        return _open_act(found, sheets=sheets)
    if found.state in (RoundState.NOMINATING, RoundState.SCORING, RoundState.SEALED):
        return _compute_act(found) if sheets else _compute_records_act(found)
    if newest is None:
        return None
    if found.state == RoundState.COMPUTED:
        return _confirm_act(request, found, newest, review)
    return _publish_act(found, newest) if found.state == RoundState.CONFIRMED else None


def _open_act(found: Round, *, sheets: bool) -> Act:
    lacking = (
        "还没有申报。请先在“申报与评分导入”中导入本轮申报。" if sheets else "还没有参评单位。请先导入数据表或申报。"
    )
    why = "" if found.state == RoundState.NOMINATING else lacking
    consequence = "开放后评委可以提交评分单，手机提交和表格导入都可以；到封存为止。"
    url = reverse("scoring:open", args=[found.pk])
    return Act("open", "开放评分", f"开放评分：{found.title}", consequence, url, why_not=why)


def _compute_act(found: Round) -> Act:
    label = "封存并计算" if found.state == RoundState.SCORING else "计算"
    consequence = "封存后不再收评分单，随即在后台计算；要更正须退回评分并写明原因。"
    return Act("compute", label, f"{label}：{found.title}", consequence, reverse("scoring:compute", args=[found.pk]))


def _compute_records_act(found: Round) -> Act:
    """Where no inspector marks anything: facts and events are all there is."""
    label = "计算" if found.state == RoundState.SEALED else "封存并计算"
    consequence = "先取来其他办法已公布的结果，随即封存数据和事项，在后台计算；要更正须退回并写明原因。"
    return Act("compute", label, f"{label}：{found.title}", consequence, reverse("scoring:compute", args=[found.pk]))


def _confirm_act(request: HttpRequest, found: Round, newest: figures.Generation, review: Review) -> Act:
    mine = newest.computation.computed_by_id == request.user.pk
    why = (
        "计算由您发起，请另一位管理员确认（两人经手）。"
        if mine
        else why_not_confirm(newest.computation, staged=review.staged)
    )
    url = reverse("scoring:confirm", args=[newest.computation.pk])
    consequence = "确认表示您已核对评分单、数据与结果。确认后可以公布，公布前仍可退回更正。"
    touches = "，".join(part for part in (_touches(found, newest), review.anomalies) if part)
    return Act("confirm", "确认结果", f"确认{found.title}结果", consequence, url, touches, why)


def _publish_act(found: Round, newest: figures.Generation) -> Act:
    url = reverse("scoring:publish", args=[newest.computation.pk])
    consequence = "公布后领导、乡镇（街道）都能看到结果，称号、考核加分和补助随之更新；更正只能另行计算、再次公布。"
    why = why_not_publish(newest.computation)
    return Act("publish", "公布结果", f"公布{found.title}结果", consequence, url, _touches(found, newest), why)


def _touches(found: Round, newest: figures.Generation) -> str:
    groups, sheets = newest.computation.groups, newest.computation.sheet_count
    tiers = "，".join(f"{each['tier']}授予 {each['awarded']} 家" for each in groups if each["tier"])
    document = figures.document_of(found.scheme_version)
    if found.kind == RoundKind.REINSPECTION or "tiers" not in document.model_fields_set:
        tiers = ""
    parts = [
        f"计算编号 {newest.number}",
        f"参评 {sum(each['participants'] for each in groups)} 家",
        f"评分单 {sheets} 份" if document.leaves else "",
        tiers,
    ]
    return "，".join(part for part in parts if part)


def return_act(found: Round) -> Act | None:
    if found.state not in (RoundState.SEALED, RoundState.COMPUTED, RoundState.CONFIRMED, RoundState.PUBLISHED):
        return None
    sheets = bool(figures.document_of(found.scheme_version).leaves)
    label, again = ("退回评分", "退回后重新收评分单，") if sheets else ("退回更正", "退回后可以更改数据和事项，")
    published = found.state == RoundState.PUBLISHED
    consequence = again + ("已公布的结果在更正公布之前仍然有效。" if published else "这次计算作废，须重新计算。")
    return Act("return", label, f"{label}：{found.title}", consequence, reverse("scoring:return", args=[found.pk]))
