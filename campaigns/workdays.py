"""Working days: Monday to Friday, save the days that the county entered otherwise (`Holiday`). Reads only.

Days off and made-up working days are decided year by year (国务院办公厅); none are shipped here.
"""

from datetime import date, timedelta

from .models import Holiday

SATURDAY = 5


def entered_days() -> dict[date, bool]:
    """Every day of the open tenant that departs from the week: True where it is worked."""
    return dict(Holiday.objects.values_list("on", "working"))


def is_working_day(day: date, entered: dict[date, bool] | None = None) -> bool:
    """``entered``: what :func:`entered_days` answered, for who asks of many days."""
    days = entered_days() if entered is None else entered
    return days.get(day, day.weekday() < SATURDAY)


def add_working_days(start: date, n: int) -> date:
    """The ``n``-th working day after ``start``, whose own day does not count; for 0 ``start`` itself."""
    if n < 0:
        raise ValueError("working days are counted forward")
    entered, day = entered_days(), start
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day, entered)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie from ``first`` to ``last``, both counted; 0 when ``last`` is the earlier."""
    entered = entered_days()
    days = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return sum(is_working_day(day, entered) for day in days)


def weekday(day: date) -> str:
    """周三."""
    return "周" + "一二三四五六日"[day.weekday()]
