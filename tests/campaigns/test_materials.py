"""Materials arrive in pieces, are checked, shown and served: by services, over tus, with a plain form."""

import io
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.files.kinds import LARGEST
from accounts.models import AuditEntry
from campaigns.enums import MaterialKind, MaterialState
from campaigns.models import Material
from campaigns.services import materials
from campaigns.services.materials import (
    CHUNK,
    MaterialRefused,
    TooLarge,
    WrongOffset,
    append_chunk,
    finish_material,
    material_path,
    part_path,
    retitle_material,
    withdraw_material,
)
from tests.accounts import hostile_office, hostile_pdfs
from tests.accounts.hostile_files import HTML, located, picture

from .materials_stage import UPLOADS, begun, county_of_materials, create, enter, fresh, head, kept, patch, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(db):
    with county_of_materials() as stage:
        yield stage

# --- services -------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_photo_arrives_in_pieces_and_is_kept_without_its_place(stage):
    content = located()
    material = begun(stage, len(content), title=" 村口  全景 ")
    assert (material.title, material.township, material.state) == ("村口 全景", stage.county.east, "receiving")
    half = len(content) // 2
    material = append_chunk(material=material, offset=0, data=content[:half])
    material = append_chunk(material=material, offset=half, data=content[half:])
    done = finish_material(material=material, actor=stage.people.east)
    assert (done.state, done.kind, done.details) == ("ready", MaterialKind.PHOTO, {"width": 320, "height": 200})
    assert material_path(done, done.sha256).read_bytes() == content
    for digest in (done.served, done.preview):
        assert b"XIANGJI" not in material_path(done, digest).read_bytes()
    assert not part_path(done).exists()
    verbs = AuditEntry.objects.filter(target_id=str(done.pk)).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["开始上传材料", "收到材料"]


@pytest.mark.both_databases
def test_a_piece_must_join_on_and_may_not_be_more_than_was_said(stage):
    material = append_chunk(material=begun(stage, 10), offset=0, data=b"12345")
    for offset in (0, 4, 6):
        with pytest.raises(WrongOffset) as wrong:
            append_chunk(material=material, offset=offset, data=b"x")
        assert wrong.value.received == 5
    with pytest.raises(TooLarge, match="比事先说的多"):
        append_chunk(material=material, offset=5, data=b"123456")
    with pytest.raises(MaterialRefused, match="还没有传完"):
        finish_material(material=material, actor=stage.people.east)
    assert (fresh(material).received, part_path(material).read_bytes()) == (5, b"12345")


def test_what_a_crash_wrote_behind_the_last_piece_is_cut_off(stage):
    material = append_chunk(material=begun(stage, 10), offset=0, data=b"12345")
    with part_path(material).open("ab") as part:
        part.write(b"never counted")
    material = append_chunk(material=material, offset=5, data=b"67890")
    assert part_path(material).read_bytes() == b"1234567890"


def test_a_part_that_is_lost_begins_anew(stage):
    material = append_chunk(material=begun(stage, 10), offset=0, data=b"12345")
    part_path(material).unlink()
    with pytest.raises(WrongOffset) as wrong:
        append_chunk(material=material, offset=5, data=b"67890")
    assert wrong.value.received == 0
    assert append_chunk(material=material, offset=0, data=b"12345").received == 5


@pytest.mark.parametrize(("size", "filename", "sentence"), [
    (LARGEST + 1, "总结.docx", "“总结.docx”有 20.0 MB，超过Word 文档的上限 20 MB，请压缩图片或分成几个文件后再上传。"),
    (16 * 2**20, "村貌.jpg", "“村貌.jpg”有 16.0 MB，超过照片的上限 15 MB，请压缩或重新拍摄后再上传。"),
    (0, "村貌.jpg", "“村貌.jpg”是空文件，请确认内容已保存后重新上传。"),
    (9, "总结.doc", "“总结.doc”是 .doc 文件，不能作为材料，请在 Word 或 WPS 中另存为 .docx 后再上传。"),
    (9, "a.exe", "“a.exe”是 .exe 文件，不能作为材料，请上传照片（JPG、PNG、WebP）、Word（.docx）、Excel（.xlsx）和 PDF。"),
])  # fmt: skip
def test_what_is_never_taken_is_refused_before_the_first_byte(stage, size, filename, sentence):
    with pytest.raises(MaterialRefused) as refused:
        begun(stage, size, filename)
    assert str(refused.value) == sentence
    assert not Material.objects.exists()


