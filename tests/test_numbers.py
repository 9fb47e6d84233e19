"""Numbers: every way of writing gives the value back, nothing blows up, wraps change nothing."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from zhfacts import extract, knowledge
from zhfacts.numbers.counts import Physical
from zhfacts.numbers.digits import digits
from zhfacts.numbers.scan import find

CN = "零一二三四五六七八九"
SMALL = ["", "十", "百", "千"]


def chinese(n: int) -> str:
    """A whole number in plain Chinese, written by hand for the tests: 10300 -> 一万零三百."""
    if n == 0:
        return "零"
    sections, text = [], ""
    while n:
        sections.append(n % 10000)
        n //= 10000
    for i in range(len(sections) - 1, -1, -1):
        section = sections[i]
        if section == 0:
            continue
        if text and (section < 1000 or sections[i + 1] == 0):
            text += "零"
        text += _section(section) + ["", "万", "亿", "万亿"][i]
    return text


def _section(n: int) -> str:
    text, gap = "", False
    for power in range(3, -1, -1):
        digit = n // 10**power % 10
        if digit:
            text += ("零" if gap and text else "") + CN[digit] + SMALL[power]
        gap = not digit
    return text


def value(text: str) -> Decimal | None:
    (number,) = find(text)
    return number.value


@given(st.integers(1, 10**12 - 1))
def test_chinese_numerals_come_back(n: int) -> None:
    assert value(f"投资{chinese(n)}美元") == n


@given(st.integers(0, 10**15), st.integers(0, 6))
def test_arabic_numerals_come_back(n: int, places: int) -> None:
    exact = Decimal(n).scaleb(-places)
    assert value(f"投资{exact:f}美元") == exact
    assert value(f"投资{exact:,f}美元") == exact


@given(st.integers(1, 99999), st.sampled_from(["万", "亿", "万亿", "千万", "百万"]), st.integers(0, 3))
def test_mixed_numerals_come_back(n: int, scale: str, places: int) -> None:
    factor = {"万": 10**4, "亿": 10**8, "万亿": 10**12, "千万": 10**7, "百万": 10**6}[scale]
    exact = Decimal(n).scaleb(-places)
    assert value(f"投资{exact:f}{scale}美元") == exact * factor


@given(st.integers(1, 9999), st.integers(0, 2), st.data())
def test_a_wrap_at_any_character_changes_nothing(n: int, places: int, data: st.DataObject) -> None:
    written = f"{Decimal(n).scaleb(-places):f}万亿元"
    text = f"今年以来全省规模以上工业企业实现营业收入{written}，比上年有所增加。"
    at = data.draw(st.integers(21, 21 + len(written)))
    plain, wrapped = extract(text), extract(text[:at] + "\n" + text[at:])
    assert [(f.kind, f.value, f.unit, f.bound) for f in wrapped] == [(f.kind, f.value, f.unit, f.bound) for f in plain]


@pytest.mark.parametrize(
    "text",
    ["1" * 10**6, "亿" * 10**5, "一" * 10**5, "1," * 10**5, "1 " * 10**5, "（" * 10**5, "1-" * 10**5, "5%、" * 30000,
     "2023年" * 30000, "1.2" * 10**5, "百分之" * 50000, "约" * 10**5, "3月" * 50000, "$" * 10**5, "占" * 10**5,
     "《" * 10**5, "同比增长" * 30000 + "5%", "1至" * 50000 + "5%"],
    ids=lambda t: t[:6],
)  # fmt: skip
def test_long_runs_end(text: str) -> None:
    """No pattern blows up; a slow one would hang here (CI has a time limit, the test has no clock)."""
    for fact in extract(text):
        assert text[fact.start : fact.end] == fact.surface


@settings(max_examples=300)
@given(
    st.text(
        alphabet="一二三十百千万亿点几多余半约近超占比较增降至到的0123456789.,%‰"
        "成折元美年月日季度前第、—~-（）()《》，。 \n$个倍强翻番",
        max_size=60,
    )
)
def test_any_text_gives_facts_that_slice(text: str) -> None:
    facts = extract(text)
    for fact in facts:
        assert text[fact.start : fact.end] == fact.surface
        assert fact.low is None or fact.high is None or fact.low <= fact.high
    for above, below in itertools.pairwise(facts):
        assert above.end <= below.start


def test_every_numeral_row_is_in_the_pattern() -> None:
    assert all(regex.fullmatch(digits().pattern, c) for c in digits().scale if c not in "廿卅")


def test_exact_is_without_float_noise() -> None:
    facts = extract("投资0.1亿元、1.1亿元和123456789012345678.123456美元。")
    assert [str(f.exact) for f in facts] == ["10000000", "110000000", "123456789012345678.123456"]


def test_ucum_codes_are_of_ucum() -> None:
    """Every code in units.csv parses by UCUM's grammar, and pint knows what it is (ucumvert, for tests only)."""
    from ucumvert import get_ucum_parser

    parser = get_ucum_parser()
    rows = knowledge.table("numbers/counts/units.csv", Physical)
    assert len(rows) > 50
    for row in rows:
        if row.ucum:
            parser.parse(row.ucum)


def test_physical_units_carry_their_code() -> None:
    facts = extract("装机16兆瓦，长5公里，温度68℃，共45个。")
    assert [(f.unit, f.unit_ucum) for f in facts] == [("兆瓦", "MW"), ("公里", "km"), ("℃", "Cel"), ("个", None)]


MULTIPLES = [
    ("产量增长1倍。", 1, 2, "up"),
    ("产量增长2倍。", 2, 3, "up"),
    ("产量增至3倍。", 3, 3, None),
    ("产量是远岚集团的1.3倍。", 1.3, 1.3, None),
    ("产量翻一番。", 2, 2, "up"),
    ("产量翻两番。", 4, 4, "up"),
]


@pytest.mark.parametrize(("text", "value_", "ratio", "change"), MULTIPLES)
def test_multiples_are_told_apart(text: str, value_: float, ratio: float, change: str | None) -> None:
    (fact,) = extract(text)
    assert (fact.value, fact.ratio, fact.change) == (value_, ratio, change)


FINANCIAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


@given(st.integers(1, 10**12 - 1))
def test_financial_capitals_come_back(n: int) -> None:
    assert value(f"投资{chinese(n).translate(FINANCIAL)}美元") == n


@given(st.integers(0, 10**12), st.integers(0, 4))
def test_full_width_digits_come_back(n: int, places: int) -> None:
    exact = Decimal(n).scaleb(-places)
    (fact,) = extract(f"投资{exact:f}美元".translate(WIDE))
    assert fact.exact == exact


@given(st.integers(1000, 2099))
def test_years_in_chinese_digits_come_back(n: int) -> None:
    written = "".join("〇一二三四五六七八九"[int(c)] for c in str(n))
    (fact,) = extract(f"公司成立于{written}年。")
    assert (fact.kind, fact.value) == ("year", n)


@given(st.integers(1, 99), st.integers(1, 9))
def test_shares_in_words_come_back(n: int, tenths: int) -> None:
    assert value(f"份额为百分之{chinese(n)}点{CN[tenths]}") == Decimal(f"{n}.{tenths}")
    assert value(f"约{CN[tenths]}成的订单") == tenths * 10
