"""What is fuzzed: each target takes arbitrary bytes and raises where zhfacts breaks a promise.

Example: `extract(b"...")` makes a text of the bytes and fails where a fact's span is not its surface.
Hypothesis calls the targets in tests/test_fuzz.py, atheris in run.py.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import zhfacts
from zhfacts import flow
from zhfacts.errors import ZhfactsError
from zhfacts.layout.blocks import lay_out, sentences
from zhfacts.numbers.scan import find
from zhfacts.read import from_text, has_records
from zhfacts.reasons import REASONS
from zhfacts.records import Fact, Result
from zhfacts.tables.check import stands_in

PARTS: Final = (
    *"0123456789〇零一二两三四五六七八九十百千万亿壹贰拾佰仟半几数多余整",
    *"，。；：！？、,.;:!?%％‰-—－–~～/+±()（）[]【】{}<>《》“”‘’「」『』\"'·…　 \t\n\r\f\v",
    *"年月日号时分秒周天元角人个次吨米倍成名第约近超比占达至到为是的了和与及其各共",
    *("\r\n", "\n\n", "\n　　", "。\n", "2023年", "2023-05-01", "5月3日"),
    *("去年", "今年", "前两个月", "近5年", "同比", "环比"),
    *(
        "增长",
        "下降",
        "翻一番",
        "分别",
        "百分之",
        "个百分点",
        "三分之",
        "亿元",
        "万美元",
        "平方公里",
        "千瓦时",
        "左右",
        "以上",
        "不足",
    ),
    *(
        "远岚集团",
        "松山省",
        "甲公司",
        "乙公司",
        "该公司",
        "国家",
        "营业收入",
        "出口额",
        "其中",
        "本报讯",
        "本报记者 林岸",
        "（以下简称“远岚”）",
    ),
    *(
        "据",
        "表示",
        "预计",
        "第一章",
        "……",
        "——",
        "单位：亿元",
        "合计",
        "\t",
        "1,234",
        "1.5",
        "3—5",
        "1:3",
        "A股",
        "5G",
        "kg",
        "abc ",
        "http://",
    ),
    *(
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u202e",
        "\u202c",
        "\u2066",
        "\u0301",
        "\u20e3",
        "\ufe0f",
        "\u2028",
        "\x85",
        "\x00",
        "\x1b[31m",
    ),
    *(
        "\ud800",
        "\udfff",
        "𠮷",
        "𝟗",
        "９",
        "①",
        "Ⅻ",
        "½",
        "٣",
        "㎡",
        "㈠",
        "\U0010ffff",
        "\ufffe",
        "é",
        "ﬁ",
        "㍿",
        "🈶",
    ),
)
"""What texts are made of, so that they reach beyond the first refusal."""
NAMES: Final = (
    "a.txt", "a.md", "a.txt.gz", "a.html", "a.jsonl", "a.jsonl.gz", "a.docx", "a.parquet", "a.pdf", "a.warc",
    "a.warc.gz",
)  # fmt: skip
FAULTS_OF_OURS: Final = frozenset({"provenance", "position", "kind", "internal_error"})


def text_of(data: bytes) -> str:
    """A text of bytes: parts one for each byte, or the bytes as UTF-8, or as code points."""
    how, rest = (data[0] % 8, data[1:]) if data else (0, b"")
    if how == 6:
        return rest.decode("utf-8", "surrogateescape")
    if how == 7:
        return "".join(chr(int.from_bytes(rest[k : k + 3]) % 0x110000) for k in range(0, len(rest), 3))
    return "".join(PARTS[byte % len(PARTS)] for byte in rest)


def extract(data: bytes) -> None:
    """Texts through all stages: own errors only, and every place leads back to the surface."""
    text = text_of(data)
    try:
        facts = zhfacts.extract(text)
    except ZhfactsError:
        return
    check_facts(text, facts)
    check_result(
        flow.extract_text(text, flow.Settings(roles=frozenset({"body", "heading", "caption", "table", "advert"})))
    )


def check_facts(text: str, facts: list[Fact]) -> None:
    """Spans are in order, do not overlap, and hold what the facts say, in characters and in bytes."""
    raw, behind = text.encode(), 0
    for fact in facts:
        assert behind <= fact.start < fact.end <= len(text), fact
        assert stands_in(fact.surface, text[fact.start : fact.end]), fact
        assert stands_in(fact.surface, raw[fact.byte_start : fact.byte_end].decode()), fact
        assert fact.line_start <= fact.line_end, fact
        behind = fact.end


def check_result(result: Result) -> None:
    """Every reason is of the closed list, and none says that the fault is ours."""
    for reject in result.rejects:
        assert reject.reason in REASONS, reject
        assert reject.reason not in FAULTS_OF_OURS, reject


def numbers(data: bytes) -> None:
    """Numbers lie in the text, in order, and do not overlap."""
    text, behind = text_of(data), 0
    for number in find(text):
        assert behind <= number.start < number.end <= len(text), number
        behind = number.end


def layout(data: bytes) -> None:
    """Blocks hold characters of the document in order, each sentence a part of its block."""
    text = text_of(data).encode("utf-8", "replace").decode()
    _, blocks = lay_out(from_text(text), flow.Settings().roles)
    for block in blocks:
        spans = list(sentences(block.text))
        assert "".join(block.text[a:b] for a, b in spans) == block.text
        for k in range(len(block.text)):
            start, end = block.origin.span(k, k + 1)
            assert 0 <= start < end <= len(text)


def reader(data: bytes) -> None:
    """Files of any sort: a document or a reject with a reason, never an exception."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(_filled(name, data[1:]))
        many = has_records(path)
        settings = flow.Settings()
        results = [*flow.extract_records(name, path, settings)] if many else [flow.extract_file(name, path, settings)]
    for result in results:
        check_result(result)


def _filled(name: str, data: bytes) -> bytes:
    """Bytes as the file's sort wants them where the first is even, for bare noise seldom passes the door."""
    import gzip

    if not data or data[0] % 2:
        return data[1:]
    text = text_of(data[1:]).encode("utf-8", "replace")
    if name.endswith(".html"):
        return b"<html><body><p>" + text.replace(b"\n", b"</p><p>") + data
    if name.startswith("a.jsonl"):
        import json

        text = "\n".join(json.dumps({"text": line}) for line in text.decode().split("\n")).encode() + b"\n" + data
    if name.startswith("a.warc"):
        text = _archived(text, data)
    if name.endswith(".docx"):
        from docx import Document  # an extra

        file, paper = io.BytesIO(), Document()
        for line in text.decode().split("\n"):
            paper.add_paragraph("".join(c for c in line if c.isprintable()))
        paper.save(file)
        return file.getvalue()
    return gzip.compress(text) if name.endswith(".gz") else text


def _archived(text: bytes, data: bytes) -> bytes:
    """An archive of two records, one well-formed but for what stands in it, one with hostile headers."""
    kinds = (b"response", b"conversion", b"resource", b"revisit", text[:9])
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + data[:40] + b"\r\n\r\n<p>" + text
    found = b""
    for kind, size in ((kinds[data[0] // 2 % len(kinds)], len(body)), (b"response", data[-1] * 7)):
        head = b"WARC/1.0\r\nWARC-Type: " + kind + b"\r\nWARC-Target-URI: " + text[:30].replace(b"\n", b" ")
        found += head + b"\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % size + body + b"\r\n\r\n"
    return found


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "extract": extract,
    "numbers": numbers,
    "layout": layout,
    "reader": reader,
}
