"""Keying of paper forms by two people apart: what both read alike becomes a sheet, the rest they look at again.

The second person never sees the first one's figures before having keyed their own. Compared are marks, not texts:
``4.5``, ``４．５`` and ``4.50`` are one mark. Blank is not zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from campaigns.models import Nomination, SchemeVersion
from schemes import Problem, ProblemsFound
from sites.models import Inspector

from ..enums import KeyingState, SheetSource
from ..models import KeyedSheet
from .arriving import require_base, use_up
from .sheets import SheetFacts, SheetRefused, require_fit, require_open, revisions_of, submit_sheet

OPEN = (KeyingState.FIRST, KeyingState.DIFFERS)


class KeyingRefused(Exception):
    """A form cannot be keyed so; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Difference:
    """One criterion that the two read differently, in their own words."""

    key: str
    name: str
    first: str
    second: str


@transaction.atomic
def begin_keying(
    *, nomination: Nomination, inspector: Inspector, texts: Mapping[str, str], actor: User
) -> KeyedSheet:
    """The first person's reading. Raises ProblemsFound with every mark that cannot be so, KeyingRefused."""
    read_marks(nomination.round.scheme_version, texts)
    _require_takeable(nomination, inspector)
    keyed = KeyedSheet(
        tenant_id=nomination.tenant_id,
        nomination=nomination,
        inspector=inspector,
        first=_kept(nomination.round.scheme_version, texts),
        first_by=actor,
    )
    try:
        with transaction.atomic():
            keyed.save(force_insert=True)
    except IntegrityError:
        raise KeyingRefused("这张表已有人录入第一遍，还没有录完。请到“纸质表录入”里接着录第二遍。") from None
    record(actor=actor, verb="录入纸质表（第一遍）", target=keyed, new={"round": nomination.round})
    return keyed


@transaction.atomic
def key_again(*, keyed: KeyedSheet, texts: Mapping[str, str], actor: User) -> KeyedSheet:
    """The second person's reading: alike, it is a sheet at once; else the differing criteria wait for a third look."""
    row = _locked(keyed)
    _require_second(row, actor)
    if row.state != KeyingState.FIRST:
        raise KeyingRefused(f"这张表“{row.get_state_display()}”，不用再录第二遍。请刷新页面。")
    version = row.nomination.round.scheme_version
    marks = read_marks(version, texts)
    row.second, row.second_by, row.second_at = _kept(version, texts), actor, timezone.now()
    if read_marks(version, row.first) == marks:
        return _finish(row, marks, actor)
    row.state = KeyingState.DIFFERS
    row.save()
    facts = {"differs": [each.name for each in differences(row)]}
    record(actor=actor, verb="录入纸质表（第二遍）", target=row, new=facts)
    return row


@transaction.atomic
def settle_keying(*, keyed: KeyedSheet, texts: Mapping[str, str], actor: User) -> KeyedSheet:
    """A third look at the paper: the second person keys the differing criteria again, each as one of the two had it."""
    row = _locked(keyed)
    _require_second(row, actor)
    if row.state != KeyingState.DIFFERS:
        raise KeyingRefused(f"这张表“{row.get_state_display()}”，没有要核对的。请刷新页面。")
    version = row.nomination.round.scheme_version
    open_ = differences(row)
    settled = dict(row.second)
    for each in open_:
        settled[each.key] = str(texts.get(each.key, "")).strip()
    marks = read_marks(version, settled)
    _require_one_of_two(version, row, marks, {each.key for each in open_})
    said = {each.name: [each.first, each.second, settled[each.key]] for each in open_}
    row.second = settled
    record(actor=actor, verb="核对纸质表", target=row, new={"settled": said})
    return _finish(row, marks, actor)


def _require_one_of_two(version: SchemeVersion, row: KeyedSheet, marks: list[Fraction], keys: set[str]) -> None:
    """A third figure would be one person's word."""
    both = zip(read_marks(version, row.first), read_marks(version, row.second), strict=True)
    problems = []
    for leaf, mark, pair in zip(version.document.leaves, marks, both, strict=True):
        if leaf.key in keys and mark not in pair:
            remedy = "若两遍都看错了，请作废后由两人重录。"
            problems.append(Problem(place=leaf.key, column=leaf.name, reason="与两遍录入都不同", remedy=remedy))
    if problems:
        raise ProblemsFound(problems)


def _finish(row: KeyedSheet, marks: list[Fraction], actor: User) -> KeyedSheet:
    """Raises KeyingRefused where the round no longer takes the sheet; what was keyed before stays as it was."""
    nomination, inspector = row.nomination, row.inspector
    newest = revisions_of(nomination, inspector).order_by("-revision").first()
    facts = SheetFacts(uuid=uuid4(), marks=marks, based_on=newest.revision if newest else None)
    try:
        reopening = require_base(nomination, inspector, facts.based_on)
        receipt = submit_sheet(
            nomination=nomination, inspector=inspector, facts=facts, source=SheetSource.PAPER, actor=actor
        )
    except SheetRefused as refused:
        raise KeyingRefused(office_words(refused)) from None
    use_up(reopening)
    row.state, row.sheet = KeyingState.DONE, receipt.sheet
    row.save()
    record(actor=actor, verb="纸质表录入完成", target=row, new={"sheet": receipt.sheet.pk, "first_by": row.first_by})
    return row


