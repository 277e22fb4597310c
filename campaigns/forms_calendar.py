"""Forms of the county's calendar: one day, or many lines pasted at once; every line that is wrong is told, at once."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .forms import YEARS, date_field
from .services.holidays import HolidayFacts
from .workdays import SATURDAY, weekday

_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_LINE = re.compile(rf"^{_DAY}(?:\s*(?:至|到|~|—|–)\s*{_DAY})?[\s,，、:：]*(.*)$")
#: Words of a name that say the day is worked.
_WORKED = re.compile("上班|补班")
_WIDE = str.maketrans("０１２３４５６７８９－／．～　\t", "0123456789-/.~  ")
MOST_SPAN, MOST_LINES, MOST_NAME = 31, 200, 40


class DayForm(forms.Form):
    on = date_field("日期", required=True)
    working = forms.ChoiceField(label="类别", choices=[("0", "放假"), ("1", "调休上班")])
    name = forms.CharField(label="名称", max_length=MOST_NAME, help_text="如：春节、调休上班。",
                           error_messages={"required": "请填写名称。"})  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        on, working = data.get("on"), data.get("working") == "1"
        if on and working and on.weekday() < SATURDAY:
            self.add_error("working", f"{on} 是{weekday(on)}，本来就上班，不用录入。")
        return data

    def facts(self) -> list[HolidayFacts]:
        data = self.cleaned_data
        return [HolidayFacts(data["on"], data["working"] == "1", data["name"])]


class LinesForm(forms.Form):
    lines = forms.CharField(
        label="逐行粘贴", widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="每行一天或一段，后面写名称；名称里有“上班”的记为调休上班。",
        error_messages={"required": "请粘贴至少一行。"},
    )  # fmt: skip

    def clean_lines(self) -> list[HolidayFacts]:
        rows, problems = read_lines(self.cleaned_data["lines"])
        if problems:
            raise ValidationError(problems)
        if not rows:
            raise ValidationError("没有读到日期。请按“2027-02-17 春节”的样子填写。")
        return rows

    def facts(self) -> list[HolidayFacts]:
        return self.cleaned_data["lines"]


def read_lines(text: str) -> tuple[list[HolidayFacts], list[str]]:
    """The days that the lines name, and every problem with its line."""
    found: dict[date, tuple[int, HolidayFacts]] = {}
    problems: list[str] = []
    lines = [(number, line.translate(_WIDE).strip()) for number, line in enumerate(text.splitlines(), 1)]
    wanted = [(number, line) for number, line in lines if line]
    if len(wanted) > MOST_LINES:
        return [], [f"共 {len(wanted)} 行，一次最多 {MOST_LINES} 行。请分几次粘贴。"]
    for number, line in wanted:
        rows, wrong = _read(line)
        if wrong:
            problems.append(f"第 {number} 行“{line[:30]}”：{wrong}")
        for row in rows:
            before = found.setdefault(row.on, (number, row))
            if before[1] != row:
                problems.append(
                    f"第 {number} 行“{line[:30]}”：{row.on} 在第 {before[0]} 行已写为“{before[1].name}”，请只留一行。"
                )
    return [row for _, row in found.values()], problems


def _read(line: str) -> tuple[list[HolidayFacts], str]:
    """The days of one line, or what is wrong with it."""
    match = _LINE.match(line)
    if match is None:
        return [], "看不出日期。请写成“2027-02-17 春节”。"
    name = match[7].strip()
    try:
        first = date(*map(int, match.group(1, 2, 3)))
        last = date(*map(int, match.group(4, 5, 6))) if match[4] else first
    except ValueError:
        return [], "没有这一天，请核对月和日。"
    if wrong := _wrong(first, last, name):
        return [], wrong
    working = bool(_WORKED.search(name))
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    ordinary = [day for day in days if working and day.weekday() < SATURDAY]
    if ordinary:
        return [], f"{ordinary[0]} 是{weekday(ordinary[0])}，本来就上班，不用录入。"
    return [HolidayFacts(day, working, name) for day in days], ""


def _wrong(first: date, last: date, name: str) -> str:
    if first.year not in YEARS or last.year not in YEARS:
        return f"年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间。"
    if last < first:
        return f"止日（{last}）早于起日（{first}）。"
    if (last - first).days >= MOST_SPAN:
        return f"一段最多 {MOST_SPAN} 天，请核对起止。"
    if not name:
        return "没有名称。请在日期后写明，如“春节”“调休上班”。"
    return f"名称超过 {MOST_NAME} 字。" if len(name) > MOST_NAME else ""

