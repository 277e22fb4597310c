"""What a person or a program sees when a request fails: what happened, what to do, and the number to quote.

Responsible for the pages of 400, 403, 404 and 500, of a stale form, and for the shape of API errors. A page never
needs the database: when its template cannot be drawn, a plain one is. Leaves alone: messages of forms and services.
"""

from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

API = "/api/"


@dataclass(frozen=True)
class Text:
    title: str
    message: str
    remedy: str


TEXTS = {
    400: Text("请求有误", "服务器看不懂这次请求。", "请返回上一页重新操作；如果一再出现，请把编号告诉管理员。"),
    403: Text(
        "没有权限", "您的账号没有办理这件事的权限。", "如工作需要，请联系本单位管理员开通，或换用有权限的账号登录。"
    ),
    404: Text("找不到页面", "这个地址没有内容，或者您看不到它。", "请检查地址，或从首页重新进入。"),
    500: Text("服务器出错", "这次操作没有完成，已自动记录。", "请稍后重试；如果一再出现，请把编号告诉管理员。"),
}
STALE = Text(
    "页面已过期",
    "页面打开太久，或浏览器没有保存 Cookie，为了安全没有提交。",
    "请返回上一页，刷新后重新提交；填写的内容请先复制。",
)
API_TEXTS = {
    400: "提交的内容有误，请按提示修改后重试。",
    401: "请先登录。",
    403: TEXTS[403].message,
    404: "找不到这项内容，或者您看不到它。",
    405: "这个地址不支持这种操作。",
    415: "请以 JSON 格式提交（Content-Type: application/json）。",
    429: "请求过于频繁，请稍后再试。",
}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400, TEXTS[400])


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A refusal that carries a sentence was written for the person; it replaces the general one."""
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    text = TEXTS[403]
    return answer(request, 403, Text(text.title, said or text.message, text.remedy))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The exception's text is ignored: it would tell a missing id from another county's."""
    return answer(request, 404, TEXTS[404])


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, 500, TEXTS[500])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, 403, STALE)


def answer(request: HttpRequest, status: int, text: Text) -> HttpResponse:
    """JSON for the API, a page for people."""
    request_id = getattr(request, "request_id", "")
    if request.path.startswith(API):
        body = {"detail": f"{text.message}{text.remedy}", "request_id": request_id}
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(_page(request, status, text, request_id), status=status)


def _page(request: HttpRequest, status: int, text: Text, request_id: str) -> str:
    """The template with the shell around it; at 500, or when that fails, without; last of all bare HTML."""
    context = {"request_id": request_id, "status": status, **asdict(text)}
    for shell in (request, None) if status != 500 else (None,):
        try:
            return render_to_string(f"errors/{status}.html", context, request=shell)
        except Exception:  # whatever broke the page, the person still gets a sentence
            continue
    return _bare(context)


def _bare(context: dict) -> str:
    return format_html(
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>{title}</title>'
        "<h1>{title}</h1><p>{message}</p><p>{remedy}</p><p>编号：{request_id}</p></html>",
        **context,
    )


def api_exception(error: Exception, context: dict) -> Response | None:
    """DRF's answer in one shape: detail, errors by field, the request id. Unknown errors go on to the 500 handler."""
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(_by_field(error))
    response = exception_handler(error, context)
    if response is None:
        return None
    request_id = getattr(context["request"], "request_id", "")
    body = {"detail": _detail(error, response), "request_id": request_id}
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = response.data
    response.data = body
    return response


def _by_field(error: ValidationError) -> dict:
    return error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}


def _detail(error: Exception, response: Response) -> str:
    if isinstance(error, PermissionDenied) and str(error):
        return str(error)
    return API_TEXTS.get(response.status_code) or str(response.data.get("detail", TEXTS[400].message))
