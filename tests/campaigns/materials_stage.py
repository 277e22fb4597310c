"""The stage of the tests of materials: a county, two secretaries of one township, short ways to hand files in."""

import base64
from contextlib import contextmanager
from types import SimpleNamespace

from django.test import Client

from accounts.enums import Role
from accounts.models import tenant_scope
from campaigns.models import Material
from campaigns.services.materials import CHUNK, begin_material, keep_material
from tests import factories

UPLOADS = "/materials/upload/"


@contextmanager
def county_of_materials():
    """A county whose scope is open; secretaries of both townships, an administrator, an inspector."""
    tenant = factories.make_tenant()
    county = factories.make_county(tenant)
    people = SimpleNamespace(
        east=factories.make_person(tenant, Role.TOWNSHIP_SECRETARY, county.east),
        colleague=factories.make_person(tenant, Role.TOWNSHIP_SECRETARY, county.east),
        west=factories.make_person(tenant, Role.TOWNSHIP_SECRETARY, county.west),
        admin=factories.make_person(tenant, Role.COUNTY_ADMIN),
        inspector=factories.make_person(tenant, Role.INSPECTOR),
    )
    with tenant_scope(tenant):
        yield SimpleNamespace(tenant=tenant, county=county, village=county.east_villages[0], people=people)


def begun(stage, size=3_000, filename="村貌.jpg", **facts):
    facts = {"organization": stage.village, "title": "", "actor": stage.people.east, **facts}
    return begin_material(filename=filename, size=size, **facts)


def kept(stage, content, filename="村貌.jpg", **facts):
    facts = {"organization": stage.village, "title": "", "actor": stage.people.east, **facts}
    pieces = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
    return keep_material(filename=filename, size=len(content), chunks=pieces, **facts)


def fresh(material):
    return Material.objects.get(pk=material.pk)


def enter(person, **options):
    client = Client(**options)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def told(**facts):
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in facts.items())


def create(client, stage, size, filename="村貌.jpg", organization=None):
    facts = {"organization": (organization or stage.village).pk, "filename": filename, "title": ""}
    return client.post(UPLOADS, headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(size),
                                         "Upload-Metadata": told(**facts)})  # fmt: skip


def patch(client, address, offset, data, **headers):
    told = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers}
    return client.patch(address, data, content_type="application/offset+octet-stream", headers=told)


def head(client, address):
    return client.head(address, headers={"Tus-Resumable": "1.0.0"})
