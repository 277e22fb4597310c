"""axe-core in a page of the browser: what it finds wrong, as short lines. No tests here."""

from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
ASK = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((rule) => ({
    rule: rule.id, help: rule.help, where: rule.nodes.slice(0, 3).map((node) => node.target.join(" ")),
    many: rule.nodes.length,
  }));
}"""


@cache
def source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Any) -> list[str]:
    """One line per broken rule; empty when nothing is wrong. Goes in through the debugger, past the content policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(source())
    return [f"{each['rule']} ×{each['many']}: {each['help']} {each['where']}" for each in page.evaluate(ASK)]
