"""Bundles: the same result gives the same bytes, and anyone can compute them again, on the command line too."""

import csv
import hashlib
import json
import random
import re
from dataclasses import replace

import numpy as np
import pytest

from schemes import (
    ENGINE_VERSION,
    Inputs,
    MarkCodec,
    ProblemsFound,
    compute,
    digest_inputs,
    digest_outcome,
    read_scheme,
)
from schemes.bundle import bundle_of, input_files, verification, verify_bundle
from schemes.files import Sources, load_inputs, require_scheme, scheme_path
from tests.schemes.randomness import marks_of, random_document, random_round
from tests.schemes.sealed import (
    ENTRIES,
    MARKS,
    SCHEME,
    contents,
    jiande_bundle,
    read,
    resealed,
    sealed,
    sentences,
)
from tests.schemes.support import DATA, ROOT, build, text_of
from tests.schemes.test_cli import run


@pytest.fixture(scope="module")
def bundle():
    return sealed()


@pytest.fixture(scope="module")
def jiande():
    return jiande_bundle()


# --- what is in it --------------------------------------------------------------------------------


def test_a_bundle_holds_scheme_inputs_outcome_and_their_digests(bundle):
    found = contents(bundle)
    assert list(found) == [
        "README.txt", "inputs/nominations.csv", "inputs/sheets.csv", "manifest.json", "outcome.json", "scheme.yaml",
    ]  # fmt: skip
    assert found["scheme.yaml"].decode() == SCHEME
    nominations = "round,org_code,tier,vetoed\n1,V1,标杆,0\n1,V2,标杆,1\n2,V1,标杆,0\n"
    assert found["inputs/nominations.csv"].decode("utf-8-sig") == nominations
    sheets = "round,org_code,inspector,a,b\n1,V1,J01,8,7.5\n1,V1,J02,8,7\n1,V2,J01,8,7\n2,V1,J01,0,0\n"
    assert found["inputs/sheets.csv"].decode("utf-8-sig") == sheets
    entries = [(e["round"], e["org_code"], e["score"], e["rank"], e["outcome"]) for e in read(found)["entries"]]
    assert entries == [
        ("1", "V1", "15.25", 1, "awarded"),
        ("1", "V2", "15.00", None, "vetoed"),
        ("2", "V1", "0.00", 1, "below_threshold"),
    ]
    assert [(g["round"], g["tier"], g["awarded"], g["elimination_rate"]) for g in read(found)["groups"]] == [
        ("1", "标杆", 1, "0.5"), ("2", "标杆", 0, "1"),
    ]  # fmt: skip


def test_the_manifest_lists_every_other_file_with_its_digest(bundle):
    found = contents(bundle)
    manifest = json.loads(found["manifest.json"])
    listed = {row["name"]: (row["size"], row["sha256"]) for row in manifest["files"]}
    others = {name: data for name, data in found.items() if name != "manifest.json"}
    assert listed == {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in others.items()}
    scheme = read_scheme(SCHEME)
    inputs = build(scheme, ENTRIES, MARKS)
    assert manifest["inputs"] == {"entries": 3, "sheets": 4, "digest": digest_inputs(inputs)}
    assert manifest["outcome_digest"] == digest_outcome(compute(scheme, inputs))
    assert manifest["engine_version"] == ENGINE_VERSION


def test_it_verifies_and_says_what_was_checked(bundle):
    found = verify_bundle(bundle)
    assert found.ok and [check.title for check in found.checks] == [
        "压缩包", "清单", "文件", "引擎", "办法", "输入", "结果",
    ]  # fmt: skip


def test_equal_results_give_equal_bytes_whatever_the_order_of_rows(jiande):
    scheme = require_scheme("jiande")
    inputs = load_inputs(scheme, Sources(DATA / "nominations.csv", DATA / "sheets.csv")).inputs
    shuffled = reordered(inputs, random.Random(7))
    text = scheme_path("jiande").read_text(encoding="utf-8")
    again = bundle_of(text, input_files(scheme, shuffled), scheme, shuffled, compute(scheme, shuffled))
    assert again == jiande
    assert digest_outcome(compute(scheme, shuffled)) == verify_bundle(jiande).manifest.outcome_digest


