"""The commands: each reads what it was given, calls the engine once, and prints or writes the answer."""

import argparse
from collections.abc import Callable
from dataclasses import asdict

from ..bundle import bundle_of, input_files
from ..describe import describe
from ..digest import digest_inputs, digest_outcome, digest_scheme
from ..document import Scheme
from ..engine import ENGINE_VERSION, compute
from ..explain import explain
from ..files import Loaded, Sources, load_inputs, open_scheme, read_bytes, require_scheme, scheme_path
from ..outcome import Outcome
from ..problems import Problem, ProblemsFound, errors
from ..replay import replay, replayable
from .diff import diff
from .printing import (
    consequence_line,
    consequences_csv,
    json_text,
    outcome_csv,
    parents_csv,
    print_description,
    print_explanation,
    print_problems,
    print_replays,
    print_text,
    write_bytes,
    write_result,
)
from .verify import verify


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
    if options.consequences:
        write_result(options.consequences, consequences_csv(outcome))
    if options.parents:
        write_result(options.parents, parents_csv(outcome))
    if options.bundle:
        files = input_files(scheme, loaded.inputs)
        source = read_bytes(scheme_path(options.scheme)).decode("utf-8")
        write_bytes(options.bundle, bundle_of(source, files, scheme, loaded.inputs, outcome))
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


def replay_counties(options: argparse.Namespace) -> int:
    """Published figures beside computed ones, county by county; 1 when any of them differs."""
    if unknown := [name for name in options.counties if name not in replayable()]:
        remedy = f"可以比对的有：{'、'.join(replayable())}。"
        raise ProblemsFound([Problem(value="、".join(unknown), reason="没有公开的数字可比", remedy=remedy)])
    found = [replay(name) for name in options.counties or replayable()]
    agree = all(each.ok for each in found)
    if options.json:
        print_text(json_text({"ok": agree, "counties": [{"ok": each.ok, **asdict(each)} for each in found]}))
    else:
        print_replays(found)
    return 0 if agree else 1


def _load(options: argparse.Namespace) -> tuple[Scheme, Loaded]:
    scheme = require_scheme(options.scheme)
    files = (options.nominations, options.sheets, options.inspectors, options.organizations)
    more = {"facts": options.facts, "events": options.events}
    return scheme, load_inputs(scheme, Sources(*files, round=options.round, **more))


def _sealed(scheme: Scheme, outcome: Outcome) -> dict[str, object]:
    """The outcome with the digests that tie it to its scheme and inputs."""
    return {
        "scheme": {"name": scheme.identity.name, "version": scheme.identity.version, "digest": digest_scheme(scheme)},
        "engine_version": ENGINE_VERSION,
        "inputs_digest": digest_inputs(outcome.inputs),
        "outcome_digest": digest_outcome(outcome),
        "entries": [asdict(row) for row in outcome.rows()],
        "consequences": [consequence_line(outcome, row) for row in outcome.consequences],
        "parents": [asdict(row) for row in outcome.parents],
        "groups": [{**asdict(found), "elimination_rate": found.elimination_rate} for found in outcome.groups],
    }


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": check,
    "describe": describe_scheme,
    "compute": compute_outcome,
    "explain": explain_entry,
    "replay": replay_counties,
    "verify": verify,
    "diff": diff,
}
