"""What public rules ask of a campaign (《创建示范活动管理办法（试行）》), held against what is on record: warnings, never refusals.

Whether the rules are kept is for the county and its counsel; here only what a record plainly lacks is said. Reads only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from .enums import CampaignKind, RoundState, TitleState
from .models import Campaign, Round, SchemeVersion, Title

_PARTS = re.compile(r"[、，,；;和与\s]+")
#: 东溪镇党委, 新安江街道办事处: what stands last is an organ of a township or a village.
_BELOW = re.compile(
    r"(乡|镇|街道|村|社区)(党委|党工委|党总支|党支部|委员会|人民政府|政府|办事处|村民委员会|居民委员会)?$"
)
#: 市委组织部, 农业农村局, 县委办公室: a department, or an organization beside the committee and the government.
_DEPARTMENT = re.compile(r"(部|局|厅|办|办公室|中心|团委|妇联|总工会|工会|协会|领导小组|党组|纪委|政法委|工委)$")
Versions = Mapping[UUID, SchemeVersion]
UNAPPROVED = "还没有登记批准文号。《创建示范活动管理办法（试行）》要求创建活动经批准后开展，请补录批准机关和文号。"


@dataclass(frozen=True)
class Caution:
    """``code`` says which rule, ``field`` where it is mended in the campaign's form; ``words`` is the short form."""

    code: str
    words: str
    text: str
    field: str


def host_below(host: str) -> str:
    """The part of a host that may not run a creation campaign: a department, or an organ of a township; else empty."""
    for part in filter(None, _PARTS.split(host)):
        if _BELOW.search(part) or _DEPARTMENT.search(part):
            return part
    return ""


def warnings_of(campaigns: Iterable[Campaign], *, today: date) -> dict[Campaign, list[Caution]]:
    """Every campaign with what its record lacks, in the order of the form. A few queries, however many campaigns."""
    found = list(campaigns)
    capped = [campaign for campaign in found if campaign.number_cap is not None]
    dated = [campaign for campaign in found if campaign.ends_on is not None or campaign.number_cap is not None]
    rounds = list(Round.objects.filter(campaign__in=dated).order_by("sequence")) if dated else []
    pinned = {round.scheme_version_id for round in rounds if round.campaign_id in {each.pk for each in capped}}
    versions = SchemeVersion.objects.in_bulk(pinned) if pinned else {}
    held = Title.objects.filter(campaign__in=capped, state=TitleState.HELD).values_list("campaign_id", flat=True)
    titles = list(held) if capped else []
    return {
        campaign: _warnings(
            campaign, [r for r in rounds if r.campaign_id == campaign.pk], versions, titles.count(campaign.pk), today
        )
        for campaign in found
    }


def _warnings(campaign: Campaign, rounds: list[Round], versions: Versions, titles: int, today: date) -> list[Caution]:
    found = []
    if campaign.kind == CampaignKind.CREATION:
        found += _of_creation(campaign)
    found += _dates(campaign, rounds, today)
    if campaign.number_cap is not None:
        found += _numbers(campaign.number_cap, planned_number(rounds, versions), titles)
    return found


def _of_creation(campaign: Campaign) -> list[Caution]:
    found = []
    if below := host_below(campaign.host):
        text = f"主办单位写的是“{below}”。《创建示范活动管理办法（试行）》规定，在县一级只有县级党委、政府可以开展创建示范，部门和乡镇（街道）不得开展。"
        found.append(Caution("host", "主办单位", text, "host"))
    if campaign.lacks_approval:
        found.append(Caution("approval", "缺批准文号", UNAPPROVED, "approval_authority"))
    elif not campaign.approval_authority:
        found.append(
            Caution("authority", "缺批准机关", "登记了批准文号，没有登记批准机关，请补录。", "approval_authority")
        )
    if not campaign.cycle:
        found.append(Caution("cycle", "缺周期", "没有登记周期。批准的创建活动应写明周期，请补录。", "cycle"))
    return found


def _dates(campaign: Campaign, rounds: list[Round], today: date) -> list[Caution]:
    """The dates of a campaign are those it was approved for."""
    if campaign.ends_on is None:
        return []
    outside = [r for r in rounds if not campaign.starts_on <= r.onsite_date <= campaign.ends_on]
    found = []
    if outside:
        names = "、".join(r.title for r in outside[:3]) + ("等" if len(outside) > 3 else "")
        text = (
            f"{names}共 {len(outside)} 轮的现场日期在活动起止日期（{campaign.starts_on} 至 {campaign.ends_on}）之外。"
        )
        found.append(Caution("outside", "轮次超出起止日期", text, "ends_on"))
    left = sum(r.state != RoundState.PUBLISHED for r in rounds)
    if campaign.ends_on < today and left:
        text = f"活动已于 {campaign.ends_on} 结束，还有 {left} 轮没有公布。如已批准延期，请修改结束日期和批准文号。"
        found.append(Caution("ended", "活动已到期", text, "ends_on"))
    return found


def _numbers(cap: int, planned: int, titles: int) -> list[Caution]:
    if titles > cap:
        text = f"现有称号 {titles} 个，超过名额上限 {cap} 个。请核对批准的名额和称号台账。"
        return [Caution("cap", "超过名额上限", text, "number_cap")]
    if planned > cap:
        text = f"所用办法各等次的计划数合计 {planned} 个，超过名额上限 {cap} 个。请核对批准的名额，或调整办法的计划数。"
        return [Caution("cap", "计划数超过名额上限", text, "number_cap")]
    return []


def planned_number(rounds: list[Round], versions: Versions) -> int:
    """The sum of what the tiers plan, of the newest version that each scheme of the rounds was run with."""
    newest: dict[UUID, SchemeVersion] = {}
    for round in rounds:
        version = versions[round.scheme_version_id]
        newest[version.scheme_id] = version
    return sum(tier.target or 0 for version in newest.values() for tier in version.document.tiers)
