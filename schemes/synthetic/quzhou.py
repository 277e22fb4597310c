"""Synthetic inputs of Quzhou: six counties through a year, weak organizations, sites on lines, villages, members.

Counties, organizations and members are examples. Which organizations did the work of a standard is decided by order
(``shuffled``), and every figure is the usual one of those that did, or of those that did not, moved a little by a draw.
What a county's assessment takes over from other programmes is worked out here by plain arithmetic from the same inputs.
"""

from collections.abc import Iterator
from fractions import Fraction

from ..exact import decimal_text
from .drawing import csv_text, drawn, shuffled

COUNTIES = {f"3308{i:02}": f"示例县{word}" for i, word in enumerate("一二三四五六", start=1)}
NAMES = tuple(COUNTIES.values())
SEASONS = ("春季", "夏季", "秋季", "冬季")
PLACES = (10, 8, 6, 5, 4, 3)
HEAD = ("组织代码", "组织名称")


def files() -> dict[str, str]:
    """Texts of all CSV files by path below the county's folder."""
    return {
        **_arena_files(),
        **_assessment_files(),
        **_site_files(),
        **_weak_files(),
        **_village_files(),
        **_member_files(),
    }


def _tenths(number: int) -> str:
    return decimal_text(Fraction(number, 10))


# -- the arena of four seasons


def _stage(county: str, season: str) -> int:
    """Points on the stage in tenths: no two counties of a season have the same."""
    return 10 * drawn(76, 94, "stage", county, season) + int(county[-1])


def _arena_points(county: str) -> int:
    """Points by rank over the four seasons."""
    ranks = [sum(_stage(other, season) > _stage(county, season) for other in COUNTIES) for season in SEASONS]
    return sum(PLACES[rank] for rank in ranks)


def _arena_files() -> dict[str, str]:
    rows = [(code, season, _tenths(_stage(code, season))) for code in COUNTIES for season in SEASONS]
    return {
        "arena/data/organizations.csv": csv_text(HEAD, COUNTIES.items()),
        "arena/data/facts.csv": csv_text(("组织代码", "考核期", "擂台得分"), rows),
    }


# -- the assessment of counties

UNITS = 19
#: What a county can get for its sites.
MOST_POINTS = Fraction(5)
#: Special funds for party building in 万元: of the last year, by county.
FUNDS = (4620, 4380, 5130, 4750, 4910, 4610)
COUNTY_FACTS = (
    "清单事项", "办结清单事项", "擂台积分", "四项规范得分", "后进党组织", "整转后进党组织", "示范点加分", "党建专项经费",
    "城市社区服务群众经费", "农村社区服务群众经费", "生产总值增幅", "居民收入增幅", "重大项目投资完成率", "重大项目开工率",
)  # fmt: skip


def _assessment_files() -> dict[str, str]:
    events = [row for code in COUNTIES for row in _supervision(code)]
    return {
        "assessment/data/organizations.csv": csv_text(HEAD, COUNTIES.items()),
        "assessment/data/facts.csv": csv_text(("组织代码", *COUNTY_FACTS), map(_county_row, COUNTIES)),
        "assessment/data/events.csv": csv_text(("组织代码", "事项", "日期", "对象"), events),
    }


def _county_row(code: str) -> list[object]:
    name, due = COUNTIES[code], drawn(18, 26, "due", code)
    weak = sum(county == name for _, county, _ in _weak())
    points = min(Fraction(sum(ready for _, _, county, ready in _sites() if county == code), 10), MOST_POINTS)
    return [
        code, due, due - drawn(0, 3, "open", code), _arena_points(code), _tenths(drawn(190, 245, "norms", code)),
        weak, weak, decimal_text(points), FUNDS[int(code[-1]) - 1], drawn(15, 20, "urban", code),
        drawn(10, 14, "rural", code), f"{_tenths(drawn(62, 82, 'product', code))}%",
        f"{_tenths(drawn(75, 95, 'income', code))}%", f"{drawn(88, 112, 'investment', code)}%",
        f"{drawn(80, 100, 'started', code)}%",
    ]  # fmt: skip


def _supervision(code: str) -> Iterator[list[object]]:
    """Each of the member units of the leading group supervised some of the counties, in a month of its own."""
    for unit in range(1, UNITS + 1):
        if (unit + int(code[-1])) % 3 == 0:
            yield [code, "督导", f"2016-{drawn(1, 12, 'month', unit, code):02}-15", f"成员单位{unit:02}"]


# -- demonstration sites on lines

LINES, ON_EACH = 26, 14


def _sites() -> list[tuple[int, str, str, bool]]:
    """Number, line, county and whether the work is done: most of the sites on 24 lines, none on the last two."""
    found = []
    for line in range(1, LINES + 1):
        ready = 0 if line > 24 else 12 if line <= 18 else 11
        order, county = shuffled(ON_EACH, f"line {line}"), list(COUNTIES)[drawn(0, 5, "line county", line)]
        for place in range(ON_EACH):
            number = (line - 1) * ON_EACH + place + 1
            found.append((number, f"示例示范线{line:02}", county, order[place] <= ready))
    return found


def _site_files() -> dict[str, str]:
    head = (
        "组织代码", "考核期", "所属县代码", "示范线", "验收合格", "基本制度", "基本活动", "基本阵地", "基本保障", "观摩得分",
    )  # fmt: skip
    named = [(f"D{number:03}", f"示例党建点{number:03}") for number, *_ in _sites()]
    return {
        "sites/data/organizations.csv": csv_text(HEAD, named),
        "sites/data/facts.csv": csv_text(head, [row for site in _sites() for row in _site_rows(*site)]),
    }


