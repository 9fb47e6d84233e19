"""Layout: the same facts however the text lies on the page, each at its exact place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traditional import pairs
from zhfacts import extract, flow, knowledge
from zhfacts.layout.blocks import LONGEST_SENTENCE, lay_out, sentences
from zhfacts.layout.normalise import TraditionalRow, characters, normalise
from zhfacts.read import from_text
from zhfacts.records import Fact

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
COLUMN = (
    "远岚集团董事长林岸在年会上表示，去年公司的营业收入达到57.84亿元，比上年增长8.7%，"
    "其中海外市场贡献了三成以上，主要客户分布在墨西哥、越南等12个国家和地区，订单已经排到明年6月。"
)


def said(facts: list[Fact]) -> list[tuple[object, ...]]:
    return [(f.kind, f.value, f.low, f.high, f.unit, f.bound, f.change, f.when, f.subject, f.attribute) for f in facts]


@pytest.mark.parametrize("width", range(15, 61))
def test_rewrapping_changes_no_fact(width: int) -> None:
    lines = [COLUMN[i : i + width] for i in range(0, len(COLUMN), width)]
    assert said(extract("\n".join(lines))) == said(extract(COLUMN))


@pytest.mark.parametrize("path", SEEDS, ids=lambda p: p.stem)
@pytest.mark.parametrize("change", ["crlf", "cr", "bom", "gb18030", "utf-16", "wide digits", "spaces"], ids=lambda c: c)
def test_writing_changes_no_fact(path: Path, change: str, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wide = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
    forms = {
        "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(),
        "bom": text.encode("utf-8-sig"),
        "gb18030": text.encode("gb18030"),
        "utf-16": text.encode("utf-16"),
        "wide digits": text.translate(wide).encode(),
        "spaces": text.replace("%", " %").replace("亿", " 亿").encode(),
    }
    other = tmp_path / path.name
    other.write_bytes(forms[change])
    before, after = (said(list(flow.extract_file("", p, flow.Settings()).facts)) for p in (path, other))
    if change in ("wide digits", "spaces"):  # words of the text are then written differently too
        before, after = ([row[:-2] for row in rows] for rows in (before, after))
    assert after == before


@given(st.lists(st.text(alphabet="中文数字12 。，a\u3000（）", max_size=30), max_size=12))
def test_every_logical_character_is_the_one_in_the_file(lines: list[str]) -> None:
    text = "\n".join(lines)
    document, blocks = lay_out(from_text(text))
    for block in blocks:
        for i, c in enumerate(block.text):
            at = block.origin.at(i)
            assert normalise(text[at])[0] == c or (c == " " and (text[at].isspace() or text[at - 1 : at + 1]))
    assert "".join(line.text for line in document.lines) == text.replace("\n", "")


def test_normalise_keeps_places() -> None:
    text = " 增 长 １２．３％ foo  bar "
    read, pieces = normalise(text)
    assert read == "增长12.3% foo bar"
    assert "".join(text[a:b] for a, b in pieces) == "增长１２．３％ foo bar"


def test_traditional_characters_are_read_as_opencc_has_them() -> None:
    """The table is as `make traditional` writes it, and what a character is read as is read as itself."""
    opencc = pytest.importorskip("opencc", reason="pip install opencc-python-reimplemented")
    theirs = (Path(opencc.__file__).parent / "dictionary/TSCharacters.txt").read_text("utf-8")
    ours = knowledge.table("layout/normalise/traditional.csv", TraditionalRow)
    assert [(row.word, row.value) for row in ours] == pairs(theirs)
    assert all(row.word != row.value for row in ours)
    assert all(normalise(value) == (value, [(0, 1)]) for value in characters().values() if value.isalpha())
    assert normalise("臺灣後視鏡約３萬個")[0] == "台湾后视镜约3万个"


@pytest.mark.parametrize(
    "between", ["\n\n- 12 -\n\n", "\n- 12 -\n", "\n— 12 —\n\f", "\n第12页 共30页\n", "\n\n12\n\n\f"]
)
def test_page_furniture_inside_a_number_is_left_out(between: str) -> None:
    wrapped = "\n".join(COLUMN[at : at + 31] for at in range(0, len(COLUMN), 31))
    text = (
        wrapped
        + "\n今年公司的营业收入合计达到57"
        + between
        + "84亿元，比去年同期有所增加，订单已经排到明年，超过预期。"
    )
    last = [f for f in extract(text) if f.kind == "money"][-1]
    assert (last.value, "".join(last.surface.split())) == (5784e8, "5784亿元")


def test_contact_lines_and_references_give_no_facts() -> None:
    text = "电话：010-55550123\n邮编：100048\n\n参考文献：\n[1]林岸. 港口论[J]. 航运, 2021(4):12-18.\n"
    assert extract(text) == []


def test_sentences_are_cut_where_they_are_endless() -> None:
    text = "增长5%，" * 2000
    spans = list(sentences(text))
    assert "".join(text[a:b] for a, b in spans) == text
    assert max(b - a for a, b in spans) <= LONGEST_SENTENCE


def test_articles_keep_their_subjects_apart() -> None:
    text = "本报讯 墨西哥出口增长5%。\n（林岸）\n\n本报讯 价格上涨6%。\n（周舟）\n"
    assert [f.subject for f in extract(text)] == ["墨西哥", None]


def test_a_caption_of_several_lines_is_known_by_its_last() -> None:
    text = "远岚集团的车间面积达到8600平方米，\n每小时可以检测芯片2万只。\n柳汀 摄\n\n远岚集团营收3亿元。"
    document, _ = lay_out(from_text(text))
    roles = [line.role for line in document.lines]
    assert roles[:3] == ["caption"] * 3
    assert roles[-1] == "body"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("57\n84亿元", 5784e8),
        ("5784\n亿元的收入", 5784e8),
        ("8.\n7%", 8.7),
        ("增幅8\n.7%", 8.7),
        ("1.2万\n亿元", 1.2e12),
        ("单价涨到2\n.8万元", 28000),
    ],
)
def test_a_number_cut_by_a_line_end_is_whole_even_by_itself(text: str, value: float) -> None:
    assert [f.value for f in extract(text)] == [value]


def test_a_page_number_above_a_number_stays_one() -> None:
    assert [f.value for f in extract("出口增长很快，达到新高。\n12\n2023年出口3亿元。")] == [2023, 3e8]


def test_a_latin_word_cut_by_a_wrap_is_whole() -> None:
    known = "远岚集团选用OpenKite系统。\n\n今年二月，集团在两个厂区里试用了Open\nKite系统，增长5%。"
    assert "OpenKite系统，增长" in extract(known)[-1].quote
    lone = "远岚集团在松山省和沅州省的两个工业园累计吸引外资 3 billio\nn 美元，增长5%。"
    assert "3 billion 美元" in extract(lone)[-1].quote
    words = "集团把样机运到了新加坡并在当地办起了Open\nHouse活动，增长5%。"
    assert "Open House活动" in extract(words)[-1].quote


def test_text_cut_after_a_number_of_characters_is_read_as_it_was() -> None:
    text = "远岚集团 2023 年营收 3 亿元，新增产线 12 条，员工增至 2000 人，海外收入占比 1/4，出口 45 个国家。"
    cut = "\n".join(text[i : i + 15] for i in range(0, len(text), 15))
    assert [(f.value, f.unit) for f in extract(cut)] == [(f.value, f.unit) for f in extract(text)]


def test_letters_set_apart_are_words_again_but_for_the_surface() -> None:
    facts = extract("高 技 术 产 业 实 际 使 用 外 资 金 额 为 37.3 亿 元，占 全 国 外 资 的 12%。")
    assert [(f.surface, f.subject) for f in facts] == [("37.3 亿 元", "高技术产业"), ("12%", "高技术产业")]
    assert (facts[0].attribute, facts[1].basis) == ("实际使用外资金额", "全国外资")
    latin = extract("集团把样机运到了新加坡并在当地办起了展览，松山公司的Open\nHouse访客数达到3万人。")
    assert (latin[0].subject, latin[0].attribute) == ("松山公司", "Open House访客数")
