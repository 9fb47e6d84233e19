"""Numbers and lines of HTML led back to the bytes of the file. All texts are invented."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

import zhfacts
from conftest import Command
from test_inputs import PAGE
from zhfacts import flow
from zhfacts.inputs import html, marks
from zhfacts.read import LIMITS
from zhfacts.records import Result
from zhfacts.tables.validate import validate

UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
SIGNS = dict.fromkeys(range(0xFDD0, 0xFDF0), "\ufffe")
"""The noncharacters of which marks are made; a page's own become another one."""
FORGED = "".join(map(chr, (0xFDD0, 0xFDD0, 0xFDD0, 0xFDD0, 0xFDD0, 0xFDD1)))


def extracted(folder: Path, raw: bytes) -> Result:
    path = folder / "page.html"
    path.write_bytes(raw)
    return flow.extract_file("page.html", path, flow.Settings())


def read(raw: bytes, encoding: str) -> str:
    """What a reader sees of a stretch of HTML, white space aside; written apart from the code that it checks."""
    return "".join(unescape(UNSEEN.sub("", raw.decode(encoding))).split())


def there(raw: bytes, row: Any, encoding: str = "utf-8") -> str:
    assert row.origin_start is not None, row
    return read(raw[row.origin_start : row.origin_end], encoding)


FORMS = [("utf-8", b""), ("utf-8", BOM_UTF8), ("gb18030", b""), ("big5hkscs", b"")]
FORMS += [("utf-16-le", BOM_UTF16_LE), ("utf-16-be", BOM_UTF16_BE)]


@pytest.mark.parametrize(("encoding", "mark"), FORMS)
def test_bytes_in_the_file_hold_the_number_with_its_tags(tmp_path, encoding, mark):
    text = "營收達5<b class='x>y'>7</b>8&#x34;&#20159;元&nbsp;,<!-- 9% --><i>增長8</i>.7%。"
    raw = mark + f"<meta charset={encoding.removesuffix('hkscs')}><p>　　{text}\n".encode(encoding)
    result = extracted(tmp_path, raw)
    places = [raw[f.origin_start : f.origin_end].decode(encoding) for f in result.facts]
    assert places == ["5<b class='x>y'>7</b>8&#x34;&#20159;元", "8</i>.7%"]
    assert result.document is not None and result.document.in_file is None
    first, blank = result.document.lines
    assert raw[first.origin_start : first.origin_end].decode(encoding) == f"　　{text}"
    assert (blank.origin_start, blank.origin_end) == (None, None)


def test_only_html_has_places_in_a_file(tmp_path):
    (tmp_path / "a.txt").write_text("增长8.7%", "utf-8")
    (fact,) = flow.extract_file("a.txt", tmp_path / "a.txt", flow.Settings()).facts
    assert (fact.origin_start, fact.origin_end) == (None, None)
    assert zhfacts.extract("增长8.7%")[0].origin_start is None


def test_tables_and_what_is_left_out(tmp_path):
    raw = PAGE.encode("gb18030")
    result = extracted(tmp_path, raw)
    assert result.document is not None and result.facts
    assert [f.surface for f in result.facts] == [there(raw, f, "gb18030") for f in result.facts]
    for line in result.document.lines:
        assert not line.text or there(raw, line, "gb18030") == "".join(line.text.split())


def test_a_page_of_broken_bytes_keeps_the_places_of_the_rest(tmp_path):
    raw = "<meta charset=utf-8><p>增长8.7%。".encode() + b"\xff\xe4" + "<p>下降".encode() + b"&#57;%<p>" + b"x" * 600
    raw += "<p>后来又增长３%。".encode()
    before, _, behind = extracted(tmp_path, raw).facts
    assert [there(raw, fact) for fact in (before, behind)] == ["8.7%", "３%"]


@pytest.mark.parametrize("name", ["utf-16", "utf-7", "hz", "undefined", "idna", "iso-2022-jp", "no such"])
def test_a_strange_word_for_the_encoding_gives_right_places_or_none(tmp_path, name):
    raw = f"<meta charset={name}><p>".encode() + "远岚集团增长8.7%，总投资3亿元。".encode("gb18030")
    result = extracted(tmp_path, raw)
    assert not [each for each in result.rejects if each.reason == "internal_error"]
    for fact in result.facts:
        assert fact.origin_start is None or there(raw, fact, "gb18030") == fact.surface


def test_text_that_the_parser_moves_has_no_place_or_its_own(tmp_path):
    raw = "<article><table>增长8%<tr><td>甲<table><tr><td>3%</td></tr>乙公司增长5%</table>".encode()
    for fact in extracted(tmp_path, raw).facts:
        assert fact.origin_start is None or there(raw, fact) == fact.surface


def test_marks_that_a_page_brings_along_lead_nowhere(tmp_path):
    references = "".join(f"&#x{ord(sign):x};" for sign in FORGED)
    decimal = "".join(f"&#{ord(sign)};" for sign in FORGED)
    raw = f"<p>甲公司增长<b>1%</b>。<p>{FORGED}乙公司增长2%{references}，{decimal}投资8亿元{FORGED}。".encode()
    facts = extracted(tmp_path, raw).facts
    assert [f.surface for f in facts] == ["1%", "2%", "8亿元"]
    assert [raw[f.origin_start : f.origin_end].decode() for f in facts] == ["1%", "2%", "8亿元"]


