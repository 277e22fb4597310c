"""Conflicts of interest: found, declared, pinned, confirmed; and what they keep out."""

import pytest

from accounts.models import tenant_scope
from campaigns.models import Round
from scoring.counting import sheet_dues
from scoring.explaining import explain_result
from scoring.models import Result
from scoring.services.computing import compute_round
from scoring.services.publication import return_to_scoring
from scoring.services.sheets import SheetRefused, is_recused
from sites.enums import ConflictKind, ConflictState
from sites.models import Conflict
from sites.queries import panels_of, recused_pairs
from sites.services.conflicts import (
    ContactFacts,
    confirm_all,
    confirm_conflict,
    declare_conflict,
    dismiss_conflict,
    find_conflicts,
    pin_conflict,
    put_contacts,
    take_back_declaration,
)
from sites.services.panels import PanelRefused
from tests.factories import make_organization
from tests.scoring.cast import HIGH, entry, fill, open_round, publish, results, set_stage, submit

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def round(stage):
    return open_round(stage, dict.fromkeys(stage.villages, HIGH))


def named(round, stage):
    """Recused pairs by number and name."""
    numbers = {row.pk: number for number, row in stage.J.items()}
    names = {row.pk: row.organization.name for row in round.nominations.select_related("organization")}
    return {(numbers[inspector], names[nomination]) for inspector, nomination in recused_pairs(round)}


OWN = {("J2", "杨村"), ("J2", "赵村")}


def test_home_conflicts_are_found_and_hold_at_once_where_the_scheme_says_so(stage, round):
    assert named(round, stage) == OWN
    assert find_conflicts(round=round, actor=stage.first) == {"found": 1, "waiting": 0}
    row = Conflict.objects.get()
    assert (row.inspector, row.organization, row.kind, row.state) == (
        stage.J["J2"], stage.county.east, ConflictKind.HOME, ConflictState.CONFIRMED,
    )  # fmt: skip
    assert find_conflicts(round=round, actor=stage.first) == {"found": 0, "waiting": 0}
    with pytest.raises(PanelRefused, match="办法规定评委不评本乡镇"):
        dismiss_conflict(conflict=row, reason="没有关系", actor=stage.first)


@pytest.mark.usefixtures("db")
def test_where_the_scheme_has_no_recusal_a_person_decides():
    stage = set_stage(panel={"size": 3, "recusal": "none"})
    with tenant_scope(stage.tenant):
        round = open_round(stage, dict.fromkeys(stage.villages, HIGH))
        assert named(round, stage) == set()
        assert find_conflicts(round=round, actor=stage.first) == {"found": 1, "waiting": 1}
        row = Conflict.objects.get()
        assert named(round, stage) == set()
        confirm_conflict(conflict=row, actor=stage.first, round=round)
        assert named(round, stage) == OWN
        dismiss_conflict(conflict=row, reason="已调离", actor=stage.first)
        assert named(round, stage) == set()


def test_contact_villages_wait_and_are_confirmed_in_one_click(stage, round):
    west, other = stage.county.west_villages
    rows = [ContactFacts(stage.J["J1"], west), ContactFacts(stage.J["J3"], stage.county.west, "包乡")]
    assert put_contacts(tenant=stage.tenant, rows=rows, actor=stage.first) == {"new": 2, "same": 0}
    assert put_contacts(tenant=stage.tenant, rows=rows, actor=stage.first) == {"new": 0, "same": 2}
    assert named(round, stage) == OWN
    assert confirm_all(round=round, actor=stage.first) == 2
    assert named(round, stage) == OWN | {("J1", west.name), ("J3", west.name), ("J3", other.name)}
    for number, village, said in (("J1", west, "挂联村"), ("J3", other, "挂联村")):
        with pytest.raises(SheetRefused, match=said) as refused:
            submit(stage, entry(round, village), number, (8, 8))
        assert refused.value.code == "recused"
    assert submit(stage, entry(round, other), "J1", (8, 8)).status == "stored"
    assert len(sheet_dues([round])[round.pk].due) == 12 - 5


def test_a_name_that_begins_alike_is_not_below(stage, round):
    put_contacts(tenant=stage.tenant, rows=[ContactFacts(stage.J["J1"], stage.county.east)], actor=stage.first)
    twin = make_organization(stage.tenant, f"{stage.county.east.code}9", "东溪新镇", "township", stage.county.county)
    assert twin.path.startswith(stage.county.east.path)
    village = make_organization(stage.tenant, f"{twin.code}77", "新村", "village", twin)
    other = open_round(stage, {village: HIGH}, label="2")
    confirm_all(round=round, actor=stage.first)
    assert not is_recused(entry(other, village), stage.J["J1"])
    assert is_recused(entry(round, stage.villages[0]), stage.J["J1"])


def test_a_declaration_waits_for_the_office(stage, round):
    village = stage.county.west_villages[0]
    with pytest.raises(PanelRefused, match="请写明应当回避的原因"):
        declare_conflict(inspector=stage.J["J1"], organization=village, note=" ", actor=stage.people["J1"])
    row = declare_conflict(inspector=stage.J["J1"], organization=village, note="近亲属任书记", actor=stage.people["J1"])
    with pytest.raises(PanelRefused, match="您已申报过"):
        declare_conflict(inspector=stage.J["J1"], organization=village, note="同上", actor=stage.people["J1"])
    assert not is_recused(entry(round, village), stage.J["J1"])
    confirm_conflict(conflict=row, actor=stage.first, round=round)
    assert is_recused(entry(round, village), stage.J["J1"])
    with pytest.raises(PanelRefused, match="不能撤回"):
        take_back_declaration(conflict=row, actor=stage.people["J1"])


def test_the_office_pins_for_one_round_or_for_all(stage, round):
    village = stage.county.west_villages[0]
    later = open_round(stage, {village: HIGH}, label="2")
    pin_conflict(inspector=stage.J["J1"], organization=village, round=round, note="群众反映", actor=stage.first)
    assert is_recused(entry(round, village), stage.J["J1"])
    assert not is_recused(entry(later, village), stage.J["J1"])
    pin_conflict(inspector=stage.J["J3"], organization=village, round=None, note="群众反映", actor=stage.first)
    assert is_recused(entry(round, village), stage.J["J3"]) and is_recused(entry(later, village), stage.J["J3"])


def test_sheets_sent_before_a_conflict_was_confirmed_do_not_count(stage, round):
    """J3 gave 杨村 zero and then turned out to be its contact; J1's 18 remain, also when it is all read again later."""
    fill(stage, round, dict(zip(stage.villages, ((9, 9), (8, 8), (7, 7), (5.5, 5.5)), strict=True)))
    submit(stage, entry(round, stage.villages[0]), "J3", (0, 0), based_on=1)
    put_contacts(tenant=stage.tenant, rows=[ContactFacts(stage.J["J3"], stage.villages[0])], actor=stage.first)
    assert confirm_all(round=round, actor=stage.first) == 1
    computation = publish(stage, round)
    assert results(computation)["杨村"][:2] == ("18.00", 1)
    assert computation.sheet_count == 7
    assert Result.objects.get(computation=computation, organization=stage.villages[0]).recused_count == 2

    # a correction brings a dismissal; the first version keeps its reading
    return_to_scoring(round=Round.objects.get(pk=round.pk), reason="更正", actor=stage.first)
    row = Conflict.objects.get(kind=ConflictKind.CONTACT, round=round)
    dismiss_conflict(conflict=row, reason="挂联的是另一村", actor=stage.first)
    second = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.first)
    assert results(second)["杨村"][0] == "9.00"
    first = Result.objects.get(computation=computation, organization=stage.villages[0])
    assert len(explain_result(first).explanation.sheets) == 1


def test_a_standing_conflict_changes_no_round_that_is_over(stage, round):
    fill(stage, round, dict(zip(stage.villages, ((9, 9), (8, 8), (7, 7), (5.5, 5.5)), strict=True)))
    published = publish(stage, round)
    rows = [ContactFacts(stage.J["J3"], stage.villages[0])]
    put_contacts(tenant=stage.tenant, rows=rows, actor=stage.first)
    confirm_conflict(conflict=Conflict.objects.get(), actor=stage.first)
    with pytest.raises(PanelRefused, match="不能再改评委组"):
        confirm_all(round=round, actor=stage.first)
    return_to_scoring(round=Round.objects.get(pk=round.pk), reason="看一看", actor=stage.first)
    again = compute_round(round=Round.objects.get(pk=round.pk), actor=stage.first)
    assert again.pk == published.pk


def test_recusals_of_many_rounds_take_a_fixed_number_of_queries(stage, round, django_assert_num_queries):
    rounds = [round, *(open_round(stage, dict.fromkeys(stage.villages, HIGH), label=str(n)) for n in (2, 3))]
    put_contacts(tenant=stage.tenant, rows=[ContactFacts(stage.J["J1"], stage.villages[2])], actor=stage.first)
    confirm_all(round=round, actor=stage.first)
    with django_assert_num_queries(4):
        found = panels_of(rounds)
    assert [len(found[each.pk].recused) for each in rounds] == [3, 3, 3]
