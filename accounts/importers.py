"""The importer of organizations: reads a table into facts, finds everything wrong with it, says what would change.

Writing the tree is ``services.organizations.write_tree``. Other apps have importers of their own.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from schemes.cells import normal

from .access import Permission
from .enums import OrganizationKind, PartyLevel
from .imports import Cells, Column, ImportFailed, Problem, Table, parse_flag, parse_integer, read_table
from .models import Organization, Upload, User
from .services.organizations import CODE, Facts, village_kind, write_tree
from .services.uploads import Report, importer, read_upload

COLUMNS = (
    Column("code", ("代码", "组织代码", "编码", "党组织代码", "单位代码"), required=True),
    Column("name", ("名称", "组织名称", "党组织名称", "组织全称", "单位名称"), required=True),
    Column("kind", ("类别", "组织类别", "类型", "单位类别")),
    Column("parent_code", ("上级代码", "parent", "上级", "上级组织代码", "上级党组织代码"), required=True),
    Column("remote", ("偏远", "偏远村", "是否偏远")),
    Column("weak", ("薄弱", "薄弱村", "软弱涣散", "是否薄弱")),
    Column("level", ("层级", "党组织层级", "组织层级")),
    Column("member_count", ("党员数", "党员人数")),
)

#: Words people write for a kind, besides its value and its full label.
KIND_WORDS = {
    "县": "county", "县级": "county", "区": "county", "市": "county",
    "乡": "township", "镇": "township", "乡镇": "township", "街道": "township", "乡镇街道": "township",
    "行政村": "village", "企业": "enterprise", "国企": "enterprise",
    "两新": "two_new", "非公": "two_new", "社会组织": "two_new",
    "机关单位": "agency", "事业单位": "agency", "临时": "temporary",
}  # fmt: skip
KIND_WORDS |= {normal(word): kind.value for kind in OrganizationKind for word in (kind.value, kind.label)}
LEVEL_WORDS = {level.value: level.value for level in PartyLevel} | {level.label: level.value for level in PartyLevel}


@dataclass(frozen=True)
class Plan:
    """A file understood: its table, the facts of its rows, and what each code would become."""

    table: Table
    facts: list[Facts]
    changes: Counter[str]


@importer("organizations")
class OrganizationsImporter:
    title = "组织机构"
    permission = Permission.MANAGE_ORGANIZATIONS
    columns = COLUMNS
    params_form = None
    example = (
        ("990101", "示例县", "县级单位", "", "否", "否", "", ""),
        ("990101001", "示例街道", "乡镇（街道）", "990101", "否", "否", "党委", "1204"),
        ("990101001202", "示例村", "村", "990101001", "是", "否", "党总支", "86"),
    )

    def preview(self, upload: Upload) -> Report:
        plan = make_plan(upload)
        changes = plan.changes
        return Report(
            counts=[("行", len(plan.facts)), ("新增", changes["new"]), ("更名", changes["renamed"]),
                    ("调整隶属", changes["moved"]), ("其他更新", changes["updated"]), ("不变", changes["same"])],
            header=[column.label for column in COLUMNS[:4]],
            sample_rows=[[f.code, f.name, OrganizationKind(f.kind).label, f.parent_code] for f in plan.facts[:10]],
            rows=len(plan.facts),
            remarks=[f"第 {line} 行“{text}”不是数据，已跳过。" for line, text in plan.table.skipped],
        )  # fmt: skip

    def apply(self, upload: Upload, actor: User | None) -> dict[str, Any]:
        plan = make_plan(upload)
        counts = write_tree(tenant=upload.tenant, rows=plan.facts, actor=actor, verb="导入组织机构")
        return {**counts, "url": reverse("accounts:organizations")}


def make_plan(upload: Upload) -> Plan:
    """Raises ImportFailed with every problem of every row."""
    table = read_table(upload.filename, read_upload(upload), columns=COLUMNS)
    present = {row.code: row for row in Organization.objects.select_related("parent")}
    problems: list[Problem] = []
    rows = [Cells(table, line, values, problems) for line, values in table.rows]
    if not rows:
        raise ImportFailed([table.problem(None, "", "", "表头下面没有数据行。", "请填写后重新上传。")])
    check_codes(rows)
    check_parents(rows, present)
    depths = kinds_above(rows, present)
    facts = [read_row(row, depths, present) for row in rows]
    if problems:
        raise ImportFailed(sorted(problems, key=lambda problem: problem.row or 0))
    return Plan(table, facts, Counter(change for fact in facts for change in changes_of(fact, present)))


def check_codes(rows: list[Cells]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        code = row.text("code")
        if not CODE.fullmatch(code):
            row.refuse("code", "代码不是 6–12 位数字。", "请填行政区划或党组织的数字代码；Excel 中把这一列设为文本。")
        elif code in first:
            row.refuse("code", f"与第 {first[code]} 行的代码相同。", "请删去其中一行，或改正代码。")
        else:
            first[code] = row.line


def check_parents(rows: list[Cells], present: dict[str, Organization]) -> None:
    """Every parent exists in the file or already; one root; nobody stands above themselves."""
    parents = {code: row.parent.code if row.parent else "" for code, row in present.items()}
    parents |= {row.text("code"): row.text("parent_code") for row in rows}
    for row in rows:
        code, parent = row.text("code"), row.text("parent_code")
        if parent and parent not in parents:
            row.refuse("parent_code", "文件和系统里都没有这个上级。", "请先加上上级这一行，或改正上级代码。")
        elif not parent and (others := [c for c, above in parents.items() if not above and c != code]):
            row.refuse("parent_code", f"最上级只能有一个，已有 {others[0]}。", "请填写上级代码。")
        elif code in ancestors(code, parents):
            row.refuse("parent_code", "上下级关系绕成一圈。", "请检查这一行及其各级上级的上级代码。")


def ancestors(code: str, parents: dict[str, str]) -> Iterator[str]:
    """Codes above ``code``; in a circle each is told once."""
    seen: set[str] = set()
    above = parents.get(code, "")
    while above and above not in seen:
        seen.add(above)
        yield above
        above = parents.get(above, "")


def kinds_above(rows: list[Cells], present: dict[str, Organization]) -> dict[str, str]:
    """Kind by code, as far as file and database say it."""
    kinds = {code: row.kind for code, row in present.items()}
    for row in rows:
        if said := KIND_WORDS.get(bare(row.text("kind"))):
            kinds[row.text("code")] = said
        elif not row.text("parent_code"):
            kinds[row.text("code")] = OrganizationKind.COUNTY
    return kinds


def read_row(row: Cells, kinds: dict[str, str], present: dict[str, Organization]) -> Facts:
    name = row.text("name")
    if not name:
        row.refuse("name", "名称是空的。", "请填写组织全称。")
    elif len(name) > 80:
        row.refuse("name", f"名称有 {len(name)} 字，超过 80 字。", "请填写规范全称。")
    count = row.parsed("member_count", parse_integer, remedy="请填 0 以上的整数，不知道就留空。")
    if count is not None and count < 0:
        row.refuse("member_count", "党员数小于 0。", "请填 0 以上的整数，不知道就留空。")
    level = LEVEL_WORDS.get(row.text("level")) if row.text("level") else None
    if row.text("level") and level is None:
        row.refuse("level", "没有这种层级。", "请填党委、党总支或党支部。")
    return Facts(
        code=row.text("code"),
        name=name,
        kind=kind_of(row, kinds, present),
        parent_code=row.text("parent_code"),
        level=level,
        remote=row.parsed("remote", parse_flag, remedy="请填“是”或“否”。"),
        weak=row.parsed("weak", parse_flag, remedy="请填“是”或“否”。"),
        member_count=count,
    )


def kind_of(row: Cells, kinds: dict[str, str], present: dict[str, Organization]) -> str:
    """The kind said, else the one it has, else what its place in the tree makes of it."""
    word = bare(row.text("kind"))
    if word and word not in KIND_WORDS:
        row.refuse("kind", "没有这种类别。", f"请填{'、'.join(kind.label for kind in OrganizationKind)}之一。")
    if word in KIND_WORDS:
        return KIND_WORDS[word]
    if existing := present.get(row.text("code")):
        return existing.kind
    parent = row.text("parent_code")
    if not parent:
        return OrganizationKind.COUNTY
    below_county = kinds.get(parent) == OrganizationKind.COUNTY
    # Statistical codes have 9 digits for a township and 12 for a village.
    if below_county and len(row.text("code")) <= 9:
        return OrganizationKind.TOWNSHIP
    return village_kind(row.text("name"))


def bare(word: str) -> str:
    """“乡镇(街道)党组织” is the same kind as “乡镇（街道）”."""
    return normal(word.removesuffix("党组织"))


def changes_of(facts: Facts, present: dict[str, Organization]) -> list[str]:
    """What one row would do: new, renamed, moved, updated, or nothing."""
    old = present.get(facts.code)
    if old is None:
        return ["new"]
    above = old.parent.code if old.parent else ""
    rest = {field: value for field, value in facts.given().items() if field != "name"}
    found = {
        "renamed": old.name != facts.name,
        "moved": above != facts.parent_code,
        "updated": not old.active or any(getattr(old, field) != value for field, value in rest.items()),
    }
    return [change for change, happens in found.items() if happens] or ["same"]
