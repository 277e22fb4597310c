#!/usr/bin/env bash
# Runs once, when the database folder is empty: two roles, so that the application owns nothing.
#   biaogan_owner  owns the database and migrates it; under the policies as well (FORCE ROW LEVEL SECURITY)
#   biaogan_app    reads and writes rows; no superuser, no way round row level security
# `manage.py grant_roles` after every migration narrows this for tables that only grow; see docs/security.md.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
     -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE biaogan_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE biaogan_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE biaogan OWNER biaogan_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE biaogan FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE biaogan TO biaogan_app;
\connect biaogan
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO biaogan_owner;
GRANT USAGE ON SCHEMA public TO biaogan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE biaogan_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO biaogan_app;
ALTER DEFAULT PRIVILEGES FOR ROLE biaogan_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO biaogan_app;
SQL
