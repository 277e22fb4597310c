"""From the text of a document to a plain tree of values, safely and with line numbers.

YAML and JSON are one language here (JSON is YAML). Anchors, aliases, tags, duplicate keys, deep nesting and
huge files are refused before anything is built, so a hostile document costs bounded time and memory.
Numbers are kept as their own text until a rule reads them exactly; a binary float never exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from .problems import Problem, ProblemsFound

MAX_CHARACTERS = 2_000_000
MAX_NODES = 200_000
MAX_DEPTH = 40

_NULLS = frozenset({"", "~", "null"})
_BOOLEANS = {"true": True, "false": False, "是": True, "否": False}


@dataclass
class Document:
    """A tree of dict, list, str, bool and None; ``lines`` maps a path such as ``tiers[0].name`` to its line."""

    tree: Any
    lines: dict[str, int] = field(default_factory=dict)

    def line(self, path: str) -> int | None:
        """The line of ``path``, or of its nearest ancestor."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)


def load_document(text: str | bytes, *, name: str = "办法") -> Document:
    """Read a scheme document. Raises ProblemsFound for text that is not one."""
    source = _decode(text, name)
    if len(source) > MAX_CHARACTERS:
        raise _refusal(name, None, "文件过大", f"请控制在 {MAX_CHARACTERS // 10**6} MB 以内。")
    try:
        _refuse_hostile(source, name)
        root = yaml.compose(source, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ProblemsFound([_syntax_problem(error, name)]) from None
    if root is None:
        raise ProblemsFound([Problem(file=name, reason="文件是空的", remedy="请填写办法内容。")])
    document, problems = Document(tree=None), list[Problem]()
    document.tree = _build(root, "", document.lines, problems, name)
    if problems:
        raise ProblemsFound(problems)
    return document


def _decode(text: str | bytes, name: str) -> str:
    if isinstance(text, str):
        # Half of a surrogate pair is no character; the parser would fail on it.
        return text.encode("utf-8", "replace").decode()
    if len(text) > 4 * MAX_CHARACTERS:
        raise _refusal(name, None, "文件过大", f"请控制在 {MAX_CHARACTERS // 10**6} MB 以内。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ProblemsFound([Problem(file=name, reason="文字编码无法识别", remedy="请另存为 UTF-8。")])


def _refuse_hostile(source: str, name: str) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(source, Loader=yaml.CSafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal(name, line, "不能使用锚点和引用（& 与 *）", "请把内容直接写出来。")
        if getattr(event, "tag", None):
            raise _refusal(name, line, "不能使用标签（!）", "请去掉标签。")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _refusal(name, line, f"嵌套超过 {MAX_DEPTH} 层", "请减少层级。")
        if nodes > MAX_NODES:
            raise _refusal(name, line, f"内容超过 {MAX_NODES} 项", "请拆分或精简。")


def _refusal(name: str, line: int | None, reason: str, remedy: str) -> ProblemsFound:
    return ProblemsFound([Problem(file=name, row=line, reason=reason, remedy=remedy)])


def _syntax_problem(error: yaml.YAMLError, name: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    return Problem(
        file=name,
        row=mark.line + 1 if mark else None,
        reason="格式不对，无法读出内容",
        remedy="请检查这一行附近的缩进、冒号和引号。",
    )


def _build(node: yaml.Node, path: str, lines: dict[str, int], problems: list[Problem], name: str) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(node, path, lines, problems, name)
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, f"{path}[{i}]", lines, problems, name) for i, child in enumerate(node.value)]
    return _scalar(str(node.value), quoted=bool(getattr(node, "style", None)))


def _build_mapping(
    node: yaml.MappingNode, path: str, lines: dict[str, int], problems: list[Problem], name: str
) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            reason = "冒号前应为一个词"
            problems.append(Problem(file=name, row=line, place=path, reason=reason, remedy="请改写。"))
            continue
        key = str(key_node.value)
        if key in tree:
            reason = "同一处写了两次"
            problems.append(Problem(file=name, row=line, place=path, value=key, reason=reason, remedy="请只留一处。"))
        tree[key] = _build(value_node, f"{path}.{key}" if path else key, lines, problems, name)
    return tree


def _scalar(text: str, *, quoted: bool) -> Any:
    """Numbers stay text; only a bare word may mean nothing, yes or no."""
    word = text.lower()
    if quoted or word not in _NULLS | _BOOLEANS.keys():
        return text
    return _BOOLEANS.get(word)


def walk(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every node of a tree with its path, depth first."""
    yield path, tree
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from walk(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for i, value in enumerate(tree):
            yield from walk(value, f"{path}[{i}]")
