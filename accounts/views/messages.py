"""The county's channels and what lies in its outbox: set up, try, send again, stop."""

from django import forms
from django.contrib import messages as notes
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..access import Permission, get_permitted, require
from ..enums import ChannelKind, MessageState
from ..models import Message, MessageChannel
from ..services.messages import drop_message, put_message, retry_message, set_channel
from .answers import attempt, page_of

MANAGE = Permission.MANAGE_MESSAGES


class ChannelForm(forms.Form):
    kind = forms.ChoiceField(label="方式", choices=ChannelKind.choices)
    name = forms.CharField(label="名称", max_length=40, help_text="如“组织科工作群”。")
    address = forms.CharField(
        label="机器人地址", max_length=500, required=False,
        help_text="在群设置中添加自定义机器人后复制得到，以 https:// 开头。电子邮件不用填。",
    )  # fmt: skip
    secret = forms.CharField(
        label="加签密钥", max_length=200, required=False, widget=forms.PasswordInput,
        help_text="钉钉机器人选择“加签”时给出。保存后不再显示；留空则保留原来的。",
    )  # fmt: skip
    active = forms.BooleanField(label="启用", required=False, initial=True)


@require(MANAGE)
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    rows = Message.objects.select_related("channel", "recipient")
    if state in MessageState.values:
        rows = rows.filter(state=state)
    counts = {value: Message.objects.filter(state=value).count() for value in MessageState.values}
    filters = [{"label": "全部", "url": "?", "count": sum(counts.values()), "pressed": not state}]
    filters += [
        {"label": label, "url": f"?state={value}", "count": counts[value], "pressed": value == state}
        for value, label in MessageState.choices
    ]
    context = {"page": page_of(request, rows), "channels": MessageChannel.objects.all(), "filters": filters}
    return render(request, "accounts/messages.html", context)


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def channel_new(request: HttpRequest) -> HttpResponse:
    return _channel_form(request, None)


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def channel_edit(request: HttpRequest, channel_id: str) -> HttpResponse:
    return _channel_form(request, _channel(request, channel_id))


def _channel(request: HttpRequest, channel_id: str) -> MessageChannel:
    return get_permitted(request.membership, MANAGE, MessageChannel.objects.all(), pk=channel_id)


def _channel_form(request: HttpRequest, channel: MessageChannel | None) -> HttpResponse:
    known = {name: getattr(channel, name) for name in ("kind", "name", "address", "active")} if channel else None
    form = ChannelForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        facts = {"tenant": request.tenant, "actor": request.user, "channel": channel, **form.cleaned_data}
        if attempt(form, lambda: set_channel(**facts)):
            notes.success(request, "消息渠道已保存。请发一条试发消息看能否收到。")
            return redirect("accounts:messages")
    heading = "修改消息渠道" if channel else "新建消息渠道"
    context = {"heading": heading, "form": form, "button": "保存", "back": "accounts:messages", "back_label": "消息"}
    return render(request, "accounts/form_page.html", context)


@require(MANAGE)
@require_POST
def channel_try(request: HttpRequest, channel_id: str) -> HttpResponse:
    """One message to oneself (or to the group), through the same outbox as every other."""
    channel = _channel(request, channel_id)
    me = request.user if channel.kind == ChannelKind.EMAIL else None
    words = f"这是{request.user}从平台发出的试发消息，收到即表示渠道可用，不用办理。"
    put_message(channel=channel, key=f"try:{timezone.now().isoformat()}", subject="标杆：试发消息", body=words,
                recipient=me)  # fmt: skip
    notes.success(request, "试发消息已放入待发，半分钟内发出。结果见下表。")
    return redirect("accounts:messages")


@require(MANAGE)
@require_POST
def message_retry(request: HttpRequest, message_id: str) -> HttpResponse:
    return _act(request, message_id, retry_message, "已放回待发。")


@require(MANAGE)
@require_POST
def message_drop(request: HttpRequest, message_id: str) -> HttpResponse:
    return _act(request, message_id, drop_message, "这条消息不再发送。")


def _act(request: HttpRequest, message_id: str, act: object, done: str) -> HttpResponse:
    message = get_permitted(request.membership, MANAGE, Message.objects.all(), pk=message_id)
    try:
        act(message=message, actor=request.user)  # type: ignore[operator]
    except ValidationError as refused:
        notes.error(request, refused.messages[0])
    else:
        notes.success(request, done)
    return redirect("accounts:messages")
