"""Where a demonstration county comes from: the files shipped with its scheme."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import schemes
from campaigns.enums import RoundKind

SHIPPED = Path(schemes.__file__).parent / "shipped"


@dataclass
class Source:
    """``campaign`` holds the fields of Campaign; ``reinspection_days`` the day each re-inspection is dated."""

    key: str
    campaign: dict[str, Any]
    inspector_users: dict[str, str] = field(default_factory=dict)
    reinspection_days: dict[str, date] = field(default_factory=dict)

    @property
    def scheme_text(self) -> str:
        return (SHIPPED / self.key / "scheme.yaml").read_text(encoding="utf-8")

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of one file; none when the county ships no such file."""
        path = SHIPPED / self.key / "data" / name
        if not path.exists():
            return []
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def rounds(self) -> Iterator[tuple[str, str, int, date]]:
        """Kind, label, year and day of every round in the order of time."""
        planned = [
            (RoundKind.CREATION, r["round"], int(r["year"]), date.fromisoformat(r["onsite_date"])) for r in self.table("rounds.csv")
        ]
        reviews = [(RoundKind.REINSPECTION, label, day.year, day) for label, day in self.reinspection_days.items()]
        return iter(sorted([*planned, *reviews], key=lambda round: round[3]))

    def entries(self, kind: str, label: str) -> Iterator[tuple[str, str, bool]]:
        """Organization, tier and veto of every entry of a round; a re-inspected holder enters with the tier it won."""
        if kind == RoundKind.CREATION:
            rows = self.table("nominations.csv")
            yield from ((r["org_code"], r["tier"], r["vetoed"] == "1") for r in rows if r["round"] == label)
            return
        tiers = {r["org_code"]: r["tier"] for r in self.table("nominations.csv")}
        codes = dict.fromkeys(r["org_code"] for r in self.table("reinspections.csv") if r["month"] == label)
        yield from ((code, tiers[code], False) for code in codes)

    def sheets(self, kind: str, label: str) -> Iterator[dict[str, str]]:
        name, column = ("sheets.csv", "round") if kind == RoundKind.CREATION else ("reinspections.csv", "month")
        yield from (r for r in self.table(name) if r[column] == label)
