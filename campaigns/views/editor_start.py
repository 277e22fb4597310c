"""How a draft begins: empty, from a county that is shipped with the product, or from a version of one's own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, require

from ..beginnings import begin_from, beginnings
from ..services.drafts import DraftRefused, begin_draft

MANAGE = Permission.MANAGE_CAMPAIGNS


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_new(request: HttpRequest) -> HttpResponse:
    found = beginnings(request.membership)
    chosen = request.POST.get("source") or request.GET.get("source") or ""
    context: dict[str, Any] = {"beginnings": found, "chosen": chosen}
    if request.method == "POST":
        beginning = next((each for each in found if each.value == chosen), None)
        if beginning is None:
            return render(request, "campaigns/editor/new.html", {**context, "error": "请选择从哪里开始。"})
        tree, version = begin_from(request.membership, beginning)
        try:
            draft = begin_draft(tenant=request.tenant, tree=tree, actor=request.user, based_on=version)
        except DraftRefused as refused:
            return render(request, "campaigns/editor/new.html", {**context, "error": str(refused)})
        messages.success(request, "编辑稿已建好，改一处存一处；改完存为版本，由另一位管理员发布。")
        return redirect("campaigns:draft_block", draft.pk, "identity")
    return render(request, "campaigns/editor/new.html", context)
