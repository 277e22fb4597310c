"""Whether anything happened: the last entries of the operation log as a number that pages ask for again and again.

Every write of the platform leaves an entry, so the same number means that nothing was written. The entries just
before the last
are counted as well: of two writes at the same moment the earlier number may be seen later.
"""

from django.db.models import Count, Max, Min

from .models import AuditEntry, Tenant

#: So many entries back somebody's write may still be under way.
WINDOW = 400


def change_number(tenant: Tenant) -> str:
    """One query along the index of the log."""
    latest = AuditEntry.objects.filter(tenant=tenant).order_by("-id").values("id")[:WINDOW]
    found = AuditEntry.objects.filter(id__in=latest).aggregate(last=Max("id"), first=Min("id"), count=Count("id"))
    return f"{found['last']}.{found['first']}.{found['count']}"
