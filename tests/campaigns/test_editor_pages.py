"""The editor's pages as plain forms: what is typed is kept, problems stand beside their field, nobody else gets in."""

import html as escapes
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.models import SchemeDraft, SchemeVersion
from campaigns.services.drafts import begin_draft, save_parts
from schemes.editing import read_tree
from schemes.files import SHIPPED
from tests import factories
from tests.reports.results_stage import SCHEME, make_stage
from tests.reports.test_round import enter, text_of
from tests.schemes.test_criteria_table import MERGED, USUAL, book

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NEXT = SCHEME.replace("2026-1", "2027-1")


@pytest.fixture
def stage(db):
    return make_stage()


@pytest.fixture
def draft(stage):
    with tenant_scope(stage.tenant):
        return begin_draft(tenant=stage.tenant, tree=read_tree(NEXT), actor=stage.maker)


def address(name, draft, *more):
    return reverse(f"campaigns:{name}", args=[draft.pk, *more])


def get(user, path, status=200):
    answer = enter(user).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def post(user, path, data, status=200):
    answer = enter(user).post(path, data, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def fields(html):
    """What a browser would send of the page's main form, without its buttons."""
    form = re.search(r"<form class=\"form wide.*?</form>", html, re.S)[0]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if name := re.search(r' name="([^"]*)"', tag):
            value = re.search(r' value="([^"]*)"', tag)
            data[name[1]] = escapes.unescape(value[1]) if value else ""
    for name, text in re.findall(r"<textarea[^>]* name=\"([^\"]*)\"[^>]*>\n?(.*?)</textarea>", form, re.S):
        data[name] = escapes.unescape(text)
    for name, choices in re.findall(r"<select[^>]* name=\"([^\"]*)\"[^>]*>(.*?)</select>", form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', choices) or re.search(r'value="([^"]*)"', choices)
        data[name] = escapes.unescape(chosen[1])
    return data


def beside(html, name):
    """The problems that stand beside a field."""
    found = re.search(rf'id="f-{re.escape(name)}".*?(?=id="f-|</form>)', html, re.S)
    return [text_of(line).strip() for line in re.findall(r'<p class="(?:err|odd)">.*?</p>', found[0], re.S)]


def tree(stage, draft):
    with tenant_scope(stage.tenant):
        return read_tree(SchemeDraft.objects.get(pk=draft.pk).text)


BLOCKS = [
    "identity",
    "clauses",
    "panel",
    "tiers",
    "score",
    "veto",
    "ranking",
    "selection",
    "titles",
    "bonus",
    "subsidy",
]


# --- forms and the tree --------------------------------------------------------------------------


@pytest.mark.parametrize("county", ["jiande", "qingxi"])
def test_saving_a_page_as_it_is_changes_no_rule(stage, county):
    """Every block of a shipped scheme, opened and saved: the same document."""
    before = read_tree((SHIPPED / county / "scheme.yaml").read_text(encoding="utf-8"))
    with tenant_scope(stage.tenant):
        draft = begin_draft(tenant=stage.tenant, tree=before, actor=stage.maker)
    pages = [address("draft_block", draft, block) for block in BLOCKS]
    pages += [address("draft_criteria", draft), address("draft_node", draft, "0"), address("draft_node", draft, "0-0")]
    for path in pages:
        post(stage.maker, path, fields(get(stage.maker, path)))
    assert tree(stage, draft) == before


def test_a_changed_threshold_is_kept(stage, draft):
    path = address("draft_block", draft, "tiers")
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "b.0.threshold": "17.5"})
    assert tree(stage, draft)["tiers"] == [{"name": "标杆", "threshold": "17.5"}, {"name": "进位", "threshold": "10"}]
    assert "已保存。" in html and "没有错误，可以存为版本" in html


def test_a_wrong_value_is_kept_and_marked_beside_its_field(stage, draft):
    path = address("draft_block", draft, "tiers")
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "b.1.threshold": "十分"})
    assert tree(stage, draft)["tiers"][1]["threshold"] == "十分"
    assert beside(html, "b.1.threshold") == ["不是数（现为“十分”）。请写成 85、0.5、40% 或 1/3 这样的数。"]
    assert beside(html, "b.0.threshold") == []
    overview = get(stage.maker, address("draft", draft))
    assert f'href="{path}#f-b.1.threshold"' in overview and "申报等次 2 · 授予标准：不是数" in text_of(
        overview
    ).replace(" ：", "：")


