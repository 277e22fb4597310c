"""The one page of a county's business that anybody may open: a public notice while it runs.

No sign-in, no cookies, no scores, no people. An unknown county, an unknown notice and one that has not begun answer
alike; one that is over says so and names nobody.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.enums import TenantKind
from accounts.models import Tenant, tenant_scope

from .enums import NoticeState
from .models import PublicNotice

#: How long a copy may be kept on the way: a notice that is taken down is gone within a minute.
KEPT_SECONDS = 60


@public
@require_safe
def public_notice(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    tenant = Tenant.objects.filter(code=code, kind__in=[TenantKind.COUNTY, TenantKind.REHEARSAL]).first()
    if tenant is None:
        raise Http404
    today = timezone.localdate()
    with tenant_scope(tenant):
        notice = PublicNotice.objects.filter(slug=slug, opens_on__lte=today).first()
        if notice is None:
            raise Http404
        running = notice.state == NoticeState.OPEN and today <= notice.closes_on
        context = {
            "notice": notice, "tenant": tenant, "running": running,
            "rehearsal": tenant.kind == TenantKind.REHEARSAL,
            "grouped": tiers(notice.rows) if running else [],
        }  # fmt: skip
        response = render(request, "scoring/public_notice.html", context)
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def tiers(rows: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    """Rows by tier, in the order they were frozen in."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["tier"], []).append(row)
    return list(found.items())
