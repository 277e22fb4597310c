"""What a county has of a lived round beside its results, for tests of who may see what: one row of every kind.

Rows are written as they are, not by services: here it matters whose they are, not how they came about. Every text
begins with the county's sign. The keys of ``lived`` are the names that routes give their identifiers.
"""

from datetime import date, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.enums import ChannelKind, Role
from accounts.models import Message, MessageChannel
from accounts.services.uploads import store
from campaigns.enums import MaterialKind, MaterialState, NominationState, PracticeState, SubsidyKind, TitleActKind
from campaigns.models import (
    Evidence,
    Holiday,
    Material,
    Nomination,
    NominationStep,
    Phase,
    PhaseMove,
    Practice,
    PracticeMaterial,
    Subsidy,
    Title,
    TitleAct,
)
from scoring.enums import DecisionKind, SheetSource
from scoring.models import (
    AnomalyNote,
    BoardSnapshot,
    KeyedSheet,
    Objection,
    PublicNotice,
    QuarantinedSheet,
    Result,
    ResultDecision,
    ScoreSheet,
    SheetPhoto,
    SheetReopening,
)
from sites.enums import ConflictKind
from sites.models import Conflict, CountyMap, PanelDraw, PanelMember, Route, RouteMember, Stop


def lived(county: Any) -> dict[str, Any]:
    """Write the rows; ids by the name of the route's parameter."""
    return {**_before(county), **_arrived(county), **_decided(county), **_beside(county)}


def _save(county: Any, model: type, **facts: Any) -> Any:
    row = model(tenant=county.tenant, **facts)
    row.save(force_insert=True)
    return row


def _before(county: Any) -> dict[str, Any]:
    """Phases moved, a nomination's steps and material, a panel, a route."""
    round, village, town = county.rounds[1], county.villages[0], county.towns[0]
    phase = Phase.objects.filter(round=round).first()
    day = phase.opens_on
    _save(county, PhaseMove, phase=phase, old_opens_on=day, old_closes_on=day, new_opens_on=day, new_closes_on=day,
          reason=county.named("推迟"))  # fmt: skip
    holiday = _save(county, Holiday, on=date(2026, 10, 1), name=county.named("国庆"))
    nomination = Nomination.objects.get(round=round, organization=village)
    _save(county, NominationStep, nomination=nomination, to_state=NominationState.APPROVED, note=county.named("同意"))
    content = county.named("照片").encode()
    digest = sha256(content).hexdigest()
    store(county.tenant, digest, content)
    material = _save(county, Material, organization=village, township=town, title=county.named("照片"), size=3,
                     received=3, filename=county.named("照片.jpg"), kind=MaterialKind.PHOTO, sha256=digest,
                     served=digest, preview=digest, state=MaterialState.READY)  # fmt: skip
    evidence = _save(county, Evidence, nomination=nomination, material=material)
    member = PanelMember.objects.filter(round=round).order_by("inspector__number").first()
    conflict = _save(county, Conflict, inspector=member.inspector, organization=county.villages[3],
                     kind=ConflictKind.DECLARED, note=county.named("亲属"))  # fmt: skip
    draw = _save(county, PanelDraw, round=round, seed=county.named("种子"))
    route = _save(county, Route, round=round, name=county.named("一线"), on=day)
    _save(county, RouteMember, route=route, member=member)
    stop = _save(county, Stop, route=route, nomination=nomination, sequence=1, planned_at=time(9))
    _save(county, CountyMap, geojson={"name": county.sign})
    return {
        "phase_id": phase.pk, "holiday_id": holiday.pk, "nomination_id": nomination.pk, "material_id": material.pk,
        "evidence_id": evidence.pk, "member_id": member.pk, "conflict_id": conflict.pk, "draw_id": draw.pk,
        "route_id": route.pk, "stop_id": stop.pk,
    }  # fmt: skip


