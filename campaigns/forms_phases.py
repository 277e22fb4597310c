"""Forms of a round's phases: they check what a person typed and keep it; the rules are the services'."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from .enums import PhaseKind, Switch
from .forms import date_field
from .models import Phase, Round
from .services.phases import MOST_GRACE, MOST_NOTICE, SWITCH_REASON, needs_reason

#: Who sees or does what while a switch is on, for the person who sets it.
SWITCH_HELP: dict[str, str] = {
    Switch.NOMINATE: "乡镇（街道）可以填写、提交、撤回和补正申报；关闭后只能查看。",
    Switch.REVIEW: "组织部可以通过、退回申报，或不予通过。",
    Switch.PLAN: "组织部确定评委、回避和行程。",
    Switch.ROUTE: "评委可以看到自己的行程和各个点位。",
    Switch.SCORE: "评委可以提交评分单；截止后在评分宽限时间内仍收。",
    Switch.LIVE_LEADERS: "县领导可以看到还没有公布的现场亮分。",
    Switch.LIVE_TOWNSHIPS: "各乡镇（街道）可以看到还没有公布的现场亮分，包括其他乡镇（街道）的。",
    Switch.DECIDE: "组织部计算、核查异常、两人复核。",
    Switch.NOTICE: "公示名单对外公开，只列组织名称，不含分数和个人信息。",
    Switch.OBJECT: "乡镇（街道）可以提出异议，组织部登记和答复。",
    Switch.AWARD: "登记标牌、证书和资金下达。",
    Switch.AFTER: "复评、警示和经验总结。",
}
#: What holds where no phase names a switch.
UNNAMED = {Switch.LIVE_LEADERS: "不开放", Switch.LIVE_TOWNSHIPS: "不开放"}
MOST_DAYS = 366
WHOLE = "请填写整数。"


def reason_field(*, most: int = 190, help_text: str = "") -> forms.CharField:
    return forms.CharField(label="原因", required=False, max_length=most, help_text=help_text)


class MoveForm(forms.Form):
    """Other dates of one phase."""

    opens_on = date_field("开始", required=True)
    closes_on = date_field("截止", required=True)
    reason = reason_field(help_text="如：受台风影响推迟。挂图作战会显示原定日期和这条原因。")

    def __init__(self, *args: Any, phase: Phase, **kwargs: Any) -> None:
        initial = {"opens_on": phase.opens_on, "closes_on": phase.closes_on}
        super().__init__(*args, initial=initial, prefix="move", **kwargs)
        self.phase = phase
        self.must_say = needs_reason(round=phase.round, phase=phase)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", f"截止不能早于开始（{opens}）。")
        moved = (opens, closes) != (self.phase.opens_on, self.phase.closes_on)
        if self.must_say and moved and "reason" in data and not data["reason"]:
            self.add_error("reason", "这个阶段已经开始，或轮次已经启动，请写明调整的原因。")
        return data


class SwitchesForm(forms.Form):
    """What one phase opens, with plain words of who sees what."""

    reason = reason_field(most=SWITCH_REASON)

    def __init__(self, *args: Any, phase: Phase, **kwargs: Any) -> None:
        super().__init__(*args, prefix="switches", **kwargs)
        self.phase = phase
        for switch in Switch:
            field = forms.BooleanField(label=switch.label, required=False, initial=switch in phase.opens,
                                       help_text=SWITCH_HELP[switch])  # fmt: skip
            self.fields[switch.value] = field
        self.order_fields([*Switch.values, "reason"])
        self.must_say = needs_reason(round=phase.round, phase=phase)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        changed = set(self.chosen(data)) != set(self.phase.opens)
        if self.must_say and changed and "reason" in data and not data["reason"]:
            self.add_error("reason", "这个阶段已经开始，或轮次已经启动，请写明调整的原因。")
        return data

    def chosen(self, data: dict[str, Any] | None = None) -> list[str]:
        answers = self.cleaned_data if data is None else data
        return [switch.value for switch in Switch if answers.get(switch.value)]

    def boxes(self) -> list[forms.BoundField]:
        return [self[switch.value] for switch in Switch]


class FinishForm(forms.Form):
    on = date_field("完成日期", required=True)
    reason = reason_field(help_text="晚于截止日期完成的，请写明原因。")

    def __init__(self, *args: Any, phase: Phase, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": timezone.localdate()}, prefix="finish", **kwargs)
        self.phase = phase

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        on = data.get("on")
        if on and on > timezone.localdate():
            self.add_error("on", f"完成日期不能晚于今天（{timezone.localdate()}）。")
        elif on and on > self.phase.closes_on and "reason" in data and not data["reason"]:
            self.add_error("reason", f"完成日期晚于截止（{self.phase.closes_on}），请写明原因。")
        return data


class ReopenForm(forms.Form):
    reason = forms.CharField(label="撤销原因", max_length=190, error_messages={"required": "请写明撤销完成的原因。"})

    def __init__(self, *args: Any, phase: Phase, **kwargs: Any) -> None:
        super().__init__(*args, prefix="reopen", **kwargs)


class TermsForm(forms.Form):
    """What a round grants: minutes after scoring closed, working days of public notice."""

    grace_minutes = forms.IntegerField(
        label="评分宽限（分钟）", min_value=0, max_value=MOST_GRACE, help_text="评分截止后，没有信号的手机还可以补传多久。",
        error_messages={"required": "请填写分钟数，不宽限填 0。", "invalid": WHOLE,
                        "min_value": "不能小于 0。", "max_value": f"不能超过 {MOST_GRACE} 分钟。"},
    )  # fmt: skip
    notice_days = forms.IntegerField(
        label="公示工作日", min_value=1, max_value=MOST_NOTICE, help_text="从公示次日起算，按节假日历扣除休息日。",
        error_messages={"required": "请填写公示的工作日数。", "invalid": WHOLE,
                        "min_value": "至少 1 个工作日。", "max_value": f"不能超过 {MOST_NOTICE} 个工作日。"},
    )  # fmt: skip

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        initial = {"grace_minutes": round.grace_minutes, "notice_days": round.notice_days}
        super().__init__(*args, initial=initial, prefix="terms", **kwargs)


class AddPhaseForm(forms.Form):
    kind = forms.ChoiceField(label="阶段", error_messages={"invalid_choice": "请从列表中选择。"})
    opens_on = date_field("开始", required=True)
    closes_on = date_field("截止", required=True)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, prefix="add", **kwargs)
        there = {phase.kind for phase in round.phases.all()}
        free = [(kind.value, kind.label) for kind in PhaseKind if kind not in there]
        self.fields["kind"].choices = free  # type: ignore[attr-defined]
        self.has_kinds = bool(free)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", f"截止不能早于开始（{opens}）。")
        return data


class ShiftForm(forms.Form):
    """``first`` and all later phases by ``days``. ``previewed``: what the page has shown before it is done."""

    first = forms.ChoiceField(label="从哪个阶段起", error_messages={"invalid_choice": "请从列表中选择还没有完成的阶段。",
                                                                  "required": "请选择阶段。"})  # fmt: skip
    days = forms.IntegerField(label="顺延天数", min_value=-MOST_DAYS, max_value=MOST_DAYS, help_text="提前填负数，如 -3。",
                              error_messages={"required": "请填写天数。", "invalid": WHOLE,
                                              "min_value": f"一次最多提前 {MOST_DAYS} 天。",
                                              "max_value": f"一次最多顺延 {MOST_DAYS} 天。"})  # fmt: skip
    reason = reason_field(help_text="各阶段共用这一条原因。")
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_phases = [phase for phase in round.phases.all() if phase.finished_on is None]
        self.fields["first"].choices = [  # type: ignore[attr-defined]
            (str(phase.pk), f"{phase}（{phase.opens_on} 至 {phase.closes_on}）") for phase in self.open_phases
        ]

    def clean_days(self) -> int:
        days = self.cleaned_data["days"]
        if days == 0:
            raise ValidationError("请填写不是 0 的天数。")
        return days

    @property
    def chosen(self) -> Phase:
        return next(phase for phase in self.open_phases if str(phase.pk) == self.cleaned_data["first"])

    @property
    def mark(self) -> str:
        return f"{self.cleaned_data['first']}:{self.cleaned_data['days']}"

    def show_mark(self) -> None:
        """The page that is drawn now has shown these very moves."""
        self.data = self.data.copy()
        self.data["previewed"] = self.mark

