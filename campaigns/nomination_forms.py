"""The form of a nomination: texts, self-assessment and material as the scheme asks for them. It writes nothing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.files.kinds import EXTENSIONS
from schemes.document import Node, Scheme

from .models import Material, Nomination
from .nominating import Ask, read_self_mark
from .services.applying import LONGEST_PLAN

#: What the file input offers; what a file really is, is found out by its content.
ACCEPT = ",".join(f".{ending}" for endings in EXTENSIONS.values() for ending in endings)


class NominationForm(forms.Form):
    """``use_N`` and ``file_N`` answer the N-th piece asked for; the last N is material beside what is asked."""

    def __init__(
        self, *args: Any, nomination: Nomination, tiers: list[str], asks: list[Ask], library: QuerySet[Material],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.scheme: Scheme = nomination.round.scheme_version.document
        marks = nomination.self_marks
        initial = {name: getattr(nomination, name) for name in ("tier", "statement", "plan")}
        super().__init__(*args, initial=initial | {f"mark_{key}": mark for key, mark in marks.items()}, **kwargs)
        self.asks = asks
        limit = self.scheme.nomination.statement_limit
        if len(tiers) > 1:
            choices = [(name, name) for name in tiers]
            self.fields["tier"] = forms.ChoiceField(label="申报等次", choices=choices)
        self.fields["statement"] = text_field("基本情况", limit, rows=6)
        self.fields["plan"] = text_field("创建方案摘要", LONGEST_PLAN, rows=4)
        for leaf in self.marked:
            self.fields[f"mark_{leaf.key}"] = forms.CharField(
                label=f"自评：{leaf.name}", required=False, max_length=24,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )  # fmt: skip
        for number in range(len(asks) + 1):
            what = f"“{asks[number].piece.text}”" if number < len(asks) else "其他材料"
            self.fields[f"use_{number}"] = MaterialChoice(
                label=f"{what}：选用已有材料", queryset=library, required=False, empty_label="不选用",
                error_messages={"invalid_choice": "这份材料已不能使用，请另选一份。"},
            )  # fmt: skip
            self.fields[f"file_{number}"] = forms.FileField(
                label=f"{what}：上传文件", required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}),
                error_messages={"empty": "文件是空的，请重新选择。"},
            )  # fmt: skip

    @property
    def marked(self) -> tuple[Node, ...]:
        return self.scheme.leaves if self.scheme.nomination.self_assessment else ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for leaf in self.marked:
            name = f"mark_{leaf.key}"
            if text := data.get(name):
                try:
                    data[name] = read_self_mark(leaf, text)
                except ValueError as error:
                    self.add_error(name, f"{error}。")
        return data

    # -- what was agreed

    def facts(self) -> dict[str, Any]:
        """The arguments of ``revise_nomination``."""
        data = self.cleaned_data
        marks = {leaf.key: data[f"mark_{leaf.key}"] for leaf in self.marked}
        return {"tier": data.get("tier"), "statement": data["statement"], "plan": data["plan"], "self_marks": marks}

    def chosen(self) -> list[tuple[str, Material]]:
        """Material of the library that was chosen, each with what it answers."""
        return [(name, found) for name, found in self._answers("use") if found]

    def uploads(self) -> list[tuple[str, Any]]:
        return [(name, found) for name, found in self._answers("file") if found]

    def _answers(self, kind: str) -> list[tuple[str, Any]]:
        names = [*(ask.piece.requirement for ask in self.asks), ""]
        return [(name, self.cleaned_data.get(f"{kind}_{number}")) for number, name in enumerate(names)]

    # -- for the page

    def mark_rows(self) -> list[dict[str, Any]]:
        return [{"leaf": leaf, "field": self[f"mark_{leaf.key}"], "allowed": allowed(leaf)} for leaf in self.marked]

    def ask_rows(self) -> list[dict[str, Any]]:
        return [{"ask": ask, **self._controls(number)} for number, ask in enumerate(self.asks)]

    def other_row(self) -> dict[str, Any]:
        return self._controls(len(self.asks))

    def _controls(self, number: int) -> dict[str, Any]:
        return {"use": self[f"use_{number}"], "file": self[f"file_{number}"]}


def allowed(leaf: Node) -> str:
    """What may be written for a criterion that inspectors mark."""
    return leaf.mark.allowed() if hasattr(leaf.mark, "allowed") else ""


class MaterialChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Material) -> str:
        return f"{obj.title}（{obj.get_kind_display() or '文件'}，{obj.created_at:%Y-%m-%d}）"


def text_field(label: str, limit: int, *, rows: int) -> forms.CharField:
    """A text of at most ``limit`` characters; line ends count once, as people count them."""
    return LimitedText(
        label=label, required=False, limit=limit, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=f"不超过 {limit} 字。",
    )  # fmt: skip


class LimitedText(forms.CharField):
    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > self.limit:
            raise ValidationError(f"现有 {len(text)} 字，超过 {self.limit} 字，请精简。")
        return text