def test_a_hostile_file_ends_refused_with_its_sentence_and_is_not_kept(stage):
    material = kept(stage, hostile_office.macro_types(), "总结.docx")
    sentence = "“总结.docx”含有宏，请另存为不含宏的 .docx 或 .xlsx 后重新上传。"
    assert (material.state, material.problem, material.sha256, material.served) == ("refused", sentence, "", "")
    assert not part_path(material).exists()
    entry = AuditEntry.objects.get(verb="不接收材料")
    assert (entry.succeeded, entry.new) == (False, {"problem": sentence})


@pytest.mark.both_databases
def test_finishing_twice_settles_once(stage, monkeypatch):
    """A second check that was under way when the first had settled changes nothing."""
    content = picture()
    material = append_chunk(material=begun(stage, len(content)), offset=0, data=content)
    real = materials.check_file

    def slow(path, **facts):
        monkeypatch.setattr(materials, "check_file", real)
        finish_material(material=material, actor=stage.people.east)
        return real(path, **facts) if path.exists() else materials.Checked(refused="“村貌.jpg”不见了，请重新上传。")

    monkeypatch.setattr(materials, "check_file", slow)
    assert finish_material(material=material, actor=stage.people.east).state == MaterialState.READY
    assert AuditEntry.objects.filter(verb="收到材料").count() == 1


def test_the_same_file_is_not_asked_for_twice(stage):
    first = kept(stage, hostile_pdfs.plain(), "方案.pdf", title="创建方案")
    again = kept(stage, hostile_pdfs.plain(), "方案2.pdf")
    assert again.problem == "“方案2.pdf”与已有的材料“创建方案”内容相同，请直接选用那一份。"
    withdraw_material(material=first, actor=stage.people.east)
    assert kept(stage, hostile_pdfs.plain(), "方案3.pdf").state == MaterialState.READY
    other = kept(stage, hostile_pdfs.plain(), "方案.pdf", organization=stage.county.east_villages[1])
    assert other.state == MaterialState.READY


def test_names_change_and_what_is_withdrawn_is_gone(stage):
    material = kept(stage, hostile_office.word(), "方案.docx")
    assert (material.title, material.details["lines"]) == ("方案", ["东溪村创建方案"])
    retitle_material(material=material, title="创建方案", actor=stage.people.east)
    withdraw_material(material=material, actor=stage.people.east)
    assert (fresh(material).title, fresh(material).state) == ("创建方案", "withdrawn")
    with pytest.raises(MaterialRefused, match="已撤下"):
        retitle_material(material=material, title="x", actor=stage.people.east)


def test_unfinished_uploads_are_counted_and_old_ones_dropped(stage, monkeypatch):
    monkeypatch.setattr(materials, "MOST_OPEN", 2)
    old = append_chunk(material=begun(stage, 10), offset=0, data=b"1")
    begun(stage)
    with pytest.raises(MaterialRefused, match="您有 2 个文件还没有传完"):
        begun(stage)
    Material.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert begun(stage).state == MaterialState.RECEIVING
    assert fresh(old).state == MaterialState.WITHDRAWN


# --- tus ------------------------------------------------------------------------------------------


def test_the_server_says_what_it_can_do(stage):
    answer = enter(stage.people.east).options(UPLOADS)
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert answer["Tus-Extension"] == "creation,termination"
    assert answer["Tus-Max-Size"] == str(20 * 2**20)