def test_problems_speak_the_words_of_the_form(stage, draft):
    path = address("draft_block", draft, "selection")
    data = {**fields(get(stage.maker, path)), "b.limits~n": "1", "b.limits.0.kind": "quota"}
    with tenant_scope(stage.tenant):
        save_parts(draft=draft, parts={"ranking": {"per_tier": False}}, revision=1, actor=stage.maker)
    data |= {
        "b.limits.0.places~n": "1",
        "b.limits.0.places.0.key": "标杆",
        "b.limits.0.places.0.value": "3",
        "revision": "2",
    }
    html = post(stage.maker, path, data)
    html = post(stage.maker, path, {**fields(html), **data, "revision": "3"})
    said = " ".join(beside(html, "b.limits.0.kind"))
    assert "每轮统一排名时，分等次的名额不起作用" in said
    assert "share" not in said and "不超过比例" in said


def test_lines_are_added_moved_and_removed_and_what_was_typed_stays(stage, draft):
    path = address("draft_block", draft, "tiers")
    typed = {**fields(get(stage.maker, path)), "b.0.target": "50"}
    html = post(stage.maker, path, {**typed, "do": "add:b"})
    assert [tier.get("target") for tier in tree(stage, draft)["tiers"]] == ["50", None, None]
    html = post(stage.maker, path, {**fields(html), "b.2.name": "先进", "do": "up:b.2"})
    html = post(stage.maker, path, {**fields(html), "do": "remove:b.0"})
    assert [tier["name"] for tier in tree(stage, draft)["tiers"]] == ["先进", "进位"]
    assert fields(html)["b~n"] == "2"


def test_a_part_that_may_lack_is_written_and_taken_out(stage, draft):
    path = address("draft_block", draft, "bonus")
    html = get(stage.maker, path)
    assert "这份办法没有写“考核加分”。" in html
    html = post(stage.maker, path, {**fields(html), "do": "add:b"})
    html = post(stage.maker, path, {**fields(html), "do": "add:b.points"})
    html = post(stage.maker, path, {**fields(html), "b.points.0.value": "1"})
    assert tree(stage, draft)["bonus"] == {"points": {"标杆": "1"}}
    post(stage.maker, path, {**fields(html), "do": "remove:b"})
    assert "bonus" not in tree(stage, draft)


def test_another_kind_of_rule_keeps_what_both_have(stage, draft):
    path = address("draft_block", draft, "score")
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "b.kind": "median"})
    assert tree(stage, draft)["score"] == {"kind": "median", "clause": "第一条", "round": {"places": "2"}}
    assert beside(html, "b.kind") == []


def test_two_entries_with_one_name_both_stay(stage, draft):
    path = address("draft_block", draft, "clauses")
    post(stage.maker, path, {**fields(get(stage.maker, path)), "b.1.key": "第一条"})
    assert list(tree(stage, draft)["clauses"]) == ["第一条", "第一条（重名）", "第三条"]


def test_new_clauses_and_facts_are_named_without_asking(stage, draft):
    clauses = address("draft_block", draft, "clauses")
    post(stage.maker, clauses, {**fields(get(stage.maker, clauses)), "do": "add:b"})
    assert list(tree(stage, draft)["clauses"])[-1] == "第四条"
    facts = address("draft_block", draft, "facts")
    html = post(stage.maker, facts, {**fields(get(stage.maker, facts)), "do": "add:b"})
    post(stage.maker, facts, {**fields(html), "b.0.name": "集体收入", "b.0.missing": "算作没有"})
    assert tree(stage, draft)["facts"] == [{"key": "集体收入", "name": "集体收入", "missing": "unscored"}]


def test_what_the_language_does_not_know_is_shown_and_kept_until_removed(stage, draft):
    with tenant_scope(stage.tenant):
        save_parts(draft=draft, parts={"panel": {"size": "4", "chair": "部长"}}, revision=1, actor=stage.maker)
    path = address("draft_block", draft, "panel")
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "b.size": "5"})
    assert tree(stage, draft)["panel"] == {"size": "5", "chair": "部长"}
    assert "办法里没有这样的写法。" in html
    post(stage.maker, path, {**fields(html), "do": "remove:b.chair"})
    assert tree(stage, draft)["panel"] == {"size": "5"}


@pytest.mark.parametrize(
    "do", ["add:b.nothing", "remove:b.99", "up:", "drop:b", "add:x.tree", "nonsense", "add:b.0.name.0"]
)
def test_buttons_that_do_not_exist_do_nothing(stage, draft, do):
    path = address("draft_block", draft, "tiers")
    before = tree(stage, draft)
    post(stage.maker, path, {**fields(get(stage.maker, path)), "do": do})
    assert tree(stage, draft) == before


# --- criteria ------------------------------------------------------------------------------------


def test_points_that_do_not_add_up_are_told_by_the_table_and_beside_the_total(stage, draft):
    path = address("draft_criteria", draft)
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "t.0-0.max": "7"})
    assert beside(html, "b.full_marks") == ["分值合计应为 20，现为 19，缺 1 分。请改各项分值或总分。"]
    assert "比总分少 1 分" in text_of(html)
    html = post(stage.maker, path, {**fields(html), "t.0-0.max": "8"})
    assert "比总分" not in text_of(html) and beside(html, "b.full_marks") == []


