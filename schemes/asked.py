"""What a scheme asks for when an organization is put forward: pieces of evidence, criterion by criterion.

A requirement is named ``criterion:number``; the number counts the pieces of that criterion from 1.
"""

from dataclasses import dataclass

from .document import Scheme

#: How a piece that may be left out is marked at its end.
OPTIONAL = ("（选交）", "(选交)")


@dataclass(frozen=True)
class Piece:
    """One piece of evidence that a criterion asks for; ``required``: a nomination is not complete without it."""

    requirement: str
    criterion: str
    text: str
    required: bool


def pieces(scheme: Scheme) -> tuple[Piece, ...]:
    """Every piece asked for, in the order of the document."""
    return tuple(
        Piece(f"{node.key}:{number}", node.name, text, not text.strip().endswith(OPTIONAL))
        for node in scheme.nodes.values()
        for number, text in enumerate(node.evidence, start=1)
    )
