"""The command ``verify``: one line per check of a bundle, then every problem, then the digests to compare."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from ..bundle import Check, Verification, verify_bundle
from ..bundle.contents import shown
from .printing import SIGNS, json_text, print_text


def verify(options: argparse.Namespace) -> int:
    """Check a bundle and compute it again; 1 when anything in it is not as it was."""
    found = verify_bundle(options.bundle)
    text = json_text(_facts(found)) if options.json else "".join(f"{line}\n" for line in _lines(options.bundle, found))
    # A text from a foreign file may hold what UTF-8 cannot write.
    print_text(text.encode("utf-8", "backslashreplace").decode())
    return 0 if found.ok else 1


def _lines(path: Path, found: Verification) -> Iterator[str]:
    yield f"{shown(path.name)}\n"
    for check in found.checks:
        yield f"{_sign(check)} {check.title}：{check.found if check.ok else f'有 {len(check.problems)} 处问题'}。"
        yield from (f"  {' '.join(str(problem).split())}" for problem in check.problems)
    yield ""
    if not found.ok:
        yield "核验没有通过：这不是出具时的原件，或结果不是由其中的办法和输入得出的。"
        return
    yield from (f"{name} {value}" for name, value in _digests(found).values())
    yield "核验通过。请把输入摘要、结果摘要与公布的对照，确认这就是公布的那一次计算。"


def _sign(check: Check) -> str:
    return SIGNS["bad" if not check.ok else "warn" if check.note else "ok"]


def _digests(found: Verification) -> dict[str, tuple[str, str]]:
    """What identifies a bundle, by its name in JSON, with its Chinese name; empty without a manifest."""
    if found.manifest is None:
        return {}
    return {
        "inputs_digest": ("输入摘要", found.manifest.inputs.digest),
        "outcome_digest": ("结果摘要", found.manifest.outcome_digest),
        "seal": ("封存摘要", found.manifest.seal),
    }


def _facts(found: Verification) -> dict[str, object]:
    checks = [
        {
            "title": check.title,
            "ok": check.ok,
            "found": check.found if check.ok else "",
            "problems": [problem.as_dict() for problem in check.problems],
        }
        for check in found.checks
    ]
    return {"ok": found.ok, **{key: value for key, (_, value) in _digests(found).items()}, "checks": checks}
