"""The pieces pages are made of: drawn once with realistic figures, then read as a person and as a browser would."""

import re
from itertools import product
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.html import strip_tags

from reports.templatetags.icons import ICONS
from reports.templatetags.wording import OUTCOMES
from tests.reports.gallery import draw, gallery, work_context

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


# --- tokens ---------------------------------------------------------------------------------------------------------


def tokens(selector):
    css = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", css, re.S | re.M).group(1)
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", block))


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


SURFACES = ("paper", "surface", "sunken")
TEXT = ("ink", "ink-2", "ink-3", "accent", "ok", "warn", "bad", "idle", "info")
PAIRS = (
    *product(TEXT, SURFACES),
    *((state, f"{state}-tint") for state in ("ok", "warn", "bad", "idle", "info")),
    *(("ink-2", tint) for tint in ("idle-tint", "accent-tint")),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("surface", "ink"),
    ("on-light", "h1"),
    ("on-light", "h2"),
    ("on-light", "h3"),
    ("on-dark", "h4"),
    ("on-dark", "h5"),
)


@pytest.mark.parametrize("theme", [":root", ".theme-hall"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_contrast_of_text_is_at_least_four_and_a_half(theme, ink, ground):
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", [":root", ".theme-hall"])
def test_contrast_of_controls_and_focus_is_at_least_three(theme):
    colours = tokens(theme)
    assert min(contrast(colours[edge], colours[ground]) for edge, ground in product(("line-3", "focus"), SURFACES)) >= 3


def test_stylesheets_use_no_colour_that_is_no_token():
    strays = {}
    for sheet in (ROOT / "static/css").glob("*.css"):
        if sheet.name not in ("tokens.css", "print.css"):
            found = set(
                re.findall(
                    r"#[0-9a-fA-F]{3,8}\b", re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
                )
            )
            strays[sheet.name] = sorted(found - {"#fff"})
    assert {name: found for name, found in strays.items() if found} == {}


# --- templates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_template_keeps_the_content_security_policy(template):
    source = template.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", source) == []
    assert [script for script in re.findall(r"<script\b[^>]*>", source) if " src=" not in script] == []


def test_icons_used_in_templates_exist():
    used = {
        name
        for template in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text(encoding="utf-8"))
    }
    assert used - set(ICONS) == set()
    assert {words.icon for words in OUTCOMES.values()} <= set(ICONS)


def test_styleguide_draws_every_component():
    drawn = {path.name for path in (ROOT / "templates/components").glob("*.html")}
    reached, waiting = set(), ["styleguide.html"]
    while waiting:
        name = waiting.pop()
        source = (ROOT / "templates" / name).read_text(encoding="utf-8")
        found = set(re.findall(r'(?:include|extends) "([^"]+)"', source)) - reached
        reached |= found
        waiting += found
    by_tags = {"pagination.html", "chart.html", "errors.html"}
    assert drawn - {Path(name).name for name in reached} == by_tags


def test_styleguide_has_no_style_attribute_and_unique_ids():
    page = draw()
    assert "style=" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(each for each in set(ids) if ids.count(each) > 1) == []


def test_styleguide_references_only_ids_that_exist():
    page = draw()
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    named_by = re.findall(r'aria-(?:labelledby|describedby|controls)="([^"]+)"', page)
    assert {each for value in named_by for each in value.split()} - ids == set()


def test_static_files_named_in_templates_exist():
    names = {
        name
        for template in TEMPLATES
        for name in re.findall(r"{% static '([^']+)' %}", template.read_text(encoding="utf-8"))
    }
    assert sorted(name for name in names if not finders.find(name)) == []


@pytest.mark.parametrize("layout", ["county", "leader", "plain"])
def test_base_has_one_main_one_h1_and_a_skip_link(layout):
    page = draw(context=gallery(layout))
    assert (page.count("<main"), page.count("<h1"), page.count('href="#main"')) == (1, 1, 1)
    assert page.count('<nav class="side"') == (layout == "county")
    assert page.count('<nav class="tn"') == (layout == "leader")


def test_base_signs_out_only_by_post():
    page = draw()
    forms_found = re.findall(
        r'<form method="post" action="([^"]+)"><input type="hidden" name="csrfmiddlewaretoken"', page
    )
    assert forms_found[:3] == ["/a/switch/2/", "/a/signout_everywhere/", "/a/signout/"]


def test_base_shows_the_demo_strip_only_for_demo_data():
    context = gallery()
    assert "演示数据，分值为合成" in draw(context=context)
    context["shell"]["demo"] = False
    assert "演示数据" not in draw(context=context)


# --- components ---


def test_pagination_keeps_the_other_parameters():
    page = draw()
    assert "本页第 121 至 140 家" in page
    assert 'href="?outcome=awarded&amp;page=8" rel="next"' in page


def test_form_keeps_values_and_ties_errors_to_fields():
    page = draw()
    assert 'value="李埠村"' in page
    assert 'aria-describedby="id_members_error"' in page and 'id="id_members_error"' in page
    assert "没有保存，请先改好下面 3 处" in page


def test_problem_table_says_nothing_was_written():
    text = strip_tags(draw(template="components/problems.html", context=work_context()))
    assert all(
        part in text for part in ("有 2 处问题", "未写入任何数据", "第 12 行", "莲花乡", "改为“莲花镇”", "（空）")
    )


def test_running_job_can_be_left_and_stopped_and_asks_again():
    page = draw()
    assert all(part in page for part in ("127 / 330", "可离开本页，完成后通知", "停止任务", 'hx-get="/jobs/1/"'))
    assert page.count("hx-trigger") == 1


@pytest.mark.parametrize("status", [400, 403, 404, 500, "csrf"])
def test_error_page_needs_neither_request_nor_shell(status):
    bare = strip_tags(render_to_string(f"errors/{status}.html", {"request_id": "7f3a"}))
    said = render_to_string(
        f"errors/{status}.html", {"title": "停一停", "message": "<b>出事了</b>", "remedy": "再来", "request_id": ""}
    )
    assert "7f3a" in bare and len(re.findall(r"[\u4e00-\u9fff]+。", bare)) >= 2
    assert "停一停" in said and "&lt;b&gt;出事了" in said and "编号" not in strip_tags(said)


def test_signin_keeps_the_account_and_shows_the_reason():
    class SigninForm(forms.Form):
        username = forms.CharField()
        password = forms.CharField()

        def clean(self):
            raise forms.ValidationError("账号或密码不对。还可再试 3 次，之后锁定 15 分钟。")

    page = draw(
        "accounts/signin.html",
        {"form": SigninForm({"username": "limin", "password": "geheim-123"}), "unit": "建德市委组织部"},
    )
    assert 'value="limin"' in page and "geheim-123" not in page
    assert '<p class="err">账号或密码不对。还可再试 3 次，之后锁定 15 分钟。</p>' in page
