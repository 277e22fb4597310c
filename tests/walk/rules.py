"""What is walked: the scheme document, who is put forward, every mark that is tapped, and what follows from them by
hand.

No tests here. Three criteria, 20 points: 实绩 10, 满意 5, 组织生活 5 less what is deducted.
"""

from __future__ import annotations

from dataclasses import dataclass

HIGH, LOW = "标杆", "进位"
#: Entries by township, with the tier they apply for.
ENTRIES = {"东溪镇": {"杨村": HIGH, "赵村": LOW}, "西山乡": {"岭后村": HIGH, "石塘村": LOW}}
VILLAGES = [village for entries in ENTRIES.values() for village in entries]

SCHEME = """
language: biaogan-scheme/1
identity: {{key: walk, name: 示范创建办法, county: {{code: "{code}", name: {name}}}, issuer: 县委组织部, version: 2026-1}}
clauses:
  第一条: {{title: 标准, text: 三条，满分 20 分；组织生活从满分扣起。}}
  第二条: {{title: 参评, text: 只限村。}}
  第三条: {{title: 计分, text: 取平均数，保留两位小数。}}
  第四条: {{title: 名额, text: 每个等次淘汰率不低于 40%。}}
  第五条: {{title: 运用, text: 称号、加分和补助。}}
eligibility: {{clause: 第二条, conditions: [{{of: kind, one_of: [村]}}]}}
criteria:
  clause: 第一条
  full_marks: 20
  tree:
    - {{key: a, name: 工作实绩, evidence: [现场照片], mark: {{max: 10, step: 0.5}}}}
    - {{key: b, name: 群众满意, mark: {{max: 5, step: 0.5}}}}
    - key: c
      name: 组织生活
      mark:
        {{kind: deduction, max: 5, step: 0.5, items: [{{name: 少开一次, points: 0.5, most: 2}}, {{name: 台账缺项, points: 1}}]}}
nomination: {{self_assessment: 是, statement_limit: 200}}
panel: {{size: 3, recusal: home_township, clause: 第三条}}
tiers: [{{name: 标杆, threshold: 14}}, {{name: 进位, threshold: 12}}]
score: {{kind: mean, clause: 第三条, round: {{places: 2}}}}
selection: {{clause: 第四条, limits: [{{kind: elimination_rate, minimum: 40%}}]}}
titles: {{clause: 第五条, promotions: [{{from_tier: 进位, to_tier: 标杆}}]}}
bonus: {{clause: 第五条, points: {{标杆: 1, 进位: 0.3}}}}
subsidy: {{clause: 第五条, wan: {{标杆: 0.9, 进位: 0.5}}}}
"""

#: The draw takes 2 of 02, 03 and 04 (01 is picked by hand): the lots of this seed stand in the order 03, 02, 04.
SEED = "2026年11月 监督员 0001"
PICKED, DRAWN, LEFT_OUT = "01", ("02", "03"), "04"


@dataclass(frozen=True)
class Taps:
    """What an inspector taps: 实绩, 满意, and how often 少开一次 and 台账缺项."""

    a: str
    b: str
    missed: int = 0
    gaps: int = 0


#: By inspector and village. 03 serves in 东溪镇 and is recused there.
MARKS = {
    "01": {"杨村": Taps("9", "4.5", missed=1), "赵村": Taps("6", "3"),
           "岭后村": Taps("7", "4"), "石塘村": Taps("8", "4")},
    "02": {"杨村": Taps("8", "4"), "赵村": Taps("5.5", "3", missed=2),
           "岭后村": Taps("7.5", "4", gaps=1), "石塘村": Taps("6", "3.5", missed=1)},
    "03": {"岭后村": Taps("6.5", "3.5"), "石塘村": Taps("7.5", "4")},
}  # fmt: skip
#: 02 asks for 石塘村 to be reopened and gives 7 instead of 6.
REVISED = ("02", "石塘村", Taps("7", "3.5", missed=1))
FINAL = {number: {**marks} for number, marks in MARKS.items()}
FINAL[REVISED[0]][REVISED[1]] = REVISED[2]
#: Totals of the sheets as they stand at last, added by hand:
#: 杨村 9+4.5+4.5, 8+4+5; 赵村 6+3+5, 5.5+3+4; 岭后村 7+4+5, 7.5+4+4, 6.5+3.5+5; 石塘村 8+4+5, 7+3.5+4.5, 7.5+4+5.
TOTALS = {
    "01": {"杨村": "18", "赵村": "14", "岭后村": "16", "石塘村": "17"},
    "02": {"杨村": "17", "赵村": "12.5", "岭后村": "15.5", "石塘村": "15"},
    "03": {"岭后村": "15", "石塘村": "16.5"},
}
#: (18+17)/2, (14+12.5)/2, (16+15.5+15)/3, (17+15+16.5)/3 = 48.5/3 rounded half up.
SCORES = {"杨村": "17.50", "赵村": "13.25", "岭后村": "15.50", "石塘村": "16.17"}
#: Before the revision 石塘村 had 8+4+5, 6+3.5+4.5 and 7.5+4+5: (17+14+16.5)/3 = 47.5/3.
BEFORE_REVISION = "15.83"
RANKS = {"杨村": "1", "岭后村": "2", "石塘村": "1", "赵村": "2"}
#: Two entries of a tier, at most 2 x 60% = 1.2, so one; half are eliminated.
ALLOWED, RATE = "1", "50.00%"
WINNERS = {"杨村": HIGH, "石塘村": LOW}
BONUS = {"东溪镇": "1", "西山乡": "0.3"}
WAN = {"杨村": "0.9", "石塘村": "0.5"}
WAN_IN_ALL = "1.4"
