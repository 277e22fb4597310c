"""Certificates of titles as PDF: one landscape page each, set by typst from a template of ours.

Names and numbers go in as JSON and come out as text: nothing a person wrote is ever read as markup. The font comes with
the front-end packages and is embedded in the file; fonts of the machine are not used, so every office prints the same.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import typst
from django.conf import settings

from accounts.models import Tenant
from campaigns.models import Campaign, Title

from ..books.official import chinese_day, party_office

TEMPLATE = Path(__file__).with_name("certificate.typ")
WEIGHTS = ("400Regular", "700Bold")
#: One request sets so many pages in well under two seconds.
MOST = 500


class CertificatesRefused(Exception):
    """Certificates cannot be set; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Certificate:
    """The words of one page. ``valid`` is empty where the title has no end."""

    name: str
    lead: str
    honour: str
    number: str
    day: str
    valid: str = ""


def certificate_of(title: Title, tenant: Tenant, day: date) -> Certificate:
    """The wording of plaques in practice (命名为某县“标杆党组织”): name, number, who gives it, month; never a score."""
    return Certificate(
        name=title.organization.name,
        lead="命名为",
        honour=f"{tenant.name}“{title.tier}”党组织",
        number=title.plaque_no,
        day=chinese_day(day),
        valid=chinese_day(title.valid_until) if title.valid_until else "",
    )


def certificates_of(titles: Sequence[Title], tenant: Tenant, campaign: Campaign, day: date) -> bytes:
    """The PDF of these titles. Raises CertificatesRefused for one without a number, and for none."""
    unnumbered = [title.organization.name for title in titles if not title.plaque_no]
    if unnumbered:
        more = f"等 {len(unnumbered)} 个" if len(unnumbered) > 1 else ""
        raise CertificatesRefused(f"{unnumbered[0]}{more}还没有标牌编号。请先编号，再出证书。")
    if not titles:
        raise CertificatesRefused("没有持有中的称号，不用出证书。")
    if len(titles) > MOST:
        raise CertificatesRefused(f"一次最多出 {MOST} 张证书，这里有 {len(titles)} 张。")
    rows = [certificate_of(title, tenant, day) for title in titles]
    return compiled(rows, title=f"{campaign.name}证书", office=party_office(tenant.office), campaign=campaign.name)


def compiled(rows: Iterable[Certificate], *, title: str, office: str, campaign: str) -> bytes:
    folders = [str(folder) for folder in font_folders()]
    data = {"title": title, "office": office, "campaign": campaign, "rows": [asdict(row) for row in rows]}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return typst.compile(str(TEMPLATE), font_paths=folders, ignore_system_fonts=True, sys_inputs=inputs)


def font_folders() -> list[Path]:
    folders = [Path(settings.CERTIFICATE_FONTS, weight) for weight in WEIGHTS]
    if not all(any(folder.glob("*.ttf")) for folder in folders):
        raise CertificatesRefused("服务器上没有证书用的字体（Noto Serif SC）。请管理员按运行说明安装前端软件包。")
    return folders
