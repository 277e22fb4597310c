"""Facts and events as CSV texts, as ``load_inputs`` reads them back; subject and note of an event as they were
recorded.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from ..cells import DANGEROUS
from ..exact import decimal_text
from ..inputs import Inputs
from ..recorded import NOT_APPLICABLE, Recorded


def recorded_files(inputs: Inputs, entries: Sequence[int]) -> dict[str, str]:
    """``facts.csv`` and ``events.csv``, each only where there is something; entries in the order given."""
    files = {}
    if inputs.facts.cells:
        keys = sorted({key for key, _ in inputs.facts.cells})
        files["facts.csv"] = csv_text(("round", "org_code", "period", *keys), _fact_rows(inputs, entries, keys))
    if inputs.facts.events:
        head = ("round", "org_code", "event", "date", "amount", "subject", "note", "period")
        files["events.csv"] = csv_text(head, _event_rows(inputs, entries))
    return files


def _fact_rows(inputs: Inputs, entries: Sequence[int], keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """One row per entry and period; a row without a period for what is recorded once."""
    for period in sorted({period for _, period in inputs.facts.cells}):
        columns = [inputs.facts.cells.get((key, period)) for key in keys]
        for entry in entries:
            texts = ["" if column is None else cell_text(column[entry]) for column in columns]
            if any(texts):
                yield (*_owner(inputs, entry), period, *texts)


def _event_rows(inputs: Inputs, entries: Sequence[int]) -> Iterator[tuple[str, ...]]:
    for key, found in sorted(inputs.facts.events.items()):
        for entry in entries:
            for record in found.get(entry, ()):
                amount, day = decimal_text(record.amount), record.day.isoformat()
                yield (*_owner(inputs, entry), key, day, amount, record.subject, record.note, record.period)


def _owner(inputs: Inputs, entry: int) -> tuple[str, str]:
    return inputs.rounds[int(inputs.entry_round[entry])], inputs.entry_org[entry]


def cell_text(cell: Recorded) -> str:
    """A cell as a table has it."""
    if cell is None:
        return ""
    if cell is NOT_APPLICABLE:
        return "不涉及"
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, Fraction):
        return decimal_text(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def csv_text(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(
        [f"'{cell}" if cell.startswith(DANGEROUS) and not _number(cell) else cell for cell in row] for row in rows
    )
    return text.getvalue()


def _number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()
