"""Good practices: written after a round by a township or the county, shared by the county, read by everybody then."""

import io

import pytest
from PIL import Image

from accounts.enums import Role
from accounts.models import AuditEntry, tenant_scope
from campaigns.enums import PracticeState
from campaigns.models import Material, Practice, PracticeMaterial
from campaigns.services.materials import keep_material
from campaigns.services.practices import (
    PracticeFacts,
    PracticeRefused,
    share_practice,
    withdraw_practice,
    write_practice,
)
from tests import factories
from tests.campaigns.test_register_writer import SPRING, win
from tests.reports.figures_stage import enter, get
from tests.scoring.cast import HIGH, open_round

pytestmark = [pytest.mark.django_db]
SHELF = "/practices/"
TEXT = "第一步，摸清底数。\n\n第二步，党员包户。"


@pytest.fixture
def people(stage):
    """The second township's secretary, the first's, a leader."""
    make, county = factories.make_person, stage.county
    secretaries = [make(stage.tenant, Role.TOWNSHIP_SECRETARY, town) for town in (county.east, county.west)]
    return {"east": secretaries[0], "west": secretaries[1], "leader": make(stage.tenant, Role.LEADER)}


def photo(stage, village, title="现场照片"):
    out = io.BytesIO()
    Image.new("RGB", (60, 40 + len(title) + ord(title[0]) % 50), "#884422").save(out, "JPEG")
    content = out.getvalue()
    return keep_material(organization=village, title=title, filename="现场.jpg", size=len(content),
                         chunks=iter([content]), actor=stage.first)  # fmt: skip


def facts(village, **more):
    return PracticeFacts(village, **({"title": "村务一张表", "text": TEXT} | more))


def write(stage, village, **more):
    return write_practice(facts=facts(village, **more), actor=stage.first)


def refused(call, **facts):
    with pytest.raises(PracticeRefused) as found:
        call(**facts)
    return str(found.value)


# --- writing -------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_written_shared_taken_down_and_written_again(stage):
    village = stage.villages[0]
    round = win(stage, "1", village, HIGH, SPRING)
    practice = write(stage, village, round=round)
    assert (practice.state, practice.township) == (PracticeState.DRAFT, stage.county.east)
    assert practice.written_by == stage.first
    practice = share_practice(practice=practice, actor=stage.second)
    assert (practice.state, practice.shared_by) == (PracticeState.SHARED, stage.second)
    assert refused(write_practice, facts=facts(village), actor=stage.first, practice=practice) == (
        "“村务一张表”已推广，不能直接修改。请由县委组织部先撤下。"
    )
    assert refused(withdraw_practice, practice=practice, reason=" ", actor=stage.second) == "请写明撤下的原因。"
    practice = withdraw_practice(practice=practice, reason="数字有误", actor=stage.second)
    assert AuditEntry.objects.get(verb="撤下经验做法").new == {"reason": "数字有误"}
    again = write_practice(facts=facts(village, title="村务两张表"), actor=stage.first, practice=practice)
    assert (again.pk, again.state, again.title) == (practice.pk, PracticeState.DRAFT, "村务两张表")


@pytest.mark.both_databases
def test_rounds_and_materials_that_are_not_its_own_are_refused(stage):
    village, neighbour = stage.villages[:2]
    planned = open_round(stage, {village: HIGH})
    assert refused(write, stage=stage, village=village, round=planned) == "第 1 轮还没有公布，公布以后再总结。"
    published = win(stage, "2", village, HIGH, SPRING)
    assert refused(write, stage=stage, village=neighbour, round=published) == "赵村没有参加第 2 轮。请核对轮次。"
    theirs = photo(stage, neighbour)
    assert refused(write, stage=stage, village=village, materials=[theirs]) == "“现场照片”不是杨村的材料，不能作附件。"
    mine = photo(stage, village, "自己的")
    Material.objects.filter(pk=mine.pk).update(state="withdrawn")
    mine.refresh_from_db()
    assert refused(write, stage=stage, village=village, materials=[mine]) == "“自己的”已撤下，现在不能作附件。"
    assert not Practice.objects.exists()


@pytest.mark.both_databases
def test_attachments_that_stay_keep_their_rows(stage):
    village = stage.villages[0]
    first, second = photo(stage, village, "一"), photo(stage, village, "二")
    practice = write(stage, village, materials=[first])
    kept = PracticeMaterial.objects.get().pk
    write_practice(facts=facts(village, materials=[first, second]), actor=stage.first, practice=practice)
    assert PracticeMaterial.objects.get(material=first).pk == kept
    write_practice(facts=facts(village, materials=[second]), actor=stage.first, practice=practice)
    assert [use.material for use in PracticeMaterial.objects.all()] == [second]


