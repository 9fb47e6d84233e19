"""Scoring: each field's judgement, what counts as found, and annotation as it is read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import zhfacts
from conftest import Command
from zhfacts.errors import InputError
from zhfacts.scoring import gold
from zhfacts.scoring import report as told
from zhfacts.scoring.annotations import Annotation, annotation
from zhfacts.scoring.fields import checks
from zhfacts.scoring.match import match
from zhfacts.scoring.pages import Page
from zhfacts.scoring.score import Report, score
from zhfacts.scoring.tally import pairs
from zhfacts.scoring.times import interval, written, yearless

PAGE = """本报讯 2023年，远岚集团营业收入达到57
84亿元，同比增长8.7%，毛利率提高1.6个百分点。
2023年，松岭精工出口额约3亿美元，约占三成。
"""
SAID: dict[str, Any] = {
    **{"doc": "page", "line": 2, "text": "8.7%", "kind": "percent", "value": "8.7", "unit": "%", "bound": "="},
    **{"change": "up", "basis": "yoy", "subject": "远岚集团", "attribute": "营业收入", "time": "2023"},
}
FACT: dict[str, Any] = {
    **{"kind": "percent", "value": 8.7, "low": None, "high": None, "unit": "%", "currency": None, "bound": "="},
    **{"change": "up", "basis": "yoy", "subject": "远岚集团", "attribute": "营业收入", "when": None},
    **{"date_start": None, "date_end": None},
    **{"period_start": date(2023, 1, 1), "period_end": date(2023, 12, 31)},
}


def said(**changes: Any) -> Annotation:
    return annotation("gold.jsonl:1", {**SAID, **changes})


def fact(**changes: Any) -> dict[str, Any]:
    return {**FACT, **changes}


def wrong(one: Annotation, other: dict[str, Any], subjects: tuple[str, ...] = ()) -> set[str]:
    return {name for name, right in checks(one, other, subjects).items() if not right}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> zhfacts.Run:
    folder = tmp_path_factory.mktemp("run")
    (folder / "page.txt").write_text(PAGE, "utf-8")
    (folder / "other.txt").write_text("2024年，云泊科技员工3000人。\n", "utf-8")
    return zhfacts.run([folder / "page.txt", folder / "other.txt"], folder / "tables")


def written_to(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


# fields


@pytest.mark.parametrize(
    ("wanted", "got", "faults"),
    [
        ({}, {}, set()),
        ({}, {"value": -8.7}, set()),  # the sign of a change is its direction
        ({"change": None}, {"change": None, "value": -8.7}, {"value", "whole fact"}),
        ({"value": "3/5"}, {"value": None, "low": 3.0, "high": 5.0}, set()),
        ({"value": "3/5"}, {"value": 3.0}, {"value", "whole fact"}),
        ({"value": None}, {"value": 12.0}, set()),
        ({"kind": "money", "unit": "USD"}, {"kind": "money", "currency": "CNY"}, {"value", "whole fact"}),
        ({"kind": "quantity", "unit": "万家"}, {"kind": "quantity", "unit": "家"}, set()),
        ({"kind": "quantity", "unit": ""}, {"kind": "quantity", "unit": "家"}, set()),
        ({"kind": "quantity", "unit": "家"}, {"kind": "quantity", "unit": ""}, {"value", "whole fact"}),
        ({"kind": "fraction", "value": "1/3"}, {"kind": "fraction", "value": 0.3333}, set()),
        ({"bound": ">"}, {}, {"bound", "whole fact"}),
        ({"change": None}, {}, {"change", "whole fact"}),
        ({"subject": "远岚"}, {}, set()),
        ({"subject": "远"}, {}, {"subject", "whole fact"}),
        ({"subject": "砚桥传感", "subject_alt": ["《远岚集团》"]}, {}, set()),
        ({"subject": None}, {}, {"no subject", "whole fact"}),
        ({"subject": None}, {"subject": None}, set()),
        ({"attribute": "营收"}, {}, set()),
        ({"attribute": "净利润"}, {}, {"attribute", "whole fact"}),
        ({"attribute": None}, {}, set()),
        ({"time": "2022"}, {}, {"time", "whole fact"}),
        ({"time": None}, {}, {"no time", "whole fact"}),
        (
            {"time": "2023", "basis": "2018年"},
            {"period_start": date(2018, 1, 1)},
            {"basis"},
        ),
        ({"basis": "全国营业收入"}, {"basis": "全国营收"}, set()),
        ({"basis": "pop"}, {}, {"basis"}),
        ({"kind": "date", "value": "2023"}, {"kind": "year", "date_start": date(2023, 1, 1)}, {"value", "kind"}),
    ],
)
def test_fields(wanted: dict[str, Any], got: dict[str, Any], faults: set[str]) -> None:
    assert wrong(said(**wanted), fact(**got)) == faults


def test_another_subject_of_the_document_is_wrong_even_where_the_names_overlap() -> None:
    assert not wrong(said(subject="远岚集团公司"), fact())
    assert "subject" in wrong(said(subject="远岚集团公司"), fact(), ("远岚集团",))


def test_times() -> None:
    assert [str(day) for day in interval("2024-02") or ()] == ["2024-02-01", "2024-02-29"]
    assert [str(day) for day in interval("2018/2022") or ()] == ["2018-01-01", "2022-12-31"]
    assert [str(day) for day in interval("2024-01-22") or ()] == ["2024-01-22", "2024-01-22"]
    assert [interval(text) for text in ("-0220", "199X", "2024-13", "2024-02-30", "soon", "1-2-3-4")] == [None] * 6
    for text in ("2024", "2018/2022", "2024-02", "2024-01/2024-02", "2024-02-15", "2023-12-30/2024-01-02"):
        assert written(*(interval(text) or ())) == text


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("12月2日", "XXXX-12-02"),
        ("5日", "XXXX-XX-05"),
        ("3月底", "XXXX-03"),
        ("第二季度", "XXXX-04/XXXX-06"),
        ("四季度末", "XXXX-12"),
        ("上半年", "XXXX-01/XXXX-06"),
        ("前三季度", "XXXX-01/XXXX-09"),
        ("腊月", None),
    ],
)
def test_dates_without_a_year(text: str, form: str | None) -> None:
    assert yearless(text) == form
    assert not wrong(said(kind="date", text=text, value=None), fact(kind="date", when=form)) - {"event subject"}


# places


def test_an_expression_is_found_across_a_line_break() -> None:
    page = Page(dict(enumerate(PAGE.splitlines(), 1)))
    span = page.span(1, "5784亿元", 1)
    assert span
    assert page.text[slice(*span)] == "57\n84亿元"
    assert page.span(3, "约", 2) == (page.at(3, 19), page.at(3, 20))
    assert page.occurrence(3, "约", page.at(3, 19)) == 2
    assert page.line_of(page.at(3, 0)) == 3
    assert [page.span(*place) for place in ((9, "约", 1), (3, "约", 3), (3, "", 1))] == [None] * 3


def test_the_best_overlap_wins_and_a_half_is_enough() -> None:
    assert pairs([(0, 4)], [(0, 2), (2, 3)]) == {0: 0}
    assert pairs([(0, 4)], [(3, 8)]) == {}
    assert pairs([(0, 3), (0, 4)], [(0, 4)]) == {1: 0}


DOCUMENTS = [
    {"source": "a/10_news.txt", "copies": ["b/copy.txt"]},
    {"source": "101_news.txt", "copies": []},
    {"source": "news.jsonl#1", "copies": []},
    {"source": "news.jsonl#2", "copies": []},
]


@pytest.mark.parametrize(
    ("doc", "source"),
    [
        ("10", "a/10_news.txt"),
        ("101", "101_news.txt"),
        ("10_news.txt", "a/10_news.txt"),
        ("b/copy.txt", "a/10_news.txt"),
        ("news.jsonl#2", "news.jsonl#2"),
        ("7", None),
    ],
)
def test_which_document_is_meant(doc: str, source: str | None) -> None:
    found = match(doc, DOCUMENTS)
    assert (found and found["source"]) == source


def test_a_doc_that_could_be_several_is_refused() -> None:
    with pytest.raises(InputError, match=r"could be news.jsonl#1 or news.jsonl#2; write the whole source"):
        match("news", DOCUMENTS)


# annotation as it is read


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "gold.jsonl:2: not valid JSON"),
        ("[]", "gold.jsonl:2: no JSON object"),
        (json.dumps({**SAID, "optinal": True}), "unknown field 'optinal'; did you mean 'optional'"),
        (json.dumps({name: SAID[name] for name in SAID if name != "time"}), "no field 'time'; write null"),
        (json.dumps({**SAID, "kind": "percents"}), "kind is 'percents'; write one of percent,"),
        (json.dumps({**SAID, "bound": "about"}), "bound is 'about'"),
        (json.dumps({**SAID, "change": "rise"}), "one of up, down, null"),
        (json.dumps({**SAID, "value": "八"}), "value is '八'; write a number"),
        (json.dumps({**SAID, "kind": "fraction", "value": "1/0"}), "value is '1/0'"),
        (json.dumps({**SAID, "line": 0}), "line is 0; write a whole number from 1"),
        (json.dumps({**SAID, "line": "2"}), "line is '2'"),
        (json.dumps({**SAID, "text": ""}), "text is empty"),
        (json.dumps({**SAID, "subject": ["远岚"]}), r"subject is \['远岚'\]; write a text"),
        (json.dumps({**SAID, "subject_alt": "远岚"}), "subject_alt is '远岚'; write a list"),
        (json.dumps({**SAID, "optional": "no"}), "optional is 'no'; write true or false"),
    ],
)
def test_annotation_that_cannot_be_understood_is_named(line: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(SAID, ensure_ascii=False) + "\n" + line + "\n", "utf-8")
    with pytest.raises(InputError, match=says):
        gold.read(path)


def test_files_that_are_no_annotation(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden.jsonl").write_text("{", "utf-8")
    (tmp_path / "a.txt").write_text("", "utf-8")
    (tmp_path / "b.csv").write_text("doc,line\n", "utf-8")
    (tmp_path / "c.jsonl").write_text("\n", "utf-8")
    (tmp_path / "d.jsonl").write_bytes(b"\xff\xfe")
    for name, says in {
        "no": "no such file or folder",
        "empty": "no .jsonl or .csv in",
        "a.txt": "rename or convert it",
        "b.csv": "no column 'text'",
        "c.jsonl": "no annotation in",
        "d.jsonl": "not UTF-8",
    }.items():
        with pytest.raises(InputError, match=says):
            gold.read(tmp_path / name)
    with pytest.raises(InputError, match="score them apart"):
        gold.read(tmp_path)


# the command


def test_score_counts_found_missed_and_spurious(command: Command, run: zhfacts.Run, tmp_path: Path) -> None:
    path = written_to(
        tmp_path / "gold.jsonl",
        {**SAID, "value": 9},
        {
            **SAID,
            "text": "5784亿元",
            "line": 1,
            "kind": "money",
            "value": "578400000000",
            "unit": "CNY",
            "change": None,
        },
        {**SAID, "text": "三成", "line": 3, "value": "30", "bound": "~", "optional": True},
        {**SAID, "text": "毛利率", "kind": "quantity"},
    )
    ended = command("score", run.out, "--gold", path, "--errors", "9", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert (found["documents"], found["documents_without_annotation"], found["optional"]) == (1, 1, 1)
    assert found["kinds"]["percent"] == {"found": 1, "missed": 0, "spurious": 0}
    assert found["kinds"]["quantity"]["missed"] == 1
    assert found["core"]["precision"] == {"share": 1 / 3, "right": 2, "of": 6}
    assert found["core"]["recall"] == {"share": 1.0, "right": 2, "of": 2}
    assert found["core"]["value"] == {"share": 0.5, "right": 1, "of": 2}
    assert found["core"]["no time"] == {"share": None, "right": 0, "of": 0}
    assert {
        "document": "page.txt",
        "line": 2,
        "field": "value",
        "surface": "8.7%",
        "wanted": "9 %",
        "got": "8.7 %",
    } in (found["errors"])
    assert [error["field"] for error in found["errors"]].count("spurious") == 4


def test_score_prints_a_table_or_markdown(command: Command, run: zhfacts.Run, tmp_path: Path) -> None:
    path = written_to(tmp_path / "gold.jsonl", {**SAID, "subject": "砚桥传感"})
    ended = command("score", run.out, "--gold", tmp_path, "--errors", "1")
    assert ended.out.startswith("1 document, 1 annotation (0 optional); 1 document without annotation left out\n")
    assert "\nsubject" in ended.out
    assert "0.000   0 of 1" in ended.out
    assert "  page.txt:1 spurious 2023年: wanted nothing, got year\n" in ended.out
    assert "\nrecall" in ended.out
    ended = command("score", run.out, "--gold", path, "--errors", "9", "--format", "markdown")
    assert "| subject | 0.000 | 0 of 1 | – | – |\n" in ended.out
    assert "- page.txt:2 subject 8.7%: wanted 砚桥传感, got 远岚集团\n" in ended.out


def test_a_file_that_annotates_some_lines_is_scored_on_these(run: zhfacts.Run, tmp_path: Path) -> None:
    named = zhfacts.run(written_page(tmp_path), tmp_path / "tables")
    for name, spurious in {"101_0002_0002.jsonl": 1, "101.jsonl": 6}.items():
        path = written_to(tmp_path / name, {**SAID, "doc": "101"})
        figure = told.figures(scored(named, path))["core"]["precision"]
        assert (figure.right, figure.of) == (1, 1 + spurious)


def written_page(folder: Path) -> Path:
    (folder / "101_page.txt").write_text(PAGE, "utf-8")
    return folder / "101_page.txt"


def scored(run: zhfacts.Run, path: Path) -> Report:
    return score(run.out, run.info, path)


def test_what_looks_like_a_slip_is_noted(command: Command, run: zhfacts.Run, tmp_path: Path) -> None:
    path = written_to(
        tmp_path / "gold.jsonl",
        {**SAID, "line": 1},
        SAID,
        {**SAID, "doc": "gone"},
        {**SAID, "text": "1.6个百分点", "kind": "percentage_point", "value": "1.6", "unit": "pp", "time": "soon"},
    )
    ended = command("score", run.out, "--gold", path)
    assert ended.code == 1
    assert "gold.jsonl:1: '8.7%' stands on line 2, not 1" in ended.err
    assert "gold.jsonl:2: '8.7%' is annotated 2 times" in ended.err
    assert "gold.jsonl:3: no document 'gone' in the tables, so left out (1 annotations)" in ended.err
    assert "gold.jsonl:4: time 'soon' is no time like 2024" in ended.err


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"text": "9.9%"}, "gold.jsonl:1: '9.9%' is not found from line 2 of page.txt on"),
        ({"line": 99}, "correct line, text or occ"),
        ({"doc": "gone"}, "e.g. "),
    ],
)
def test_annotation_that_fits_no_text_is_wrong_usage(
    changes: dict[str, Any], says: str, command: Command, run: zhfacts.Run, tmp_path: Path
) -> None:
    ended = command("score", run.out, "--gold", written_to(tmp_path / "gold.jsonl", {**SAID, **changes}))
    assert ended.code == 2
    assert says in ended.err
    assert ended.err.count("\n") == 1
