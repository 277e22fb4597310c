"""Chinese words for what the reader of documents finds: one short reason and remedy per kind of mistake."""

from typing import Any

_AS_DESCRIBED = "请按说明书的样子写。"
_GROUP = ("应为一组“键: 值”", _AS_DESCRIBED)

_FIXED: dict[str, tuple[str, str]] = {
    "missing": ("缺少这一项", "请补上。"),
    "extra_forbidden": ("没有这样的写法", "请核对拼写，或删去。"),
    "string_type": ("应为文字", "请加上引号或改写。"),
    "dict_type": _GROUP,
    "model_type": _GROUP,
    "model_attributes_type": _GROUP,
    "tuple_type": ("应为一列，每行以“-”开头", _AS_DESCRIBED),
    "bool_type": ("应为“是”或“否”", "请改写。"),
    "bool_parsing": ("应为“是”或“否”", "请改写。"),
    "string_too_short": ("不能为空", "请填写。"),
    "too_short": ("至少要有一项", "请补上。"),
    "string_pattern_mismatch": ("只能用小写字母、数字和短横，最长 40 个", "请改写。"),
    "union_tag_not_found": ("没有写明用哪种规则", "请写 kind。"),
}

_LIMITS = {
    "greater_than": ("gt", "应大于 {}"),
    "greater_than_equal": ("ge", "不应小于 {}"),
    "less_than": ("lt", "应小于 {}"),
    "less_than_equal": ("le", "不应大于 {}"),
    "string_too_long": ("max_length", "最多 {} 个字"),
    "too_long": ("max_length", "最多 {} 项"),
}


def chinese_reason(item: dict[str, Any]) -> tuple[str, str]:
    """Reason and remedy for one of pydantic's errors."""
    kind, context = item["type"], item.get("ctx") or {}
    if item.get("input", "") is None and kind != "missing":
        return "没有填写", "请填写，或删去这一行。"
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        return words.format(context.get(key)), "请修改。"
    if kind == "value_error":
        reason = str(context.get("error", "值不对"))
        return reason, "请写成 85、0.5、40% 或 1/3 这样的数。" if reason == "不是数" else "请修改。"
    if kind in ("union_tag_invalid", "literal_error"):
        return "没有这种规则或选项", f"可用：{_choices(context)}。"
    return "写法不对", "请对照说明书修改。"


def value_shown(item: dict[str, Any]) -> str:
    """What the document says at the place of the mistake; nothing for whole groups and lists."""
    given = (item.get("ctx") or {}).get("tag", item.get("input"))
    return "" if given is None or isinstance(given, (dict, list)) else str(given)[:40]


def _choices(context: dict[str, Any]) -> str:
    """pydantic's ``'a', 'b' or 'c'`` as ``a、b、c``."""
    listed = str(context.get("expected_tags") or context.get("expected", ""))
    return listed.replace(" or ", "、").replace(", ", "、").replace("'", "")
