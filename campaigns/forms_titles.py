"""Forms about titles and good practices: what a person typed is checked and kept; writing is the services'."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from accounts.models import Membership, Organization

from .enums import MaterialState, RoundKind, TitleActKind, TitleState
from .forms import DATE_ERRORS
from .forms_materials import grouped
from .models import Campaign, Material, Nomination, Round, Title
from .queries import visible_rounds
from .services.practices import PracticeFacts
from .services.title_acts import MOST_NUMBER, MOST_REASON, ActFacts

DAY = {"type": "date"}


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs=DAY)
    return forms.DateField(label=label, widget=widget, error_messages=DATE_ERRORS, **kwargs)


class ActForm(forms.Form):
    """One decision about one organization. ``round`` lists what it holds first, then rounds for an exceptional
    award.
    """

    kind = forms.ChoiceField(label="事项", error_messages={"required": "请选择事项。"})
    round = forms.ChoiceField(label="称号或轮次", help_text="警示、摘牌等选持有的称号；破格授予选随哪一轮授予。",
                              error_messages={"required": "请选择称号或轮次。"})  # fmt: skip
    tier = forms.ChoiceField(label="授予等次", required=False, help_text="只有破格授予要选。")
    on = day_field("日期", help_text="文件印发的日期，不能晚于今天。")
    document_no = forms.CharField(label="文号", max_length=MOST_NUMBER, help_text="如 建组〔2026〕12号。",
                                  error_messages={"required": "请填写作出决定的文号。"})  # fmt: skip
    reason = forms.CharField(label="事由", max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
                             help_text=f"写进称号经历和通报，不超过 {MOST_REASON} 字。",
                             error_messages={"required": "请写明事由。"})  # fmt: skip

    def __init__(self, *args: Any, organization: Organization, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rounds = visible_rounds(membership).filter(kind=RoundKind.CREATION, published_at__isnull=False)
        self.rounds = {str(row.pk): row for row in rounds.select_related("scheme_version").order_by("-onsite_date")}
        titles = Title.objects.filter(organization=organization, state=TitleState.HELD).order_by("-awarded_on")
        held = {str(title.round_id): title for title in titles}
        self.fields["kind"].choices = [("", "请选择"), *TitleActKind.choices]  # type: ignore[attr-defined]
        self.fields["round"].choices = self._rounds(held)  # type: ignore[attr-defined]
        tiers = dict.fromkeys(name for row in self.rounds.values() for name in row.scheme_version.document.tier_names)
        self.fields["tier"].choices = [("", "不是破格授予"), *((name, name) for name in tiers)]  # type: ignore[attr-defined]

    def _rounds(self, held: dict[str, Title]) -> list[Any]:
        own = [(key, f"{self.rounds[key].title} · {title.tier}（{title.awarded_on} 授予）")
               for key, title in held.items() if key in self.rounds]  # fmt: skip
        others = [(key, f"{row.year} 年{row.title}") for key, row in self.rounds.items() if key not in held]
        return [("", "请选择"), ("持有的称号", own), ("破格授予随哪一轮", others)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        exceptional = data.get("kind") == TitleActKind.EXCEPTIONAL
        if exceptional and not data.get("tier"):
            self.add_error("tier", "破格授予请选择授予哪个等次。")
        if data.get("kind") and not exceptional and data.get("tier"):
            self.add_error("tier", "只有破格授予要选等次，请改回“不是破格授予”。")
        return data

    def chosen_round(self) -> Round:
        return self.rounds[self.cleaned_data["round"]]

    def facts(self) -> ActFacts:
        return ActFacts(**{name: self.cleaned_data[name] for name in ("kind", "on", "reason", "document_no", "tier")})


class ReinspectionForm(forms.Form):
    """Holders are the titles shown on the page; only those of the campaign and still held are taken."""

    onsite_date = day_field("现场日期")
    label = forms.CharField(label="复评名称", max_length=20, required=False, help_text="不填就用现场日期的月份，如 2026-05。")
    holders = forms.MultipleChoiceField(label="复评单位", error_messages={
        "required": "没有选择复评单位。请勾选持有称号的单位。", "invalid_choice": "有的单位已不持有称号，请刷新页面再选。",
    })  # fmt: skip

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Title.objects.filter(campaign=campaign, state=TitleState.HELD)
        self.titles = {str(row.pk): row for row in rows}
        self.fields["holders"].choices = [(key, key) for key in self.titles]  # type: ignore[attr-defined]

    def chosen(self) -> list[Title]:
        return [self.titles[key] for key in self.cleaned_data["holders"]]

    @property
    def ticked(self) -> set[str]:
        """Ids as they were handed in, so that a page with errors keeps them."""
        return set(self.data.getlist("holders")) if self.is_bound else set()  # type: ignore[attr-defined]


class WhoseForm(forms.Form):
    """Whose practice is written up: what else can be chosen depends on it."""

    organization = forms.ChoiceField(label="组织")

    def __init__(self, *args: Any, organizations: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].choices = grouped(organizations)  # type: ignore[attr-defined]


class PracticeForm(forms.Form):
    """What one organization did well. Rounds are those it took part in; attachments its materials that passed the
    check.
    """

    title = forms.CharField(label="标题", max_length=80, error_messages={"required": "请填写标题。"})
    summary = forms.CharField(label="一句话", max_length=120, required=False, help_text="列表里显示，说清楚做了什么、成效如何。")
    round = forms.ChoiceField(label="总结自哪一轮", required=False)
    text = forms.CharField(label="做法", max_length=4000, widget=forms.Textarea(attrs={"rows": 14}),
                           help_text="背景、做法、成效、启示；空一行分段，不超过 4000 字。不要写个人电话、身份证号。",
                           error_messages={"required": "请填写做法。"})  # fmt: skip
    materials = forms.MultipleChoiceField(label="附件", required=False, widget=forms.CheckboxSelectMultiple,
                                          help_text="从这个组织检查通过的材料中选；推广以后全县都能看到。")  # fmt: skip

    def __init__(self, *args: Any, organization: Organization, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        entered = Nomination.objects.filter(organization=organization).values("round_id")
        rounds = visible_rounds(membership).filter(pk__in=entered, published_at__isnull=False).order_by("-onsite_date")
        self.rounds = {str(row.pk): row for row in rounds}
        materials = Material.objects.filter(organization=organization, state=MaterialState.READY)
        self.found = {str(row.pk): row for row in materials}
        choices = [("", "不针对某一轮"), *((key, f"{row.year} 年{row.title}") for key, row in self.rounds.items())]
        self.fields["round"].choices = choices  # type: ignore[attr-defined]
        kinds = [(key, f"{row.title}（{row.get_kind_display()}）") for key, row in self.found.items()]
        self.fields["materials"].choices = kinds  # type: ignore[attr-defined]
        if not kinds:
            self.fields["materials"].help_text = "这个组织还没有检查通过的材料；先在“材料”中上传，再来选用。"

    def facts(self) -> PracticeFacts:
        data = self.cleaned_data
        return PracticeFacts(
            organization=self.organization,
            title=data["title"],
            summary=data["summary"],
            text=data["text"].replace("\r\n", "\n"),
            round=self.rounds.get(data["round"]),
            materials=[self.found[key] for key in data["materials"]],
        )


def parsed_day(text: str) -> date | None:
    """A day of the address; what is no day is no wish."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parsed_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def today() -> date:
    return timezone.localdate()
