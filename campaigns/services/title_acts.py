"""Decisions of a county about single titles beside its rules: one person proposes, another confirms, the register
follows.

The only writer of acts. What an act does to titles, points and money is the engine's (``schemes.register``); it is
walked again with every settling, so nothing here touches a title.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.enums import OrganizationKind
from accounts.models import Organization, User
from accounts.services.audit import record
from schemes import Act, ActKind

from ..enums import ACT_TRANSITIONS, ActState, RoundKind, TitleActKind, TitleEventKind, TitleState
from ..models import Campaign, Nomination, Round, Title, TitleAct, TitleEvent
from ..queries import townships_by_code
from ..signals import title_act_confirmed
from .titles import Townships

MOST_REASON, MOST_NUMBER = 120, 60
#: What stands in the history once an act took effect.
EVENT_OF = {
    TitleActKind.EXCEPTIONAL: TitleEventKind.EXCEPTIONAL,
    TitleActKind.WARN: TitleEventKind.WARNED,
    TitleActKind.RESTORE: TitleEventKind.RESTORED,
    TitleActKind.REVOKE: TitleEventKind.REVOKED,
    TitleActKind.EXPIRE: TitleEventKind.EXPIRED,
}


class TitleActRefused(Exception):
    """A decision cannot be proposed, confirmed or declined like that; the message is a Chinese sentence."""


@dataclass(frozen=True)
class ActFacts:
    """``tier`` is asked for an exceptional award only; other acts concern the tier that was won."""

    kind: str
    on: date
    reason: str
    document_no: str
    tier: str = ""


@transaction.atomic
def propose_act(*, organization: Organization, round: Round, facts: ActFacts, actor: User) -> TitleAct:
    """Propose a decision about what ``organization`` holds of ``round``, or an exceptional award with that round."""
    round = Round.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=round.pk)
    tier = _tier_concerned(organization, round, facts)
    _check_words(facts)
    waiting = TitleAct.objects.filter(organization=organization, round=round, kind=facts.kind)
    if waiting.filter(state=ActState.PROPOSED).exists():
        raise TitleActRefused(f"{organization.name}已有一项“{TitleActKind(facts.kind).label}”待复核，不用重复提出。")
    act = TitleAct(
        tenant_id=round.tenant_id,
        campaign=round.campaign,
        organization=organization,
        round=round,
        kind=facts.kind,
        tier=tier,
        on=facts.on,
        reason=facts.reason.strip(),
        document_no=facts.document_no.strip(),
        proposed_by=actor,
    )
    act.save()
    new = {"kind": act.kind, "tier": tier, "on": act.on, "reason": act.reason, "document_no": act.document_no}
    record(actor=actor, verb="提出称号决定", target=act, new=new)
    return act


@transaction.atomic
def confirm_act(*, act: TitleAct, actor: User) -> TitleAct:
    """A second person confirms; titles, points and money follow at once.

    Raises TitleActRefused, and changes nothing, for the proposer, and when the title it concerns is no longer there.
    """
    act = _move(act, ActState.CONFIRMED, actor)
    title_act_confirmed.send(sender=TitleAct, act=act, actor=actor)
    if not took_effect(act):
        kind = act.get_kind_display()
        raise TitleActRefused(f"{act.organization.name}的称号在提出以后有了变化，“{kind}”不再适用。请核对后重新提出。")
    return act


@transaction.atomic
def decline_act(*, act: TitleAct, actor: User) -> TitleAct:
    """Not confirmed. Whoever proposed it takes it back by this."""
    return _move(act, ActState.DECLINED, actor)


def _move(act: TitleAct, to: ActState, actor: User) -> TitleAct:
    rows = TitleAct.objects.select_for_update(of=("self",)).select_related("organization", "round", "campaign")
    act = rows.get(pk=act.pk)
    if to not in ACT_TRANSITIONS[act.state]:
        raise TitleActRefused(f"这项决定“{act.get_state_display()}”，不能转为“{to.label}”。")
    own = act.proposed_by_id == actor.pk
    if own and to == ActState.CONFIRMED:
        raise TitleActRefused("提出人不能复核自己提出的决定。请由另一位管理员复核。")
    act.state, act.decided_by, act.decided_at = to, None if own else actor, timezone.now()
    act.save(update_fields=["state", "decided_by", "decided_at"])
    verb = "撤回称号决定" if own else f"称号决定{to.label}"
    record(actor=actor, verb=verb, target=act, old={"state": ActState.PROPOSED}, new={"state": to})
    return act


def took_effect(act: TitleAct) -> bool:
    """Whether the register follows this act: it may have lost its title by a correction since."""
    kind = EVENT_OF[TitleActKind(act.kind)]
    events = TitleEvent.objects.filter(organization=act.organization_id, round=act.round_id, kind=kind, on=act.on)
    return events.filter(document_no=act.document_no).exists()


# --- what may be proposed --------------------------------------------------------------------------


def _tier_concerned(organization: Organization, round: Round, facts: ActFacts) -> str:
    title = Title.objects.filter(organization=organization, round=round).first()
    if facts.on > timezone.localdate():
        raise TitleActRefused(f"日期 {facts.on} 还没有到。请填写文件印发的日期。")
    if facts.kind == TitleActKind.EXCEPTIONAL:
        return _exceptional_tier(organization, round, title, facts)
    if title is None or title.state != TitleState.HELD:
        raise TitleActRefused(f"{organization.name}现在没有{round.title}的称号，不能作这项决定。请核对轮次。")
    if facts.on < title.awarded_on:
        raise TitleActRefused(f"日期不能早于授予日期（{title.awarded_on}）。")
    if facts.kind == TitleActKind.RESTORE and title.warned_on is None:
        raise TitleActRefused(f"{organization.name}的称号没有警示，不用解除。")
    return title.tier


def _exceptional_tier(organization: Organization, round: Round, title: Title | None, facts: ActFacts) -> str:
    if organization.kind in (OrganizationKind.COUNTY, OrganizationKind.TOWNSHIP) or not organization.active:
        raise TitleActRefused("破格授予的对象应是在用的村、社区等基层党组织。")
    if round.kind != RoundKind.CREATION or round.published_at is None:
        raise TitleActRefused(f"{round.title}还没有公布，不能随它破格授予。请在公布以后提出。")
    if title is not None:
        raise TitleActRefused(f"{organization.name}在{round.title}已有称号“{title.tier}”，一轮只有一个称号。")
    if facts.tier not in round.scheme_version.document.tier_names:
        raise TitleActRefused("请从办法的等次中选择。")
    if facts.on < round.onsite_date:
        raise TitleActRefused(f"日期不能早于{round.title}的现场日期（{round.onsite_date}）。")
    return facts.tier


def _check_words(facts: ActFacts) -> None:
    reason, number = facts.reason.strip(), facts.document_no.strip()
    if not reason or len(reason) > MOST_REASON:
        raise TitleActRefused(f"请写明事由，不超过 {MOST_REASON} 字。")
    if not number or len(number) > MOST_NUMBER:
        raise TitleActRefused("请填写作出决定的文号，如 建组〔2026〕12号。")


# --- what the register walks -----------------------------------------------------------------------


def confirmed_acts(campaign: Campaign) -> tuple[list[Act], Townships]:
    """Confirmed acts as the engine reads them, and the township of each exceptional award when it was given."""
    rows = TitleAct.objects.filter(campaign=campaign, state=ActState.CONFIRMED).select_related("organization", "round")
    found = list(rows)
    townships = _townships([row for row in found if row.kind == TitleActKind.EXCEPTIONAL])
    return [_act(row, townships) for row in found], townships


def _act(row: TitleAct, townships: Townships) -> Act:
    key = (row.organization.code, str(row.round_id))
    township = townships.get(key)
    return Act(
        when=row.on.isoformat(),
        kind=ActKind(row.kind),
        org_code=key[0],
        tier=row.tier,
        round=key[1],
        reason=row.reason,
        document_no=row.document_no,
        township_code=township.code if township else "",
        year=str(row.round.year),
    )


def _townships(acts: Iterable[TitleAct]) -> dict[tuple[str, str], Organization | None]:
    """As the title says that stands; before there is one as the nomination says; else the one it belongs to now."""
    now, found = townships_by_code(), {}
    for act in acts:
        whose = {"organization": act.organization_id, "round": act.round_id}
        known = (
            Title.objects.filter(**whose).select_related("township").first()
            or Nomination.objects.filter(**whose).select_related("township").first()
        )
        township = known.township if known else now.get(act.organization.township_code)
        found[act.organization.code, str(act.round_id)] = township
    return found
