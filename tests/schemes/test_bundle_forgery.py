"""Nothing in a bundle changes unnoticed: bytes, files, figures, and files made to harm whoever opens them."""

import io
import json
import random
import struct
import zipfile
import zlib

import pytest

from schemes.bundle import verify_bundle, write_bundle
from schemes.bundle.contents import Listed
from tests.schemes.sealed import (
    SCHEME,
    changed,
    contents,
    jiande_bundle,
    read,
    resealed,
    sealed,
    sentences,
)
from tests.schemes.support import document, text_of


@pytest.fixture(scope="module")
def bundle():
    return sealed()


@pytest.fixture(scope="module")
def jiande():
    return jiande_bundle()


# --- nothing changes unnoticed --------------------------------------------------------------------


def test_every_single_byte_counts(bundle):
    """Each byte of the archive, changed to another at random, is found; never an exception."""
    rng = random.Random(20260316)
    for place in range(len(bundle)):
        data = bytearray(bundle)
        data[place] ^= rng.randrange(1, 256)
        found = verify_bundle(bytes(data))
        assert not found.ok and any(check.problems for check in found.checks), place


def test_a_sample_of_bytes_of_a_larger_bundle(jiande):
    rng = random.Random(11)
    for place in rng.sample(range(len(jiande)), 25):
        data = bytearray(jiande)
        data[place] ^= 1 << rng.randrange(8)
        assert not verify_bundle(bytes(data)).ok, place


def test_truncated_lengthened_and_shortened_anywhere(bundle):
    rng = random.Random(5)
    for place in [0, 1, len(bundle) - 1, *rng.sample(range(len(bundle)), 250)]:
        piece = rng.randbytes(rng.randint(1, 3))
        for data in (bundle[:place], bundle[place + 1 :], bundle[:place] + bundle[place + 1 :],
                     bundle[:place] + piece + bundle[place:]):  # fmt: skip
            assert sentences(data) != [], place


def test_a_byte_of_a_file_changed_and_archived_again_is_found_in_that_file(bundle):
    """Here the archive itself is right, checksums and all; every byte of the manifest, a sample of the others."""
    rng, found = random.Random(3), contents(bundle)
    for name, data in found.items():
        places = range(len(data)) if name == "manifest.json" else rng.sample(range(len(data)), 60)
        for place in places:
            other = data[:place] + bytes([data[place] ^ rng.randrange(1, 256)]) + data[place + 1 :]
            said = sentences(write_bundle({**found, name: other}))
            assert [line for line in said if line.startswith(name)], (name, place)


@pytest.mark.parametrize("name", ["README.txt", "inputs/sheets.csv", "manifest.json", "outcome.json", "scheme.yaml"])
def test_files_removed_renamed_and_emptied_are_named(bundle, name):
    found = contents(bundle)
    rest = {other: data for other, data in found.items() if other != name}
    for forged in (rest, {**rest, f"{name}x": found[name]}, {**rest, name: b""}):
        said = sentences(write_bundle(forged))
        assert [line for line in said if line.startswith(name)]
    if name != "manifest.json":
        assert any(line.startswith(f"{name}x：") for line in sentences(write_bundle({**rest, f"{name}x": b""})))


def test_files_added_and_swapped_are_named(bundle):
    found = contents(bundle)
    for extra in ("inputs/facts.csv", "说明.txt".encode().hex(), "inputs/", "../outcome.json"):
        assert any(line.startswith(f"{extra}：") for line in sentences(write_bundle({**found, extra: b"x"})))
    pair = ("inputs/nominations.csv", "inputs/sheets.csv")
    said = sentences(write_bundle({**found, pair[0]: found[pair[1]], pair[1]: found[pair[0]]}))
    assert all(any(line.startswith(name) for line in said) for name in pair)


