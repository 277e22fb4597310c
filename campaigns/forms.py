"""Forms of the campaigns app: they check what a person typed and keep it; writing is the services'.

A scheme document is only taken in here (size, encoding); what it says is checked by the engine.
"""

from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import Membership
from schemes.archives import Refused
from schemes.exact import parse_number
from schemes.intake import round_name
from schemes.tables import decode

from .enums import CampaignKind, PhaseKind, RoundKind, VersionState
from .models import Campaign, Round, SchemeVersion
from .queries import visible_versions
from .services.campaigns import PhaseDates, usual_phases

#: Of a scheme document in bytes; the engine takes as many characters.
MOST_BYTES = 2_000_000
TOO_LARGE = "办法超过 2 MB。请精简后再试。"
YEARS = range(2000, 2101)
#: A change of what the phases are worked out from asks for them anew, and only their part of the page.
ASKS_PHASES = {
    "hx-post": "",
    "hx-vals": '{"fill": "1"}',
    "hx-select": "#phases",
    "hx-target": "#phases",
    "hx-swap": "outerHTML",
}
DATE_ERRORS = {"required": "请填写日期。", "invalid": "日期应写成 2026-03-15 的样子。"}


def published_versions(membership: Membership) -> QuerySet[SchemeVersion]:
    """Versions that a new round may pin, the newest first; withdrawn ones are not offered."""
    return visible_versions(membership).filter(state=VersionState.PUBLISHED).order_by("-published_at")


def sensible(day: date | None) -> date | None:
    """A slip of the keyboard such as the year 0202 is told where it happened."""
    if day is not None and day.year not in YEARS:
        raise ValidationError(f"年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间，现为 {day.year}。")
    return day


def date_field(label: str, *, required: bool = False, **attributes: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attributes})
    facts = {"widget": widget, "error_messages": DATE_ERRORS, "validators": [sensible]}
    return forms.DateField(label=label, required=required, **facts)