def test_a_step_that_does_not_fit_is_told_in_its_row(stage, draft):
    path = address("draft_criteria", draft)
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "t.0-1.step": "0.3"})
    row = re.search(r'<tr id="r-0-1".*?</tr>', html, re.S)[0]
    assert "分档 0.3 除不尽 0 到 2" in text_of(row)
    assert "除不尽" not in text_of(re.search(r'<tr id="r-0-0".*?</tr>', html, re.S)[0])


def test_the_tree_is_changed_by_buttons_and_nothing_typed_is_lost(stage, draft):
    path = address("draft_criteria", draft)
    html = post(stage.maker, path, {**fields(get(stage.maker, path)), "t.0.name": "工作实绩", "do": "beside:0-0"})
    items = tree(stage, draft)["criteria"]["tree"]
    assert items[0]["name"] == "工作实绩"
    assert [node["key"] for node in items[0]["children"]] == ["a", "c01", "b"]
    html = post(stage.maker, path, {**fields(html), "t.0-1.name": "创新", "do": "sink:0-1"})
    html = post(stage.maker, path, {**fields(html), "do": "drop:1-0"})
    items = tree(stage, draft)["criteria"]["tree"]
    assert [node["name"] for node in items[0]["children"]] == ["实绩", "规范", "创新"]
    assert "children" not in items[1] and items[1]["mark"] == {"max": "10", "step": "0.5"}
    answer = enter(stage.maker).post(path, {**fields(html), "do": "open:0-2"})
    assert answer.url == address("draft_node", draft, "0-2")


def test_a_criterion_with_everything_about_it(stage, draft):
    path = address("draft_node", draft, "0-0")
    data = {**fields(get(stage.maker, path)), "b.guidance": "看台账\r\n问群众", "b.evidence": "会议记录\n\n照片 "}
    html = post(stage.maker, path, {**data, "b.mark.kind": "yes_no"})
    node = tree(stage, draft)["criteria"]["tree"][0]["children"][0]
    assert node == {"key": "a", "name": "实绩", "guidance": "看台账\n问群众", "evidence": ["会议记录", "照片"],
                    "mark": {"kind": "yes_no", "max": "8"}}  # fmt: skip
    post(stage.maker, path, {**fields(html), "do": "under"})
    divided = tree(stage, draft)["criteria"]["tree"][0]["children"][0]
    assert "mark" not in divided and divided["children"][0]["mark"] == {"kind": "yes_no", "max": "8"}


def test_a_criteria_sheet_is_previewed_and_then_imported(stage, draft):
    path = address("draft_import", draft)
    file = SimpleUploadedFile("标准.xlsx", book(USUAL, MERGED))
    html = post(stage.maker, path, {"file": file, "step": "0.5"})
    assert "读到 3 条标准，合计 15 分" in text_of(html) and "新增 3 条，修改 0 条" in text_of(html)
    assert tree(stage, draft) == read_tree(NEXT)
    kept = escapes.unescape(re.search(r'name="kept" value="([^"]*)"', html, re.S)[1])
    post(stage.maker, path, {"confirm": "1", "kept": kept, "revision": "1"})
    criteria = tree(stage, draft)["criteria"]
    assert [item["name"] for item in criteria["tree"]] == ["组织建设", "服务群众"]
    assert (criteria["full_marks"], criteria["clause"]) == ("15", "第一条")


def test_a_wrong_criteria_sheet_is_refused_with_rows_and_columns(stage, draft):
    file = SimpleUploadedFile("标准.csv", "项目,内容,分值\n党建,班子,五分\n".encode())
    html = post(stage.maker, address("draft_import", draft), {"file": file, "step": "0"})
    assert "每档应大于 0。" in html
    file.seek(io.SEEK_SET)
    words = text_of(post(stage.maker, address("draft_import", draft), {"file": file, "step": "0.5"}))
    assert "标准.csv 第 2 行 分值 五分 不是数" in words
    for kept in ("", "- 1", "a: [", "tree: 1"):
        html = post(stage.maker, address("draft_import", draft), {"confirm": "1", "kept": kept, "revision": "1"})
        assert "没有导入。请重新选择文件。" in html
    assert tree(stage, draft) == read_tree(NEXT)


# --- the sheet, two people, the end --------------------------------------------------------------


