"""What the application's role may do, said once: for the command that grants it and the check that asks the database.

``biaogan_app`` owns nothing and is under every policy. What only grows it cannot change even where no trigger stood.
"""

from typing import Any

APP_ROLE = "biaogan_app"
ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
GROWS = frozenset({"SELECT", "INSERT"})

#: Tables where the application may do less than read, add, change and remove rows.
LESS: dict[str, frozenset[str]] = {
    "accounts_auditentry": GROWS,
    "scoring_scoresheet": GROWS,
    "scoring_factrevision": GROWS,
    "scoring_eventrevision": GROWS,
    "scoring_result": ALL - {"UPDATE"},
    "scoring_consequencerow": ALL - {"UPDATE"},
    "scoring_parentpoints": ALL - {"UPDATE"},
    "django_migrations": frozenset({"SELECT"}),
}


def tables(cursor: Any) -> list[str]:
    """Every table of the application's schema."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
    )
    return sorted(name for (name,) in cursor.fetchall())


def grants(cursor: Any, role: str = APP_ROLE) -> list[str]:
    """Statements that bring the rights of ``role`` to exactly what is said here, whatever they were."""
    cursor.execute("SELECT current_database(), current_schema()")
    database, schema = cursor.fetchone()
    made = [
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {role}',
        f'GRANT USAGE ON SCHEMA "{schema}" TO {role}',
        f'REVOKE CREATE ON SCHEMA "{schema}" FROM {role}, PUBLIC',
        f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {role}, PUBLIC',
        f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "{schema}" TO {role}',
    ]
    for table in tables(cursor):
        rights = ", ".join(sorted(LESS.get(table, ALL)))
        made.append(f'GRANT {rights} ON "{table}" TO {role}')
    return made
