"""Files people hand in: honest ones pass, hostile ones are refused with a sentence or made harmless, none runs away."""

import csv
import io
import json
import time
from dataclasses import asdict

import pypdfium2 as pdfium
import pytest
from PIL import Image

from accounts.exports import csv_bytes, neutral, xlsx_bytes
from accounts.files import sandbox
from accounts.files.inspection import inspect_file, make_harmless
from accounts.files.kinds import FileKind, Refused
from accounts.files.names import safe_name, served_name
from accounts.files.sandbox import check_file
from schemes.cells import clean

from . import hostile_office, hostile_pdfs
from .hostile_files import HOSTILE, located, picture


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    return made


def keep(tmp_path, content):
    path = tmp_path / "handed-in"
    path.write_bytes(content)
    return path


# --- hostile files --------------------------------------------------------------------------------


def test_there_are_at_least_sixty_and_each_has_a_name_of_its_own():
    assert len(HOSTILE) >= 60
    assert len({each.name for each in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_hostile_files_are_refused_or_made_harmless(hostile, tmp_path, folder):
    path = hostile.write(tmp_path)
    checked = check_file(path, filename=hostile.filename, target=folder)
    if hostile.refused:
        assert hostile.says in checked.refused
        assert checked.refused.startswith("“") and checked.refused.endswith("。") and "，请" in checked.refused
        assert checked.kind is None and list(folder.iterdir()) == []
        return
    assert checked.refused == ""
    shown = json.dumps(checked.details, ensure_ascii=False).encode()
    for made in folder.iterdir():
        shown += made.read_bytes()
    assert hostile.gone not in shown
    assert not {"\r", "\n", "/", "\\", "\u202e"} & set(safe_name(hostile.filename))


def test_the_place_of_a_photo_is_not_in_what_is_served(tmp_path, folder):
    path = keep(tmp_path, located())
    with Image.open(path) as before:
        assert before.getexif().get_ifd(0x8825)[2] == (29.0, 28.0, 44.51)
    checked = check_file(path, filename="村貌.jpg", target=folder)
    for made in (checked.served, checked.preview):
        content = made.read_bytes()
        assert [word for word in (b"Exif", b"GPS", b"xmpmeta", b"ICC_PROFILE", b"2026:03:15") if word in content] == []
        with Image.open(made) as image:
            assert dict(image.getexif()) == {} and "comment" not in image.info


def test_texts_like_formulas_are_shown_with_an_apostrophe(tmp_path, folder):
    path = keep(tmp_path, hostile_office.table(hostile_office.INJECTED))
    rows = check_file(path, filename="台账.xlsx", target=folder).details["table"]["rows"]
    assert rows[0][:4] == ["'=cmd|'/c calc'!A0", "'+1+1", "'-1+1", "'@SUM(1)"]
    assert rows[1] == ["东溪村", "12", "村", "村", "村"]


# --- the sandbox ----------------------------------------------------------------------------------


def broken_worker(monkeypatch, tmp_path, code):
    """A worker that does what a reader of formats might do once it has been taken over."""
    package = tmp_path / "accounts" / "files"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    limits = "import resource, sys\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    (package / "worker.py").write_text(limits + code, encoding="utf-8")
    monkeypatch.setattr(sandbox, "ROOT", tmp_path)


@pytest.mark.parametrize("code", [
    "import os; os.abort()",
    "raise SystemExit(3)",
    "print('no answer')",
    "print('{}')",
    "x = []\nwhile True: x.append(bytearray(10**8)) if len(x) < 3 else sys.exit(1)",
    """print('{"kind": "photo", "served": "../../etc/passwd", "preview": "", "details": {}}')""",
    """print('{"kind": "program", "served": "", "preview": "", "details": {}}')""",
    """import os; os.symlink("/etc/passwd", sys.argv[3] + "/photo.jpg")
print('{"kind": "photo", "served": "photo.jpg", "preview": "", "details": {}}')""",
])  # fmt: skip
def test_a_crash_or_a_strange_answer_is_a_refusal(code, monkeypatch, tmp_path, folder):
    path = keep(tmp_path, picture())
    broken_worker(monkeypatch, tmp_path, code)
    checked = check_file(path, filename="村貌.jpg", target=folder)
    assert checked.refused.startswith("“村貌.jpg”太复杂或已损坏")
    assert checked.served is None and list(folder.iterdir()) == []


def test_what_never_ends_is_ended(monkeypatch, tmp_path, folder):
    path = keep(tmp_path, picture())
    broken_worker(monkeypatch, tmp_path, "import time\nwhile True: time.sleep(60)")
    begun = time.monotonic()
    assert "没能在规定时间内检查完" in check_file(path, filename="村貌.jpg", target=folder, seconds=1).refused
    assert time.monotonic() - begun < 30


def test_the_worker_limits_itself_and_knows_no_secret(monkeypatch, tmp_path, folder):
    monkeypatch.setenv("SECRET_KEY", "x-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x-secret")
    path = keep(tmp_path, picture())
    real = (sandbox.ROOT / "accounts/files/worker.py").read_text(encoding="utf-8")
    kinds = (sandbox.ROOT / "accounts/files/kinds.py").read_text(encoding="utf-8")
    answer = """
def look(path, filename, target):
    import os
    limits = [resource.getrlimit(each)[0] for each in (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]
    return {"kind": "photo", "served": "", "preview": "", "details": {"limits": limits, "env": sorted(os.environ)}}
"""
    before, _, after = real.partition("def main()")
    broken_worker(monkeypatch, tmp_path, f"{before}\n{answer}\n\ndef main(){after}")
    (tmp_path / "accounts/files/kinds.py").write_text(kinds, encoding="utf-8")
    details = check_file(path, filename="村貌.jpg", target=folder).details
    assert details["limits"] == [40, 1536 * 2**20, 64 * 2**20]
    assert {"SECRET_KEY", "DATABASE_URL"} & set(details["env"]) == set()


# --- honest files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "mode"), [
    ("JPEG", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("PNG", "1"),
    ("WEBP", "RGBA"),
])  # fmt: skip
def test_photos_of_every_mode_become_jpeg_in_rgb(form, mode, tmp_path):
    out = io.BytesIO()
    Image.new(mode, (300, 200)).save(out, form)
    path = keep(tmp_path, out.getvalue())
    assert asdict(inspect_file(path, filename="村貌")) == {
        "kind": FileKind.PHOTO, "details": {"width": 300, "height": 200}
    }  # fmt: skip
    made = make_harmless(path, FileKind.PHOTO, tmp_path)
    with Image.open(tmp_path / made.served) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (300, 200))


