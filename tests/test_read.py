"""Files into lines: encodings, places, refusals, and what is found below a folder. All texts are invented."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhfacts.documents import Document, encode
from zhfacts.errors import InputError
from zhfacts.read import LIMITS, REASONS, Limits, find, from_text, read
from zhfacts.records import Reject

SIMPLIFIED = [
    "青山县去年种树三万棵,同比增长8.7%。",
    "",
    "  其中果树占四成；㎏与％照旧。",
    "今年计划再种一万棵",
]
TRADITIONAL = [
    "青山縣去年種樹三萬棵，同比增長8.7%。",
    "",
    "  其中果樹占四成；碁石裏有十顆。",
    "今年計劃再種一萬棵",
]
ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}
MARKS = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "gb18030": "gb18030"}


def load(path: Path, data: bytes, limits: Limits = LIMITS) -> tuple[Document | None, list[Reject]]:
    path.write_bytes(data)
    return read(path.name, path, limits)


def good(path: Path, data: bytes) -> Document:
    document, rejects = load(path, data)
    assert document is not None and not rejects, rejects
    check_places(document)
    return document


def refused(path: Path, data: bytes, limits: Limits = LIMITS) -> Reject:
    document, rejects = load(path, data, limits)
    assert document is None
    (reject,) = rejects
    assert (reject.stage, reject.source, reject.doc_id) == ("read", path.name, None)
    assert reject.detail.endswith(REASONS[reject.reason])
    return reject


def check_places(document: Document) -> None:
    """Every kept line's bytes are its text, byte_at agrees, and characters and bytes rise together."""
    at = start = None
    for number, line in enumerate(document.lines, 1):
        assert line.number == number
        if line.text:
            assert encode(line.text, document.encoding) == document.raw[line.byte_start : line.byte_end]
            middle = len(line.text) // 2
            expected = line.byte_start + len(encode(line.text[:middle], document.encoding))
            assert document.byte_at(line.start + middle) == expected
        assert at is None or at < line.byte_start
        assert start is None or start < line.start
        at, start = line.byte_end, line.start
    assert document.doc_id == hashlib.sha256(document.raw).hexdigest()[:16] == document.sha256[:16]
    assert document.size == len(document.raw)


@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize(
    "form",
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5hkscs", "big5hkscs"),
        (TRADITIONAL, "cp950", "big5hkscs"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (TRADITIONAL, "utf-16-be", "utf-16-be"),
    ],
)
def test_encodings_and_line_ends(tmp_path, form, end, last):
    lines, codec, encoding = form
    text = end.join(lines) + end * last
    document = good(tmp_path / "a.txt", text.encode(codec))
    assert (document.encoding, document.stream) == (encoding, "file")
    assert [line.text for line in document.lines] == lines
    assert all(text[line.start : line.start + len(line.text)] == line.text for line in document.lines)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize(("encoding", "codec"), MARKS.items())
def test_byte_order_marks_are_no_column(tmp_path, encoding, codec, end):
    mark = "\ufeff".encode(codec)
    document = good(tmp_path / "a.txt", mark + end.join(SIMPLIFIED).encode(codec))
    assert document.encoding == encoding
    first = document.lines[0]
    assert (first.text, first.start, first.byte_start) == (SIMPLIFIED[0], 0, len(mark))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("全市粮食总产量达到五十七万吨，比上年增长百分之八点七左右。", "gb18030"),
        ("全市糧食總產量達到五十七萬噸，比上年增長百分之八點七左右。", "big5hkscs"),
        ("全市粮食总产量达到五十七万吨，比上年增长百分之八点七左右。", "utf-16-le"),
        ("全市糧食總產量達到五十七萬噸，比上年增長百分之八點七左右。", "utf-16-be"),
        ("增长8.7%", "gb18030"),
        ("增長8.7%", "big5hkscs"),
        ("┌──┬──┐\n│产量│比重│\n├──┼──┤\n│８８│三成│\n└──┴──┘", "gb18030"),
        ("x = 1\n" * 50_000 + "粮食总产量五十七万吨", "gb18030"),
    ],
)
def test_short_texts_tell_their_encoding(tmp_path, text, encoding):
    assert good(tmp_path / "a.txt", text.encode(encoding)).encoding == encoding


