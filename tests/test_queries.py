"""Questions to published tables: in SQL and ready-made, read-only, and what is said where one cannot be answered."""

from __future__ import annotations

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import zhfacts
from conftest import Command
from handmade import published, result
from zhfacts.cli import console
from zhfacts.errors import InputError, OutputError
from zhfacts.queries.database import ask
from zhfacts.queries.forms import csv as as_csv
from zhfacts.queries.forms import shown

ROOT = Path(__file__).resolve().parent.parent
EVIL = "\u202e=丙公司"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the sample documents' first two."""
    folder = tmp_path_factory.mktemp("asked") / "out"
    zhfacts.run([ROOT / "seeds" / "101_newspaper.txt", ROOT / "seeds" / "105_short_news.txt"], folder)
    return folder


def rows(out: Path, sql: str) -> list[tuple[object, ...]]:
    return list(ask(out, zhfacts.load(out).info, sql).rows())


@pytest.mark.parametrize("table", ["facts", "entities", "mentions", "documents", "lines", "rejects"])
def test_every_table_is_a_view_with_all_its_rows(out: Path, table: str) -> None:
    counted = rows(out, f"SELECT count(*) FROM {table}")  # noqa: S608  # our own names
    assert counted == [(pq.read_metadata(out / f"{table}.parquet").num_rows,)]


def test_values_keep_their_types_and_decimals(out: Path) -> None:
    ((value,),) = rows(out, "SELECT max(exact) FROM facts WHERE kind = 'money'")
    assert isinstance(value, Decimal)
    facts = zhfacts.load(out).facts
    assert value == facts[facts["kind"] == "money"]["exact"].dropna().max()


def test_a_word_that_no_row_has_is_no_error(out: Path) -> None:
    assert rows(out, "SELECT count(*) FROM facts WHERE kind = 'no such kind'") == [(0,)]


def test_a_table_of_parts_is_one_view(tmp_path: Path) -> None:
    texts = [f"甲公司增长{number}%。\n" for number in range(30)]
    published(tmp_path / "out", *(result(f"{text}.txt", text) for text in texts), part_rows=8)
    assert (tmp_path / "out" / "facts.parquet").is_dir()
    assert rows(tmp_path / "out", "SELECT count(*), count(DISTINCT fact_id) FROM facts") == [(30, 30)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{out}/run.json')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '{out}/facts.parquet'",
        "SELECT * FROM glob('{out}/*')",
        "SELECT * FROM read_json('https://example.org/x.json')",
    ],
)
def test_no_file_and_no_address_is_opened(out: Path, sql: str) -> None:
    with pytest.raises(InputError, match=r"may open no file and no address|no table"):
        rows(out, sql.format(out=out))


@pytest.mark.parametrize(
    "sql",
    [
        "COPY facts TO '{out}/copy.csv'",
        "DROP VIEW facts",
        "CREATE TABLE mine AS SELECT 1",
        "SET threads = 4",
        "INSTALL httpfs",
        "ATTACH '{out}/mine.db'",
        "PRAGMA enable_profiling",
        "SELECT 1; SELECT 2",
        "",
    ],
)
def test_only_one_question_is_let_through(out: Path, sql: str) -> None:
    before = sorted(path.name for path in out.iterdir())
    with pytest.raises(InputError, match=r"give (a|one) SELECT"):
        rows(out, sql.format(out=out))
    assert sorted(path.name for path in out.iterdir()) == before


