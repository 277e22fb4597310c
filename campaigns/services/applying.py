"""What a township does with its nominations: start, fill in, submit, withdraw. Every step is a row of its history.

Locks the round before the nomination, as every service that asks what state a round is in. What the county decides
is in ``reviewing``; what files bring in is in ``nominations``.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.services.audit import record

from ..eligibility import load_grounds
from ..enums import NOMINATION_TRANSITIONS, NominationState, RoundState
from ..models import Nomination, NominationStep, Round
from ..nominating import EDITABLE, checklist, lacks, read_self_mark, usable_evidence, why_not_nominate
from ..queries import townships_by_code
from .campaigns import move_round

LONGEST_NOTE = 300
LONGEST_PLAN = 500


class NominationRefused(Exception):
    """What was asked for cannot be done; ``reasons`` are Chinese sentences, every one of them at once."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        super().__init__("".join(self.reasons))


def locked(nomination: Nomination) -> Nomination:
    """The nomination with its round, both locked, the round first."""
    Round.objects.select_for_update().get(pk=nomination.round_id)
    row = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    row.round = Round.objects.select_related("campaign", "scheme_version").get(pk=nomination.round_id)
    return row


def step(*, nomination: Nomination, to: str, actor: User | None, note: str = "") -> None:
    """Take a locked nomination to its next state; the one writer of its history."""
    if to not in NOMINATION_TRANSITIONS[nomination.state]:
        now, wanted = nomination.get_state_display(), NominationState(to).label
        raise NominationRefused(
            f"{nomination.organization.name}的申报现为“{now}”，不能转为“{wanted}”。请刷新页面后再办理。"
        )
    old, nomination.state = nomination.state, to
    nomination.save()
    write_step(nomination=nomination, old=old, actor=actor, note=note)


def write_step(*, nomination: Nomination, old: str, actor: User | None, note: str = "") -> None:
    facts: dict[str, Any] = {"tenant_id": nomination.tenant_id, "nomination": nomination, "actor": actor}
    NominationStep(from_state=old, to_state=nomination.state, note=note, **facts).save()
    new = {"state": nomination.state, "tier": nomination.tier, "note": note}
    record(actor=actor, verb=f"申报{nomination.get_state_display()}", target=nomination, old={"state": old}, new=new)


# -- a township's own steps


@transaction.atomic
def start_nomination(
    *, round: Round, organization: Organization, tier: str, township: Organization, actor: User | None
) -> Nomination:
    """Open a draft for an organization of ``township``; what had been withdrawn is taken up again as it was.

    Raises NominationRefused with everything that stands against it.
    """
    Round.objects.select_for_update().get(pk=round.pk)
    round = Round.objects.select_related("campaign", "scheme_version").get(pk=round.pk)
    organization = Organization.objects.get(pk=organization.pk)
    above = townships_by_code().get(organization.township_code)
    if above != township or organization == township:
        raise NominationRefused(f"{organization.name}不是{township.name}的下级组织，不能由{township.name}申报。")
    answer = load_grounds(round, [organization]).answer(organization, tier)
    if not answer.allowed:
        raise NominationRefused(*(f"{line.text}：{ended(line.why)}" for line in answer.refusals))
    earlier = Nomination.objects.select_for_update(of=("self",)).filter(round=round, organization=organization).first()
    if earlier is not None:
        old, earlier.tier = earlier.tier, tier
        earlier.save(update_fields=["tier"])
        record(actor=actor, verb="重新填报申报", target=earlier, old={"tier": old}, new={"tier": tier})
        return earlier
    nomination = Nomination(
        tenant_id=round.tenant_id, round=round, organization=organization, township=township, tier=tier,
        state=NominationState.DRAFT,
    )  # fmt: skip
    nomination.save()
    write_step(nomination=nomination, old="", actor=actor)
    return nomination


def ended(sentence: str) -> str:
    return sentence if sentence.endswith(("。", "！", "？")) else f"{sentence}。"


