"""Synthetic inputs of Hai'an: secretary projects, the pairing of weak villages, indicators of one evaluation.

Projects and villages have a strength drawn from their code; every figure is the usual one of that strength, moved a
little. Benchmark villages, their townships and a few project titles are those that the source names; cadres are codes;
all else is an example. The indicators of Hai'an are written below; they are chosen, the others' are drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ..exact import decimal_text
from .drawing import csv_text, drawn

COMMITTEES, OF_EACH = 69, 10
CATEGORIES = ("常规性", "重点性", "创新性")
MONTHS = ("1月", "2月", "3月", "4月", "5月", "6月")
QUARTERS = ("第一季度", "第二季度")
#: Titles that the source names; the first two are the county secretary's own.
TITLES = (
    "“第三方”满意度测评", "一切工作到支部", "便民服务“直通车”", "“四位一体”精准扶贫", "书记民生党日", "板凳课堂",
)  # fmt: skip

WEAK = 23
BENCHMARKS = ("开发区丰产村", "高新区谭港村", "曲塘镇胡庄村", "墩头镇毛庄村")
DIMENSIONS = ("党建", "治理", "致富", "产业")

INDICATORS = (
    "小康指标完成率", "改革事项完成率", "法治指标完成率", "从严治党指标完成率", "创新综合指数", "居民人均可支配收入增幅", "主要经济指标平均增幅",
)  # fmt: skip
HAIAN = ("92%", "88%", "86%", "90%", "43.7", "9.1%", "6.69%")


def files() -> dict[str, str]:
    """Texts of all CSV files by path below the county's folder."""
    return {**_project_files(), **_pairing_files(), **_index_files()}


# -- secretary projects


@dataclass(frozen=True)
class Project:
    """Number 0 and 1 are the county secretary's; then every committee has its own first one and those of branches."""

    number: int

    @property
    def code(self) -> str:
        return f"X{self.number + 1:03}"

    @property
    def title(self) -> str:
        return TITLES[self.number] if self.number < len(TITLES) else f"示例项目{self.number + 1:03}"

    @property
    def of_county(self) -> bool:
        return self.number < 2

    @property
    def committee(self) -> int:
        return (self.number - 2) // OF_EACH + 1

    @property
    def first(self) -> bool:
        """The committee secretary's own project."""
        return (self.number - 2) % OF_EACH == 0

    @property
    def category(self) -> str:
        if self.of_county or self.first:
            return "重点性"
        return CATEGORIES[(0, 0, 2)[drawn(0, 2, "category", self.code)]]

    @property
    def principles(self) -> tuple[bool, ...]:
        """Small, hard, leading the way: about one in 25 of the branches' projects lacks each of them, by its code."""
        sure = self.of_county or self.first
        return tuple(sure or drawn(1, 25, name, self.code) > 1 for name in ("small", "hard", "leading"))

    @property
    def strength(self) -> int:
        """From 0 (weak) to 3."""
        return drawn(0, 3, "strength", self.code)


def _project_files() -> dict[str, str]:
    projects = [Project(number) for number in range(2 + COMMITTEES * OF_EACH)]
    head = (
        "组织代码", "考核期", "所属党委（党组）", "层级", "领办书记", "项目类别", "切口小", "有难度", "示范牵引性强",
        "应完成节点", "按时完成节点", "第三方满意度", "月度观摩", "季度巡查",
    )  # fmt: skip
    events = ("组织代码", "事项", "日期", "数量")
    return {
        "projects/data/organizations.csv": csv_text(("组织代码", "组织名称"), [(p.code, p.title) for p in projects]),
        "projects/data/facts.csv": csv_text(head, [row for p in projects for row in _project_rows(p)]),
        "projects/data/events.csv": csv_text(events, [row for p in projects for row in _overdue(p)]),
    }


def _project_rows(project: Project) -> Iterator[list[object]]:
    """What it is and how far it has come; then its inspections and, of key projects, its observations."""
    committee = "县委" if project.of_county else f"示例党委（党组）{project.committee:02}"
    level = "县级" if project.of_county else "镇级" if project.first else "村级"
    leader = {"县级": "县委书记", "镇级": "党委（党组）书记", "村级": "支部书记"}[level]
    approved = all(project.principles)
    progress: list[object] = ["", "", ""]
    if approved:
        due = drawn(8, 16, "due", project.code)
        progress = [due, due - _missed(project), f"{76 + 6 * project.strength + drawn(-4, 4, 'people', project.code)}%"]
    words = ["是" if met else "否" for met in project.principles]
    yield [project.code, "", committee, level, leader, project.category, *words, *progress, "", ""]
    if approved:
        yield from _inspections(project)


def _missed(project: Project) -> int:
    return drawn(0, 3 - project.strength, "missed", project.code)