class CampaignForm(forms.Form):
    name = forms.CharField(label="活动名称", max_length=80, error_messages={"required": "请填写活动名称。"})
    kind = forms.ChoiceField(label="创建类别", choices=CampaignKind.choices,
                             help_text="年度考核、等级评定不是创建示范，不需要批准文号。")  # fmt: skip
    host = forms.CharField(label="主办单位", max_length=80, error_messages={"required": "请填写主办单位。"},
                           help_text="创建示范由市县党委或政府主办，如：中共建德市委。")  # fmt: skip
    organizer = forms.CharField(label="承办单位", max_length=80, required=False, help_text="如：市委组织部。")
    approval_authority = forms.CharField(label="批准机关", max_length=80, required=False)
    approval_no = forms.CharField(label="批准文号", max_length=60, required=False)
    cycle = forms.CharField(label="周期", max_length=40, required=False, help_text="如：每年 3 轮。")
    number_cap = forms.IntegerField(label="名额上限", required=False, min_value=1, max_value=99_999,
                                    help_text="批准的创建名额；不限就不填。",
                                    error_messages={"invalid": "请填写整数，如 150。", "min_value": "至少为 1。",
                                                    "max_value": "不能超过 99999。"})  # fmt: skip
    starts_on = date_field("开始日期", required=True)
    ends_on = date_field("结束日期")

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        self.campaign = campaign
        if campaign is not None:
            kwargs["initial"] = {name: getattr(campaign, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Campaign.objects.filter(name=name).exclude(pk=self.campaign and self.campaign.pk)
        if others.exists():
            raise ValidationError("已有同名的活动。请换一个名称，如加上年度。")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", f"结束日期不能早于开始日期（{starts}）。")
        return data


class RoundForm(forms.Form):
    """A round and a pair of dates for each kind of phase. ``derived_from``: the day the pairs were worked out from."""

    kind = forms.ChoiceField(label="类别", choices=RoundKind.choices, initial=RoundKind.CREATION,
                             widget=forms.Select(attrs=ASKS_PHASES))  # fmt: skip
    label = forms.CharField(label="轮次", max_length=20, help_text="创建填 1、2、3；复评填名称，如 2026 年度。",
                            error_messages={"required": "请填写轮次。"})  # fmt: skip
    onsite_date = date_field("现场日期", required=True, **ASKS_PHASES)
    year = forms.IntegerField(label="年度", required=False, help_text="加分计入哪一年度；不填取现场日期的年份。",
                              error_messages={"invalid": "请填四位年份，如 2026。"})  # fmt: skip
    scheme_version = forms.ModelChoiceField(label="办法版本", queryset=SchemeVersion.objects.none(), empty_label="请选择",
                                            help_text="只列已发布的；以后发布的版本不影响这一轮。",
                                            error_messages={"required": "请选择办法版本。",
                                                            "invalid_choice": "这一版不能采用，请从列表中选择。"})  # fmt: skip
    derived_from = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, campaign: Campaign, versions: QuerySet[SchemeVersion], **kwargs: Any) -> None:
        initial = {"label": next_label(campaign), "scheme_version": versions.first()}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.campaign, self.versions = campaign, versions
        self.fields["scheme_version"].queryset = versions  # type: ignore[attr-defined]
        for phase in PhaseKind:
            for end, word in (("opens", "开始"), ("closes", "截止")):
                self.fields[f"{phase}_{end}"] = date_field(f"{phase.label}{word}")

    # -- checking

    def clean_label(self) -> str:
        name = round_name(self.cleaned_data["label"])
        if not name:
            raise ValidationError("请填写轮次。")
        return name

    def clean_year(self) -> int | None:
        year = self.cleaned_data["year"]
        if year is not None and year not in YEARS:
            raise ValidationError(f"年度应在 {YEARS[0]} 至 {YEARS[-1]} 之间。")
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        facts = {"kind": data.get("kind"), "label": data.get("label")}
        if all(facts.values()) and self.campaign.rounds.filter(**facts).exists():
            self.add_error("label", f"“{self.campaign}”已有{Round(**facts).title}。请换一个轮次。")
        for phase in PhaseKind:
            self._check_phase(phase, data.get(f"{phase}_opens"), data.get(f"{phase}_closes"))
        self._check_onsite(data)
        return data

    def _check_phase(self, phase: PhaseKind, opens: date | None, closes: date | None) -> None:
        broken = {f"{phase}_opens", f"{phase}_closes"} & set(self.errors)
        if broken:
            return
        if opens and closes and closes < opens:
            self.add_error(f"{phase}_closes", f"{phase.label}的截止不能早于开始（{opens}）。")
        elif bool(opens) != bool(closes):
            missing, word = ("opens", "开始") if closes else ("closes", "截止")
            self.add_error(f"{phase}_{missing}", f"请填写{phase.label}的{word}日期，或把两个日期都清空。")

    def _check_onsite(self, data: dict[str, Any]) -> None:
        """The stage on site is where the day on site lies; the board and the reminders go by it."""
        day, opens, closes = data.get("onsite_date"), data.get("onsite_opens"), data.get("onsite_closes")
        if day and opens and closes and opens <= closes and not opens <= day <= closes:
            self.add_error("onsite_opens", f"现场评分阶段应包含现场日期（{day}）。")

    # -- what was agreed

    def facts(self) -> dict[str, Any]:
        """The arguments of ``plan_round`` besides the phases."""
        return {name: self.cleaned_data[name] for name in ("kind", "label", "onsite_date", "year", "scheme_version")}

    def phases(self) -> list[PhaseDates]:
        """Phases that have dates, in the order of their work."""
        data = self.cleaned_data
        dates = [PhaseDates(phase, data[f"{phase}_opens"], data[f"{phase}_closes"]) for phase in PhaseKind]
        return [each for each in dates if each.opens_on and each.closes_on]

    def phase_rows(self) -> list[dict[str, Any]]:
        """For the page: each phase with its two fields."""
        return [
            {"name": phase.value, "label": phase.label, "fields": [self[f"{phase}_opens"], self[f"{phase}_closes"]]}
            for phase in PhaseKind
        ]

    # -- dates worked out

    def with_usual_phases(self) -> "RoundForm":
        """The same answers, not yet checked, with the usual dates in every pair that a person has not set otherwise."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        day, before = parsed(typed["onsite_date"]), parsed(typed["derived_from"])
        if day is not None:
            # a phase of a re-inspection has the dates it has in a creation, so one look-up serves both
            earlier, usual = pairs(before, RoundKind.CREATION), pairs(day, typed["kind"])
            for phase in PhaseKind:
                names = f"{phase}_opens", f"{phase}_closes"
                if (typed[names[0]], typed[names[1]]) in (("", ""), earlier.get(phase)):
                    typed |= dict(zip(names, usual.get(phase, ("", "")), strict=True))
            typed["derived_from"] = day.isoformat()
        return RoundForm(campaign=self.campaign, versions=self.versions, initial=typed)


def parsed(text: str) -> date | None:
    try:
        return sensible(forms.DateField(required=False).clean(text))
    except ValidationError:
        return None


def pairs(day: date | None, kind: str) -> dict[str, tuple[str, str]]:
    """The usual dates as a page writes them, by phase."""
    found = usual_phases(onsite_date=day, kind=kind) if day else []
    return {phase.kind: (phase.opens_on.isoformat(), phase.closes_on.isoformat()) for phase in found}


def next_label(campaign: Campaign) -> str:
    """The number after the highest of the campaign's rounds of creation."""
    labels = campaign.rounds.filter(kind=RoundKind.CREATION).values_list("label", flat=True)
    return str(max((int(label) for label in labels if label.isdecimal()), default=0) + 1)


class SchemeTextForm(forms.Form):
    """A document as a file or as text; the file wins, and its text stays in the page to be mended there."""

    file = forms.FileField(label="办法文件", required=False, help_text="YAML 或 JSON，不超过 2 MB；选了文件就以文件为准。",
                           widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json,.txt"}),
                           error_messages={"empty": "文件是空的，请重新选择。"})  # fmt: skip
    text = forms.CharField(label="办法文本", required=False, strip=False, help_text="也可以不选文件，直接粘贴，或在这里改。",
                           widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false",
                                                        "autocapitalize": "none"}))  # fmt: skip
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Line ends as the file had them: browsers send both characters."""
        return self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, text = data.get("file"), data.get("text", "")
        if file:
            text = self._read(file)
        elif not text.strip() and not self.errors:
            self.add_error("file", "请选择办法文件，或把文本粘贴在下面。")
        if len(text.encode()) > MOST_BYTES:
            self.add_error("text", TOO_LARGE)
        return {**data, "text": text}

    def _read(self, file: Any) -> str:
        if file.size > MOST_BYTES:
            self.add_error("file", TOO_LARGE)
            return ""
        try:
            text = decode(file.read()).replace("\r\n", "\n").replace("\r", "\n")
        except Refused:
            self.add_error("file", "这不是文本文件，或文字编码无法识别。请另存为 UTF-8 的 YAML 或 JSON。")
            return ""
        self._put(text=text)
        return text

    def _put(self, **values: str) -> None:
        """Let the page show these instead of what was handed in."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[name] = value

    @property
    def was_previewed(self) -> bool:
        """Whether this very text has been shown in words."""
        return self.cleaned_data["previewed"] == self._mark()

    def mark_previewed(self) -> None:
        self._put(previewed=self._mark())

    def _mark(self) -> str:
        return sha256(self.cleaned_data["text"].encode()).hexdigest()


class CriteriaFileForm(forms.Form):
    """The criteria sheet that an office already has; what it says is read by the engine's side."""

    file = forms.FileField(label="标准表", help_text=".xlsx、.xls、.csv，表头如：考评项目、考核内容、分值、评分细则、考评方式。",
                           widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
                           error_messages={"required": "请选择标准表。", "empty": "文件是空的，请重新选择。"})  # fmt: skip
    step = forms.CharField(label="每档", initial="0.5", help_text="评委打分的最小间隔；表里另有“每档”列的，以表为准。",
                           error_messages={"required": "请填写每档，如 0.5。"})  # fmt: skip

    def clean_step(self) -> Fraction:
        try:
            step = parse_number(self.cleaned_data["step"])
        except ValueError as error:
            raise ValidationError(f"{error}。请写成 0.5 或 1 这样的数。") from error
        if step <= 0:
            raise ValidationError("每档应大于 0。")
        return step
