"""Where a demonstration county comes from: the files shipped with its scheme."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

import schemes
from campaigns.enums import RoundKind

SHIPPED = Path(schemes.__file__).parent / "shipped"


@dataclass
class Source:
    """``campaign`` holds the fields of Campaign; ``reinspection_days`` the day each re-inspection is dated.

    ``days_ago`` dates a round by the day of loading, so that a demonstration has something under way whenever it is
    looked at; ``awaiting`` are rounds left computed, for a second person to confirm. ``lived``: accounts of the
    office, a township and an inspector, between whom rounds are under way (``config.demo.live``).
    """

    key: str
    campaign: dict[str, Any]
    inspector_users: dict[str, str] = field(default_factory=dict)
    reinspection_days: dict[str, date] = field(default_factory=dict)
    days_ago: dict[str, int] = field(default_factory=dict)
    awaiting: frozenset[str] = frozenset()
    lived: tuple[str, ...] = ()

    @property
    def scheme_text(self) -> str:
        return (SHIPPED / self.key / "scheme.yaml").read_text(encoding="utf-8")

    def file(self, name: str) -> bytes | None:
        """One file as it is shipped; None when the county ships no such file."""
        path = SHIPPED / self.key / "data" / name
        return path.read_bytes() if path.exists() else None

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of one file; none when the county ships no such file."""
        return list(csv.DictReader(io.StringIO((self.file(name) or b"").decode(), newline="")))

    def rounds(self) -> Iterator[tuple[str, str, int, date]]:
        """Kind, label, year and day of every round in the order of time."""
        planned = [(RoundKind.CREATION, row["round"], *self._day(row)) for row in self.table("rounds.csv")]
        reviews = [(RoundKind.REINSPECTION, label, day.year, day) for label, day in self.reinspection_days.items()]
        return iter(sorted([*planned, *reviews], key=lambda round: round[3]))

    def _day(self, row: dict[str, str]) -> tuple[int, date]:
        """Year and day on site of one round."""
        if row["round"] not in self.days_ago:
            return int(row["year"]), date.fromisoformat(row["onsite_date"])
        day = timezone.localdate() - timedelta(days=self.days_ago[row["round"]])
        return day.year, day
