"""The live board: exact standings so far, for whom the phase allows, frozen without a trace of what came after."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.enums import PhaseKind, RoundState, Switch
from campaigns.models import Nomination, Phase, Round
from campaigns.services.campaigns import move_round
from scoring.models import BoardSnapshot
from scoring.services.board import BoardRefused, freeze_board, lift_board
from scoring.standings import standings
from sites.enums import PanelRole
from sites.models import PanelMember
from tests import factories
from tests.scoring import cast
from tests.scoring.arriving import TREE, receive, sheet_of
from tests.scoring.cast import HIGH, LOW, entry, open_round, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def stage(db):
    cache.clear()
    stage = cast.set_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def round(stage):
    """Yang and Zhao (home of J2) for the higher tier, Ling and Shi for the lower; scored on this day."""
    tiers = dict(zip(stage.villages, (HIGH, HIGH, HIGH, LOW), strict=True))
    round = open_round(stage, tiers)
    today = timezone.localdate()
    switches = [Switch.SCORE, Switch.LIVE_LEADERS]
    Phase(tenant=stage.tenant, round=round, kind=PhaseKind.ONSITE, sequence=1, opens_on=today, closes_on=today,
          switches=switches).save()  # fmt: skip
    return Round.objects.get(pk=round.pk)


def enter(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def leader(stage):
    return enter(factories.make_person(stage.tenant, Role.LEADER))


@pytest.fixture
def secretary(stage):
    return enter(factories.make_person(stage.tenant, Role.TOWNSHIP_SECRETARY, stage.county.east))


def score(stage, round, village, number, *marks):
    submit(stage, entry(round, stage.villages[village]), number, marks)


def ask(client, round, tag="", look="desk"):
    headers = {"If-None-Match": tag} if tag else {}
    answer = client.get(reverse("reports:live_board", args=[round.pk]), {"look": look}, headers=headers)
    return answer.status_code, answer.content.decode(), answer.get("ETag", "")


def shown(round):
    found = standings(Round.objects.get(pk=round.pk))
    return found, {
        row["organization"]: (row["score"], row["rank"], row["tied"], row["sheets"], row["due"])
        for group in found["groups"] for row in group["rows"]
    }  # fmt: skip


# --- standings -----------------------------------------------------------------------------------


def test_standings_are_exact_means_of_what_is_in_with_ties(stage, round):
    """杨村 (16 + 17 + 18.5) of J1 and J3, as J2 is recused: (16 + 18.5) / 2 = 17.25. 赵村 17.25. 岭后村 nothing."""
    score(stage, round, 0, "J1", 8, 8)
    score(stage, round, 0, "J3", 9.5, 9)
    score(stage, round, 1, "J1", 8.5, 8.5)
    score(stage, round, 1, "J3", 8, 9.5)
    score(stage, round, 3, "J2", 0, 0.5)
    found, rows = shown(round)
    assert rows == {
        "杨村": ("17.25", 1, True, 2, 2),
        "赵村": ("17.25", 1, True, 2, 2),
        "岭后村": ("", None, False, 0, 3),
        "石塘村": ("0.50", 1, False, 1, 3),
    }
    assert (found["sheets"], found["due"], found["what"]) == (5, 10, "总分")
    assert [group["tier"] for group in found["groups"]] == [HIGH, LOW]


def test_observers_the_vetoed_and_the_abstained_do_not_stand(stage, round):
    PanelMember.objects.filter(round=round, inspector=stage.J["J3"]).update(role=PanelRole.OBSERVER)
    score(stage, round, 2, "J1", 8, 8)
    score(stage, round, 2, "J3", 1, 1)
    Nomination.objects.filter(round=round, organization=stage.villages[1]).update(vetoed=True)
    score(stage, round, 1, "J1", 9, 9)
    _, rows = shown(round)
    assert rows["岭后村"] == ("16.00", 1, False, 1, 2)
    assert rows["赵村"][:2] == ("18.00", None)


def test_a_blank_that_the_facts_have_not_excused_has_no_figure_yet(db):
    """Nobody has written down who has water: the sheets' own part is shown, and a blank is not zero."""
    facts = [{"key": "water", "name": "水面", "type": "choice", "choices": ["有", "无"]}]
    stage = cast.set_stage(criteria={"tree": TREE}, facts=facts, ranking={}, panel={"recusal": "none"})
    with tenant_scope(stage.tenant):
        round = open_round(stage, dict.fromkeys(stage.villages[:2], HIGH))
        one, other = (entry(round, village) for village in stage.villages[:2])
        left_out = {"not_applicable": {"n": "没有水面"}}
        receive(stage, "J1", sheet_of(one, {"a": "9", "d": "5", "n": "4"}))
        receive(stage, "J1", sheet_of(other, {"a": "9", "d": "5", "n": None}, details=left_out))
        found, rows = shown(round)
        assert (found["what"], rows["杨村"][0], rows["赵村"][0]) == ("评委打分部分", "18.00", "")


