"""The ledger of subsidies as a book: the lines of the page in the columns of 补助资金下达表, with their exact sum."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Tenant
from campaigns.models import Campaign
from reports.queries.awarding import STATES, state_of

from .layout import Cell, Column, Sheet
from .round_book import money_columns
from .title_papers import category
from .year_book import sum_of


class MoneyBook:
    """``rows`` as :func:`reports.queries.awarding.ledger` gives them."""

    def __init__(
        self, tenant: Tenant, campaign: Campaign, rows: Sequence[Any], *, narrowed: bool = False, own: bool = False
    ) -> None:
        self.tenant, self.campaign, self.rows = tenant, campaign, rows
        self.narrowed, self.own = narrowed, own

    @property
    def filename(self) -> str:
        return f"{self.tenant.name}{self.campaign.name}补助台账.xlsx"

    def sheets(self) -> Iterator[Sheet]:
        cells = [self.line(number, row) for number, row in enumerate(self.rows, start=1)]
        until = timezone.localdate().isoformat()
        notes = ["负数是冲回已下达的补助；合计为净额。", *(["只列本乡镇（街道）的单位。"] if self.own else [])]
        extra = (Column("下达日期", 13, centred=True), Column("状态", 10, centred=True))
        yield Sheet(
            name="补助资金下达表",
            title=f"{self.tenant.name}“{self.campaign.name}”补助资金下达表{'（按页面筛选）' if self.narrowed else ''}",
            line=f"填报单位（盖章）：{self.tenant.office}　　截至 {until}　　单位：万元",
            columns=(*money_columns(cells), *extra),
            rows=cells,
            totals=["", "合计", "", "", sum_of(4, [row[4] for row in cells]), "", "", "", "", "", ""],
            notes=notes,
        )

    @staticmethod
    def line(number: int, row: Any) -> list[Cell]:
        parent, issued = row.organization.parent, row.issued_on
        note = row.reason or (row.round.title if row.round else row.get_kind_display())
        return [
            number, row.organization.name, parent.name if parent else None, category(row), row.amount_wan,
            row.document_no, "", "", note, issued.isoformat() if issued else None, STATES[state_of(row)][0],
        ]  # fmt: skip
