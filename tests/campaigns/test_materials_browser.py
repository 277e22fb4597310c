"""Materials over a line that breaks: a piece cut off in its middle, a photo that goes on after a reload of the page."""

import socket
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import expect

from accounts.models import tenant_scope
from campaigns.models import Material
from campaigns.services.materials import CHUNK, material_path
from tests import factories
from tests.accounts.hostile_files import picture

from .materials_stage import county_of_materials, create, enter, head, patch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(db):
    with county_of_materials() as stage:
        yield stage


def test_a_line_that_breaks_in_a_piece_loses_only_what_had_not_come(stage, live_server):
    client, content = enter(stage.people.east), picture(900, 900)
    address = create(client, stage, len(content))["Location"]
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    client.get("/materials/new/")
    token = client.cookies["csrftoken"].value
    place = urlsplit(live_server.url)
    lines = [f"PATCH {address} HTTP/1.1", f"Host: {place.netloc}", f"Cookie: {cookie}; csrftoken={token}",
             f"X-CSRFToken: {token}", "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
             "Content-Type: application/offset+octet-stream", f"Content-Length: {len(content)}", "", ""]  # fmt: skip
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall("\r\n".join(lines).encode() + content[:100_000])
        line.shutdown(socket.SHUT_WR)
        line.recv(4096)
    with tenant_scope(stage.tenant):
        assert head(client, address)["Upload-Offset"] == "100000"
        assert patch(client, address, 100_000, content[100_000:])["Material-State"] == "ready"
        assert material_path(Material.objects.get(), Material.objects.get().sha256).read_bytes() == content


def test_a_photo_goes_on_after_a_broken_network_and_a_reload(stage, live_server, page, tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (29.0, 28.0, 44.51)
    photo = tmp_path / "村口.jpg"
    photo.write_bytes(picture(2400, 1800, exif=exif, quality=95))
    tab = page(base_url=live_server.url)
    tab.goto("/signin/")
    tab.fill("[name=username]", stage.people.east.username)
    tab.fill("[name=password]", factories.PASSWORD)
    tab.get_by_role("button", name="登录").click()
    tab.wait_for_url(lambda address: "signin" not in address)
    sent = []

    def broken(route):
        sent.append(route.request.headers.get("upload-offset"))
        if route.request.method == "PATCH" and len(sent) == 1:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    def choose():
        tab.get_by_label("组织").select_option(label=stage.village.name)
        tab.get_by_label("文件", exact=True).set_input_files(photo)
        tab.get_by_role("button", name="上传", exact=True).click()

    tab.goto("/materials/new/")
    tab.route("**/materials/upload/*/", broken)
    choose()
    expect(tab.get_by_text("网络断开，正在重试")).to_be_visible()
    tab.unroute("**/materials/upload/*/")
    tab.reload()
    expect(tab.get_by_role("heading", name="没有传完的文件")).to_be_visible()
    offsets = []

    def note(asked):
        if asked.method == "PATCH":
            offsets.append(asked.headers.get("upload-offset"))

    tab.on("request", note)
    choose()
    expect(tab.get_by_text("已收到，检查通过")).to_be_visible()
    assert (sent[0], offsets[0]) == ("0", str(CHUNK // 2))
    tab.get_by_role("link", name="查看“村口.jpg”").click()
    shown = tab.get_by_role("img", name="村口")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 2400
    with tenant_scope(stage.tenant):
        material = Material.objects.get()
        with Image.open(material_path(material, material.served)) as served:
            assert dict(served.getexif()) == {}
        assert material_path(material, material.sha256).read_bytes() == photo.read_bytes()
