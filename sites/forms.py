"""Forms of the sites app: they check what a person typed and keep it; writing is the services'."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.enums import OrganizationKind
from accounts.models import Organization
from campaigns.enums import NominationState
from campaigns.forms import date_field
from campaigns.models import Nomination, Round
from schemes import Scheme

from .enums import PanelRole
from .models import Inspector, PanelMember, Route
from .queries import weighed_groups
from .services.conflicts import ContactFacts
from .services.maps import PlaceFacts, within_china
from .services.routes import RouteFacts

MOST_LINES = 2000
_SPACES = re.compile(r"[\s,，、;；]+")


def group_choices(scheme: Scheme) -> list[tuple[str, str]]:
    """The groups that the scheme weighs; where it weighs none, whatever the list of inspectors says."""
    known = list(weighed_groups(scheme))
    if not known:
        rows = Inspector.objects.exclude(group="").order_by("group")
        known = list(dict.fromkeys(rows.values_list("group", flat=True)))
    return [("", "不分组"), *((name, name) for name in known)]


class AddForm(forms.Form):
    """Members picked by hand."""

    inspectors = forms.ModelMultipleChoiceField(
        label="评委", queryset=Inspector.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一位评委。"},
    )  # fmt: skip
    role = forms.ChoiceField(label="身份", choices=PanelRole.choices, initial=PanelRole.MEMBER,
                             help_text="观摩、见习的评分单不计入结果。")  # fmt: skip
    group = forms.ChoiceField(label="组别", required=False)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inspectors"].queryset = outside(round)  # type: ignore[attr-defined]
        self.fields["inspectors"].label_from_instance = name_and_home  # type: ignore[attr-defined]
        groups = group_choices(round.scheme_version.document)[1:]
        self.fields["group"].choices = [("", "按名单上的组别"), *groups]  # type: ignore[attr-defined]


def outside(round: Round) -> QuerySet[Inspector]:
    """Inspectors who are not, and never were, on the panel of this round."""
    there = PanelMember.objects.filter(round=round).values("inspector")
    return Inspector.objects.exclude(pk__in=there).select_related("home").order_by("number")


def name_and_home(inspector: Inspector) -> str:
    group = f"，{inspector.group}" if inspector.group else ""
    return f"{inspector.number} {inspector.name}（{inspector.home.name}{group}）"


class MemberForm(forms.Form):
    role = forms.ChoiceField(label="身份", choices=PanelRole.choices)
    group = forms.ChoiceField(label="组别", required=False)
    reason = forms.CharField(label="原因", max_length=200, required=False, help_text="已交评分单的，必须写明。")

    def __init__(self, *args: Any, member: PanelMember, **kwargs: Any) -> None:
        super().__init__(*args, initial={"role": member.role, "group": member.group}, **kwargs)
        choices = group_choices(member.round.scheme_version.document)
        if member.group not in dict(choices):
            choices.append((member.group, member.group))
        self.fields["group"].choices = choices  # type: ignore[attr-defined]


class ReplaceForm(forms.Form):
    by = forms.ModelChoiceField(label="接替的评委", queryset=Inspector.objects.none(), required=False,
                                empty_label="不安排人接替", help_text="接替的人评尚未评的单位，组别、身份、路线不变。")  # fmt: skip
    left_reason = forms.CharField(label="离开原因", max_length=200, error_messages={"required": "请写明离开的原因。"})

    def __init__(self, *args: Any, member: PanelMember, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].queryset = outside(member.round)  # type: ignore[attr-defined]
        self.fields["by"].label_from_instance = name_and_home  # type: ignore[attr-defined]


class DrawForm(forms.Form):
    """How many of which group. Exclusions are lines ``编号 原因``."""

    seed = forms.CharField(label="种子", max_length=64, required=False,
                           help_text="可由在场人员当众商定，如“2026年3月10日 监督员王某 7391”；不填则由系统产生。")  # fmt: skip
    spread = forms.BooleanField(label="各乡镇（街道）均衡", required=False,
                                help_text="先让每个所在单位各抽 1 人，再抽第 2 人。")  # fmt: skip
    excluded = forms.CharField(label="不参加抽取的评委", required=False, widget=forms.Textarea(attrs={"rows": 3}),
                               help_text="每行一人：编号、空格、原因，如“J07 出差”。")  # fmt: skip

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [name for name, _ in group_choices(round.scheme_version.document)[1:]] or [""]
        there: dict[str, int] = {}
        for group in outside(round).values_list("group", flat=True):
            there[group] = there.get(group, 0) + 1
        self.groups = names
        wanted = round.scheme_version.document.panel.size if names == [""] else None
        for place, name in enumerate(names):
            number = there.get(name, 0) if name else sum(there.values())
            self.fields[f"size{place}"] = forms.IntegerField(
                label=f"{name}抽几人" if name else "抽几人", min_value=0, max_value=500, required=False,
                initial=wanted, help_text=f"现有 {number} 人可抽。",
                error_messages={"invalid": "请填 0 以上的整数。"},
            )  # fmt: skip

    @property
    def size_fields(self) -> list[forms.BoundField]:
        return [self[f"size{place}"] for place in range(len(self.groups))]

    def sizes(self) -> dict[str, int]:
        return {name: self.cleaned_data[f"size{place}"] or 0 for place, name in enumerate(self.groups)}

    def clean_excluded(self) -> dict[str, str]:
        found, wrong = {}, []
        for line in filter(str.strip, self.cleaned_data["excluded"].splitlines()):
            number, *reason = line.split(maxsplit=1)
            if not reason:
                wrong.append(number)
            found[number] = reason[0].strip()[:100] if reason else ""
        if wrong:
            raise ValidationError(f"{'、'.join(wrong)}没有写原因。每行写编号、空格、原因。")
        return found


# -- conflicts


class DeclareForm(forms.Form):
    organization = forms.CharField(label="组织", max_length=80, help_text="写组织代码或全称；整个乡镇（街道）回避的，写乡镇（街道）。",
                                   error_messages={"required": "请填写组织代码或全称。"})  # fmt: skip
    note = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明应当回避的原因。"},
                           help_text="如：近亲属任村党支部书记。")  # fmt: skip

    def clean_organization(self) -> Organization:
        return organization_named(self.cleaned_data["organization"])


class PinForm(DeclareForm):
    inspector = forms.ModelChoiceField(label="评委", queryset=Inspector.objects.none(), empty_label="请选择",
                                       error_messages={"required": "请选择评委。"})  # fmt: skip
    everywhere = forms.BooleanField(label="以后各轮也回避", required=False)

    field_order = ("inspector", "organization", "note", "everywhere")

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Inspector.objects.filter(panels__round=round, panels__left_at__isnull=True).select_related("home")
        self.fields["inspector"].queryset = rows.order_by("number")  # type: ignore[attr-defined]
        self.fields["inspector"].label_from_instance = name_and_home  # type: ignore[attr-defined]


def organization_named(text: str) -> Organization:
    """By code or by name. Raises ValidationError where there is none or more than one."""
    text = text.strip()
    rows = list(Organization.objects.filter(active=True, code=text)[:1])
    rows = rows or list(Organization.objects.filter(active=True, name=text).select_related("parent")[:6])
    if not rows:
        raise ValidationError(f"没有“{text[:30]}”这个组织。请写代码或全称。")
    if len(rows) > 1:
        codes = "、".join(f"{row.code}（{row.parent.name if row.parent else ''}）" for row in rows)
        raise ValidationError(f"有 {len(rows)} 个组织叫“{text[:30]}”：{codes}。请写代码。")
    return rows[0]


class LinesForm(forms.Form):
    """Lines that a person pastes; every wrong one is told at once, and nothing is written until all are right."""

    lines = forms.CharField(widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
                            error_messages={"required": "请粘贴内容，每行一条。"})  # fmt: skip

    def parts(self) -> list[tuple[int, list[str]]]:
        lines = self.cleaned_data["lines"].splitlines()
        if len(lines) > MOST_LINES:
            raise ValidationError(f"一次最多 {MOST_LINES} 行，现有 {len(lines)} 行。请分几次。")
        return [(n, _SPACES.split(line.strip())) for n, line in enumerate(lines, start=1) if line.strip()]


class ContactsForm(LinesForm):
    def clean_lines(self) -> str:
        self.facts: list[ContactFacts] = []
        inspectors = {row.number: row for row in Inspector.objects.all()}
        organizations = {row.code: row for row in Organization.objects.filter(active=True)}
        wrong = []
        for line, parts in self.parts():
            inspector = inspectors.get(parts[0])
            organization = organizations.get(parts[1]) if len(parts) > 1 else None
            if inspector is None:
                wrong.append(f"第 {line} 行：没有编号为“{parts[0][:20]}”的评委。")
            elif organization is None:
                wrong.append(f"第 {line} 行：没有代码为“{parts[1][:20] if len(parts) > 1 else ''}”的组织。")
            else:
                self.facts.append(ContactFacts(inspector, organization, " ".join(parts[2:])))
        if wrong:
            raise ValidationError(wrong)
        return str(self.cleaned_data["lines"])


class PlacesForm(LinesForm):
    def clean_lines(self) -> str:
        self.facts: list[PlaceFacts] = []
        organizations = {row.code: row for row in Organization.objects.filter(active=True)}
        wrong = []
        for line, parts in self.parts():
            problem, facts = read_place(parts, organizations)
            if facts is not None:
                self.facts.append(facts)
            elif problem != "head" or line != 1:
                wrong.append(f"第 {line} 行：{'没有这个代码的组织' if problem == 'head' else problem}。")
        if wrong:
            raise ValidationError(wrong)
        return str(self.cleaned_data["lines"])


def read_place(parts: list[str], organizations: dict[str, Organization]) -> tuple[str, PlaceFacts | None]:
    """``代码 经度 纬度``, with or without the name after the code; what is wrong, or the facts."""
    organization = organizations.get(parts[0])
    if organization is None:
        return ("没有这个代码的组织" if parts[0].isdecimal() else "head"), None
    try:
        longitude, latitude = float(parts[-2]), float(parts[-1])
    except (ValueError, IndexError):
        return "应写成“代码 经度 纬度”，如 330182001202 119.28 29.47", None
    if not within_china(longitude, latitude):
        return f"{longitude:g}, {latitude:g} 不在中国范围内，请核对是否先经度后纬度", None
    return "", PlaceFacts(organization, round(longitude, 6), round(latitude, 6))


class OutlineForm(forms.Form):
    file = forms.FileField(label="轮廓文件", help_text="GeoJSON，Polygon 或 MultiPolygon，经纬度，不超过 4 MB。",
                           widget=forms.FileInput(attrs={"accept": ".geojson,.json"}),
                           error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"})  # fmt: skip


# -- routes


class RouteForm(forms.Form):
    name = forms.CharField(label="路线名称", max_length=40, error_messages={"required": "请填写路线名称，如：一线。"})
    on = date_field("日期", required=True)
    starts_at = forms.TimeField(label="出发时间", required=False,
                                widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                                error_messages={"invalid": "请写成 08:30 的样子。"})  # fmt: skip
    start = forms.ModelChoiceField(label="起点", queryset=Organization.objects.none(), required=False,
                                   empty_label="不指定", help_text="就近排序从这里出发。")  # fmt: skip

    def __init__(self, *args: Any, route: Route | None = None, round: Round | None = None, **kwargs: Any) -> None:
        if route is not None:
            kwargs["initial"] = {"name": route.name, "on": route.on, "starts_at": route.starts_at, "start": route.start}
        elif round is not None:
            kwargs["initial"] = {"on": round.onsite_date}
        super().__init__(*args, **kwargs)
        kinds = [OrganizationKind.COUNTY, OrganizationKind.TOWNSHIP]
        rows = Organization.objects.filter(active=True, kind__in=kinds).order_by("path")
        self.fields["start"].queryset = rows  # type: ignore[attr-defined]

    def facts(self) -> RouteFacts:
        return RouteFacts(**{name: self.cleaned_data[name] for name in ("name", "on", "starts_at", "start")})


class StopsForm(forms.Form):
    nominations = forms.ModelMultipleChoiceField(
        label="站点", queryset=Nomination.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        chosen = list(route.stops.values_list("nomination_id", flat=True))
        super().__init__(*args, initial={"nominations": chosen}, **kwargs)
        rows = Nomination.objects.filter(round=route.round_id, state=NominationState.APPROVED)
        rows = rows.select_related("organization", "township").order_by("township__path", "organization__path")
        self.fields["nominations"].queryset = rows  # type: ignore[attr-defined]


class MembersForm(forms.Form):
    members = forms.ModelMultipleChoiceField(
        label="随行评委", queryset=PanelMember.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        chosen = [member.pk for member in route.members.all()]
        super().__init__(*args, initial={"members": chosen}, **kwargs)
        rows = PanelMember.objects.filter(round=route.round_id, left_at__isnull=True).select_related("inspector__home")
        self.fields["members"].queryset = rows.order_by("inspector__number")  # type: ignore[attr-defined]


class TimesForm(forms.Form):
    minutes = forms.IntegerField(label="每站停留（分钟）", min_value=1, max_value=480, initial=40)
    speed = forms.IntegerField(label="车速（公里每小时）", min_value=5, max_value=120, initial=40)
