"""Synthetic inputs of Fucheng: 183 organizations in a year, applications for demonstration points, stars, members.

How they are made: every organization has a level (strong, middling, weak) drawn from its code; every figure is the
level's usual one, moved a little by another draw. Townships and the four demonstration points are those that the source
names; all else is an example.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..exact import decimal_text
from .drawing import csv_text, drawn

#: Townships as the source names them, with the belt they lie on.
TOWNSHIPS = {
    "龙门": "工业港党建示范带", "青义": "工业港党建示范带", "新皂": "工业港党建示范带", "石塘": "工业港党建示范带",
    "经开区": "工业港党建示范带", "吴家镇": "城镇化党建示范带", "丰谷": "城镇化党建示范带", "金峰镇": "新农村党建示范带",
    "杨家": "新农村党建示范带", "玉皇": "新农村党建示范带", "石洞": "新农村党建示范带", "关帝": "新农村党建示范带",
}  # fmt: skip
STREETS = ("示例街道一", "示例街道二", "示例街道三", "示例街道四")
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
ASPECTS = ("组织建设", "经济发展", "基础设施建设", "民主政治建设", "社会和谐稳定", "承诺事项", "重点工作")
STARS = ("班子", "队伍", "活动", "制度", "阵地", "发展", "服务", "凝聚", "和谐", "创新")
VILLAGES, COMMUNITIES, MEMBERS = 137, 46, 160


@dataclass(frozen=True)
class Organization:
    code: str
    name: str
    kind: str
    township: str

    @property
    def level(self) -> int:
        """2 strong, 1 middling, 0 weak: about 3, 6 and 1 of ten."""
        draw = drawn(1, 10, "level", self.code)
        return 2 if draw <= 3 else 1 if draw <= 9 else 0

    @property
    def last_class(self) -> str:
        """Last year's class: mostly that of its level."""
        moved = self.level + (drawn(1, 10, "last", self.code) == 1) - (drawn(1, 10, "before", self.code) == 1)
        return ("后进", "中间", "先进")[min(max(moved, 0), 2)]


def organizations() -> list[Organization]:
    """The villages and communities; the two that the source names come first of their kind."""
    towns = list(TOWNSHIPS)
    found = [Organization("510703C001", "金峰镇莲花池村", "村", "金峰镇")]
    for i in range(2, VILLAGES + 1):
        found.append(Organization(f"510703C{i:03}", f"示例村{i:03}", "村", towns[i % len(towns)]))
    found.append(Organization("510703S001", "铁牛街社区", "社区", STREETS[0]))
    for i in range(2, COMMUNITIES + 1):
        found.append(Organization(f"510703S{i:03}", f"示例社区{i:03}", "社区", STREETS[i % len(STREETS)]))
    return found


def files() -> dict[str, str]:
    """Texts of all CSV files by path below the county's folder."""
    everybody = organizations()
    return {
        "classes/data/organizations.csv": _listed((o.code, o.name, o.kind) for o in everybody),
        "classes/data/facts.csv": csv_text(_class_head(), [row for o in everybody for row in _class_rows(o)]),
        "classes/data/events.csv": csv_text(
            ("组织代码", "事项", "日期", "数量"), [row for o in everybody for row in _class_events(o)]
        ),
        "stars/data/organizations.csv": _listed((o.code, o.name, o.kind) for o in everybody),
        "stars/data/facts.csv": csv_text(
            ("组织代码", "组织类别", "上年类别", "区级以上推广的做法", *STARS), map(_star_row, everybody)
        ),
        **_point_files(),
        **_member_files(),
    }


def _listed(rows: Iterator[tuple[str, str, str]]) -> str:
    return csv_text(("组织代码", "组织名称", "组织类别"), rows)


# -- the yearly classes


def _class_head() -> tuple[str, ...]:
    polls = [f"{aspect}测评·{option}" for aspect in ASPECTS for option in ("优秀", "良好", "一般", "较差", "弃权")]
    return (
        "组织代码", "考核期", "组织类别", "所属乡镇", "常规工作", "重点工作推进", "创新工作",
        "上年类别", "组织建设达标项数", "集体经济收入", "收入目标", "新建改建公益设施", "公开承诺事项", "办结承诺事项",
        "重点工作完成率", "全年党组织活动", "班子不能正常运转", "村（居）务财务全年不公开",
        "村（居）监委会正常履职", "四议决策", "两晒一单", *[f"{aspect}座谈" for aspect in ASPECTS], *polls,
    )  # fmt: skip


