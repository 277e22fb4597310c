"""Sheets as a phone of the stage sends them: made by hand after the protocol, not by our own code."""

import hashlib
import json
from uuid import uuid4

from tests.scoring.cast import Stage

CANONICAL = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}

#: A scheme with itemised deductions and a criterion that concerns only who has water.
TREE = [
    {"key": "a", "name": "党建", "mark": {"max": "10", "step": "0.5"}},
    {
        "key": "d",
        "name": "台账",
        "mark": {
            "kind": "deduction", "max": "5", "floor": "1", "step": "0.5",
            "items": [{"name": "少开一次", "points": "0.5", "most": "1"}],
        },
    },
    {
        "key": "n", "name": "水域", "mark": {"max": "5", "step": "1"},
        "applies": {"when": {"of": "water", "equals": "有"}, "otherwise": "full"},
    },
]  # fmt: skip


def sheet_of(nomination, marks, **facts):
    """One sheet of the protocol; ``marks`` by criterion as texts, ``details`` beside them."""
    details = {"abstained": "", "not_applicable": {}, "deductions": {}, "remarks": {}, "remark": "", "signature": "",
               "signed_name": "", **facts.pop("details", {})}  # fmt: skip
    sent = {
        "uuid": str(uuid4()),
        "nomination": str(nomination.pk),
        "scheme_version": str(nomination.round.scheme_version_id),
        "based_on": None,
        "device_sequence": 1,
        "client_time": "2026-03-15T09:30:00.000+08:00",
        "started_at": "2026-03-15T09:28:00.000+08:00",
        "marks": marks,
        "details_text": json.dumps(details, **CANONICAL),
    }
    return {**sent, **facts}


def hash_of(sheet):
    """The content hash as the protocol words it."""
    lines = "".join(f"{key}={'' if mark is None else mark}\n" for key, mark in sheet["marks"].items())
    head = f"{sheet['nomination']}\n{sheet['scheme_version']}\n{sheet['based_on'] or '0'}\n"
    return hashlib.sha256((head + lines + sheet["details_text"]).encode()).hexdigest()


def digest_of(*sheets):
    lines = sorted(f"{each['uuid']}:{hash_of(each)}\n" for each in sheets)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def receive(stage: Stage, number: str, *sheets, **how):
    """Verdicts for sheets of inspector ``number``."""
    from scoring.services.arriving import receive_sheets

    how = {"device": "phone-1", "actor": stage.people.get(number), **how}
    return receive_sheets(inspector=stage.J[number], sheets=list(sheets), **how)