def test_a_round_without_entries_has_an_empty_board(stage):
    round = open_round(stage, {})
    assert standings(round)["groups"] == []


# --- who sees it ---------------------------------------------------------------------------------


def test_the_office_sees_it_while_scoring_and_leaders_while_their_switch_is_on(stage, round, leader, secretary):
    score(stage, round, 0, "J1", 8.5, 9)
    for client in (enter(stage.first), leader):
        status, text, _ = ask(client, round)
        assert status == 200 and "17.50" in text and "暂定" in text and "杨村" in text
    status, text, _ = ask(secretary, round)
    assert status == 200 and "第 1 轮的现场亮分没有对您开放。" in text
    assert "17.50" not in text and "杨村" not in text
    Phase.objects.update(switches=[Switch.SCORE, Switch.LIVE_TOWNSHIPS])
    cache.clear()
    assert "17.50" in ask(secretary, round)[1]
    assert "17.50" not in ask(leader, round)[1]


def test_before_and_after_its_days_the_board_is_shut(stage, round, leader):
    score(stage, round, 0, "J1", 8.5, 9)
    today = timezone.localdate()
    for days in (1, -2):
        day = today + timedelta(days=days)
        Phase.objects.update(opens_on=day, closes_on=day)
        cache.clear()
        status, text, _ = ask(leader, round)
        assert status == 200 and "领导可看现场亮分" in text and "17.50" not in text and "杨村" not in text


@pytest.mark.parametrize("state", [state for state in RoundState if state != RoundState.SCORING])
def test_only_a_round_that_is_scored_has_a_board_for_others(stage, round, leader, state):
    score(stage, round, 0, "J1", 8.5, 9)
    Round.objects.filter(pk=round.pk).update(state=state)
    text = ask(leader, round)[1]
    assert "17.50" not in text and "杨村" not in text and "第 1 轮" in text


def test_pages_carry_the_board_without_javascript(stage, round, leader):
    score(stage, round, 0, "J1", 8.5, 9)
    for name in ("live", "live_hall"):
        text = leader.get(reverse(f"reports:{name}", args=[round.pk])).content.decode()
        assert "17.50" in text and "暂定" in text and "封盘" not in text
    assert "第 1 轮" in leader.get(reverse("reports:live_boards")).content.decode()
    assert 'data-open="act-freeze"' in enter(stage.first).get(reverse("reports:live", args=[round.pk])).content.decode()


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OBSERVER])
def test_inspectors_and_observers_have_no_board(stage, round, role):
    client = enter(factories.make_person(stage.tenant, role))
    assert client.get(reverse("reports:live", args=[round.pk])).status_code == 403


# --- asked for again and again -------------------------------------------------------------------


def test_nothing_new_is_304_and_a_new_sheet_is_there_at_once(stage, round, leader):
    score(stage, round, 0, "J1", 8, 8)
    _, first, tag = ask(leader, round)
    assert "16.00" in first and ask(leader, round, tag)[:2] == (304, "")
    score(stage, round, 0, "J3", 9, 9)
    status, second, newer = ask(leader, round, tag)
    assert status == 200 and "17.00" in second and newer != tag
    assert ask(leader, round, newer)[0] == 304


def test_an_unchanged_board_costs_few_queries(stage, round, leader, django_assert_max_num_queries):
    score(stage, round, 0, "J1", 8, 8)
    ask(leader, round)
    _, _, tag = ask(leader, round)
    with django_assert_max_num_queries(6):  # session, person, posts, and one for whether anything happened
        assert ask(leader, round, tag)[0] == 304


def test_an_entry_of_the_log_that_is_seen_late_changes_the_number(stage):
    """Of two writes at one moment the earlier number may become visible after the later one."""
    from accounts.changes import change_number
    from accounts.models import AuditEntry
    from accounts.services.audit import record

    last = record(actor=None, verb="甲").pk
    AuditEntry(pk=last + 2, tenant=stage.tenant, actor_name="乙", verb="乙").save(force_insert=True)
    before = change_number(stage.tenant)
    assert change_number(stage.tenant) == before
    AuditEntry(pk=last + 1, tenant=stage.tenant, actor_name="丙", verb="丙").save(force_insert=True)
    assert change_number(stage.tenant) != before