def test_the_sheet_as_an_inspector_will_have_it(stage, draft):
    words = text_of(get(stage.maker, address("draft_sheet", draft)))
    assert "实绩 0 至 8，每档 0.5" in words and "满分 20 分" in words
    with tenant_scope(stage.tenant):
        save_parts(draft=draft, parts={"tiers": [], "score": {"kind": "no"}}, revision=1, actor=stage.maker)
    assert "实绩 0 至 8，每档 0.5" in text_of(get(stage.maker, address("draft_sheet", draft)))
    with tenant_scope(stage.tenant):
        save_parts(draft=draft, parts={"criteria": {"tree": []}}, revision=2, actor=stage.maker)
    assert "标准还不能读成评分表" in get(stage.maker, address("draft_sheet", draft))


def test_the_second_of_two_people_loses_nothing(stage, draft):
    path = address("draft_block", draft, "tiers")
    mine = {**fields(get(stage.maker, path)), "b.0.threshold": "18"}
    theirs = {**fields(get(stage.checker, path)), "b.0.threshold": "15"}
    post(stage.checker, path, theirs)
    html = post(stage.maker, path, mine)
    assert f"{stage.checker.display_name} 在" in html and "您的改动还没有保存" in html
    assert "授予标准 15 18" in text_of(html)
    assert tree(stage, draft)["tiers"][0]["threshold"] == "15"
    post(stage.maker, path, fields(html))
    assert tree(stage, draft)["tiers"][0]["threshold"] == "18"


def test_a_step_is_undone_by_a_button(stage, draft):
    path = address("draft_block", draft, "tiers")
    post(stage.maker, path, {**fields(get(stage.maker, path)), "b.0.threshold": "18"})
    html = post(stage.maker, address("draft_undo", draft), {"revision": "2"})
    assert "已撤销上一步" in html and tree(stage, draft) == read_tree(NEXT)


def test_a_draft_ends_as_a_version_or_not_at_all(stage, draft):
    finish = address("draft_finish", draft)
    with tenant_scope(stage.tenant):
        save_parts(draft=draft, parts={"tiers": []}, revision=1, actor=stage.maker)
    assert "还有 1 处要改，没有存为版本。" in post(stage.maker, finish, {"revision": "2"})
    post(stage.maker, address("draft_undo", draft), {"revision": "2"})
    html = post(stage.maker, finish, {"revision": "3"})
    assert "试行办法 2027-1 版 已存为草稿版本，待另一位管理员核对后发布。" in html
    with tenant_scope(stage.tenant):
        assert SchemeVersion.objects.get(number="2027-1").created_by == stage.maker
        assert not SchemeDraft.objects.exists()


def test_drafts_begin_blank_from_a_version_or_from_a_shipped_county(stage):
    path, made = reverse("campaigns:draft_new"), []
    for source in ("blank", f"version:{stage.version.pk}", "shipped:jiande"):
        html = post(stage.maker, path, {"source": source})
        assert "编辑稿已建好" in html
        with tenant_scope(stage.tenant):
            made.append(read_tree(SchemeDraft.objects.order_by("-created_at").first().text)["identity"])
    assert [(each["key"], each["version"]) for each in made] == [("banfa", "1"), ("test", "2026-2"), ("jiande", "1")]
    assert made[2]["county"] == {"code": stage.tenant.code, "name": stage.tenant.name}
    assert "请选择从哪里开始。" in post(stage.maker, path, {"source": "shipped:../../etc"})
    assert "正在起草" in get(stage.maker, "/schemes/")


def test_a_discarded_draft_is_gone(stage, draft):
    html = post(stage.maker, address("draft_delete", draft), {})
    assert "编辑稿“试行办法”已删除。" in html
    get(stage.maker, address("draft", draft), status=404)


# --- who gets in ---------------------------------------------------------------------------------


def test_only_the_county_office_writes(stage, draft):
    for user in (stage.leader, stage.east_secretary, factories.make_person(stage.tenant, Role.INSPECTOR)):
        get(user, address("draft", draft), status=403)
        get(user, reverse("campaigns:draft_new"), status=403)
        assert "正在起草" not in enter(user).get("/schemes/").content.decode()
    theirs = factories.make_tenant("330199", name="邻县市")
    neighbour = factories.make_person(theirs, Role.COUNTY_ADMIN)
    get(neighbour, address("draft", draft), status=404)
    post(neighbour, address("draft_delete", draft), {}, status=404)
    get(stage.maker, address("draft_block", draft, "language"), status=404)
    for node in ("9", "0-9", "x", "0--1"):
        get(stage.maker, address("draft_node", draft, node), status=404)


def test_pages_need_the_same_few_queries_however_large_the_scheme(stage, draft, django_assert_max_num_queries):
    client = enter(stage.maker)
    for path in (address("draft", draft), address("draft_criteria", draft), address("draft_block", draft, "clauses")):
        client.get(path)
        with django_assert_max_num_queries(8):
            client.get(path)
