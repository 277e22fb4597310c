"""Chinese names of the fields, kinds and choices of a scheme: what the editor and the difference of versions show."""

_BY_MODEL: dict[str, dict[str, str]] = {
    "Scheme": {
        "language": "写法", "identity": "名称与版本", "clauses": "条文", "period": "考核期", "facts": "数据项",
        "events": "事项", "eligibility": "参评条件", "criteria": "创建标准", "nomination": "申报",
        "panel": "评委", "tiers": "申报等次",
        "score": "计分", "veto": "否决单位的处理", "vetoes": "一票否决", "ranking": "排名", "selection": "名额与淘汰",
        "badges": "单项获评", "rating": "评定等次", "titles": "称号", "bonus": "考核加分", "subsidy": "补助",
        "consequences": "结果运用", "propagation": "计入上级得分",
    },
    "Part": {
        "clause": "出处", "round": "取整", "of": "数据项", "by": "由谁填写", "key": "编号", "name": "名称", "min": "最低",
        "max": "满分", "most": "封顶", "least": "保底", "cap": "封顶", "floor": "保底", "unit": "单位", "note": "备注",
        "when": "条件", "requires": "前置条件", "limits": "限额", "group_by": "分组比较", "basis": "计算基数",
        "grade": "等次", "points": "分值", "step": "每档", "combine": "合计方法", "others": "其余的得分",
        "best": "谁最好", "minimum_sheets": "最少评分单份数", "kind": "规则", "whole": "取整", "threshold": "分数线",
        "tie_at_cut": "并列跨越名额线", "at_least": "不低于", "at_most": "不高于", "below": "低于", "weight": "权重",
    },
    "County": {"code": "行政区划代码", "name": "县（市、区）"},
    "Identity": {
        "key": "代号", "name": "办法名称", "kind": "类别", "county": "适用地", "issuer": "发文机关",
        "document_number": "发文字号", "version": "版本", "effective_from": "起用日期", "effective_to": "停用日期",
        "changes": "修改说明", "note": "备注",
    },
    "Clause": {"title": "标题", "text": "原文"},
    "Period": {"start": "开始", "end": "结束"},
    "Fact": {
        "type": "填什么", "min": "最小", "max": "最大", "choices": "可选的词", "missing": "没有填写时",
        "per_period": "每期填一次", "formula": "计算式", "source": "取自别的办法",
    },
    "Source": {"scheme": "哪份办法（代号）", "figure": "取什么"},
    "Event": {"within_months": "只计最近几个月", "start": "从哪天起计", "end": "计到哪天"},
    "Eligibility": {"conditions": "条件"},
    "Condition": {
        "of": "看哪个数据", "above": "高于", "equals": "等于", "one_of": "是其中之一", "none_of": "不是其中任何一个",
        "known": "有没有数据", "if_missing": "没有数据时算符合", "all_of": "同时符合", "any_of": "符合其一",
        "words": "换个说法",
    },
    "Criteria": {"full_marks": "总分", "tree": "项目与条目", "cap": "总分封顶", "floor": "总分保底", "round": "总分取整"},
    "Node": {
        "guidance": "评分说明", "evidence": "佐证材料", "by": "由部门评分", "role": "性质", "children": "下级条目",
        "mark": "打分方式", "combine": "下级合成", "score": "单独计分", "over_time": "分期评分", "correction": "检查组校正",
        "applies": "适用对象",
    },
    "OverTime": {"periods": "各期名称", "combine": "各期合计", "weights": "各期权重", "missing": "某期没有数据", "best": "只取最好几期"},
    "Applies": {"when": "适用于", "otherwise": "不适用的"},
    "Coefficient": {"panel": "检查组所在的数据项", "coefficient_round": "系数取整"},
    "Standardised": {"panel": "检查组所在的数据项", "spread_places": "离散程度的小数位数"},
    "Correction": {"panel": "检查组所在的数据项"},
    "Grades": {"grades": "各等得分", "max": "满分（写了则各等为它的比例）"},
    "YesNoMark": {"no": "否的得分"},
    "Deduction": {"items": "扣分项"},
    "DeductionItem": {"key": "序号", "name": "扣分情形", "points": "每次扣", "most": "最多扣"},
    "Band": {"at_least": "从多少起", "points": "得分"},
    "Bands": {"bands": "各段", "round": "先取整"},
    "PerUnit": {
        "each": "每单位加减分", "unit_size": "一个单位是多少", "whole_units": "不足一个单位的", "base": "从多少算起",
        "base_of": "从哪个数据算起", "direction": "哪一边计分", "start": "起始分",
    },
    "Linear": {"points": "达到目标得", "target": "目标", "target_of": "目标取哪个数据", "zero_at": "得 0 分的数值"},
    "RankPoints": {"points": "各名次得分", "first": "第 1 名得分", "step": "每后一名少", "ties": "名次相同的"},
    "RatioToBest": {"points": "第 1 名得分", "top": "只取前几名"},
    "RecordedFigure": {"factor": "乘以", "min": "可填最小", "max": "可填最大"},
    "Ballots": {
        "options": "票种与系数", "not_valid": "不计的票", "minimum_ballots": "最少有效票", "max": "满分", "round": "得票率取整",
    },
    "EventPoints": {"items": "各事项的分", "highest_only": "就高不重复", "from_full": "从满分扣起", "floor": "扣到"},
    "EventItem": {"event": "事项", "points": "每次", "most": "最多"},
    "ByFormula": {"formula": "计算式"},
    "Rounding": {"places": "小数位数", "mode": "取整方法"},
    "Points": {"min": "最低分"},
    "Aggregation": {"per": "取舍范围", "round": "得分取整"},
    "TrimmedMean": {"bands": "取舍"},
    "TrimBand": {"from_sheets": "起算份数", "drop_highest": "去掉最高分个数", "drop_lowest": "去掉最低分个数"},
    "WeightedGroups": {"groups": "各组权重", "within": "组内计分", "empty_group": "缺一组评分的", "round": "得分取整"},
    "Panel": {"size": "评委人数", "recusal": "回避", "abstention": "可以弃权", "ballots": "废票规定"},
    "VoidBallots": {
        "void_if_all_equal": "各单位打分全相同的作废", "void_if_all_full": "各单位全打满分的作废",
        "at_most": "一张票至多几个", "at_least": "一张票至少几个",
    },
    "Few": {"count": "个数", "at_least": "多少分以上的", "below": "多少分以下的"},
    "Nominating": {"self_assessment": "申报时自评", "statement_limit": "基本情况最多几个字"},
    "Tier": {"threshold": "授予标准", "target": "计划创成数", "for_whom": "申报对象"},
    "Veto": {"counts_as_participant": "被否决的计入参评数"},
    "VetoRule": {"name": "否决情形", "effect": "后果", "by": "由谁认定"},
    "ZeroScore": {"score": "总分计为"},
    "ZeroItem": {"item": "哪一项"},
    "Lower": {"by": "降几等", "from_previous": "从上一年的等次降"},
    "Ranking": {"per_tier": "分等次排名", "group_by": "还按什么分组排名", "ranks": "名次编法", "tie_breaks": "同分再比"},
    "NodeMean": {"node": "比较的项目"},
    "FigureTie": {"of": "比较的数据", "first": "谁在前"},
    "Draw": {"seed": "抽签种子"},
    "Selection": {"per_parent": "每个乡镇的名额", "reserve": "候补名额"},
    "PerParent": {"by": "按什么分", "at_most": "至多", "at_least": "至少"},
    "CountOfGroup": {"most": "至多几个"},
    "EliminationRate": {"minimum": "最低淘汰率"},
    "Quota": {"places": "名额"},
    "ShareOfGroup": {"at_most_share": "最高比例"},
    "Badge": {"name": "单项名称", "of": "看哪一项的分", "at_least": "分数线", "lead": "牵头部门"},
    "Rating": {
        "name": "叫什么", "by": "按什么评定", "grades": "各等次", "below": "一等都没达到的叫", "over_quota": "超出限额的",
        "unused": "没用完的名额", "bottom": "末尾的定为", "ceilings": "至多定到", "steps": "逐级升降",
        "not_rated": "不定等次的", "not_rated_words": "不定等次的说法",
    },
    "Ceiling": {"at_most": "至多定为"},
    "Bottom": {"share": "末尾比例", "count": "末尾个数", "ties": "与末位并列的", "when": "并且", "fixed_take_places": "已定等次的占名额"},
    "Steps": {
        "previous": "上一年等次所在的数据项", "most_up": "一年最多升", "most_down": "一年最多降",
        "newcomers_climb": "新参评的从最低一等升起", "exceptional": "破格条件",
    },
    "Titles": {
        "promotions": "进阶", "reinspection": "复评", "valid_years": "有效期（年）", "exceptional": "破格授予的加分和补助",
    },
    "Promotion": {"from_tier": "原等次", "to_tier": "进阶到"},
    "Reinspection": {"aggregation": "复评计分", "revoke_below": "摘牌线"},
    "Bonus": {"points": "每个加分", "if_revoked": "摘牌以后"},
    "Subsidy": {"wan": "每个补助（万元）", "if_revoked": "摘牌以后"},
    "Consequence": {
        "name": "做什么", "last": "排名末几位", "last_share": "排名末尾比例", "amount": "金额", "who": "由谁办",
        "within_days": "几日内",
    },
    "Amount": {"of": "按哪个数据", "times": "每一个多少", "most": "最多", "least": "最少"},
    "Propagation": {"to": "计给谁", "points": "每个计几分"},
}  # fmt: skip