# --- frozen --------------------------------------------------------------------------------------


def test_a_frozen_board_shows_others_the_picture_and_leaks_nothing(stage, round, leader, secretary):
    """Everything a leader can get is the same, byte for byte, however many sheets come afterwards."""
    Phase.objects.update(switches=[Switch.SCORE, Switch.LIVE_LEADERS, Switch.LIVE_TOWNSHIPS])
    score(stage, round, 0, "J1", 8, 8)
    snapshot = freeze_board(round=round, reason="等最后一家", actor=stage.first)
    clients, looks = (leader, secretary), ("desk", "hall")
    before = {(client, look): ask(client, round, look=look) for client in clients for look in looks}
    pages = {client: page(client, round) for client in clients}
    score(stage, round, 0, "J3", 9, 9)
    score(stage, round, 2, "J1", 7.5, 7.5)
    PanelMember.objects.filter(round=round, inspector=stage.J["J2"]).delete()
    Nomination.objects.filter(round=round, organization=stage.villages[3]).update(vetoed=True)
    receive(stage, "J1", sheet_of(entry(round, stage.villages[0]), {"a": "1", "b": "1"}))
    for client in clients:
        assert page(client, round) == pages[client]
        for look in looks:
            cache.clear()
            assert ask(client, round, look=look) == before[client, look]
            assert ask(client, round, before[client, look][2], look=look)[0] == 304
    text = before[leader, "desk"][1]
    assert f"已封盘 {timezone.localtime(snapshot.taken_at):%H:%M}" in text and "16.00" in text
    assert "17.00" not in text and "15.00" not in text
    office = ask(enter(stage.first), round)[1]
    assert "17.00" in office and "15.00" in office and "已封盘" in office
    lift_board(round=round, actor=stage.first)
    assert "17.00" in ask(leader, round)[1] and "已封盘" not in ask(leader, round)[1]


def page(client, round):
    """The whole page without tokens that change with every request."""
    text = client.get(reverse("reports:live", args=[round.pk])).content.decode()
    return re.sub(r'nonce="[^"]*"|(X-CSRFToken|csrfmiddlewaretoken)[^>]*', "", text)


def test_a_shut_board_is_the_same_however_much_comes_in(stage, round, secretary):
    before = ask(secretary, round), page(secretary, round)
    score(stage, round, 0, "J1", 8, 8)
    freeze_board(round=round, reason="", actor=stage.first)
    cache.clear()
    assert (ask(secretary, round), page(secretary, round)) == before


def test_a_frozen_board_stays_on_the_wall_while_the_round_is_sealed(stage, round, leader):
    score(stage, round, 0, "J1", 8, 8)
    freeze_board(round=round, reason="", actor=stage.first)
    move_round(round=round, to=RoundState.SEALED, actor=stage.first)
    assert "16.00" in ask(leader, round)[1]


def test_freezing_is_one_at_a_time_and_only_while_scoring(stage, round):
    with pytest.raises(BoardRefused, match="没有封盘，不用解除"):
        lift_board(round=round, actor=stage.first)
    freeze_board(round=round, reason="", actor=stage.first)
    with pytest.raises(BoardRefused, match="已经封盘"):
        freeze_board(round=round, reason="", actor=stage.first)
    lift_board(round=round, actor=stage.first)
    assert BoardSnapshot.objects.get().lifted_at is not None
    move_round(round=round, to=RoundState.SEALED, actor=None)
    with pytest.raises(BoardRefused, match="没有在评分，不能封盘"):
        freeze_board(round=round, reason="", actor=stage.first)


def test_the_office_freezes_and_lifts_on_the_page_and_nobody_else(stage, round, leader):
    office = enter(stage.first)
    freeze, lift = (reverse(f"scoring:{name}", args=[round.pk]) for name in ("freeze", "lift"))
    assert [leader.post(url).status_code for url in (freeze, lift)] == [403, 403]
    said = office.post(freeze, {"reason": "候分"}, follow=True).content.decode()
    assert "已封盘，其他人看到的停在这一刻。" in said and "act-lift" in said
    assert BoardSnapshot.objects.get().reason == "候分"
    assert "已解除封盘" in office.post(lift, follow=True).content.decode()
