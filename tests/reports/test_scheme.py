"""Schemes in words and the door to imports: clauses with anchors, criteria subtotalled, warnings for the office."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.services.schemes import add_version
from tests import factories
from tests.reports.results_stage import SCHEME, make_stage, play_round
from tests.reports.test_round import enter, text_of


@pytest.fixture
def stage(db):
    return make_stage()


def get(user, name, *args, status=200):
    answer = enter(user).get(reverse(name, args=args))
    assert answer.status_code == status
    return answer.content.decode()


def test_versions_are_listed_with_state_and_rounds(stage):
    stage.round("1")
    words = text_of(get(stage.maker, "campaigns:schemes"))
    assert "试行办法 2026-1 版 已发布" in words and "第 1 轮" in words and stage.version.digest[:12] in words


def test_drafts_are_for_the_office(stage):
    with tenant_scope(stage.tenant):
        draft = add_version(tenant=stage.tenant, text=SCHEME.replace("2026-1", "2027-1"), actor=stage.maker)
    assert "2027-1 版" in get(stage.maker, "campaigns:schemes")
    assert "2027-1 版" not in get(stage.leader, "campaigns:schemes")
    get(stage.leader, "campaigns:scheme", draft.pk, status=404)


def test_a_scheme_is_told_in_sentences_with_clauses(stage):
    html = get(stage.leader, "campaigns:scheme", stage.version.pk)
    for clause in ("第一条", "第二条", "第三条"):
        assert f'id="clause-{clause}"' in html
    assert 'href="#clause-第二条"' in html
    words = text_of(html)
    assert "淘汰率不低于 40%" in words and "工作 10" in words and "群众 10" in words and "合计 20" in words
    assert "标杆 16.00 分 —" in words and stage.version.digest in words


def test_rounds_that_pin_it_are_those_the_person_may_see(stage):
    computation = play_round(stage)
    link = reverse("reports:round", args=[computation.round_id])
    assert link in get(stage.maker, "campaigns:scheme", stage.version.pk)
    assert link not in get(stage.leader, "campaigns:scheme", stage.version.pk)


def test_who_may_not_open_rounds_reads_their_names_without_a_link(stage):
    link = reverse("reports:round", args=[stage.publish(play_round(stage)).round_id])
    assert link in get(stage.leader, "campaigns:scheme", stage.version.pk)
    html = get(factories.make_person(stage.tenant, Role.INSPECTOR), "campaigns:scheme", stage.version.pk)
    assert link not in html


def test_warnings_are_for_the_office(stage):
    lax = SCHEME.replace("limits: [{kind: elimination_rate, minimum: 40%}]", "limits: []").replace("2026-1", "2028-1")
    lax = lax.replace("{name: 标杆, threshold: 16}, {name: 进位, threshold: 10}", "{name: 标杆}, {name: 进位}")
    with tenant_scope(stage.tenant):
        version = add_version(tenant=stage.tenant, text=lax, actor=stage.maker)
    html = get(stage.maker, "campaigns:scheme", version.pk)
    assert "请留意" in html and "参评的都会授予" in html
    assert "请留意" not in get(stage.maker, "campaigns:scheme", stage.version.pk)


def test_imports_lead_to_every_kind_and_its_templates(stage):
    stage.round("1")
    html = get(stage.maker, "campaigns:imports")
    kinds = ("organizations", "rounds", "nominations", "inspectors", "sheets", "reinspections", "guidance")
    for kind in (*kinds, "special_subsidies"):
        assert reverse("accounts:import_new", args=[kind]) in html
        for extension in ("xlsx", "csv"):
            assert reverse("accounts:import_template", args=[kind, extension]) in html
    get(stage.leader, "campaigns:imports", status=403)