def _class_rows(org: Organization) -> Iterator[list[object]]:
    """Four quarters; what is recorded once stands in the row of the last one."""
    blank = [""] * (len(_class_head()) - 7)
    for quarter in QUARTERS:
        marks = [_part(full, org, quarter, full) for full in (60, 25, 15)]
        first = [org.code, quarter, org.kind, org.township, *marks]
        yield [*first, *(blank if quarter != QUARTERS[-1] else [*_results(org), *_talks(org), *_polls(org)])]


def _part(full: int, org: Organization, *labels: object) -> int:
    """A mark out of ``full``: about 95, 83 or 68 per cent of it by level, 6 per cent up or down."""
    share = (68, 83, 95)[org.level] + drawn(-6, 5, org.code, *labels)
    return full * share // 100


def _results(org: Organization) -> list[object]:
    target = drawn(5, 30, "target", org.code)
    income = target * (60 + 20 * org.level + drawn(-10, 9, "income", org.code))
    promises = drawn(6, 15, "promises", org.code)
    kept = promises - (0 if org.level == 2 else drawn(0, 2 + 2 * (org.level == 0), "kept", org.code))
    key_done = (70, 92, 104)[org.level] + drawn(-8, 8, "key", org.code)
    return [
        org.last_class, _part(20, org, "standards"), decimal_text(Fraction(income, 100)), target,
        drawn(org.level, 2 + org.level, "facilities", org.code), promises, kept, f"{key_done}%",
        *_weaknesses(org), *("是" if drawn(1, 10, i, org.code) <= 5 + 2 * org.level else "否" for i in range(3)),
    ]  # fmt: skip


def _weaknesses(org: Organization) -> list[object]:
    """Party activities in the year, a paralysed leadership, accounts not disclosed: some of the weak, by code."""
    trouble = drawn(1, 4, "trouble", org.code) if org.level == 0 else 0
    return [3 if trouble == 1 else drawn(6, 14, "meetings", org.code), *("否是"[trouble == which] for which in (2, 3))]


def _talks(org: Organization) -> list[object]:
    grades = ("差", "一般", "较好", "好")
    return [grades[min(org.level + drawn(0, 2, "talk", aspect, org.code), 3)] for aspect in ASPECTS]


def _polls(org: Organization) -> Iterator[int]:
    """Ballots of each aspect: 30 to 60 valid ones, better with the level, and a few abstentions."""
    for aspect in ASPECTS:
        best = (35, 55, 75)[org.level] + drawn(-8, 8, "best", aspect, org.code)
        voters = drawn(30, 60, "voters", aspect, org.code)
        excellent, good = voters * best // 100, voters * (92 - best) // 100
        poor = drawn(0, 2 - org.level, "poor", aspect, org.code)
        yield from (excellent, good, voters - excellent - good - poor, poor, drawn(0, 3, "none", aspect, org.code))


def _class_events(org: Organization) -> Iterator[list[object]]:
    for event, chance in (("越级上访", 12 - 5 * org.level), ("治安案件", 20), ("群体性上访", 3)):
        if drawn(1, 100, event, org.code) <= chance:
            day = f"2011-{drawn(1, 12, event, 'month', org.code):02}-{drawn(1, 28, event, 'day', org.code):02}"
            yield [org.code, event, day, drawn(1, 2, event, "amount", org.code) if event == "治安案件" else 1]


# -- ten stars


def _star_row(org: Organization) -> list[object]:
    marks = [(72, 82, 90)[org.level] + drawn(-9, 9, star, org.code) for star in STARS]
    return [org.code, org.kind, org.last_class, drawn(0, org.level, "promoted", org.code), *marks]


# -- demonstration points

#: By type: how many applied, how many of them had done the work, the prefix of codes.
APPLIED = {
    "红旗党委": (16, 11, "W"),
    "春风式模范新村": (34, 24, "C"),
    "先锋社区": (20, 14, "S"),
    "示范机关党组织": (10, 6, "G"),
}
NAMED = {
    "510703W001": "西城集团党委",
    "510703C001": "金峰镇莲花池村",
    "510703S001": "铁牛街社区",
    "510703G001": "区民政局党组织",
}
POINT_FACTS = (
    "所属支部达标率", "年度重点任务完成率", "村集体经济收入（万元）", "四议两晒一单落实率", "两中心三站功能",
    "四有一化落实项数", "驻区单位共建率", "服务事项按时办结率", "结对帮扶户数",
)  # fmt: skip
#: For each type its targets: column of ``POINT_FACTS``, the figure of those ready and of the others, the unit.
TARGETS = {
    "红旗党委": ((0, 96, 70, "%"), (1, 98, 75, "%")),
    "春风式模范新村": ((2, 21, 9, ""), (3, 98, 70, "%"), (4, 5, 3, "")),
    "先锋社区": ((5, 5, 3, ""), (6, 88, 60, "%")),
    "示范机关党组织": ((7, 99, 80, "%"), (8, 20, 9, "")),
}


