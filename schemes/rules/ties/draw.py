"""Tie-break by lot (抽签) with a recorded seed: SHA-256 of seed, round and organization, the smaller first."""

from hashlib import sha256
from typing import Any, Literal

from pydantic import Field

from .base import TieBreak


class Draw(TieBreak):
    """Anyone can draw again: the number is the first eight hexadecimal digits of SHA-256 of ``seed|round|code``."""

    kind: Literal["draw"] = "draw"
    seed: str = Field(min_length=1, max_length=80)

    def number(self, round_name: str, org_code: str) -> int:
        return int(sha256(f"{self.seed}|{round_name}|{org_code}".encode()).hexdigest()[:8], 16)

    def title(self, scheme: Any) -> str:
        return "抽签号"

    def sentence(self, scheme: Any) -> str:
        return f"抽签（种子“{self.seed}”），号小者在前"