#: (model, field): label. A field inherited from a base may be named once, under the base.
LABELS: dict[tuple[str, str], str] = {
    (model, field): label for model, fields in _BY_MODEL.items() for field, label in fields.items()
}

#: (model, field): one sentence of help beside the field.
HINTS: dict[tuple[str, str], str] = {
    ("Identity", "key"): "同一办法的各个版本用同一个代号；小写字母、数字和短横。",
    ("Identity", "version"): "每存一版换一个，如 2026-1。",
    ("Scheme", "clauses"): "办法的条文。各部分可以注明出自哪一条，结果说明会引用它。",
    ("Scheme", "facts"): "打分之外，各单位要填报或导入的数据；也可以由别的数据算出来。",
    ("Scheme", "events"): "按次登记的事，如表彰、缺席、事故；标准和否决可以引用。",
    ("Scheme", "eligibility"): "都符合才能参评。",
    ("Scheme", "tiers"): "由高到低。一个单位申报一个等次。",
    ("Scheme", "score"): "几份评分单怎样算成一个得分。",
    ("Scheme", "consequences"): "结果公布后对谁做什么，如约谈、通报、扣发。",
    ("Fact", "formula"): "写了计算式就不用填报。用各数据项的编号，如 收入 / 人数。",
    ("Fact", "missing"): "写“必须填写”“算作没有”，或一个数（如 0）。",
    ("Criteria", "full_marks"): "各项目的分值合计应等于它；不填就不核对。",
    ("Node", "by"): "写了部门，就由它给一个分，不上评委的评分表。",
    ("Node", "role"): "加分项、减分项不计入满分。",
    ("Node", "weight"): "这一项的得分乘以它再计入上级，如 40%。",
    ("Points", "step"): "评委打分的最小间隔。",
    ("Grades", "grades"): "如 好、较好、一般、差。",
    ("Deduction", "floor"): "扣完为止就填 0。",
    ("Deduction", "items"): "评委看到的扣分细则。",
    ("Bands", "bands"): "由高到低；最后一段可以不写“从多少起”。",
    ("Tier", "threshold"): "低于它的不授予，不论名次（宁缺毋滥）。",
    ("Tier", "target"): "计划数，不是名额。",
    ("Nominating", "self_assessment"): "评分表上的每一条，由申报单位先给自己打分。",
    ("Node", "evidence"): "申报时要交的，一行一件；不交也行的，末尾写“（选交）”。",
    ("Panel", "recusal"): "回避：评委不评本乡镇（街道）的组织。",
    ("Panel", "abstention"): "弃权的评分单不打分，哪里都不计；要写理由。",
    ("Ranking", "tie_breaks"): "按顺序比；比完仍相同的名次并列。",
    ("Selection", "limits"): "有几个限额时，取最严的一个。",
    ("EliminationRate", "minimum"): "名额只舍不入。",
    ("Selection", "tie_at_cut"): "并列的一组跨过名额线时怎么办。",
    ("Titles", "promotions"): "已有低一等称号的，再创成高一等时进阶。",
    ("Titles", "valid_years"): "不填就一直有效；期内复评合格或再次创成的，从那天起重新计算。",
    ("Bonus", "points"): "按创成所在年度，计入乡镇（街道）年度考核。",
    ("Draw", "seed"): "事先公开的一串字，谁都能按它重抽一遍。",
    ("Condition", "words"): "写了就按这句话显示，不再自动造句。",
    ("ByFormula", "formula"): "用数据项的编号，如 min(20, 20 × 完成数 ÷ 任务数)。",
    ("Rating", "grades"): "由高到低。",
    ("RankPoints", "points"): "每行一个名次，从第 1 名起。",
}