def test_only_cr_and_lf_end_lines(tmp_path):
    odd = "一\x0b二\x0c三\x1c四\x85五\u2028六\u2029七"
    document = good(tmp_path / "a.txt", f"{odd}\n\r八\r\n\n".encode())
    assert [line.text for line in document.lines] == [odd, "", "八", ""]
    assert [line.text for line in from_text(f"{odd}\r\r\n").lines] == [odd, ""]


CJK = st.text(st.sampled_from("增长三成8.7% ㎏，。𠮷é\ufeff\u2028\x85\t\r\n") | st.characters(codec="utf-8"))


@given(CJK)
def test_every_place_in_a_string_is_right(text):
    document = from_text(text)
    check_places(document)
    assert (document.source, document.encoding, document.stream) == ("", "utf-8", "text")
    assert document.raw == text.encode()
    for line in document.lines:
        assert text[line.start : line.start + len(line.text)] == line.text
        assert len(text[: line.start].encode()) == line.byte_start
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert [line.text for line in document.lines] == plain.removesuffix("\n").split("\n")[: len(plain)]


@given(st.text("增长三成，。8.7% abc\r\n", min_size=1), st.sampled_from(sorted(MARKS)))
def test_every_place_in_a_file_is_right(text, encoding):
    with tempfile.TemporaryDirectory() as folder:
        data = ("\ufeff" + text).encode(MARKS[encoding])
        document, rejects = load(Path(folder) / "a.txt", data)
    if text.isspace():
        assert document is None and [reject.reason for reject in rejects] == ["empty"]
        return
    assert document is not None and not rejects
    check_places(document)
    assert [line.text for line in document.lines] == [line.text for line in from_text(text).lines]
    assert [line.start for line in document.lines] == [line.start for line in from_text(text).lines]


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise(data):
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.txt", "a.txt.gz"):
            document, rejects = load(Path(folder) / name, data)
            assert document is not None or rejects
            assert all(reject.reason in REASONS for reject in rejects)
            if document:
                check_places(document)


def test_a_string_with_half_a_character_is_refused_by_place():
    with pytest.raises(InputError, match="Character 2 "):
        from_text("增长\ud800三成")
    assert from_text("").lines == ()
    first = from_text("\ufeff增长").lines[0]
    assert (first.text, first.start, first.byte_start) == ("增长", 1, 3)


@pytest.mark.parametrize(("codec", "bad"), [("utf-8", b"\xe5\xa2"), ("gb18030", b"\xff"), ("utf-16-le", b"\x00\xd8")])
def test_a_broken_line_is_rejected_and_the_rest_goes_on(tmp_path, codec, bad):
    before, after = "去年种树三万棵。\n今年\n其中果树".encode(codec), "占四成。\n完。\n".encode(codec)
    document, rejects = load(tmp_path / "a.txt", before + bad + after)
    assert document is not None
    check_places(document)
    assert [line.text for line in document.lines] == ["去年种树三万棵。", "今年", "", "完。"]
    broken = document.lines[2]
    assert document.raw[broken.byte_start : broken.byte_end].startswith("其中果树".encode(codec) + bad)
    (reject,) = rejects
    assert (reject.reason, reject.line_start, reject.doc_id) == ("undecodable_line", 3, document.doc_id)
    assert reject.detail.startswith(f"0x{bad[0]:02x} at byte {len(before)} ")


def test_half_a_character_at_the_end_of_utf_16(tmp_path):
    document, rejects = load(tmp_path / "a.txt", "种树。\n完".encode("utf-16-le") + b"\x20")
    assert document is not None and [line.text for line in document.lines] == ["种树。", ""]
    assert document.lines[-1].byte_end == len(document.raw)
    assert [reject.line_start for reject in rejects] == [2]