@transaction.atomic
def revise_nomination(
    *, nomination: Nomination, actor: User | None, tier: str | None = None, statement: str | None = None,
    plan: str | None = None, self_marks: Mapping[str, str] | None = None,
) -> Nomination:  # fmt: skip
    """Set what is given of a draft, or of one returned or withdrawn; an empty mark takes the mark back.

    Raises NominationRefused for a mark off its step and for texts that are too long.
    """
    nomination = locked(nomination)
    require_editable(nomination)
    scheme = nomination.round.scheme_version.document
    reasons, marks = _read_marks(nomination, self_marks or {})
    if statement is not None and len(statement) > scheme.nomination.statement_limit:
        reasons.append(f"基本情况 {len(statement)} 字，超过 {scheme.nomination.statement_limit} 字，请精简。")
    if plan is not None and len(plan) > LONGEST_PLAN:
        reasons.append(f"创建方案摘要 {len(plan)} 字，超过 {LONGEST_PLAN} 字，请精简。")
    if tier is not None and tier not in scheme.tier_names:
        reasons.append(f"办法没有等次“{tier}”，可申报：{'、'.join(scheme.tier_names)}。")
    if reasons:
        raise NominationRefused(*reasons)
    given = {"tier": tier, "statement": statement, "plan": plan, "self_marks": marks}
    changed = {name: value for name, value in given.items() if value not in (None, getattr(nomination, name))}
    if changed:
        old = {name: getattr(nomination, name) for name in changed}
        for name, value in changed.items():
            setattr(nomination, name, value)
        nomination.save(update_fields=list(changed))
        record(actor=actor, verb="修改申报", target=nomination, old=old, new=changed)
    return nomination


def require_editable(nomination: Nomination) -> None:
    if shut := why_not_nominate(nomination.round):
        raise NominationRefused(shut)
    if nomination.state not in EDITABLE:
        now = nomination.get_state_display()
        raise NominationRefused(
            f"{nomination.organization.name}的申报现为“{now}”，不能再修改。要改，请先撤回，或请县里退回。"
        )


def _read_marks(nomination: Nomination, given: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Problems, and all marks as they will stand."""
    leaves = {leaf.key: leaf for leaf in nomination.round.scheme_version.document.leaves}
    reasons, marks = [], dict(nomination.self_marks)
    for key, text in given.items():
        leaf = leaves.get(key)
        if leaf is None:
            continue
        if not text.strip():
            marks.pop(key, None)
            continue
        try:
            marks[key] = read_self_mark(leaf, text.strip())
        except ValueError as error:
            reasons.append(f"自评“{leaf.name}”写的是“{text.strip()[:24]}”：{error}。")
    return reasons, marks


@transaction.atomic
def submit_nomination(*, nomination: Nomination, actor: User | None) -> Nomination:
    """Hand in a nomination that is complete and allowed; the first of a round opens it for nominations.

    Raises NominationRefused with everything that is missing or stands against it, all at once.
    """
    nomination = locked(nomination)
    round = nomination.round
    if NominationState.SUBMITTED not in NOMINATION_TRANSITIONS[nomination.state]:
        raise NominationRefused(
            f"{nomination.organization.name}的申报现为“{nomination.get_state_display()}”，不用再提交。"
        )
    if reasons := what_stops(nomination):
        raise NominationRefused(*reasons)
    nomination.submitted_at, nomination.submitted_by = timezone.now(), actor
    nomination.decided_at = nomination.decided_by = None
    step(nomination=nomination, to=NominationState.SUBMITTED, actor=actor)
    if round.state == RoundState.PLANNED:
        move_round(round=round, to=RoundState.NOMINATING, actor=actor)
    return nomination


def what_stops(nomination: Nomination) -> list[str]:
    """Every sentence that stands between a nomination and its submission; reads only."""
    organization = nomination.organization
    grounds = load_grounds(nomination.round, [organization])
    answer = grounds.answer(organization, nomination.tier, own=nomination)
    refused = [f"{line.text}：{ended(line.why)}" for line in answer.refusals]
    scheme = nomination.round.scheme_version.document
    asked = checklist(scheme, usable_evidence([nomination]).get(nomination.pk, ()))
    return [*refused, *lacks(nomination, asked)]


@transaction.atomic
def withdraw_nomination(*, nomination: Nomination, actor: User | None, note: str = "") -> Nomination:
    """Take a nomination back before the county has decided; it can be submitted again while nominations are open."""
    nomination = locked(nomination)
    if shut := why_not_nominate(nomination.round):
        raise NominationRefused(shut)
    step(nomination=nomination, to=NominationState.WITHDRAWN, actor=actor, note=note[:LONGEST_NOTE])
    return nomination
