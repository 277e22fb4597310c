"""Forms of the reports app: what a person asks of a trial. They read and keep nothing."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import Membership
from campaigns.enums import VersionState
from campaigns.models import Round, SchemeVersion
from campaigns.queries import visible_versions

from .queries.trial import MOST_ENTRIES, MOST_SHEETS, Wishes, tiers_gone, tried_rounds
from .queries.trial_files import MOST_BYTES, File

MOST_ROUNDS = 40
#: Before the name of a tier that is gone: the field that asks which one to take instead.
GONE = "gone:"
ADDED = (("", "不试算，先提示"), ("full", "每份评分单都按满分计"), ("lowest", "每份评分单都按最低分计"))
FILE_ERRORS = {"required": "请选择文件。", "empty": "文件是空的，请重新选择。"}
TABLE = forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls"})


class VersionField(forms.ModelChoiceField):
    def label_from_instance(self, version: SchemeVersion) -> str:  # type: ignore[override]
        state = "" if version.state == VersionState.PUBLISHED else f"（{version.get_state_display()}）"
        return f"{version}{state}"


class RoundsField(forms.ModelMultipleChoiceField):
    """Rounds to tick, each with its day and the version it was judged by."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: QuerySet[Round], *, several: bool, **kwargs: Any) -> None:
        self.several = several
        super().__init__(queryset, **kwargs)

    def label_from_instance(self, round: Round) -> str:  # type: ignore[override]
        campaign = f"{round.campaign.name} " if self.several else ""
        return f"{campaign}{round.title}（{round.onsite_date}，{round.scheme_version.number} 版）"


class TrialForm(forms.Form):
    """The version to try, and what to do where it differs from the one the marks were given under."""

    version = VersionField(SchemeVersion.objects.none(), label="试算哪一版", empty_label="请选择",
                           help_text="草稿也可以试算。",
                           error_messages={"required": "请选择要试算的版本。",
                                           "invalid_choice": "没有这一版，请从列表中选择。"})  # fmt: skip
    convert = forms.BooleanField(label="满分改了的标准，旧打分按比例换算", required=False,
                                 help_text="换算必须正好落在新的分档上，否则提示，不四舍五入。")  # fmt: skip
    added = forms.ChoiceField(label="新增的标准没有打分，怎么办", choices=ADDED, required=False)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = visible_versions(membership)
        self.fields["version"].queryset = self.versions  # type: ignore[attr-defined]

    def ask_for_tiers(self, judged_by: Iterable[SchemeVersion], version: SchemeVersion) -> None:
        """A field for every tier that the new version lacks; left empty, the trial says what is wrong."""
        names = [("", "请选择"), *((name, name) for name in version.document.tier_names)]
        for gone in tiers_gone(judged_by, version):
            label = f"申报“{gone}”的改按哪个等次"
            self.fields[GONE + gone] = forms.ChoiceField(label=label, choices=names, required=False)

    def wishes(self) -> Wishes:
        known = set(self.cleaned_data["version"].document.tier_names)
        fields = [name for name in self.fields if name.startswith(GONE)]
        chosen = {name.removeprefix(GONE): self.data.get(self.add_prefix(name), "") for name in fields}
        tiers = {gone: tier for gone, tier in chosen.items() if tier in known}
        return Wishes(self.cleaned_data["convert"], self.cleaned_data["added"], tiers)

    def gone_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(GONE)]


class RoundTrialForm(TrialForm):
    """A trial on past rounds."""

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, membership=membership, **kwargs)
        self.tried = tried_rounds(membership)
        self.fields["rounds"] = RoundsField(
            self.tried, label="用哪几轮试算", several=len({round.campaign_id for round in self.tried}) > 1,
            help_text=f"只列有计算结果的轮次；一次最多 {MOST_ENTRIES} 家、{MOST_SHEETS} 份评分单。",
            error_messages={"required": "请至少选择一轮。", "invalid_choice": "没有这一轮，请从列表中选择。",
                            "invalid_pk_value": "没有这一轮，请从列表中选择。"},
        )  # fmt: skip
        self.order_fields(["version", "rounds", "convert", "added"])

    def clean_rounds(self) -> QuerySet[Round]:
        rounds: QuerySet[Round] = self.cleaned_data["rounds"]
        if len(rounds) > MOST_ROUNDS:
            raise ValidationError(f"一次最多选 {MOST_ROUNDS} 轮，现选了 {len(rounds)} 轮。")
        return rounds

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("version") and data.get("rounds"):
            self.ask_for_tiers([round.scheme_version for round in data["rounds"]], data["version"])
        return data


class FileTrialForm(TrialForm):
    """A trial on two files, which are read and thrown away."""

    prefix = "file"
    against = VersionField(SchemeVersion.objects.none(), label="与哪一版对照", required=False, empty_label="不对照",
                           help_text="选了对照，文件按对照的这一版填写；不选，文件按试算的版本填写。",
                           error_messages={"invalid_choice": "没有这一版，请从列表中选择。"})  # fmt: skip
    nominations = forms.FileField(label="申报文件", widget=TABLE, error_messages=FILE_ERRORS,
                                  help_text="列：轮次、组织代码、等次、一票否决。CSV、.xlsx 或 .xls，不超过 10 MB。")  # fmt: skip
    sheets = forms.FileField(label="评分单文件", widget=TABLE, error_messages=FILE_ERRORS,
                             help_text="列：轮次、组织代码、评委，再加每条标准一列。轮次页面导出的文件可以直接用。")  # fmt: skip

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, membership=membership, **kwargs)
        self.fields["against"].queryset = self.versions  # type: ignore[attr-defined]
        self.order_fields(["version", "against", "nominations", "sheets", "convert", "added"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("nominations", "sheets"):
            if data.get(name) and data[name].size > MOST_BYTES:
                self.add_error(name, "文件超过 10 MB。请分成几次试算。")
        if data.get("version") and data.get("against"):
            self.ask_for_tiers([data["against"]], data["version"])
        return data

    def file(self, name: str) -> File:
        uploaded = self.cleaned_data[name]
        return uploaded.name, uploaded.read()