def reordered(inputs, rng):
    """The same inputs with rounds, entries and sheets in another order."""
    rounds, entries, sheets = (rng.sample(range(n), n) for n in (len(inputs.rounds), len(inputs), len(inputs.marks)))
    new_round, new_entry = np.argsort(rounds).astype(np.int32), np.argsort(entries).astype(np.int32)
    return Inputs(
        rounds=tuple(inputs.rounds[i] for i in rounds),
        tiers=inputs.tiers,
        entry_round=new_round[inputs.entry_round[entries]],
        entry_tier=inputs.entry_tier[entries],
        entry_org=[inputs.entry_org[i] for i in entries],
        entry_vetoed=inputs.entry_vetoed[entries],
        sheet_entry=new_entry[inputs.sheet_entry[sheets]],
        sheet_inspector=[inputs.sheet_inspector[i] for i in sheets],
        marks=inputs.marks[sheets],
    )


def test_jiandes_bundle_holds_the_expected_outcome_and_no_name(jiande):
    found = contents(jiande)
    rows = {(e["round"], e["org_code"]): (e["score"], e["rank"], e["outcome"]) for e in read(found)["entries"]}
    expected = json.loads((ROOT / "tests" / "data" / "jiande" / "expected.json").read_text("utf-8"))
    wanted = {
        (str(g["round"]), r["org"]): (r["score"], r["rank"], r["outcome"])
        for g in expected["rounds"]
        for r in g["results"]
    }
    assert rows == wanted and verify_bundle(jiande).ok
    with open(DATA / "inspectors.csv", encoding="utf-8") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    text = "".join(data.decode() for data in found.values())
    assert names and not [name for name in names if name in text]


def test_a_reinspection_is_judged_by_its_own_rule_again():
    bundle = sealed(review=True)
    assert json.loads(contents(bundle)["manifest.json"])["kind"] == "reinspection"
    assert [e["outcome"] for e in read(contents(bundle))["entries"]] == ["below_threshold", "vetoed", "below_threshold"]
    assert verify_bundle(bundle).ok
    assert "结果" in "".join(sentences(resealed(bundle, {"kind": "creation"})))


@pytest.mark.parametrize("seed", range(40))
def test_random_rounds_verify(seed):
    rng = random.Random(seed)
    tree = random_document(rng)
    entries, sheets = random_round(rng, tree)
    marks = {entry: [list(sheet.values()) for sheet in own] for entry, own in sheets.items()}
    try:
        bundle = sealed(text_of(tree), entries, marks)
    except ProblemsFound:
        steps = {mark["step"] for mark in marks_of(tree["criteria"]["tree"]).values()}
        assert "1/3" in steps  # such a mark cannot be written as a decimal
        return
    assert sentences(bundle) == []


def test_texts_that_a_spreadsheet_would_run_are_kept_harmless_and_unchanged():
    bundle = sealed(entries=[("1", "=V1", "标杆"), ("1", "@V2", "标杆")], marks={("1", "=V1"): [[1, 2]]})
    assert "1,'=V1,J01,1,2\n" in contents(bundle)["inputs/sheets.csv"].decode()
    assert verify_bundle(bundle).ok


def test_a_missing_mark_is_an_empty_cell_and_zero_is_zero():
    scheme = read_scheme(SCHEME)
    inputs = build(scheme, ENTRIES[:1], {("1", "V1"): [[0, 5]]})
    inputs = replace(inputs, marks=np.array([[0, MarkCodec(scheme).missing]], dtype=inputs.marks.dtype))
    assert input_files(scheme, inputs)["sheets.csv"].splitlines()[1] == "1,V1,J01,0,"


@pytest.mark.parametrize("entry", [("第1轮", "V1", "标杆"), ("1", "Ｖ１", "标杆"), ("1", " V1", "标杆")])
def test_what_would_not_be_read_back_is_not_sealed(entry):
    with pytest.raises(ProblemsFound, match="读回来不一样"):
        sealed(entries=[entry], marks={entry[:2]: [[1, 2]]})


def test_another_scheme_or_outcome_is_not_sealed():
    scheme, other = read_scheme(SCHEME), read_scheme(SCHEME.replace('"15"', '"16"'))
    inputs = build(scheme, ENTRIES, MARKS)
    files = input_files(scheme, inputs)
    with pytest.raises(ProblemsFound, match="不是这份办法"):
        bundle_of(SCHEME, files, other, inputs, compute(other, inputs))
    with pytest.raises(ProblemsFound, match="结果不一样"):
        bundle_of(SCHEME, files, scheme, inputs, compute(other, inputs))


