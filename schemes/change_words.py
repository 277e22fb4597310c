"""How the values of a scheme read in a sentence about a change: choices, shares, texts, rules, parts.

Nothing here decides whether something changed; two values that differ are shown differently wherever that is possible.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .checking import check_scheme
from .describe import CriterionLine, criteria_lines, describe
from .document import Scheme
from .exact import decimal_text, share_text
from .labels import KIND_NAMES, SPOKEN, choice_of, label_of
from .matching import name_of
from .problems import errors

LONGEST_TEXT, LONGEST_LIST, LEAD = 60, 8, 8

#: Figures that are points, by model.
POINTS: dict[str, tuple[str, ...]] = {
    "Badge": ("at_least",),
    "Ballots": ("max",),
    "Band": ("points",),
    "Bonus": ("points",),
    "ByFormula": ("max",),
    "Criteria": ("full_marks", "cap", "floor"),
    "Deduction": ("max", "floor", "step"),
    "DeductionItem": ("points", "most"),
    "EventItem": ("points", "most"),
    "EventPoints": ("from_full", "floor", "most"),
    "Grade": ("threshold",),
    "Linear": ("points", "most", "least"),
    "Node": ("cap", "floor"),
    "Points": ("max", "step", "min"),
    "Propagation": ("points", "cap", "floor"),
    "RankPoints": ("points", "first", "step", "others"),
    "RatioToBest": ("points", "others"),
    "Reinspection": ("revoke_below",),
    "Tier": ("threshold",),
    "YesNoMark": ("max", "no"),
    "ZeroScore": ("score",),
}
UNITS: dict[tuple[str, str], str] = {
    **{(model, field): " 分" for model, fields in POINTS.items() for field in fields},
    ("CountOfGroup", "most"): " 个",
    ("Nominating", "statement_limit"): " 字",
    ("Panel", "size"): " 人",
    ("Quota", "places"): " 个",
    ("Subsidy", "wan"): " 万元",
    ("Tier", "target"): " 个",
}
#: Changes that people word otherwise than “label 由 old 改为 new”.
PHRASES: dict[tuple[str, str], str] = {
    ("Condition", "above"): "{subject}由高于 {old} 改为高于 {new}",
    ("Condition", "at_least"): "{subject}由不低于 {old} 改为不低于 {new}",
    ("Condition", "at_most"): "{subject}由不高于 {old} 改为不高于 {new}",
    ("Condition", "below"): "{subject}由低于 {old} 改为低于 {new}",
    ("EliminationRate", "minimum"): "{subject}由不低于 {old} 改为不低于 {new}",
    ("ShareOfGroup", "at_most_share"): "{subject}由 {old} 改为 {new}",
}


#: Keys that name the thing itself rather than another one, and how every other key is recognised.
OWN_KEYS = ("key", "name", "code", "version")
KEY_LENGTHS = {"min_length": 1, "max_length": 40}


@dataclass(frozen=True)
class View:
    """One of the two schemes, with what the engine says of it; of an unsound one only its shape is used."""

    scheme: Scheme

    @cached_property
    def sound(self) -> bool:
        return not errors(check_scheme(self.scheme))

    @cached_property
    def lines(self) -> dict[str, CriterionLine]:
        return {line.key: line for line in criteria_lines(self.scheme)} if self.sound else {}

    @cached_property
    def paragraphs(self) -> dict[str, tuple[str, ...]]:
        return {each.title: each.sentences for each in describe(self.scheme)} if self.sound else {}


@dataclass(frozen=True)
class Manner:
    """How the values of one field are written.

    ``names``: they are keys of figures, which people know by their names. ``spoken``: words for some of them.
    """

    field: str
    choice: bool
    share: bool
    names: bool
    unit: str
    spoken: Mapping[str, str]


@lru_cache(maxsize=1024)
def manner_of(model: type[BaseModel], name: str) -> Manner:
    info = model.model_fields[name]
    kinds = list(_annotations(info.annotation, info.metadata))
    return Manner(
        field=name,
        choice=any(get_origin(annotation) is Literal for annotation, _ in kinds),
        share=any(_bounds(metadata) == {"ge": 0, "le": 1} for _, metadata in kinds),
        names=name not in OWN_KEYS and any(_bounds(metadata) == KEY_LENGTHS for _, metadata in kinds),
        unit=UNITS.get((model.__name__, name), ""),
        spoken=SPOKEN.get((model.__name__, name), {}),
    )


def _annotations(annotation: Any, metadata: Any = ()) -> Iterator[tuple[Any, list[Any]]]:
    """An annotation and all inside it, each with the constraints written on it."""
    limits = [limit for each in metadata for limit in (each.metadata if isinstance(each, FieldInfo) else [each])]
    yield annotation, limits
    if get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            yield from _annotations(inner, getattr(annotation, "__metadata__", ()))


def _bounds(metadata: list[Any]) -> dict[str, Any]:
    names = ("ge", "le", "min_length", "max_length")
    return {name: getattr(limit, name) for limit in metadata for name in names if hasattr(limit, name)}


def word_for(model: type, field: str) -> str:
    """A field's label in a sentence: without the remark in brackets that it has in a form."""
    return label_of(model, field).partition("（")[0]


