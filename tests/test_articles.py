"""Pages cut into articles: whose heading a line stands under, and that nothing leaks from one to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

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
