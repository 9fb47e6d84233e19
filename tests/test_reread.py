"""Invariant 4: surfaces read again, with what is shared, give the values of their facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhfacts import extract, flow, knowledge, reread
from zhfacts.numbers.again import _alone
from zhfacts.records import Fact

DAY = date(2024, 3, 12)
SHEET = "单位：亿美元\n地区\t2022年出口额\t2023年出口额\n松山省\t120.5\t－3.2\n林湾市\t98\t1,204.7\n"


@pytest.mark.parametrize(
    ("text", "surface", "shared"),
    [
        ("远岚集团投入3、5万元。", "3", "万元"),
        ("远岚集团投入3、5、9亿美元。", "3", "亿美元"),
        ("远岚集团投入3亿、5亿美元。", "3亿", "美元"),
        ("远岚集团投入3—5万元。", "3—5万元", None),
        ("远岚集团出口1.2、3万亿元。", "1.2", "万亿元"),
        ("远岚集团出口额为7.48亿。", "7.48亿", None),
        ("远岚集团增长百分之五。", "百分之五", None),
        ("远岚集团产量翻两番。", "翻两番", None),
        ("远岚集团占三分之一。", "三分之一", None),
        ("男女比例为1:3。", "1:3", None),
        ("远岚集团位居全球第三至第五位。", "全球第三至第五位", None),
        ("油价为每桶US$3 billion。", "US$3 billion", None),
        ("票价4元6角。", "4元6角", None),
        ("罚款九元。", "九元", None),
        ("气温为-3.5℃。", "-3.5℃", None),
        ("气温降至零下18℃。", "零下18℃", None),
        ("修桥用了2年零5个月。", "2年零5个月", None),
        ("跑完用了7分20秒。", "7分20秒", None),
        ("他身高1米85。", "1米85", None),
        ("每斤三块五。", "三块五", None),
        ("远岚集团占四成五。", "四成五", None),
        ("远岚集团以3亿元居首位。", "首位", None),
    ],
)
def test_a_number_records_what_it_shares_and_can_be_read_again(text: str, surface: str, shared: str | None) -> None:
    found = next(fact for fact in extract(text, DAY) if fact.surface == surface)
    assert found.shared == shared
    assert reread.fact_fault(found) is None
    assert reread.fact_fault(found._replace(value=7.0, low=None, high=None)) is not None


@pytest.mark.parametrize(
    ("text", "surface", "when", "reference"),
    [
        ("远岚集团2023年成立。", "2023年", "2023", None),
        ("远岚集团去年5月成立。", "去年5月", "2023-05", date(2024, 1, 1)),
        ("远岚集团2021年成立，次年3月上市。", "次年3月", "2022-03", date(2021, 1, 1)),
        ("2021年5月3日开工，6日完工。", "6日", "2021-05-06", date(2021, 5, 1)),
        ("远岚集团上月2日开工。", "上月2日", "2024-02-02", date(2024, 3, 1)),
        ("远岚集团12月2日开工。", "12月2日", "2023-12-02", date(2023, 1, 1)),
        ("2019、2020年出口增长。", "2019", "2019", None),
        ("出口（2018—2022）增长。", "2018—2022", "2018/2022", None),
        ("20世纪90年代成立。", "20世纪90年代", "199X", None),
    ],
)
def test_a_time_records_what_it_counts_from(text: str, surface: str, when: str, reference: date | None) -> None:
    found = next(fact for fact in extract(text, DAY) if fact.surface == surface)
    assert (found.when, found.reference) == (when, reference)
    assert reread.fact_fault(found) is None
    assert reread.fact_fault(found._replace(when="1871")) is not None


def test_a_time_without_any_year_needs_none() -> None:
    (found,) = (fact for fact in extract("远岚集团12月2日开工。") if fact.kind == "date")
    assert (found.when, found.reference, reread.fact_fault(found)) == ("XXXX-12-02", None, None)


def test_cells_record_the_unit_of_their_header() -> None:
    cells = [fact for fact in extract(SHEET) if fact.kind == "money"]
    assert {fact.shared for fact in cells} == {"亿美元"}
    assert [fact.surface for fact in cells] == ["120.5", "－3.2", "98", "1,204.7"]
    assert [reread.fact_fault(fact) for fact in cells] == [None] * 4


def test_every_example_of_the_rules_can_be_read_again() -> None:
    tables = [knowledge.load(file) for file in knowledge.corpora().values()]
    texts = [row["text"] for table in tables for row in table.get("example", ()) if "text" in row]
    assert len(texts) > 300
    failed = {text: fault for text in texts for fact in extract(text, DAY) if (fault := reread.fact_fault(fact))}
    assert failed == {}


def test_line_breaks_and_full_width_digits_are_read_as_in_the_text() -> None:
    for text in ("远岚集团营业收入达到５７\n  ８４亿元，增长。\n", "油价为US$\n3 billion。\n"):
        for fact in extract(text):
            assert reread.fact_fault(fact) is None


def test_a_fact_that_reads_otherwise_becomes_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = flow._facts

    def wrong(*args: object) -> tuple[Fact, ...]:
        return tuple(f._replace(value=9.7) if f.surface == "8.7%" else f for f in made(*args))  # type: ignore[arg-type]

    monkeypatch.setattr(flow, "_facts", wrong)
    (tmp_path / "a.txt").write_text("远岚集团出口额增长8.7%，占36%。", "utf-8")
    result = flow.extract_file("a.txt", tmp_path / "a.txt", flow.Settings())
    assert [fact.surface for fact in result.facts] == ["36%"]
    assert [(each.stage, each.reason, each.surface) for each in result.rejects] == [("check", "reading", "8.7%")]
    assert "9.7" in result.rejects[0].detail


def test_looks_around_are_taken_out_of_a_pattern() -> None:
    assert _alone(r"(?<=[(（])(?<Y>(?<![\d.])1\d(?!\d))(?=(?:a|b)年)\(c") == r"(?<Y>1\d)\(c"
