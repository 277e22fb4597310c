"""Synthetic inputs of Jinyun: stars of a year, patrols, theme days, pairing, lectures, branches, villages, stories.

Organizations are examples, persons are codes. Which organizations did the work of a standard is decided by order
(``shuffled``), and every figure is the usual one of those that did, or of those that did not, moved a little by a draw.
"""

from collections.abc import Iterator
from fractions import Fraction

from ..exact import decimal_text
from .drawing import csv_text, drawn, shuffled

HEAD = ("组织代码", "组织名称")
QUARTERS = ("第一季度", "第二季度", "第三季度", "第四季度")
MONTHS = tuple(f"{month}月" for month in range(1, 13))


def files() -> dict[str, str]:
    """Texts of all CSV files by path below the county's folder."""
    return {
        **_star_files(),
        **_patrol_files(),
        **_secretary_files(),
        **_member_files(),
        **_pairing_files(),
        **_lecture_files(),
        **_branch_files(),
        **_village_files(),
        **_story_files(),
    }


def _named(prefix: str, width: int, word: str, count: int) -> str:
    rows = [(f"{prefix}{i:0{width}}", f"{word}{i:0{width}}") for i in range(1, count + 1)]
    return csv_text(HEAD, rows)


# -- five stars

STARRED = 555
STARS = ("一星", "二星", "三星", "四星", "五星")
FIELDS = ("农村", "农村", "农村", "社区", "机关", "两新", "学校")
#: How many of the organizations stay below three stars, and why: too few points, a star taken off, a star above last
#: year's only, a lower star hung.
HELD_BACK = {"points": 15, "taken": 10, "step": 10, "hung": 10}


def _star_files() -> dict[str, str]:
    ways = dict(zip(shuffled(STARRED, "stars"), _ways(), strict=True))
    numbers = range(1, STARRED + 1)
    head = (
        "组织代码", "组织类别", "上年星级", "标星", "挂星", "组织生活", "队伍建设", "阵地保障", "群众评价",
        "村集体经济", "服务居民", "服务中心工作", "促进发展", "立德树人",
    )  # fmt: skip
    return {
        "stars/data/organizations.csv": _named("J", 3, "示例党组织", STARRED),
        "stars/data/facts.csv": csv_text(head, [_star_row(i, ways[i]) for i in numbers]),
        "stars/data/events.csv": csv_text(
            ("组织代码", "事项", "日期", "对象"), [row for i in numbers for row in _star_events(i, ways[i])]
        ),
    }


def _ways() -> list[str]:
    held = [way for way, count in HELD_BACK.items() for _ in range(count)]
    return held + [""] * (STARRED - len(held))


def _star_row(number: int, way: str) -> list[object]:
    code = f"J{number:03}"
    field = FIELDS[number % len(FIELDS)]
    last = {"step": 0, "points": 1, "taken": 2}.get(way, 1 + drawn(0, 3, "last", code))
    aim = {"taken": 2, "hung": 1}.get(way, min(last + 1, 4) if way != "step" else 2)
    share = {"points": 54 if number % 3 == 0 else 65, "taken": 75}.get(way, 76 + 4 * last)
    marks = [full * (share + drawn(-2, 2, item, code)) // 100 for item, full in (
        ("life", 200), ("team", 200), ("place", 150), ("people", 150),
    )]  # fmt: skip
    own = 300 * (share + drawn(-2, 2, "own", code)) // 100
    columns: list[object] = ["不涉及"] * 5
    columns[("农村", "社区", "机关", "两新", "学校").index(field)] = decimal_text(Fraction(own, 10))
    return [
        code, field, STARS[last], STARS[max(aim, 2) if way == "hung" else aim], STARS[aim],
        *(decimal_text(Fraction(mark, 10)) for mark in marks), *columns,
    ]  # fmt: skip


def _star_events(number: int, way: str) -> Iterator[list[object]]:
    if way == "taken":
        what = ("安全生产责任事故", "换届纪律问题", "主题党日长期不开展")[drawn(0, 2, "what", number)]
        yield [f"J{number:03}", "摘星情形", f"2017-{drawn(1, 12, 'month', number):02}-10", what]


# -- patrols

TOWNSHIPS = 18


def _patrol_files() -> dict[str, str]:
    codes = [f"T{i:02}" for i in range(1, TOWNSHIPS + 1)]
    head = ("组织代码", "考核期", "主题党日巡查", "组织生活巡查", "阵地保障巡查", "党员管理巡查")
    events = [
        (code, "问题未整改", f"2017-{drawn(1, 4, 'month', i, code) + 4 * i:02}-{drawn(1, 28, 'day', i, code):02}")
        for code in codes
        for i in range(max(drawn(-1, 3, "open", code), 0))
    ]
    return {
        "patrol/data/organizations.csv": _named("T", 2, "示例乡镇（街道）", TOWNSHIPS),
        "patrol/data/facts.csv": csv_text(head, [row for code in codes for row in _patrol_rows(code)]),
        "patrol/data/events.csv": csv_text(("组织代码", "事项", "日期"), events),
    }


