"""Bundles for tests, and forgeries of them: careless ones, and careful ones whose digests fit. No tests here."""

import hashlib
import io
import json
import zipfile

from schemes import compute, read_scheme
from schemes.bundle import bundle_of, input_files, verify_bundle, write_bundle
from schemes.bundle.contents import Listed, Manifest
from schemes.files import Sources, load_inputs, require_scheme, scheme_path
from tests.schemes.support import DATA, build, document, text_of

SCHEME = text_of(
    document(
        tiers=[{"name": "标杆", "threshold": "15"}],
        score={"kind": "mean", "round": {"places": "2"}},
        titles={"reinspection": {"aggregation": {"kind": "mean"}, "revoke_below": "16"}},
    )
)
ENTRIES = [("1", "V1", "标杆"), ("1", "V2", "标杆", True), ("2", "V1", "标杆")]
MARKS = {("1", "V1"): [[8, "7.5"], [8, 7]], ("1", "V2"): [[8, 7]], ("2", "V1"): [[0, 0]]}


def sealed(text=SCHEME, entries=ENTRIES, marks=MARKS, review=False):
    scheme = read_scheme(text)
    scheme = scheme.for_reinspection() if review else scheme
    inputs = build(scheme, entries, marks)
    return bundle_of(text, input_files(scheme, inputs), scheme, inputs, compute(scheme, inputs))


def contents(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(bundle, **files):
    """The bundle with some files replaced by name without ending, archived as if nothing had happened."""
    found = contents(bundle)
    for stem, data in files.items():
        found[next(name for name in found if name.split("/")[-1].startswith(f"{stem}."))] = data
    return write_bundle(found)


def resealed(bundle, facts=None, **files):
    """A careful forgery: file digests and the manifest's own are made to fit; ``facts`` change the manifest."""
    found = contents(changed(bundle, **files))
    manifest = Manifest.model_validate_json(found.pop("manifest.json"))
    rows = tuple(Listed(name=n, size=len(d), sha256=hashlib.sha256(d).hexdigest()) for n, d in sorted(found.items()))
    manifest = manifest.model_copy(update={"files": rows, **(facts or {})}).sealed()
    return write_bundle({**found, "manifest.json": manifest.encode()})


def sentences(bundle):
    found = verify_bundle(bundle)
    assert found.ok == (not any(check.problems for check in found.checks))
    return [str(problem) for check in found.checks for problem in check.problems]


def jiande_bundle():
    scheme = require_scheme("jiande")
    inputs = load_inputs(scheme, Sources(DATA / "nominations.csv", DATA / "sheets.csv")).inputs
    text = scheme_path("jiande").read_text(encoding="utf-8")
    return bundle_of(text, input_files(scheme, inputs), scheme, inputs, compute(scheme, inputs))


def read(found):
    return json.loads(found["outcome.json"])