@dataclass(frozen=True)
class Applicant:
    """``ready``: the work of the standard is done. ``barred``: no approved plan, or last year's class is the lowest."""

    code: str
    type: str
    number: int
    ready: bool
    barred: str

    @property
    def name(self) -> str:
        return NAMED.get(self.code, f"示例{self.type[-2:]}{self.number:03}")

    @property
    def township(self) -> str:
        if self.type not in ("红旗党委", "春风式模范新村") or self.code == "510703W001":
            return ""
        return "金峰镇" if self.number == 1 else list(TOWNSHIPS)[self.number % len(TOWNSHIPS)]


def applicants() -> list[Applicant]:
    """In every type the first were ready; of the others the last two may not apply, however good their work."""
    found = []
    for type_, (count, ready, prefix) in APPLIED.items():
        for i in range(1, count + 1):
            barred = {count: "plan", count - 1: "class"}.get(i, "")
            found.append(Applicant(f"510703{prefix}{i:03}", type_, i, i <= ready or bool(barred), barred))
    return found


def _point_files() -> dict[str, str]:
    everybody = applicants()
    facts = ("组织代码", "组织类别", "所属乡镇", "创建方案已批准", "上年类别", "示范带", *POINT_FACTS)
    sheets = ("轮次", "组织代码", "评委", "c1", "c2", "c3", "c4", "c5")
    entered = [(1, each.code, each.type) for each in everybody]
    return {
        "points/data/organizations.csv": _listed((each.code, each.name, each.type) for each in everybody),
        "points/data/nominations.csv": csv_text(("轮次", "组织代码", "申报等次"), entered),
        "points/data/facts.csv": csv_text(facts, map(_point_row, everybody)),
        "points/data/sheets.csv": csv_text(sheets, [row for each in everybody for row in _point_sheets(each)]),
    }


def _point_row(each: Applicant) -> list[object]:
    own: list[object] = ["不涉及"] * len(POINT_FACTS)
    for column, ready, other, unit in TARGETS[each.type]:
        figure = ready if each.ready else other
        own[column] = f"{figure + drawn(-1, 1, 'fact', column, each.code) * (unit == '%')}{unit}"
    approved, last = "否" if each.barred == "plan" else "是", "后进" if each.barred == "class" else ""
    return [each.code, each.type, each.township, approved, last, TOWNSHIPS.get(each.township, ""), *own]


def _point_sheets(each: Applicant) -> Iterator[list[object]]:
    """Five sheets in half points: about nine tenths of the marks for those that were ready, two thirds for others."""
    for judge in range(1, 6):
        share = (90 if each.ready else 66) + drawn(-5, 5, "judge", judge, each.code)
        halves = (full * 2 * share // 100 for full in (15, 15, 10, 10, 10))
        yield [1, each.code, f"P{judge}", *(decimal_text(Fraction(half, 2)) for half in halves)]


# -- members


def _member_files() -> dict[str, str]:
    peers = ("党员互评·优秀", "党员互评·合格", "党员互评·基本合格", "党员互评·不合格")
    codes = [f"M{i:04}" for i in range(1, MEMBERS + 1)]
    events = [row for code in codes for row in _member_events(code)]
    return {
        "members/data/facts.csv": csv_text(("组织代码", "党员类别", "志愿服务小时", *peers), map(_member_row, codes)),
        "members/data/events.csv": csv_text(("组织代码", "事项", "日期"), events),
    }


def _member_row(code: str) -> list[object]:
    level = drawn(0, 5, "member", code)
    excellent, good = 2 * level + drawn(0, 2, "excellent", code), drawn(3, 5, "good", code)
    category = ("农村", "社区", "机关", "两新")[drawn(0, 3, "category", code)]
    return [code, category, 4 * level + drawn(0, 8, "hours", code), excellent, good, 7 - level, max(2 - level, 0)]


def _member_events(code: str) -> Iterator[list[object]]:
    for i in range(drawn(0, max(5 - drawn(0, 5, "member", code), 1), "missed", code)):
        yield [code, "缺组织生活", f"2011-{2 * i + 1:02}-01"]
    if drawn(1, 60, "discipline", code) == 1:
        yield [code, "党纪处分", "2011-06-30"]
