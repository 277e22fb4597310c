"""Making a bundle of a computation; none is made that would not verify."""

from collections.abc import Mapping

from ..digest import digest_inputs, digest_outcome, digest_scheme
from ..document import Scheme
from ..engine import ENGINE_VERSION, compute
from ..inputs import Inputs
from ..outcome import Outcome
from ..problems import Problem, ProblemsFound
from ..reading import read_scheme
from .archive import write_bundle
from .contents import (
    MANIFEST,
    OUTCOME,
    README,
    SCHEME,
    InputFacts,
    Kind,
    Manifest,
    SchemeFacts,
    encoded,
    listed,
    outcome_bytes,
    read_inputs,
)


def bundle_of(
    scheme_text: str,
    files: Mapping[str, str],
    scheme: Scheme,
    inputs: Inputs,
    outcome: Outcome,
    *,
    engine_version: str = ENGINE_VERSION,
) -> bytes:
    """The bundle of an outcome; equal results give equal bytes.

    ``files`` are the inputs as :func:`input_files` writes them, ``scheme`` is what ``scheme_text`` says or its
    ``for_reinspection()``, ``engine_version`` the engine that first computed the outcome. Raises ProblemsFound when
    the texts do not give the scheme, the inputs and the outcome again.
    """
    document = read_scheme(scheme_text, name=SCHEME)
    kind = _kind_of(document, scheme)
    contents = {SCHEME: scheme_text.encode(), OUTCOME: outcome_bytes(scheme, outcome), **encoded(files)}
    _require_same(scheme, read_inputs(scheme, contents), inputs, outcome)
    facts = SchemeFacts(name=document.identity.name, version=document.identity.version, digest=digest_scheme(document))
    contents[README] = _readme(facts, kind).encode("utf-8-sig")
    manifest = Manifest(
        kind=kind,
        engine_version=engine_version,
        scheme=facts,
        inputs=InputFacts(entries=len(inputs), sheets=len(inputs.sheet_entry), digest=digest_inputs(inputs)),
        outcome_digest=digest_outcome(outcome),
        files=listed(contents),
    )
    return write_bundle({**contents, MANIFEST: manifest.sealed().encode()})


def _kind_of(document: Scheme, scheme: Scheme) -> Kind:
    wanted = digest_scheme(scheme)
    if digest_scheme(document) == wanted:
        return "creation"
    if document.titles.reinspection and digest_scheme(document.for_reinspection()) == wanted:
        return "reinspection"
    reason, remedy = "计算用的不是这份办法", "请用计算时的办法原文。"
    raise ProblemsFound([Problem(file=SCHEME, reason=reason, remedy=remedy)])


def _require_same(scheme: Scheme, again: Inputs, inputs: Inputs, outcome: Outcome) -> None:
    if digest_inputs(again) != digest_inputs(inputs):
        reason = "轮次、代码、等次或打分写成 CSV 后读回来不一样，不能封存"
        remedy = "请检查其中有没有多余的空格、特殊符号，或写不成小数的分档。"
        raise ProblemsFound([Problem(reason=reason, remedy=remedy)])
    if digest_outcome(compute(scheme, again)) != digest_outcome(outcome):
        raise ProblemsFound([Problem(reason="按这些输入重新计算，结果不一样，不能封存", remedy="请重新计算。")])


def _readme(scheme: SchemeFacts, kind: Kind) -> str:
    what = "复评" if kind == "reinspection" else "创建评分"
    return f"""封存包：{scheme.name}（{scheme.version}），{what}

这个压缩包把一次计算的依据和结果封在一起，任何人拿到它都能重新计算，核对结果是不是按办法和打分得出的。

里面有什么
  scheme.yaml              办法原文
  inputs/nominations.csv   申报：轮次、组织代码、等次、是否一票否决
  inputs/sheets.csv        评分单：轮次、组织代码、评委编号、各项打分
  outcome.json             结果：得分、名次、是否授予，以及每组的核算
  manifest.json            清单：每个文件的大小和 SHA-256，办法、输入、结果的摘要，引擎版本
  inputs 里如有别的 CSV，也是计算用到的输入。
  评委只有编号，没有姓名、电话；事项的对象和说明照录。

怎样核验
  在装有标杆程序的电脑上（不需要网站和数据库）运行：
    python -m schemes verify 封存包.zip
  核验会检查每个文件是否原样，并从办法和输入重新计算，与封存的结果逐条比对。哪里不一致，会写明是哪一个文件、
  哪一轮、哪个组织。请用出具时的原件，解开后再压缩的包不能通过核验。
  核验通过，说明结果是由里面的办法和打分得出的。要确认打分就是公布时的打分，请把核验列出的输入摘要、结果摘要
  与网站该轮结果页上的摘要对照。

不用程序也能看
  文件都是 UTF-8 文本：CSV 可以用 Excel 或 WPS 打开，其余用记事本打开。任何 SHA-256 工具都能核对清单里的摘要。
"""
