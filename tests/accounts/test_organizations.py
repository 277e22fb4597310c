"""The tree by hand: add, rename, move, retire, adopt from the national list; the list page and its export."""

from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry, Division, Organization, StagedDivision
from accounts.services.divisions import Source, import_divisions
from accounts.services.organizations import adopt_divisions, move, rename, retire
from accounts.services.progress import JobCancelled, NoProgress
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

STREETS = (
    "code,name,areaCode,cityCode\n330182001,新安江街道,330182,3301\n"
    "330182002,洋溪街道,330182,3301\n330183001,邻街道,330183,3301\n"
)
VILLAGES = "code,name,streetCode,areaCode\n330182001202,岭后村委会,330182001,330182\n330182001001,府西社区居委会,330182001,330182\n"


def test_moving_rewrites_every_path_below(scope, county, admin):
    move(organization=county.east, parent=county.west, actor=admin)
    paths = dict(Organization.objects.values_list("code", "path"))
    assert paths["330182101202"] == "330182/330182102/330182101/330182101202"
    assert Organization.objects.get(code="330182101202").depth == 3
    entry = AuditEntry.objects.get(verb="调整隶属")
    assert (entry.old, entry.new) == ({"parent": "330182"}, {"parent": "330182102"})


@pytest.mark.parametrize("below", ["self", "child"])
def test_nothing_moves_below_itself(scope, county, admin, below):
    target = county.east if below == "self" else county.east_villages[0]
    with pytest.raises(ValidationError, match="不能作为上级"):
        move(organization=county.east, parent=target, actor=admin)


def test_renaming_keeps_old_and_new(scope, county, admin):
    rename(organization=county.east, name=" 重溪街道 ", actor=admin)
    assert (county.east.name, county.east.sort_key) == ("重溪街道", "zhong xi jie dao")
    assert AuditEntry.objects.get(verb="更名组织").old == {"name": "东溪镇"}


def test_retiring_waits_for_what_is_below(scope, county, admin):
    with pytest.raises(ValidationError, match="还有在用的下级组织"):
        retire(organization=county.east, actor=admin)
    village = county.east_villages[0]
    retire(organization=village, actor=admin)
    assert not Organization.objects.get(pk=village.pk).active


@pytest.mark.parametrize(("code", "reason"), [("12345", "应为 6–12 位数字"), ("330182101", "已有组织使用")])
def test_bad_codes_are_refused(scope, county, code, reason):
    with pytest.raises(ValidationError, match=reason):
        factories.make_organization(scope, code, "甲", "township", county.county)


@pytest.fixture
def listed(tmp_path):
    """The national list of a small nation."""
    files = []
    for name, text in (("streets.csv", STREETS), ("villages.csv", VILLAGES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        files.append(tmp_path / name)
    return files


def take(files, progress=None):
    sources = [Source(path.name, path) for path in files]
    return import_divisions(sources=sources, actor=None, progress=progress or NoProgress())


def test_the_list_is_read_and_switched(listed):
    assert take(listed) == {"divisions": 5}
    assert Division.objects.get(code="330182001202").parent_code == "330182001"
    assert StagedDivision.objects.count() == 0


def test_a_bad_list_leaves_the_present_one(listed, tmp_path):
    take(listed)
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "code,name,parent\n330182001,甲,330182\n330182001,乙,330182\nx,丙,330182\n330182009202,丁,330182009\n"
    )
    with pytest.raises(Exception) as failed:
        take([bad])
    assert [(p.row, p.reason) for p in failed.value.problems[:2]] == [
        (4, "代码不是 6–12 位数字。"),
        (3, "代码出现了不止一次。"),
    ]
    assert Division.objects.count() == 5


def test_villages_need_their_streets(listed):
    with pytest.raises(Exception, match="上级不在清单里"):
        take(listed[1:])


def test_a_cancelled_reading_leaves_the_present_list(listed):
    class Cancelled(NoProgress):
        def check_cancelled(self):
            raise JobCancelled

    take(listed)
    with pytest.raises(JobCancelled):
        take(listed[:1], Cancelled())
    assert Division.objects.count() == 5


def test_the_command_tells_the_count_and_what_is_missing(listed, capsys):
    call_command("import_divisions", *map(str, listed))
    assert "共 5 个单位" in capsys.readouterr().out
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_divisions", "nowhere.csv")


def test_a_county_adopts_its_part_of_the_list(listed, scope, admin):
    take(listed)
    counts = adopt_divisions(tenant=scope, county_code="330182", actor=admin)
    assert counts == {"new": 4, "changed": 0, "kept": 0}
    assert Counter(Organization.objects.values_list("kind", flat=True)) == Counter(
        {"county": 1, "township": 2, "village": 1, "community": 1}
    )
    assert Organization.objects.get(code="330182001202").path == "330182/330182001/330182001202"
    assert adopt_divisions(tenant=scope, county_code="330182", actor=admin) == {"new": 0, "changed": 0, "kept": 4}


def test_adopting_without_a_list_says_so(scope, admin):
    with pytest.raises(ValidationError, match="没有以 330182 开头的单位"):
        adopt_divisions(tenant=scope, county_code="330182", actor=admin)


def test_the_page_filters_and_exports_what_it_shows(as_admin, county):
    text = as_admin.get("/organizations/?kind=village&township=330182102").content.decode()
    assert "岭后村" in text
    assert "杨村" not in text
    assert "岭后村" in as_admin.get("/organizations/?q=linghou").content.decode()
    export = as_admin.get("/organizations/export.csv?kind=village&township=330182102").content.decode("utf-8-sig")
    assert [line.split(",")[1] for line in export.splitlines()] == ["名称", "岭后村", "石塘村"]


def test_the_list_asks_as_often_for_many_rows_as_for_few(as_admin, tenant, county, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        as_admin.get("/organizations/")


def test_pages_add_rename_move_and_retire(as_admin, tenant, county):
    asked = {"code": "330182101209", "name": "钱村", "kind": "village", "parent": "330182101"}
    address = as_admin.post("/organizations/new/", asked).url
    assert "已有组织使用" in as_admin.post("/organizations/new/", asked).content.decode()
    assert as_admin.post(f"{address}rename/", {"name": "钱家村"}).url == address
    assert as_admin.post(f"{address}move/", {"parent": "330182102"}).url == address
    page = as_admin.get(address).content.decode()
    assert "钱家村" in page
    assert "西山乡" in page
    as_admin.post(f"{address}retire/")
    assert "“钱家村”已撤销" in as_admin.get("/organizations/").content.decode()
    assert "钱家村" not in as_admin.get("/organizations/").content.decode()
