"""Forms of accounts: they check what a person typed and keep it; writing is the services'."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from .enums import OrganizationKind, PartyLevel, Role
from .models import Membership, Organization, User
from .queries import grantable_roles, townships
from .services.uploads import IMPORTERS


class SignInForm(AuthenticationForm):
    """Says how many tries are left; never whether the user name or the password was wrong."""

    error_messages = {"invalid_login": "账号或密码不对。", "inactive": "账号已停用，请联系本单位管理员。"}

    def get_invalid_login_error(self) -> ValidationError:
        left = tries_left(self.request, self.cleaned_data.get("username", ""))
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        return ValidationError(f"账号或密码不对，还可再试 {left} 次，之后锁定 {minutes} 分钟。", code="invalid_login")


def tries_left(request: HttpRequest, username: str) -> int:
    from axes.handlers.proxy import AxesProxyHandler

    failures = AxesProxyHandler.get_failures(request, {"username": username})
    return max(settings.AXES_FAILURE_LIMIT - failures, 0)


class PasswordForm(forms.Form):
    present = forms.CharField(label="现在的密码", strip=False,
                              widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))  # fmt: skip
    new = forms.CharField(label="新密码", strip=False, help_text=password_validators_help_text_html,
                          widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip
    again = forms.CharField(label="再输一次新密码", strip=False,
                            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_present(self) -> str:
        present = self.cleaned_data["present"]
        if not self.user.check_password(present):
            raise ValidationError("现在的密码不对，请重新输入。")
        return present

    def clean_new(self) -> str:
        new = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一样，请重新输入。")
        return data


class PersonForm(forms.Form):
    username = forms.CharField(
        label="账号",
        max_length=60,
        help_text="字母、数字和 . _ -，登录时用，全平台不重复。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(label="姓名", max_length=40)
    role = forms.ChoiceField(label="角色")
    organization = forms.ModelChoiceField(label="单位", queryset=Organization.objects.none(), required=False,
                                          empty_label="本县（市、区）", help_text="乡镇（街道）书记必选。")  # fmt: skip
    post = forms.CharField(label="职务", max_length=40, required=False)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in grantable_roles(membership)]
        self.fields["organization"].queryset = townships()

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == Role.TOWNSHIP_SECRETARY and not data.get("organization"):
            self.add_error("organization", "乡镇（街道）书记须选择所在乡镇（街道）。")
        return data


class OrganizationForm(forms.Form):
    code = forms.CharField(label="代码", max_length=12, help_text="6–12 位数字，如 330182001202。")
    name = forms.CharField(label="名称", max_length=80)
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *OrganizationKind.choices])
    parent = forms.ModelChoiceField(label="上级", queryset=Organization.objects.none(), to_field_name="code",
                                    empty_label="请选择")  # fmt: skip
    level = forms.ChoiceField(label="党组织层级", choices=[("", "未填"), *PartyLevel.choices], required=False)
    member_count = forms.IntegerField(label="党员数", min_value=0, required=False)
    remote = forms.BooleanField(label="偏远", required=False)
    weak = forms.BooleanField(label="薄弱", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Organization.objects.filter(active=True, depth__lte=1).order_by("path")


class RenameForm(forms.Form):
    name = forms.CharField(label="新名称", max_length=80)


class MoveForm(forms.Form):
    parent = forms.ModelChoiceField(label="新的上级", queryset=Organization.objects.none(), to_field_name="code",
                                    empty_label="请选择")  # fmt: skip

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        elsewhere = Organization.objects.filter(active=True, depth__lte=1).exclude(path__startswith=organization.path)
        self.fields["parent"].queryset = elsewhere.order_by("path")


class AdoptForm(forms.Form):
    county_code = forms.RegexField(r"^[0-9]{6}$", label="县（市、区）代码", help_text="6 位行政区划代码，如 330182。",
                                   error_messages={"invalid": "应为 6 位数字，如 330182。"})  # fmt: skip


class UploadForm(forms.Form):
    file = forms.FileField(label="文件", help_text="CSV、.xlsx 或 .xls，不超过 20 MB；可有标题行、合并单元格和合计行。",
                           error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"})  # fmt: skip

    def __init__(self, *args: Any, kind: str, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = IMPORTERS[kind].params_form
        self.asked = asked(*args, membership=membership) if asked else None  # type: ignore[call-arg]
        if self.asked:
            self.fields = {**self.asked.fields, **self.fields}  # type: ignore[assignment]

    def params(self) -> dict[str, Any]:
        """What was answered besides the file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class DivisionsForm(forms.Form):
    streets = forms.FileField(label="街道（乡镇）清单", help_text="CSV：code、name、areaCode。")
    villages = forms.FileField(label="村（社区）清单", help_text="CSV：code、name、streetCode。")


class TenantForm(forms.Form):
    code = forms.RegexField(r"^[0-9]{6}$", label="县（市、区）代码", help_text="6 位行政区划代码。",
                            error_messages={"invalid": "应为 6 位数字。"})  # fmt: skip
    name = forms.CharField(label="名称", max_length=60, help_text="如：建德市。")
    office = forms.CharField(label="主管单位", max_length=80, help_text="页面左上角显示，如：建德市委组织部。")
    username = forms.CharField(label="首位管理员账号", max_length=60)
    display_name = forms.CharField(label="首位管理员姓名", max_length=40)
