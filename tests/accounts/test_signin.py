"""The door: lockout, sessions that end, passwords that must change, posts one chooses."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.enums import Role
from accounts.models import AuditEntry, User
from accounts.services.people import change_password, sign_out_everywhere
from accounts.views.signin import home
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def enter(client: Client, username: str, password: str, **more: str):
    return client.post("/signin/", {"username": username, "password": password, **more})


def test_the_right_password_opens_the_door(client, admin):
    response = enter(client, "lina", factories.PASSWORD, next="/organizations/")
    assert (response.status_code, response.url) == (302, "/organizations/")
    assert AuditEntry.objects.filter(verb="登录", actor=admin, address="127.0.0.1").count() == 1


def test_after_sign_in_nobody_is_sent_to_another_site(client, admin):
    assert enter(client, "lina", factories.PASSWORD, next="https://example.org/").url == home()


def test_lockout_comes_exactly_at_the_fifth_failure(client, admin):
    texts = []
    for _ in range(4):
        response = enter(client, "lina", "Wrong-2026x")
        assert response.status_code == 200
        texts.append(response.content.decode())
    assert [
        f"还可再试 {left} 次，之后锁定 15 分钟" in text for left, text in zip((4, 3, 2, 1), texts, strict=True)
    ] == [True] * 4
    fifth = enter(client, "lina", "Wrong-2026x")
    assert fifth.status_code == 429
    assert "已锁定 15 分钟" in fifth.content.decode()
    assert enter(client, "lina", factories.PASSWORD).status_code == 429
    assert AuditEntry.objects.filter(verb="账号锁定").exists()


def test_four_failures_then_the_right_password_opens(client, admin):
    for _ in range(4):
        enter(client, "lina", "Wrong-2026x")
    assert enter(client, "lina", factories.PASSWORD).status_code == 302


def test_the_security_administrator_unlocks(client, admin, platform, signed_in):
    for _ in range(5):
        enter(client, "lina", "Wrong-2026x")
    security = signed_in(platform.security)
    assert "锁定至" in security.get("/security/").content.decode()
    security.post(f"/security/{admin.pk}/unlock/")
    assert enter(client, "lina", factories.PASSWORD).status_code == 302
    assert AuditEntry.objects.filter(verb="解除锁定", actor=platform.security).exists()


def test_an_unknown_name_and_a_wrong_password_answer_alike(client, admin):
    known = enter(client, "lina", "Wrong-2026x").content.decode()
    unknown = enter(Client(REMOTE_ADDR="127.0.0.9"), "ghost", "Wrong-2026x").content.decode()
    assert "账号或密码不对，还可再试 4 次" in known
    assert "账号或密码不对，还可再试 4 次" in unknown


def test_signing_out_everywhere_ends_the_other_browser(admin, signed_in):
    here, there = signed_in(admin), signed_in(admin)
    assert there.get("/organizations/").status_code == 200
    assert here.post("/signout/everywhere/").url == "/signin/"
    assert there.get("/organizations/").url == "/signin/?next=/organizations/"
    assert "已在全部设备退出，请重新登录" in there.get("/signin/").content.decode()


def test_sign_out_needs_a_post(as_admin):
    assert as_admin.get("/signout/").status_code == 405
    assert as_admin.post("/signout/").url == "/signin/"
    assert as_admin.get("/organizations/").status_code == 302


def test_a_handed_out_password_must_be_changed_first(tenant, signed_in):
    user = factories.make_person(tenant, must_change_password=True)
    browser = signed_in(user)
    assert browser.get("/organizations/").url == "/password/"
    assert browser.get("/api/v1/organizations/").status_code == 403
    new = {"present": factories.PASSWORD, "new": "Shiny-Rods-88", "again": "Shiny-Rods-88"}
    assert browser.post("/password/", new).status_code == 302
    assert browser.get("/organizations/").status_code == 200


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(admin, signed_in):
    here, there = signed_in(admin), signed_in(admin)
    here.post("/password/", {"present": factories.PASSWORD, "new": "Shiny-Rods-88", "again": "Shiny-Rods-88"})
    assert here.get("/organizations/").status_code == 200
    assert there.get("/organizations/").status_code == 302


def test_the_form_says_everything_at_once(as_admin):
    response = as_admin.post("/password/", {"present": "no", "new": "short", "again": "other"})
    text = response.content.decode()
    assert "现在的密码不对" in text
    assert "密码只有 1 类字符" in text


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1-efghi", "password_too_short"),
        ("abcdefghij", "password_classes"),
        ("abcdefghi1", "password_classes"),
        ("Xlina-20260", "password_username"),
    ],
)
def test_weak_passwords_are_refused(admin, password, code):
    with pytest.raises(ValidationError) as refused:
        change_password(user=admin, password=password)
    assert code in [error.code for error in refused.value.error_list]


def test_ten_signs_of_three_classes_are_enough(admin):
    change_password(user=admin, password="Qvcdzfghx1")
    assert admin.check_password("Qvcdzfghx1")


def test_the_last_five_passwords_are_not_reused(admin):
    used = [f"Number-{n}-rod" for n in range(6)]
    for password in used:
        change_password(user=admin, password=password)
    for password in used:
        with pytest.raises(ValidationError, match="最近 5 次用过"):
            change_password(user=admin, password=password)
    change_password(user=admin, password=factories.PASSWORD)
    assert admin.password_history.count() == 5


def test_one_acts_in_the_post_one_chose(admin, tenant, other, signed_in):
    there = factories.appoint(admin, other, Role.COUNTY_ADMIN)
    browser = signed_in(admin)
    assert "330182" in browser.get("/organizations/").content.decode()
    browser.post(f"/switch/{there.pk}/")
    text = browser.get("/organizations/").content.decode()
    assert "330183" in text
    assert "330182" not in text


def test_nobody_switches_into_a_post_of_somebody_else(as_admin, other):
    theirs = factories.make_person(other).post_held
    as_admin.post(f"/switch/{theirs.pk}/")
    assert "330183" not in as_admin.get("/organizations/").content.decode()


def test_activity_is_noted(as_admin, admin):
    as_admin.get("/organizations/")
    assert User.objects.get(pk=admin.pk).last_seen_at is not None


def test_raising_the_epoch_is_recorded(admin):
    sign_out_everywhere(user=admin, actor=admin)
    assert admin.session_epoch == 1
    assert AuditEntry.objects.filter(verb="全部设备退出").count() == 1
