"""Sentences of the blocks around and after ranking: what is recorded, who may enter, vetoes, grades, badges,
consequences.
"""

from .asked import pieces
from .blocks.consequences import (
    Amount,
    Consequence,
    FixedGrade,
    GradeAtMost,
    Lower,
    NoGrade,
    Out,
    Propagation,
    VetoRule,
    ZeroItem,
    ZeroScore,
)
from .blocks.facts import Fact
from .blocks.rating import Badge, Bottom, Grade, Rating, Steps
from .document import Scheme
from .exact import decimal_text, share_text

_WHOLE = {"floor": "只舍不入", "ceil": "只入不舍", "half_up": "四舍五入"}
_MISSING = {"refuse": "不能缺", "unscored": "缺的按没有数据处理"}
_TYPES = {"number": "数", "text": "文字", "choice": "选一个词", "yes_no": "是或否", "date": "日期"}


def recorded(scheme: Scheme) -> tuple[str, ...]:
    """The facts that are declared, and the events with the period in which they count."""
    facts = [_fact(fact) for fact in scheme.facts]
    period = [f"考核期 {scheme.period.start} 至 {scheme.period.end}"] if scheme.period else []
    events = []
    for event in scheme.events:
        months = f"，计期末之前 {event.within_months} 个月内的" if event.within_months else ""
        months += f"，{event.start} 起" if event.start else ""
        months += f"，至 {event.end} 止" if event.end else ""
        events.append(f"事项“{event.name}”，以{event.unit}计{months}")
    return (*period, *facts, *events)


def _fact(fact: Fact) -> str:
    parts = [f"“{fact.name}”"]
    if fact.formula:
        ending = f"，{fact.round.sentence()}" if fact.round else ""
        return f"“{fact.name}” = {fact.formula}{ending}"
    parts.append(_TYPES[fact.type] + (f"（{fact.unit}）" if fact.unit else ""))
    parts += ["按期填写"] if fact.per_period else []
    parts += [f"可选：{'、'.join(fact.choices)}"] if fact.choices else []
    parts += [f"由{fact.by}提供"] if fact.by else []
    parts += [f"取自办法“{fact.source.scheme}”的结果"] if fact.source else []
    missing = fact.missing
    parts.append(_MISSING[missing] if isinstance(missing, str) else f"缺的按 {decimal_text(missing)} 计")
    return "，".join(parts)


def nominating(scheme: Scheme) -> tuple[str, ...]:
    """What is handed in with a nomination, where the scheme says it."""
    asked = [f"交佐证材料 {len(found)} 件"] if (found := [each for each in pieces(scheme) if each.required]) else []
    if "nomination" in scheme.model_fields_set:
        asked += ["对照评分表逐条自评"] if scheme.nomination.self_assessment else []
        asked += [f"基本情况不超过 {scheme.nomination.statement_limit} 字"]
    return (f"申报时{'，'.join(asked)}",) if asked else ()


def eligibility(scheme: Scheme) -> tuple[str, ...]:
    return tuple(f"参评条件：{each.sentence(scheme.name_of)}" for each in scheme.eligibility.conditions)


def vetoes(scheme: Scheme) -> tuple[str, ...]:
    return tuple(_veto(scheme, rule) for rule in scheme.vetoes)


def _veto(scheme: Scheme, rule: VetoRule) -> str:
    who = f"（{rule.by}认定）" if rule.by else ""
    return f"“{rule.name}”{who}：{rule.when.sentence(scheme.name_of)} 的，{effect_words(scheme, rule)}"


def effect_words(scheme: Scheme, rule: VetoRule) -> str:
    """What a veto does to whom it concerns."""
    match rule.effect:
        case Out():
            return "不参加排名、不授予"
        case ZeroScore() as effect:
            return f"总分计 {decimal_text(effect.score)} 分"
        case ZeroItem() as effect:
            return f"“{scheme.name_of(effect.item)}”计 0 分"
        case FixedGrade() as effect:
            return f"定为“{effect.grade}”"
        case GradeAtMost() as effect:
            return f"至多“{effect.grade}”"
        case NoGrade():
            return "只考核，不定等次"
        case Lower() as effect:
            return f"{'比上次' if effect.from_previous else ''}降 {effect.by} 级"
    raise TypeError(f"{type(rule.effect).__name__} has no words")


def rating(scheme: Scheme) -> tuple[str, ...]:
    """Grades from the highest down, then what bends them."""
    rule = scheme.rating
    if rule is None:
        return ()
    by = scheme.name_of(rule.by)
    sentences = [_grade(scheme, grade, by) for grade in rule.grades]
    last = rule.grades[-1]
    if last.threshold is not None or last.requires or last.limits:
        sentences.append(f"哪一等都达不到的为“{rule.below}”")
    sentences += _limits(rule)
    sentences += [_bottom(scheme, bottom) for bottom in rule.bottom]
    sentences += [f"{each.when.sentence(scheme.name_of)} 的，至多“{each.at_most}”" for each in rule.ceilings]
    sentences += _steps(scheme, rule.steps) if rule.steps else []
    if rule.not_rated:
        sentences.append(f"{rule.not_rated.sentence(scheme.name_of)} 的，{rule.not_rated_words}")
    return tuple(sentences)