PARTS = (
    '<p>|</p>|<b>|</b>|<div class="nav">|</div>|<a href="x>y">|</a>|<table>|<tr>|<td>|</td>|</table>|<caption>|<col>|'
    "<select>|<option>|</select>|<svg>|</svg>|<svg><style/>|<title>|</title>|<style>|</style>|<script>|</script>|<pre>|"
    "<textarea>|</textarea>|<xmp>|<noscript>|</noscript>|<template>|</template>|<frameset>|<body>|</body>|</html>|<br/>|"
    "<!--|-->|--!>|<!-->|<?x|<!doctype|</|<>|</>|<|>|<1|&|&amp;|&amp|&nbsp57|&notit;|&not|&#x4e2d;|&#20013|&#0;|&#32;|"
    "&#32|&Tab;|&#xFDD0;|&#xfde5|&#64976;|&#64976|&#1;|&#x80;|&#1114112;|&#xD800;|&#99999999999;|&NotEqualTilde;|&foo;|"
    "\ufdd0|\ufffe|\0|\r\n|\n|\t|\x0b|57|.7%|亿元|中|abc|\u3000|\xa0|\ufeff|x|𠀀|"
    "\"|'|=|=\"|<p class='a>b| |<h1>|<plaintext>"
)


def tree(page: str) -> list[tuple[Any, ...]]:
    """All nodes of a parsed page with their depth, marks taken out."""
    found: list[tuple[Any, ...]] = []
    waiting = [(LexborHTMLParser(page).root, 0)]
    while waiting:
        node, depth = waiting.pop()
        text = marks.taken(node.text_content)[0].translate(SIGNS) if node.is_text_node else ""
        about = sorted((k, v or "") for k, v in node.attributes.items()) if node.is_element_node else ""
        found.append((depth, str(node.tag).translate(SIGNS), text, str(about).translate(SIGNS)))
        waiting += [(each, depth + d) for each, d in ((node.next, 0), (node.child, 1)) if each is not None]
    return found


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PARTS.split("|")), max_size=14).map("".join))
def test_marks_change_nothing_in_how_a_page_is_parsed(page):
    assert tree(marks.marked(page)[0]) == tree(page.translate(SIGNS))


WORDS = st.text(alphabet="中亿元５78.%，；a<&\"'> \n\u3000\xa0𠀀", max_size=6)
WRITTEN = {"中": "&#x4e2d;", "亿": "&#20159", "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\xa0": "&nbsp;"}


@st.composite
def pieces(draw: Any, depth: int = 3) -> str:
    """Nested HTML of inline and block elements, with entities, comments and scripts between."""
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.integers(0, 7 if depth else 1))
        if kind <= 1:
            text = draw(WORDS)
            parts.append("".join(WRITTEN[c] if c in WRITTEN and (c in "<&" or kind) else c for c in text) + ";" * kind)
        elif kind == 2:
            parts.append(draw(st.sampled_from(["<!-- 9% -->", "<script>'<b>8%'</script>", "<br>", "<hr/>", "</i>"])))
        else:
            tag = draw(st.sampled_from(["b", "p", "div", "span class='x>y'", "ul", "li", "td", "h2"]))
            parts.append(f"<{tag}>{draw(pieces(depth - 1))}</{tag.split()[0]}>")
    return "".join(parts)


@settings(max_examples=300, deadline=None)
@given(pieces(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_every_character_is_the_one_in_the_file(page, encoding):
    raw = f"<meta charset={encoding.removesuffix('-sig')}>增{page}".encode(encoding)
    made = html.made(raw, LIMITS)
    assert made.origins is not None
    for number, line in enumerate(made.lines, 1):
        for column, char in enumerate(line):
            place = made.origins.of(number, column)
            if not char.isspace():
                assert place is not None
                assert read(raw[slice(*place)], "gb18030" if encoding == "gb18030" else "utf-8") == char
        whole = made.origins.line(number)
        if line.strip():
            assert whole is not None
            assert read(raw[slice(*whole)], encoding if encoding == "gb18030" else "utf-8") == "".join(line.split())


SPLIT = st.sampled_from(["", "<b>", "</b>", "<i><u>", "<!-- 1% -->", "<wbr>", "</span>"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPLIT, min_size=9, max_size=9), st.sampled_from(["utf-8", "gb18030"]))
def test_a_number_split_by_tags_is_whole_in_the_file(tmp_path, between, encoding):
    number = "".join(map("".join, zip("5784亿元", between, strict=False)))
    raw = f"<meta charset={encoding}><body><p>远岚集团营收{number}，增{between[7]}长8{between[8]}.7%。".encode(encoding)
    facts = extracted(tmp_path, raw).facts
    assert [there(raw, f, encoding) for f in facts] == [f.surface for f in facts] == ["5784亿元", "8.7%"]


def test_places_are_in_the_tables_and_checked_against_the_file(tmp_path: Path, command: Command) -> None:
    page = tmp_path / "in" / "page.html"
    page.parent.mkdir()
    page.write_text("<p>甲公司<b>增长</b>8<i>.</i>7%，<s hidden>密</s>投资3亿元。", "utf-8")
    run = zhfacts.run(page.parent, tmp_path / "out")
    assert list(run.facts["origin_start"]) == [25, 62] and str(run.facts["origin_end"].dtype) == "Int64"
    assert list(run.lines["origin_start"].notna()) == [True, False]
    assert validate(tmp_path / "out", page.parent) == validate(tmp_path / "out", page) == []
    page.write_text("<p>甲公司<b>增长</b>8<i>.</i>9%，<s hidden>密</s>投资3亿元。", "utf-8")
    ended = command("validate", tmp_path / "out", "--source", page.parent)
    assert ended.code == 3 and "of its HTML hold '8.9%', not '8.7%'" in ended.out
    page.unlink()
    assert ["its file is not found" in each for each in validate(tmp_path / "out", page.parent)] == [True]
