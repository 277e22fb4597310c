"""Who is reminded of what: at most one message a day, only to people who owe something that is due or late.

A person gets their own list by e-mail; a group robot gets how many things each unit still owes, without names of
people and without figures. What waits is what the workbench shows (``reports.todos``).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse

from accounts.enums import ChannelKind, Role, TenantKind
from accounts.models import Membership, MessageChannel, Tenant, tenant_scope
from accounts.services.messages import put_message

from .todos import Todo, summary, todos_for

#: Who works; leaders and observers owe nothing.
OWING = (Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR)
#: A deadline this near is worth a message.
AHEAD = timedelta(days=2)
LINES = 10


def remind_all(*, today: date) -> int:
    """Lay today's reminders of every county into its outbox; how many. A rehearsal reminds nobody."""
    count = 0
    for tenant in Tenant.objects.filter(kind=TenantKind.COUNTY):
        with tenant_scope(tenant):
            count += remind(tenant=tenant, today=today)
    return count


def remind(*, tenant: Tenant, today: date) -> int:
    channels = list(MessageChannel.objects.filter(active=True))
    if not channels:
        return 0
    owed = list(_owed(today))
    return sum(_tell(channel, owed, today) for channel in channels)


def pressing(todos: list[Todo], today: date) -> list[Todo]:
    """What is late, due within two days, or waits for an answer; not what merely goes on."""
    near = today + AHEAD
    return [todo for todo in todos if todo.light in ("bad", "warn") or (todo.due and todo.due <= near)]


def _owed(today: date) -> Iterator[tuple[Membership, list[Todo]]]:
    memberships = Membership.objects.filter(active=True, role__in=OWING, user__is_active=True)
    for membership in memberships.select_related("user", "organization", "tenant"):
        if todos := pressing(todos_for(membership, today), today):
            yield membership, todos


def _tell(channel: MessageChannel, owed: list[tuple[Membership, list[Todo]]], today: date) -> int:
    if channel.kind != ChannelKind.EMAIL:
        return int(bool(owed) and _tell_group(channel, owed, today))
    return sum(_tell_person(channel, membership, todos, today) for membership, todos in owed)


def _tell_person(channel: MessageChannel, membership: Membership, todos: list[Todo], today: date) -> bool:
    shown = [_line(todo) for todo in todos[:LINES]]
    if len(todos) > LINES:
        shown.append(f"……另有 {len(todos) - LINES} 件。")
    return put_message(
        channel=channel,
        recipient=membership.user,
        key=f"todo:{today}:{membership.pk}",
        subject=f"标杆：待办 {summary(todos, today)}",
        body="\n".join(shown),
        url=_workbench(),
    )


def _tell_group(channel: MessageChannel, owed: list[tuple[Membership, list[Todo]]], today: date) -> bool:
    """Units with the number of things they owe, by what is most."""
    counts: Counter[str] = Counter()
    for membership, todos in owed:
        counts[_unit(membership)] += len(todos)
    lines = [f"- {unit}：{number} 件" for unit, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    subject = f"标杆：{len(counts)} 个单位有事项到期或临期"
    body = "\n".join([*lines, "", "请到平台工作台查看并办理。"])
    return put_message(channel=channel, key=f"todo:{today}", subject=subject, body=body, url=_workbench())


def _unit(membership: Membership) -> str:
    if membership.role == Role.INSPECTOR:
        return "评委"
    return membership.organization.name if membership.organization else membership.tenant.office


def _line(todo: Todo) -> str:
    return f"· {todo.subject}（{todo.words}）"


def _workbench() -> str:
    return f"{settings.SITE_URL}{reverse('reports:workbench')}" if settings.SITE_URL else ""
