"""The papers of titles and money: naming decision, delisting circular, subsidy notice with its list.

Each says only what the register says and leaves the rest to whoever edits it: no score, no person, no phone number.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from accounts.models import Tenant
from campaigns.enums import SubsidyKind
from campaigns.models import Campaign, Round, Subsidy, Title, TitleEvent

from ..queries.figures import plain_text
from .official import OfficialPaper, chinese_day, party_office

TOWNSHIPS = "各乡镇（街道）党（工）委"
DRAFT = "（代拟稿）"


def naming_paper(tenant: Tenant, round: Round, titles: Sequence[Title], *, number: str, day: date) -> OfficialPaper:
    """命名决定: whom a round names what, with the list of names and plaque numbers."""
    organ, campaign = party_office(tenant.office), round.campaign
    paper = OfficialPaper(f"关于命名{round.title}创建单位的决定", author=tenant.office)
    paper.red_head(organ, number or unnumbered(day))
    paper.title(f"{organ}关于命名“{campaign.name}”{round.title}创建单位的决定")
    paper.addressee(TOWNSHIPS)
    tiers = list(dict.fromkeys(title.tier for title in titles))
    named = "；".join(
        f"{first_of([t.organization.name for t in titles if t.tier == tier])}为“{tier}”党组织" for tier in tiers
    )
    rules = f"《{round.scheme_version.document.identity.name}》"
    paper.text(f"根据{rules}，{round.title}现场评分结果已经公布。经研究，决定命名{named}。")
    until = sorted({title.valid_until for title in titles if title.valid_until})
    lasting = f"称号有效期至{chinese_day(until[-1])}。" if len(until) == 1 else ""
    paper.text(f"希望被命名的单位珍惜荣誉、再接再厉，发挥示范带动作用。称号实行动态管理，{lasting}复评不合格的按规定摘牌。")
    paper.names_attachments(["命名名单"])
    paper.signature(organ, day)
    paper.attachment("命名名单")
    rows = [
        (str(place), title.organization.name, title.tier, title.township.name if title.township else "县直",
         title.plaque_no or "—")
        for place, title in enumerate(titles, start=1)
    ]  # fmt: skip
    paper.table(("序号", "单位全称", "等次", "所属乡镇（街道）", "标牌编号"), rows, (10, 50, 20, 34, 42), centred=(0, 2))
    return paper


def delisting_paper(
    tenant: Tenant, campaign: Campaign, events: Sequence[TitleEvent], *, number: str, day: date
) -> OfficialPaper:
    """摘牌通报 with its table; who must mend what until when is left to be filled in."""
    organ = party_office(tenant.office)
    paper = OfficialPaper(f"关于“{campaign.name}”单位摘牌的通报", author=tenant.office)
    paper.red_head(organ, number or unnumbered(day))
    paper.title(f"{organ}关于对{first_of([e.organization.name for e in events])}予以摘牌的通报")
    paper.addressee(TOWNSHIPS)
    paper.text(
        f"“{campaign.name}”命名单位实行动态管理。经复评和研究，{first_of([e.organization.name for e in events])}"
        "不再符合命名条件，决定予以摘牌，收回标牌，现通报如下。",
        "被摘牌单位所属乡镇（街道）党（工）委要督促认真整改，按期报告整改情况；整改到位的，可以重新申报。",
    )
    paper.names_attachments(["摘牌单位名单"])
    paper.signature(organ, day)
    paper.attachment("摘牌单位名单")
    rows = [(str(i), e.organization.name, e.tier, e.reason, "", "", "") for i, e in enumerate(events, start=1)]
    heads = ("序号", "单位", "原等次", "摘牌原因", "整改要求", "责任人", "限期")
    paper.table(heads, rows, (9, 28, 15, 46, 28, 16, 16), centred=(0, 2))
    return paper


def subsidy_paper(
    tenant: Tenant, campaign: Campaign, rows: Sequence[Subsidy], *, number: str, day: date
) -> OfficialPaper:
    """补助资金下达通知 with 分配表: exact amounts in 万元 and their sum."""
    organ, total = party_office(tenant.office), total_of(rows)
    numbers = {row.document_no for row in rows if row.document_no}
    number = number or (numbers.pop() if len(numbers) == 1 else "")
    paper = OfficialPaper(f"关于下达“{campaign.name}”补助资金的通知", author=tenant.office)
    paper.red_head(organ, number or unnumbered(day))
    paper.title(f"{organ}关于下达“{campaign.name}”补助资金的通知")
    paper.addressee(TOWNSHIPS)
    paper.text(
        f"根据“{campaign.name}”有关规定，现下达补助资金 {plain_text(total)} 万元，涉及 "
        f"{len({row.organization_id for row in rows})} 个单位，具体见附件。{taken_words(rows)}",
        "请及时拨付到位，专款专用，并按规定公开。",
    )
    paper.names_attachments(["补助资金分配表"])
    paper.signature(organ, day)
    paper.attachment("补助资金分配表")
    lines = [subsidy_line(place, row) for place, row in enumerate(rows, start=1)]
    heads = ("序号", "单位", "类别", "补助金额（万元）", "文号/批次", "资金渠道", "支出科目", "备注")
    sums = ("", "合计", "", plain_text(total), "", "", "", "")
    paper.table(heads, lines, (9, 30, 16, 20, 27, 16, 16, 22), right=(3,), centred=(0, 2), total=sums)
    paper.note("单位：万元。资金渠道、支出科目由财政部门填写。")
    return paper


def subsidy_line(place: int, row: Subsidy) -> tuple[str, ...]:
    note = row.reason or (row.round.title if row.round else "")
    return (str(place), row.organization.name, category(row), plain_text(row.amount_wan), row.document_no, "", "", note)


def category(row: Subsidy) -> str:
    return "偏远村" if row.kind == SubsidyKind.SPECIAL else row.tier


def taken_words(rows: Sequence[Subsidy]) -> str:
    """What of it is taken back, in words; empty where nothing is."""
    back = [row for row in rows if row.amount_wan < 0]
    if not back:
        return ""
    return f"其中收回 {len(back)} 笔，共 {plain_text(-total_of(back))} 万元。"


def total_of(rows: Sequence[Subsidy]) -> Decimal:
    return sum((row.amount_wan for row in rows), Decimal(0))


def first_of(names: Sequence[str]) -> str:
    """杨村等 3 个单位; one by its name."""
    different = list(dict.fromkeys(names))
    return different[0] if len(different) == 1 else f"{different[0]}等 {len(different)} 个单位"


def unnumbered(day: date) -> str:
    """Room for 发文字号 until the paper is numbered."""
    return f"〔{day.year}〕　　号{DRAFT}"


def by_round(titles: Sequence[Title], tiers: Mapping[str, int]) -> list[Title]:
    """In the order of the tiers, then of the organizations."""
    return sorted(titles, key=lambda title: (tiers.get(title.tier, len(tiers) + 1), title.organization.path))
