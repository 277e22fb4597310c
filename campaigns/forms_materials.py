"""Forms of materials: whose file it is, what it is called, and the file where it comes in one piece."""

from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.enums import OrganizationKind
from accounts.files.kinds import ACCEPTED, EXTENSIONS, kind_of_name, too_large, unwanted_name
from accounts.files.names import safe_name
from accounts.models import Membership, Organization

from .queries import material_organizations

ENDINGS = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)
FILE_HELP = f"{ACCEPTED}；照片不超过 15 MB，文档不超过 20 MB。照片里的拍摄位置等信息会自动去掉。"


class TitleForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80, error_messages={"required": "请填写名称。"})


class MaterialForm(forms.Form):
    organization = forms.ChoiceField(label="组织", error_messages={"required": "请选择组织。"})
    file = forms.FileField(label="文件", help_text=FILE_HELP, widget=forms.FileInput(attrs={"accept": ENDINGS}),
                           allow_empty_file=True, error_messages={"required": "请选择文件。"})  # fmt: skip
    title = forms.CharField(label="名称", max_length=80, required=False, help_text="不填就用文件名。")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = {str(row.pk): row for row in material_organizations(membership)}
        field = self.fields["organization"]
        field.choices = grouped(list(self.organizations.values()))  # type: ignore[attr-defined]

    def clean_organization(self) -> Organization:
        return self.organizations[self.cleaned_data["organization"]]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        name = safe_name(file.name)
        if refused := unwanted_name(name) or too_large(file.size, kind_of_name(name)):
            raise ValidationError(refused.sentence(name))
        return file


def grouped(organizations: list[Organization]) -> list[tuple[str, Any]]:
    """Choices under the name of their township; the county's own first."""
    names = {row.code: row.name for row in organizations if row.kind == OrganizationKind.TOWNSHIP}
    choices: list[tuple[str, Any]] = [("", "请选择")]
    for code, rows in groupby(organizations, key=lambda row: row.township_code):
        pairs = [(str(row.pk), row.name) for row in rows]
        choices += [(names[code], pairs)] if code in names else pairs
    return choices