#: ``kind`` of a rule: its name.
KIND_NAMES: dict[str, str] = {
    "points": "按档打分", "grades": "分等打分", "yes_no": "是否打分", "deduction": "扣分制", "bands": "按数据分段计分",
    "per_unit": "按数量加减分", "linear": "按完成率折算", "rank_points": "按名次得分", "ratio_to_best": "按与第 1 名的比例",
    "figure": "直接计入的数据", "ballots": "民主测评票", "events": "按事项加减分", "formula": "按计算式",
    "mean": "平均分", "trimmed_mean": "去掉最高分和最低分取平均", "median": "中位数", "weighted_groups": "评委分组加权",
    "coefficient": "校正系数", "standardised": "标准化", "node_mean": "某一项的均分", "untrimmed_mean": "全部评分单的均分",
    "draw": "抽签", "elimination_rate": "淘汰率", "quota": "各等次固定名额", "share": "不超过比例", "count": "不超过几个",
    "out": "不参加排名、不授予", "zero_score": "总分计为 0", "zero_item": "某一项计为 0", "fixed_grade": "定为某一等",
    "grade_at_most": "至多定为某一等", "no_grade": "只考核、不定等次", "lower": "降等",
}  # fmt: skip

#: Value of a field with a fixed list of choices: its words; ``field.value`` where a value means different things.
CHOICES: dict[str, str] = {
    "creation": "创建活动", "annual_assessment": "年度考核", "star_rating": "星级评定", "arena": "擂台赛",
    "class_rating": "分类定级", "sheet": "按评分单总分", "criterion": "按每条标准", "home_township": "回避本乡镇（街道）",
    "none": "没有", "recusal.none": "不设回避", "eliminate_all": "整组不授予", "admit_all": "整组授予",
    "floor": "只舍不入", "ceil": "只入不舍", "half_up": "四舍五入", "half_even": "四舍六入五成双",
    "whole_units.floor": "不计", "whole_units.ceil": "按一个单位计", "participants": "参评数", "ranked": "进入排名数",
    "base": "基本分", "bonus": "加分", "deduction": "减分", "info": "只列出、不计分", "sum": "相加", "mean": "平均",
    "highest": "取最高", "lowest": "取最低", "latest": "取最近一期", "weighted": "按权重", "best.highest": "数值高的",
    "best.lowest": "数值低的", "first.highest": "数值高的在前", "first.lowest": "数值低（日期早）的在前",
    "refuse": "必须填写", "skip": "跳过这一期", "zero": "计 0 分", "full": "计满分", "redistribute": "由其余的分担",
    "unscored": "不计分", "above": "只计高出的", "below": "只计低于的", "both": "高低都一样计", "signed": "高的加、低的减",
    "same": "得分相同，后面的名次空出", "dense": "得分相同，后面的名次不空", "average": "平均所占名次的分",
    "ranks.competition": "并列后空出（1、2、2、4）", "ranks.dense": "并列后不空（1、2、2、3）", "number": "数",
    "text": "文字", "choice": "从几个词中选", "yes_no": "是或否", "date": "日期", "subject": "同一件事就高",
    "all": "全部只取最高的一项", "highest_only.none": "都计", "over_quota.next": "与下一等的一起比",
    "over_quota.none": "不再定等次", "unused.lost": "空着", "unused.next": "给下一等", "include": "一起算末尾",
    "exclude": "都不算末尾", "figure.score": "总分", "figure.rank": "名次", "figure.grade": "评定的等次",
    "figure.tier": "获得的等次", "figure.bonus": "加给乡镇的分", "figure.points": "计给上级的分", "keep": "已有的不动", "take_back": "收回",
    "like_an_award": "与创成一样", "title_only": "只有称号，没有加分和补助",
}  # fmt: skip