def _site_rows(number: int, line: str, county: str, ready: bool) -> Iterator[list[object]]:
    """Four seasons. One in three of those that are not ready looks as good, but has not been accepted."""
    code, looks = f"D{number:03}", ready or drawn(1, 3, "looks", number) == 1
    grades = ("好", "好", "较好") if looks else ("较好", "一般", "一般")
    norms = [grades[drawn(0, 2, "norm", i, code)] for i in range(4)]
    for season in SEASONS:
        once = [county, line, "是" if ready else "否", *norms] if season == SEASONS[0] else [""] * 7
        yield [code, season, *once, (54 if looks else 42) + drawn(0, 5, season, code)]


# -- weak organizations

WEAK, RISEN = 495, 375


def _weak() -> list[tuple[int, str, bool]]:
    """Number, county and whether it rose far."""
    risen = set(shuffled(WEAK, "risen")[:RISEN])
    return [(i, NAMES[drawn(0, 5, "weak county", i)], i in risen) for i in range(1, WEAK + 1)]


def _weak_files() -> dict[str, str]:
    head = (
        "组织代码", "组织类别", "所属县", "列为后进年份", "领导挂帅入村", "干部挂职驻村", "部门挂联包村", "整转挂牌强村",
        "班子建设", "发展路子", "难题破解", "群众满意·满意", "群众满意·基本满意", "群众满意·不满意", "群众满意·弃权",
    )  # fmt: skip
    named = [(f"Z{i:03}", f"示例党组织{i:03}") for i, *_ in _weak()]
    return {
        "weak/data/organizations.csv": csv_text(HEAD, named),
        "weak/data/facts.csv": csv_text(head, [_weak_row(*each) for each in _weak()]),
    }


def _weak_row(number: int, county: str, risen: bool) -> list[object]:
    code = f"Z{number:03}"
    kind = "农村" if drawn(1, 10, "kind", code) <= 8 else "社区"
    marks = [(18 if risen else 15) + drawn(0, 6 if risen else 2, item, code) for item in ("team", "path", "problem")]
    voters = drawn(50, 80, "voters", code)
    content = voters * (60 + drawn(0, 25, "content", code) if risen else 32) // 100
    rather = voters * (15 if risen else 42) // 100
    votes = [content, rather, voters - content - rather, drawn(0, 4, "none", code)]
    return [code, kind, county, str(2012 + (number - 1) * 5 // WEAK), *["是"] * 4, *marks, *votes]


# -- villages

VILLAGES = 1483


def _village_files() -> dict[str, str]:
    head = ("组织代码", "所属县", "农户", "走访农户", "村情单健全", "建立户情单", "服务团队", "志愿服务", "受益群众")
    numbers = range(1, VILLAGES + 1)
    return {
        "villages/data/organizations.csv": csv_text(HEAD, [(f"C{i:04}", f"示例村{i:04}") for i in numbers]),
        "villages/data/facts.csv": csv_text(head, map(_village_row, numbers)),
    }


def _village_row(number: int) -> list[object]:
    """300 to 523 households, of which all but 5 to 37 were visited; every household has its list."""
    households = drawn(300, 523, "households", number)
    visited = households - drawn(5, 37, "not visited", number)
    teams, times = 1 + drawn(0, 35, "teams", number) // 10, drawn(16, 26, "times", number)
    served = drawn(200, 280, "people", number)
    return [f"C{number:04}", NAMES[number % 6], households, visited, "是", households, teams, times, served]


# -- members

MEMBERS, UNQUALIFIED = 600, 279


def _member_files() -> dict[str, str]:
    order = shuffled(MEMBERS, "members")
    ways = {number: _way(place) for place, number in enumerate(order)}
    head = (
        "组织代码", "党员类别", "固定活动日参加", "义务岗服务", "为民办实事", "党性体检问题",
        "民主评议·优秀", "民主评议·合格", "民主评议·基本合格", "民主评议·不合格",
    )  # fmt: skip
    events = [
        (f"M{i:04}", "连续六个月不参加组织生活", "2016-12-01") for i in range(1, MEMBERS + 1) if ways[i] == "absent"
    ]
    return {
        "members/data/facts.csv": csv_text(head, [_member_row(i, ways[i]) for i in range(1, MEMBERS + 1)]),
        "members/data/events.csv": csv_text(("组织代码", "事项", "日期"), events),
    }


def _way(place: int) -> str:
    """Why a member is not qualified: too few points, half a year's absence, the vote of the others; or empty."""
    return "points" if place < 200 else "absent" if place < 240 else "votes" if place < UNQUALIFIED else ""


def _member_row(number: int, way: str) -> list[object]:
    code = f"M{number:04}"
    category = ("农村", "社区", "机关", "两新")[drawn(0, 3, "category", code)]
    low = way == "points"
    days = drawn(0, 5, "days", code) if low else drawn(9, 12, "days", code)
    duties = drawn(0, 2, "duties", code) if low else drawn(3, 6, "duties", code)
    deeds = drawn(0, 3, "deeds", code) if low else drawn(4, 8, "deeds", code)
    faults = drawn(2, 4, "faults", code) if low else drawn(0, 2, "faults", code)
    excellent, good = (
        (1, 9) if low or way == "votes" else (drawn(4, 10, "excellent", code), drawn(10, 14, "good", code))
    )
    bad = drawn(10, 12, "bad", code) if way == "votes" else drawn(0, 1, "bad", code)
    return [code, category, days, duties, deeds, faults, excellent, good, 4 if low else 1, bad]
