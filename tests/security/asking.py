"""Asking the product as one of the cast, and looking through an answer for what it must not hold. No tests here."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.test import Client

from accounts.access import GRANTS
from accounts.enums import Role
from accounts.models import tenant_scope
from accounts.models.base import across_tenants
from accounts.services.uploads import IMPORTERS
from scoring.phone_files import phone_files

from .routes import Route

WORKING = (Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR, Role.LEADER, Role.OBSERVER)
VISITORS = [*map(str, WORKING), "system_admin", "security_admin", "audit_admin", "watcher", "stranger", "anonymous"]
CHANGING = [
    (re.compile(rb'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ?"|X-CSRFToken&quot;: ?&quot;)[\w-]+'), rb"\1-"),
    (re.compile(rb'"(server_time|csrf_token)": ?"[^"]*"'), rb'"\1":"-"'),
    (re.compile(rb'nonce="[^"]*"'), b'nonce="-"'),
    (re.compile(rb"'nonce-[^']*'"), b"'nonce-'"),
    (re.compile(rb"\n(Expires|Last-Modified|Content-Length): [^\n]*"), b""),
    (re.compile(rb"<dcterms:(created|modified)[^<]*<"), b"<"),
]
#: Values in addresses that are no ids.
PLAIN = {"extension": "csv", "kind": "organizations", "year": 2026, "block": "tiers", "node": "0"}
PLAIN |= {"phone_version": phone_files().version, "phone_file": "main.js"}
#: Bookkeeping of the session itself; everything else a refused request must leave as it was.
UNWATCHED = {"django_session", "accounts_user"}


@dataclass
class Visitor:
    """Somebody at a browser. ``rights`` are the permissions of the post they act in; nobody signed in has none."""

    name: str
    client: Client
    rights: frozenset[str] = frozenset()
    signed_in: bool = True
    forbidden: frozenset[bytes] = field(default_factory=frozenset)

    def may(self, route: Route) -> bool:
        if {"public"} & set(route.permissions):
            return True
        if {"signed_in", "api_user"} & set(route.permissions):
            return self.signed_in
        return bool(self.rights & set(route.permissions))

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        """One request; the cookies stay as they were, so that signing out is one answer among others."""
        cookies = self.client.cookies.copy()
        kind = {"content_type": "application/json"} if path.startswith("/api/") and method == "POST" else {}
        try:
            return getattr(self.client, method.lower())(path, data or {}, **kind)
        finally:
            self.client.cookies = cookies


def visitor(name: str, user: Any = None, rights: Any = frozenset()) -> Visitor:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Visitor(name, client, frozenset(map(str, rights)), signed_in=user is not None)


def body(response: Any) -> bytes:
    """Everything a person could read: headers and body; of a workbook every part, unpacked."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.items()).encode()
    return headers + b"\n" + content


def plain(response: Any, *replaced: str) -> tuple[int, bytes]:
    """Status and text without what differs between any two requests: request id, tokens, and the values given."""
    text = body(response).replace(response["X-Request-ID"].encode(), b"-")
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    for value in replaced:
        text = text.replace(value.encode(), b"?")
    return response.status_code, text


def marks_of(county: Any) -> frozenset[bytes]:
    """What gives a county away: its sign, codes, numbers and every id it owns."""
    with across_tenants("ids to look for"), connection.cursor() as cursor:
        found = {county.sign, county.key, county.code, *county.numbers, str(county.tenant.pk)}
        for table in tables_with_uuid(cursor):
            cursor.execute(f"SELECT id::text FROM {table} WHERE tenant_id = %s", [str(county.tenant.pk)])
            found |= {pk for (pk,) in cursor.fetchall()}
    return frozenset(mark.encode() for mark in found)


def tables_with_uuid(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT t.table_name FROM information_schema.columns t"
        " JOIN information_schema.columns i USING (table_schema, table_name)"
        " WHERE t.column_name = 'tenant_id' AND i.column_name = 'id' AND i.data_type = 'uuid'"
        " AND table_schema = current_schema()"
    )
    return [name for (name,) in cursor.fetchall()]


def leaks(text: bytes, marks: frozenset[bytes]) -> list[bytes]:
    return sorted(mark for mark in marks if found(mark, text))


def found(mark: bytes, text: bytes) -> bool:
    """A number counts only where it stands alone: 14.10 is not in 114.102."""
    if not re.fullmatch(rb"[\d.]+", mark):
        return mark in text
    return re.search(rb"(?<![\d.])" + re.escape(mark) + rb"(?![\d])", text) is not None


def values(county: Any, **other: Any) -> dict[str, Any]:
    return {**PLAIN, **county.ids, **other}


def digest() -> dict[str, str]:
    """Number of rows and a digest of every table, bookkeeping of sessions left out."""
    with across_tenants("comparing"), connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - UNWATCHED
        state = {}
        for name in sorted(names):
            cursor.execute(
                f"SELECT count(*), coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') FROM \"{name}\" t"
            )
            count, text = cursor.fetchone()
            state[name] = f"{count} {hashlib.sha256(text.encode()).hexdigest()}"
    return state


def kinds_of_import() -> list[str]:
    return sorted(IMPORTERS)


def everybody(world: Any) -> dict[str, Visitor]:
    """Everybody by name; ``forbidden`` is what must not appear in their answers."""
    home = {str(role): (world.home.people[role], GRANTS[role]) for role in WORKING}
    platform = {str(role): (user, GRANTS[role]) for role, user in world.admins.items()}
    people = home | platform | {"watcher": (world.watcher, GRANTS[Role.OBSERVER])}
    made = {name: visitor(name, user, rights) for name, (user, rights) in people.items()}
    made |= {"stranger": visitor("stranger", world.stranger), "anonymous": visitor("anonymous")}
    other = marks_of(world.other)
    for each in made.values():
        each.forbidden = other
    for role in set(WORKING) - {Role.COUNTY_ADMIN}:
        made[str(role)].forbidden = other | hidden_marks(world.home, inspector=role == Role.INSPECTOR)
    for name in ("system_admin", "audit_admin"):  # lists tenants by name; keeps the log of who signs in: nothing within
        made[name].forbidden = frozenset(mark for mark in other if mark not in named_tenant(world.other))
    return made


def hidden_marks(county: Any, *, inspector: bool) -> frozenset[bytes]:
    """Numbers and ids of the round that is computed and not published. An inspector knows the marks they gave."""
    with tenant_scope(county.tenant):
        hidden = county.computations[1]
        ids = {
            str(hidden.pk),
            hidden.inputs_digest,
            hidden.outcome_digest,
            *map(str, hidden.results.values_list("pk", flat=True)),
        }
    return frozenset(mark.encode() for mark in ids | (set() if inspector else county.secrets))


def named_tenant(county: Any) -> set[bytes]:
    return {mark.encode() for mark in (county.sign, county.key, county.code, str(county.tenant.pk))}


@contextmanager
def taken_back() -> Iterator[None]:
    """What an allowed request wrote is undone, so that the next one meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def listed(wrong: list[Any]) -> str:
    """For the message of an assertion: all of it, a line each."""
    return "\n" + "\n".join(map(str, wrong))
