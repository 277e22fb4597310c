"""Reminders go once a day, only to who owes something; a group hears units and numbers, no names and no figures."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.enums import ChannelKind, Role
from accounts.models import Message, tenant_scope
from accounts.services.messages import set_channel
from campaigns.enums import NominationState, PhaseKind
from campaigns.models import Nomination
from campaigns.services.campaigns import PhaseDates, plan_round
from reports.reminders import remind, remind_all
from scoring.services.rehearsal import begin_rehearsal
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
TODAY = timezone.localdate()


@pytest.fixture
def county():
    county = cast.make_county("雁", "wyan", "330182")
    with tenant_scope(county.tenant):
        yield county


@pytest.fixture
def window(county):
    """A round that takes applications until tomorrow: townships owe one, or the end of a draft."""
    office = county.people[Role.COUNTY_ADMIN]
    first = county.rounds[0]
    phases = [PhaseDates(PhaseKind.NOMINATION, TODAY - timedelta(9), TODAY + timedelta(1))]
    return plan_round(campaign=first.campaign, label="雁3", onsite_date=TODAY + timedelta(40), actor=office,
                      scheme_version=first.scheme_version, phases=phases)  # fmt: skip


def a_channel(county, kind=ChannelKind.EMAIL, address=""):
    return set_channel(
        tenant=county.tenant, actor=county.people[Role.COUNTY_ADMIN], kind=kind, name="渠道", address=address
    )


def told():
    rows = Message.objects.exclude(state="dropped").select_related("recipient")
    return {row.recipient and row.recipient.username: row for row in rows}


def test_without_a_channel_nobody_is_told(county, window):
    assert remind(tenant=county.tenant, today=TODAY) == 0


def test_who_owes_is_told_once_a_day_and_who_looks_is_not(county, window):
    a_channel(county)
    first = remind(tenant=county.tenant, today=TODAY)
    assert remind(tenant=county.tenant, today=TODAY) == 0
    found = told()
    assert len(found) == first
    assert {"wyan_township_secretary", "wyan_neighbour"} <= set(found)
    assert not {"wyan_leader", "wyan_observer"} & set(found)
    assert "雁3可以申报" in found["wyan_township_secretary"].body.replace("第 ", "").replace(" 轮", "")
    assert remind(tenant=county.tenant, today=TODAY + timedelta(1)) > 0


def test_a_township_that_has_applied_is_left_alone_until_it_is_returned(county, window):
    a_channel(county)
    east = county.towns[0]
    nomination = Nomination(tenant=county.tenant, round=window, organization=county.villages[0], township=east,
                            tier="雁标杆", state=NominationState.SUBMITTED)  # fmt: skip
    nomination.save()
    remind(tenant=county.tenant, today=TODAY)
    assert "wyan_township_secretary" not in told()
    nomination.state, nomination.decision_reason = NominationState.RETURNED, "请补照片"
    nomination.save(update_fields=["state", "decision_reason"])
    remind(tenant=county.tenant, today=TODAY)
    assert "被退回修改" in told()["wyan_township_secretary"].body


def test_a_group_hears_units_and_numbers_only(county, window, settings):
    settings.MESSAGE_WEBHOOK_HOSTS = ["robot.example"]
    a_channel(county, ChannelKind.WECOM, "https://robot.example/send")
    remind(tenant=county.tenant, today=TODAY)
    [message] = [row for row in told().values() if row.recipient is None]
    assert "雁东溪镇：1 件" in message.body
    people = {user.display_name for user in county.people.values()}
    assert not [name for name in people if name in message.body]
    assert not [number for number in county.numbers if str(Decimal(number)) in message.body]


def test_a_rehearsal_reminds_nobody(county, window):
    a_channel(county)
    office = county.people[Role.COUNTY_ADMIN]
    world, _ = begin_rehearsal(round=window, actor=office)
    with tenant_scope(world):
        set_channel(tenant=world, actor=office, kind=ChannelKind.EMAIL, name="渠道")
    remind_all(today=TODAY)
    assert told()
    with tenant_scope(world):
        assert not Message.objects.exists()
