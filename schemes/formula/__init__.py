"""Formulas (计算式): a tiny exact language over figures by their keys, e.g. ``min(20, 20 × 完成数 ÷ 任务数)``.

``parse_formula`` reads a text once; the Formula then answers a Working per organization. Exact fractions only; nothing
loops and nothing is looked up beyond the figures given, so a formula costs no more than its length.
"""

from .column import Column
from .formula import Formula
from .parser import MOST_CHARACTERS, parse_formula

__all__ = ["MOST_CHARACTERS", "Column", "Formula", "parse_formula"]
