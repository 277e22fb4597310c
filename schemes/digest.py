"""Digests that tie a result to what made it: the scheme, the inputs, the outcome. Order of rows never matters."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from .document import Scheme
from .inputs import Inputs
from .outcome import Outcome
from .recorded import Facts, Record
from .rules.base import Part


def _canonical(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def digest_scheme(scheme: Scheme) -> str:
    """SHA-256 of the scheme's meaning: formatting, comments and spelled-out defaults do not count."""
    text = json.dumps(_said(scheme), default=_canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _said(value: Any) -> Any:
    """A part as the fields that differ from their defaults, with its kind; so new blocks leave old digests alone."""
    if isinstance(value, Part):
        fields = type(value).model_fields.items()
        kept = [(name, getattr(value, name), field) for name, field in fields]
        return {name: _said(own) for name, own, field in kept if name == "kind" or own != field.get_default()}
    if isinstance(value, tuple):
        return [_said(each) for each in value]
    return {key: _said(each) for key, each in value.items()} if isinstance(value, dict) else value


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
    for labels in (inputs.sheet_group, inputs.sheet_period):
        if labels:
            seal.update(b"\0" + "\n".join(labels[i] for i in sheets).encode())
    for line in _fact_lines(inputs.facts, entries.tolist()):
        seal.update(b"\0" + line.encode())
    return seal.hexdigest()


def _fact_lines(facts: Facts, order: list[int]) -> Iterator[str]:
    for key, period in sorted(facts.cells):
        cells = facts.cells[key, period]
        yield "\t".join([key, period, *(_fact_text(cells[i]) for i in order)])
    for key in sorted(facts.events):
        for place, i in enumerate(order):
            yield from (f"{key}\t{place}\t{_record_text(record)}" for record in facts.events[key].get(i, ()))


def _fact_text(cell: Any) -> str:
    return "" if cell is None else f"{type(cell).__name__}:{cell}"


def _record_text(record: Record) -> str:
    return f"{record.day}\t{record.amount}\t{record.subject}\t{record.note}\t{record.period}"


def digest_outcome(outcome: Outcome) -> str:
    """SHA-256 over every entry's round, organization, tier, exact score, rank, verdict, and grade, badges,
    consequences.
    """
    lines = sorted(_outcome_line(outcome, i) for i in range(len(outcome.inputs)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _outcome_line(outcome: Outcome, i: int) -> str:
    inputs = outcome.inputs
    line = (
        f"{inputs.rounds[inputs.entry_round[i]]}\t{inputs.entry_org[i]}\t{inputs.tiers[inputs.entry_tier[i]]}"
        f"\t{outcome.score.value(i)}\t{int(outcome.rank[i])}\t{outcome.verdict_of(i)}"
    )
    more = [outcome.grade_of(i) or "", *outcome.badges_of(i)]
    more += [f"{row.key}={row.amount}" for row in outcome.consequences_of(i)]
    return line + "".join(f"\t{each}" for each in more if each)