def is_empty(value: Any) -> bool:
    """Whether people would say that nothing is written there."""
    return value is None or (isinstance(value, (str, tuple, list, dict)) and not value)


def shown(value: Any, manner: Manner, view: View) -> str:
    """A value as it stands in a sentence."""
    if is_empty(value):
        return "无" if value is None else "空"
    if isinstance(value, BaseModel):
        return part_words(value, view)
    if isinstance(value, dict):
        return _listed([f"“{key}”{spaced(shown(each, manner, view)).rstrip()}" for key, each in value.items()])
    if isinstance(value, (tuple, list)):
        return _listed([shown(each, manner, view) for each in value])
    return _scalar(value, manner, view)


def _scalar(value: Any, manner: Manner, view: View) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Fraction):
        return share_text(value) if manner.share else f"{decimal_text(value)}{manner.unit}"
    if isinstance(value, int):
        return f"{value}{manner.unit}"
    if isinstance(value, date):
        return value.isoformat()
    if manner.choice:
        return choice_of(manner.field, str(value))
    if value in manner.spoken:
        return manner.spoken[value]
    text = view.scheme.name_of(value) if manner.names else str(value)
    return quoted(_cut(_one_line(text), 0))


def shown_pair(old: Any, new: Any, manner: Manner, views: tuple[View, View]) -> tuple[str, str]:
    """Both values; of long texts the part around their first difference."""
    before, after = shown(old, manner, views[0]), shown(new, manner, views[1])
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > LONGEST_TEXT:
        before, after = _excerpts(_one_line(old), _one_line(new))
    return (before, after) if before != after else (f"“{old}”", f"“{new}”")


def quoted(text: str) -> str:
    """In quotation marks; those inside become single ones."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def spaced(words: str) -> str:
    """With the space that stands between Chinese and a figure, where the words begin or end with one."""
    before, after = (" " if sign.isascii() else "" for sign in (words[0], words[-1]))
    return f"{before}{words}{after}"


def _excerpts(old: str, new: str) -> tuple[str, str]:
    pairs = zip(old, new, strict=False)
    first = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
    start = max(first - LEAD, 0)
    return quoted(_cut(old, start)), quoted(_cut(new, start))


def _cut(text: str, start: int) -> str:
    end = start + LONGEST_TEXT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _one_line(text: str) -> str:
    return text.replace("\n", "↵")


def _listed(words: list[str]) -> str:
    more = f"等 {len(words)} 项" if len(words) > LONGEST_LIST else ""
    return "、".join(words[:LONGEST_LIST]) + more


def part_words(part: BaseModel, view: View) -> str:
    """A part in words: its own sentence where it has one, else its name and what is not as usual."""
    if sentence := said_by(part, "sentence", view):
        return sentence
    kind = getattr(part, "kind", None)
    words = [KIND_NAMES.get(kind, kind)] if isinstance(kind, str) else []
    words += [f"“{name_of(part)}”"] if name_of(part) else []
    words += [
        _field_words(part, field, view)
        for field, info in type(part).model_fields.items()
        if field not in ("kind", "key", "name") and getattr(part, field) != info.get_default(call_default_factory=True)
    ]
    return "，".join(words) or "照通常的写法"


def _field_words(part: BaseModel, field: str, view: View) -> str:
    model = type(part)
    return f"{word_for(model, field)}{spaced(shown(getattr(part, field), manner_of(model, field), view)).rstrip()}"


def said_by(part: Any, what: str, view: View) -> str:
    """What a part says itself (``sentence``, ``title``), given what it asks for; nothing in an unsound scheme."""
    method = getattr(part, what, None)
    if not callable(method) or not view.sound:
        return ""
    wanted = list(inspect.signature(method).parameters)
    known = {"scheme": view.scheme, "name_of": view.scheme.name_of}
    return str(method(*(known[name] for name in wanted))) if set(wanted) <= set(known) else ""
