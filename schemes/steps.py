"""One step of the chain of decisions, as explanations show it."""

from dataclasses import dataclass
from typing import Literal

Sign = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Step:
    """One rule: what was checked, with which figures, and whether it passed, mattered or decided."""

    title: str
    detail: str
    clause: str
    sign: Sign
