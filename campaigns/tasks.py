"""Background work of campaigns: every quarter of an hour rounds go on by their dates, county by county."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.enums import TenantKind
from accounts.models import Tenant, tenant_scope

from .services.advance import advance_by_date

log = logging.getLogger(__name__)

#: Worlds that run rounds; a prefecture and the platform have none.
RUN_ROUNDS = (TenantKind.COUNTY, TenantKind.REHEARSAL)


@shared_task(name="campaigns.tasks.advance_rounds")
def advance_rounds() -> int:
    """How many steps were taken in all. One county's trouble does not keep the others waiting."""
    steps, today = 0, timezone.localdate()
    for tenant in Tenant.objects.filter(kind__in=RUN_ROUNDS):
        try:
            with tenant_scope(tenant):
                steps += sum(advance_by_date(today=today).values())
        except Exception:
            log.exception("rounds of tenant %s did not go on by their dates", tenant.code)
    return steps
