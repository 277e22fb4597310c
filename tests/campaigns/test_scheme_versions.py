"""The versions of a scheme: listed beside each, any two compared in words, a draft thrown away; drafts for the
office.
"""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from campaigns.models import SchemeVersion
from campaigns.services.schemes import VersionRefused, add_version, delete_draft, publish_version, withdraw_version
from tests import factories
from tests.campaigns.test_setup_pages import get, post
from tests.reports.results_stage import SCHEME, make_stage
from tests.reports.test_round import enter, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SECOND = SCHEME.replace("2026-1", "2027-1").replace("minimum: 40%", "minimum: 50%")
THIRD = (
    SECOND.replace("2027-1", "2028-1")
    .replace("name: 规范", "name: 规矩")
    .replace("selection: {clause: 第二条", "selection: {clause: 第三条")
)


@pytest.fixture
def stage(db):
    return make_stage()


def add(stage, text: str, *, published: bool = False) -> SchemeVersion:
    with tenant_scope(stage.tenant):
        version = add_version(tenant=stage.tenant, text=text, actor=stage.maker)
        return publish_version(version=version, actor=stage.checker) if published else version


def page(version) -> str:
    return reverse("campaigns:scheme", args=[version.pk])


def diff(new, old=None) -> str:
    return reverse("campaigns:scheme_diff", args=[new.pk]) + (f"?old={old.pk}" if old else "")


def delete(version) -> str:
    return reverse("campaigns:scheme_delete", args=[version.pk])


# --- the list ----------------------------------------------------------------------------------------------------


def test_every_version_stands_with_its_state_people_and_rounds(stage):
    stage.round("1")
    second, third = add(stage, SECOND, published=True), add(stage, THIRD)
    html = get(stage.maker, page(second))
    words = text_of(html[html.index('id="h-lines"') : html.index("</ol>", html.index('id="h-lines"'))])
    assert words.index("2028-1 版") < words.index("2027-1 版") < words.index("2026-1 版")
    assert f"发布 {localtime(second.published_at):%Y-%m-%d} {stage.checker.display_name}" in words
    assert "采用 第 1 轮" in words and words.count("没有轮次") == 2
    assert diff(third, second) in html and diff(second, stage.version) in html
    assert html.count("与上一版比较") == 2  # the first version has none before it


def test_a_leader_sees_neither_drafts_nor_who_made_a_version(stage):
    second, third = add(stage, SECOND, published=True), add(stage, THIRD)
    html = get(stage.leader, page(second))
    assert "2028-1" not in html and str(third.pk) not in html
    assert diff(second, stage.version) in html
    assert stage.checker.display_name not in html


def test_the_page_takes_as_many_queries_for_three_versions_as_for_two(stage):
    client = enter(stage.maker)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(page(stage.version))
        return len(queries)

    add(stage, SECOND)
    client.get(page(stage.version))
    first = asked()
    add(stage, THIRD)
    assert asked() == first


# --- the comparison ----------------------------------------------------------------------------------------------


def test_two_versions_are_compared_in_words_with_their_clauses(stage):
    add(stage, SECOND)
    third = add(stage, THIRD)
    html = get(stage.maker, diff(third, stage.version))
    words = text_of(html)
    assert "2026-1 版 → 2028-1 版 · 共 4 处不同" in words
    assert "淘汰率由不低于 40% 改为不低于 50%。 旧第二条 新第三条" in words
    assert "“规范”改名为“规矩”。 第一条" in words
    assert f"{page(stage.version)}#clause-第二条" in html and f"{page(third)}#clause-第三条" in html


def test_without_a_choice_it_is_the_one_before_and_any_two_may_be_chosen(stage):
    second, third = add(stage, SECOND), add(stage, THIRD)
    assert "2027-1 版 → 2028-1 版 · 共 3 处不同" in text_of(get(stage.maker, diff(third)))
    assert "2028-1 版 → 2026-1 版" in text_of(get(stage.maker, f"{diff(second)}?old={third.pk}&new={stage.version.pk}"))
    assert "这两版没有不同。" in get(stage.maker, diff(second, second))
    assert "这是第一版，前面没有可以比较的版本。" in get(stage.maker, diff(stage.version))


def test_a_draft_another_scheme_or_another_county_is_a_missing_version(stage):
    second, draft = add(stage, SECOND, published=True), add(stage, THIRD)
    other = add(stage, SCHEME.replace("key: test", "key: other"), published=True)
    theirs = factories.make_tenant("330199", name="邻县市")
    with tenant_scope(theirs):
        foreign = publish_version(version=add_version(tenant=theirs, text=SCHEME, actor=None), actor=None)
    for wrong in (draft.pk, other.pk, foreign.pk, uuid4(), "x"):
        get(stage.leader, f"{diff(second)}?old={wrong}", status=404)
        get(stage.leader, f"{diff(second)}?new={wrong}", status=404)
    get(stage.leader, diff(draft), status=404)
    get(stage.maker, f"{diff(second)}?old={foreign.pk}", status=404)
    get(stage.maker, diff(foreign), status=404)
    inspector = factories.make_person(stage.tenant, Role.INSPECTOR)
    assert "淘汰率由不低于 40%" in get(inspector, diff(second))


# --- throwing a draft away ---------------------------------------------------------------------------------------


def test_a_draft_is_deleted_and_its_number_is_free_again(stage):
    draft = add(stage, SECOND)
    assert delete(draft) in get(stage.checker, page(draft))
    assert "试行办法 2027-1 版草稿已删除。" in post(stage.checker, delete(draft))
    get(stage.maker, page(draft), status=404)
    with tenant_scope(stage.tenant):
        entry = AuditEntry.objects.get(verb="删除办法草稿")
        assert (entry.actor, entry.target_id, entry.target_label) == (
            stage.checker,
            str(draft.pk),
            "试行办法 2027-1 版",
        )
        assert entry.old == {"number": "2027-1", "digest": draft.digest}
    assert add(stage, SECOND).number == "2027-1"


def test_what_was_published_or_is_used_stays(stage):
    assert delete(stage.version) not in get(stage.maker, page(stage.version))
    assert "已发布的版本不能删除，只有草稿可以删除。" in post(stage.maker, delete(stage.version))
    with tenant_scope(stage.tenant):
        withdrawn = withdraw_version(version=add(stage, SECOND, published=True), actor=stage.maker)
        with pytest.raises(VersionRefused, match="已停用的版本不能删除"):
            delete_draft(version=withdrawn, actor=stage.maker)
        pinned = add(stage, THIRD)
        stage.round("1")
        stage.campaign.rounds.update(scheme_version=pinned)
        with pytest.raises(VersionRefused, match="已有轮次采用这一版，不能删除。"):
            delete_draft(version=pinned, actor=stage.maker)
        assert SchemeVersion.objects.count() == 3 and not AuditEntry.objects.filter(verb="删除办法草稿").exists()


def test_only_the_office_deletes_and_only_by_post(stage):
    draft = add(stage, SECOND)
    for user in (stage.leader, stage.east_secretary, factories.make_person(stage.tenant, Role.OBSERVER)):
        assert enter(user).post(delete(draft)).status_code == 403
    assert enter(stage.maker).get(delete(draft)).status_code == 405
    theirs = factories.make_tenant("330199", name="邻县市")
    with tenant_scope(theirs):
        foreign = add_version(tenant=theirs, text=SCHEME, actor=None)
    assert enter(stage.maker).post(delete(foreign)).status_code == 404
    with tenant_scope(theirs):
        assert SchemeVersion.objects.filter(pk=foreign.pk).exists()
