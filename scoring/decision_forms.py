"""Forms between a computed and a published outcome: they check what a person typed and keep it; writing is the
services'.
"""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.enums import OrganizationKind
from accounts.models import Membership, Organization
from campaigns.forms import date_field
from campaigns.models import Nomination

from .enums import DecisionKind, ObjectionState, RaisedAs
from .models import Objection, PublicNotice
from .services.notices import MOST_DAYS, USUAL_DAYS

SEVERAL_LINES = {"rows": 5}


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(label="决定", choices=DecisionKind.choices)
    reason = forms.CharField(label="事由", max_length=200, error_messages={"required": "请写明事由。"},
                             widget=forms.TextInput(attrs={"placeholder": "如：信访事项正在核查"}))  # fmt: skip
    document_no = forms.CharField(label="文号", max_length=60, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label="核查意见", max_length=200, error_messages={"required": "请写明核查意见。"},
                           widget=forms.TextInput(attrs={"placeholder": "如：已与评委核对，属实"}))  # fmt: skip


class NoticeForm(forms.Form):
    """``title``, ``text`` and ``channels`` begin with the usual words and may all be changed."""

    title = forms.CharField(label="标题", max_length=120, error_messages={"required": "请填写公示标题。"})
    text = forms.CharField(label="正文", max_length=1000, required=False, widget=forms.Textarea(attrs=SEVERAL_LINES),
                           help_text="名单列在正文之后，只有单位，没有得分、名次和个人信息。")  # fmt: skip
    opens_on = date_field("公示开始", required=True)
    working_days = forms.IntegerField(label="工作日", min_value=1, max_value=MOST_DAYS,
                                      error_messages={"required": "请填写公示多少个工作日。"})  # fmt: skip
    channels = forms.CharField(label="反映渠道", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                               help_text="主管单位的电话、地址、邮箱；以单位名义反映的加盖公章，以个人名义反映的署实名。",
                               error_messages={"required": "请写明怎样反映问题，如电话和地址。"})  # fmt: skip

    def clean_opens_on(self) -> date:
        day: date = self.cleaned_data["opens_on"]
        if day < timezone.localdate():
            raise ValidationError(f"公示不能从过去的日期开始，今天是 {timezone.localdate()}。")
        return day

    @property
    def short(self) -> bool:
        """Fewer working days than is usual."""
        days = self["working_days"].value()
        return str(days).isdecimal() and int(days) < USUAL_DAYS


def entries_of(notice: PublicNotice, membership: Membership) -> dict[str, list[tuple[str, str]]]:
    """What an objection may be about: those on the notice, and a township's own entries of the round. No outcomes."""
    shown = {row["id"]: row["organization"] for row in notice.rows if row.get("id")}
    own = Nomination.objects.filter(round=notice.computation.round_id, results__computation=notice.computation_id)
    if membership.organization_id:
        own = own.filter(township=membership.organization_id)
    rest = own.order_by("organization__path").values_list("organization_id", "organization__name")
    return {
        "公示名单": list(shown.items()),
        "本乡镇其他参评单位" if membership.organization_id else "其他参评单位": [
            (str(pk), name) for pk, name in rest if str(pk) not in shown
        ],
    }


class ObjectionForm(forms.Form):
    """A township's own: about whom, and what."""

    organization = forms.ChoiceField(label="针对的单位", required=False)
    text = forms.CharField(label="异议内容", max_length=1000, widget=forms.Textarea(attrs=SEVERAL_LINES),
                           help_text="写清事实和理由，最多 1000 字。请不要写个人的证件号码。",
                           error_messages={"required": "请填写异议内容。"})  # fmt: skip

    def __init__(self, *args: Any, notice: PublicNotice, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(name, rows) for name, rows in entries_of(notice, membership).items() if rows]
        self.fields["organization"].choices = [("", "整个公示"), *groups]  # type: ignore[attr-defined]

    def clean_organization(self) -> Organization | None:
        chosen = self.cleaned_data["organization"]
        return Organization.objects.get(pk=chosen) if chosen else None


class NotedObjectionForm(ObjectionForm):
    """What came to the office in writing, by telephone or in person."""

    raised_as = forms.ChoiceField(
        label="提出方式", choices=[each for each in RaisedAs.choices if each[0] != RaisedAs.PAGE]
    )
    township = forms.ModelChoiceField(label="提出的乡镇（街道）", queryset=Organization.objects.none(), required=False,
                                      empty_label="不是乡镇（街道）提出的")  # fmt: skip
    received_on = date_field("收到日期", required=True)
    due_on = date_field("办理期限")

    field_order = ("raised_as", "township", "received_on", "due_on", "organization", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Organization.objects.filter(kind=OrganizationKind.TOWNSHIP).order_by("path")
        self.fields["township"].queryset = townships  # type: ignore[attr-defined]
        self.fields["due_on"].help_text = "不填为收到后 10 个工作日。"
        if not self.is_bound:
            self.initial.setdefault("received_on", timezone.localdate())


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(
        label="处理结果",
        choices=[(each.value, each.label) for each in ObjectionState if each != ObjectionState.OPEN],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择处理结果。"},
    )
    reply = forms.CharField(label="答复", max_length=1000, widget=forms.Textarea(attrs=SEVERAL_LINES),
                            error_messages={"required": "请填写答复。"})  # fmt: skip


class DeadlineForm(forms.Form):
    due_on = date_field("办理期限", required=True)
    reason = forms.CharField(label="调整原因", max_length=200, error_messages={"required": "请写明调整的原因。"})

    def __init__(self, *args: Any, objection: Objection, **kwargs: Any) -> None:
        super().__init__(*args, initial={"due_on": objection.due_on}, **kwargs)