def _arrived(county: Any) -> dict[str, Any]:
    """Beside the sheets that count: one in quarantine that was set aside, a photo, a wish to reopen, a keyed form."""
    round = county.rounds[1]
    nomination = Nomination.objects.get(round=round, organization=county.villages[0])
    sheet = ScoreSheet.objects.filter(nomination=nomination).order_by("inspector__number").first()
    whose = {"nomination": nomination, "inspector": sheet.inspector}
    quarantined = _save(county, QuarantinedSheet, **whose, round=round, uuid=uuid4(), client_hash="2" * 64, payload={},
                        code="late", message=county.named("迟到"), source=SheetSource.PHONE,
                        state="set_aside")  # fmt: skip
    photo = _save(county, SheetPhoto, **whose, uuid=uuid4(), sheet_uuid=sheet.uuid, arrived="3" * 64, served="3" * 64)
    reopening = _save(county, SheetReopening, **whose, revision=1, reason=county.named("笔误"))
    keyed = _save(county, KeyedSheet, **whose, first_by=county.people[Role.COUNTY_ADMIN])
    snapshot = _save(county, BoardSnapshot, round=round, standings=[], sheet_cut=0, reason=county.named("封盘"))
    return {
        "quarantined_id": quarantined.pk, "photo_id": photo.pk, "reopening_id": reopening.pk, "keyed_id": keyed.pk,
        "snapshot_id": snapshot.pk,
    }  # fmt: skip


def _decided(county: Any) -> dict[str, Any]:
    """What was decided on the published round, and its public notice, which has ended."""
    computation, office = county.computations[0], county.people[Role.COUNTY_ADMIN]
    result = Result.objects.get(computation=computation, organization=county.villages[3])
    decision = _save(county, ResultDecision, computation=computation, result=result, kind=DecisionKind.DEFER,
                     reason=county.named("待查"), staged_by=office, state="dropped")  # fmt: skip
    _save(county, AnomalyNote, computation=computation, key=county.named("甲"), note=county.named("属实"),
          looked_by=office)  # fmt: skip
    day = date(2026, 4, 1)
    notice = _save(county, PublicNotice, computation=computation, slug=f"{county.key}slug", title=county.named("公示"),
                   opens_on=day, closes_on=day + timedelta(days=6), working_days=5, state="ended",
                   ended_at=timezone.now())  # fmt: skip
    objection = _save(county, Objection, notice=notice, computation=computation, result=result,
                      township=county.towns[0], raised_as=county.named("书面"), text=county.named("异议"), received_on=day,
                      due_on=day, state="dismissed", reply=county.named("维持"))  # fmt: skip
    return {
        "decision_id": decision.pk, "notice_id": notice.pk, "objection_id": objection.pk, "slug": notice.slug,
        "code": county.code,
    }  # fmt: skip


def _beside(county: Any) -> dict[str, Any]:
    """Decisions about titles, good practices, messages."""
    title = Title.objects.order_by("organization__path").first()
    village, town = county.villages[0], county.towns[0]
    act = _save(county, TitleAct, campaign=title.campaign, organization=title.organization, round=title.round,
                kind=TitleActKind.WARN, tier=title.tier, on=date(2026, 6, 1), reason=county.named("滑坡"),
                document_no=county.named("1 号"), proposed_by=county.people["checker"])  # fmt: skip
    practice = _save(county, Practice, organization=village, township=town, title=county.named("做法"),
                     text=county.named("正文"), state=PracticeState.DRAFT)  # fmt: skip
    material = Material.objects.first()
    _save(county, PracticeMaterial, practice=practice, material=material)
    channel = _save(county, MessageChannel, kind=ChannelKind.EMAIL, name=county.named("邮件"), active=False)
    message = _save(county, Message, channel=channel, key=county.key, subject=county.named("提醒"),
                    body=county.named("请办理"), state="dropped")  # fmt: skip
    subsidy = Subsidy.objects.filter(kind=SubsidyKind.SPECIAL).first()
    return {
        "act_id": act.pk, "title_id": title.pk, "practice_id": practice.pk, "channel_id": channel.pk,
        "message_id": message.pk, "subsidy_id": subsidy.pk,
    }  # fmt: skip
