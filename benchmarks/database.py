"""From database to database, and one sheet submitted: run by ``python -m benchmarks`` once per database.

The database named by DATABASE_URL is empty and thrown away afterwards.
"""

import io
import json
import os
import sys
from datetime import date
from typing import Any
from uuid import uuid4

import django
import numpy as np

from .numbers import SHEETS, bare_numpy, jiande, random_marks
from .timing import Ratio, paired, peak_megabytes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402

from accounts.enums import OrganizationKind, Role  # noqa: E402
from accounts.models import Organization, Tenant, User, tenant_scope  # noqa: E402
from accounts.services.people import create_person, grant_membership  # noqa: E402
from campaigns.enums import NominationState, RoundState  # noqa: E402
from campaigns.models import Nomination, Round  # noqa: E402
from campaigns.services.campaigns import create_campaign, move_round, plan_round  # noqa: E402
from campaigns.services.schemes import add_version, publish_version  # noqa: E402
from config.demo.source import SHIPPED  # noqa: E402
from schemes import MarkCodec  # noqa: E402
from scoring.models import Computation, Result, ScoreSheet  # noqa: E402
from scoring.services.computing import compute_round  # noqa: E402
from sites.models import Inspector, PanelMember  # noqa: E402

TIER = "标杆"
SUBMITS = 40


def make_round(tenant: Tenant, label: str, entries: int, inspectors: list[Inspector]) -> Round:
    """A round of one tier in state 评分中 with nominations and a panel, no sheets."""
    text = (SHIPPED / "jiande/scheme.yaml").read_text(encoding="utf-8")
    version = publish_version(
        version=add_version(tenant=tenant, text=text.replace("2022-1", label), actor=None), actor=None
    )
    campaign = create_campaign(tenant=tenant, name=f"基准 {label}", host="基准", starts_on=date(2026, 1, 1), actor=None)
    round = plan_round(campaign=campaign, label=label, onsite_date=date(2026, 3, 1), scheme_version=version, actor=None)
    township = Organization.objects.filter(kind=OrganizationKind.TOWNSHIP).first()
    villages = list(Organization.objects.filter(kind=OrganizationKind.VILLAGE)[:entries])
    Nomination.objects.bulk_create(
        [
            Nomination(
                tenant=tenant, round=round, organization=v, township=township, tier=TIER, state=NominationState.APPROVED
            )
            for v in villages
        ],
        batch_size=2000,
    )
    PanelMember.objects.bulk_create(PanelMember(tenant=tenant, round=round, inspector=i) for i in inspectors)
    for state in (RoundState.NOMINATING, RoundState.SCORING):
        round = move_round(round=round, to=state, actor=None)
    return round


def make_tenant(entries: int) -> Tenant:
    tenant = Tenant.objects.create(code="990199", name="基准县", office="基准县委组织部")
    with tenant_scope(tenant):
        county = _organization(tenant, "990199", OrganizationKind.COUNTY, None)
        township = _organization(tenant, "990199001", OrganizationKind.TOWNSHIP, county)
        county.save()
        township.save()
        rows = (_organization(tenant, f"{10**11 + i}", OrganizationKind.VILLAGE, township) for i in range(entries))
        Organization.objects.bulk_create(rows, batch_size=2000)
    return tenant


def _organization(tenant: Tenant, code: str, kind: str, parent: Organization | None) -> Organization:
    path = f"{parent.path}/{code}" if parent else code
    return Organization(tenant=tenant, code=code, name=code, kind=kind, parent=parent, path=path, depth=path.count("/"))


def make_inspectors(tenant: Tenant) -> list[Inspector]:
    home = Organization.objects.get(kind=OrganizationKind.COUNTY)
    rows = [Inspector(tenant=tenant, number=f"J{i}", name=f"评委{i}", home=home) for i in range(1, SHEETS + 1)]
    return Inspector.objects.bulk_create(rows)


def fill_sheets(round: Round, inspectors: list[Inspector], marks: Any) -> None:
    """Store sheets straight into the table: filling is not what is measured."""
    codec = MarkCodec(round.scheme_version.document)
    nominations = list(Nomination.objects.filter(round=round).order_by("id").values_list("id", flat=True))
    rows = (
        ScoreSheet(
            tenant_id=round.tenant_id,
            uuid=uuid4(),
            round=round,
            nomination_id=nominations[entry],
            inspector=inspector,
            scheme_version_id=round.scheme_version_id,
            marks=marks[entry, j].astype(codec.dtype).tobytes(),
            total_scaled=0,
            content_hash="",
            source="import",
        )
        for entry in range(len(nominations))
        for j, inspector in enumerate(inspectors)
    )
    ScoreSheet.objects.bulk_create(rows, batch_size=2000)


