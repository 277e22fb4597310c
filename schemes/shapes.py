"""The shape of a scheme document as forms need it, read from the models themselves: a new rule kind has a form at once.

Responsible for what may stand at a place (a number, one of some choices, a list of groups of one kind…) and what it is
called. Leaves alone how it looks and what was typed.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from .exact import decimal_text, percent_text
from .labels import KIND_NAMES, choice_of, hint_of, label_of


@dataclass(frozen=True)
class Leaf:
    """A value: ``text``, ``number``, ``share``, ``whole``, ``yes_no``, ``day``, ``choice``, ``words`` (one a line)."""

    kind: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Lines:
    """A list of things of one shape."""

    item: "Shape"


@dataclass(frozen=True)
class Entries:
    """Named things of one shape."""

    value: "Shape"


@dataclass(frozen=True)
class Group:
    """The fields of a model."""

    model: type[BaseModel]

    @cached_property
    def fields(self) -> tuple["Field", ...]:
        """In the order of the document; what can only be said in one way is not asked."""
        found = (_field(self.model, name, info) for name, info in self.model.model_fields.items())
        return tuple(field for field in found if field is not None)

    def field(self, name: str) -> "Field | None":
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True)
class Kinds:
    """A group of one of several kinds, named by its ``kind``; ``unsaid`` is meant where a group names none."""

    groups: tuple[tuple[str, Group], ...]
    unsaid: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((kind, KIND_NAMES.get(kind, kind)) for kind, _ in self.groups)

    def group(self, kind: Any) -> Group | None:
        return dict(self.groups).get(kind) if isinstance(kind, str) else None

    def kind_of(self, value: Any) -> str:
        """What kind a written group is; empty for none."""
        kind = value.get("kind", self.unsaid) if isinstance(value, dict) and value else ""
        return kind if isinstance(kind, str) else ""


Shape: TypeAlias = Leaf | Lines | Entries | Group | Kinds


@dataclass(frozen=True)
class Field:
    """``required``: must be written; ``may_lack``: a group that is there or not; ``default``: what holds where nothing
    is written, as a person would type it."""

    model: str
    name: str
    label: str
    hint: str
    shape: Shape
    required: bool
    may_lack: bool
    default: str


@cache
def shape_of(model: type[BaseModel]) -> Group:
    return Group(model)


def _field(model: type[BaseModel], name: str, info: FieldInfo) -> Field | None:
    shape = _shape(info.annotation, tuple(info.metadata), name)
    if isinstance(shape, Leaf) and shape.kind == "choice" and len(shape.choices) == 1:
        return None
    owner = next((each.__name__ for each in reversed(model.__mro__) if name in getattr(each, "model_fields", {})), "")
    may_lack = isinstance(shape, Group | Kinds) and info.default is None
    facts = (owner, name, label_of(model, name), hint_of(model, name), shape)
    return Field(*facts, info.is_required(), may_lack, _default_text(info, shape))


def _shape(annotation: Any, metadata: tuple[Any, ...], name: str) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], (*metadata, *arguments[1:]), name)
    if origin in (Union, UnionType):
        return _union(arguments, metadata, name)
    if origin is Literal:
        return Leaf("choice", tuple((str(value), choice_of(name, str(value))) for value in arguments))
    if origin in (tuple, list):
        item = _shape(arguments[0], (), name)
        return Leaf("words") if item == Leaf("text") else Lines(item)
    if origin is dict:
        return Entries(_shape(arguments[1], (), name))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of(annotation)
    return Leaf(_leaf_kind(annotation, metadata))


def _union(arguments: tuple[Any, ...], metadata: tuple[Any, ...], name: str) -> Shape:
    """Several groups are told apart by their kind; of a value that may be missing the value is asked."""
    present = [argument for argument in arguments if argument is not NoneType]
    groups = [argument for argument in present if isinstance(argument, type) and issubclass(argument, BaseModel)]
    if len(groups) == len(present) > 1:
        kinds = tuple((_kind_of(group), shape_of(group)) for group in groups)
        return Kinds(kinds, kinds[0][0] if any(isinstance(each, BeforeValidator) for each in metadata) else "")
    return _shape(present[0], metadata, name) if len(present) == 1 else Leaf("text")


def _kind_of(model: type[BaseModel]) -> str:
    return str(get_args(model.model_fields["kind"].annotation)[0])


def _leaf_kind(annotation: Any, metadata: tuple[Any, ...]) -> str:
    if annotation is Fraction:
        return "share" if any(_upper(each) == 1 for each in metadata) else "number"
    return {int: "whole", bool: "yes_no", date: "day"}.get(annotation, "text")


def _upper(constraint: Any) -> Any:
    """The most a constraint allows, whether it stands alone or within a FieldInfo."""
    inner = [_upper(each) for each in getattr(constraint, "metadata", ())]
    return getattr(constraint, "le", None) or next((most for most in inner if most is not None), None)


def _default_text(info: FieldInfo, shape: Shape) -> str:
    default = info.default
    if isinstance(shape, Kinds) and isinstance(default, BaseModel):
        return _kind_of(type(default))
    if default is None or default is PydanticUndefined or not isinstance(shape, Leaf):
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, Fraction):
        return percent_text(default) if shape.kind == "share" else decimal_text(default)
    return "" if isinstance(default, tuple) else str(default)