@transaction.atomic
def withdraw_keying(*, keyed: KeyedSheet, reason: str, actor: User) -> KeyedSheet:
    """What was keyed does not stand; the form may be keyed anew by two people."""
    row = _locked(keyed)
    if row.state not in OPEN:
        raise KeyingRefused(f"这张表“{row.get_state_display()}”，不能作废。请刷新页面。")
    if not reason.strip():
        raise KeyingRefused("请写明作废的原因。")
    old, row.state = row.state, KeyingState.WITHDRAWN
    row.save(update_fields=["state"])
    record(actor=actor, verb="作废纸质表录入", target=row, old={"state": old}, new={"reason": reason.strip()[:200]})
    return row


# -- checks


def _locked(keyed: KeyedSheet) -> KeyedSheet:
    rows = KeyedSheet.objects.select_for_update(of=("self",)).select_related(
        "nomination__round__scheme_version", "nomination__organization", "inspector__home", "first_by", "second_by"
    )
    return rows.get(pk=keyed.pk)


def _require_second(row: KeyedSheet, actor: User) -> None:
    if actor.pk == row.first_by_id:
        raise KeyingRefused("第一遍是您录入的，第二遍须由另一人录入。")
    if row.second_by_id is not None and actor.pk != row.second_by_id:
        raise KeyingRefused(f"第二遍是{row.second_by}录入的，须由本人核对。")


def _require_takeable(nomination: Nomination, inspector: Inspector) -> None:
    """Whether a sheet of this inspector for this entry would be taken now: better said before anybody types."""
    try:
        require_open(nomination.round)
        require_fit(nomination, inspector)
        newest = revisions_of(nomination, inspector).order_by("-revision").first()
        require_base(nomination, inspector, newest.revision if newest else None)
    except SheetRefused as refused:
        raise KeyingRefused(office_words(refused)) from None


def why_not(nomination: Nomination, inspector: Inspector) -> str:
    """Why this form cannot be keyed now, as a sentence; empty when it can."""
    try:
        with transaction.atomic():
            _require_takeable(nomination, inspector)
    except KeyingRefused as refused:
        return str(refused)
    return ""


def office_words(refused: SheetRefused) -> str:
    """What an inspector is told, told to the office."""
    words = {
        "not_assigned": "这位评委不在这一轮的评委组，或已离开，或所接替的评委已评过这家，不能录入。请核对评委组。",
        "recused": "这位评委应当回避这家单位，这张表不能录入。",
        "not_approved": "这家单位的申报没有通过审核，不参加评分。",
        "locked": "这位评委对这家单位的评分单已经提交。如确需更正，请先在现场调度里重开，再录入。",
        "closed": "这一轮现在不收评分单。评分已结束的，请先退回评分。",
    }
    return words.get(refused.code, str(refused))


# -- figures


def read_marks(version: SchemeVersion, texts: Mapping[str, str]) -> list[Fraction]:
    """Marks in the order of the sheet. Raises ProblemsFound naming every criterion that is blank or cannot be so."""
    document, marks, problems = version.document, [], []
    for leaf, method in zip(document.leaves, document.methods, strict=True):
        text = str(texts.get(leaf.key, "")).strip()
        try:
            if not text:
                raise ValueError("没有填写，没有打分不等于零分")
            mark = method.read(text)
            method.to_units(mark)
            marks.append(mark)
        except ValueError as error:
            remedy = f"请照纸质表填写：{method.allowed()}。"
            problems.append(
                Problem(place=leaf.key, column=leaf.name, value=text[:24], reason=str(error), remedy=remedy)
            )
    if problems:
        raise ProblemsFound(problems)
    return marks


def _kept(version: SchemeVersion, texts: Mapping[str, str]) -> dict[str, Any]:
    return {leaf.key: str(texts[leaf.key]).strip()[:24] for leaf in version.document.leaves}


def differences(keyed: KeyedSheet) -> list[Difference]:
    """Criteria that the two read differently; nothing before both have keyed."""
    if not keyed.second:
        return []
    version = keyed.nomination.round.scheme_version
    first, second = read_marks(version, keyed.first), read_marks(version, keyed.second)
    return [
        Difference(leaf.key, leaf.name, str(keyed.first[leaf.key]), str(keyed.second[leaf.key]))
        for leaf, one, other in zip(version.document.leaves, first, second, strict=True)
        if one != other
    ]
