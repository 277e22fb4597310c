"""Forms of awarding and money: the pattern of plaque numbers, and the document that issues subsidies."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from campaigns.forms_titles import day_field
from campaigns.models import Subsidy
from campaigns.services.plaques import USUAL_PATTERN, PlaquesRefused, check_pattern

WAYS = [("chosen", "表中勾选的"), ("all", "当前筛选出的全部待办理款项")]


class PlaquesForm(forms.Form):
    pattern = forms.CharField(
        label="编号样式", max_length=60, initial=USUAL_PATTERN,
        help_text="{年}、{轮次}、{等次} 换成这个称号的；{序号:03} 接着用过的最大号往下编，至少 3 位。",
        error_messages={"required": "请填写编号样式。"},
    )  # fmt: skip

    def clean_pattern(self) -> str:
        pattern = self.cleaned_data["pattern"].strip()
        try:
            check_pattern(pattern)
        except PlaquesRefused as refused:
            raise ValidationError(str(refused)) from refused
        return pattern


class IssueForm(forms.Form):
    """One document for many lines: those ticked, or all of the filter that were not issued."""

    way = forms.ChoiceField(label="办理哪些", choices=WAYS, initial="chosen", widget=forms.RadioSelect)
    document_no = forms.CharField(label="文号", max_length=60, help_text="如 建组〔2026〕12号。",
                                  error_messages={"required": "请填写下达补助的文号。"})  # fmt: skip
    on = day_field("下达日期")

    def __init__(self, *args: Any, rows: QuerySet[Subsidy], ticked: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open = rows.filter(issued_on=None)
        self.ticked = set(ticked)

    def chosen(self) -> list[Subsidy]:
        every = list(self.open)
        return every if self.cleaned_data["way"] == "all" else [row for row in every if str(row.pk) in self.ticked]
