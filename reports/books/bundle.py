"""The sealed bundle of a confirmed or published computation: what went in is read again as it was, and computed
again.
"""

from campaigns.models import Round
from schemes import ProblemsFound, compute, digest_inputs, digest_outcome
from schemes.bundle import bundle_of, input_files
from scoring.models import Computation
from scoring.reading import load_computed


class NotSealed(Exception):
    """No bundle can be given; the message is a Chinese sentence."""


def seal(computation: Computation) -> bytes:
    """The bundle; equal for every download. Raises NotSealed when nobody confirmed it or it is not computed again."""
    if computation.confirmed_at is None:
        raise NotSealed("这次计算还没有确认，不能出具封存包。请先由另一人确认结果。")
    loaded = load_computed(computation, None)
    try:
        outcome = compute(loaded.scheme, loaded.inputs)
        found = digest_inputs(loaded.inputs), digest_outcome(outcome)
        if found != (computation.inputs_digest, computation.outcome_digest):
            raise NotSealed("重新计算与保存的结果不一致，不能出具封存包。请联系系统管理员核对数据。")
        return bundle_of(
            computation.scheme_version.text,
            input_files(loaded.scheme, loaded.inputs),
            loaded.scheme,
            loaded.inputs,
            outcome,
            engine_version=computation.engine_version,
        )
    except ProblemsFound as error:
        raise NotSealed(f"不能出具封存包：{error}") from error


def bundle_name(tenant_name: str, round: Round, number: str) -> str:
    """The file's name; ``number`` is the computation's number in files and talk (计算编号)."""
    return f"{tenant_name}{round.campaign.name}{round.title.replace(' ', '')}封存包{number}.zip"
