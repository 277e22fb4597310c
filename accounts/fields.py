"""A decimal stored as a scaled integer, so that SQLite and PostgreSQL keep and sum it exactly."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class ExactDecimalField(models.BigIntegerField):
    """Decimal with ``places`` decimals in a BIGINT column, worth ``10**-places`` a unit.

    Django's DecimalField becomes a binary float in SQLite and in its SUM; this does not. A value
    with more decimals than ``places`` is refused, never rounded: rounding is a rule of a scheme.
    """

    # What the type checker is told: a Decimal comes out, and one (or what makes one) goes in.
    _pyi_private_set_type: Decimal | int | str | None  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    description = "Exact decimal (scaled integer)"

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            raise ValidationError("不能用浮点数，请用十进制数。", code="float")
        try:
            return Decimal(value)
        except ArithmeticError as error:
            raise ValidationError(f"“{value}”不是数。", code="invalid") from error

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(value)
        if number is None:
            return None
        scaled = number.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValidationError(f"{number} 多于 {self.places} 位小数。", code="places")
        return int(scaled)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)
