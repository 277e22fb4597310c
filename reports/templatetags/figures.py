"""`{% load figures %}`: small helpers of the pages of figures; everything else is in `biaogan`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template

from ..queries import figures

register = template.Library()


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value of ``key``: `{{ positions|of:row.tier }}`. A tier nobody has named stands last."""
    return mapping.get(key, len(mapping) + 1)


@register.filter
def points(value: Decimal) -> str:
    """Points as people write them: 4.0, 2.6, 0.25."""
    return figures.points_text(value)


@register.filter
def amount(value: Decimal) -> str:
    """An amount in 万元 without needless zeros: 99.7, 330, −0.9."""
    return figures.plain_text(value).replace("-", "−")