# --- who reads what --------------------------------------------------------------------------------


def test_drafts_are_read_by_their_township_and_the_county_only(stage, people):
    practice = write(stage, stage.villages[0])
    address = f"{SHELF}{practice.pk}/"
    assert "第二步，党员包户。" in get(people["east"], address)
    get(stage.first, address)
    for who in ("west", "leader"):
        get(people[who], address, status=404)
        assert "村务一张表" not in get(people[who], SHELF)
    share_practice(practice=practice, actor=stage.second)
    for who in ("west", "leader"):
        assert "村务一张表" in get(people[who], SHELF)
        assert "第二步，党员包户。" in get(people[who], address)


def test_attachments_are_read_with_the_practice_and_not_without(stage, people):
    village = stage.villages[0]
    attached, other = photo(stage, village), photo(stage, village, "另一张")
    practice = write(stage, village, materials=[attached])
    address = f"{SHELF}{practice.pk}/files/{attached.pk}/"
    assert enter(people["west"]).get(address).status_code == 404
    share_practice(practice=practice, actor=stage.second)
    answer = enter(people["west"]).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert enter(people["west"]).get(f"{SHELF}{practice.pk}/files/{other.pk}/").status_code == 404
    assert enter(people["west"]).get(f"/materials/{attached.pk}/file/").status_code == 404


def test_the_shelf_is_searched_and_narrowed(stage, people):
    round = win(stage, "1", stage.villages[0], HIGH, SPRING)
    for village, title, more in (
        (stage.villages[0], "村务一张表", {"round": round}),
        (stage.villages[2], "党员联户", {"summary": "矛盾不出村"}),
    ):
        share_practice(practice=write(stage, village, title=title, **more), actor=stage.second)
    asked = {"q=矛盾": "党员联户", "q=岭后": "党员联户", f"round={round.pk}": "村务一张表",
             f"township={stage.county.east.code}": "村务一张表"}  # fmt: skip
    for query, title in asked.items():
        html = get(people["leader"], f"{SHELF}?{query}")
        assert [each for each in ("村务一张表", "党员联户") if each in html] == [title], query
    assert "没有符合这些条件的经验做法" in get(people["leader"], f"{SHELF}?q=没有的")


# --- pages ---------------------------------------------------------------------------------------


def test_a_township_writes_one_up_and_the_county_shares_it(stage, people):
    village, secretary = stage.villages[0], enter(people["east"])
    mine = photo(stage, village)
    choices = secretary.get(f"{SHELF}new/").content.decode()
    assert "杨村" in choices and "岭后村" not in choices
    assert secretary.get(f"{SHELF}new/?organization={stage.villages[2].pk}").status_code == 404
    form = {"organization": str(village.pk), "title": "", "summary": "", "round": "", "text": TEXT}
    answer = secretary.post(f"{SHELF}new/", form)
    assert "请填写标题。" in answer.content.decode() and "第二步" in answer.content.decode()
    answer = secretary.post(f"{SHELF}new/", form | {"title": "村务一张表", "materials": [str(mine.pk)]}, follow=True)
    assert "“村务一张表”已保存。县委组织部推广后全县可见。" in answer.content.decode()
    practice = Practice.objects.get()
    assert secretary.post(f"{SHELF}{practice.pk}/share/").status_code == 403
    answer = enter(stage.second).post(f"{SHELF}{practice.pk}/share/", follow=True)
    assert "已推广，全县可见。" in answer.content.decode()
    assert secretary.get(f"{SHELF}{practice.pk}/edit/").status_code == 404
    assert secretary.post(f"{SHELF}{practice.pk}/withdraw/").status_code == 404


def test_another_county_is_a_missing_page(stage, people):
    practice = share_practice(practice=write(stage, stage.villages[0]), actor=stage.second)
    other = factories.make_tenant("330183", name="邻县市")
    stranger = factories.make_person(other, Role.COUNTY_ADMIN)
    get(stranger, f"{SHELF}{practice.pk}/", status=404)
    assert enter(stranger).post(f"{SHELF}{practice.pk}/withdraw/", {"reason": "试"}).status_code == 404
    with tenant_scope(stage.tenant):
        assert Practice.objects.get().state == PracticeState.SHARED
