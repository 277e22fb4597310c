"""Drafts of schemes: begun, saved part by part, joined or refused when two people write, finished, discarded."""

import pytest

from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import VersionState
from campaigns.models import SchemeDraft, SchemeVersion
from campaigns.services.drafts import (
    DraftChanged,
    DraftRefused,
    begin_draft,
    discard_draft,
    finish_draft,
    save_parts,
    undo_last,
)
from campaigns.services.schemes import VersionRefused, publish_version
from schemes import ProblemsFound
from schemes.editing import read_tree
from tests.reports.results_stage import SCHEME, make_stage

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

TIERS = [{"name": "标杆", "threshold": "18"}]
NEXT = SCHEME.replace("2026-1", "2027-1")


@pytest.fixture
def stage(db):
    stage = make_stage()
    with tenant_scope(stage.tenant):
        yield stage


@pytest.fixture
def draft(stage):
    return begin_draft(tenant=stage.tenant, tree=read_tree(NEXT), actor=stage.maker, based_on=stage.version)


def part(draft, name):
    return read_tree(SchemeDraft.objects.get(pk=draft.pk).text)[name]


def verbs():
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_a_part_is_saved_whether_right_or_wrong(stage, draft):
    wrong = [{"name": "", "threshold": "八十五"}]
    saved = save_parts(draft=draft, parts={"tiers": wrong}, revision=1, actor=stage.checker)
    assert part(draft, "tiers") == wrong
    assert (saved.revision, saved.updated_by, saved.touched["tiers"]["by"]) == (2, stage.checker, str(stage.checker))
    entry = AuditEntry.objects.get(verb="修改办法编辑稿")
    assert (entry.actor, entry.new) == (stage.checker, {"parts": ["tiers"], "revision": 2})


def test_saving_what_stands_there_is_no_change(stage, draft):
    save_parts(draft=draft, parts={"tiers": part(draft, "tiers")}, revision=1, actor=stage.maker)
    assert SchemeDraft.objects.get().revision == 1 and "修改办法编辑稿" not in verbs()


def test_a_part_can_be_taken_out(stage, draft):
    save_parts(draft=draft, parts={"titles": None}, revision=1, actor=stage.maker)
    assert "titles" not in read_tree(SchemeDraft.objects.get().text)


def test_two_people_with_different_parts_are_joined(stage, draft):
    save_parts(draft=draft, parts={"tiers": TIERS}, revision=1, actor=stage.checker)
    save_parts(draft=draft, parts={"panel": {"size": "9"}}, revision=1, actor=stage.maker)
    assert part(draft, "tiers") == TIERS and part(draft, "panel") == {"size": "9"}


def test_the_second_with_the_same_part_is_told_who_was_first(stage, draft):
    save_parts(draft=draft, parts={"tiers": TIERS}, revision=1, actor=stage.checker)
    with pytest.raises(DraftChanged, match=str(stage.checker)) as refused:
        save_parts(draft=draft, parts={"tiers": []}, revision=1, actor=stage.maker)
    assert refused.value.revision == 2
    assert part(draft, "tiers") == TIERS
    save_parts(draft=draft, parts={"tiers": []}, revision=2, actor=stage.maker)
    assert part(draft, "tiers") == []


def test_the_last_step_can_be_undone_and_done_again(stage, draft):
    before = part(draft, "tiers")
    saved = save_parts(draft=draft, parts={"tiers": TIERS}, revision=1, actor=stage.maker)
    undone = undo_last(draft=saved, revision=2, actor=stage.maker)
    assert part(draft, "tiers") == before
    undo_last(draft=undone, revision=3, actor=stage.maker)
    assert part(draft, "tiers") == TIERS
    with pytest.raises(DraftChanged):
        undo_last(draft=SchemeDraft.objects.get(), revision=2, actor=stage.maker)


def test_too_large_a_document_is_refused_and_nothing_is_kept(stage, draft):
    with pytest.raises(DraftRefused, match="超过 2 MB"):
        save_parts(draft=draft, parts={"clauses": {"一": {"text": "字" * 700_000}}}, revision=1, actor=stage.maker)
    assert SchemeDraft.objects.get().revision == 1


def test_what_could_not_be_opened_again_is_not_kept(stage, draft):
    deep: dict = {"of": "score"}
    for _ in range(30):
        deep = {"all_of": [deep]}
    with pytest.raises(DraftRefused, match="嵌套超过 40 层，没有保存"):
        save_parts(draft=draft, parts={"eligibility": {"conditions": [deep]}}, revision=1, actor=stage.maker)
    assert SchemeDraft.objects.get().revision == 1


def test_a_draft_without_errors_becomes_a_version_that_somebody_else_publishes(stage, draft):
    version = finish_draft(draft=draft, revision=1, actor=stage.maker)
    assert (version.number, version.state, version.created_by) == ("2027-1", VersionState.DRAFT, stage.maker)
    assert not SchemeDraft.objects.exists()
    with pytest.raises(VersionRefused, match="另一位管理员"):
        publish_version(version=version, actor=stage.maker)
    assert publish_version(version=version, actor=stage.checker).state == VersionState.PUBLISHED
    assert {"起草办法", "新增办法版本", "编辑稿存为版本"} <= set(verbs())


def test_a_wrong_draft_stays_a_draft(stage, draft):
    saved = save_parts(draft=draft, parts={"tiers": []}, revision=1, actor=stage.maker)
    with pytest.raises(ProblemsFound):
        finish_draft(draft=saved, revision=2, actor=stage.maker)
    assert SchemeDraft.objects.exists() and SchemeVersion.objects.count() == 1


def test_a_number_that_is_taken_is_refused(stage):
    taken = begin_draft(tenant=stage.tenant, tree=read_tree(SCHEME), actor=stage.maker)
    with pytest.raises(VersionRefused, match="已有 2026-1 版"):
        finish_draft(draft=taken, revision=1, actor=stage.maker)
    assert SchemeDraft.objects.filter(pk=taken.pk).exists()


def test_what_was_not_looked_at_is_not_finished(stage, draft):
    save_parts(draft=draft, parts={"tiers": TIERS}, revision=1, actor=stage.checker)
    with pytest.raises(DraftChanged):
        finish_draft(draft=draft, revision=1, actor=stage.maker)


def test_a_discarded_draft_is_remembered_in_the_log(stage, draft):
    discard_draft(draft=draft, actor=stage.checker)
    assert not SchemeDraft.objects.exists()
    entry = AuditEntry.objects.get(verb="删除办法编辑稿")
    assert (entry.actor, entry.target_label, entry.old) == (stage.checker, "试行办法", {"revision": 1})