def test_variables_of_the_program_are_no_tables(out: Path) -> None:
    import pandas as pd

    secrets = pd.DataFrame({"a": [1]})
    with pytest.raises(InputError, match='no table "secrets"'):
        rows(out, "SELECT * FROM secrets")
    assert len(secrets) == 1


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM fact", 'no table "fact"; tables are facts, .*; did you mean facts'),
        ("SELECT subjct FROM facts", 'no column "subjct" there; did you mean subject'),
        ("SELECT f.knd FROM facts f", 'no column "knd" there; did you mean kind'),
        ("SELECT xyzzyx FROM facts", "`zhfacts schema` lists tables and columns"),
        ('SELECT * FROM facts WHERE subject = "远岚集团"', "text stands in single quotes, as '远岚集团'"),
        ("SELECT when FROM facts", 'the column "when" wants double quotes'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT CAST(surface AS INT) FROM facts", "cannot be answered"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(out: Path, sql: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        rows(out, sql)
    assert "\n" not in str(error.value)


def test_tables_that_are_not_those_of_the_run_are_refused(out: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    shutil.copy(out / "lines.parquet", copy / "facts.parquet")
    with pytest.raises(OutputError, match=r"facts\.parquet is not what"):
        rows(copy, "SELECT 1 FROM facts")
    assert rows(copy, "SELECT count(*) > 0 FROM lines") == [(True,)]


# the command


def test_the_forms_of_an_answer_agree(command: Command, out: Path, tmp_path: Path) -> None:
    sql = "SELECT fact_id, subject, exact, date_start FROM facts ORDER BY fact_id LIMIT 7"
    as_objects = json.loads(command("query", sql, "--out", out, "--format", "json").out)
    printed = list(csv.DictReader(io.StringIO(command("query", sql, "--out", out, "--format", "csv").out)))
    assert command("query", sql, "--out", out, "--to", tmp_path / "a.parquet").code == 0
    stored = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert len(as_objects) == len(printed) == len(stored) == 7
    for one, two, three in zip(as_objects, printed, stored, strict=True):
        assert one["fact_id"] == two["fact_id"] == three["fact_id"]
        assert (one["exact"] or "") == two["exact"]
        assert three["exact"] is None or Decimal(one["exact"]) == three["exact"]
    assert command("query", sql, "--out", out, "--to", tmp_path / "a.csv").code == 0
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbffact_id,")


def test_the_same_question_gives_the_same_bytes(command: Command, out: Path, tmp_path: Path) -> None:
    sql = "SELECT kind, sum(value), avg(value) FROM facts GROUP BY kind ORDER BY kind"
    for name in ("a.parquet", "b.parquet", "a.json", "b.json"):
        assert command("query", sql, "--out", out, "--to", tmp_path / name).code == 0
    for end in ("parquet", "json"):
        assert (tmp_path / f"a.{end}").read_bytes() == (tmp_path / f"b.{end}").read_bytes()


def test_a_table_on_the_screen(command: Command, out: Path) -> None:
    ended = command("query", "SELECT source, facts FROM documents ORDER BY source", "--out", out)
    assert [line.split()[0] for line in ended.out.splitlines()][::2] == ["source", "101_newspaper.txt"]
    assert "fact_id  " in command("query", "SELECT * FROM facts LIMIT 1", "--out", out).out
    many = command("query", "SELECT fact_id FROM facts, range(9)", "--out", out)
    assert many.out.count("\n") == 102
    assert "the first 100 rows" in many.err
    assert command("query", "SELECT 1 FROM facts WHERE false", "--out", out).err == "no rows\n"


def test_hostile_words_steer_neither_screen_nor_spreadsheet(command: Command, tmp_path: Path) -> None:
    published(tmp_path / "out", result("a.txt", f"{EVIL}增长8.7%。\n=1+1\n"))
    sql = "SELECT text, -1.5 AS minus FROM lines ORDER BY line"
    shown = command("query", sql, "--out", tmp_path / "out")
    assert "<U+202E>=丙公司" in shown.out
    assert "\u202e" not in shown.out + command("query", sql, "--out", tmp_path / "out", "--format", "json").out
    cells = list(csv.reader(io.StringIO(command("query", sql, "--out", tmp_path / "out", "--format", "csv").out)))
    assert cells[2] == ["'=1+1", "-1.5"]


def test_csv_on_a_terminal_is_made_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", screen)
    console.raw("a\x1b[31m,b\r\n")
    assert screen.getvalue() == "a<U+001B>[31m,b⏎\n"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["SELECT 1", "--format", "parquet"], "name a file with --to"),
        (["SELECT 1", "--to", "x.xls"], "end it with .csv, .json or .parquet"),
        (["SELECT 1", "--to", "x.csv", "--format", "table"], "a table is for the screen"),
        (["SELECT 1 a, 2 a", "--format", "json"], "name one of them with AS"),
        (["SELECT 1", "--to", "{out}/facts.parquet"], "belongs to the tables of the run"),
        (["SELECT 1", "--to", "{out}/.zhfacts-cache/x.csv"], "belongs to the tables of the run"),
        (["SELECT 1", "--to", "/dev/null", "--format", "csv"], "is no file"),
    ],
)
def test_wrong_usage_writes_nothing(  # noqa: PLR0917
    command: Command, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = command("query", *(arg.format(out=out) for arg in args), "--out", out)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_figures_are_shown_in_full() -> None:
    told = [
        shown(value, 9) for value in (5.784e11, 2023.0, -27.6, None, "远岚集团松山公司的", "远岚集团松山公司的一", [1])
    ]
    assert told == ["578,400,000,000", "2023", "-27.6", "", "远岚集团松山公司的", "远岚集团松山公司…", "[1]"]


# ready-made questions


def test_top_gives_what_the_tables_hold(command: Command, out: Path) -> None:
    facts = zhfacts.load(out).facts
    entities = json.loads(command("top", "entities", "--out", out, "--json", "--limit", 3).out)
    counts = facts["subject_id"].value_counts()
    assert [row["facts"] for row in entities] == counts.head(3).tolist()
    amounts = json.loads(command("top", "amounts", "--out", out, "--json", "--limit", 1).out)
    assert len({row["currency"] for row in amounts}) == len(amounts) == facts["currency"].nunique()
    for row in amounts:
        same = facts[facts["currency"] == row["currency"]]
        assert row["amount"] == same["value"].fillna(same["high"]).max()
    indicators = json.loads(command("top", "indicators", "--out", out, "--json").out)
    kept = facts[facts["attribute"].notna() & ~facts["kind"].isin(["year", "date"])]
    assert indicators[0]["facts"] == kept.groupby(["attribute", "kind"], observed=True).size().max()
    recent = json.loads(command("top", "recent", "--out", out, "--json", "--limit", 4).out)
    assert [row["until"] for row in recent] == sorted((row["until"] for row in recent), reverse=True)


def test_top_of_one_document_and_of_sure_links(command: Command, out: Path) -> None:
    every = json.loads(command("top", "amounts", "--out", out, "--json", "--limit", 99).out)
    short = ("--document", "105_short_news.txt")
    one = json.loads(command("top", "amounts", "--out", out, "--json", "--limit", 99, *short).out)
    sure = json.loads(command("top", "amounts", "--out", out, "--json", "--limit", 99, "--min-score", 0.9).out)
    facts = zhfacts.load(out).facts.set_index("fact_id")
    assert {facts.at[row["fact_id"], "source"] for row in one} == {"105_short_news.txt"}
    assert 0 < len(one) < len(every)
    assert 0 < len(sure) < len(every)
    assert all(not facts.at[row["fact_id"], "link_score"] < 0.9 for row in sure)


@pytest.mark.parametrize("what", ["entities", "indicators", "amounts", "recent"])
def test_top_is_a_table_by_default(command: Command, out: Path, what: str) -> None:
    ended = command("top", what, "--out", out, "--limit", 2)
    assert ended.code == 0
    assert "───" in ended.out


def test_a_document_that_is_not_there(command: Command, out: Path) -> None:
    ended = command("top", "entities", "--out", out, "--document", "105_short_new.txt")
    assert ended.code == 2
    assert "did you mean 105_short_news.txt?" in ended.err


def test_csv_of_nothing_is_its_header(out: Path) -> None:
    assert list(as_csv(ask(out, zhfacts.load(out).info, "SELECT kind FROM facts WHERE false"))) == ["kind\r\n"]
