"""Checking a bundle: every byte as it was, and the outcome computed again from the scheme and the inputs.

Goes as far as it can: a changed outcome is found by its digest and also compared entry by entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..digest import digest_inputs, digest_outcome, digest_scheme
from ..document import Scheme
from ..engine import ENGINE_VERSION, compute
from ..files import read_bytes
from ..inputs import Inputs
from ..problems import Problem, ProblemsFound
from ..reading import read_scheme
from .archive import AGAIN, Archive, read_archive
from .contents import MANIFEST, OUTCOME, SCHEME, Manifest, outcome_bytes, read_inputs, sha256, shown
from .differences import differences


@dataclass(frozen=True)
class Check:
    """One thing that was checked: what was found, and what is wrong. ``note``: right, and worth knowing."""

    title: str
    found: str
    problems: tuple[Problem, ...] = ()
    note: bool = False

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Verification:
    """All checks in the order they were made; ``manifest`` is None when it could not be read."""

    checks: tuple[Check, ...]
    manifest: Manifest | None = None

    @property
    def ok(self) -> bool:
        return self.manifest is not None and all(check.ok for check in self.checks)


def verify_bundle(bundle: bytes | Path) -> Verification:
    """Check a bundle, given as its bytes or where it lies. Raises ProblemsFound only when no file can be read there."""
    archive = read_archive(bundle if isinstance(bundle, bytes) else read_bytes(bundle))
    checks = [Check("压缩包", "字节与出具时一致", archive.problems)]
    if not archive.files:
        return Verification(tuple(checks))
    manifest, problems = _read_manifest(archive)
    checks.append(Check("清单", "可以读出，与封存摘要一致", problems))
    if manifest is None:
        return Verification(tuple(checks))
    checks.append(_check_files(manifest, archive.files))
    checks.append(_check_engine(manifest))
    checks += _Recomputation(manifest, archive.files).checks()
    return Verification(tuple(checks), manifest)


def _read_manifest(archive: Archive) -> tuple[Manifest | None, tuple[Problem, ...]]:
    data = archive.files.get(MANIFEST)
    if data is None:
        return None, (Problem(file=MANIFEST, reason="没有这个文件，不是封存包或缺了清单", remedy=AGAIN),)
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError:
        remedy = "请用出具时的原件；如果出自更新的程序，请用那一版程序核验。"
        return None, (Problem(file=MANIFEST, reason="清单读不懂", remedy=remedy),)
    if manifest.seal != manifest.seal_due or manifest.encode() != data:
        return manifest, (Problem(file=MANIFEST, reason="清单被改动，与封存摘要不符", remedy=AGAIN),)
    return manifest, ()


def _check_files(manifest: Manifest, files: Mapping[str, bytes]) -> Check:
    wanted = {each.name: each for each in manifest.files}
    problems = [_bad(name, "清单里有，压缩包里没有") for name in wanted if name not in files]
    problems += [_bad(name, "压缩包里多出的文件，清单里没有") for name in files if name not in {*wanted, MANIFEST}]
    for name, each in wanted.items():
        data = files.get(name)
        if data is not None and len(data) != each.size:
            problems.append(_bad(name, f"大小应为 {each.size} 字节，现为 {len(data)} 字节，内容被改动"))
        elif data is not None and sha256(data) != each.sha256:
            problems.append(_bad(name, "SHA-256 与清单不符，内容被改动"))
    return Check("文件", f"{len(wanted)} 个文件都在，大小和 SHA-256 与清单一致", tuple(problems))


def _check_engine(manifest: Manifest) -> Check:
    made = shown(manifest.engine_version)
    if manifest.engine_version == ENGINE_VERSION:
        return Check("引擎", f"第 {made} 版，与出具时相同")
    return Check("引擎", f"出具时是第 {made} 版，现在是第 {ENGINE_VERSION} 版，以下用现在这一版重新计算", note=True)


def _bad(name: str, reason: str, remedy: str = AGAIN) -> Problem:
    return Problem(file=shown(name), reason=reason, remedy=remedy)


class _Recomputation:
    """From the files of a bundle to scheme, inputs and outcome, each held against what the manifest says of it."""

    def __init__(self, manifest: Manifest, files: Mapping[str, bytes]) -> None:
        self.manifest, self.files = manifest, files
        self.same_engine = manifest.engine_version == ENGINE_VERSION

    def checks(self) -> list[Check]:
        scheme, first = self.scheme()
        if scheme is None:
            return [first]
        inputs, second = self.inputs(scheme)
        return [first, second] if inputs is None else [first, second, self.outcome(scheme, inputs)]

    def scheme(self) -> tuple[Scheme | None, Check]:
        facts = self.manifest.scheme
        found = f"{shown(facts.name)}（{shown(facts.version)}），摘要 {shown(facts.digest[:12])}"
        try:
            document = read_scheme(self.files.get(SCHEME, b""), name=SCHEME)
            judging = document.for_reinspection() if self.manifest.kind == "reinspection" else document
        except ProblemsFound as error:
            return None, Check("办法", found, error.problems)
        except ValueError as error:
            return None, Check("办法", found, (_bad(SCHEME, f"清单说这是复评，{error}"),))
        problems = self.compare("办法摘要", SCHEME, facts.digest, digest_scheme(document))
        if (document.identity.name, document.identity.version) != (facts.name, facts.version):
            problems += (_bad(MANIFEST, "办法的名称或版本与办法原文不同"),)
        return judging, Check("办法", found, problems)

    def inputs(self, scheme: Scheme) -> tuple[Inputs | None, Check]:
        facts = self.manifest.inputs
        found = f"申报 {facts.entries} 条，评分单 {facts.sheets} 份，摘要 {shown(facts.digest[:12])}"
        try:
            inputs = read_inputs(scheme, self.files)
        except ProblemsFound as error:
            return None, Check("输入", found, error.problems)
        problems = self.compare("输入摘要", "inputs", facts.digest, digest_inputs(inputs))
        if (len(inputs), len(inputs.sheet_entry)) != (facts.entries, facts.sheets):
            counts = f"申报 {len(inputs)} 条、评分单 {len(inputs.sheet_entry)} 份"
            problems += (_bad(MANIFEST, f"写的条数与文件不同，文件里有{counts}"),)
        return inputs, Check("输入", found, problems)

    def outcome(self, scheme: Scheme, inputs: Inputs) -> Check:
        found = f"重新计算，{len(inputs)} 条结果逐条一致，摘要 {shown(self.manifest.outcome_digest[:12])}"
        try:
            outcome = compute(scheme, inputs)
        except ProblemsFound as error:
            return Check("结果", found, error.problems)
        problems = self.compare("结果摘要", OUTCOME, self.manifest.outcome_digest, digest_outcome(outcome))
        stored, computed = self.files.get(OUTCOME, b""), outcome_bytes(scheme, outcome)
        return Check("结果", found, (*differences(stored, computed, same_engine=self.same_engine), *problems))

    def compare(self, what: str, file: str, said: str, computed: str) -> tuple[Problem, ...]:
        """A digest of the manifest beside the one computed now."""
        if said == computed:
            return ()
        reason = f"{what}在清单里是 {shown(said[:12])}，重新计算是 {computed[:12]}"
        engine = f"出具时的引擎是第 {shown(self.manifest.engine_version)} 版，请用那一版程序再核验。"
        return (_bad(file, reason, AGAIN if self.same_engine else engine),)
