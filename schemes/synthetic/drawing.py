"""Numbers that look drawn and never change: from SHA-256 of labels, so that order and version mean nothing."""

import csv
import io
from collections.abc import Iterable, Sequence
from hashlib import sha256


def drawn(low: int, high: int, *labels: object) -> int:
    """An integer from ``low`` to ``high`` (both included) that depends on the labels alone."""
    digest = sha256("|".join(str(label) for label in labels).encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def shuffled(count: int, label: str) -> list[int]:
    """The numbers from 1 to ``count`` in an order that looks drawn."""
    return sorted(range(1, count + 1), key=lambda i: (drawn(0, 10**9, label, i), i))


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file as text: lines end with a line feed, nothing else is added."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
