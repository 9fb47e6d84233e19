"""Inputs that are no plain text: HTML, PDF, docx, records, standard input. All texts are invented."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from minipdf import LOCKED, PICTURE, Words, column, pdf
from zhfacts import api, flow, read
from zhfacts.documents import Document
from zhfacts.inputs import base
from zhfacts.read import Columns, Limits
from zhfacts.records import Reject
from zhfacts.tables.validate import validate

A = "青山县去年种树三万棵，同比增长8.7%，其中果树占四成，今年计划再种一万棵，预计到年底全县森林覆盖率达到65%。"
B = "白河市上半年粮食总产量达到57万吨，比上年同期增加3万吨，农民人均收入1.2万元，增速比全省平均水平高出1.5个百分点。"
C = "红石乡新建公路20公里，总投资3亿元，沿线12个村受益，预计明年6月通车，届时到县城只要40分钟，比过去少用一半时间。"
HEAD = [(60, 810, 9, "松山日报"), (450, 810, 9, "2024年3月12日"), (150, 770, 18, "三地经济稳步增长")]
FOOT = [(290, 30, 9, "— 3 —")]
PAGE = f"""<!DOCTYPE html><html><head><meta charset="gb2312"><title>题</title><style>p{{}}</style></head><body>
<div class="nav"><a href=1>首页 1%</a></div><ul><li><a>财经 2%</a><li><a>体育 3%</a><li><a>更多 4%</a></ul>
<h1>青山县种树</h1><article><p>　　{A[:20]}
{A[20:]}<p>果树&nbsp;占<a href="x">四</a><b>成</b>&lt;五成。<br>第二行。</p><script>"<p>9%</p>"</script>
<table><tr><th>指标</th><th>2023年</th></tr><tr><td>粮食<br>产量</td><td><p>57万吨</p></td></tr></table>
<p style="display: none">密 5%</p></article><aside>热门 6%</aside><footer>版权 7%</footer></body></html>"""


@pytest.mark.parametrize("module", ["selectolax", "pypdfium2", "docx"])
def test_the_extras_are_installed_where_tests_run(module):
    assert importlib.import_module(module), "pip install -e '.[dev]'"


def load(path: Path, data: bytes, limits: Limits = read.LIMITS) -> tuple[Document | None, list[Reject]]:
    path.write_bytes(data)
    first, again = read.read(path.name, path, limits), read.read(path.name, path, limits)
    assert first == again
    return first


def good(path: Path, data: bytes) -> Document:
    document, rejects = load(path, data)
    assert document is not None and not rejects, rejects
    check(document)
    return document


def check(document: Document) -> None:
    """The stream can be made again from the lines alone, and every place leads into it."""
    stream = "".join(f"{line.text}\n" for line in document.lines).encode()
    assert document.raw == stream and document.stream == "text" and document.encoding == "utf-8"
    assert document.sha256 == hashlib.sha256(stream).hexdigest() and document.size == len(stream)
    for line in document.lines:
        assert stream[line.byte_start : line.byte_end].decode() == line.text
        assert stream.decode()[line.start :].startswith(line.text)


def refused(path: Path, data: bytes, limits: Limits = read.LIMITS) -> Reject:
    document, (reject,) = load(path, data, limits)
    assert document is None and reject.doc_id is None
    assert reject.detail.endswith(read.REASONS[reject.reason])
    return reject


def texts(document: Document) -> list[str]:
    return [line.text for line in document.lines]


def said(document: Document) -> list[str]:
    return [line.text for line in document.lines if line.text]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_html_gives_its_main_text(tmp_path, encoding):
    document = good(tmp_path / "a.html", PAGE.encode(encoding))
    assert texts(document) == [
        "青山县种树", "", f"\u3000\u3000{A}", "", "果树 占四成<五成。", "第二行。", "",
        "指标\t2023年", "粮食 产量\t57万吨", "",
    ]  # fmt: skip
    assert all(line.page is None for line in document.lines)


def test_html_that_is_laid_out_by_tables_or_not_at_all(tmp_path):
    page = f"<table><tr><td><p>左栏</p>{A}{B}</td><td>右栏</td></tr></table>"
    assert said(good(tmp_path / "a.HTM", page.encode())) == ["左栏", A + B, "右栏"]
    assert said(good(tmp_path / "b.html", "裸 <b>8%<p>二<i>三".encode())) == ["裸 8%", "二三"]


def test_html_that_is_bad(tmp_path):
    path = tmp_path / "a.html"
    assert refused(path, b"").reason == "empty"
    assert refused(path, "<script>八</script>".encode()).reason == "empty"
    assert refused(path, b"<div>" * 300_000 + "深".encode()).reason == "too_large"
    assert refused(path, b"%PDF-1.7").reason == "binary"
    big = f"<p>{A}</p>".encode()
    assert refused(path, big * (50_000_000 // len(big))).reason == "too_large"
    document, (reject,) = load(path, f"<meta charset=utf-8><p>{A}{B}{C}".encode() + b"\xff" + "<p>完".encode())
    assert document is not None and said(document)[-1] == "完"
    assert (reject.reason, reject.doc_id) == ("undecodable_line", document.doc_id)


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("width", "places"), [(20, (60, 320)), (15, (50, 220, 390))], ids=["two", "three"])
def test_a_pdf_page_of_columns_comes_in_reading_order(tmp_path, width, places):
    parts = list(zip(places, (A * 2, B * 2, C * 2), strict=False))
    body = [words for x, text in parts for words in column(x, 740, text, width)]
    body.sort(key=lambda words: (-words[1] % 3, words[0]))  # the order in the file is not that of reading
    document = good(tmp_path / "a.pdf", pdf([FOOT + body + HEAD]))
    lines = texts(document)
    assert lines[:4] == ["松山日报\t2024年3月12日", "", "三地经济稳步增长", ""]
    assert flat("".join(lines[4:-2])) == "".join(text for _, text in parts)
    assert lines[-2:] == ["— 3 —", ""]
    assert {line.page for line in document.lines} == {1}


ACROSS = (50, 220, 390)


def beside(top: float, texts: Sequence[str], width: int = 15, places: Sequence[float] = ACROSS) -> list[Words]:
    """Columns that begin at the same height."""
    return [words for x, text in zip(places, texts, strict=True) for words in column(x, top, text, width)]


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        (beside(740, (A, B * 3, C * 2)), A + B * 3 + C * 2),
        (beside(740, (A * 3, B, C * 3)), A * 3 + B + C * 3),
        ([*beside(780, (A, B, C)), (50, 690, 10, C[:48]), *beside(670, (B, C, A))], A + B + C + C[:48] + B + C + A),
        (
            [(50, 770, 18, C[:10]), *beside(740, (A, B), places=ACROSS[:2]), *column(ACROSS[2], 780, C * 3, 15)],
            C[:10] + A + B + C * 3,
        ),
        (beside(780, (A * 3, B * 3), 24, (50, 310)) + beside(640, (C * 2, A, B)), A * 3 + B * 3 + C * 2 + A + B),
        (
            [*beside(780, (A, B), 24, (50, 310)), (50, 710, 10, C[:48]), *beside(680, (C, A, B))],
            A + B + C[:48] + C + A + B,
        ),
        (beside(740, (A * 2, B * 2, C * 2, A), 11, (40, 170, 300, 430)), A * 2 + B * 2 + C * 2 + A),
    ],
    ids=["short first", "short middle", "band", "head over two", "two above three", "two, band, three", "four"],
)
def test_pdf_pages_of_three_columns_and_more_are_read_in_order(tmp_path, page, wanted):
    page = sorted(page, key=lambda words: (-words[1] % 3, words[0]))
    assert flat("".join(texts(good(tmp_path / "a.pdf", pdf([page]))))) == wanted


def test_a_pdf_page_of_bands_and_a_table(tmp_path):
    first = column(60, 740, A, 20) + column(320, 740, B, 20)
    second = column(60, 560, B, 20) + column(320, 560, C, 20)
    bands = [*HEAD[2:], *first, (60, 600, 10, C[:45]), *second]
    rows = [("指标", "2022年", "2023年"), ("粮食总产量", "57", "60"), ("森林覆盖率", "61%", "65%"), ("收入", "1", "2")]
    table = [
        (x, 700 - 15 * k, 10, cell) for k, row in enumerate(rows) for x, cell in zip((60, 200, 300), row, strict=True)
    ]
    document = good(tmp_path / "a.pdf", pdf([bands, table]))
    assert (
        flat("".join(line.text for line in document.lines if line.page == 1))
        == "三地经济稳步增长" + A + B + C[:45] + B + C
    )
    assert [line.text for line in document.lines if line.page == 2] == ["\t".join(row) for row in rows] + [""]


def test_a_pdf_keeps_numbers_whole_and_tells_pages(tmp_path):
    run = [
        (60, 700, 10, A[:9]),
        (150, 700, 10, A[9:20]),
        (60, 686, 10, "GDP growth 8.7%"),
        (60, 672, 10, "〇一－二—三"),
    ]
    document = good(tmp_path / "a.pdf", pdf([run, [(80, 700, 10, "　二页 12%")]]))
    assert said(document) == [A[:20], "GDP growth 8.7%", "〇一－二—三", "二页 12%"]
    assert [line.page for line in document.lines if line.text] == [1, 1, 1, 2]


def test_a_pdf_that_is_bad(tmp_path):
    path = tmp_path / "a.pdf"
    assert refused(path, b"").reason == "bad_pdf"
    assert refused(path, b"%PDF-1.7 and no more").reason == "bad_pdf"
    assert refused(path, pdf([column(60, 700, A, 20)])[:400]).reason == "bad_pdf"
    assert refused(path, pdf([column(60, 700, A, 20)], LOCKED)).reason == "encrypted"
    assert refused(path, pdf([PICTURE, PICTURE])).reason == "no_text"
    assert refused(path, pdf([b"", b""]), Limits(max_pages=1)).reason == "too_large"
    document, (reject,) = load(path, pdf([column(60, 700, A, 20), PICTURE]))
    assert document is not None and flat("".join(texts(document))) == A
    assert (reject.reason, reject.doc_id, "Page 2" in reject.detail) == ("no_text", document.doc_id, True)


def test_a_pdf_says_what_its_reader_passes_over(tmp_path):
    document, rejects = load(tmp_path / "a.pdf", pdf([[*column(60, 700, A, 20), (60, 300, 10, "新")]]))
    assert document is not None
    read = flat("".join(texts(document)))
    if read == A + "新" and not rejects:
        return  # this machine has a Chinese font that stands in for the one that is not in the file
    assert read in (A, A + "新")
    assert [reject.reason for reject in rejects] == ["bad_pdf"] and "1 sign(s)" in rejects[0].detail


def word(**parts: str) -> bytes:
    """A .docx made by python-docx, with XML put in place of marks."""
    from docx import Document as New

    new = New()
    new.add_heading("青山县种树", 1)
    new.add_paragraph(A)
    table = new.add_table(2, 2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("指标", "2023年", "产量", "57万吨"), strict=True
    ):
        cell.text = text
    new.add_paragraph("标记")
    out = io.BytesIO()
    new.save(out)
    if not parts:
        return out.getvalue()
    packed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(packed, "w") as zipped:
        for name in old.namelist():
            data = old.read(name)
            zipped.writestr(name, data.replace(b"<w:r><w:t>" + "标记</w:t></w:r>".encode(), parts["marks"].encode()))
    return packed.getvalue()


def test_docx_gives_paragraphs_and_rows_of_tables(tmp_path):
    document = good(tmp_path / "a.docx", word())
    assert texts(document) == ["青山县种树", "", A, "", "指标\t2023年", "产量\t57万吨", "", "标记", ""]
    marks = (
        '<w:r><w:t>增长</w:t></w:r><w:ins w:id="1" w:author="a"><w:r><w:t>8%</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="a"><w:r><w:delText>9%</w:delText></w:r></w:del><w:r><w:br/><w:t>下行</w:t></w:r>'
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    )
    assert texts(good(tmp_path / "b.docx", word(marks=marks)))[-5:] == ["增长8%", "下行", "", "框", ""]


def test_docx_that_is_bad(tmp_path):
    path, whole = tmp_path / "a.docx", word()
    assert refused(path, b"").reason == "bad_docx"
    assert refused(path, whole[: len(whole) // 2]).reason == "bad_docx"
    assert refused(path, whole[:200] + b"\xff" * 50 + whole[250:]).reason == "bad_docx"
    assert refused(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)).reason == "encrypted"
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("word/document.xml", bytes(30_000_000))
    assert refused(path, bomb.getvalue(), Limits(max_bytes=10_000_000)).reason == "too_large"
    assert refused(path, bomb.getvalue()).reason == "bad_docx"


@pytest.mark.parametrize(("name", "module"), [("html", "selectolax"), ("pdf", "pypdfium2"), ("docx", "docx")])
def test_a_missing_extra_is_a_row_with_the_command(tmp_path, monkeypatch, name, module):
    for loaded in [loaded for loaded in sys.modules if loaded.split(".")[0] == module]:
        monkeypatch.setitem(sys.modules, loaded, None)
    monkeypatch.setitem(sys.modules, module, None)
    reject = refused(tmp_path / f"a.{name}", b"x")
    assert reject.reason == "needs_extra" and f"pip install 'zhfacts[{name}]'" in reject.detail


TEXT = Columns()


def rows(path: Path, columns: Columns = TEXT, limits: Limits = read.LIMITS) -> tuple[dict[str, str], list[tuple]]:
    found = list(read.read_records(path.name, path, columns, limits))
    for _, (document, _) in found:
        if document:
            check(document)
    kept = {source: "|".join(texts(document)) for source, (document, _) in found if document}
    return kept, [(each.line_start, each.reason) for _, (_, rejects) in found for each in rejects]


RECORDS = [{"id": "甲", "text": A}, {"id": 7, "text": f"{B}\r\n二\n"}, {"text": C, "x": 1}, {"id": 7, "text": "四8%"}]
KEPT = {"r#甲": A, "r#7": f"{B}|二", "r#3": C, "r#7-2": "四8%"}


def test_jsonl_gives_a_document_for_each_record(tmp_path):
    lines = "\ufeff" + "\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
    for name, data in (("r.jsonl", lines.encode()), ("r.jsonl.gz", gzip.compress(lines.encode()))):
        (tmp_path / name).write_bytes(data)
        assert rows(tmp_path / name) == ({key.replace("r#", f"{name}#"): text for key, text in KEPT.items()}, [])


def test_jsonl_with_bad_rows_goes_on(tmp_path):
    path = tmp_path / "r.jsonl"
    bad = [b"{", b"[1]", b'{"text": 8}', b'{"text": null}', b'{"text": " "}', b'{"x": 1}', b"\xff", b"[" * 99_999]
    path.write_bytes(b"\n".join([*bad, b"", b'{"text": "\\ud800 8%"}', b'{"text": "' + b"x" * 200_000 + b'"}']))
    kept, faults = rows(path, limits=Limits(max_bytes=150_000))
    assert kept == {"r.jsonl#10": "\ufffd 8%"}
    assert sorted(faults) == [
        *((k, "bad_row") for k in (1, 2, 3, 4)),
        (5, "empty"),
        *((k, "bad_row") for k in (6, 7, 8)),
        (11, "too_large"),
    ]


def test_records_without_the_columns_are_refused_as_a_whole(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('{"内容": "8%", "b": 1}\n' * 3, "utf-8")
    ((source, (document, (reject,))),) = read.read_records("r.jsonl", path, Columns())
    assert (source, document, reject.reason, reject.line_start) == ("r.jsonl", None, "no_column", None)
    assert "No column text; there are: b, 内容" in reject.detail
    assert rows(path, Columns("内容"))[0] == {}.fromkeys(("r.jsonl#1", "r.jsonl#2", "r.jsonl#3"), "8%")
    assert rows(path, Columns("内容", "号"))[1] == [(None, "no_column")]
    path.write_bytes(b"\n \n")
    assert rows(path) == ({}, [(None, "empty")])
    (tmp_path / "r.jsonl.gz").write_bytes(b"no gzip")
    assert rows(tmp_path / "r.jsonl.gz")[1] == [(None, "bad_gzip")]


def test_parquet_gives_a_document_for_each_record(tmp_path):
    path = tmp_path / "r.parquet"
    ids, written = ["甲", "7", None, "7", "9"], [A, f"{B}\r\n二\n", C, "四8%", None]
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        pq.write_table(pa.table({"id": ids, "text": pa.array(written, pa.string()).cast(kind)}), path)
        assert rows(path) == ({key.replace("r#", "r.parquet#"): text for key, text in KEPT.items()}, [(5, "bad_row")])
    assert list(rows(path, Columns("id"))[0].values()) == ["甲", "7", "7", "9"]
    assert "there are: id, text" in next(read.read_records("r", path, Columns("x")))[1][1][0].detail
    pq.write_table(pa.table({"text": [1]}), path)
    assert rows(path)[1] == [(None, "no_column")]
    for data in (b"", b"PAR1 no", path.read_bytes()[:-9], b"PAR1" + bytes(40) + b"PAR1"):
        path.write_bytes(data)
        assert rows(path)[1] == [(None, "bad_parquet")]


def test_a_run_over_all_kinds_is_valid_and_the_same_with_many_jobs(tmp_path, command, monkeypatch):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.html").write_text(PAGE, "utf-8")
    (folder / "b.pdf").write_bytes(pdf([HEAD + column(60, 740, B * 2, 20) + column(320, 740, C * 2, 20)]))
    (folder / "c.docx").write_bytes(word(marks="<w:r><w:t>乙公司增长12%。</w:t></w:r>"))
    (folder / "d.jsonl").write_text('{"n": "一", "t": "甲公司2023年增长31%。"}\n{"n": "二", "t": 1}\n', "utf-8")
    outs = [tmp_path / "1", tmp_path / "2"]
    for out, jobs in zip(outs, (1, 2), strict=True):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("丙公司下降3%。".encode("gb18030"))))
        ended = command("extract", folder, "-", "--out", out, "--jobs", jobs, "--text-column", "t", "--id-column", "n")
        assert ended.code == 1 and "d.jsonl: Its text is int" in ended.err
        assert validate(out) == []
    run = api.load(outs[0])
    assert set(run.documents["source"]) == {"-", "in/a.html", "in/b.pdf", "in/c.docx", "in/d.jsonl#一"}
    assert set(run.documents["source"]) == set(run.facts["source"]) and set(run.documents["stream"]) == {"text"}
    assert run.info["settings"]["text_column"] == "t"
    assert run.info["tables"] == api.load(outs[1]).info["tables"]
    again = read.read_records("f", outs[0] / "facts.parquet", Columns())
    assert [each.reason for _, (_, rejects) in again for each in rejects] == ["unsupported_type"]


def test_standard_input_that_is_empty_or_no_text(monkeypatch):
    for data, reason in ((b"", "empty"), (b"\n ", "empty"), (b"%PDF-1.7", "binary")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        result = flow.extract_file("-", read.STDIN, flow.Settings())
        assert [each.reason for each in result.rejects] == [reason] and result.document is None


def test_a_fault_of_ours_in_one_record_is_a_row(tmp_path, monkeypatch):
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "增长8%"}\n{"text": "增长9%"}\n', "utf-8")
    extract = flow.extract

    def faulty(document: Document, *more: object) -> object:
        if document.source.endswith("#1"):
            raise IndexError("no such block")
        return extract(document, *more)

    monkeypatch.setattr(flow, "extract", faulty)
    first, second = flow.extract_records("r.jsonl", path, flow.Settings())
    assert [each.reason for each in first.rejects] == ["internal_error"] and second.document is not None


def test_made_text_has_one_page_for_each_line():
    with pytest.raises(ValueError, match="1 pages for 2 lines"):
        base.Made(["一", "二"], [1])


# web archives

ARCHIVED = (
    "<html><body><article><p>远岚集团2023年营业收入达到<b>57</b>84亿元。</p><p>同比增长8.7%。</p></article></body>"
)


def archive(path: Path, *records: tuple[str, str, str, bytes], status: str = "200 OK") -> Path:
    """A WARC of records (type, URL, content type, body); each packed by itself where the name says so."""
    with path.open("wb") as file:
        for number, (kind, url, content, body) in enumerate(records):
            payload, type_ = body, content
            if kind == "response":
                payload = f"HTTP/1.1 {status}\r\nContent-Type: {content}\r\n\r\n".encode() + body
                type_ = "application/http; msgtype=response"
            head = (
                f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
                f"Content-Type: {type_}\r\nContent-Length: {len(payload)}\r\n\r\n"
            )
            raw = head.encode() + payload + b"\r\n\r\n"
            file.write(gzip.compress(raw) if path.name.endswith(".gz") else raw)
    return path


@pytest.mark.parametrize("name", ["一月.warc", "一月.WARC.gz"])
def test_pages_of_a_web_archive_are_documents(tmp_path: Path, name: str) -> None:
    pytest.importorskip("warcio")
    path = archive(
        tmp_path / name.lower(),
        ("response", "https://a.cn/1.html", "text/html; charset=gbk", ARCHIVED.encode("gbk")),
        ("request", "https://a.cn/1.html", "application/http", b"GET / HTTP/1.1"),
        ("response", "https://a.cn/2.png", "image/png", b"\x89PNG"),
        ("conversion", "https://a.cn/3", "text/plain", "松山省出口增长12%。\n又一行".encode()),
        ("response", "https://a.cn/1.html", "text/html", ARCHIVED.encode()),
        ("resource", "https://a.cn/4", "text/html", b"<p></p>"),
    )
    run = api.run(path, tmp_path / "out")
    sources = [f"{path.name}#https://a.cn/{name}" for name in ("1.html", "3")]
    assert run.documents["source"].tolist() == sources
    assert run.documents["copies"].tolist()[0].tolist() == [f"{sources[0]}-2"]
    assert run.documents["stream"].tolist() == ["text", "text"]
    assert run.facts["surface"].tolist() == ["2023年", "5784亿元", "8.7%", "12%"]
    assert run.facts["origin_start"].isna().all()
    found = {(row["source"].rpartition("#")[2], row["reason"]) for _, row in run.rejects.iterrows()}
    assert found == {
        (path.name, "unsupported_type"),
        ("https://a.cn/1.html-2", "duplicate"),
        ("https://a.cn/4", "empty"),
    }
    assert validate(tmp_path / "out", path) == []


def test_archives_that_are_cut_short_empty_or_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("warcio")
    for name in ("cut.warc", "cut.warc.gz"):
        pages = [("conversion", f"u{n}", "text/plain", f"{name} 增长{n}.7%".encode() * 9) for n in range(3)]
        whole = archive(tmp_path / name, *pages).read_bytes()
        (tmp_path / name).write_bytes(whole[:-30])
    (tmp_path / "none.warc").write_bytes(b"no archive at all\n" * 9)
    (tmp_path / "nothing.warc").write_bytes(b"")
    pages = [("conversion", "a b \x1b[31m", "text/plain", b"x 8.7%"), ("conversion", "c", "text/plain", b"x 9.7%")]
    odd = archive(tmp_path / "odd.warc", *pages).read_bytes()
    (tmp_path / "odd.warc").write_bytes(odd.replace(b"x 8.7%\r\n\r\n", b"x 8.7%\x1b[31m\r\n\r\n"))
    archive(tmp_path / "notes.warc", ("request", "u", "application/http", b"GET / HTTP/1.1"))
    archive(tmp_path / "gone.warc", ("response", "u", "text/html", ARCHIVED.encode()), status="404 Not Found")
    run = api.run(tmp_path, tmp_path.parent / f"{tmp_path.name}-out")
    reasons = dict(zip(run.rejects["source"], run.rejects["reason"], strict=True))
    kept = [f"{name}#u{n}" for name in ("cut.warc", "cut.warc.gz") for n in range(2)]
    assert run.documents["source"].tolist()[:4] == kept
    assert capfd.readouterr().err == ""  # warcio would print what stands in the archive
    reasons.pop("odd.warc", None)
    assert reasons == {
        "cut.warc": "bad_warc",
        "cut.warc.gz": "bad_warc",
        "none.warc": "bad_warc",
        "nothing.warc": "empty",
        "notes.warc": "empty",
        "gone.warc": "unsupported_type",
    }
