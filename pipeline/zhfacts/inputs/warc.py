"""Web archives, each page a document of its own: .warc and .warc.gz, as Common Crawl gives them, by warcio.

Example: the page of https://a.cn/1.html in 一月.warc.gz is the document 一月.warc.gz#https://a.cn/1.html.
Pages are HTML or plain text; responses that are neither, or no answer of 200, are passed on as Bad. Requests and
the archive's own notes are no documents. Records come one by one: an archive of any size costs one page of memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import IO, Any, Final

from zhfacts.inputs.base import Limits, RefusedError, extra, text_lines
from zhfacts.inputs.records import Bad, Columns, Record

PAGES: Final = frozenset({"response", "resource", "conversion"})
"""Types of records that may hold a page; a conversion is text that was made of one (WET)."""
HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
PLAIN: Final = "text/plain"


class _Silence(io.TextIOBase):
    """Where warcio's complaints go: they hold an archive's own words, which are not to reach a terminal."""

    def write(self, text: str) -> int:
        """Take it, and say nothing."""
        return len(text)


def warc(file: IO[bytes], _: Columns, limits: Limits) -> Iterator[Record | Bad]:
    """Pages of an archive; refused where it is none, cut short, or warcio is not installed."""
    archive = extra("warcio.archiveiterator", "warc")
    broken = extra("warcio.exceptions", "warc").ArchiveLoadFailed
    row = pages = 0
    try:
        records = iter(archive.ArchiveIterator(file))
        while True:
            with redirect_stderr(_Silence()):
                record = next(records, None)
                page = _page(row + 1, record, limits) if record and record.rec_type in PAGES else None
            if record is None:
                break
            row, pages = row + 1, pages + (page is not None)
            if page is not None:
                yield page
    except (broken, ValueError, EOFError) as error:
        raise RefusedError("bad_warc", f"Record {row + 1} cannot be read ({error})") from error
    if not pages:
        raise RefusedError("empty", "No page in the archive")


def _page(row: int, record: Any, limits: Limits) -> Record | Bad:
    """One page: HTML as it came, to be read by whoever works on it, or lines of text."""
    headers = record.http_headers
    kind = (headers or record.rec_headers).get_header("Content-Type") or ""
    kind = kind.partition(";")[0].strip().lower()
    status = headers.get_statuscode() if headers and record.rec_type == "response" else "200"
    if status != "200" or kind not in {*HTML, PLAIN}:
        return Bad(row, ("unsupported_type", f"Answer {status} of type {kind or 'unknown'}, no page of text"))
    raw = record.content_stream().read(limits.max_markup + 1)
    if len(raw) > limits.max_markup:
        return Bad(row, ("too_large", f"More than {limits.max_markup} bytes in this record"))
    record.raw_stream.read()
    if getattr(record.raw_stream, "limit", 0) > 0:  # warcio takes what there is
        raise EOFError(f"{record.raw_stream.limit} bytes of it are missing")
    name = record.rec_headers.get_header("WARC-Target-URI") or str(row)
    if kind in HTML:
        return Record(name, raw)
    lines = text_lines(raw.decode("utf-8", "replace"))
    return Record(name, lines) if any(line.strip() for line in lines) else Bad(row, ("empty", "No text in this record"))