def test_the_manual_names_every_file_key_and_check(bundle):
    page = (ROOT / "docs" / "schemes" / "bundle.md").read_text(encoding="utf-8")
    named = {*contents(bundle), *json.loads(contents(bundle)["manifest.json"]), *read(contents(bundle))}
    assert not [name for name in named if f"`{name}`" not in page]
    assert [check.title for check in verify_bundle(bundle).checks] == re.findall(r"(?m)^✓ (.+?)：", page)


# --- another engine -------------------------------------------------------------------------------


def test_another_engine_that_computes_the_same_is_said_and_enough(bundle, monkeypatch):
    monkeypatch.setattr(verification, "ENGINE_VERSION", "999")
    found = verify_bundle(bundle)
    engine = next(check for check in found.checks if check.title == "引擎")
    assert found.ok and engine.note
    assert engine.found == f"出具时是第 {ENGINE_VERSION} 版，现在是第 999 版，以下用现在这一版重新计算"


def test_another_engine_may_know_more_but_not_otherwise(bundle):
    """An old bundle lacks figures that the outcome has now; those it has must still be computed."""
    tree = read(contents(bundle))
    for row in tree["entries"]:
        del row["tier"]
    older = {"engine_version": "0"}
    assert sentences(resealed(bundle, older, outcome=json.dumps(tree).encode())) == []
    tree["entries"][0]["rank"] = 2
    said = sentences(resealed(bundle, older, outcome=json.dumps(tree).encode()))
    assert said == ["outcome.json：第 1 轮 V1：名次写的是“2”，重新计算是“1”。请用出具时的原件。"]


def test_a_digest_that_another_engine_does_not_confirm_names_the_engine(bundle):
    said = sentences(resealed(bundle, {"engine_version": "0", "outcome_digest": "0" * 64}))
    assert len(said) == 1 and said[0].endswith("出具时的引擎是第 0 版，请用那一版程序再核验。")


# --- the command line -----------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, bundle):
    path = tmp_path / "封存包.zip"
    path.write_bytes(bundle)
    return path


def test_verify_prints_every_check_and_the_digests(file, bundle):
    done = run("verify", file, cwd=file.parent)
    manifest = verify_bundle(bundle).manifest
    assert (done.returncode, done.err) == (0, "")
    assert "✓ 结果：重新计算，3 条结果逐条一致" in done.out
    assert f"结果摘要 {manifest.outcome_digest}\n" in done.out and f"输入摘要 {manifest.inputs.digest}\n" in done.out
    facts = json.loads(run("verify", file, "--json").out)
    assert facts["ok"] is True and facts["seal"] == manifest.seal and len(facts["checks"]) == 7


def test_verify_ends_with_1_and_names_the_file(file, bundle):
    file.write_bytes(bundle.replace(b'"15.25"', b'"15.26"'))
    done = run("verify", file)
    assert done.returncode == 1
    assert "outcome.json：内容与压缩包里的校验码不符" in done.out
    assert "outcome.json：SHA-256 与清单不符，内容被改动" in done.out
    assert "第 1 轮 V1：得分写的是“15.26”，重新计算是“15.25”" in done.out and "核验没有通过" in done.out
    facts = json.loads(run("verify", file, "--json").out)
    assert facts["ok"] is False and [c["title"] for c in facts["checks"] if not c["ok"]] == ["压缩包", "文件", "结果"]


def test_verify_survives_texts_that_cannot_be_printed(file, bundle):
    file.write_bytes(resealed(bundle, scheme=SCHEME.replace("示范创建办法", "\\ud800").encode()))
    done = run("verify", file)
    assert done.returncode == 1 and "核验没有通过" in done.out


@pytest.mark.parametrize("name, sentence", [("没有.zip", "找不到这个文件"), (".", "这是文件夹")])
def test_verify_of_what_is_no_file(tmp_path, name, sentence):
    done = run("verify", name, cwd=tmp_path)
    assert done.returncode == 1 and sentence in done.err and done.out == ""
