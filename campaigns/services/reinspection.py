"""Planning a re-inspection: a round of its own kind with those who hold a title as its entries."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import Organization, User

from ..enums import RoundKind, TitleState
from ..models import Campaign, Round, SchemeVersion, Title
from .campaigns import RoundRefused, plan_round, usual_phases
from .nominations import NominationFacts, put_nominations


@transaction.atomic
def plan_reinspection(
    *, campaign: Campaign, holders: Iterable[Title], onsite_date: date, actor: User, label: str = ""
) -> Round:
    """Plan a re-inspection of these titles' holders by the rules of the campaign's last round.

    ``label`` is the month of the day on site unless said otherwise (``2026-05``). An organization with several titles
    is visited once, for its highest tier. Raises RoundRefused with a Chinese sentence.
    """
    rows = list(
        Title.objects.filter(pk__in=[title.pk for title in holders], campaign=campaign).select_related("organization")
    )
    version = reinspecting_version(campaign)
    entries = _entries(rows, version, onsite_date)
    name = label.strip() or f"{onsite_date:%Y-%m}"
    if campaign.rounds.filter(kind=RoundKind.REINSPECTION, label=name).exists():
        raise RoundRefused(f"“{campaign}”已有{name} 复评。请换一个轮次名称。")
    try:
        planned = plan_round(
            campaign=campaign, label=name, onsite_date=onsite_date, scheme_version=version, actor=actor,
            kind=RoundKind.REINSPECTION, phases=usual_phases(onsite_date=onsite_date, kind=RoundKind.REINSPECTION),
        )  # fmt: skip
    except IntegrityError as error:
        raise RoundRefused(f"“{campaign}”刚刚有人安排了{name} 复评。请换一个轮次名称。") from error
    put_nominations(round=planned, rows=entries, actor=actor)
    return Round.objects.get(pk=planned.pk)


def reinspecting_version(campaign: Campaign) -> SchemeVersion:
    """The version of the campaign's last round. Raises RoundRefused when its rules re-inspect nobody."""
    last = campaign.rounds.select_related("scheme_version__scheme").order_by("-sequence").first()
    if last is None or last.scheme_version.document.titles.reinspection is None:
        raise RoundRefused(f"“{campaign}”的办法没有规定复评。请先在办法的“称号”中补上复评规定，再安排采用新版本的轮次。")
    return last.scheme_version


def _entries(rows: list[Title], version: SchemeVersion, onsite_date: date) -> list[NominationFacts]:
    if not rows:
        raise RoundRefused("没有选择复评单位。请先勾选持有称号的单位。")
    order = {name: place for place, name in enumerate(version.document.tier_names)}
    best: dict[Organization, str] = {}
    for row in rows:
        if row.state != TitleState.HELD:
            raise RoundRefused(f"{row.organization.name}的称号“{row.tier}”{row.get_state_display()}，不能复评。请取消勾选。")
        if row.awarded_on > onsite_date:
            raise RoundRefused(f"{row.organization.name} {row.awarded_on} 才授予，现场日期不能更早。")
        if row.tier not in order:
            raise RoundRefused(f"现行办法没有“{row.tier}”这个等次，不能复评{row.organization.name}。请取消勾选。")
        known = best.setdefault(row.organization, row.tier)
        best[row.organization] = min(known, row.tier, key=lambda tier: order[tier])
    ordered = sorted(best.items(), key=lambda item: (order[item[1]], item[0].path))
    return [NominationFacts(organization, tier) for organization, tier in ordered]
