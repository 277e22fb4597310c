"""The sealed bundle of a round: the office's alone, the same at every download, checked by the command line without
us.
"""

import hashlib
import io
import json
import zipfile
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import RoundKind
from campaigns.models import Round
from schemes.bundle import verify_bundle
from scoring.models import Computation
from scoring.services.publication import return_to_scoring
from tests import factories
from tests.imports import write
from tests.reports.results_stage import make_stage, play_round
from tests.reports.test_books import body, enter, fetch
from tests.schemes.test_cli import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(db):
    cache.clear()
    return make_stage()


@pytest.fixture
def published(stage):
    return stage.publish(play_round(stage))


def download(stage, computation):
    return body(fetch(stage.maker, "bundle", computation.pk))


def files(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_the_command_line_confirms_what_was_published(stage, published, tmp_path):
    path = tmp_path / "封存包.zip"
    path.write_bytes(download(stage, published))
    done = run("verify", path, "--json", cwd=tmp_path)
    found = json.loads(done.out)
    assert (done.returncode, found["ok"]) == (0, True)
    assert found["outcome_digest"] == published.outcome_digest
    assert found["inputs_digest"] == published.inputs_digest
    path.write_bytes(path.read_bytes().replace(b'"score": "17.00"', b'"score": "17.01"'))
    done = run("verify", path)
    assert done.returncode == 1 and "得分写的是“17.01”，重新计算是“17.00”" in done.out


def test_it_holds_the_inputs_and_results_of_the_round_and_no_person(stage, published):
    found = files(download(stage, published))
    assert "1,330182102300,进位,1\n" in found["inputs/nominations.csv"]
    assert "1,330182101201,J01,8,2,8.5\n" in found["inputs/sheets.csv"]
    assert found["scheme.yaml"] == stage.version.text
    verdicts = [row["outcome"] for row in json.loads(found["outcome.json"])["entries"]]
    assert verdicts == ["awarded", "unscored", "awarded", "awarded", "tied_at_cut", "tied_at_cut", "below_threshold",
                        "vetoed"]  # fmt: skip
    text = "".join(found.values())
    people = [stage.maker.display_name, stage.checker.display_name, *(each.name for each in stage.inspectors)]
    assert not [name for name in people if name in text]


def test_every_download_is_the_same_and_on_record(stage, published):
    data = download(stage, published)
    assert data == download(stage, published)
    answer = fetch(stage.checker, "bundle", published.pk)
    assert unquote(answer["Content-Disposition"]) == "attachment; filename*=utf-8''建德市创建第1轮封存包1-1.zip"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/zip", "nosniff")
    with tenant_scope(stage.tenant):
        entries = AuditEntry.objects.filter(verb="导出封存包")
        assert {entry.new["sha256"] for entry in entries} == {hashlib.sha256(data).hexdigest()}
        assert entries.count() == 3


def test_a_corrected_computation_keeps_its_bundle(stage, published):
    before = download(stage, published)
    with tenant_scope(stage.tenant):
        return_to_scoring(round=Round.objects.get(pk=published.round_id), reason="漏录", actor=stage.maker)
    write(stage, "sheets", "round,org_code,inspector,a,b,c\n1,330182101201,J01,8,2,10\n")
    corrected = stage.publish(stage.compute(published.round))
    assert corrected.outcome_digest != published.outcome_digest
    assert download(stage, published) == before
    after = verify_bundle(download(stage, corrected))
    assert after.ok and after.manifest.outcome_digest == corrected.outcome_digest


def test_a_reinspection_is_sealed_by_its_own_rule(stage, published):
    round = stage.round("2026", kind=RoundKind.REINSPECTION)
    stage.enter(round, {"杨村": "进位", "赵村": "进位"})
    stage.open(round)
    stage.score(round, "杨村", *[("8", "2", "9")] * 3)
    stage.score(round, "赵村", *[("4", "1", "3")] * 3)
    computation = stage.publish(stage.compute(round))
    found = verify_bundle(download(stage, computation))
    assert found.ok and found.manifest.kind == "reinspection"
    assert found.manifest.outcome_digest == computation.outcome_digest


def test_the_office_finds_it_on_the_page_once_confirmed(stage):
    computation = play_round(stage)
    address = reverse("reports:bundle", args=[computation.pk])

    def shown(person):
        return address in fetch(person, "round", computation.round_id).content.decode()

    assert not shown(stage.maker)
    answer = enter(stage.maker).get(address, follow=True)
    assert "还没有确认，不能出具封存包" in answer.content.decode()
    stage.publish(computation)
    assert shown(stage.maker) and not shown(stage.leader) and not shown(stage.east_secretary)


def test_nobody_else_gets_it(stage, published):
    for person in (stage.leader, stage.east_secretary):
        fetch(person, "bundle", published.pk, status=403)
    other = factories.make_person(factories.make_tenant("330183", name="邻县市"))
    fetch(other, "bundle", published.pk, status=404)


def test_what_no_longer_computes_to_the_stored_outcome_is_not_sealed(stage, published):
    with tenant_scope(stage.tenant):
        Computation.objects.filter(pk=published.pk).update(outcome_digest="0" * 64)
    answer = enter(stage.maker).get(reverse("reports:bundle", args=[published.pk]), follow=True)
    assert "重新计算与保存的结果不一致，不能出具封存包" in answer.content.decode()
    with tenant_scope(stage.tenant):
        assert not AuditEntry.objects.filter(verb="导出封存包").exists()
