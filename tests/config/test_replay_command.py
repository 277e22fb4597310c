"""``manage.py replay``: all shipped counties without a name; the database side concerns the demonstration alone."""

import pytest
from django.core.management import call_command

from config.management.commands import replay

SKIPPED = "数据库中没有这个县的演示数据，只比对了文件。"


@pytest.fixture
def asked(monkeypatch):
    """What the command asks of the file side, which answers that everything agrees."""
    calls = []

    def answer(arguments):
        calls.append(arguments)
        return 0

    monkeypatch.setattr(replay, "schemes_main", answer)
    return calls


@pytest.mark.django_db
def test_without_a_name_every_county_and_the_demonstration(asked, capsys):
    call_command("replay")
    assert asked == [["replay"]]
    assert SKIPPED in capsys.readouterr().out


def test_counties_without_a_demonstration_need_no_database(asked, capsys):
    call_command("replay", "fucheng", "haian")
    assert asked == [["replay", "fucheng", "haian"]]
    assert SKIPPED not in capsys.readouterr().out


def test_a_difference_ends_with_one(monkeypatch):
    monkeypatch.setattr(replay, "schemes_main", lambda arguments: 1)
    with pytest.raises(SystemExit) as ended:
        call_command("replay", "fucheng")
    assert ended.value.code == 1