#: Words that stand for a value which is otherwise a number: what people write, and what the document says.
SPOKEN: dict[tuple[str, str], dict[str, str]] = {
    ("Fact", "missing"): {"refuse": "必须填写", "unscored": "算作没有"},
}

#: (model, field) of named entries: what the value of each is called.
ENTRY_VALUES: dict[tuple[str, str], str] = {
    ("Bonus", "points"): "加几分",
    ("Subsidy", "wan"): "万元",
    ("Quota", "places"): "名额",
    ("Grades", "grades"): "得分",
    ("Ballots", "options"): "系数",
    ("WeightedGroups", "groups"): "权重",
    ("OverTime", "weights"): "权重",
    ("Propagation", "points"): "计几分",
}

#: (model, field) that come right after the name, before what is only said about the thing.
EARLY = frozenset({("Node", "mark")})

#: (model, field) of texts of more than a line.
LONG_TEXTS: frozenset[tuple[str, str]] = frozenset({
    ("Identity", "changes"), ("Identity", "note"), ("Clause", "text"), ("Node", "guidance"), ("Fact", "formula"),
    ("ByFormula", "formula"),
})  # fmt: skip

#: (model, field) that few schemes need: folded away until something is written there.
RARE: frozenset[tuple[str, str]] = frozenset({
    ("Identity", "document_number"), ("Identity", "effective_from"), ("Identity", "effective_to"), ("Identity", "kind"),
    ("Rule", "clause"), ("Points", "min"), ("Node", "clause"), ("Node", "by"), ("Node", "role"), ("Node", "combine"),
    ("Node", "score"), ("Node", "over_time"), ("Node", "correction"), ("Node", "applies"), ("Node", "cap"),
    ("Node", "floor"), ("Node", "weight"), ("Node", "round"), ("Criteria", "cap"), ("Criteria", "floor"),
    ("Criteria", "round"), ("Condition", "above"), ("Condition", "below"), ("Condition", "none_of"),
    ("Condition", "known"), ("Condition", "if_missing"), ("Condition", "all_of"), ("Condition", "any_of"),
    ("Condition", "words"), ("Condition", "one_of"), ("Tier", "requires"), ("Fact", "min"), ("Fact", "max"),
    ("Fact", "choices"), ("Fact", "by"), ("Fact", "per_period"), ("Fact", "formula"), ("Fact", "round"),
    ("Fact", "note"), ("Fact", "source"), ("Event", "note"), ("Measure", "group_by"), ("Measure", "of"),
    ("Aggregation", "per"),
    ("Aggregation", "minimum_sheets"), ("WeightedGroups", "minimum_sheets"), ("Panel", "ballots"),
    ("Ranking", "group_by"), ("Ranking", "ranks"), ("Selection", "per_parent"), ("Selection", "reserve"),
    ("Bonus", "if_revoked"), ("Subsidy", "if_revoked"), ("Titles", "exceptional"),
    ("Grade", "limits"), ("Grade", "requires"), ("Grade", "clause"), ("Badge", "requires"),
    ("Badge", "limits"), ("Badge", "lead"), ("Badge", "clause"), ("Rating", "bottom"), ("Rating", "ceilings"),
    ("Rating", "steps"), ("Rating", "not_rated"), ("Rating", "not_rated_words"), ("Rating", "unused"),
    ("Rating", "over_quota"), ("Rating", "tie_at_cut"), ("Rating", "by"), ("Rating", "name"), ("Rating", "below"),
    ("Consequence", "whole"), ("Consequence", "who"), ("Consequence", "within_days"), ("Consequence", "last_share"),
    ("Amount", "most"), ("Amount", "least"), ("Propagation", "cap"), ("Propagation", "floor"), ("Rounding", "mode"),
    ("Bottom", "whole"), ("Bottom", "ties"),
})  # fmt: skip

#: Fields that name a thing for the document only; people call it by its name, so they are always folded away.
INNER = frozenset({"key"})


def label_of(model: type, field: str) -> str:
    """The Chinese label of a field of a model, or of the base that brings it; the field's own name when it has none."""
    for each in model.__mro__:
        if label := LABELS.get((each.__name__, field)):
            return label
    return field


def hint_of(model: type, field: str) -> str:
    """One sentence of help for a field of a model, or of the base that brings it; empty when none is needed."""
    return next((hint for each in model.__mro__ if (hint := HINTS.get((each.__name__, field)))), "")


def choice_of(field: str, value: str) -> str:
    """The words of a choice: ``field.value`` where a value means different things, else the value's own."""
    return CHOICES.get(f"{field}.{value}", CHOICES.get(value, value))
