"""From the text of a document to a Scheme: every problem at once, in Chinese, with its place and line."""

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from .checking import check_scheme
from .document import Scheme
from .loading import Document, load_document
from .problems import Problem, ProblemsFound, errors
from .words import chinese_reason, value_shown


def read_scheme(text: str | bytes, *, name: str = "办法") -> Scheme:
    """Read and check a scheme document. Raises ProblemsFound with every problem; warnings do not stop it."""
    scheme, problems = examine_scheme(text, name=name)
    if scheme is None or errors(problems):
        raise ProblemsFound(problems)
    return scheme


def examine_scheme(text: str | bytes, *, name: str = "办法") -> tuple[Scheme | None, list[Problem]]:
    """Read a document as far as it goes: the scheme (None when its shape is wrong) and all problems and warnings."""
    try:
        document = load_document(text, name=name)
    except ProblemsFound as found:
        return None, list(found.problems)
    try:
        scheme = Scheme.model_validate(document.tree)
    except ValidationError as error:
        items = [item for item in error.errors(include_url=False) if not _is_echo(item)]
        return None, [_shape_problem(item, document, name) for item in items]
    return scheme, [_located(problem, document, name) for problem in check_scheme(scheme)]


def _is_echo(item: Any) -> bool:
    """A list is also called too short when all of its lines are wrong; the lines themselves say it better."""
    return item["type"] == "too_short" and bool(item["input"])


def _shape_problem(item: Any, document: Document, name: str) -> Problem:
    place = _path(item["loc"], document.tree)
    reason, remedy = chinese_reason(item)
    if item["type"] in ("union_tag_invalid", "union_tag_not_found"):
        place = f"{place}.kind"
    row, shown = document.line(place), value_shown(item)
    return Problem(file=name, row=row, place=place or "整个文件", value=shown, reason=reason, remedy=remedy)


def _path(location: tuple[Any, ...], tree: Any) -> str:
    """A pydantic location as a document path, leaving out the union tags it puts between."""
    path, node = "", tree
    for step in location:
        if isinstance(step, int):
            path, node = f"{path}[{step}]", node[step] if isinstance(node, list) and step < len(node) else None
        elif isinstance(node, dict) and step not in node and node.get("kind", "points") == step:
            continue
        else:
            path, node = f"{path}.{step}" if path else str(step), node.get(step) if isinstance(node, dict) else None
    return path


def _located(problem: Problem, document: Document, name: str) -> Problem:
    return replace(problem, file=name, row=document.line(problem.place))