def test_what_does_not_round_trip_is_rejected(tmp_path):
    data = "去年種樹三萬棵。\n今年".encode("big5hkscs") + b"\xa2\xcc" + "萬棵。\n".encode("big5hkscs")
    document, rejects = load(tmp_path / "a.txt", data)
    assert document is not None and [line.text for line in document.lines] == ["去年種樹三萬棵。", ""]
    assert [reject.reason for reject in rejects] == ["undecodable_line"]
    assert "round-trip" in rejects[0].detail
    check_places(document)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (" \n\u3000\r\n\t".encode(), "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"%PDF-1.7\n1 0 obj", "binary"),
        (b"abcd\0\1\2\3efgh\n" * 9, "binary"),
        ("增长".encode("utf-32"), "binary"),
        (b"plain words, then \0 a NUL\n" * 99, "binary"),
        ("für die Länder größere Beträge\n".encode("latin-1"), "unknown_encoding"),
        (bytes(range(128, 256)), "unknown_encoding"),
        (b"\xff", "unknown_encoding"),
    ],
)
def test_whole_files_are_refused(tmp_path, data, reason):
    assert refused(tmp_path / "a.txt", data).reason == reason


def test_lines_and_files_that_are_too_long(tmp_path):
    limits = Limits(max_bytes=60, max_line=5)
    document, rejects = load(tmp_path / "a.txt", "种树三万棵树\n四成\n".encode(), limits)
    assert document is not None
    assert [(line.text, line.start) for line in document.lines] == [("", 0), ("四成", 7)]
    assert [(reject.reason, reject.line_start) for reject in rejects] == [("line_too_long", 1)]
    assert refused(tmp_path / "b.txt", b"a" * 61, limits).reason == "too_large"
    assert refused(tmp_path / "b.txt.gz", gzip.compress(b"a" * 61), limits).reason == "too_large"
    assert refused(tmp_path / "bomb.md.gz", gzip.compress(bytes(50_000_000)), limits).reason == "too_large"


def test_one_line_of_50_mb_and_a_file_of_20_mb_take_about_a_second(tmp_path):
    begun = time.perf_counter()
    assert refused(tmp_path / "a.txt", "种树".encode() * 8_400_000).reason == "line_too_long"
    line = "青山县去年种树三万棵,同比增长8.7%,其中果树占四成,今年计划再种一万棵。\n"
    assert len(good(tmp_path / "b.txt", line.encode() * 2000).lines) == 2000
    document, _ = load(tmp_path / "c.txt", line.encode() * 190_000)
    assert document is not None and document.size > 19_000_000
    assert time.perf_counter() - begun < 10  # about 1.5 on a quiet machine; a slow one must not fail


def test_gzip(tmp_path):
    data = "去年种树三万棵。\r\n".encode("gb18030")
    document = good(tmp_path / "a.TXT.GZ", gzip.compress(data[:5]) + gzip.compress(data[5:]))
    assert (document.stream, document.raw, document.encoding) == ("decompressed", data, "gb18030")
    packed = gzip.compress(data)
    for broken in (packed[:-3], packed[:12] + b"\xff" * 9, packed + b"junk", data):
        assert refused(tmp_path / "b.txt.gz", broken).reason == "bad_gzip"
    assert refused(tmp_path / "c.txt", packed).reason == "binary"


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "a.txt").write_text("增长8.7%", encoding="utf-8")
    found, rejects = find([tmp_path])
    reasons = {source: [reject.reason for reject in read(source, path)[1]] for source, path in found}
    expected = {
        "a.txt": [],
        "gone.txt": ["not_found"],
        "loop.txt": ["unreadable"],
        "pipe.txt": ["unreadable"],
    }
    assert reasons == expected and not rejects
    assert read("x", tmp_path)[1][0].reason == "unreadable"
    assert read("x", Path("a\0b"))[1][0].reason == "not_found"


def tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("增长8.7%", encoding="utf-8")


def test_find_sorts_skips_and_says_what_it_passed_over(tmp_path):
    tree(
        tmp_path,
        "b.TXT",
        "a/c.md.gz",
        "a/d\n e.Md",
        "x.doc",
        ".hidden.txt",
        ".git/e.txt",
        "a/README",
        "文/一.txt",
    )
    (tmp_path / "a/loop").symlink_to(tmp_path)
    (tmp_path / "a/linked.txt").symlink_to(tmp_path / "b.TXT")
    found, rejects = find([tmp_path])
    assert [source for source, _ in found] == [
        "a/c.md.gz",
        "a/d\n e.Md",
        "a/linked.txt",
        "b.TXT",
        "文/一.txt",
    ]
    assert all(path == tmp_path / source for source, path in found)
    assert [reject.source for reject in rejects] == ["a/README", "a/loop", "x.doc"]
    assert {(reject.stage, reject.reason) for reject in rejects} == {("read", "unsupported_type")}
    assert all(".md.gz" in reject.detail for reject in rejects)