@pytest.mark.parametrize("change", ["time", "comment", "order", "mode", "prefix", "compressed", "tail", "twice"])
def test_an_archive_made_again_by_other_means_is_not_the_original(bundle, change):
    """The files are the very same; only what lies around them differs."""
    out, found = io.BytesIO(), contents(bundle)
    out.write(b"MZ" if change == "prefix" else b"")
    with zipfile.ZipFile(out, "a" if change == "prefix" else "w") as archive:
        for name in sorted(found, reverse=change == "order"):
            entry = zipfile.ZipInfo(
                name, date_time=(2026, 1, 1, 0, 0, 0) if change == "time" else (1980, 1, 1, 0, 0, 0)
            )
            entry.create_system, entry.external_attr = 3, (0o600 if change == "mode" else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if change == "compressed" else zipfile.ZIP_STORED
            archive.writestr(entry, found[name])
        if change == "twice":
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr(entry, found[name])
        archive.comment = b"x" if change == "comment" else b""
    said = sentences(out.getvalue() + (b"\0" if change == "tail" else b""))
    assert len(said) == 1 and ("压缩包" in said[0])


def test_a_forged_score_is_found_by_computing_again(bundle):
    found = contents(bundle)
    forged = found["outcome.json"].replace(b'"score": "15.25"', b'"score": "15.75"')
    assert sentences(resealed(bundle, outcome=forged)) == [
        "outcome.json：第 1 轮 V1：得分写的是“15.75”，重新计算是“15.25”。请用出具时的原件。"
    ]


def test_every_difference_is_named_with_what_it_says_and_what_is_computed(bundle):
    tree = read(contents(bundle))
    tree["entries"][0] |= {"rank": None, "outcome": "over_quota"}
    del tree["entries"][1]
    tree["entries"][1]["org_code"] = "V9"
    tree["groups"][1]["awarded"] = 1
    said = [line.partition("：")[2] for line in sentences(resealed(bundle, outcome=json.dumps(tree).encode()))]
    assert said == [
        "第 1 轮 V1：名次写的是“无”，重新计算是“1”。请用出具时的原件。",
        "第 1 轮 V1：结果写的是“超出名额”，重新计算是“授予”。请用出具时的原件。",
        "第 1 轮 V2：封存的结果里没有，重新计算有。请用出具时的原件。",
        "第 2 轮 V1：封存的结果里没有，重新计算有。请用出具时的原件。",
        "第 2 轮 V9：封存的结果里有，重新计算没有。请用出具时的原件。",
        "第 2 轮 “标杆”组：授予数写的是“1”，重新计算是“0”。请用出具时的原件。",
    ]


def test_a_forged_mark_shows_in_the_digests_and_the_outcome(bundle):
    sheets = contents(bundle)["inputs/sheets.csv"].replace(b"V1,J01,8,7.5", b"V1,J01,8,8.5")
    said = "\n".join(sentences(resealed(bundle, sheets=sheets)))
    assert "输入摘要在清单里是" in said and "结果摘要在清单里是" in said
    assert "第 1 轮 V1：得分写的是“15.25”，重新计算是“15.75”" in said


def test_a_forged_scheme_shows_in_the_digests_and_the_outcome(bundle):
    said = "\n".join(sentences(resealed(bundle, scheme=SCHEME.replace('"15"', '"16"').encode())))
    assert "scheme.yaml：办法摘要在清单里是" in said
    assert "第 1 轮 V1：结果写的是“授予”，重新计算是“低于标准”" in said


def test_many_differences_are_counted(jiande):
    forged = contents(jiande)["outcome.json"].replace(b'"outcome": "', b'"outcome": "x')
    said = sentences(resealed(jiande, outcome=forged))
    assert len(said) == 51 and said[-1] == "outcome.json：另有 280 处不同，没有一一列出。请用出具时的原件。"


# --- hostile files --------------------------------------------------------------------------------


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("outcome.json", b"\0" * 100_000_000)
    return out.getvalue()


def overlapping():
    """Sixty names for the same megabyte: small as a file, sixty times larger when read."""
    plain = write_bundle({"a": b"x" * 1_000_000})
    at = plain.index(b"PK\x01\x02")
    entry, end = plain[at : plain.index(b"PK\x05\x06")], struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 60, 60, 0, at, 0)
    directory = b"".join(entry[:-1] + bytes([65 + i]) for i in range(60))
    return plain[:at] + directory + end[:12] + struct.pack("<I", len(directory)) + end[16:]


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "打不开"),
        (b"PK", "打不开"),
        (b"<html>", "打不开"),
        (zlib.compress(b"x"), "打不开"),
        (b"PK\x05\x06" + b"\0" * 18, "压缩包是空的"),
        (bomb(), "封存包不压缩、不加密"),
        (overlapping(), "目录与内容不符"),
        (write_bundle({f"f{i}": b"" for i in range(200)}), "压缩包里有 200 个文件"),
        (write_bundle({"a\x1b[2J\n\u202e": b""}), "不是封存包或缺了清单"),
    ],
)
def test_what_is_no_bundle_is_refused_in_words(data, sentence):
    said = sentences(data)
    assert len(said) == 1 and sentence in said[0] and said[0].isprintable()


@pytest.mark.parametrize(
    "name, data",
    [
        ("outcome", b"[" * 100_000), ("outcome", b"null"), ("outcome", b'{"entries": 7, "groups": [[]]}'),
        ("outcome", b"9" * 10_000), ("outcome", b'{"entries": [{"round": "\\ud800\\n", "org_code": [1]}]}'),
        ("outcome", b"\xff\xfe"), ("outcome", b""), ("scheme", b"\xff\xff"), ("scheme", b"&a [*a]"), ("scheme", b""),
        ("sheets", b"\0\0"), ("sheets", b""), ("nominations", b"round\n"), ("nominations", bomb()),
        ("manifest", b"[" * 100_000), ("manifest", b"\xff"), ("manifest", b"{}"), ("manifest", b"9" * 10_000),
        ("manifest", b'{"format": "biaogan-bundle/2"}'),
    ],
)  # fmt: skip
def test_hostile_contents_are_problems_and_no_exceptions(bundle, name, data):
    forged = changed(bundle, manifest=data) if name == "manifest" else resealed(bundle, **{name: data})
    said = sentences(forged)
    assert said and all(line.endswith("。") for line in said)


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "reinspection"},
        {"outcome_digest": "\n"},
        {"files": ()},
        {"files": (Listed(name="../../etc/passwd", size=-1, sha256=""),)},
    ],
)
def test_hostile_manifests_are_problems_and_no_exceptions(facts):
    said = sentences(resealed(sealed(text_of(document())), facts))
    assert said and all(line.isprintable() for line in said)


def test_signs_that_a_screen_would_obey_are_not_repeated(bundle):
    found = verify_bundle(resealed(bundle, {"engine_version": "\x1b]0;\n" * 99}))
    assert all(check.found.isprintable() and len(check.found) < 200 for check in found.checks)