def test_an_upload_is_created_sent_in_pieces_and_checked(stage):
    client, content = enter(stage.people.east), located()
    made = create(client, stage, len(content))
    address = made["Location"]
    assert (made.status_code, head(client, address)["Upload-Offset"]) == (201, "0")
    first = patch(client, address, 0, content[:1000])
    assert (first.status_code, first["Upload-Offset"]) == (204, "1000")
    here = head(client, address)
    assert (here["Upload-Offset"], here["Upload-Length"]) == ("1000", str(len(content)))
    assert here["Cache-Control"] == "no-store"
    last = patch(client, address, 1000, content[1000:])
    assert (last.status_code, last["Upload-Offset"], last["Material-State"]) == (204, str(len(content)), "ready")
    repeated = patch(client, address, len(content), b"", **{"Content-Type": "application/offset+octet-stream"})
    assert (repeated.status_code, repeated["Material-State"]) == (204, "ready")
    assert patch(client, address, 1000, content[1000:]).status_code == 409
    assert Material.objects.get().state == MaterialState.READY


def test_a_hostile_file_is_refused_with_its_sentence_over_tus(stage):
    client = enter(stage.people.east)
    address = create(client, stage, len(HTML))["Location"]
    last = patch(client, address, 0, HTML)
    assert (last.status_code, last["Material-State"]) == (204, "refused")
    assert unquote(last["Material-Problem"]) == "“村貌.jpg”是网页，请打开后另存为 PDF 再上传。"


def test_wrong_requests_are_answered_as_the_protocol_says(stage):
    client = enter(stage.people.east)
    address = create(client, stage, 10)["Location"]
    assert patch(client, address, 3, b"x").status_code == 409
    assert patch(client, address, 3, b"x")["Upload-Offset"] == "0"
    assert patch(client, address, "-1", b"x").status_code == 400
    assert patch(client, address, 0, b"x" * 11).status_code == 413
    assert patch(client, address, 0, bytes(CHUNK + 1)).status_code == 413
    assert client.patch(address, b"x", headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}).status_code == 415
    assert patch(client, address, 0, b"x", **{"Tus-Resumable": "0.9"}).status_code == 412
    assert create(client, stage, LARGEST + 1, "方案.pdf").status_code == 413
    assert create(client, stage, 16 * 2**20).status_code == 413
    assert create(client, stage, "").status_code == 400
    assert create(client, stage, 9, "a.exe").content.decode().startswith("“a.exe”是 .exe 文件")
    assert head(client, address)["Upload-Offset"] == "0"


def test_an_upload_can_be_given_up(stage):
    client = enter(stage.people.east)
    address = create(client, stage, 10)["Location"]
    patch(client, address, 0, b"12345")
    material = Material.objects.get()
    assert client.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert head(client, address).status_code == 404
    assert fresh(material).state == MaterialState.WITHDRAWN


def test_another_persons_upload_is_not_there(stage):
    address = create(enter(stage.people.east), stage, 10)["Location"]
    for person in (stage.people.colleague, stage.people.west, stage.people.admin):
        other = enter(person)
        assert (head(other, address).status_code, patch(other, address, 0, b"x").status_code) == (404, 404)
        assert other.delete(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404
    assert enter(stage.people.inspector).head(address).status_code == 403
    assert part_path(Material.objects.get()).exists() is False


def test_an_upload_for_the_neighbours_village_is_refused(stage):
    answer = create(enter(stage.people.west), stage, 10)
    assert (answer.status_code, answer.content.decode()) == (400, "请先选择组织，再上传文件。")
    assert create(enter(stage.people.admin), stage, 10).status_code == 201


def test_uploads_ask_for_the_token(stage):
    client = enter(stage.people.east, enforce_csrf_checks=True)
    assert create(client, stage, 10).status_code == 403
    client.get("/materials/new/")
    token = client.cookies["csrftoken"].value
    facts = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "X-CSRFToken": token,
             "Upload-Metadata": told(organization=stage.village.pk, filename="a.jpg")}  # fmt: skip
    address = client.post(UPLOADS, headers=facts)["Location"]
    assert patch(client, address, 0, b"12345").status_code == 403
    assert patch(client, address, 0, b"12345", **{"X-CSRFToken": token}).status_code == 204