def _inspections(project: Project) -> Iterator[list[object]]:
    grades, blank = ("差", "一般", "较好", "好"), [""] * 10
    for quarter in QUARTERS:
        yield [project.code, quarter, *blank, "", 17 + 4 * project.strength + drawn(-3, 1, quarter, project.code)]
    for month in MONTHS if project.category == "重点性" else ():
        seen = min(max(project.strength + drawn(0, 1, month, project.code), 0), 3)
        yield [project.code, month, *blank, grades[seen], ""]


def _overdue(project: Project) -> Iterator[list[object]]:
    """One record for every milestone that was missed, with the weeks it was late."""
    for i in range(_missed(project) if all(project.principles) else 0):
        day = f"2017-{2 * i + 1:02}-{drawn(1, 28, 'day', i, project.code):02}"
        yield [project.code, "节点逾期", day, drawn(1, 3, "weeks", i, project.code)]


# -- pairing


def _pairing_files() -> dict[str, str]:
    villages = [f"B{i:02}" for i in range(1, WEAK + 1)]
    facts = (
        "组织代码", "考核期", "学习标杆", "年度赶超对象", "赶超对象同期得分", "县领导挂钩", "第一书记派驻", "市县机关部门帮扶",
        "一村一策方案", *DIMENSIONS, "月度观摩",
    )  # fmt: skip
    named = [(code, f"示例薄弱村{code[1:]}") for code in villages]
    events = [row for i, code in enumerate(villages) for row in _pairing_events(i, code)]
    return {
        "pairing/data/organizations.csv": csv_text(("组织代码", "组织名称"), named),
        "pairing/data/facts.csv": csv_text(facts, [row for i, c in enumerate(villages) for row in _village_rows(i, c)]),
        "pairing/data/events.csv": csv_text(("组织代码", "事项", "日期", "数量", "对象"), events),
    }


def _village_rows(i: int, code: str) -> Iterator[list[object]]:
    """What stands once in the first row, then the observation of every month."""
    level = drawn(12, 17, "village", code)
    dimensions = [level + drawn(-2, 2, dimension, code) for dimension in DIMENSIONS]
    paired = [
        BENCHMARKS[i % len(BENCHMARKS)],
        f"示例村{i + 1:02}",
        drawn(72, 88, "rival", code),
        "是",
        "是",
        "是",
        "是",
    ]
    yield [code, "", *paired, *dimensions, ""]
    for number, month in enumerate(MONTHS):
        yield [code, month, *[""] * 11, min(level + number // 2 + drawn(-1, 1, month, code), 20)]


def _pairing_events(i: int, code: str) -> Iterator[list[object]]:
    """Cadres on secondment (two of every village, one of the last), cadres posted across, projects shared, results."""
    for n in range(1, 2 + (i < WEAK - 1)):
        yield [code, "挂职锻炼", "2017-03-01", 1, f"G{2 * i + n:02}"]
    if i % 5 in (0, 2) and i < WEAK - 1:
        yield [code, "跨村任职", "2017-03-01", 1, f"K{i:02}"]
    for half, day in enumerate(("2017-03-31", "2017-06-30")):
        yield [code, "共享产业项目信息", day, 7 + (half == 1 and i < 5), BENCHMARKS[i % len(BENCHMARKS)]]
    if i in (3, 11, 19):
        yield [code, "书记获“七一”表彰", "2017-06-30", 1, ""]
    if i in (2, 8, 14, 20):
        yield [code, "千万元项目零突破", "2017-05-31", 1, ""]
    yield [code, "解决就业", "2017-06-30", drawn(7, 10, "jobs", code), ""]


# -- indicators


def _index_files() -> dict[str, str]:
    units = [("320621", "海安县"), *((f"N{i:02}", f"示例县（市、区）{i:02}") for i in range(1, 10))]
    rows = [[code, *(HAIAN if i == 0 else _indicators(code))] for i, (code, _) in enumerate(units)]
    return {
        "index/data/organizations.csv": csv_text(("组织代码", "组织名称"), units),
        "index/data/facts.csv": csv_text(("组织代码", *INDICATORS), rows),
    }


def _indicators(code: str) -> list[str]:
    """Completion of 78 to 91 per cent; one of the units leads in innovation, another in income."""
    done = [f"{drawn(78, 91, name, code)}%" for name in INDICATORS[:4]]
    innovation = "48.5" if code == "N03" else _tenths(drawn(330, 430, "innovation", code))
    income = "9.4%" if code == "N06" else f"{_tenths(drawn(76, 90, 'income', code))}%"
    return [*done, innovation, income, f"{_tenths(drawn(40, 64, 'growth', code))}%"]


def _tenths(number: int) -> str:
    return decimal_text(Fraction(number, 10))
