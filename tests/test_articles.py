"""Pages cut into articles: whose heading a line stands under, and that nothing leaks from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhfacts
from conftest import Command
from zhfacts.layout.blocks import lay_out
from zhfacts.read import from_text

PAGE = """本报讯 远岚集团近日公布，去年机床出口额增长8.7%，海外客户超过300家，订单排到年底。

（林岸）

本报讯 青梧县上半年接待游客120万人次，同比增长15%，旅游收入突破9亿元，民宿入住率提高。

（周舟）
远岚集团机床出口额增长8.7%

青梧县上半年接待游客120万人次
"""
MAGAZINE = """让旧厂房活起来
■ 本报记者 林岸

厂房改造投入3亿元，引来45家企业。

招商先招人

园区去年新增岗位1200个。

茶山添了新生意
■ 本报记者 顾长棠

茶园面积扩大到2.4万亩。
"""


def laid(text: str) -> list[tuple[str, int, str | None]]:
    """(line, article, heading) of every line that is not blank."""
    document, _ = lay_out(from_text(text))
    return [(x.text, document.article_of(x), document.heading_of(x)) for x in document.lines if x.text.strip()]


def test_a_headline_behind_its_body_is_found_by_its_words() -> None:
    first, second = "远岚集团机床出口额增长8.7%", "青梧县上半年接待游客120万人次"
    found = laid(PAGE)
    assert [(article, heading) for _, article, heading in found[:4]] == [
        (1, first), (1, first), (2, second), (2, second)
    ]  # fmt: skip
    assert found[4:] == [(first, 1, None), (second, 2, None)]


def test_a_headline_above_a_byline_opens_an_article() -> None:
    assert [(article, heading) for _, article, heading in laid(MAGAZINE)] == [
        (1, None), (1, "让旧厂房活起来"), (1, "让旧厂房活起来"), (1, None), (1, "招商先招人"),
        (2, None), (2, "茶山添了新生意"), (2, "茶山添了新生意"),
    ]  # fmt: skip


def test_facts_carry_article_and_heading() -> None:
    facts = zhfacts.extract(MAGAZINE)
    assert [(f.surface, f.article, f.heading, f.page) for f in facts] == [
        ("3亿元", 1, "让旧厂房活起来", None),
        ("45家", 1, "让旧厂房活起来", None),
        ("1200个", 1, "招商先招人", None),
        ("2.4万亩", 2, "茶山添了新生意", None),
    ]


def test_an_open_paragraph_does_not_run_into_the_next_article() -> None:
    text = "远岚集团的机床出口继续保持增长，订单已经排到了明年的春天而且还在\n（林岸）\n增长8.7%的是青梧县的旅游收入。"
    assert [f.article for f in zhfacts.extract(text)] == [2]
    assert "林岸" not in zhfacts.extract(text)[0].quote


@pytest.mark.parametrize(
    "text", ["", "\n\n", "■ 本报记者 林岸", "（林岸）", "——副题\n（林岸）\n——副题", "本报讯 增长5%。"]
)
def test_every_line_has_an_article_whatever_there_is(text: str) -> None:
    document, _ = lay_out(from_text(text))
    assert len(document.articles) == len(document.headings) == len(document.lines)
    assert set(document.articles) <= {1, 2}


def test_articles_take_linear_time() -> None:
    text = "远岚集团出口增长\n（林岸）\n本报讯 出口增长8.7%。\n" * 3000
    document, _ = lay_out(from_text(text))
    assert max(document.articles) == 3000


def test_roles_widen_what_gives_facts(tmp_path: Path, command: Command) -> None:
    path = tmp_path / "a.txt"
    path.write_text("出口增长8.7%。\n\n电话：010-55550123 每分钟3元\n", "utf-8")
    assert [*zhfacts.run(path, tmp_path / "one").facts["surface"]] == ["8.7%"]
    ended = command("extract", path, "--out", tmp_path / "two", "--roles", "contact")
    assert ended.code == 0
    assert [*zhfacts.load(tmp_path / "two").facts["surface"]] == ["8.7%", "3元"]
    wrong = command("extract", path, "--out", tmp_path / "three", "--roles", "kontakt")
    assert wrong.code == 2
    assert "no role 'kontakt'; roles are body, heading" in wrong.err


PLANT = (
    "远岚集团2019年机床出口额达到57.84亿元，比上年增长8.7%，海外客户超过300家，订单已经排到明年六月。"
    "集团计划在越南再建一座工厂，总投资约3亿元，预计2026年投产，届时海外产能将占到四成以上。"
)
COUNTY = (
    "青梧县上半年接待游客120万人次，同比增长15%，旅游综合收入突破9亿元。县里新修了乡村公路45公里，"
    "民宿入住率提高6个百分点，带动两千多户农民增收，预计全年接待量可达到260万人次左右。"
)
PROVINCE = "沅州省今年新建高铁320公里，总投资450亿元，沿线28个县受益，其中山区县占六成，建成后省会到边境只要两小时。"
HEADS = (["远岚集团机床畅销海外", "■ 本报记者 林岸"], ["青梧县旅游迎来旺季", "■ 本报记者 周舟"])
CAPTION = "图为沅州省的车间，年产量30万台，产品销往十多个国家和地区。林岸 摄"
NARROW = "图为车间。林岸 摄"
ADVERT = ["扫码预约 全场8折", "电话：010-55550123"]


def column(text: str, width: int, head: Sequence[str] = ()) -> list[str]:
    return [*head, *(text[i : i + width] for i in range(0, len(text), width))]


def woven(*columns: list[str]) -> list[str]:
    """Lines of columns that take turns, as text lifted from a page row by row has them."""
    return [line for row in zip_longest(*columns) for line in row if line is not None]


def bodies(lines: list[str]) -> list[tuple[int, str]]:
    """(article, text) of every paragraph."""
    return [(b.article, b.text) for b in lay_out(from_text("\n".join(lines)))[1] if b.role == "body"]


@pytest.mark.parametrize("widths", [(18, 18), (22, 16), (15, 27), (20, 20), (19, 21)], ids=str)
@pytest.mark.parametrize("indent", ["", "\u3000\u3000"], ids=["flush", "indented"])
def test_columns_that_take_turns_are_read_one_after_the_other(widths: tuple[int, int], indent: str) -> None:
    lines = woven(column(indent + PLANT, widths[0], HEADS[0]), column(indent + COUNTY, widths[1], HEADS[1]))
    assert bodies(lines) == [(1, PLANT), (2, COUNTY)]
    found = {(article, heading) for _, article, heading in laid("\n".join(lines)) if heading}
    assert found == {(1, HEADS[0][0]), (2, HEADS[1][0])}
    document, _ = lay_out(from_text("\n".join(lines)))
    assert [line.text for line in document.lines] == lines
    assert [line.role for line in document.lines[:4]] == ["heading", "heading", "byline", "byline"]


@pytest.mark.parametrize("width", range(15, 30))
def test_articles_that_begin_with_datelines_take_turns_in_three_columns(width: int) -> None:
    texts = [f"本报讯{text}" for text in (PLANT, COUNTY, PROVINCE)]
    lines = woven(*(column(text, width) for text in texts))
    assert bodies(["远岚日报", "", *lines, "", "另一篇没有署名。"])[:3] == list(enumerate(texts, 1))


@pytest.mark.parametrize("width", [18, 22])
def test_nothing_leaks_from_one_column_into_the_other(width: int) -> None:
    lines = woven(column(PLANT, width, HEADS[0]), column(COUNTY, width + 3, HEADS[1]))
    pages = ["\n".join(column(PLANT, width, HEADS[0])), "\n".join(column(COUNTY, width + 3, HEADS[1]))]
    alone = [f for page in pages for f in zhfacts.extract(page)]
    wanted = {f.surface: (f.subject, f.attribute, f.period_start, f.date_start, f.quote) for f in alone}
    facts = [f for f in zhfacts.extract("\n".join(lines)) if f.surface in wanted]
    assert len(facts) >= 10
    for f in facts:
        assert (f.subject, f.attribute, f.period_start, f.date_start, f.quote) == wanted[f.surface]


@pytest.mark.parametrize("between", [[CAPTION], ADVERT, [CAPTION, *ADVERT]], ids=["caption", "advert", "both"])
@pytest.mark.parametrize("at", [4, 6, 7, 9])
def test_a_caption_or_an_advert_between_belongs_to_neither_column(between: list[str], at: int) -> None:
    lines = woven(column(f"本报讯 {PLANT}", 20), column(f"本报讯 {COUNTY}", 20))
    lines[at:at] = between
    assert bodies(lines) == [(1, f"本报讯{PLANT}"), (2, f"本报讯{COUNTY}")]
    told = [(f.surface, f.article, f.subject, f.period_start) for f in zhfacts.extract("\n".join(lines))]
    assert {each for each in told if each[0] == "30万台"} <= {("30万台", 3, "沅州省", None)}


@pytest.mark.parametrize("at", [2, 3, 4])
def test_a_caption_in_one_column_keeps_the_turns_of_the_other(at: int) -> None:
    plant, county = column(f"本报讯 {PLANT}", 20), column(f"本报讯 {COUNTY}", 20)
    for first, second in (
        ([*plant[:at], NARROW, *plant[at:]], county),
        (plant, [*county[:at], NARROW, *county[at:]]),
    ):
        assert bodies(woven(first, second)) == [(1, f"本报讯{PLANT}"), (2, f"本报讯{COUNTY}")]


def test_signatures_end_the_columns_they_stand_in() -> None:
    lines = woven([*column(f"本报讯{PLANT}", 20), "（林岸）"], [*column(f"本报讯{COUNTY}", 20), "（周舟）"])
    assert bodies(lines) == [(1, f"本报讯{PLANT}"), (2, f"本报讯{COUNTY}")]
    assert {text: article for text, article, _ in laid("\n".join(lines))}["（林岸）"] == 1


@pytest.mark.parametrize("width", range(15, 31))
@pytest.mark.parametrize("indent", ["", "\u3000\u3000"], ids=["flush", "indented"])
def test_two_authors_of_one_column_do_not_part_it(width: int, indent: str) -> None:
    text = PLANT + COUNTY
    lines = column(indent + text, width, ["■ 本报记者 林岸", "本报通讯员 周舟"])
    assert [text for _, text in bodies(lines)] == [text]


def test_short_reports_of_whole_lines_are_not_parted() -> None:
    lines = [f"本报讯 {text}" for text in (PLANT, COUNTY, PROVINCE)]
    assert bodies(lines) == list(enumerate([line.replace(" ", "") for line in lines], 1))


PARTS = (
    "■ 本报记者 林岸|■ 本报记者 周舟|本报讯 远岚集团出口增长|　　本报讯 青梧县游客|（林岸）|（周舟）|||"
    "图为车间。林岸 摄|扫码预约 全场8折|"
    "出口额达到57|84亿元，比上年增长8.7%，海外客户超过三百|家。|"
    "“四个中心|”落到项目上，收入3亿元，继续向好的|——副题|青梧县旅游|甲\t5|乙\t7|"
    "2019年|（上接第8页）|　　|，"
)


@given(st.lists(st.sampled_from(PARTS.split("|")), max_size=16))
def test_no_line_is_lost_and_no_paragraph_goes_back_whatever_takes_turns(lines: list[str]) -> None:
    before = from_text("\n".join(lines))
    document, blocks = lay_out(before)
    assert [line.text for line in document.lines] == [line.text for line in before.lines]
    assert len(document.articles) == len(document.headings) == len(document.lines)
    assert all(list(block.origin.source) == sorted(block.origin.source) for block in blocks)


def test_columns_take_linear_time() -> None:
    lines = woven(column(f"本报讯{PLANT * 60}", 20), column(f"本报讯{COUNTY * 60}", 20))
    assert [article for article, _ in bodies(lines)] == [1, 2]


INNER = "青梧县旅游迎来旺季\n■ 本报记者 周舟\n{}青梧县上半年接待游客120万人次，同比增长15%。\n（周舟）\n"


@pytest.mark.parametrize("blank", ["", "\n"], ids=["close", "apart"])
def test_an_article_goes_on_behind_one_that_stands_in_its_midst(blank: str) -> None:
    head, rest = "远岚集团2019年机床出口额达到57.84亿元，比上年增长8.7%，海外", "客户超过300家，订单已经排到明年六月。"
    text = f"远岚集团机床畅销海外\n■ 本报记者 林岸\n{head}\n{blank}{INNER.format(blank)}{blank}{rest}\n"
    assert [(article, heading) for _, article, heading in laid(text)] == [
        (1, None), (1, "远岚集团机床畅销海外"), (1, "远岚集团机床畅销海外"),
        (2, None), (2, "青梧县旅游迎来旺季"), (2, "青梧县旅游迎来旺季"), (2, "青梧县旅游迎来旺季"),
        (1, "远岚集团机床畅销海外"),
    ]  # fmt: skip
    assert head + rest in [b.text for b in lay_out(from_text(text))[1]]
    facts = {f.surface: f for f in zhfacts.extract(text)}
    assert (facts["120万人次"].period_start, facts["300家"].article) == (None, 1)
    assert facts["300家"].subject != "青梧"


def test_what_follows_an_article_that_has_ended_is_not_the_one_before_it() -> None:
    whole = "远岚集团2019年机床出口额增长8.7%。"
    for end in ("", "◆"):
        text = f"■ 本报记者 林岸\n{whole}{end}\n\n{INNER.format('')}\n订单已经排到明年六月。\n"
        assert laid(text)[-1][1] == 3


@pytest.mark.parametrize("names", [("■ 本报记者 林岸\n\n", "■ 本报记者 周舟\n\n"), ("本报讯 ", "本报讯 ")])
def test_headlines_above_two_articles_go_to_the_one_that_says_their_words(names: tuple[str, str]) -> None:
    plant, county = "远岚集团机床出口额增长", "青梧县上半年游客增多"
    texts = ("远岚集团机床出口额达到57.84亿元，比上年增长8.7%。", "青梧县上半年接待游客120万人次，游客增多15%。")
    for heads in ((plant, county), (county, plant)):
        text = "\n\n".join([*heads, names[0] + texts[0], names[1] + texts[1]])
        told = [(article, heading) for line, article, heading in laid(text) if line not in heads]
        assert set(told) == {(1, plant), (2, county)}


def test_a_headline_right_above_its_byline_is_none_of_the_text_above() -> None:
    text = f"{PLANT[:60]}\n青梧县旅游迎来旺季\n■ 本报记者 周舟\n青梧县上半年接待游客120万人次。"
    assert bodies(text.split("\n")) == [(1, PLANT[:60]), (2, "青梧县上半年接待游客120万人次。")]
