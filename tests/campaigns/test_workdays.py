"""Working days counted by hand, with made-up working Saturdays; the county's calendar by its page and by many lines."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, tenant_scope
from campaigns.forms_calendar import read_lines
from campaigns.models import Holiday
from campaigns.services.holidays import HolidayFacts, put_holidays
from campaigns.workdays import add_working_days, is_working_day, working_days_between
from tests import factories
from tests.campaigns.test_setup_pages import errors, get, post
from tests.reports.test_round import enter, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PAGE = "/calendar/"
#: Invented for the tests. 2027-02-13 is a Saturday.
LINES = """2027-02-15 至 2027-02-19 春节
2027年2月20日 调休上班
2027/2/28，调休上班
"""


@pytest.fixture
def tenant(db):
    tenant = factories.make_tenant()
    with tenant_scope(tenant):
        yield tenant


@pytest.fixture
def office(db):
    tenant = factories.make_tenant()
    person = factories.make_person(tenant)
    person.county = tenant
    return person


def day(text: str) -> date:
    return date.fromisoformat(f"2027-{text}")


def put(tenant, *rows):
    return put_holidays(tenant=tenant, rows=[HolidayFacts(day(on), working, name) for on, working, name in rows],
                        actor=None)  # fmt: skip


# --- counting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("02-10", 0, "02-10"),  # Wednesday
        ("02-10", 1, "02-11"),
        ("02-10", 2, "02-12"),
        ("02-10", 3, "02-15"),  # over the week-end
        ("02-13", 1, "02-15"),  # from a Saturday
        ("02-12", 5, "02-19"),
        ("02-12", 10, "02-26"),
    ],
)
def test_without_any_entry_the_week_decides(tenant, start, n, expected):
    assert add_working_days(day(start), n) == day(expected)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("02-10", 2, "02-12"),  # Thursday, Friday
        ("02-10", 3, "02-20"),  # 15 to 19 are off; Saturday the 20th is worked
        ("02-10", 4, "02-22"),  # the 21st is a Sunday
        ("02-14", 1, "02-20"),
        ("02-19", 5, "02-25"),  # 20, 22, 23, 24, 25
        ("02-22", 5, "02-28"),  # 23, 24, 25, 26 and the worked Sunday 28
    ],
)
def test_days_off_are_passed_over_and_made_up_days_count(tenant, start, n, expected):
    put(tenant, *[(f"02-{n}", False, "春节") for n in range(15, 20)], ("02-20", True, "上班"), ("02-28", True, "上班"))
    assert add_working_days(day(start), n) == day(expected)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("02-15", "02-19", 0),  # all off
        ("02-12", "02-22", 3),  # Friday 12, Saturday 20, Monday 22
        ("02-20", "02-20", 1),
        ("02-21", "02-21", 0),
        ("02-22", "02-20", 0),  # the wrong way round
        ("02-01", "02-28", 17),  # 20 weekdays, 5 off, 2 made up
    ],
)
def test_both_ends_are_counted(tenant, first, last, expected):
    put(tenant, *[(f"02-{n}", False, "春节") for n in range(15, 20)], ("02-20", True, "上班"), ("02-28", True, "上班"))
    assert working_days_between(day(first), day(last)) == expected


def test_counting_goes_forward_only(tenant):
    with pytest.raises(ValueError, match="forward"):
        add_working_days(day("02-10"), -1)


def test_another_countys_calendar_is_its_own(tenant):
    neighbour = factories.make_tenant("330185", name="临安市")
    put(tenant, ("02-10", False, "放假"))
    assert not is_working_day(day("02-10"))
    with tenant_scope(neighbour):
        assert is_working_day(day("02-10"))


# --- lines ----------------------------------------------------------------------------------------


def test_lines_name_days_and_spans():
    rows, problems = read_lines(LINES + "\n　２０２７－１０－０１　国庆节\n")
    assert problems == []
    assert [(f"{row.on:%m-%d}", row.working, row.name) for row in rows] == [
        *[(f"02-{n}", False, "春节") for n in range(15, 20)],
        ("02-20", True, "调休上班"),
        ("02-28", True, "调休上班"),
        ("10-01", False, "国庆节"),
    ]


def test_every_wrong_line_is_told_at_once():
    _, problems = read_lines(
        "2027-02-30 春节\n除夕\n2027-02-17\n2027-02-17 调休上班\n1027-02-17 春节\n2027-02-19 至 2027-02-15 春节\n"
        "2027-02-21 放假\n2027-02-21 元宵\n2027-02-01 至 2027-04-01 长假\n2027-02-18 " + "长" * 41
    )
    assert problems == [
        "第 1 行“2027-02-30 春节”：没有这一天，请核对月和日。",
        "第 2 行“除夕”：看不出日期。请写成“2027-02-17 春节”。",
        "第 3 行“2027-02-17”：没有名称。请在日期后写明，如“春节”“调休上班”。",
        "第 4 行“2027-02-17 调休上班”：2027-02-17 是周三，本来就上班，不用录入。",
        "第 5 行“1027-02-17 春节”：年份应在 2000 至 2100 之间。",
        "第 6 行“2027-02-19 至 2027-02-15 春节”：止日（2027-02-15）早于起日（2027-02-19）。",
        "第 8 行“2027-02-21 元宵”：2027-02-21 在第 7 行已写为“放假”，请只留一行。",
        "第 9 行“2027-02-01 至 2027-04-01 长假”：一段最多 31 天，请核对起止。",
        f"第 10 行“2027-02-18 {'长' * 19}”：名称超过 40 字。",
    ]


# --- the page -------------------------------------------------------------------------------------


def test_a_year_is_pasted_looked_at_mended_and_taken_back(office):
    assert "2027 年还没有录入" in text_of(get(office, f"{PAGE}?year=2027"))
    html = post(office, PAGE, {"act": "lines", "lines": LINES})
    words = text_of(html)
    assert "已录入 7 天。" in words and "2027-02-20 周六 上班 调休上班" in words
    # of 2027: 261 weekdays (it begins and ends on a Friday), 5 off, 2 made up
    assert "放假 5 天，调休上班 2 天；全年工作日 258 天" in words
    html = post(office, PAGE, {"act": "day", "on": "2027-02-20", "working": "0", "name": "补休"})
    assert "已录入 0 天，更新 1 天。" in html and "全年工作日 257 天" in html
    with tenant_scope(office.county):
        found = Holiday.objects.get(on=day("02-20"))
    html = post(office, PAGE, {"act": "remove", "holiday": str(found.pk)})
    assert "已删除 2027-02-20 补休，这一天恢复按星期计算。" in html and "2027-02-28" in html
    with tenant_scope(office.county):
        assert not Holiday.objects.filter(on=day("02-20")).exists()
        verbs = list(AuditEntry.objects.filter(verb__endswith="节假日").order_by("id").values_list("verb", flat=True))
    assert verbs == ["录入节假日", "录入节假日", "删除节假日"]


def test_wrong_lines_write_nothing_and_stay_in_the_page(office):
    html = post(office, PAGE, {"act": "lines", "lines": "2027-02-17 春节\n2027-02-31 春节"})
    assert errors(html) == ["逐行粘贴 ：第 2 行“2027-02-31 春节”：没有这一天，请核对月和日。"]
    assert "2027-02-17 春节\n2027-02-31 春节</textarea>" in html
    html = post(office, PAGE, {"act": "day", "on": "2027-02-17", "working": "1", "name": ""})
    assert errors(html) == ["类别 ：2027-02-17 是周三，本来就上班，不用录入。", "名称 ：请填写名称。"]
    with tenant_scope(office.county):
        assert not Holiday.objects.exists()


def test_another_countys_day_is_nobodys(office):
    neighbour = factories.make_tenant("330185", name="临安市")
    with tenant_scope(neighbour):
        put(neighbour, ("02-17", False, "春节"))
        theirs = Holiday.objects.get()
    for pk in (theirs.pk, "x"):
        assert enter(office).post(reverse("campaigns:calendar"), {"act": "remove", "holiday": pk}).status_code == 404
    with tenant_scope(neighbour):
        assert Holiday.objects.exists()
    assert "2027 年还没有录入" in text_of(get(office, f"{PAGE}?year=2027"))