def test_a_large_photo_is_turned_upright_and_made_smaller(tmp_path, folder):
    """The camera lay on its side: the left of what it stored is the top of what it saw."""
    sheet = Image.new("RGB", (3200, 1600), "white")
    sheet.paste((0, 0, 255), (0, 0, 1600, 1600))
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    sheet.save(out, "JPEG", exif=exif)
    checked = check_file(keep(tmp_path, out.getvalue()), filename="村貌.jpeg", target=folder)
    assert checked.details == {"width": 1600, "height": 3200}
    with Image.open(checked.served) as image:
        assert image.size == (1280, 2560)
        assert image.getpixel((640, 300))[2] > 200 > 100 > image.getpixel((640, 300))[0]
        assert min(image.getpixel((640, 2300))) > 240
    with Image.open(checked.preview) as image:
        assert image.size == (240, 480)


def test_a_word_document_shows_its_first_paragraphs(tmp_path, folder):
    checked = check_file(keep(tmp_path, hostile_office.word()), filename="方案.docx", target=folder)
    assert (checked.kind, checked.refused) == (FileKind.WORD, "")
    assert checked.details["lines"] == ["东溪村创建方案"]


def test_honest_links_and_fields_of_word_pass(tmp_path, folder):
    linked = hostile_office.related("hyperlink", "https://www.example.gov.cn/")
    paged = hostile_office.field(" PAGE ", "  \\* MERGEFORMAT ")
    content = hostile_office.changed(
        linked, hostile_office.DOC, lambda text: text.replace(b"<w:body>", b"<w:body>" + paged.encode())
    )
    assert check_file(keep(tmp_path, content), filename="方案.docx", target=folder).refused == ""


