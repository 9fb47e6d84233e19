"""The report without a browser: escaping, determinism, what is in the page, and where it is written."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhfacts
from conftest import Command
from zhfacts.report import render
from zhfacts.report.data import collect
from zhfacts.report.periods import anchors
from zhfacts.report.places import Places
from zhfacts.report.script import embedded, hidden, visible

STATIC = Path(render.__file__).parent / "static"
HOSTILE = (
    "</script><script>alert(1)</script>公司\u2028营业收入5亿元。\n"
    "<!--<img src=x onerror=alert(2)>甲公司\u202e营业收入\u2066增长8.7%\u0007，𠮷林投资3亿元。\n"
    "{{ 7 * 7 }} {% raw %} &lt;b&gt; 乙公司净利润2亿元。\n"
)


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.texts: list[str] = []
        self.now = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.now = f"{tag} {dict(attrs).get('id') or ''}".strip()

    def handle_endtag(self, tag: str) -> None:
        self.now = ""

    def handle_data(self, data: str) -> None:
        if self.now.startswith(("script", "style")):
            self.inside[self.now] = self.inside.get(self.now, "") + data
        else:
            self.texts.append(data)


def page_of(text: str, folder: Path, name: str = "页.txt") -> tuple[str, zhfacts.api.Run]:
    source = folder / "in" / name
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(text.encode("utf-8"))
    run = zhfacts.run([folder / "in"], folder / "out")
    return render.render(run.out, run.info).decode("utf-8"), run


@pytest.fixture
def data(tmp_path: Path) -> dict[str, Any]:
    lines = "2023年，𠮷林集团营业收入达到57\n84亿元，同比增长8.7%。\n去年12月，它投资3万元。\n"
    _, run = page_of(lines, tmp_path)
    return collect(run.out, run.info)


def test_a_page_is_one_file_that_names_nothing_outside(documents: Path, tmp_path: Path) -> None:
    run = zhfacts.run([documents], tmp_path / "out")
    page = Elements(render.render(run.out, run.info).decode("utf-8"))
    for tag, attributes in page.tags:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base"}
        assert "src" not in attributes and "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    ours = [path.read_text("utf-8") for path in STATIC.iterdir()]
    assert not any(
        re.search(r"https?://(?!www\.w3\.org/2000/svg\b)|url\(|@import|fetch\(|XMLHttp", text) for text in ours
    )
    assert not any(re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text) for text in ours)


def test_the_policy_names_the_very_script_and_styles(documents: Path, tmp_path: Path) -> None:
    run = zhfacts.run([documents], tmp_path / "out")
    page = Elements(render.render(run.out, run.info).decode("utf-8"))
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy and policy.startswith("default-src 'none'; ")
    for name, directive in (("script", "script-src"), ("style", "style-src")):
        digest = base64.b64encode(hashlib.sha256(page.inside[name].encode("utf-8")).digest()).decode("ascii")
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_the_same_tables_give_the_same_bytes(documents: Path, tmp_path: Path) -> None:
    runs = [zhfacts.run([documents], tmp_path / name) for name in "ab"]
    first, second = (render.render(run.out, run.info) for run in runs)
    assert first == second


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    text, _ = page_of(HOSTILE, tmp_path, "<script>x<_script>\u202e.txt")
    page = Elements(text)
    assert [tag for tag, _ in page.tags].count("script") == 3
    assert "img" not in [tag for tag, _ in page.tags]
    data = json.loads(page.inside["script data"])
    assert "\n".join(data["documents"][0]["text"]) + "\n" == HOSTILE
    assert not any(hidden(character) and character != "\n" for character in text)
    assert any("<script>x<_script><U+202E>.txt" in told for told in page.texts)


@given(st.text())
def test_embedded_reads_back_and_can_end_nothing(text: str) -> None:
    made = embedded([text])
    assert json.loads(made) == [text]
    assert not re.search(r"[<>&\u2028\u2029\x00-\x1f]", made)


def test_visible_shows_what_has_no_glyph() -> None:
    assert visible("8.7%\u202e，3 万") == "8.7%<U+202E>，3 万"


def test_places_count_as_a_browser_does(data: dict[str, Any]) -> None:
    facts, strings = data["facts"], data["strings"]
    lines = [line.encode("utf-16-le") for line in data["documents"][0]["text"]]

    def words(place: list[int]) -> str:
        first, left, last, right = place
        if first == last:
            return lines[first - 1][2 * left : 2 * right].decode("utf-16-le")
        return (lines[first - 1][2 * left :] + lines[last - 1][: 2 * right]).decode("utf-16-le")

    for n, place in enumerate(facts["at"]):
        assert words(place) == strings[facts["surface"][n]].replace("\n", "")
        for part in ("subject", "attribute"):
            if facts[f"{part}_at"][n]:
                assert words(facts[f"{part}_at"][n])[:2] == strings[facts[part][n]][:2]
    assert sum(place is not None for place in facts["subject_at"]) >= 3


@given(st.text(alphabet="ab林𠮷é", max_size=700), st.data())
def test_a_place_by_bytes_is_the_place_by_columns(text: str, drawn: st.DataObject) -> None:
    column = drawn.draw(st.integers(0, len(text)))
    places = Places([{"text": text, "byte_start": 7}], "utf-8")
    byte = 7 + len(text[:column].encode("utf-8"))
    units = len(text[:column].encode("utf-16-le")) // 2
    assert places.span(byte, byte) == (1, units, 1, units)
    assert places.column(1, column) == units


def test_a_value_is_exact_and_a_period_has_its_words(data: dict[str, Any]) -> None:
    facts, strings = data["facts"], data["strings"]
    surfaces = [strings[number] for number in facts["surface"]]
    money = surfaces.index("57\n84亿元")
    assert facts["value"][money] == "578400000000"
    assert facts["period_at"][money] == surfaces.index("2023年")
    assert strings[facts["from"][money]] == "2023-01-01"


def time(line: int, year: int, article: int = 1) -> dict[str, Any]:
    days = {"date_start": date(year, 1, 1), "date_end": date(year, 12, 31)}
    return {"kind": "year", "line_start": line, "line_end": line, "article": article, "period_start": None, **days}


def figure(line: int, year: int | None, article: int = 1, origin: str = "context") -> dict[str, Any]:
    days = {"period_start": year and date(year, 1, 1), "period_end": year and date(year, 12, 31), "period_from": origin}
    return {"kind": "money", "line_start": line, "line_end": line, "article": article, **days}


def test_a_period_is_named_by_the_nearest_time_before_it() -> None:
    facts = [time(1, 2023), time(2, 2024), time(3, 2023), figure(4, 2023), figure(4, 2024), figure(4, 2020)]
    assert anchors(facts) == [None, None, None, 2, 1, None]


def test_a_period_is_named_by_a_time_close_behind_but_never_in_another_article() -> None:
    assert anchors([figure(1, 2023), figure(1, None), time(2, 2023)]) == [2, None, None]
    assert anchors([figure(1, 2023), time(3, 2023)]) == [None, None]
    assert anchors([time(1, 2023, article=1), figure(2, 2023, article=2)]) == [None, None]


def test_a_stated_period_is_named_in_its_sentence_and_that_of_publication_nowhere() -> None:
    facts = [time(1, 2023) | {"quote": "甲"}, time(2, 2023) | {"quote": "乙"}]
    facts += [figure(2, 2023, origin="stated") | {"quote": quote} for quote in "甲乙丙"]
    assert anchors([*facts, figure(2, 2023, origin="published")]) == [None, None, 0, 1, None, None]


def test_words_are_the_same_in_both_languages_and_all_are_used() -> None:
    words = render._words()
    assert words["en"].keys() == words["zh"].keys()
    assert all(
        set(re.findall(r"\{\d\}", text)) == set(re.findall(r"\{\d\}", words["zh"][key]))
        for key, text in words["en"].items()
    )
    template = (STATIC.parent / "templates" / "report.html.j2").read_text("utf-8")
    used = template + "".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    asked = re.findall(r"\bt\(\"(\w+)\"|data-(?:t|label|hint)=\"(\w+)\"|none\(\"(\w+)\"", used)
    assert {next(filter(None, found)) for found in asked} <= words["en"].keys()
    built = ("kind_", "bound_", "role_", "theme_", "unit_")  # the data's own words, as are these
    ours = set(words["en"]) - {"stated", "context", "published", "up", "down", "above", "below", "yoy", "pop"}
    assert [key for key in sorted(ours) if not key.startswith(built) and not re.search(rf"\b{key}\b", used)] == []


def test_a_run_without_documents_or_facts_has_a_page(tmp_path: Path) -> None:
    text, _ = page_of("没有数字。\n", tmp_path)
    assert json.loads(Elements(text).inside["script data"])["facts"] == {"id": []}
    (tmp_path / "other").mkdir()
    text, run = page_of("", tmp_path / "other")
    assert run.info["counts"]["rejected_files"] == 1
    assert json.loads(Elements(text).inside["script data"])["documents"] == []


def test_the_command_writes_a_page_and_replaces_an_older_one(documents: Path, tmp_path: Path, command: Command) -> None:
    out, page = tmp_path / "out", tmp_path / "页.html"
    zhfacts.run([documents], out)
    for _ in range(2):
        ended = command("report", out, "-o", page)
        assert (ended.code, ended.err) == (0, "")
        assert re.fullmatch(r".*页\.html: \d facts of 2 documents, \d\.\d MB; open it in a browser\n", ended.out)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".html" or path.name.startswith(".")) == [
        "页.html"
    ]


def test_the_command_spares_what_is_no_report(documents: Path, tmp_path: Path, command: Command) -> None:
    out, notes = tmp_path / "out", tmp_path / "notes.html"
    zhfacts.run([documents], out)
    notes.write_text("mine", "utf-8")
    ended = command("report", out, "-o", notes)
    assert ended.code == 2 and "no report of zhfacts" in ended.err and notes.read_text("utf-8") == "mine"
    assert command("report", out, "-o", notes, "--force").code == 0 and "zhfacts" in notes.read_text("utf-8")
    assert command("report", out, "-o", tmp_path).code == 2
    gone = command("report", out, "-o", tmp_path / "no" / "page.html")
    assert gone.code == 3 and "choose another --output" in gone.err
    assert command("report", tmp_path / "none").code == 3
