"""Hostile input: arbitrary bytes and texts break no promise, time stays linear, and every crash found stays mended.

The targets are those of tools/fuzz, which atheris tries for longer; docs/reliability.md says what was found.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zhfacts
from fuzz import run, targets
from zhfacts import flow
from zhfacts.documents import FACT_ROLES
from zhfacts.errors import InputError
from zhfacts.layout.blocks import lay_out
from zhfacts.numbers.scan import find
from zhfacts.numbers.units import plain
from zhfacts.read import from_text

bounded = settings(derandomize=True, max_examples=150, database=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.lists(st.sampled_from(targets.PARTS), max_size=60).map("".join)
REPEATED = st.tuples(
    TEXTS, st.lists(st.sampled_from(targets.PARTS), min_size=1, max_size=4), st.integers(1, 120), TEXTS
)


def safe(text: str, published: date | None = None) -> list[zhfacts.Fact]:
    """The facts of a text, after all promises about them were checked."""
    facts = zhfacts.extract(text, published=published)
    targets.check_facts(text, facts)
    targets.check_result(flow.extract_text(text, flow.Settings(published)))
    return facts


@pytest.mark.parametrize("name", targets.TARGETS)
@bounded
@given(data=st.binary(max_size=200))
def test_arbitrary_bytes_break_no_promise(name: str, data: bytes) -> None:
    targets.TARGETS[name](data)


@bounded
@given(text=TEXTS, published=st.none() | st.dates())
def test_texts_of_telling_parts_break_no_promise(text: str, published: date | None) -> None:
    safe(text.encode("utf-8", "replace").decode(), published)


@bounded
@given(parts=REPEATED)
def test_repetitions_break_no_promise(parts: tuple[str, list[str], int, str]) -> None:
    before, again, times, behind = parts
    text = before + "".join(again) * times + behind
    safe(text.encode("utf-8", "replace").decode())


@bounded
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_unicode_breaks_no_promise(text: str) -> None:
    safe(f"2023年甲公司{text}增长8.7%，{text}为3亿元。")


def test_a_lone_surrogate_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="lone surrogate"):
        zhfacts.extract("增长8.7%\ud800")


SHAPES: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "1" * 40 * n,
    "numerals": lambda n: "一二三" * 20 * n,
    "scales": lambda n: "万亿" * 20 * n,
    "decimals": lambda n: "1.2." * 20 * n,
    "thousands": lambda n: "1,234," * 20 * n,
    "百分之": lambda n: "百分之" * 20 * n + "一",
    "numbers": lambda n: "8.7%" * n,
    "list": lambda n: "3亿元、" * n,
    "clauses": lambda n: "甲公司出口额增长8.7%，" * n,
    "times": lambda n: "2023年5月3日增长3%，去年为4%，" * n,
    "分别": lambda n: "、".join(["甲公司"] * n) + "分别增长" + "、".join(["3%"] * n) + "。",
    "names": lambda n: "远岚集团松山省" * 10 * n + "增长3%。",
    "phrases": lambda n: "公司的" * 20 * n + "增长3%",
    "say": lambda n: "林岸表示，" * 10 * n + "增长3%。",
    "brackets": lambda n: "（" * 20 * n + "3%" + "）" * 20 * n,
    "open brackets": lambda n: "甲公司（3%" * n,
    "quotes": lambda n: "“甲公司3亿元" * n,
    "titles in books": lambda n: "《" * 20 * n + "3%" + "》" * 20 * n,
    "than": lambda n: "比甲公司高" * 20 * n + "3个百分点",
    "blanks": lambda n: "3%" + " " * 100 * n + "元",
    "marks": lambda n: "3" + "\u0301" * 100 * n + "%",
    "lines": lambda n: "甲公司增长3%\n" * n,
    "articles": lambda n: "甲公司\n记者 林岸\n\n增长3%。\n\n" * 4 * n,
    "short names": lambda n: "".join(f"远{chr(0x4E00 + i)}集团（以下简称“远{chr(0x4E00 + i)}”）" for i in range(n)),
    "cells": lambda n: "甲\t3%\t乙\n" * n,
}
SMALL, LEAST, FACTOR = 150, 0.02, 12
"""Repetitions; seconds below which nothing is measured; four times the text, so 4 is linear and 16 quadratic."""


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear_in_the_text(shape: str) -> None:
    seconds = []
    zhfacts.extract(SHAPES[shape](2))
    for times in (SMALL, 4 * SMALL):
        text = SHAPES[shape](times)
        gc.collect()
        before = time.process_time()
        zhfacts.extract(text)
        seconds.append(time.process_time() - before)
    assert seconds[1] < FACTOR * max(LEAST, seconds[0]), seconds


def calls(work: Callable[[], object]) -> int:
    """How many calls of functions of Python some work takes: the same on every machine."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def test_a_page_of_many_articles_is_laid_out_in_linear_work() -> None:
    """Every line passed by each open paragraph of all articles before it: 6,000 of them took 1.7 s, now 0.2 s."""
    page = SHAPES["articles"]
    small, large = (calls(lambda n=n: lay_out(from_text(page(n)), FACT_ROLES)) for n in (100, 400))
    assert large < 5 * small