# --- pages ----------------------------------------------------------------------------------------


def test_the_plain_form_takes_a_file_in_one_piece(stage):
    client = enter(stage.people.east)
    file = SimpleUploadedFile("方案.pdf", hostile_pdfs.plain())
    data = {"organization": str(stage.village.pk), "title": "", "file": file}
    page = client.post("/materials/new/", data, follow=True).content.decode()
    assert "“方案”已收到，检查通过。" in page and "第 1 页，共 1 页" in page


@pytest.mark.parametrize(("filename", "content", "sentence"), [
    ("总结.doc", b"x", "“总结.doc”是 .doc 文件，不能作为材料，请在 Word 或 WPS 中另存为 .docx 后再上传。"),
    ("村貌.jpg", b"", "“村貌.jpg”是空文件，请确认内容已保存后重新上传。"),
    ("村貌.jpg", HTML, "“村貌.jpg”是网页，请打开后另存为 PDF 再上传。"),
])  # fmt: skip
def test_the_plain_form_says_what_is_wrong(stage, filename, content, sentence):
    data = {"organization": str(stage.village.pk), "title": "", "file": SimpleUploadedFile(filename, content)}
    assert sentence in enter(stage.people.east).post("/materials/new/", data, follow=True).content.decode()


def test_each_township_sees_its_own_and_the_county_sees_all(stage):
    mine = kept(stage, picture(), title="东溪照片")
    theirs = kept(stage, picture(), organization=stage.county.west_villages[0], title="西山照片", actor=stage.people.west)
    east, west, admin = (enter(each) for each in (stage.people.east, stage.people.west, stage.people.admin))
    for client, seen in ((east, {"东溪照片"}), (west, {"西山照片"}), (admin, {"东溪照片", "西山照片"})):
        page = client.get("/materials/").content.decode()
        assert {title for title in ("东溪照片", "西山照片") if title in page} == seen
    for address in ("", "file/", "photo.jpg", "preview/"):
        assert west.get(f"/materials/{mine.pk}/{address}").status_code == 404
        assert admin.get(f"/materials/{theirs.pk}/{address}").status_code == 200
        assert enter(stage.people.inspector).get(f"/materials/{mine.pk}/{address}").status_code == 403
    assert "没有符合这些条件的材料" in admin.get("/materials/?kind=pdf").content.decode()
    assert "东溪照片" not in admin.get(f"/materials/?organization={stage.county.west_villages[0].code}").content.decode()


def test_a_photo_is_served_anew_and_a_document_as_an_attachment(stage):
    client = enter(stage.people.east)
    photo, paper = kept(stage, located()), kept(stage, hostile_office.word(), "方案.docx")
    inline = client.get(f"/materials/{photo.pk}/photo.jpg")
    content = b"".join(inline.streaming_content)
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, dict(image.getexif())) == ("JPEG", {})
    assert (inline["Content-Type"], inline["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert inline["Content-Security-Policy"] == "default-src 'none'; sandbox"
    away = client.get(f"/materials/{paper.pk}/file/")
    assert away["Content-Disposition"] == "attachment; filename=\"file.docx\"; filename*=UTF-8''%E6%96%B9%E6%A1%88.docx"
    assert b"".join(away.streaming_content) == hostile_office.word()
    assert client.get(f"/materials/{paper.pk}/photo.jpg").status_code == 404


def test_a_check_that_was_cut_off_is_made_again_from_the_page(stage):
    content = picture()
    material = append_chunk(material=begun(stage, len(content)), offset=0, data=content)
    Material.objects.filter(pk=material.pk).update(state=MaterialState.CHECKING)
    client = enter(stage.people.east)
    assert "正在检查内容" in client.get(f"/materials/{material.pk}/").content.decode()
    client.post(f"/materials/{material.pk}/check/")
    assert fresh(material).state == MaterialState.READY
