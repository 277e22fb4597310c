"""What the three administrators see: operation log, sign-in security, tenants and the national list of divisions."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..access import Permission, get_permitted, require
from ..enums import OrganizationKind, Role
from ..forms import DivisionsForm, TenantForm
from ..models import Division, Job, Tenant
from ..queries import audit_entries, locked_accounts, people_of
from ..services.jobs import start_job
from ..services.people import new_password, unlock
from ..services.tenants import open_county
from ..services.uploads import keep_upload
from .answers import attempt, attempt_plainly, page_of
from .people import shown_once

#: Names of recorded facts and of recorded choices, as people say them.
LABELS = {
    "code": "代码", "name": "名称", "kind": "种类", "role": "角色", "organization": "单位", "post": "职务",
    "parent": "上级", "new": "新增", "changed": "更新", "kept": "保持", "size": "字节", "sha256": "摘要",
    "username": "账号", "upload": "文件", "divisions": "单位数", "rows": "行数", "url": "结果页",
    "host": "主办单位", "organizer": "承办单位", "approval_authority": "批准机关", "approval_no": "批准文号", "cycle": "周期",
    "starts_on": "开始日期", "ends_on": "结束日期", "onsite_date": "现场日期", "scheme": "办法", "digest": "摘要",
    "state": "状态", "reason": "原因", "added": "新增", "removed": "移除", "stored": "新收", "revised": "修订",
    "unchanged": "不变", "inputs": "输入摘要", "computation": "计算编号",
}  # fmt: skip
WORDS = dict([*Role.choices, *OrganizationKind.choices])


@require(Permission.VIEW_AUDIT)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    verb, text = request.GET.get("verb", ""), request.GET.get("q", "").strip()
    rows = audit_entries(request.membership, verb=verb, text=text)
    verbs = audit_entries(request.membership).order_by("verb").values_list("verb", flat=True).distinct()
    page = page_of(request, rows)
    for row in page:
        row.old_words, row.new_words = readable(row.old), readable(row.new)
    return render(request, "accounts/audit.html", {"page": page, "verbs": verbs, "verb": verb, "text": text})


def readable(facts: dict[str, Any]) -> str:
    """Recorded facts in words; what has no word keeps its own name, long values are cut."""
    said = []
    for key, value in facts.items():
        if value not in ("", None, [], {}):
            text = WORDS.get(str(value), str(value))
            said.append(f"{LABELS.get(key, key)}：{text if len(text) <= 40 else text[:12] + '…'}")
    return "，".join(said)


@require(Permission.VIEW_SECURITY)
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    attempts = list(locked_accounts(request.membership, since=now - settings.AXES_COOLOFF_TIME))
    names = {
        user.username: user
        for user in people_of(request.membership).filter(username__in=[a.username for a in attempts])
    }
    context = {
        "attempts": [
            {"person": names.get(attempt.username), "attempt": attempt,
             "locked": attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT,
             "until": attempt.attempt_time + settings.AXES_COOLOFF_TIME}
            for attempt in attempts
        ],
        "limit": settings.AXES_FAILURE_LIMIT,
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        "idle": settings.SESSION_COOKIE_AGE // 60,
    }  # fmt: skip
    return render(request, "accounts/security.html", context)


@require(Permission.VIEW_SECURITY)
@require_POST
def security_unlock(request: HttpRequest, user_id: str) -> HttpResponse:
    user = get_permitted(request.membership, Permission.VIEW_SECURITY, people_of(request.membership), pk=user_id)
    attempt_plainly(request, lambda: unlock(user=user, actor=request.user), f"{user} 已解除锁定。")
    return redirect("accounts:security")


@require(Permission.MANAGE_TENANTS)
@require_safe
def tenants(request: HttpRequest) -> HttpResponse:
    context = {"page": page_of(request, Tenant.objects.select_related("parent")), "divisions": Division.objects.count(),
               "latest": Job.objects.filter(kind="import_divisions").first()}  # fmt: skip
    return render(request, "accounts/tenants.html", context)


@require(Permission.MANAGE_TENANTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("password")
def tenant_new(request: HttpRequest) -> HttpResponse:
    form = TenantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = new_password()
        if made := attempt(form, lambda: open_county(password=password, actor=request.user, **form.cleaned_data)):
            return shown_once(request, made[1], password)
    context = {
        "heading": "新建租户",
        "form": form,
        "button": "新建租户",
        "back": "accounts:tenants",
        "back_label": "租户",
    }
    return render(request, "accounts/form_page.html", context)


@require(Permission.MANAGE_TENANTS)
@require_http_methods(["GET", "HEAD", "POST"])
def divisions_import(request: HttpRequest) -> HttpResponse:
    form = DivisionsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = begin_divisions(request, form)
        messages.success(request, "已开始读入清单，读完后整体替换。")
        return redirect("accounts:job", job.pk)
    context = {"heading": "导入全国区划清单", "form": form, "button": "开始读入", "back": "accounts:tenants",
               "back_label": "租户", "multipart": True}  # fmt: skip
    return render(request, "accounts/form_page.html", context)


@transaction.atomic
def begin_divisions(request: HttpRequest, form: DivisionsForm) -> Job:
    """Keep both files under the platform's tenant and start the job that reads them."""
    kept = [
        keep_upload(tenant=request.tenant, kind="divisions", filename=file.name, data=file.read(), actor=request.user)
        for file in (form.cleaned_data["streets"], form.cleaned_data["villages"])
    ]
    return start_job(tenant=request.tenant, kind="import_divisions", title="导入全国区划清单", key="import_divisions",
                     params={"uploads": [str(upload.pk) for upload in kept]}, actor=request.user)  # fmt: skip