def _patrol_rows(code: str) -> Iterator[list[object]]:
    usual = drawn(72, 92, "usual", code)
    for quarter in QUARTERS:
        shares = [usual + drawn(-4, 4, quarter, item, code) for item in range(4)]
        halves = [full * 2 * share // 100 for full, share in zip((30, 30, 20, 20), shares, strict=True)]
        yield [code, quarter, *(decimal_text(Fraction(half, 2)) for half in halves)]


# -- secretaries who miss theme days

SECRETARIES = {"农村": 120, "机关": 60}


def _secretary_files() -> dict[str, str]:
    listed = [(kind, i) for kind, count in SECRETARIES.items() for i in range(1, count + 1)]
    rows = [(_secretary(kind, i), kind, _secretary(kind, i), drawn(72, 98, "work", kind, i)) for kind, i in listed]
    named = [(_secretary(kind, i), f"示例{kind}党组织{i:03}") for kind, i in listed]
    events = [row for kind, i in listed for row in _missed_days(kind, i)]
    return {
        "secretaries/data/organizations.csv": csv_text(HEAD, named),
        "secretaries/data/facts.csv": csv_text(("组织代码", "组织类别", "书记编号", "履职得分"), rows),
        "secretaries/data/events.csv": csv_text(("组织代码", "事项", "日期", "对象"), events),
    }


def _secretary(kind: str, number: int) -> str:
    return f"{'S' if kind == '农村' else 'G'}{number:03}"


def _missed_days(kind: str, number: int) -> Iterator[list[object]]:
    """The first village's secretary missed one theme day; one in five of the others missed one to three."""
    missed = drawn(1, 3, "missed", kind, number) if drawn(1, 5, "misses", kind, number) == 1 else 0
    for i in range(1 if (kind, number) == ("农村", 1) else missed):
        month = 1 + (drawn(0, 3, "month", kind, number) + 4 * i) % 12
        yield [_secretary(kind, number), "无故未组织主题党日", f"2017-{month:02}-25", f"{month}月主题党日"]


# -- members in four colours

MEMBERS = 200


def _member_files() -> dict[str, str]:
    head = ("组织代码", "考核期", "流动党员", "履行义务", "群众评议", "主题党日脸谱")
    codes = [f"M{i:04}" for i in range(1, MEMBERS + 1)]
    letters = [row for code in codes for row in _letters(code)]
    return {
        "members/data/facts.csv": csv_text(head, [row for code in codes for row in _member_rows(code)]),
        "members/data/events.csv": csv_text(("组织代码", "事项", "日期", "对象"), letters),
    }


def _away(code: str) -> bool:
    return drawn(1, 6, "away", code) == 1


def _face(code: str, month: str) -> str:
    """The worse the habit, the fewer of the twelve faces are red."""
    draw = drawn(0, 9, month, code)
    return "红" if draw < 3 + drawn(0, 9, "habit", code) else ("粉", "绿", "黑", "黑")[draw % 4]


def _member_rows(code: str) -> Iterator[list[object]]:
    work = [13 + drawn(0, 9, "habit", code) * 2 // 3 + drawn(-2, 1, item, code) for item in ("duties", "people")]
    once = ["是" if _away(code) else "否", *work]
    for month in MONTHS:
        yield [code, month, *(once if month == MONTHS[0] else [""] * 3), _face(code, month)]


def _letters(code: str) -> Iterator[list[object]]:
    """What those who work away wrote: a letter for every red face, except for the two meetings of all members."""
    for number, month in enumerate(MONTHS, start=1):
        if _away(code) and _face(code, month) == "红" and number not in (2, 7):
            kind = ("微信", "书信", "短信")[drawn(0, 2, "letter", month, code)]
            yield [code, "三信反馈", f"2017-{number:02}-26", kind]


# -- branches paired with homes for the old

PAIRED, UNPAIRED = 227, 5


def _pairing_files() -> dict[str, str]:
    numbers = range(1, PAIRED + UNPAIRED + 1)
    head = ("组织代码", "考核期", "结对照料中心", "微心愿")
    return {
        "pairing/data/organizations.csv": _named("P", 3, "示例机关党支部", PAIRED + UNPAIRED),
        "pairing/data/facts.csv": csv_text(head, [row for i in numbers for row in _pair_rows(i)]),
        "pairing/data/events.csv": csv_text(
            ("组织代码", "事项", "日期"), [row for i in numbers for row in _pair_events(i)]
        ),
    }


def _pair_rows(number: int) -> Iterator[list[object]]:
    centre = f"示例照料中心{(number - 1) // 2 + 1:03}" if number <= PAIRED else ""
    for quarter in QUARTERS:
        wishes = drawn(1, 3, "wishes", quarter, number) if drawn(1, 80, "none", quarter, number) > 1 else 0
        yield [f"P{number:03}", quarter, centre if quarter == QUARTERS[0] else "", wishes if centre else 0]


def _pair_events(number: int) -> Iterator[list[object]]:
    if number > PAIRED:
        return
    for i in range(2 if drawn(1, 20, "few", number) == 1 else drawn(3, 5, "services", number)):
        yield [f"P{number:03}", "上门服务", f"2017-{2 * i + 2:02}-{drawn(1, 28, 'day', i, number):02}"]
    for i in range(drawn(1, 2, "solved", number)):
        yield [f"P{number:03}", "解决困难", f"2017-{6 * i + 5:02}-20"]


# -- lectures

#: Lectures of each of the lecturers, over two years.
LECTURES = (3, 2, 2, 1, 2, 3, 2, 1, 2, 2, 3, 1)


def _lecture_files() -> dict[str, str]:
    codes = [f"L{i:02}" for i in range(1, len(LECTURES) + 1)]
    rows = [(code, drawn(80, 97, "audience", code)) for code in codes]
    events = [
        (code, "巡讲", f"{2016 + i % 2}-{drawn(1, 12, 'month', i, code):02}-{drawn(1, 28, 'day', i, code):02}",
         f"示例乡镇（街道）{(3 * n + 5 * i) % TOWNSHIPS + 1:02}", f"听众 {drawn(40, 120, 'listeners', i, code)} 人")
        for n, code in enumerate(codes)
        for i in range(LECTURES[n])
    ]  # fmt: skip
    return {
        "lectures/data/facts.csv": csv_text(("组织代码", "听众评价"), rows),
        "lectures/data/events.csv": csv_text(("组织代码", "事项", "日期", "对象", "说明"), events),
    }


# -- branches that have grown

BRANCHES, GENERAL, COMMITTEES = 110, 70, 3


def _branch_files() -> dict[str, str]:
    order = shuffled(BRANCHES, "branches")
    members = {number: _branch_members(place, number) for place, number in enumerate(order)}
    numbers = range(1, BRANCHES + 1)
    rows = [(f"B{i:03}", "党支部", members[i], drawn(3, 14, "hamlets", i)) for i in numbers]
    return {
        "branches/data/organizations.csv": _named("B", 3, "示例村党支部", BRANCHES),
        "branches/data/facts.csv": csv_text(("组织代码", "现设置", "党员人数", "自然村"), rows),
    }


def _branch_members(place: int, number: int) -> int:
    low, high = (150, 180) if place < COMMITTEES else (80, 132) if place < COMMITTEES + GENERAL else (42, 79)
    return drawn(low, high, "members", number)


# -- villages with a weak collective economy

WEAK, LISTED = 116, 130


def _village_files() -> dict[str, str]:
    weak = set(shuffled(LISTED, "weak")[:WEAK])
    head = ("组织代码", "2015年集体经济收入", "2016年集体经济收入", "2017年集体经济收入", "光伏电站", "光伏容量")
    return {
        "villages/data/organizations.csv": _named("V", 3, "示例村", LISTED),
        "villages/data/facts.csv": csv_text(head, [_village_row(i, i in weak) for i in range(1, LISTED + 1)]),
    }


def _village_row(number: int, weak: bool) -> list[object]:
    """Income in tenths of 万元: one in four of the weak villages is above the line after the first year."""
    before = drawn(12, 49, "before", number) if weak else drawn(101, 260, "before", number)
    first = before + (drawn(90, 120, "first", number) if drawn(1, 4, "early", number) == 1 else 30) * weak
    second = max(first, 100) + drawn(1, 60, "second", number)
    kind = ("集中式", "屋顶")[drawn(0, 1, "station", number)] if weak else "没有"
    return [
        f"V{number:03}", *(decimal_text(Fraction(income, 10)) for income in (before, first, second)),
        kind, drawn(60, 200, "capacity", number) if weak else 0,
    ]  # fmt: skip


# -- stories

STORIES = 276


def _story_files() -> dict[str, str]:
    codes = [f"A{i:03}" for i in range(1, STORIES + 1)]
    rows = [(c, n, *(drawn(low, high, c, n, high) for low, high in ((20, 40), (15, 30), (12, 30)))) for n, c in
            enumerate(codes, start=1)]  # fmt: skip
    return {
        "stories/data/organizations.csv": _named("A", 3, "示例党建好故事", STORIES),
        "stories/data/facts.csv": csv_text(("组织代码", "报送序号", "事迹典型", "人物鲜活", "点评到位"), rows),
    }
