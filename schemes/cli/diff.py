"""The command ``diff``: two versions of a scheme, every difference in a sentence under its block."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict

from ..difference import Change, by_block, compare_schemes
from ..digest import digest_scheme
from ..document import Scheme
from ..files import open_scheme
from ..problems import Problem, ProblemsFound, errors
from .printing import json_text, print_text


def diff(options: argparse.Namespace) -> int:
    """0 whether or not the two differ: a difference is no problem. Problems of both documents are told at once."""
    old, new = _both(options.old, options.new)
    changes = compare_schemes(old, new)
    if options.json:
        print_text(json_text({"old": _facts(old), "new": _facts(new), "changes": [asdict(each) for each in changes]}))
    else:
        print_text(_text(old, new, changes))
    return 0


def _both(*named: str) -> tuple[Scheme, Scheme]:
    opened = [open_scheme(name) for name in named]
    problems: list[Problem] = [problem for _, found in opened for problem in found]
    old, new = (scheme for scheme, _ in opened)
    if old is None or new is None or errors(problems):
        raise ProblemsFound(problems)
    return old, new


def _facts(scheme: Scheme) -> dict[str, str]:
    return {"name": scheme.identity.name, "version": scheme.identity.version, "digest": digest_scheme(scheme)}


def _text(old: Scheme, new: Scheme, changes: Sequence[Change]) -> str:
    lines = [f"旧：{_title(old)}\n新：{_title(new)}\n"]
    for block, group in by_block(changes):
        lines.append(f"\n{block}\n")
        lines += [f"   {change.sentence}{_clauses(change)}。\n" for change in group]
    return "".join(lines) + (f"\n共 {len(changes)} 处不同。\n" if changes else "\n两版没有不同。\n")


def _title(scheme: Scheme) -> str:
    return f"{scheme.identity.name}（{scheme.identity.version}）"


def _clauses(change: Change) -> str:
    named = [clause for clause in (change.clause_before, change.clause_after) if clause]
    return f"（{'→'.join(dict.fromkeys(named))}）" if named else ""
