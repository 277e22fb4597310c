"""Sheets of a round's book beyond marks and awards: figures of the tree with grades, what follows, points for
parents.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from schemes.document import Node, walk_nodes
from schemes.exact import decimal_text
from scoring.models import ConsequenceRow, ParentPoints, Result

from .layout import Cell, Column, Sheet

if TYPE_CHECKING:
    from .round_book import RoundBook

#: Decimals of figures, amounts and points in these sheets; what needs more stands as text.
PLACES = 4


def number(text: str) -> Cell:
    """An exact number; a fraction that no decimal writes stays text, and nothing stays nothing."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return text


def places_of(values: Iterator[Cell]) -> int:
    """Decimals in which every one of these numbers can be written, at most ``PLACES``."""
    exponents = (value.normalize().as_tuple().exponent for value in values if isinstance(value, Decimal))
    return min(max([0, *(-exponent for exponent in exponents if isinstance(exponent, int))]), PLACES)


class GradedSheets:
    """For schemes whose score is more than the sheets' total, and for whatever follows from results."""

    def __init__(self, book: "RoundBook") -> None:
        self.book, self.facts, self.scheme = book, book.facts, book.scheme

    def summary(self, tier: str, name: str) -> Sheet:
        """Every figure of the tree, the score, the grade and badges, in the order of the ranking."""
        results = self.facts.of_tier(tier)
        nodes = [(node, group) for node, group in self.nodes() if any(node.key in each.figures for each in results)]
        grouped = any(result.group_label for result in results)
        columns = [
            Column("排名", 6, 0, centred=True), Column("单位", 20), Column("所属乡镇", 12.5),
            *([Column("组别", 10, centred=True)] if grouped else []),
            *(Column(self.head(node), 9, places_of(number(each.figures.get(node.key, "")) for each in results), group)
              for node, group in nodes),
            Column("得分", 8.5, self.book.places), Column(self.result_head, 12, centred=True),
            *([Column("获得", 18)] if self.scheme.badges else []), Column("备注", 32),
        ]  # fmt: skip
        return Sheet(
            name=name, title=self.book.title(f"{'' if self.book.rated else tier}得分汇总表"), line=self.book.line,
            columns=columns, rows=(self.row(result, [node.key for node, _ in nodes], grouped) for result in results),
            notes=[self.book.rules, "“—”为没有这一项，不是 0 分。"], frozen=2, marked=self.book.marked(results),
        )  # fmt: skip

    @property
    def result_head(self) -> str:
        return self.scheme.rating.name if self.scheme.rating else "结果"

    def head(self, node: Node) -> str:
        """Its name and full marks."""
        return node.name if node.full is None else f"{node.name} {decimal_text(node.full)}"

    def nodes(self) -> Iterator[tuple[Node, str]]:
        """Items with children head the columns of their children; each has a column of its own as well."""
        for item in self.scheme.criteria.tree:
            for node, _ in walk_nodes((item,)):
                yield node, item.name if item.children else ""

    def row(self, result: Result, keys: Sequence[str], grouped: bool) -> list[Cell]:
        return [
            result.rank, result.organization.name,
            result.township.name if result.township else None,
            *([result.group_label] if grouped else []), *(number(result.figures.get(key, "")) for key in keys),
            number(result.score_text), self.book.word(result),
            *(["、".join(result.badges)] if self.scheme.badges else []), result.note,
        ]  # fmt: skip

    # -- what follows

    def consequences(self, rows: Sequence[ConsequenceRow]) -> Sheet:
        columns = [
            Column("序号", 6, 0, centred=True), Column("单位", 22), Column("所属乡镇", 14), Column("事项", 14),
            Column("数额", 10, places_of(number(row.amount) for row in rows)), Column("计量", 7, centred=True),
            Column("事由", 46), Column("承办", 14), Column("限期（天）", 9, 0), Column("条款", 12),
        ]  # fmt: skip
        lines: list[list[Cell]] = [
            [n, row.organization.name, row.township.name if row.township else None, row.name, number(row.amount),
             row.unit if row.amount else "", row.reason, row.who, row.within_days, row.clause]
            for n, row in enumerate(rows, start=1)
        ]  # fmt: skip
        return Sheet("结果运用", self.book.title("结果运用表"), columns, lines, self.book.line)

    def points(self, rows: Sequence[ParentPoints]) -> Sheet:
        columns = [
            Column("序号", 6, 0, centred=True), Column("乡镇（上级单位）", 20), Column("名称", 16),
            Column("得分", 9, places_of(number(row.points) for row in rows)),
            Column("封顶前", 9, places_of(number(row.uncapped) for row in rows)), Column("由来", 60), Column("条款", 12),
        ]  # fmt: skip
        lines: list[list[Cell]] = [
            [n, row.parent.name if row.parent else row.parent_text, row.name, number(row.points), number(row.uncapped),
             "；".join(f"{name}“{won}”{value}" for name, won, value in row.lines), row.clause]
            for n, row in enumerate(rows, start=1)
        ]  # fmt: skip
        return Sheet("上级得分", self.book.title("上级单位得分表"), columns, lines, self.book.line)
