"""The bootstrap installs once per lock, says what is missing in a sentence, and never shows a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder that looks like a fresh clone, with a space in its name, and a record of what would have run."""
    root = tmp_path / "my clone"
    (root / "requirements").mkdir(parents=True)
    for name in ("requirements/run.txt", "requirements/test.txt", "package-lock.json"):
        (root / name).write_text(name)
    for name, path in {"ROOT": "", "VENV": ".venv", "MODULES": "node_modules", "CACHE": ".cache"}.items():
        monkeypatch.setattr(bootstrap, name, root / path)
    monkeypatch.setattr(bootstrap, "PYTHON", root / ".venv/bin/python")
    (root / ".venv").mkdir()
    (root / ".venv/pyvenv.cfg").write_text("version = 3.11.9")
    monkeypatch.setattr(bootstrap, "_make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "_node", lambda: (root / "node", root / "npm"))
    return root


@pytest.fixture
def ran(clone, monkeypatch):
    names = []
    monkeypatch.setattr(bootstrap, "_run", lambda name, command, **how: names.append((name, command, how)))
    return names


def names(ran):
    return [name for name, _, _ in ran]


def test_a_fresh_clone_installs_both_once(ran):
    bootstrap.prepare(dev=False)
    bootstrap.prepare(dev=False)
    assert names(ran) == ["pip", "npm"]


def test_a_changed_lock_installs_again(ran, clone):
    bootstrap.prepare(dev=False)
    (clone / "requirements/run.txt").write_text("other")
    bootstrap.prepare(dev=False)
    assert names(ran) == ["pip", "npm", "pip"]


def test_another_python_installs_again(ran, clone):
    bootstrap.prepare(dev=False)
    (clone / ".venv/pyvenv.cfg").write_text("version = 3.12.1")
    bootstrap.prepare(dev=False)
    assert names(ran) == ["pip", "npm", "pip", "npm"]


def test_what_serves_the_tests_serves_the_product(ran):
    bootstrap.prepare(dev=True)
    bootstrap.prepare(dev=False)
    assert names(ran) == ["pip", "npm"]


def test_the_product_does_not_serve_the_tests(ran):
    bootstrap.prepare(dev=False)
    bootstrap.prepare(dev=True)
    assert names(ran) == ["pip", "npm", "pip", "npm"]


def test_installers_check_hashes_and_run_no_scripts(ran):
    bootstrap.prepare(dev=False)
    (_, pip, _), (_, npm, how) = ran
    assert "--require-hashes" in pip
    assert pip[pip.index("--only-binary") + 1] == ":all:"
    assert "--ignore-scripts" in npm
    assert "--omit=dev" in npm
    assert {**how["env"], "PATH": ""} == {**os.environ, "PATH": ""}


def test_a_failed_installer_shows_its_last_lines_and_the_remedy(clone):
    command = [sys.executable, "-c", "print('no route to host'); raise SystemExit(1)"]
    with pytest.raises(bootstrap.Problem) as problem:
        bootstrap._run("pip", command, remedy="请检查网络。")
    assert "no route to host" in str(problem.value)
    assert "请检查网络。" in str(problem.value)


def test_a_problem_ends_with_a_sentence_and_code_one(monkeypatch, capsys):
    def fail(*, dev):
        raise bootstrap.Problem("缺少 venv。")

    monkeypatch.setattr(bootstrap, "prepare", fail)
    with pytest.raises(SystemExit) as end:
        bootstrap.enter(["manage.py", "up"])
    assert "缺少 venv。" in str(end.value.code)


def test_without_ensurepip_it_says_which_package_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(bootstrap.Problem, match="python3-venv"):
        bootstrap._make_venv()


def test_an_old_python_gets_a_sentence(tmp_path):
    """`manage.py` is run with a version number that lies, as no old Python is at hand."""
    manage = Path(bootstrap.__file__).resolve().parent.parent / "manage.py"
    lie = "import sys, runpy; sys.version_info = (3, 9, 2); sys.argv = ['manage.py', 'up']; "
    command = [sys.executable, "-c", lie + f"runpy.run_path({str(manage)!r}, run_name='__main__')"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "需要 Python 3.11" in done.stderr
    assert "Traceback" not in done.stderr


def test_manage_py_works_from_another_folder(tmp_path):
    manage = Path(bootstrap.__file__).resolve().parent.parent / "manage.py"
    done = subprocess.run([sys.executable, manage, "version"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
