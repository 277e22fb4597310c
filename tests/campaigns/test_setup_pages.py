"""The county office sets up a scheme, a campaign and a round by its own pages; others, and other counties, do not."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import GRANTS, Permission
from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import PhaseKind, RoundKind, VersionState
from campaigns.forms import MOST_BYTES
from campaigns.models import Campaign, Round, SchemeVersion
from campaigns.services.campaigns import RoundRefused, create_campaign, plan_round, revise_campaign, usual_phases
from campaigns.services.schemes import add_version, publish_version, withdraw_version
from tests import factories
from tests.reports.results_stage import SCHEME, make_stage
from tests.reports.test_round import enter, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

UPLOAD, CAMPAIGNS, NEW = "/schemes/upload/", "/campaigns/", "/campaigns/new/"
NEXT = SCHEME.replace("2026-1", "2027-1")
CAMPAIGN = {"name": "2027 年创建", "kind": "creation", "host": "中共建德市委", "starts_on": "2027-01-01"}


@pytest.fixture
def stage(db):
    """``maker`` and ``checker`` are the two administrators; one version is published, one campaign stands."""
    return make_stage()


def get(user, path, status=200) -> str:
    answer = enter(user).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def post(user, path, data=None, status=200) -> str:
    """The page that answers, after its redirect if there is one."""
    answer = enter(user).post(path, data or {}, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def errors(html: str) -> list[str]:
    """The lines of the summary on top of a form."""
    found = re.search(r'<div class="errsum".*?</div>', html, re.S)
    return [text_of(line).strip() for line in re.findall(r"<li>.*?</li>", found[0], re.S)] if found else []


def problems(html: str) -> list[list[str]]:
    """Where, place, found, reason and remedy of each problem."""
    table = re.search(r"<section class=\"card problems\".*?</section>", html, re.S)
    rows = re.findall(r"<tr>.*?</tr>", table[0], re.S)[1:] if table else []
    return [[text_of(cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def value(html: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*?value="([^"]*)"', html)[1]


def audited(verb: str) -> list[tuple[str, dict, dict]]:
    return [(entry.actor_name, entry.old, entry.new) for entry in AuditEntry.objects.filter(verb=verb).order_by("id")]


def checked(user, text: str) -> dict[str, str]:
    """What a browser would send when saving after the preview."""
    html = post(user, UPLOAD, {"text": text, "check": "1"})
    return {"text": text, "save": "1", "previewed": value(html, "previewed")}


# --- the whole way -------------------------------------------------------------------------------


def test_from_a_wrong_document_to_a_planned_round(stage):
    """A hands in, is shown both mistakes, mends and saves; only B publishes; A sets up campaign and round."""
    a, b, tenant = stage.maker, stage.checker, stage.tenant
    wrong = NEXT.replace("issuer: 组织部, ", "").replace("threshold: 16", "threshold: 160分")
    file = SimpleUploadedFile("办法.yaml", wrong.encode("gb18030"))
    html = post(a, UPLOAD, {"file": file, "check": "1"})
    assert problems(html) == [
        ["办法 第 3 行", "identity.issuer", "（空）", "缺少这一项", "请补上。"],
        ["办法 第 17 行", "tiers[0].threshold", "160分", "不是数", "请写成 85、0.5、40% 或 1/3 这样的数。"],
    ]
    assert "threshold: 160分" in html and "保存为草稿" not in html

    html = post(a, UPLOAD, {"text": NEXT.replace("\n", "\r\n"), "check": "1"})
    assert problems(html) == [] and "保存为草稿" in html and "淘汰率不低于 40%" in text_of(html)
    html = post(a, UPLOAD, {"text": NEXT.replace("\n", "\r\n"), "save": "1", "previewed": value(html, "previewed")})
    assert "试行办法 2027-1 版 已保存为草稿，待另一位管理员发布。" in html
    with tenant_scope(tenant):
        draft = SchemeVersion.objects.get(number="2027-1")
        assert (draft.state, draft.created_by, draft.text) == (VersionState.DRAFT, a, NEXT)
    page, publish = reverse("campaigns:scheme", args=[draft.pk]), reverse("campaigns:scheme_publish", args=[draft.pk])
    assert "您新增的版本，须由另一位管理员发布" in html and publish not in html
    assert "这一版由您新增，须由另一位管理员核对后发布。" in post(a, publish)
    assert publish in get(b, page)
    assert "试行办法 2027-1 版 已发布，轮次可以采用。" in post(b, publish)

    html = post(a, NEW, CAMPAIGN)
    assert "“2027 年创建”已新建。" in html and "《创建示范活动管理办法（试行）》要求创建活动经批准后开展" in html
    with tenant_scope(tenant):
        campaign = Campaign.objects.get(name="2027 年创建")
    path = reverse("campaigns:round_new", args=[campaign.pk])
    filled = post(a, path, {"kind": "creation", "label": "第1轮", "onsite_date": "2027-04-20", "fill": "1"})
    dates = {name: value(filled, name) for name in ("onsite_opens", "nomination_opens", "nomination_closes")}
    assert dates == {"onsite_opens": "2027-04-20", "nomination_opens": "2027-02-04", "nomination_closes": "2027-03-06"}
    data = {"kind": "creation", "label": "第1轮", "onsite_date": "2027-04-20", "scheme_version": str(draft.pk), **dates}
    html = post(a, path, {**data, "onsite_closes": "2027-04-21"})
    assert "第 1 轮已安排。接下来导入本轮申报和评委。" in html and "第 1 轮结果" in text_of(html)

    with tenant_scope(tenant):
        planned = Round.objects.select_related("scheme_version").get(campaign=campaign)
        assert (planned.label, planned.year, planned.onsite_date) == ("1", 2027, date(2027, 4, 20))
        assert planned.scheme_version == draft
        assert list(planned.phases.values_list("kind", "opens_on", "closes_on")) == [
            (PhaseKind.NOMINATION, date(2027, 2, 4), date(2027, 3, 6)),
            (PhaseKind.ONSITE, date(2027, 4, 20), date(2027, 4, 21)),
        ]
        assert audited("新增办法版本")[-1] == (str(a), {}, {"digest": draft.digest})
        assert audited("办法版本已发布")[-1] == (str(b), {"state": "draft"}, {"state": "published"})
        assert audited("新建活动")[-1][2]["host"] == "中共建德市委"
        assert audited("安排轮次")[-1][2] == {"onsite_date": "2027-04-20", "scheme": str(draft.pk)}


# --- documents -----------------------------------------------------------------------------------


def test_what_was_previewed_is_what_is_saved(stage):
    """Changed after the check, the text is shown again first."""
    data = checked(stage.maker, NEXT)
    html = post(stage.maker, UPLOAD, {**data, "text": NEXT.replace("threshold: 16", "threshold: 17")})
    assert "文本在检查之后有改动，还没有保存" in html and "17.00 分" in html
    with tenant_scope(stage.tenant):
        assert SchemeVersion.objects.count() == 1


def test_a_number_that_is_taken_is_told_at_the_check_and_at_the_end(stage):
    html = post(stage.maker, UPLOAD, {"text": SCHEME, "check": "1"})
    assert errors(html) == ["办法文本 ：已有 2026-1 版。请在 identity.version 换一个版本号，再检查一遍。"]
    assert "保存为草稿" not in html
    data = checked(stage.maker, NEXT)
    with tenant_scope(stage.tenant):
        add_version(tenant=stage.tenant, text=NEXT, actor=stage.checker)
    assert "已有 2027-1 版" in errors(post(stage.maker, UPLOAD, data))[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "办法文件 ：请选择办法文件，或把文本粘贴在下面。"),
        ({"text": " \n"}, "办法文件 ：请选择办法文件，或把文本粘贴在下面。"),
        ({"file": SimpleUploadedFile("a.yaml", b"")}, "办法文件 ：文件是空的，请重新选择。"),
        ({"file": SimpleUploadedFile("a.yaml", b"a" * (MOST_BYTES + 1))}, "办法文件 ：办法超过 2 MB。请精简后再试。"),
        ({"text": "字" * 700_000}, "办法文本 ：办法超过 2 MB。请精简后再试。"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04\x00\x01\xff" * 40)},
         "办法文件 ：这不是文本文件，或文字编码无法识别。请另存为 UTF-8 的 YAML 或 JSON。"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_said(stage, given, said):
    for each in given.values():
        if hasattr(each, "seek"):
            each.seek(0)
    assert errors(post(stage.maker, UPLOAD, {**given, "check": "1"})) == [said]


def test_a_document_of_another_county_and_warnings_are_shown_and_hinder_nothing(stage):
    html = post(stage.maker, UPLOAD, {"text": NEXT.replace("330182", "330183"), "check": "1"})
    assert "与本县（建德市，330182）不同，请核对是否用错了文件" in html and "保存为草稿" in html
    loose = NEXT.replace(", limits: [{kind: elimination_rate, minimum: 40%}]", "")
    loose = loose.replace(", threshold: 16", "").replace(", threshold: 10", "")
    html = post(stage.maker, UPLOAD, {"text": loose, "check": "1"})
    assert "没有名额、淘汰率，也没有授予标准，参评的都会授予。若非本意请补上。 第 21 行 ，selection" in text_of(html)
    assert "保存为草稿" in html


def test_a_new_version_begins_from_one_that_stands(stage):
    html = get(stage.maker, f"{UPLOAD}?from={stage.version.pk}")
    assert "version: 2026-1" in html
    assert f"{UPLOAD}?from={stage.version.pk}" in get(stage.maker, f"/schemes/{stage.version.pk}/")
    for wrong in (uuid4(), "x"):
        get(stage.maker, f"{UPLOAD}?from={wrong}", status=404)


def test_the_text_is_handed_out_to_whoever_sees_the_version(stage):
    path = f"/schemes/{stage.version.pk}/document.yaml"
    answer = enter(stage.leader).get(path)
    assert answer.content.decode() == SCHEME
    assert answer["Content-Disposition"] == 'attachment; filename="test-2026-1.yaml"'
    with tenant_scope(stage.tenant):
        draft = add_version(tenant=stage.tenant, text=NEXT, actor=stage.maker)
    get(stage.leader, f"/schemes/{draft.pk}/document.yaml", status=404)


def test_a_version_is_withdrawn_only_while_no_round_uses_it_and_then_not_pinned(stage):
    withdraw = reverse("campaigns:scheme_withdraw", args=[stage.version.pk])
    assert withdraw in get(stage.maker, f"/schemes/{stage.version.pk}/")
    stage.round("1")
    assert withdraw not in get(stage.maker, f"/schemes/{stage.version.pk}/")
    assert "已有轮次采用这一版，不能停用。" in post(stage.maker, withdraw)
    with tenant_scope(stage.tenant):
        other = publish_version(version=add_version(tenant=stage.tenant, text=NEXT, actor=None), actor=None)
    assert "2027-1 版 已停用" in post(stage.maker, reverse("campaigns:scheme_withdraw", args=[other.pk]))
    path = reverse("campaigns:round_new", args=[stage.campaign.pk])
    assert str(other.pk) not in get(stage.maker, path)
    facts = {"kind": "creation", "label": "2", "onsite_date": "2027-04-20", "scheme_version": str(other.pk)}
    assert errors(post(stage.maker, path, facts)) == ["办法版本 ：这一版不能采用，请从列表中选择。"]
    with tenant_scope(stage.tenant), pytest.raises(RoundRefused, match="这一版办法已停用"):
        plan_round(campaign=stage.campaign, label="2", onsite_date=date(2027, 4, 20), scheme_version=other, actor=None)


def test_a_command_publishes_for_nobody(stage):
    with tenant_scope(stage.tenant):
        draft = add_version(tenant=stage.tenant, text=NEXT, actor=stage.maker)
        assert publish_version(version=draft, actor=None).state == VersionState.PUBLISHED
        assert withdraw_version(version=draft, actor=stage.maker).state == VersionState.WITHDRAWN


# --- campaigns -----------------------------------------------------------------------------------


def test_every_field_that_is_wrong_is_said_and_every_value_kept(stage):
    html = post(stage.maker, NEW, {"name": "创建", "kind": "creation", "starts_on": "2027-05-01", "ends_on": "2027-04-30",
                                   "approval_no": "建委〔2027〕3 号"})  # fmt: skip
    assert errors(html) == [
        "活动名称 ：已有同名的活动。请换一个名称，如加上年度。",
        "主办单位 ：请填写主办单位。",
        "结束日期 ：结束日期不能早于开始日期（2027-05-01）。",
    ]
    kept = [value(html, name) for name in ("name", "starts_on", "ends_on", "approval_no")]
    assert kept == ["创建", "2027-05-01", "2027-04-30", "建委〔2027〕3 号"]
    assert errors(post(stage.maker, NEW, {**CAMPAIGN, "starts_on": "0202-05-01"})) == [
        "开始日期 ：年份应在 2000 至 2100 之间，现为 202。"
    ]


@pytest.mark.parametrize("facts", [{"kind": "annual"}, {"approval_no": "建委〔2027〕3 号"}])
def test_no_warning_where_no_approval_is_missing(stage, facts):
    html = post(stage.maker, NEW, {**CAMPAIGN, **facts})
    assert "“2027 年创建”已新建。" in html and "尽快补录批准机关和文号" not in html


def test_a_campaign_is_revised_and_old_and_new_are_recorded(stage):
    path = reverse("campaigns:campaign_edit", args=[stage.campaign.pk])
    html = get(stage.maker, path)
    assert "请补录批准机关和文号" in html and value(html, "host") == "县委"
    assert path in get(stage.maker, "/workbench/")  # the to-do leads here
    facts = {"name": "创建", "kind": "creation", "host": "中共建德市委", "starts_on": "2026-03-15",
             "approval_no": "建委〔2026〕3 号"}  # fmt: skip
    assert "“创建”已保存。" in post(stage.maker, path, facts)
    assert "缺批准文号" not in get(stage.maker, "/workbench/")
    with tenant_scope(stage.tenant):
        changed = {name: facts[name] for name in ("host", "approval_no")}
        assert audited("修改活动") == [(str(stage.maker), {"host": "县委", "approval_no": ""}, changed)]
        revise_campaign(campaign=stage.campaign, actor=stage.maker, host="中共建德市委")
        assert AuditEntry.objects.filter(verb="修改活动").count() == 1


def test_the_list_takes_as_many_queries_for_three_campaigns_as_for_one(stage):
    client = enter(stage.maker)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(CAMPAIGNS)
        return len(queries)

    stage.round("1")
    client.get(CAMPAIGNS)
    first = asked()
    for number in (2, 3):
        stage.round(str(number))
        with tenant_scope(stage.tenant):
            facts = {"name": f"创建{number}", "host": "县委", "starts_on": date(2027, 1, 1)}
            create_campaign(tenant=stage.tenant, actor=None, **facts)
    assert asked() == first
    words = text_of(get(stage.maker, CAMPAIGNS))
    assert "创建3" in words and "第 2 轮" in words and "试行办法 2026-1 版" in words and "还没有轮次。" in words


# --- rounds --------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_round_is_said_at_its_fields(stage):
    stage.round("1")
    path = reverse("campaigns:round_new", args=[stage.campaign.pk])
    facts = {"kind": "creation", "label": "第一轮", "onsite_date": "2027-04-20", "year": "27",
             "scheme_version": str(stage.version.pk), "notice_opens": "2027-04-25", "notice_closes": "2027-04-24",
             "award_closes": "2027-05-01",
             "onsite_opens": "2027-04-21", "onsite_closes": "2027-04-22", "review_opens": "2027-02-30"}  # fmt: skip
    html = post(stage.maker, path, facts)
    assert errors(html) == [
        "轮次 ：“创建”已有第 1 轮。请换一个轮次。",
        "年度 ：年度应在 2000 至 2100 之间。",
        "县级审核开始 ：日期应写成 2026-03-15 的样子。",
        "现场评分开始 ：现场评分阶段应包含现场日期（2027-04-20）。",
        "公示截止 ：公示的截止不能早于开始（2027-04-25）。",
        "授牌开始 ：请填写授牌的开始日期，或把两个日期都清空。",
    ]
    assert [value(html, name) for name in ("label", "year", "award_closes")] == ["第一轮", "27", "2027-05-01"]
    with tenant_scope(stage.tenant):
        assert Round.objects.count() == 1


def test_dates_that_a_person_set_stay_when_the_day_on_site_moves(stage):
    path = reverse("campaigns:round_new", args=[stage.campaign.pk])
    data = {"kind": "creation", "label": "1", "onsite_date": "2027-04-20", "fill": "1"}
    first = post(stage.maker, path, data)
    names = [f"{phase}_{end}" for phase in PhaseKind for end in ("opens", "closes")]
    data |= {name: value(first, name) for name in (*names, "derived_from")} | {"notice_closes": "2027-05-09"}
    second = post(stage.maker, path, {**data, "onsite_date": "2027-04-21"})
    assert [value(second, name) for name in ("notice_closes", "award_opens")] == ["2027-05-09", "2027-05-05"]
    third = post(stage.maker, path, {**data, "kind": "reinspection"})
    assert [value(third, name) for name in ("nomination_opens", "decision_opens")] == ["", "2027-04-22"]
    for useless in ("", "0001-01-01", "9999-12-31", "2027-02-30"):
        assert "2027-05-04" in post(stage.maker, path, {**data, "onsite_date": useless})


def test_the_next_number_and_the_newest_version_are_proposed(stage):
    stage.round("9")
    with tenant_scope(stage.tenant):
        newest = publish_version(version=add_version(tenant=stage.tenant, text=NEXT, actor=None), actor=None)
    html = get(stage.maker, reverse("campaigns:round_new", args=[stage.campaign.pk]))
    assert value(html, "label") == "10"
    assert f'<option value="{newest.pk}" selected>' in html


def test_without_a_published_version_the_page_says_what_comes_first(stage):
    with tenant_scope(stage.tenant):
        withdraw_version(version=stage.version, actor=stage.maker)
    html = get(stage.maker, reverse("campaigns:round_new", args=[stage.campaign.pk]))
    assert "还没有已发布的办法" in html and "安排这一轮" not in html


def test_usual_phases_lie_around_the_day_on_site():
    day = date(2027, 4, 20)
    found = usual_phases(onsite_date=day)
    assert [phase.kind for phase in found] == list(PhaseKind)
    assert all(phase.opens_on <= phase.closes_on for phase in found)
    again = [phase.kind for phase in usual_phases(onsite_date=day, kind=RoundKind.REINSPECTION)]
    assert again == [PhaseKind.PANEL, PhaseKind.ONSITE, PhaseKind.DECISION, PhaseKind.NOTICE]


# --- who may -------------------------------------------------------------------------------------


def addresses(version, campaign) -> list[tuple[str, str]]:
    pages = [("get", CAMPAIGNS), ("get", NEW), ("post", NEW), ("get", UPLOAD), ("post", UPLOAD)]
    for name in ("campaign_edit", "round_new"):
        path = reverse(f"campaigns:{name}", args=[campaign])
        pages += [("get", path), ("post", path)]
    acts = [("post", reverse(f"campaigns:scheme_{name}", args=[version])) for name in ("publish", "withdraw")]
    return pages + acts


def test_only_the_county_office_sets_up(stage):
    assert {role for role in Role if Permission.MANAGE_CAMPAIGNS in GRANTS[role]} == {Role.COUNTY_ADMIN}
    others = [stage.leader, stage.east_secretary, *(factories.make_person(stage.tenant, role) for role in
              (Role.INSPECTOR, Role.OBSERVER, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN))]  # fmt: skip
    for user in others:
        answers = {getattr(enter(user), method)(path).status_code
                   for method, path in addresses(stage.version.pk, stage.campaign.pk)}  # fmt: skip
        assert answers == {403}
    assert {getattr(Client(), method)(path).status_code for method, path in addresses(uuid4(), uuid4())} == {302}
    words = get(stage.leader, f"/schemes/{stage.version.pk}/")
    assert "以此起草新版" not in words and "停用" not in words and "上传办法" not in get(stage.leader, "/schemes/")


def test_another_countys_ids_are_missing(stage):
    theirs = factories.make_tenant("330199", name="邻县市")
    with tenant_scope(theirs):
        version = publish_version(version=add_version(tenant=theirs, text=SCHEME, actor=None), actor=None)
        campaign = create_campaign(tenant=theirs, name="邻县创建", host="县委", starts_on=date(2027, 1, 1), actor=None)
    client = enter(stage.maker)
    for method, path in addresses(version.pk, campaign.pk):
        if str(version.pk) in path or str(campaign.pk) in path:
            assert getattr(client, method)(path).status_code == 404
    get(stage.maker, f"/schemes/{version.pk}/document.yaml", status=404)
    get(stage.maker, f"{UPLOAD}?from={version.pk}", status=404)
    facts = {"kind": "creation", "label": "1", "onsite_date": "2027-04-20", "scheme_version": str(version.pk)}
    path = reverse("campaigns:round_new", args=[stage.campaign.pk])
    assert errors(post(stage.maker, path, facts)) == ["办法版本 ：这一版不能采用，请从列表中选择。"]
    assert "邻县创建" not in get(stage.maker, CAMPAIGNS)
    with tenant_scope(theirs):
        assert SchemeVersion.objects.get().state == VersionState.PUBLISHED
