"""The level above: published headline figures of each county below, nothing else of them, no way in."""

import pytest

from accounts.enums import Role, TenantKind
from accounts.models import Tenant
from tests import factories
from tests.reports.figures_stage import LATER, enter, get, make_figures, play, play_two_years
from tests.reports.test_dashboard import rows

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PAGE = "/prefecture/"
COUNTIES = "stack roomy"


@pytest.fixture
def stage(db):
    return make_figures()


@pytest.fixture
def above(stage):
    """The prefecture over the stage's county and one more that has published nothing; and an observer in it."""
    city = factories.make_tenant("3301", name="杭州市", kind=TenantKind.PREFECTURE)
    empty = factories.make_tenant("330199", name="空白县")
    factories.make_tenant("990199", name="外地县")
    Tenant.objects.filter(pk__in=[stage.tenant.pk, empty.pk]).update(parent=city)
    return factories.make_person(city, Role.OBSERVER)


def test_each_county_is_a_row_of_its_published_figures(stage, above):
    play_two_years(stage)
    found = rows(get(above, PAGE), COUNTIES)
    assert found[0][:-1] == ["建德市", "创建", "2", "8", "14", "示范 3 达标 3", "50.00%", "1", "0", "4.2"]
    assert found[1:] == [["空白县", "还没有公布过结果"]]


def test_what_a_county_has_not_published_does_not_leave_it(stage, above):
    play(stage, "1", LATER, {"杨村": ("示范", "99.5"), "赵村": ("达标", "70")})
    html = get(above, PAGE)
    assert rows(html, COUNTIES) == [["建德市", "还没有公布过结果"], ["空白县", "还没有公布过结果"]]
    assert "99.50" not in html


def test_no_names_marks_or_links_of_the_county(stage, above):
    play_two_years(stage)
    html = get(above, PAGE)
    for secret in ("杨村", "东溪镇", "赵评委", "/rounds/", "/results/", "/titles/3", "外地县", str(stage.tenant.pk)):
        assert secret not in html.split('id="main"')[1]


def test_from_above_the_counties_are_the_first_page_and_the_others_lead_there(stage, above):
    play_two_years(stage)
    answer = enter(above).get("/workbench/")
    assert (answer.status_code, answer.url) == (302, PAGE)
    for page in ("/rounds/", "/titles/", "/townships/", "/dashboard/"):
        main = get(above, page).split('id="main"')[1]
        assert "市级不办活动，各县（市、区）已公布的情况见“县（市、区）一览”" in main
        assert f'href="{PAGE}"' in main


def test_who_may_not_look_from_above_gets_the_words_without_the_link(stage, above):
    leader = factories.make_person(Tenant.objects.get(kind=TenantKind.PREFECTURE), Role.LEADER)
    main = get(leader, "/workbench/").split('id="main"')[1]
    assert "市级不办活动" in main and PAGE not in main


def test_only_observers_look_from_above(stage, above):
    for user in (stage.maker, stage.leader, stage.east_secretary):
        get(user, PAGE, status=403)


def test_a_prefecture_without_counties_says_why(db):
    city = factories.make_tenant("3302", name="宁波市", kind=TenantKind.PREFECTURE)
    assert "没有下级县" in get(factories.make_person(city, Role.OBSERVER), PAGE)