def database_to_database(tenant: Tenant, inspectors: list[Inspector], entries: int) -> list[Ratio]:
    marks = random_marks(jiande(), entries)
    round = make_round(tenant, "大轮", entries, inspectors)
    fill_sheets(round, inspectors, marks)
    vendor = connection.vendor

    def ours() -> None:
        Computation.objects.filter(round=round).delete()
        compute_round(round=round, actor=None)

    name = f"{vendor}: database to database, {entries} entries x {SHEETS} x 20"
    ratios = [Ratio(f"{name}, against bare numpy", *paired(ours, lambda: bare_numpy(marks, entries), rounds=3))]
    if vendor == "postgresql":
        theirs = lambda: copy_out_numpy_copy_in(round, entries)  # noqa: E731
        ratios.append(Ratio(f"{name}, against COPY out, numpy, COPY in", *paired(ours, theirs, rounds=3)))
    assert Result.objects.filter(computation__round=round).count() == entries
    return ratios


def copy_out_numpy_copy_in(round: Round, entries: int) -> None:
    """The least that must happen: marks out in binary, the arithmetic, four columns a row back in."""
    record = np.dtype([("fields", ">i2"), ("n1", ">i4"), ("id", "V16"), ("n2", ">i4"), ("marks", "u1", 20)])
    sheets = "SELECT nomination_id, marks FROM scoring_scoresheet WHERE round_id = '{}' ORDER BY nomination_id"
    sql = f"COPY ({sheets}) TO STDOUT BINARY"
    out = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(sql.format(round.pk), out)
        rows = np.frombuffer(out.getbuffer()[19:-2], dtype=record)
        score, won = bare_numpy(rows["marks"].reshape(entries, SHEETS, 20), entries)
        ids = rows["id"][::SHEETS]
        lines = (
            f"{bytes(i).hex()}\t{s}\t{int(w)}\n" for i, s, w in zip(ids, score.tolist(), won.tolist(), strict=True)
        )
        cursor.execute("CREATE TEMPORARY TABLE bare_result (id uuid, score bigint, won int)")
        cursor.cursor.copy_expert("COPY bare_result FROM STDIN", io.StringIO("".join(lines)))
        cursor.execute("DROP TABLE bare_result")


def submit_ratios(tenant: Tenant, inspectors: list[Inspector]) -> list[Ratio]:
    """One sheet through sign-in, checks, audit and storage, beside views that do next to nothing."""
    rounds = 4
    round = make_round(tenant, "小轮", SUBMITS * rounds, inspectors)
    user = create_person(
        username="jizhun", display_name="基准", password="Submit-2026-x", actor=None, must_change_password=False
    )
    grant_membership(user=user, tenant=tenant, role=Role.INSPECTOR, actor=None)
    Inspector.objects.filter(pk=inspectors[0].pk).update(user=user)
    nominations = iter(Nomination.objects.filter(round=round).values_list("id", flat=True))
    client, bare = _signed_in(user), Client(SERVER_NAME="127.0.0.1")
    sheet = {"marks": ["4"] * 20}

    def ours() -> None:
        for _ in range(SUBMITS):
            body = {**sheet, "uuid": str(uuid4()), "nomination": str(next(nominations))}
            answer = client.post("/api/v1/sheets/", json.dumps(body), content_type="application/json")
            assert answer.status_code == 201, answer.content

    def against(path: str) -> Any:
        def call() -> None:
            with override_settings(MIDDLEWARE=[], ROOT_URLCONF="benchmarks.bare"):
                for _ in range(SUBMITS):
                    assert bare.post(path, json.dumps(sheet), content_type="application/json").status_code == 200

        return call

    name = f"{connection.vendor}: one sheet submitted, against bare Django"
    return [
        Ratio(f"{name} answering", *paired(ours, against("/nothing"), rounds=rounds // 2)),
        Ratio(f"{name} inserting one row", *paired(ours, against("/insert"), rounds=rounds // 2)),
    ]


def _signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def main(entries: int) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    tenant = make_tenant(entries)
    with tenant_scope(tenant):
        inspectors = make_inspectors(tenant)
        big = database_to_database(tenant, inspectors, entries)
        small = submit_ratios(tenant, inspectors)
    for ratio in [*big, *small]:
        print(ratio.line())
    print(f"{connection.vendor}: peak memory {peak_megabytes():.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]))