def test_find_takes_a_file_named_directly_and_a_folder_by_any_name(tmp_path, monkeypatch):
    tree(tmp_path, "in/x.log", "in/.b/y.txt")
    assert find([tmp_path / "in/x.log"]) == ([("x.log", tmp_path / "in/x.log")], [])
    assert [source for source, _ in find([tmp_path / "in/.b"])[0]] == ["y.txt"]
    monkeypatch.chdir(tmp_path / "in/.b")
    sources = [source for source, _ in find([Path(), Path("../x.log")])[0]]
    assert sources == [".b/y.txt", "x.log"]


def test_find_keeps_sources_of_several_inputs_apart(tmp_path):
    tree(tmp_path, "p/doc/a.txt", "q/doc/a.txt", "q/b.txt", "r/p/doc/a.txt", "r/p/doc/b.txt")
    inputs = [tmp_path / "p/doc", tmp_path / "q/doc", tmp_path / "r/p/doc", tmp_path / "q/b.txt"]
    sources = ["b.txt", "p/doc-2/a.txt", "p/doc-2/b.txt", "p/doc/a.txt", "q/doc/a.txt"]
    assert [source for source, _ in find(inputs)[0]] == sources
    assert find(inputs) == find(inputs[::-1])
    clash = [tmp_path / "p", tmp_path / "q/doc", tmp_path / "r/p/doc"]  # p holds doc, and p/doc is a name
    assert len({source for source, _ in find(clash)[0]}) == 4


def test_find_with_nothing_to_read(tmp_path):
    tree(tmp_path, "full/a.txt", "other/a.doc")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"(?s)not found: .*gone.*Give a file or folder"):
        find([tmp_path / "full", tmp_path / "gone"])
    for inputs in ([tmp_path / "empty"], [tmp_path / "other"], [tmp_path / "empty", tmp_path / "other"], []):
        with pytest.raises(InputError, match=r"No document to read in .*\.txt, \.md"):
            find(inputs)
    found, rejects = find([tmp_path / "full", tmp_path / "empty"])
    assert [source for source, _ in found] == ["full/a.txt"]
    assert [(reject.source, reject.reason) for reject in rejects] == [("empty", "empty")]


def test_file_names_that_are_not_utf_8(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xd4\xf6.txt"))
    try:
        path.write_text("增长8.7%", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    ((source, found),), _ = find([tmp_path])
    assert (source, found) == ("\\udcd4\\udcf6.txt", path)
    assert read(source, found)[0] is not None
    with pytest.raises(InputError, match="udcd4"):
        find([path / "gone"])


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that any user can reach, which tmp_path is not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


AS_NOBODY = """
import json, os, sys
from pathlib import Path
from zhfacts.read import find, read
read("a.txt", Path(sys.argv[1]) / "a.txt")  # loads the codecs, while Python's own folder can be read
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
found, rejects = find([Path(sys.argv[1])])
rejects += [reject for source, path in found for reject in read(source, path)[1]]
print(json.dumps([[reject.source, reject.reason] for reject in rejects]))
"""


def test_no_permission(open_folder):
    tree(open_folder, "a.txt", "shut.txt", "shut.md.gz", "closed/b.txt")
    for name, mode in (("a.txt", 0o644), ("shut.txt", 0), ("shut.md.gz", 0), ("closed", 0)):
        (open_folder / name).chmod(mode)
    command = [sys.executable, "-c", AS_NOBODY, str(open_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (open_folder / "closed").chmod(0o755)
    assert done.returncode == 0, done.stderr
    expected = [[source, "no_permission"] for source in ("closed", "shut.md.gz", "shut.txt")]
    assert sorted(json.loads(done.stdout)) == expected