def test_a_sentence_without_end_is_linked_in_pieces() -> None:
    facts = safe("甲公司出口额增长8.7%，" * 500)
    assert len(facts) == 500
    assert max(len(fact.quote) for fact in facts) <= 600
    assert {fact.attribute for fact in facts} == {"出口额"}


# Each crash that fuzzing found


@pytest.mark.parametrize("number", ["1" * 29 + "元", "9" * 40 + "%", "-" + "3" * 35 + "倍", "近" + "9" * 30 + "年"])
def test_numerals_longer_than_python_reckons_by_itself(number: str) -> None:
    assert len(safe(f"甲公司产值为{number}。")) == 1


def test_a_long_numeral_is_not_rounded() -> None:
    (fact,) = safe("甲公司产值为12345678901234567890.1234567890123元。")
    assert fact.value == 12345678901234567890.0
    assert fact.exact != Decimal("12345678901234567890.12345679")


@pytest.mark.parametrize(
    "scales", ["千" * 26 + "亿", "亿" * 39, "亿1" * 19, "3多" + "亿" * 30, "1" + "亿" * 20 + "—2亿"]
)
def test_scales_upon_scales_are_no_number(scales: str) -> None:
    assert not [fact for fact in safe(f"产值为{scales}元") if fact.value and fact.value > 1e41]


def test_a_number_beyond_all_digits_stays_as_it_is() -> None:
    assert plain(Decimal("1E+400")) == Decimal("1E+400")


def test_a_fraction_of_numerals_that_are_none() -> None:
    assert safe("近三分之十二七的人赞成。") == []


@pytest.mark.parametrize("text", ["第百分之九", "近5年半数年", "花了$4C", "第百分之六和第百分之九"])
def test_numbers_do_not_overlap(text: str) -> None:
    found = find(text)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("day", [date.min, date.max])
def test_years_at_both_ends_of_the_calendar(day: date) -> None:
    facts = safe("去年增长3%，明年为4%，过去三年为5%，前两个月为6%，上月为7%。", day)
    assert [fact.value for fact in facts if fact.kind == "percent"] == [3, 4, 5, 6, 7]


# Files


def test_names_with_newlines_and_escapes_stay_on_their_line(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("甲\n乙.txt", "\x1b[31m红.txt", "\u202e右.txt", "b\x07.png"):
        (tmp_path / "in" / name).write_text("甲公司增长8.7%。", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from zhfacts.cli.app import main; main()", "extract", "in", "--out", "out"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not {"\x1b", "\u202e", "\x07"} & set(done.stdout + done.stderr)
    assert done.stderr.count("\n") == 3
    assert "⏎乙.txt" in done.stderr


def test_symlink_loops_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲公司增长8.7%。", "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    out = tmp_path.parent / "loop-out"
    reasons = {row.source: row.reason for row in zhfacts.run([tmp_path], out).rejects.itertuples()}
    assert reasons == {"loop": "unsupported_type", "self.txt": "unreadable"}


def test_without_atheris_the_fuzzer_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--seconds", "1"])
    assert run.main() == 0
    assert "atheris is not installed (pip install 'zhfacts[fuzz]')" in capsys.readouterr().out
    (tmp_path / "crash").write_bytes(bytes(20))
    monkeypatch.setattr(sys, "argv", ["fuzz", "--target", "numbers", "--input", str(tmp_path / "crash")])
    assert run.main() == 0