def _grade(scheme: Scheme, grade: Grade, by: str) -> str:
    parts = [f"“{grade.name}”"]
    parts += [f"{by} {decimal_text(grade.threshold)} 以上"] if grade.threshold is not None else []
    parts += [f"并且{each.sentence(scheme.name_of)}" for each in grade.requires]
    parts += [limit.sentence(scheme) for limit in grade.limits]
    return "，".join(parts)


def _limits(rule: Rating) -> list[str]:
    if not any(grade.limits for grade in rule.grades):
        return []
    over = "参加下一等的评定" if rule.over_quota == "next" else f"为“{rule.below}”"
    unused = "空出来的名额作废" if rule.unused == "lost" else "空出来的名额并入下一等"
    tie = "整组不评这一等" if rule.tie_at_cut == "eliminate_all" else "整组评上这一等"
    return [f"超出名额的{over}，{unused}；并列跨越名额线的，{tie}"]


def _bottom(scheme: Scheme, bottom: Bottom) -> str:
    count = [f"{bottom.count} 个"] if bottom.count is not None else []
    share = [f"{share_text(bottom.share)}（{_WHOLE[bottom.whole]}）"] if bottom.share is not None else []
    ties = "与最后一名并列的都算" if bottom.ties == "include" else "并列超出的整组不算"
    when = f"并且{bottom.when.sentence(scheme.name_of)} 的" if bottom.when else ""
    fixed = "" if bottom.fixed_take_places else "，已由一票否决定等次的不占"
    return f"每组末位 {'、'.join([*count, *share])}{when}定为“{bottom.grade}”，{ties}{fixed}"


def _steps(scheme: Scheme, steps: Steps) -> list[str]:
    up = [f"一次至多升 {steps.most_up} 级"] if steps.most_up is not None else []
    down = [f"至多降 {steps.most_down} 级"] if steps.most_down is not None else []
    free = [f"{steps.exceptional.sentence(scheme.name_of)}的破格"] if steps.exceptional else []
    new = ["没有上次等次的从最低一等起"] if steps.newcomers_climb else []
    return [f"与“{scheme.name_of(steps.previous)}”相比，{'，'.join([*up, *down, *free, *new])}"]


def badges(scheme: Scheme) -> tuple[str, ...]:
    return tuple(_badge(scheme, badge) for badge in scheme.badges)


def _badge(scheme: Scheme, badge: Badge) -> str:
    lead = f"（{badge.lead}牵头）" if badge.lead else ""
    parts = [f"“{badge.name}”{lead}：“{scheme.name_of(badge.of)}”{decimal_text(badge.at_least)} 分以上"]
    parts += [f"并且{each.sentence(scheme.name_of)}" for each in badge.requires]
    parts += [limit.sentence(scheme) for limit in badge.limits]
    return "，".join(parts)


def consequences(scheme: Scheme) -> tuple[str, ...]:
    return tuple(_consequence(scheme, rule) for rule in scheme.consequences)


def _consequence(scheme: Scheme, rule: Consequence) -> str:
    when = [rule.when.sentence(scheme.name_of)] if rule.when else []
    last = [f"每组末位 {rule.last} 个"] if rule.last is not None else []
    last += [f"每组末位 {share_text(rule.last_share)}（{_WHOLE[rule.whole]}）"] if rule.last_share is not None else []
    whom = "，且".join([*last, *when])
    who = f"，由{rule.who}承担" if rule.who else ""
    amount = f"，{_amount(scheme, rule.amount)}" if rule.amount else ""
    days = f"，{rule.within_days} 日内完成" if rule.within_days is not None else ""
    return f"{whom + ' 的，' if whom else ''}{rule.name}{who}{amount}{days}"


def _amount(scheme: Scheme, amount: Amount) -> str:
    each = f"每 1 {scheme.name_of(amount.of)} " if amount.of else ""
    most = f"，至多 {decimal_text(amount.most)} {amount.unit}" if amount.most is not None else ""
    least = f"，至少 {decimal_text(amount.least)} {amount.unit}" if amount.least is not None else ""
    return f"{each}{decimal_text(amount.times)} {amount.unit}{most}{least}"


def propagation(scheme: Scheme) -> tuple[str, ...]:
    return tuple(_propagation(scheme, rule) for rule in scheme.propagation)


def _propagation(scheme: Scheme, rule: Propagation) -> str:
    points = "，".join(f"每个“{won}” {decimal_text(value)} {rule.unit}" for won, value in rule.points.items())
    cap = f"，合计至多 {decimal_text(rule.cap)} {rule.unit}" if rule.cap is not None else ""
    floor = f"，合计至少 {decimal_text(rule.floor)} {rule.unit}" if rule.floor is not None else ""
    return f"{rule.name}：按{scheme.name_of(rule.to)}，{points}{cap}{floor}"
