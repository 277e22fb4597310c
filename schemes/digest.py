"""Digests that tie a result to what made it: the scheme, the inputs, the outcome. Order of rows never matters."""

import hashlib
import json
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from .document import Scheme
from .inputs import Inputs
from .outcome import Outcome


def _canonical(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def digest_scheme(scheme: Scheme) -> str:
    """SHA-256 of the scheme's meaning: formatting and comments of the document do not count."""
    tree = scheme.model_dump(mode="python")
    text = json.dumps(tree, default=_canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_inputs(inputs: Inputs) -> str:
    """SHA-256 over entries and sheets in the order of round, organization and inspector."""
    rounds = np.array(inputs.rounds, dtype=str)[inputs.entry_round] if len(inputs) else np.array([], dtype=str)
    orgs = np.array(inputs.entry_org, dtype=str)
    entries = np.lexsort((orgs, rounds))
    place = np.empty(len(entries), dtype=np.int64)
    place[entries] = np.arange(len(entries))
    inspectors = np.array(inputs.sheet_inspector, dtype=str)
    sheets = np.lexsort((inspectors, place[inputs.sheet_entry]))
    seal = hashlib.sha256()
    tiers = [inputs.tiers[t] for t in inputs.entry_tier[entries]]
    lines = zip(rounds[entries], orgs[entries], tiers, inputs.entry_vetoed[entries], strict=True)
    seal.update("\n".join(f"{r}\t{o}\t{t}\t{int(v)}" for r, o, t, v in lines).encode())
    seal.update(b"\0" + "\n".join(inspectors[sheets].tolist()).encode())
    seal.update(b"\0" + place[inputs.sheet_entry[sheets]].astype("<i8").tobytes())
    seal.update(b"\0" + np.ascontiguousarray(inputs.marks[sheets].astype("<u2")).tobytes())
    return seal.hexdigest()


def digest_outcome(outcome: Outcome) -> str:
    """SHA-256 over every entry's round, organization, tier, exact score, rank and verdict."""
    inputs, score = outcome.inputs, outcome.score
    lines = sorted(
        f"{inputs.rounds[inputs.entry_round[i]]}\t{inputs.entry_org[i]}\t{inputs.tiers[inputs.entry_tier[i]]}"
        f"\t{score.value(i)}\t{int(outcome.rank[i])}\t{outcome.verdict_of(i)}"
        for i in range(len(inputs))
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
