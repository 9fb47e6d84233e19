"""Title, publisher and day of publication: from metadata.csv beside the documents, and from their own lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import zhfacts
from conftest import Command
from handmade import digests
from zhfacts import flow, read
from zhfacts.errors import InputError
from zhfacts.metadata import About, describe

TEXT = "松山日报\n\n2023年4月16日 星期日\n\n远岚电子扩产两条线\n\n远岚电子去年营收增长9%。\n"
BARE = "远岚电子去年营收增长{}%。\n"
HEADER = "source,title,publisher,published\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents, one of which says for itself what it is."""
    put(tmp_path / "docs/自述.txt", TEXT)
    put(tmp_path / "docs/a.txt", BARE.format(8))
    put(tmp_path / "docs/一月/b.txt", BARE.format(7))
    return tmp_path / "docs"


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def known(run: zhfacts.Run) -> dict[str, tuple[Any, ...]]:
    """Title, publisher and date by source, None where there is none."""
    rows = run.documents[["source", "title", "publisher", "published"]].itertuples(index=False)
    shown = {source: (title, publisher, day) for source, title, publisher, day in rows}
    return {
        source: tuple(None if pd.isna(v) else str(v.date()) if hasattr(v, "date") else v for v in cells)
        for source, cells in shown.items()
    }


def test_a_folder_without_metadata_says_what_its_documents_say(folder: Path, tmp_path: Path) -> None:
    assert known(zhfacts.run(folder, tmp_path / "out")) == {
        "a.txt": (None, None, None),
        "一月/b.txt": (None, None, None),
        "自述.txt": ("远岚电子扩产两条线", "松山日报", "2023-04-16"),
    }


def test_metadata_wins_over_the_document_and_gives_years(folder: Path, tmp_path: Path) -> None:
    rows = '一月/b.txt,"扩产，再扩产",河湾周刊,2022-01-05\n自述.txt,,河湾周刊,2024-03-12\n\na.txt,只有题名,,\n'
    put(folder / "metadata.csv", HEADER + rows)
    run = zhfacts.run(folder, tmp_path / "out")
    assert known(run) == {
        "a.txt": ("只有题名", None, None),
        "一月/b.txt": ("扩产，再扩产", "河湾周刊", "2022-01-05"),
        "自述.txt": ("远岚电子扩产两条线", "河湾周刊", "2024-03-12"),
    }
    percents = run.facts[run.facts["kind"] == "percent"].set_index("source")
    assert [str(day)[:10] for day in percents["period_start"]] == ["NaT", "2021-01-01", "2023-01-01"]
    assert run.rejects.empty
    assert run.exit_code == 0


def test_published_wins_over_metadata(folder: Path, tmp_path: Path, command: Command) -> None:
    put(folder / "metadata.csv", HEADER + "a.txt,题名,,2022-01-05\n")
    assert command("extract", folder, "--out", tmp_path / "out", "--published", "2020-05-06").code == 0
    run = zhfacts.load(tmp_path / "out")
    assert {cells[2] for cells in known(run).values()} == {"2020-05-06"}
    assert known(run)["a.txt"][0] == "题名"


def test_the_nearer_file_wins_cell_by_cell(folder: Path, tmp_path: Path) -> None:
    put(folder / "metadata.csv", HEADER + "一月/b.txt,远,远报,2022-01-05\n")
    put(folder / "一月/metadata.csv", "published,source\n2024-03-12,b.txt\n")
    assert known(zhfacts.run(folder, tmp_path / "out"))["一月/b.txt"] == ("远", "远报", "2024-03-12")
    # what lies above the input is not asked
    assert known(zhfacts.run(folder / "一月", tmp_path / "out"))["b.txt"] == (None, None, "2024-03-12")


def test_files_named_one_by_one_are_described_by_the_file_beside_them(folder: Path, tmp_path: Path) -> None:
    put(folder / "metadata.csv", HEADER + "a.txt,题名,,2022-01-05\n")
    assert known(zhfacts.run(folder / "a.txt", tmp_path / "1"))["a.txt"] == ("题名", None, "2022-01-05")
    every = sorted(path for path in folder.iterdir() if path.is_file())  # as a shell writes docs/*
    run = zhfacts.run(every, tmp_path / "2")
    assert known(run)["a.txt"] == ("题名", None, "2022-01-05")
    assert sorted(known(run)) == ["a.txt", "自述.txt"]
    assert run.rejects.empty


def test_workers_know_it_too_and_a_byte_order_mark_is_no_column(folder: Path, tmp_path: Path) -> None:
    put(folder / "metadata.csv", HEADER + "./a.txt , 题名 ,河湾周刊,2022-01-05\r\n", "utf-8-sig")
    one, two = zhfacts.run(folder, tmp_path / "1"), zhfacts.run(folder, tmp_path / "2", jobs=2)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    assert known(one)["a.txt"] == known(two)["a.txt"] == ("题名", "河湾周刊", "2022-01-05")


