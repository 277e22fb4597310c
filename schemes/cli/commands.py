"""The commands: each reads what it was given, calls the engine once, and prints or writes the answer."""

import argparse
from collections.abc import Callable
from dataclasses import asdict

from ..describe import describe
from ..digest import digest_inputs, digest_outcome, digest_scheme
from ..document import Scheme
from ..engine import ENGINE_VERSION, compute
from ..explain import explain
from ..files import Loaded, Sources, load_inputs, open_scheme, require_scheme
from ..outcome import Outcome
from ..problems import Problem, ProblemsFound, errors
from ..replay import replay, replayable
from .printing import (
    json_text,
    outcome_csv,
    print_description,
    print_explanation,
    print_problems,
    print_replay,
    print_text,
    write_result,
)


def check(options: argparse.Namespace) -> int:
    """All problems of a scheme; warnings do not make it unusable."""
    scheme, problems = open_scheme(options.scheme)
    usable = scheme is not None and not errors(problems)
    print_problems(problems)
    if options.json:
        print_text(json_text({"ok": usable, "problems": [problem.as_dict() for problem in problems]}))
    elif scheme is not None and usable:
        name, version = scheme.identity.name, scheme.identity.version
        print_text(f"{name}（{version}）可以使用。办法摘要：{digest_scheme(scheme)[:12]}\n")
    return 0 if usable else 1


def describe_scheme(options: argparse.Namespace) -> int:
    scheme = require_scheme(options.scheme)
    paragraphs = describe(scheme)
    if options.json:
        print_text(json_text({"name": scheme.identity.name, "paragraphs": [asdict(p) for p in paragraphs]}))
    else:
        print_description(scheme, paragraphs)
    return 0


def compute_outcome(options: argparse.Namespace) -> int:
    """Every entry's score, rank and outcome, to a file or the screen."""
    if options.out.lower().endswith(".json") and not options.json:
        raise ProblemsFound(
            [Problem(file=options.out, reason="没有加 --json，结果是 CSV", remedy="请改成 .csv 或加上 --json。")]
        )
    scheme, loaded = _load(options)
    outcome = compute(scheme, loaded.inputs)
    print_problems(loaded.notes)
    text = json_text(_sealed(scheme, outcome)) if options.json else outcome_csv(outcome)
    write_result(options.out, text)
    return 0


def explain_entry(options: argparse.Namespace) -> int:
    """How one entry came to its score and outcome."""
    scheme, loaded = _load(options)
    try:
        entry = loaded.inputs.entry_at(options.round, options.org)
    except KeyError:
        reason = f"这个组织没有申报第 {options.round} 轮"
        raise ProblemsFound([Problem(value=options.org, reason=reason, remedy="请核对代码与轮次。")]) from None
    outcome = compute(scheme, loaded.inputs)
    names = {"organizations": loaded.organizations, "inspectors": loaded.inspectors}
    found = explain(scheme, loaded.inputs, outcome, entry, **names)
    print_problems(loaded.notes)
    if options.json:
        print_text(json_text(asdict(found)))
    else:
        print_explanation(scheme, found, loaded.organizations)
    return 0


def replay_county(options: argparse.Namespace) -> int:
    """Published figures beside computed ones; 1 when any of them differs."""
    if options.county not in replayable():
        remedy = f"可以比对的有：{'、'.join(replayable())}。"
        raise ProblemsFound([Problem(value=options.county, reason="没有这个县（市、区）的公开数字", remedy=remedy)])
    found = replay(options.county)
    if options.json:
        print_text(json_text({"ok": found.ok, **asdict(found)}))
    else:
        print_replay(found)
    return 0 if found.ok else 1


def _load(options: argparse.Namespace) -> tuple[Scheme, Loaded]:
    scheme = require_scheme(options.scheme)
    files = (options.nominations, options.sheets, options.inspectors, options.organizations)
    return scheme, load_inputs(scheme, Sources(*files, round=options.round))


def _sealed(scheme: Scheme, outcome: Outcome) -> dict[str, object]:
    """The outcome with the digests that tie it to its scheme and inputs."""
    return {
        "scheme": {"name": scheme.identity.name, "version": scheme.identity.version, "digest": digest_scheme(scheme)},
        "engine_version": ENGINE_VERSION,
        "inputs_digest": digest_inputs(outcome.inputs),
        "outcome_digest": digest_outcome(outcome),
        "entries": [asdict(row) for row in outcome.rows()],
        "groups": [{**asdict(found), "elimination_rate": found.elimination_rate} for found in outcome.groups],
    }


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": check,
    "describe": describe_scheme,
    "compute": compute_outcome,
    "explain": explain_entry,
    "replay": replay_county,
}
