"""The tag library on its own: words of outcomes, numbers as people read them, drawings, links."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils.html import strip_tags

from reports.templatetags import biaogan, drawings, numbers
from reports.templatetags.wording import OUTCOMES, outcome_words
from tests.reports.gallery import entries


def tag(source, **context):
    return Template("{% load biaogan %}" + source).render(Context(context))


def test_outcome_chips_carry_words_and_shapes():
    chips = {outcome: tag("{% outcome_chip o %}", o=outcome) for outcome in OUTCOMES}
    assert {outcome: strip_tags(chip) for outcome, chip in chips.items()} == {
        "awarded": "授予",
        "tied_at_cut": "并列淘汰",
        "over_quota": "超出名额",
        "below_threshold": "低于标准",
        "vetoed": "一票否决",
        "unscored": "未评",
        "ineligible": "不符合条件",
        "unmet": "未满足前置条件",
        "reserve": "候补",
        "rated": "已评定",
        "not_rated": "只考核",
    }
    assert len({re.search(r'<path d="([^"]+)"', chip).group(1) for chip in chips.values()}) == len(OUTCOMES)


def test_outcome_without_words_is_refused():
    with pytest.raises(KeyError, match="no words for outcome 'lost'"):
        outcome_words("lost")


def test_filters_keep_zeros_and_the_fixed_order():
    rows = biaogan.outcome_filters({"below_threshold": 4, "awarded": 9}, "awarded")
    assert [(row["label"], row["count"], row["pressed"]) for row in rows] == [
        ("全部", 13, False),
        ("授予", 9, True),
        ("并列淘汰", 0, False),
        ("超出名额", 0, False),
        ("低于标准", 4, False),
        ("一票否决", 0, False),
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("7.3", "+7.30"),
        (Decimal("-0.5"), "−0.50"),
        (0, "0.00"),
        ("-0.004", "0.00"),
        ("0.005", "+0.01"),
        (None, "—"),
        (Fraction(-1, 3), "−0.33"),
    ],
)
def test_signed_shows_sign_and_decimals(value, shown):
    assert numbers.signed(value, 2) == shown


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [(997000, "99.7 万元"), ("3300000", "330 万元"), (0, "0 万元"), (None, "—"), ("12345.67", "1.234567 万元")],
)
def test_wan_is_exact_and_has_no_needless_zeros(yuan, shown):
    assert numbers.wan(yuan) == shown


def test_missing_is_a_dash_and_zero_is_not():
    assert [numbers.missing(value) for value in (None, "", 0, "0")] == ["—", "—", 0, "0"]
    assert [drawings.heat_class(value, 5) for value in (None, 0, 1, 2, 5, 9)] == ["hn", "h0", "h1", "h2", "h5", "h5"]


def test_percent_rounds_half_up_on_the_line():
    assert [numbers.percent(Fraction(8, 17)), numbers.percent(Decimal("0.40005")), numbers.percent(None)] == [
        "47.06%",
        "40.01%",
        "—",
    ]


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="not a number: '两人'"):
        numbers.fixed("两人")


def test_rank_says_shared_on_the_left():
    assert (
        tag("{% rank 10 True %}|{% rank 2 False %}|{% rank None %}")
        == '<span class="tie">并列</span><b>10</b>|<b>2</b>|—'
    )


def test_change_is_spoken_in_full():
    assert [strip_tags(tag("{% change n since %}", n=n, since="2021 年")) for n in (7, -4, 0, None)] == [
        "▲7较2021 年升 7 位",
        "▼4较2021 年降 4 位",
        "与2021 年持平",
        "—2021 年未参评",
    ]


def test_unknown_icon_or_light_is_an_error_of_the_template():
    for source in ('{% icon "dragon" %}', '{% light "blue" "好" %}'):
        with pytest.raises(TemplateSyntaxError, match=r"no (icon|light)"):
            tag(source)


def test_bar_stays_within_its_ground_and_has_no_style():
    widths = [
        re.findall(r'<rect class="v [^"]*" width="([^"]+)"', tag("{% bar v 74 %}", v=value))[0]
        for value in (66, 0, 90, -3, None)
    ]
    assert widths == ["89.2%", "0.0%", "100.0%", "0.0%", "0%"]


def test_squares_put_the_pole_after_the_quota_and_say_so():
    drawn = tag("{% squares entries 10 %}", entries=entries())
    cells = re.findall(r'<i class="(q [a-z_]+|pole)"', drawn)
    assert (len(cells), cells.index("pole")) == (18, 10)
    assert "9 家授予，2 家并列淘汰，2 家超出名额，4 家低于标准；名额线在第 10 名之后" in drawn


def test_sort_head_turns_round_and_forgets_the_page():
    request = RequestFactory().get("/?page=7&outcome=awarded&sort=score")
    risen = tag('{% sort_th "得分" "score" numeric=True %}{% sort_th "乡镇" "township" %}', request=request)
    assert re.findall(r'aria-sort="(\w+)"', risen) == ["ascending"]
    assert re.findall(r'href="([^"]+)"', risen) == [
        "?outcome=awarded&amp;sort=-score",
        "?outcome=awarded&amp;sort=township",
    ]
