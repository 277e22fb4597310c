"""A rehearsal plays a round in a world of its own and leaves no trace in the county's figures, registers and
exports.
"""

import pytest
from django.apps import apps
from django.test import Client

from accounts.enums import Role, TenantKind
from accounts.models import Membership, Organization, Tenant, User, tenant_scope
from accounts.models.base import across_tenants
from accounts.queries import memberships_of
from campaigns.enums import RoundState
from campaigns.models import Nomination, Round, Title
from campaigns.services.campaigns import move_round
from scoring.models import Result, ScoreSheet
from scoring.services.computing import compute_round
from scoring.services.publication import confirm_computation, publish_computation
from scoring.services.rehearsal import RehearsalRefused, begin_rehearsal, end_rehearsal, fill_with_marks, open_rehearsal
from sites.models import Inspector
from tests.cast import make_county

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
#: What the county's own log says of a rehearsal is wanted.
LOGS = {"accounts.AuditEntry"}


@pytest.fixture
def county():
    return make_county("雁", "wyan", "330182")


def _text(row):
    return str([bytes(value) if isinstance(value, memoryview) else value for value in row])


def held_by(tenant):
    """Every row of every tenant-owned table of one tenant, by table."""
    with tenant_scope(tenant):
        return {
            model._meta.label: sorted(map(_text, model._base_manager.filter(tenant=tenant).values_list()))
            for model in apps.get_models()
            if any(field.name == "tenant" for field in model._meta.local_fields) and model._meta.label not in LOGS
        }


def begin(county):
    with tenant_scope(county.tenant):
        return begin_rehearsal(round=Round.objects.get(pk=county.rounds[1].pk), actor=county.people[Role.COUNTY_ADMIN])


def play(county, world):
    """The whole round inside: score, compute, confirm, publish."""
    office, checker = county.people[Role.COUNTY_ADMIN], county.people["checker"]
    with tenant_scope(world):
        round = move_round(round=Round.objects.get(), to=RoundState.SCORING, actor=office)
        count = fill_with_marks(round=round, actor=office)
        computation = compute_round(round=round, actor=office)
        publish_computation(computation=confirm_computation(computation=computation, actor=checker), actor=checker)
        return count


def test_a_whole_round_is_played_and_the_county_has_not_changed(county):
    before = held_by(county.tenant)
    world, accounts = begin(county)
    count = play(county, world)
    with tenant_scope(world):
        assert Nomination.objects.count() == 4
        assert Inspector.objects.count() == 5
        # the one of a township is recused from its two villages
        assert count == ScoreSheet.objects.count() == 4 * 4 + 2
        assert Result.objects.count() == 4
        assert Title.objects.exists()
    assert held_by(county.tenant) == before
    assert {account.role for account in accounts} == {"评委", "乡镇（街道）书记", "领导"}


def test_filling_twice_adds_nothing_and_marks_are_the_same_each_time(county):
    office = county.people[Role.COUNTY_ADMIN]
    marks = []
    for _ in range(2):
        world, _ = begin(county)
        with tenant_scope(world):
            round = move_round(round=Round.objects.get(), to=RoundState.SCORING, actor=office)
            fill_with_marks(round=round, actor=office)
            assert fill_with_marks(round=round, actor=office) == 0
            rows = ScoreSheet.objects.order_by("nomination__organization__code", "inspector__number")
            marks.append([bytes(row.marks) for row in rows])
        with tenant_scope(county.tenant):
            end_rehearsal(county=county.tenant, actor=office)
    assert marks[0] == marks[1]
    assert len(set(marks[0])) > 1


def test_a_real_round_is_never_filled(county):
    with tenant_scope(county.tenant), pytest.raises(RehearsalRefused, match="只有演练"):
        fill_with_marks(round=Round.objects.get(pk=county.rounds[0].pk), actor=county.people[Role.COUNTY_ADMIN])


def test_one_at_a_time_and_none_inside_another(county):
    world, _ = begin(county)
    with pytest.raises(RehearsalRefused, match="没有结束"):
        begin(county)
    with tenant_scope(world), pytest.raises(RehearsalRefused, match="已经是演练"):
        begin_rehearsal(round=Round.objects.get(), actor=county.people[Role.COUNTY_ADMIN])


def test_the_office_starts_in_its_county_and_goes_over_by_the_menu(county, browser):
    world, _ = begin(county)
    office = county.people[Role.COUNTY_ADMIN]
    assert [held.tenant for held in memberships_of(office)] == [county.tenant, world]
    client = browser(office)
    assert "演练：这里的人" not in client.get("/workbench/").content.decode()
    post = next(held for held in memberships_of(office) if held.tenant == world)
    client.post(f"/switch/{post.pk}/")
    page = client.get("/workbench/").content.decode()
    assert "演练：这里的人、打分和结果都是假的" in page
    assert client.get("/rehearsals/").status_code == 200


def _signs_in(account):
    client = Client()
    client.post("/signin/", {"username": account.username, "password": account.password})
    return "_auth_user_id" in client.session


def test_made_up_people_sign_in_until_the_rehearsal_ends(county):
    _, accounts = begin(county)
    inspector = next(account for account in accounts if account.role == "评委")
    assert User.objects.get(username=inspector.username).check_password(inspector.password)
    assert _signs_in(inspector)
    with tenant_scope(county.tenant):
        world = end_rehearsal(county=county.tenant, actor=county.people[Role.COUNTY_ADMIN])
        assert open_rehearsal(county.tenant) is None
    assert not _signs_in(inspector)
    assert [held.tenant for held in memberships_of(county.people[Role.COUNTY_ADMIN])] == [county.tenant]
    with across_tenants("a closed rehearsal has nobody"):
        assert not Membership.objects.filter(tenant=world, active=True).exists()
    assert not User.objects.filter(username__startswith="yl", is_active=True).exists()


def test_organizations_are_copied_with_their_tree_under_new_keys(county):
    world, _ = begin(county)
    with tenant_scope(county.tenant):
        real = {row.code: (row.name, row.path, row.pk) for row in Organization.objects.all()}
    with tenant_scope(world):
        copies = {row.code: row for row in Organization.objects.select_related("parent")}
    assert {code: (name, path) for code, (name, path, _) in real.items()} == {
        code: (row.name, row.path) for code, row in copies.items()
    }
    assert not {pk for _, _, pk in real.values()} & {row.pk for row in copies.values()}
    assert all(row.parent is None or row.parent.tenant_id == world.pk for row in copies.values())


def test_pages_begin_show_passwords_once_and_end(county, browser):
    client = browser(county.people[Role.COUNTY_ADMIN])
    page = client.post(f"/rehearsals/{county.rounds[1].pk}/begin/")
    world = Tenant.objects.get(kind=TenantKind.REHEARSAL)
    assert page.status_code == 200
    assert f"yl{world.code}y1" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "结束演练" in client.get("/rehearsals/").content.decode()
    client.post("/rehearsals/end/")
    world.refresh_from_db()
    assert world.closed_at is not None