def test_an_excel_table_shows_its_first_rows(tmp_path, folder):
    rows = [["村", *(f"第{n}项" for n in range(20))], *([f"{n} 村", *range(20)] for n in range(40))]
    checked = check_file(keep(tmp_path, hostile_office.table(rows)), filename="台账.xlsx", target=folder)
    shown = checked.details["table"]
    assert (len(shown["rows"]), shown["all_rows"], shown["all_columns"], shown["sheets"]) == (30, 41, 21, 1)
    assert shown["rows"][1] == ["0 村", *map(str, range(11))]


def test_honest_formulas_pass(tmp_path, folder):
    text = 'IF(A1="是|否",SUM(B1:B2),HYPERLINK("#Sheet!A1","目录"))'
    content = hostile_office.formula(text.replace('"', "&quot;"))
    assert check_file(keep(tmp_path, content), filename="台账.xlsx", target=folder).refused == ""


def test_a_pdf_shows_its_first_page(tmp_path, folder):
    document, out = pdfium.PdfDocument.new(), io.BytesIO()
    document.new_page(595, 842)
    document.new_page(595, 842)
    document.save(out)
    packed = hostile_pdfs.compressed(b"<< /S /GoTo /D [3 0 R /Fit] >>")
    for content, pages in ((out.getvalue(), 2), (hostile_pdfs.plain(), 1), (packed, 1)):
        checked = check_file(keep(tmp_path, content), filename="方案.PDF", target=folder)
        assert (checked.kind, checked.details, checked.refused) == (FileKind.PDF, {"pages": pages}, "")
        with Image.open(checked.preview) as image:
            assert (image.format, max(image.size)) == ("PNG", 1200)


def test_a_refusal_names_the_file_what_is_wrong_and_what_to_do(tmp_path):
    with pytest.raises(Refused) as refused:
        inspect_file(keep(tmp_path, hostile_office.macro_types()), filename="总结.docx")
    sentence = "“总结.docx”含有宏，请另存为不含宏的 .docx 或 .xlsx 后重新上传。"
    assert refused.value.sentence("总结.docx") == sentence


# --- names and exports ----------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "kept"), [
    ("村貌.jpg", "村貌.jpg"),
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\x\\方案.docx", "方案.docx"),
    ("a\r\nSet-Cookie: x=y.jpg", "aSet-Cookie x=y.jpg"),
    ("村貌\u202egpj.exe", "村貌gpj.exe"),
    ("a\x00.php.jpg", "a.php.jpg"),
    ("con.pdf", "_con.pdf"),
    ("村" * 300 + ".jpg", "村" * 150 + ".jpg"),
    ("  . ", "未命名"),
])  # fmt: skip
def test_names_are_made_safe(given, kept):
    assert safe_name(given) == kept


def test_a_served_name_has_an_ascii_and_a_real_form():
    said = {
        served_name("方案 v2.docx"): ("attachment", "v2.docx", "%E6%96%B9%E6%A1%88%20v2.docx"),
        served_name("村貌.jpg", inline=True): ("inline", "file.jpg", "%E6%9D%91%E8%B2%8C.jpg"),
        served_name('a"; b=c\r\n.pdf'): ("attachment", "a_b_c.pdf", "a%3B%20b%3Dc.pdf"),
    }
    for header, (how, plain, real) in said.items():
        assert header == f"{how}; filename=\"{plain}\"; filename*=UTF-8''{real}"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-村", "@村", "\t=1", "\r=1", "=HYPERLINK(\"http://e\")"])
def test_exported_texts_are_never_formulas(text):
    """Names of organizations and statements of nominations go through the same two writers; both are read back."""
    assert neutral(text) == f"'{text}"
    content = csv_bytes(("名称", "基本情况"), [(text, f"第一行\n{text}"), ("东溪村", text)]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows[1:] == [[f"'{text}", f"第一行\n{text}"], ["东溪村", f"'{text}"]]
    assert clean(rows[1][0]) == text.strip()
    sheet = hostile_office.parts(xlsx_bytes("名单", ("名称",), [(text,)]))["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet
