"""What is agreed and who takes part: campaigns, rounds that pin a version, nominations, versions that stand."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.access import permitted_objects
from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services.organizations import move
from campaigns.enums import SEALED_STATES, VERSION_TRANSITIONS, NominationState, PhaseKind, RoundState, VersionState
from campaigns.models import Campaign, Nomination, Round, SchemeVersion
from campaigns.queries import board_rounds, visible_campaigns, visible_nominations, visible_rounds, visible_versions
from campaigns.services.campaigns import PhaseDates, RoundRefused, create_campaign, plan_round
from campaigns.services.nominations import NominationFacts, declare_veto, put_nominations
from campaigns.services.schemes import VersionRefused, add_version, publish_version, withdraw_version
from schemes import ProblemsFound
from tests import factories
from tests.schemes.support import document, text_of
from tests.scoring.cast import HIGH, LOW, RULES, entry, open_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def text(version="2", **blocks):
    tree = document(**{**RULES, **blocks})
    return text_of({**tree, "identity": {**tree["identity"], "version": version}})


def plan(stage, label="1", **facts):
    return plan_round(
        **{"campaign": stage.campaign, "label": label, "onsite_date": date(2026, 3, 15),
           "scheme_version": stage.version, "actor": stage.first, **facts}
    )  # fmt: skip


# --- versions ------------------------------------------------------------------------------------


def test_a_wrong_document_is_not_kept(stage):
    with pytest.raises(ProblemsFound, match="没有这样的写法"):
        add_version(tenant=stage.tenant, text=text(extra={"x": 1}), actor=stage.first)
    assert SchemeVersion.objects.count() == 1


def test_a_number_is_used_once(stage):
    with pytest.raises(VersionRefused, match="已有 1 版，发布过的版本不能改写。请换一个版本号。"):
        add_version(tenant=stage.tenant, text=text("1"), actor=stage.first)


def test_versions_move_as_listed(stage):
    draft = add_version(tenant=stage.tenant, text=text(), actor=stage.first)
    assert (draft.state, draft.published_at) == (VersionState.DRAFT, None)
    with pytest.raises(VersionRefused, match="草稿的版本不能改为“已停用”。"):
        withdraw_version(version=draft, actor=stage.first)
    published = publish_version(version=draft, actor=stage.second)
    assert (published.state, published.published_by) == (VersionState.PUBLISHED, stage.second)
    with pytest.raises(VersionRefused, match="已发布的版本不能改为“已发布”。"):
        publish_version(version=draft, actor=stage.second)
    assert withdraw_version(version=draft, actor=stage.first).state == VersionState.WITHDRAWN
    assert set(VERSION_TRANSITIONS) == set(VersionState)


def test_a_version_in_use_is_not_withdrawn(stage):
    plan(stage)
    with pytest.raises(VersionRefused, match="已有轮次采用这一版，不能停用。"):
        withdraw_version(version=stage.version, actor=stage.first)


@pytest.mark.parametrize("change", ["text = text || ' '", "number = '9'", "digest = 'x'"])
def test_the_database_keeps_a_published_version_as_it_is(stage, change):
    with pytest.raises(DatabaseError, match="published version"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE campaigns_schemeversion SET {change}")
    with pytest.raises(DatabaseError, match="published version"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_schemeversion")
    assert SchemeVersion.objects.get().digest == stage.version.digest


# --- rounds --------------------------------------------------------------------------------------


def test_a_round_pins_a_published_version(stage):
    draft = add_version(tenant=stage.tenant, text=text(), actor=stage.first)
    with pytest.raises(RoundRefused, match="轮次只能采用已发布的办法版本。请先发布。"):
        plan(stage, scheme_version=draft)
    round = plan(stage)
    publish_version(version=draft, actor=stage.second)
    round.refresh_from_db()
    assert round.scheme_version == stage.version


def test_rounds_are_numbered_dated_and_have_their_phases(stage):
    day = date(2026, 3, 15)
    phases = [PhaseDates(PhaseKind.NOMINATION, day, day), PhaseDates(PhaseKind.ONSITE, day, day, day)]
    first, second = plan(stage, phases=phases), plan(stage, "2", year=2025)
    assert (first.sequence, first.year, first.state) == (1, 2026, RoundState.PLANNED)
    assert (second.sequence, second.year) == (2, 2025)
    assert list(first.phases.values_list("kind", "finished_on")) == [("nomination", None), ("onsite", day)]
    with pytest.raises(IntegrityError), transaction.atomic():
        plan(stage, "3", phases=[PhaseDates(PhaseKind.ONSITE, day, date(2026, 3, 1))])


def test_a_label_is_used_once_per_kind(stage):
    plan(stage)
    with pytest.raises(IntegrityError), transaction.atomic():
        plan(stage)
    plan(stage, kind="reinspection")


def test_a_new_campaign_is_seen_by_the_countys_roles_only(stage):
    facts = {"name": "另一项活动", "host": "中共县委", "starts_on": date(2026, 1, 1)}
    campaign = create_campaign(tenant=stage.tenant, actor=stage.first, **facts)
    assert campaign.lacks_approval
    assert AuditEntry.objects.get(verb="新建活动", target_id=str(campaign.pk)).new["starts_on"] == "2026-01-01"
    seeing = set()
    for role in Role:
        organization = stage.county.east if role == Role.TOWNSHIP_SECRETARY else None
        member = factories.make_person(stage.tenant, role, organization).post_held
        if permitted_objects(member, "campaigns.view_campaign", Campaign.objects.filter(pk=campaign.pk)).exists():
            seeing.add(role)
    assert seeing == {Role.COUNTY_ADMIN, Role.TOWNSHIP_SECRETARY, Role.INSPECTOR, Role.LEADER, Role.OBSERVER}


# --- nominations ---------------------------------------------------------------------------------


def facts(organization, tier=HIGH, vetoed=False):
    return NominationFacts(organization, tier, vetoed)


def test_nominations_are_written_once_and_changed_in_place(stage):
    round = plan(stage)
    rows = [facts(village) for village in stage.villages]
    assert put_nominations(round=round, rows=rows, actor=stage.first) == 4
    assert put_nominations(round=round, rows=rows, actor=stage.first) == 0
    assert put_nominations(round=round, rows=[facts(stage.villages[0], LOW, True)], actor=stage.first) == 1
    changed = entry(round, stage.villages[0])
    assert (changed.tier, changed.vetoed, changed.township, changed.state) == (
        LOW, True, stage.county.east, NominationState.APPROVED,
    )  # fmt: skip
    assert Round.objects.get().state == RoundState.NOMINATING
    assert AuditEntry.objects.filter(verb="写入申报").count() == 2


def test_a_nomination_keeps_the_township_of_its_day(stage):
    round = plan(stage)
    village = stage.villages[0]
    put_nominations(round=round, rows=[facts(village)], actor=stage.first)
    move(organization=village, parent=stage.county.west, actor=stage.first)
    village.refresh_from_db()
    put_nominations(round=round, rows=[facts(village, LOW)], actor=stage.first)
    assert entry(round, village).township == stage.county.east


def test_a_veto_is_declared_with_its_reason_and_taken_back_without_a_trace_of_it(stage):
    round = open_round(stage, {stage.villages[0]: HIGH})
    declare_veto(nomination=entry(round, stage.villages[0]), reason="发生安全事故", actor=stage.first)
    vetoed = entry(round, stage.villages[0])
    assert (vetoed.vetoed, vetoed.veto_reason) == (True, "发生安全事故")
    assert AuditEntry.objects.get(verb="登记一票否决").new == {"reason": "发生安全事故"}
    put_nominations(round=round, rows=[facts(stage.villages[0])], actor=stage.first)
    again = entry(round, stage.villages[0])
    assert (again.vetoed, again.veto_reason) == (False, "")


@pytest.mark.parametrize("state", SEALED_STATES)
def test_what_is_sealed_is_not_nominated_or_vetoed_anew(stage, state):
    round = open_round(stage, {stage.villages[0]: HIGH})
    nomination = entry(round, stage.villages[0])
    Round.objects.filter(pk=round.pk).update(state=state)
    with pytest.raises(RoundRefused, match=f"第 1 轮“{state.label}”，不能再改申报。如确需更正，请先退回评分。"):
        put_nominations(round=round, rows=[facts(stage.villages[0], LOW)], actor=stage.first)
    with pytest.raises(RoundRefused, match=f"第 1 轮“{state.label}”，不能再登记否决。如确需更正，请先退回评分。"):
        declare_veto(nomination=nomination, reason="迟到", actor=stage.first)
    assert Nomination.objects.filter(vetoed=False, tier=HIGH).count() == 1


# --- who sees what -------------------------------------------------------------------------------


def test_each_role_sees_the_rounds_and_nominations_that_are_its_own(stage):
    """A round once published is seen while it is corrected; one never published is the office's."""
    published = open_round(stage, dict.fromkeys(stage.villages, HIGH))
    waiting = open_round(stage, dict.fromkeys(stage.villages, HIGH), label="2")
    Round.objects.filter(pk=published.pk).update(published_at=timezone.now())
    office = stage.first.post_held
    secretary = factories.make_person(stage.tenant, Role.TOWNSHIP_SECRETARY, stage.county.east).post_held
    leader = factories.make_person(stage.tenant, Role.LEADER).post_held
    system = factories.make_person(stage.tenant, Role.SYSTEM_ADMIN).post_held
    seen = {member.role: set(visible_rounds(member)) for member in (office, secretary, leader, system)}
    assert seen == {
        Role.COUNTY_ADMIN: {published, waiting},
        Role.TOWNSHIP_SECRETARY: {published},
        Role.LEADER: {published},
        Role.SYSTEM_ADMIN: set(),
    }
    assert set(board_rounds(secretary)) == {published, waiting}
    counts = {member.role: visible_nominations(member).count() for member in (office, secretary, leader, system)}
    assert counts == {Role.COUNTY_ADMIN: 8, Role.TOWNSHIP_SECRETARY: 4, Role.LEADER: 0, Role.SYSTEM_ADMIN: 0}
    assert list(visible_campaigns(leader)) == [stage.campaign]


def test_drafts_are_the_offices(stage):
    draft = add_version(tenant=stage.tenant, text=text(), actor=stage.first)
    leader = factories.make_person(stage.tenant, Role.LEADER).post_held
    assert set(visible_versions(stage.first.post_held)) == {stage.version, draft}
    assert set(visible_versions(leader)) == {stage.version}