def test_a_row_for_a_missing_file_is_a_reject_and_no_failure(folder: Path, tmp_path: Path, command: Command) -> None:
    put(folder / "一月/metadata.csv", HEADER + "b.txt,题名,,\n二月/c.txt,,,\n" + "x" * 300 + ".txt,,,\n")
    ended = command("extract", folder, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    rejects = zhfacts.load(tmp_path / "out").rejects
    assert rejects["source"].tolist() == ["一月/metadata.csv"] * 2
    assert rejects["line_start"].tolist() == [3, 4]
    assert set(rejects["reason"]) == {"no_such_document"}
    assert "二月/c.txt" in rejects["detail"][0]
    assert "line 3 of metadata.csv" in rejects["detail"][0]


def test_a_row_for_a_file_that_this_run_does_not_read_is_none(folder: Path, tmp_path: Path) -> None:
    put(folder / "表.xlsx", "x")
    put(folder / "metadata.csv", HEADER + "自述.txt,,,\n表.xlsx,,,\n")
    assert zhfacts.run(folder / "a.txt", tmp_path / "out").rejects.empty
    rejects = zhfacts.run(folder, tmp_path / "out").rejects
    assert rejects["reason"].tolist() == ["unsupported_type"]


BROKEN = [
    ("source,titel\n", 1, "unknown column 'titel'; did you mean 'title'?"),
    ("source,colour\n", 1, "known columns: source,title,publisher,published"),
    ("source,title,title\n", 1, "'title' stands twice"),
    ("title,published\n", 1, "no column 'source'"),
    ("", 1, "no column 'source'"),
    (HEADER + "a.txt,,,2024-13-01\n", 2, "write it like 2024-03-12"),
    (HEADER + 'a.txt,"x\ny",,\nb.txt,,,12.3.2024\n', 4, "write it like 2024-03-12"),
    (HEADER + "a.txt,一,二\n", 2, "3 cells for 4 columns"),
    (HEADER + "a.txt,,,\n\n./a.txt,,,\n", 4, "stands on line 2 too"),
    (HEADER + ",题名,,\n", 2, "names no file in this folder or below"),
    (HEADER + "../a.txt,,,\n", 2, "names no file in this folder or below"),
    (HEADER + "/a.txt,,,\n", 2, "names no file in this folder or below"),
    (HEADER + 'a.txt,"x"y,,\n', 2, "mend the quotation marks"),
]


@pytest.mark.parametrize(("text", "line", "says"), BROKEN)
def test_what_cannot_be_understood_stops_the_run(
    folder: Path, command: Command, text: str, line: int, says: str
) -> None:
    path = put(folder / "metadata.csv", text)
    ended = command("extract", folder, "--out", folder.parent / "out")
    assert ended.code == 2
    assert f"{path}:{line}: " in ended.err
    assert says in ended.err
    assert ended.err.count("\n") == 1
    assert not (folder.parent / "out").exists()


def test_other_encodings_are_refused(folder: Path, tmp_path: Path) -> None:
    put(folder / "metadata.csv", HEADER + "a.txt,题名,,\n", "gb18030")
    with pytest.raises(InputError, match=r"metadata\.csv: not UTF-8 \(byte \d+\); save it as CSV in UTF-8"):
        zhfacts.run(folder, tmp_path / "out")


def test_metadata_alone_is_no_document(tmp_path: Path) -> None:
    put(tmp_path / "docs/metadata.csv", HEADER)
    for given in (tmp_path / "docs", tmp_path / "docs/metadata.csv"):
        with pytest.raises(InputError, match="No document to read"):
            zhfacts.run(given, tmp_path / "out")


def test_names_are_the_same_however_they_are_composed(tmp_path: Path) -> None:
    composed, apart = "caf\u00e9.txt", "cafe\u0301.txt"
    put(tmp_path / apart, BARE)
    put(tmp_path / "metadata.csv", f"source,title\n{composed},题名\n")
    items, _ = read.find([tmp_path])
    assert describe([tmp_path], items) == ([About(title="题名")], [])


# what a document says of itself


def of(text: str) -> tuple[str | None, str | None, date | None]:
    document = flow.extract_text(text, flow.Settings()).document
    assert document
    return document.title, document.publisher, document.published


@pytest.mark.parametrize(
    "name",
    ["松山日报", "河湾时报", "砺原周刊", "河湾杂志", "岭外大学学报", "松 山 日 报", "松山日報", "《松山日报》"],
)
def test_a_masthead_names_the_publisher(name: str) -> None:
    title, publisher, day = of(f"{name}\n\n2025年4月16日 星期三\n\n远岚电子扩产两条线\n\n远岚电子在松山扩产。\n")
    assert publisher == name.strip("《》").replace(" ", "").replace("報", "报")
    assert title == "远岚电子扩产两条线"
    assert day == date(2025, 4, 16)


@pytest.mark.parametrize("line", ["松山日报 2025年4月16日 星期三", "松山日报/2025年4月16日"])
def test_a_masthead_and_its_date_on_one_line(line: str) -> None:
    assert of(f"{line}\n\n远岚电子扩产两条线\n\n远岚电子在松山扩产。\n") == (
        "远岚电子扩产两条线",
        "松山日报",
        date(2025, 4, 16),
    )


@pytest.mark.parametrize(
    "text",
    [
        "远岚集团半年报\n\n2025年8月16日\n\n远岚集团订单充足。",  # a report, not a paper
        "松山天气预报\n\n2025年8月16日\n\n松山有雨。",
        "松山日报\n\n远岚集团订单充足。",  # no date: a headline may end so too
        "2025年8月16日\n\n松山日报\n\n远岚集团订单充足。",
        "据松山日报消息，远岚集团订单充足。\n\n2025年8月16日\n\n远岚集团扩产。",
    ],
)
def test_what_is_not_plainly_a_masthead_names_nobody(text: str) -> None:
    assert of(text)[1] is None


def test_no_heading_no_title() -> None:
    assert of("远岚电子去年营收增长9%。") == (None, None, None)
    assert of("") == (None, None, None)
